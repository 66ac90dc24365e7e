"""What may be paid: money set aside for an approved case or an expense, and set free again.

For the cases (members.care.aid): call `reserve` in the transaction of the last approval, keep the Claim, and `release` it if the
case ends unpaid. Lock your case first: the order is case, payment, claim, book. Paying is `services.payments`.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from branches.models import Organisation
from members.care.fund.models import Book, BudgetLine, Claim, Payment, Voucher
from members.care.fund.services import journal, payments
from partyportal.core import attachments
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User
from partyportal.core.uid import new_uid

FIELD = "amount"


@transaction.atomic
def reserve(*, line: BudgetLine, organisation: Organisation, amount: Decimal, title: str, by: User, today: date) -> Claim:
    """批准列支: set the money aside. Refused when the line or the free balance is short. The title names no person."""
    if line.book.kind == Book.Kind.OPERATING:
        raise DomainError("党建经费的开支要有发票或单据，用登记开支。")
    return _claim(line, organisation=organisation, amount=amount, title=title, document=None, by=by, today=today)


@transaction.atomic
def spend(
    *,
    line: BudgetLine,
    organisation: Organisation,
    amount: Decimal,
    title: str,
    files: Iterable[UploadedFile],
    method: str,
    by: User,
    today: date,
    reference: str = "",
    uid: UUID | None = None,
) -> Payment:
    """登记开支 of 党建经费: the expense with its document, set aside and made ready to pay in one act; a second person pays it.

    One page (`uid`) sent twice is one expense.
    """
    journal.lock(line.book)
    if uid and (sent := Payment.objects.filter(claim__uid=uid, claim__book=line.book).order_by("pk").first()):
        if (sent.claim.amount, sent.claim.title) != (amount, title.strip()):
            raise Stale(journal.SENT_BEFORE.format(amount=sent.claim.amount))
        return sent
    documents = attachments.store(files, by=by, at_most=1)
    if not documents:
        raise DomainError("传发票或单据的照片或 PDF。", field="files")
    claim = _claim(line, organisation=organisation, amount=amount, title=title, document=documents[0], by=by, today=today, uid=uid)
    return payments.prepare(claim, by=by, today=today, method=method, reference=reference)


@transaction.atomic
def release(claim: Claim, *, by: User, today: date, reason: str) -> Voucher:
    """撤销列支: approved but will not be paid; the money is free again. Not while a payment waits, not once paid."""
    if not reason:
        raise DomainError("写上为什么不付了。", field="reason")
    held = payments.lock_claim(claim)
    journal.lock(held.book)
    state = payments.state(held)
    if state == "prepared":
        raise DomainError("这一笔的付款单正等复核，先退回付款单。")
    if state == "paid":
        raise DomainError("这一笔已经付了，要先冲正。")
    if state == "released":
        raise DomainError("这一笔已经撤销了。")
    return journal.post(Voucher.Kind.RELEASE, basis=held, day=today, today=today, made_by=by, reason=reason)


def _claim(
    line: BudgetLine, *, organisation: Organisation, amount: Decimal, title: str, document, by: User, today: date, uid: UUID | None = None
) -> Claim:
    if amount <= 0 or amount != round(amount, 2):
        raise DomainError("金额要大于 0，写到分。", field=FIELD)
    if not title.strip():
        raise DomainError("写上事由。", field="title")
    book = journal.lock(line.book)
    held = BudgetLine.objects.get(pk=line.pk)
    if held.year != today.year:
        raise DomainError(f"{held.name}是 {held.year} 年的预算，用 {today.year} 年的。", field="line")
    if held.left < amount:
        raise DomainError(f"{held.name}的预算还剩 {held.left:,.2f} 元，不够 {amount:,.2f} 元。", field=FIELD)
    free, _ = journal.accounts_of(book)
    if free.balance < amount:
        raise DomainError(f"{book.name}可用的只有 {free.balance:,.2f} 元，不够 {amount:,.2f} 元。", field=FIELD)
    claim = Claim.objects.create(
        uid=uid or new_uid(),
        book=book,
        line=held,
        organisation=organisation,
        amount=amount,
        title=title.strip(),
        document=document,
        recorded_by=by,
        recorded_on=today,
    )
    journal.post(Voucher.Kind.RESERVE, basis=claim, day=today, today=today, made_by=by)
    return claim
