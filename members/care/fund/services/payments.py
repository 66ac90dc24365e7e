"""Paying: one prepares, another confirms, and only then is it in the journal; a reversal is a voucher of its own."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils import timezone

from members.care.fund.models import Account, Claim, Payment, Source, Voucher
from members.care.fund.selectors.claims import state_of
from members.care.fund.services import journal
from partyportal.core import audit, jobs
from partyportal.core.errors import DomainError
from partyportal.core.models import Job, User

State = Payment.State


def lock_claim(claim: Claim) -> Claim:
    """The claim, held: two payers of one claim come one after the other."""
    return Claim.objects.select_for_update(no_key=True, of=("self",)).select_related("book__organisation", "line").get(pk=claim.pk)


def state(claim: Claim) -> str:
    return state_of([claim])[claim.pk]


@transaction.atomic
def prepare(claim: Claim, *, by: User, today: date, method: str, reference: str = "", account: Account | None = None) -> Payment:
    """制单: say from which account and how a claim is to be paid; without an account, from the book's bank."""
    held = lock_claim(claim)
    where = state(held)
    if where not in ("reserved", "reversed"):
        sentences = {"prepared": "这一笔已经制了付款单，等复核。", "paid": "这一笔已经付过了。", "released": "这一笔已经撤销，不能付。"}
        raise DomainError(sentences[where])
    account = account or Account.objects.filter(book=held.book, kind=Account.Kind.CASH).order_by("-is_bank", "code").first()
    if account.book_id != held.book_id or account.kind != Account.Kind.CASH:
        raise DomainError("从这个账本的银行或现金账户付。", field="account")
    payment = Payment.objects.create(
        claim=held, account=account, method=method, reference=reference.strip(), prepared_by=by, prepared_on=today
    )
    audit.record("fund.payment.prepared", payment, by=by, path=held.book.organisation.path, amount=held.amount)
    return payment


@transaction.atomic
def confirm(payment: Payment, *, by: User, today: date) -> Voucher:
    """复核付款: by another than who prepared it. Posts it, dated today; what the account cannot bear is refused."""
    held = _lock(payment)
    if held.state == State.CONFIRMED:
        raise DomainError("这一笔已经付过了。")
    if held.state == State.RETURNED:
        raise DomainError("这张付款单已经退回，要付的重新制单。")
    if held.prepared_by_id == by.pk:
        raise DomainError("这张付款单是你制的，要由另一个人复核。")
    journal.lock(held.claim.book)
    account = Account.objects.get(pk=held.account_id)
    _decide(held, State.CONFIRMED, by=by)
    return journal.post(
        Voucher.Kind.PAYMENT, basis=held.claim, day=today, today=today, made_by=held.prepared_by, checked_by=by, cash=account, payment=held
    )


@transaction.atomic
def send_back(payment: Payment, *, by: User, today: date, reason: str) -> Payment:
    """退回付款单: nothing was paid; the claim may be prepared again or released. Who prepared it may take it back too."""
    if not reason:
        raise DomainError("写上为什么退回。", field="reason")
    held = _lock(payment)
    if held.state != State.PREPARED:
        raise DomainError("这张付款单已经有人办过了。")
    _decide(held, State.RETURNED, by=by, reason=reason)
    audit.record("fund.payment.returned", held, by=by, path=held.claim.book.organisation.path)
    return held


@transaction.atomic
def reverse(voucher: Voucher, *, by: User, today: date, reason: str) -> Voucher:
    """冲正: the money of a payment came back, or a source was entered wrongly. The claim may then be paid again or released."""
    held = Voucher.objects.select_related("book", "claim", "source").get(pk=voucher.pk)
    if held.claim:
        lock_claim(held.claim)
        if held.kind == Voucher.Kind.PAYMENT and state(held.claim) == "prepared":
            raise DomainError("这一笔另有付款单在等复核，先退回付款单。")
    elif held.source:
        Source.objects.select_for_update().get(pk=held.source_id)
    return journal.reverse(held, by=by, today=today, reason=reason.strip())


def confirm_many(uids: Iterable[UUID], *, by: User, today: date, progress=None) -> dict:
    """Confirm these payments one transaction each, so that one refusal keeps no other back. Run twice, it pays once.

    Returns how many were paid, how many had been, and the refusals in words.
    """
    uids = list(uids)
    paid, before, refused = 0, 0, []
    for at, uid in enumerate(uids):
        payment = Payment.objects.select_related("claim__book").filter(uid=uid).first()
        if payment is None or payment.state == State.CONFIRMED:
            before += 1
        else:
            try:
                confirm(payment, by=by, today=today)
                paid += 1
            except DomainError as refusal:
                refused.append({"payment": str(uid), "message": refusal.message})
        if progress:
            progress(done=at + 1, total=len(uids))
    return {"paid": paid, "before": before, "refused": refused}


def _lock(payment: Payment) -> Payment:
    rows = Payment.objects.select_for_update(no_key=True, of=("self",)).select_related("prepared_by")
    held = rows.get(pk=payment.pk)
    held.claim = lock_claim(Claim(pk=held.claim_id))
    return held


def _decide(held: Payment, to: str, *, by: User, reason: str = "") -> None:
    held.state, held.confirmed_by, held.confirmed_at, held.return_reason = to, by, timezone.now(), reason
    held.save(update_fields=["state", "confirmed_by", "confirmed_at", "return_reason"])


def confirm_in_job(chosen: Iterable[Payment], *, by: User, today: date) -> Job:
    """Confirm many in the background; the page shows how far it is and what was refused."""
    uids = [str(payment.uid) for payment in chosen]
    if not uids:
        raise DomainError("还没有选，勾上点清的再按。")
    return jobs.start(current_app.tasks["fund.pay"], title=f"复核付款 {len(uids)} 笔", by=by, payments=uids, day=today.isoformat())
