"""支付、签收、回访: the fund pays what was set aside, by two others than who approved; what the fund did, the case says."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from branches.access import can
from members.care.aid import rules
from members.care.aid.models import Case
from members.care.aid.services.decisions import each
from members.care.aid.services.notices import close_notice
from members.care.aid.services.steps import check_day, check_hand, hold, move, say
from members.care.fund.models import Payment, Voucher
from members.care.fund.services import payments
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def prepare_payment(case: Case, *, method: str, by: User, today: date, reference: str = "", version: int | None = None) -> Case:
    """开付款单: by somebody else than who approved. A notice that is over and undisputed is closed by it."""
    if case.state == rules.PUBLICITY:
        case = close_notice(hold(case, rules.NOTICE_OVER, version=version), today=today)
        version = None
    held = hold(case, rules.PREPARE, version=version)
    _check_fund(held, "fund.record", by)
    check_hand(held, rules.PREPARE, by)
    held.payment = payments.prepare(held.claim, by=by, today=today, method=method, reference=reference)
    held.prepared_by, held.confirmed_by = by, None
    changed = ("payment", "prepared_by", "confirmed_by")
    return move(held, rules.PREPARE, by=by, day=today, today=today, amount=held.amount, changed=changed)


def _check_fund(held: Case, verb: str, by: User) -> None:
    if not can(by, verb, held.claim.book.organisation):
        raise DomainError("由管这笔基金的党组织付款。")


@transaction.atomic
def confirm_payment(case: Case, *, by: User, today: date, version: int | None = None) -> Case:
    """确认付款: by a third; the voucher is posted in the same transaction."""
    held = hold(case, rules.PAY, version=version)
    _check_fund(held, "fund.confirm", by)
    check_hand(held, rules.PAY, by)
    payments.confirm(held.payment, by=by, today=today)
    return _paid(held, by=by, day=today, today=today)


def _paid(held: Case, *, by: User, day: date, today: date) -> Case:
    held.confirmed_by, held.paid_on = by, day
    return move(held, rules.PAY, by=by, day=day, today=today, amount=held.amount, changed=("confirmed_by", "paid_on"))


@transaction.atomic
def pay_many(cases: Iterable[Case], act: str, *, by: User, today: date, **said) -> list[Case]:
    """Prepare or confirm many at once: all of them or none."""
    pay = {rules.PREPARE: prepare_payment, rules.PAY: confirm_payment}[act]
    return each(cases, lambda one: pay(one, by=by, today=today, **said))


@transaction.atomic
def record_reversal(case: Case, *, by: User | None, day: date, note: str, today: date) -> Case:
    """The fund took the payment back: the case waits for its payment again."""
    held = hold(case, rules.UNPAY)
    held.payment = held.prepared_by = held.confirmed_by = held.paid_on = None
    changed = ("payment", "prepared_by", "confirmed_by", "paid_on")
    return move(held, rules.UNPAY, by=by, day=day, today=today, note=say(note), changed=changed)


@transaction.atomic
def follow_fund(*, today: date) -> int:
    """What was confirmed, sent back, reversed or released in the fund's own room becomes a step of its case; returns how many. Safe to run twice."""
    waiting = Case.objects.filter(state=rules.CONFIRMING).exclude(payment__state=Payment.State.PREPARED)
    moved = 0
    for case in waiting.select_related("payment__confirmed_by").order_by("pk"):
        payment = case.payment
        if payment.state == Payment.State.CONFIRMED:
            _paid(hold(case, rules.PAY), by=payment.confirmed_by, day=payment.voucher.day, today=today)
        else:
            record_reversal(case, by=payment.confirmed_by, day=today, note=payment.return_reason, today=today)
        moved += 1
    reversed_ones = Case.objects.filter(state__in=rules.PAID, payment__voucher__reversal__isnull=False)
    for case in reversed_ones.select_related("payment__voucher__reversal__checked_by").order_by("pk"):
        back = case.payment.voucher.reversal
        record_reversal(case, by=back.checked_by, day=back.day, note=back.reason or "基金里冲正", today=today)
        moved += 1
    released = Voucher.objects.filter(kind=Voucher.Kind.RELEASE, claim__aid_case__state__in=rules.SOURCES[rules.REVOKE])
    for voucher in released.select_related("claim__aid_case", "made_by").order_by("claim__aid_case"):
        held = hold(voucher.claim.aid_case, rules.REVOKE)
        held.amount = None
        move(held, rules.REVOKE, by=voucher.made_by, day=voucher.day, today=today, note=voucher.reason, changed=("amount",))
        moved += 1
    return moved


@transaction.atomic
def sign(
    case: Case, *, day: date, by: User, today: date, relation: str = "", proxy: str = "", note: str = "", version: int | None = None
) -> Case:
    """签收: the day the money was in their hands; another signs for them with name and relation."""
    held = hold(case, rules.SIGN, version=version)
    check_hand(held, rules.SIGN, by)
    if not can(by, "care.record", held.organisation):
        raise DomainError("由支部登记签收。")
    check_day(day, since=held.paid_on, today=today)
    if bool(relation) != bool(proxy.strip()):
        raise DomainError("代签的，写明是谁、与本人什么关系。", field="proxy" if relation else "relation")
    words = "；".join(part for part in (f"代签人：{proxy.strip()}" if proxy.strip() else "", note.strip()) if part)
    return move(held, rules.SIGN, by=by, day=day, today=today, amount=held.amount, relation=relation, note=words)


@transaction.atomic
def follow_up(case: Case, *, day: date, note: str, by: User, today: date, version: int | None = None) -> Case:
    """回访: who was helped is visited again, and how they are is written down."""
    held = hold(case, rules.FOLLOW_UP, version=version)
    check_hand(held, rules.FOLLOW_UP, by)
    if not can(by, "care.record", held.organisation):
        raise DomainError("由支部登记回访。")
    check_day(day, since=held.paid_on, today=today)
    return move(held, rules.FOLLOW_UP, by=by, day=day, today=today, note=say(note))
