"""谈心谈话 is recorded once and counts for both; recorded by mistake, it is voided and says so."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Organisation
from education.planning.models import Talk
from education.planning.rules import direction, talk_faults
from members.models import Member
from members.selectors.days import places_on, roll_of
from members.services import facts
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def record_talk(*, organisation: Organisation, first: Member, second: Member, held_on: date, outcome: str, by: User, today: date) -> Talk:
    """Who talked with whom, and what came of it in a sentence. Of which kind it is follows from the 支委会 of that day."""
    for fault in talk_faults(held_on=held_on, today=today, same=first.pk == second.pk):
        raise DomainError(fault.message, field=fault.field)
    if not outcome.strip():
        raise DomainError("写一句谈了什么、有什么结果。", field="outcome")
    on_roll = {line.member_id: line for line in roll_of(organisation, held_on)}
    for person, field in ((first, "first"), (second, "second")):
        if person.pk not in on_roll:
            raise DomainError("这个人那天不在本支部，名单从那天的名册来。", field=field)
    one, other = sorted((first, second), key=lambda person: person.pk)
    kind = direction(*(on_roll[person.pk].is_in_committee for person in (one, other)))
    try:
        with transaction.atomic():
            talk = Talk.objects.create(
                organisation=organisation, first=one, second=other, direction=kind, held_on=held_on, outcome=outcome.strip(), recorded_by=by
            )
    except IntegrityError as refusal:
        if "talk_once_a_day" not in str(refusal):
            raise
        raise DomainError("这两个人这一天的谈话已经记过。", field="held_on") from None
    facts.record(_lines(talk), by=by, confirmed_by=by)
    _record("recorded", talk, by=by, direction=kind, day=held_on)
    return talk


@transaction.atomic
def void_talk(talk: Talk, *, why: str, by: User) -> Talk:
    """Take a talk out of account; the row stays and says why."""
    held = Talk.objects.select_for_update(of=("self",)).select_related("organisation", "first", "second").get(pk=talk.pk)
    if held.voided_at:
        return held
    if not why.strip():
        raise DomainError("写上为什么作废。", field="why")
    held.voided_at, held.voided_by, held.why = timezone.now(), by, why.strip()[:120]
    held.save(update_fields=["voided_at", "voided_by", "why"])
    facts.void(_keys(held).values(), by=by)
    _record("voided", held, by=by, day=held.held_on)
    return held


def _keys(talk: Talk) -> dict[int, str]:
    return {pk: f"planning.talk:{talk.uid}:{nth}" for nth, pk in enumerate((talk.first_id, talk.second_id), start=1)}


def _lines(talk: Talk) -> list[facts.FactLine]:
    """One fact for each of the two, in the branch and class of that day; what was said stays in the talk."""
    places = places_on(list(_keys(talk)), talk.held_on)
    return [
        facts.FactLine(
            key=key,
            kind="talk.held",
            member_id=pk,
            organisation_id=places[pk].organisation_id,
            member_class=places[pk].member_class,
            day=talk.held_on,
            units=Decimal(1),
            title=f"谈心谈话：{talk.get_direction_display()}",
            evidence="支部登记",
        )
        for pk, key in _keys(talk).items()
        if pk in places
    ]


def _record(act: str, talk: Talk, *, by: User, **data) -> None:
    audit.record(f"planning.talk.{act}", talk, by=by, path=talk.organisation.path, organisation=talk.organisation.code, **data)
