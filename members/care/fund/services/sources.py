"""Money that comes in: recorded with its paper by one, confirmed by another; a large donation gets its certificate number."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from members.care.fund import rules
from members.care.fund.models import Account, Book, Source, Voucher
from members.care.fund.parameters import CERTIFICATE_ABOVE
from members.care.fund.services import journal
from partyportal.core import attachments, audit
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User
from partyportal.core.parameters import value_on
from partyportal.core.uid import new_uid

State, Kind = Source.State, Source.Kind


@transaction.atomic
def record(
    *,
    book: Book,
    kind: str,
    amount: Decimal,
    day: date,
    by: User,
    today: date,
    account: Account | None = None,
    reference: str = "",
    donor: str = "",
    anonymous: bool = False,
    files: Iterable[UploadedFile] = (),
    uid: UUID | None = None,
) -> Source:
    """登记收入, of the day the money came; it counts once another person has confirmed it. One page (`uid`) sent twice is one income."""
    if amount <= 0 or amount != round(amount, 2):
        raise DomainError("金额要大于 0，写到分。", field="amount")
    donor, reference = donor.strip(), reference.strip()
    if kind == Kind.DONATION and not donor:
        raise DomainError("写上捐赠的单位或个人。", field="donor")
    if kind != Kind.DONATION:
        donor, anonymous = "", False
    account = account or Account.objects.filter(book=book, kind=Account.Kind.CASH).order_by("-is_bank", "code").first()
    if account.book_id != book.pk or account.kind != Account.Kind.CASH:
        raise DomainError("选这个账本的银行或现金账户。", field="account")
    locked = journal.lock(book)
    if uid and (sent := Source.objects.filter(uid=uid, book=book).first()):
        if (sent.amount, sent.day, sent.kind) != (amount, day, kind):
            raise Stale(journal.SENT_BEFORE.format(amount=sent.amount))
        return sent
    documents = attachments.store(files, by=by, at_most=1)
    if kind != Kind.DONATION and not reference and not documents:
        raise DomainError("写文号或银行流水号，或者传凭据。", field="reference")
    journal.open_year(locked, day, today=today)
    source = Source.objects.create(
        uid=uid or new_uid(),
        book=book,
        account=account,
        kind=kind,
        amount=amount,
        day=day,
        reference=reference,
        donor=donor,
        anonymous=anonymous,
        document=documents[0] if documents else None,
        recorded_by=by,
    )
    audit.record("fund.source.recorded", source, by=by, path=book.organisation.path, kind=kind, amount=amount, day=day)
    return source


@transaction.atomic
def confirm(source: Source, *, by: User, today: date) -> Voucher:
    """复核收入: by another than who recorded it. Posts it on its own day and, of a large donation, numbers the certificate."""
    held = _lock(source)
    if held.recorded_by_id == by.pk:
        raise DomainError("这一笔是你登记的，要由另一个人复核。")
    book = journal.lock(held.book)
    if held.kind == Kind.DONATION and rules.gets_certificate(held.amount, above=value_on(held.day, CERTIFICATE_ABOVE)):
        of_year = Source.objects.filter(book=book, day__year=held.day.year).order_by()
        held.certificate = 1 + (of_year.aggregate(last=Max("certificate"))["last"] or 0)
    _decide(held, State.CONFIRMED, by=by)
    account = Account.objects.get(pk=held.account_id)
    return journal.post(Voucher.Kind.RECEIPT, basis=held, day=held.day, today=today, made_by=held.recorded_by, checked_by=by, cash=account)


@transaction.atomic
def send_back(source: Source, *, by: User, reason: str) -> Source:
    """退回: it never came into the books. Who recorded it may take it back too."""
    if not reason:
        raise DomainError("写上为什么退回。", field="reason")
    held = _lock(source)
    _decide(held, State.RETURNED, by=by, reason=reason)
    audit.record("fund.source.returned", held, by=by, path=held.book.organisation.path)
    return held


def _lock(source: Source) -> Source:
    rows = Source.objects.select_for_update(no_key=True, of=("self",)).select_related("book__organisation", "recorded_by")
    held = rows.get(pk=source.pk)
    if held.state != State.RECORDED:
        raise DomainError("这一笔已经有人办过了。" if held.state == State.RETURNED else "这一笔已经入账了。")
    return held


def _decide(held: Source, to: str, *, by: User, reason: str = "") -> None:
    held.state, held.decided_by, held.decided_at, held.return_reason = to, by, timezone.now(), reason
    held.save(update_fields=["state", "decided_by", "decided_at", "return_reason", "certificate"])
