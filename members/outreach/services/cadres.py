"""双向培养 begun, followed and ended; and the cards of 岗位责任制."""

from datetime import date

from django.db import transaction

from branches.models import Organisation
from members.models import Member
from members.outreach.models import Cultivation, CultivationNote, DutyCard
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def begin(
    *,
    direction: str,
    organisation: Organisation,
    member: Member | None,
    person_name: str,
    source: str,
    plan: str,
    mentor: Member,
    start: date,
    by: User,
) -> Cultivation:
    """Begin to bring somebody up, with a plan and a mentor."""
    if direction != Cultivation.Direction.MEMBER and member is None:
        raise DomainError("这个方向培养的是党员，选一位党员。", field="member")
    if direction == Cultivation.Direction.MEMBER and member is not None:
        raise DomainError("他已经是党员，换一个培养方向。", field="direction")
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    row = Cultivation(
        direction=direction,
        organisation=organisation,
        member=member,
        person_name=person_name.strip(),
        source=source,
        plan=plan.strip(),
        mentor=mentor,
        start=start,
    )
    row.full_clean()
    row.save()
    _record("outreach.cultivation.begun", row, by=by, direction=direction, start=start)
    return row


@transaction.atomic
def note(cultivation: Cultivation, *, day: date, content: str, by: User, today: date) -> CultivationNote:
    """What was learnt and done since the last note."""
    held = _running(cultivation)
    if day > today:
        raise DomainError("这一天还没到。", field="day")
    if day < held.start:
        raise DomainError(f"从 {held.start:%Y-%m-%d} 起培养，日子不能更早。", field="day")
    row = CultivationNote.objects.create(cultivation=held, day=day, content=content.strip(), recorded_by=by)
    _record("outreach.cultivation.noted", held, by=by, day=day)
    return row


@transaction.atomic
def finish(cultivation: Cultivation, *, on: date, outcome: str, outcome_note: str, by: User) -> Cultivation:
    """End a cultivation with what came of it."""
    held = _running(cultivation)
    if on <= held.start:
        raise DomainError(f"从 {held.start:%Y-%m-%d} 起培养，结束的日子要晚于那天。", field="on")
    held.end, held.outcome, held.outcome_note = on, outcome, outcome_note.strip()
    held.full_clean()
    held.save(update_fields=["end", "outcome", "outcome_note"])
    _record("outreach.cultivation.ended", held, by=by, outcome=outcome, end=on)
    return held


@transaction.atomic
def hand_card(*, organisation: Organisation, title: str, member: Member, duties: str, start: date, by: User) -> DutyCard:
    """A new card for a post; the post's card of the same holder ends with it."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    before = DutyCard.objects.filter(organisation=organisation, title=title.strip(), member=member, end=None).first()
    if before is not None and start <= before.start:
        raise DomainError(f"他现在的责任卡从 {before.start:%Y-%m-%d} 起，新的要晚于那天。", field="start")
    if before is not None:
        before.end = start
        before.save(update_fields=["end"])
    card = DutyCard(organisation=organisation, title=title.strip(), member=member, duties=duties.strip(), start=start)
    card.full_clean()
    if not card.lines:
        raise DomainError("写上职责，一行一条。", field="duties")
    card.save()
    audit.record(
        "outreach.card.handed", card, by=by, path=organisation.path, subject=member.uid, organisation=organisation.code, start=start
    )
    return card


@transaction.atomic
def end_card(card: DutyCard, *, on: date, by: User) -> DutyCard:
    """Take a card back from a day on."""
    held = DutyCard.objects.select_for_update(of=("self",)).select_related("organisation", "member").get(pk=card.pk)
    if held.end is not None:
        raise DomainError("这张责任卡已经收回。")
    if on <= held.start:
        raise DomainError(f"责任卡从 {held.start:%Y-%m-%d} 起，收回的日子要晚于那天。", field="on")
    held.end = on
    held.save(update_fields=["end"])
    path = held.organisation.path
    audit.record("outreach.card.ended", held, by=by, path=path, subject=held.member.uid, organisation=held.organisation.code, end=on)
    return held


def _running(cultivation: Cultivation) -> Cultivation:
    held = Cultivation.objects.select_for_update(of=("self",)).select_related("organisation", "member").get(pk=cultivation.pk)
    if held.end is not None:
        raise DomainError("这个人的培养已经结束。")
    return held


def _record(code: str, row: Cultivation, *, by: User, **data) -> None:
    subject = row.member.uid if row.member_id else None
    audit.record(code, row, by=by, path=row.organisation.path, subject=subject, organisation=row.organisation.code, **data)
