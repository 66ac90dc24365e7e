"""A call from its notice to its decision: issued with its places, extended, made public, decided, or cancelled."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from branches.models import Organisation
from members.services import facts
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on
from partyportal.core.workdays import calendar
from points.honours import rules
from points.honours.models import Call, Honour, Nomination, Objection, Share
from points.honours.parameters import PUBLICITY_WORKDAYS
from points.honours.selectors.candidates import bars_of, died_by, places_of
from points.honours.services.steps import Act, held, record, require_reason, require_stage
from points.services import settle_soon


@transaction.atomic
def issue(
    *,
    organiser: Organisation,
    kind: str,
    title: str,
    year: int,
    document_number: str,
    issued_on: date,
    words: str,
    opens_on: date,
    closes_on: date,
    quota: int,
    by: User,
    today: date,
    shares: Iterable[tuple[Organisation, int]] = (),
    needs_full: bool = True,
    needs_unpunished: bool = True,
    needs_years: int | None = None,
    points_year: int | None = None,
    points_floor: Decimal | None = None,
) -> Call:
    """印发评选通知: what is called for, its conditions, its window, and its places with how they are shared out."""
    shares = list(shares)
    _refuse_bad_days(issued_on=issued_on, opens_on=opens_on, closes_on=closes_on, today=today)
    _refuse_bad_places(organiser, quota, shares)
    if not document_number.strip():
        raise DomainError("写通知的文号。", field="document_number")
    if points_floor is not None and points_year is None:
        raise DomainError("写了积分要求，要写看哪一年的。", field="points_year")
    call = Call(
        organiser=organiser,
        kind=kind,
        level=rules.level_of(organiser.kind),
        title=title.strip(),
        year=year,
        document_number=document_number.strip(),
        issued_on=issued_on,
        words=words.strip(),
        opens_on=opens_on,
        closes_on=closes_on,
        quota=quota,
        free=quota - sum(places for _, places in shares),
        issued_by=by,
        points_year=points_year,
    )
    if call.is_of_members:  # the checks are of members; an organisation's conditions are the notice's words
        call.needs_full, call.needs_unpunished, call.needs_years = needs_full, needs_unpunished, needs_years
        call.points_floor = points_floor
    else:
        call.needs_full = call.needs_unpunished = False
        call.points_year = None
    _save_once(call)
    Share.objects.bulk_create(Share(call=call, organisation=one, places=places) for one, places in shares)
    record(call, Act.ISSUE, by=by, on=issued_on, kind=kind, quota=quota, shares=len(shares))
    return call


def _save_once(call: Call) -> None:
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError as fault:
        if "call_number_once" not in str(fault):
            raise
        raise DomainError("这个文号的这个称号已经登记过，到列表里找。", field="document_number") from None


def _refuse_bad_days(*, issued_on: date, opens_on: date, closes_on: date, today: date) -> None:
    if issued_on > today:
        raise DomainError("通知还没有印发。印发以后再登记。", field="issued_on")
    if opens_on < issued_on:
        raise DomainError("推荐不能早于通知印发。", field="opens_on")
    if closes_on < max(opens_on, today):
        raise DomainError("推荐截止不能早于开始，也不能已经过去。", field="closes_on")


def _refuse_bad_places(organiser: Organisation, quota: int, shares: list[tuple[Organisation, int]]) -> None:
    if organiser.dissolved_on is not None or organiser.kind == Organisation.Kind.GROUP:
        raise DomainError("这个党组织不能组织评选。", field="organiser")
    if quota < 1:
        raise DomainError("名额至少 1 个。", field="quota")
    if outside := [one for one, _ in shares if not one.path.startswith(organiser.path) or one.pk == organiser.pk]:
        raise DomainError(f"{outside[0]}不在{organiser}下面，不能分给它。", field="shares")
    if fault := rules.shares_fault(quota, [(one.path, places) for one, places in shares]):
        raise DomainError(fault, field="shares")


@transaction.atomic
def extend(call: Call, *, closes_on: date, note: str, by: User, today: date) -> Call:
    """延长推荐: a later last day, as long as nothing is public."""
    row = held(call)
    require_stage(row, rules.NOT_YET, rules.NOMINATING, rules.REVIEWING, today=today, what="延长推荐")
    note = require_reason(note, what="延长")
    if closes_on <= row.closes_on or closes_on < today:
        raise DomainError(f"要晚于原来的 {row.closes_on:%-m月%-d日}，也不能已经过去。", field="closes_on")
    before, row.closes_on = row.closes_on, closes_on
    row.save(update_fields=["closes_on"])
    record(row, Act.EXTEND, by=by, on=today, note=note, before=before, after=closes_on)
    return row


@transaction.atomic
def cancel(call: Call, *, note: str, by: User, today: date) -> Call:
    """取消评选: until it is decided. Its nominations stay as they were; nobody is honoured by it."""
    row = held(call)
    require_stage(row, rules.NOT_YET, rules.NOMINATING, rules.REVIEWING, rules.PUBLIC, rules.DUE, today=today, what="取消")
    note = require_reason(note, what="取消")
    row.state = Call.State.CANCELLED
    row.save(update_fields=["state"])
    record(row, Act.CANCEL, by=by, on=today, note=note)
    return row


@transaction.atomic
def publicise(call: Call, *, start: date, workdays: int, public_at: str, by: User, today: date) -> Call:
    """公示 of those approved: after the window, with nobody left unreviewed, for at least the county's working days."""
    row = held(call)
    require_stage(row, rules.REVIEWING, today=today, what="公示")
    waiting = row.nominations.filter(state=Nomination.State.NOMINATED).count()
    if waiting:
        raise DomainError(f"还有 {waiting} 份推荐没有审核，审完再公示。")
    if not row.nominations.holding().exists():
        raise DomainError("没有审核通过的推荐，没有可以公示的。延长推荐，或者取消这次评选。")
    if start < today:
        raise DomainError("公示从今天或以后开始：没有公开的日子不算。", field="start")
    least = value_on(start, PUBLICITY_WORKDAYS)
    if workdays < least:
        raise DomainError(f"公示不少于 {least} 个工作日。", field="workdays")
    if not public_at.strip():
        raise DomainError("写公示在哪里、有意见找谁反映。", field="public_at")
    row.state, row.public_from, row.public_until = Call.State.PUBLIC, start, calendar().last_of(start, workdays)
    row.public_at = public_at.strip()
    row.save(update_fields=["state", "public_from", "public_until", "public_at"])
    record(row, Act.PUBLICISE, by=by, on=today, start=start, until=row.public_until, workdays=workdays)
    return row


@transaction.atomic
def decide(call: Call, *, decision_number: str, day: date, by: User, today: date) -> list[Honour]:
    """表彰决定: after the last day of 公示, every objection closed and every candidate still fit; each gets the honour of that day.

    A member's honour is a fact of its level, by the branch and class of the day, and points follow it. Who died before is
    honoured posthumously (追授): the honour stands in the branch of their last day, and there are no points any more.
    """
    row = held(call)
    require_stage(row, rules.DUE, today=today, what="作出表彰决定")
    if not row.public_until < day <= today:
        raise DomainError(f"决定的日子要在公示期满（{row.public_until:%-m月%-d日}）以后，不晚于今天。", field="day")
    if not decision_number.strip():
        raise DomainError("写表彰决定的文号。", field="decision_number")
    if count := Objection.objects.filter(nomination__call=row).open().count():
        raise DomainError(f"还有 {count} 件异议没有核实，核实以后再决定。")
    chosen = list(
        row.nominations.select_for_update(of=("self",), no_key=True)
        .filter(state=Nomination.State.APPROVED)
        .select_related("member", "organisation")
        .defer("member__id_number")
        .order_by("pk")
    )
    if not chosen:
        raise DomainError("公示的都取消了，没有可以表彰的。取消这次评选。")
    _refuse_unfit(row, chosen, day)
    row.state, row.decided_on, row.decision_number = Call.State.DECIDED, day, decision_number.strip()
    row.save(update_fields=["state", "decided_on", "decision_number"])
    Nomination.objects.filter(pk__in=[one.pk for one in chosen]).update(state=Nomination.State.HONOURED)
    honours = _confer(row, chosen, by=by)
    record(row, Act.DECIDE, by=by, on=day, honours=len(honours))
    return honours


def _refuse_unfit(call: Call, chosen: list[Nomination], day: date) -> None:
    """Whoever was punished, or left, since the review is named: drop them with the reason first."""
    found = bars_of(call, [one.member for one in chosen if one.member_id], day)
    unfit = [f"{one.candidate}：{'，'.join(found[one.member_id])}" for one in chosen if found.get(one.member_id)]
    unfit += [f"{one.candidate}：已经撤销" for one in chosen if not one.member_id and one.organisation.dissolved_on is not None]
    if unfit:
        raise DomainError(f"{'；'.join(unfit)}。先取消资格、写明原因，再作决定。")


def _confer(call: Call, chosen: list[Nomination], *, by: User) -> list[Honour]:
    ids = [one.member_id for one in chosen if one.member_id]
    places, died = places_of(ids, call.decided_on), died_by(ids, call.decided_on)
    honours = Honour.objects.bulk_create(
        Honour(
            call=call,
            nomination=one,
            kind=call.kind,
            level=call.level,
            title=call.title,
            year=call.year,
            conferred_by=call.organiser,
            member=one.member,
            organisation_id=places[one.member_id].organisation_id if one.member_id else one.organisation_id,
            document_number=call.decision_number,
            is_posthumous=one.member_id in died,
            start=call.decided_on,
        )
        for one in chosen
    )
    lines = [
        facts.FactLine(
            key=honour.fact_key,
            kind=rules.fact_kind(call.level),
            member_id=honour.member_id,
            organisation_id=places[honour.member_id].organisation_id,
            member_class=places[honour.member_id].member_class,
            day=honour.start,
            units=Decimal(1),
            title=honour.title,
            evidence=honour.document_number,
        )
        for honour in honours
        if honour.member_id and not honour.is_posthumous
    ]
    facts.record(lines, by=call.issued_by, confirmed_by=by)
    settle_soon(members=[line.member_id for line in lines], year=call.decided_on.year)
    return honours
