"""走访 recorded in one act for all who were called on, and taken back one by one."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from branches.models import Organisation
from members.care.visits.models import Goer, Outing, Pair, Round, Visit, VisitDue
from members.models import Member
from members.selectors.days import places_on
from members.services import facts
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

FACT = "care.visit"
OLDEST = timedelta(days=366)  # what happened longer ago is not remembered well enough to be written down as a record


@transaction.atomic
def record_outing(
    *,
    organisation: Organisation,
    kind: str,
    day: date,
    members: Collection[Member],
    goers: Collection[Member],
    today: date,
    by: User | None,
    companions: str = "",
    brought: str = "",
    found: Mapping[UUID, str] | None = None,
    needs: Collection[UUID] = (),
    signed: bool = False,
    round: Round | None = None,
    leaves_facts: bool = True,
    uid: UUID | None = None,
) -> Outing:
    """Write down who went to whom. Sent twice under one `uid`, it is written once.

    Each of those called on is settled in the round, and in touch with whoever of the goers helps them (结对). Each goer
    has a fact for each call, but of a helper's own word (`record_contact`).
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # one form sent twice waits here
    if uid and (written := Outing.objects.filter(uid=uid, organisation=organisation).first()):
        return written
    _refuse(kind=kind, day=day, members=members, goers=goers, companions=companions, round=round, today=today)
    called = {person.pk: person for person in members}
    places = places_on([*called, *(person.pk for person in goers)], day)
    _refuse_places(organisation, called, goers, places)
    dues = _locked_dues(round, called)
    pairs = _pairs(organisation, called, goers, day)
    outing = Outing(
        organisation=organisation, kind=kind, round=round, day=day, companions=companions.strip(), brought=brought.strip(), recorded_by=by,
        **({"uid": uid} if uid else {}),
    )  # fmt: skip
    outing.full_clean(exclude=["organisation", "round", "recorded_by"])
    outing.save()
    Goer.objects.bulk_create([Goer(outing=outing, member=person) for person in sorted(goers, key=lambda person: person.pk)])
    said = {key: text.strip() for key, text in (found or {}).items()}
    visits = [
        Visit(
            outing=outing,
            member=person,
            organisation_id=places[pk].organisation_id,
            due=dues.get(pk),
            pair=pairs.get(pk),
            found=said.get(person.uid) or None,
            needs=person.uid in needs,
            signed=signed,
        )
        for pk, person in sorted(called.items())
    ]
    Visit.objects.bulk_create(visits)
    if leaves_facts:
        facts.record(fact_lines(visits, outing, [person.pk for person in goers], places), by=by)
    audit.record_many("visits.visit.recorded", (_told(visit, outing, organisation) for visit in visits), by=by)
    return outing


@transaction.atomic
def record_contact(pair: Pair, *, day: date, found: str, needs: bool, today: date, by: User, uid: UUID | None = None) -> Outing:
    """What a helper writes down about a contact of their own: it counts as contact, and leaves no fact; those the branch records."""
    held = Pair.objects.select_for_update(of=("self",), no_key=True).select_related("member__branch", "helper").get(pk=pair.pk)
    if held.end is not None:
        raise DomainError("结对已经结束，不再记联系。")
    if day < held.start:
        raise DomainError(f"结对从 {held.start:%Y-%m-%d} 开始，更早的不记在这里。", field="day")
    return record_outing(
        organisation=held.member.branch,
        kind=Outing.Kind.PAIR,
        members=[held.member],
        goers=[held.helper],
        day=day,
        found={held.member.uid: found},
        needs={held.member.uid} if needs else (),
        leaves_facts=False,
        uid=uid,
        today=today,
        by=by,
    )


def _told(visit: Visit, outing: Outing, organisation: Organisation) -> dict:
    data = {"day": outing.day, "visit": outing.kind, "outing": outing.uid, "organisation": organisation.code}
    return {"path": organisation.path, "target_kind": "visits.visit", "target_uid": visit.uid, "subject": visit.member.uid, "data": data}


def fact_lines(visits: Iterable[Visit], outing: Outing, goer_ids: Iterable[int], places: Mapping) -> list[facts.FactLine]:
    """What each call leaves in the record of each member who went. It says that somebody was called on, never whom: that would tell of hardship."""
    return [
        facts.FactLine(
            key=_key(visit, nth),
            kind=FACT,
            member_id=pk,
            organisation_id=places[pk].organisation_id,
            member_class=places[pk].member_class,
            day=outing.day,
            units=Decimal(1),
            title=outing.get_kind_display(),
            evidence="支部登记",
        )
        for visit in visits
        for nth, pk in enumerate(sorted(goer_ids), start=1)
        if pk in places
    ]


def _key(visit: Visit, nth: int) -> str:
    return f"{FACT}:{visit.uid}:{nth}"


@transaction.atomic
def void_visit(visit: Visit, *, why: str, by: User) -> Visit:
    """Take one call back: the row stays and says why, what it was worth goes, and the round owes it again."""
    held = Visit.objects.select_for_update(of=("self",)).select_related("outing__organisation", "member").get(pk=visit.pk)
    if held.voided_at is not None:
        raise DomainError("这条走访记录已经作废。")
    if not why.strip():
        raise DomainError("写上为什么作废。", field="why")
    held.voided_at, held.voided_by, held.void_reason = timezone.now(), by, why.strip()
    held.save(update_fields=["voided_at", "voided_by", "void_reason"])
    facts.void([_key(held, nth) for nth in range(1, held.outing.goers.count() + 1)], by=by)
    place = held.outing.organisation
    audit.record("visits.visit.voided", held, by=by, path=place.path, subject=held.member.uid, organisation=place.code, day=held.outing.day)
    return held


@transaction.atomic
def read_found(visit: Visit, *, by: User) -> str:
    """What was found, in the clear: whoever reads it leaves an audit row."""
    place = visit.outing.organisation
    audit.record("visits.visit.read", visit, by=by, path=place.path, subject=visit.member.uid, organisation=place.code)
    return visit.found or ""


def _refuse(*, kind, day, members, goers, companions, round, today) -> None:
    if not members:
        raise DomainError("选走访了谁。", field="members")
    if not goers and not companions.strip():
        raise DomainError("选谁去的；不是本支部党员的写在“还有谁去”。", field="goers")
    if day > today:
        raise DomainError("这一天还没到。去过了再登记。", field="day")
    if day < today - OLDEST:
        raise DomainError("一年以前的走访不再补登。核对日期。", field="day")
    if both := {person.pk for person in members} & {person.pk for person in goers}:
        name = next(person.name for person in members if person.pk in both)
        raise DomainError(f"{name}不能既去走访又被走访。两边去掉一边。", field="goers")
    if round is not None and kind != Outing.Kind.CALL:
        raise DomainError("只有走访慰问算在这一轮里。", field="kind")
    if round is not None and day < round.start:
        raise DomainError(f"{round}从 {round.start:%Y-%m-%d} 开始，更早的走访不算在这一轮。", field="day")


def _refuse_places(organisation: Organisation, called: Mapping, goers: Iterable[Member], places: Mapping) -> None:
    """Everybody belonged somewhere that day, and those called on to this organisation."""
    for person in (*called.values(), *goers):
        if person.pk not in places:
            raise DomainError(f"{person.name}那天的组织关系不在本县。换个日期，或者去掉。", field="day")
    here = set(Organisation.objects.within(organisation).values_list("pk", flat=True))
    for pk, person in called.items():
        if places[pk].organisation_id not in here and person.branch_id not in here:
            raise DomainError(f"{person.name}不是{organisation}的党员，由他所在的党支部登记。", field="members")


def _locked_dues(round: Round | None, called: Mapping) -> dict[int, VisitDue]:
    """The open items of the round for those called on; who is not on its list is called on all the same."""
    if round is None:
        return {}
    dues = {due.member_id: due for due in VisitDue.objects.select_for_update().filter(round=round, member__in=called).order_by("pk")}
    done = Visit.objects.standing().filter(due__in=dues.values()).select_related("outing__recorded_by", "member").order_by("pk").first()
    if done is not None:
        who = done.outing.recorded_by.name if done.outing.recorded_by else "系统"
        raise DomainError(
            f"{done.member.name}这一轮已经走访过（{done.outing.day:%Y-%m-%d}，{who}登记）。又去了一次的，“哪一轮”选不算在轮次里。",
            field="members",
        )
    return dues


def _pairs(organisation: Organisation, called: Mapping, goers: Iterable[Member], day: date) -> dict[int, Pair]:
    """The pair each call is a contact of: the helper was among those who went, or the organisation itself helps."""
    helps = Q(helper__in=[person.pk for person in goers]) | Q(helping=organisation)
    found = Pair.objects.open().filter(helps, member__in=called, start__lte=day).order_by("-start", "-pk")
    return {pair.member_id: pair for pair in found}
