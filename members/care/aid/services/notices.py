"""公示: how long it hangs, what is objected, who answers; once it is over and nothing is in doubt, the case goes on to payment."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef

from branches.access import can
from members.care.aid import rules
from members.care.aid.models import Case, Objection
from members.care.aid.services.steps import barred, hold, move, release, say
from members.care.aid.services.words import opened, sealed
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def receive_objection(case: Case, *, words: str, by: User, today: date) -> Objection:
    """收到意见: written down by whoever took it, while the notice hangs. The sender's name is not asked for. Sent twice, it is one."""
    held = hold(case, rules.NOTICE_OVER)
    if not can(by, "care.record", held.organisation):
        raise DomainError("由支部或者上级党组织登记意见。")
    if by.pk == held.member.user_id:
        raise DomainError("对自己事项的意见由别人来登记。")
    if rules.notice_is_over(held.notice_until, today):
        raise DomainError(f"公示到 {held.notice_until:%-m月%-d日}，已经过了。有问题请向县委组织部反映。")
    if not words.strip():
        raise DomainError("写上意见说了什么。", field="words")
    for sent in Objection.objects.filter(case=held, received_on=today, received_by=by):
        if opened(held, sent.sealed_words) == [words.strip()]:
            return sent
    made = Objection.objects.create(case=held, received_on=today, received_by=by, sealed_words=sealed(held, words))
    audit.record("aid.objection.received", made, by=by, path=held.organisation.path, case=held.uid, day=today)
    return made


@transaction.atomic
def answer_objection(objection: Objection, *, upheld: bool, answer: str, by: User, today: date) -> Objection:
    """答复: by somebody else who may review. If it is upheld the approval falls and the fund's money is free again."""
    case = hold(objection.case, rules.NOTICE_OVER)
    held = Objection.objects.select_for_update().get(pk=objection.pk)
    if held.answered_on is not None:
        raise DomainError("这条意见已经答复过。")
    if not can(by, "care.review", case.organisation):
        raise DomainError("由党委或者组织部答复。")
    if by.pk == held.received_by_id:
        raise DomainError("意见是你登记的，由别人答复。")
    if sentence := barred(case, rules.REVOKE, by):
        raise DomainError(sentence)
    answer = say(answer, field="answer")
    held.answered_on, held.answered_by, held.is_upheld, held.sealed_answer = today, by, upheld, sealed(case, answer)
    held.save(update_fields=["answered_on", "answered_by", "is_upheld", "sealed_answer"])
    audit.record("aid.objection.answered", held, by=by, path=case.organisation.path, case=case.uid, day=today, upheld=upheld)
    if upheld:
        release(case, by=by, today=today, reason="公示意见成立")
        case.amount = None
        move(case, rules.REVOKE, by=by, day=today, today=today, note=answer, changed=("amount",))
    return held


@transaction.atomic
def close_notices(*, today: date) -> int:
    """公示期满: every case whose notice is over and undisputed goes on to payment; returns how many. Safe to run twice."""
    open_ones = Objection.objects.open().filter(case=OuterRef("pk"))
    over = Case.objects.filter(~Exists(open_ones), state=rules.PUBLICITY, notice_until__lt=today)
    held = over.select_for_update(of=("self",), skip_locked=True).select_related("programme", "member", "organisation")
    cases = list(held.defer("member__id_number").order_by("pk"))
    for case in cases:
        close_notice(case, today=today)
    return len(cases)


def close_notice(held: Case, *, today: date) -> Case:
    """One case whose notice is over; the day of the step is the notice's last."""
    if held.objections.open().exists():
        raise DomainError("公示期间收到的意见还没有答复，先答复。")
    if not rules.notice_is_over(held.notice_until, today):
        raise DomainError(f"公示到 {held.notice_until:%-m月%-d日}，第二天起才能付款。")
    return move(held, rules.NOTICE_OVER, by=None, day=held.notice_until, today=today)
