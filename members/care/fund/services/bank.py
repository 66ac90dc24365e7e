"""银行对账: the bank's month read from its own sheet, laid beside the journal, agreed to by a second person."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from members.care.fund import rules
from members.care.fund.models import Account, BankLine, BankStatement, VoucherLine
from members.care.fund.services import journal
from partyportal.core import audit
from partyportal.core.cells import EXACT, Unreadable, heading, is_foot, plain, read_day, read_money, squeeze
from partyportal.core.days import month_end, month_of
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.workbook import UnusableFile, open_workbook

DAY, IN, OUT, AMOUNT, WAY, NUMBER, NOTE = "日期", "收入", "支出", "金额", "借贷标志", "流水号", "摘要"
ALIASES = {
    **dict.fromkeys(("交易日期", "记账日期", "入账日期", "交易时间", "记账日"), DAY),
    **dict.fromkeys(("贷方", "贷方金额", "贷方发生额", "收入金额", "存入", "转入金额"), IN),
    **dict.fromkeys(("借方", "借方金额", "借方发生额", "支出金额", "支取", "转出金额"), OUT),
    **dict.fromkeys(("发生额", "交易金额"), AMOUNT),
    **dict.fromkeys(("借贷", "借贷方向", "借/贷", "收支", "收支标志", "收/支", "收付标志", "交易方向"), WAY),
    **dict.fromkeys(("交易流水号", "凭证号", "凭证号码", "核心流水号"), NUMBER),
    **dict.fromkeys(("用途", "附言", "备注", "交易摘要"), NOTE),
}
COLUMNS = {DAY, IN, OUT, AMOUNT, WAY, NUMBER, NOTE}
_BALANCE = re.compile(
    r"(期初|期末|上[期月年]|本[期月年])?(余额|结余|结转|合计)|.*(发生额|笔数)合计|合计.*"
)  # no movement, whatever sum stands beside it
WAYS = dict.fromkeys(("贷", "贷方", "收", "收入", "进", "C", "+"), 1) | dict.fromkeys(
    ("借", "借方", "付", "支", "支出", "出", "D", "-"), -1
)
WITHIN = 30  # rows among which the heading is looked for
NEAR = 5  # days a transfer may take to show


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a cell, and what to write instead."""

    row: int
    column: str
    message: str


@dataclass(kw_only=True)
class Told:
    """A bank's list as it was read."""

    lines: list[BankLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Faulty(DomainError):
    """The list has faults; none of it was taken. `faults` says each at its row and column."""

    def __init__(self, faults: list[Fault]):
        super().__init__(f"对账单里有 {len(faults)} 处看不懂，改好再传；什么都没有写入。", field="file")
        self.faults = faults


def read(data: bytes, *, month: date) -> Told:
    """The movements of a bank's list, every fault at its row and column."""
    told = Told()
    rows = list(_rows(data))
    minus_is_out = _writes_out_as_minus([cells for _, cells in rows])
    for row, cells in rows:
        faults: list[tuple[str, str]] = []
        day, amount = read_day(cells.get(DAY)), _amount(cells, faults, minus_is_out=minus_is_out)
        if not amount and (day is None or not faults):
            continue  # a remark under the list, an opening balance
        if day is None or isinstance(day, Unreadable):
            faults.append((DAY, day.message if day else "有金额，没有日期。"))
        elif (day.year, day.month) != (month.year, month.month):
            faults.append((DAY, f"不是 {month.year} 年 {month.month} 月的，只传这个月的。"))
        number = cells.get(NUMBER)
        if isinstance(number, float) and number >= EXACT:
            faults.append((NUMBER, "末几位被 Excel 变成 0，把整列设为文本，再从银行导出一次。"))
        reference, note = squeeze(number)[:60], plain(cells.get(NOTE))[:120]
        told.lines.append(BankLine(row=row, day=day, amount=amount, reference=reference, note=note or None))
        told.faults += [Fault(row=row, column=column, message=message) for column, message in faults]
    if not told.lines:
        raise UnusableFile("表里没有一笔收支，看看是不是这个月的对账单。", field="file")
    return told


def _writes_out_as_minus(rows: list[dict[str, object]]) -> bool:
    """Whether a bank puts a minus before every 借; beside sums without one, a minus is 红字: the movement taken back."""
    out = [read_money(cells.get(AMOUNT)) for cells in rows if WAYS.get(squeeze(cells.get(WAY)).upper()) == -1]
    return bool(out) and all(isinstance(value, Decimal) and value < 0 for value in out)


def _amount(cells: dict[str, object], faults: list[tuple[str, str]], *, minus_is_out: bool) -> Decimal:
    """What came in, or went out as a negative sum: of two columns, or of one beside which 借 or 贷 stands."""
    sums: dict[str, Decimal] = {}
    for column in (IN, OUT, AMOUNT):
        value = read_money(cells.get(column))
        if isinstance(value, Unreadable):
            faults.append((column, value.message))
        elif value:
            sums[column] = value
    if IN in sums and OUT in sums:
        faults.append((OUT, "一行里收入和支出只能有一样。"))
    if AMOUNT not in sums:
        return sums.get(IN, Decimal(0)) - sums.get(OUT, Decimal(0))
    said = squeeze(cells.get(WAY)).upper()
    if said and said not in WAYS:
        faults.append((WAY, "写 贷（收入）或 借（支出）。"))
    way = WAYS.get(said, 1)
    return sums[AMOUNT] if way == -1 and minus_is_out else sums[AMOUNT] * way


def _rows(data: bytes):
    for sheet in open_workbook(data).calculated().sheets():
        rows = iter(sheet)
        for number, cells in rows:
            places: dict[str, int] = {}
            for at, cell in enumerate(cells):
                said = heading(cell)
                if (column := ALIASES.get(said, said)) in COLUMNS:
                    places.setdefault(column, at)
            if DAY in places and ({IN, OUT} <= places.keys() or AMOUNT in places):
                for row, line in rows:
                    found = {column: line[at] if at < len(line) else "" for column, at in places.items()}
                    dated = isinstance(read_day(found[DAY]), date)  # 说明书印刷费 of a day is no foot
                    if dated or not (is_foot(line) or any(_BALANCE.fullmatch(squeeze(cell)) for cell in line)):
                        yield row, found
                return
            if number >= WITHIN:
                break
    raise UnusableFile("没有找到表头：要有一行写着 日期、收入（贷方）、支出（借方）。", field="file")


@transaction.atomic
def upload(data: bytes, *, account: Account, month: date, closing: Decimal, by: User, today: date) -> BankStatement:
    """Take a month's list in and match it; one with faults is refused whole, with all of them."""
    if month > month_of(today):
        raise DomainError("这个月还没到。", field="month")
    if not account.is_bank:
        raise DomainError("现金不和银行对账，选银行账户。", field="account")
    told = read(data, month=month)
    if told.faults:
        raise Faulty(told.faults)
    journal.lock(account.book)
    if BankStatement.objects.filter(account=account, month=month).exists():
        raise DomainError("这个月的对账单已经传过。要重传的，先把原来的作废。", field="month")
    statement = BankStatement.objects.create(account=account, month=month, closing=closing, uploaded_by=by)
    for line in told.lines:
        line.statement = statement
    BankLine.objects.bulk_create(told.lines)
    _match(statement)
    path = account.book.organisation.path
    audit.record("fund.bank.uploaded", statement, by=by, path=path, month=month, rows=len(told.lines), closing=closing)
    return statement


@transaction.atomic
def match_again(statement: BankStatement, *, by: User) -> int:
    """After what was missing has been entered: lay the two side by side once more; returns how many now answer."""
    held = _lock(statement)
    count = _match(held)
    audit.record("fund.bank.matched", held, by=by, path=held.account.book.organisation.path, matched=count)
    return count


@transaction.atomic
def confirm(statement: BankStatement, *, by: User) -> BankStatement:
    """复核对账: by another than who sent it, once both sides, each corrected by what the other alone has, are equal."""
    held = _lock(statement)
    if held.uploaded_by_id == by.pk:
        raise DomainError("这份对账单是你传的，要由另一个人复核。")
    if not beside(held).agrees:
        raise DomainError("两边调节以后还不相等，先查清没有对上的，再复核。")
    held.confirmed_by, held.confirmed_at = by, timezone.now()
    held.save(update_fields=["confirmed_by", "confirmed_at"])
    audit.record("fund.bank.confirmed", held, by=by, path=held.account.book.organisation.path, month=held.month)
    return held


@transaction.atomic
def discard(statement: BankStatement, *, by: User) -> None:
    """Throw an unconfirmed list away: a wrong file, or the bank's corrected one is to be sent."""
    held = _lock(statement)
    audit.record("fund.bank.discarded", held, by=by, path=held.account.book.organisation.path, month=held.month)
    held.delete()


@dataclass(frozen=True, kw_only=True)
class Beside:
    """余额调节表: both closing balances, and what each side alone has."""

    bank_closing: Decimal
    book_closing: Decimal
    bank_only: list[BankLine]
    ours_only: list[VoucherLine]

    @property
    def bank_total(self) -> Decimal:
        return sum((line.amount for line in self.bank_only), Decimal(0))

    @property
    def ours_total(self) -> Decimal:
        return sum((line.amount for line in self.ours_only), Decimal(0))

    @property
    def bank_corrected(self) -> Decimal:
        return self.bank_closing + self.ours_total

    @property
    def book_corrected(self) -> Decimal:
        return self.book_closing + self.bank_total

    @property
    def agrees(self) -> bool:
        return rules.agrees(
            bank_closing=self.bank_closing, book_closing=self.book_closing, bank_only=self.bank_total, ours_only=self.ours_total
        )


def beside(statement: BankStatement) -> Beside:
    """The two sides at the month's end: what of this or an earlier month has no answer on the other side."""
    account, end = statement.account, month_end(statement.month)
    ours = VoucherLine.objects.filter(account=account, voucher__day__lte=end)
    first = BankStatement.objects.filter(account=account).order_by("month").values_list("month", flat=True).first()
    # What was booked before the first list is in the bank's opening balance already.
    unanswered = ours.filter(voucher__day__gte=first, bank_line=None) | ours.filter(bank_line__statement__month__gt=statement.month)
    lists = BankLine.objects.filter(statement__account=account, statement__month__lte=statement.month)
    later = lists.filter(answers__voucher__day__gt=end) | lists.filter(answers=None)
    return Beside(
        bank_closing=statement.closing,
        book_closing=ours.aggregate(total=Sum("amount"))["total"] or Decimal(0),
        bank_only=list(later.order_by("day", "row")),
        ours_only=list(unanswered.select_related("voucher__source", "voucher__claim").order_by("voucher__day", "pk")),
    )


def _lock(statement: BankStatement) -> BankStatement:
    rows = BankStatement.objects.select_for_update(no_key=True, of=("self",)).select_related("account__book__organisation")
    held = rows.filter(pk=statement.pk).first()
    if held is None:
        raise DomainError("这份对账单已经作废。")
    if held.confirmed_at:
        raise DomainError("这个月的账已经对好复核过了。")
    return held


def _match(statement: BankStatement) -> int:
    open_lines = {line.pk: line for line in BankLine.objects.filter(statement__account=statement.account, answers=None)}
    since = min((line.day for line in open_lines.values()), default=statement.month) - timedelta(days=NEAR)
    ours = VoucherLine.objects.filter(account=statement.account, bank_line=None, voucher__day__gte=since)
    ours = ours.select_related("voucher__source", "voucher__payment")
    bank = [rules.Movement(line.pk, line.day, line.amount, line.reference) for line in open_lines.values()]
    found = rules.match(bank, [rules.Movement(line.pk, line.voucher.day, line.amount, _number(line)) for line in ours], within=NEAR)
    changed = [open_lines[pk] for pk in found]
    for line in changed:
        line.answers_id = found[line.pk]
    BankLine.objects.bulk_update(changed, ["answers"])
    return len(changed)


def _number(line: VoucherLine) -> str:
    voucher = line.voucher
    return voucher.payment.reference if voucher.payment else voucher.source.reference if voucher.source else ""
