"""The rows of the fund and of the money of Party work, by noun."""

from members.care.fund.models.bank import BankLine, BankStatement
from members.care.fund.models.books import Book, BookYear, BudgetLine, LineChange, YearEnd
from members.care.fund.models.claims import Claim, Payment
from members.care.fund.models.journal import Account, Voucher, VoucherLine
from members.care.fund.models.sources import Source

__all__ = [
    "Account",
    "BankLine",
    "BankStatement",
    "Book",
    "BookYear",
    "BudgetLine",
    "Claim",
    "LineChange",
    "Payment",
    "Source",
    "Voucher",
    "VoucherLine",
    "YearEnd",
]
