"""党内职务: elected, appointed and ended here; a grant issued with a post ends with it.

The secretary reports an election on paper and the committee above enters it with its own approval: `office.appoint` at the
organisation above (`may_appoint`). Locks: the organisation, then the members by id, then posts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from branches.access import can
from branches.models import Grant, Organisation, Term
from branches.services import grants, terms
from members.models import Member, Office
from members.rules.offices import Ballot, ballot_fault, committee_fault, may_hold, post_follows, seats_fault
from members.selectors.offices import candidate_on, full_members_of, holders_of, parameters_on
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

Position, Way, EndReason = Office.Position, Office.Way, Office.EndReason


def may_appoint(user: User, organisation: Organisation) -> bool:
    """A post is approved by the organisation above: a committee does not seat itself. The county's own are the department's."""
    return can(user, "office.appoint", organisation.parent or organisation)


@transaction.atomic
def appoint(
    *,
    member: Member,
    organisation: Organisation,
    position: str,
    start: date,
    way: str = Way.ELECTED,
    ballot: Ballot | None = None,
    basis: str = "",
    full_time: bool = False,
    with_grant: bool = False,
    by: User | None,
    today: date,
) -> Office:
    """Seat one member in a post from a day on: a by-election, an appointment, or what was so before it was written here."""
    held, (person,) = _locked(organisation, [member])
    _refuse_start(held, start, today=today)
    if position not in Position.values or (position == Position.GROUP_LEADER) != (held.kind == Organisation.Kind.GROUP):
        raise DomainError("党小组只有组长，组长只在党小组。", field="position")
    if way == Way.APPOINTED and not basis.strip():
        raise DomainError("上级任命要写任命的文号。", field="basis")
    _refuse_unfit(person, held, start)
    if way == Way.ELECTED and held.kind != Organisation.Kind.GROUP:
        _refuse_ballot(ballot, person, today=today)
    seated = holders_of(held)
    if position == Position.SECRETARY and seated.get(position):
        raise DomainError(f"{held}已经有书记，先免去原来的，再任新的。", field="position")
    if person.pk in seated.get(position, ()):
        raise DomainError(f"{person.name}已经任{Position(position).label}。", field="member")
    if held.is_branch:
        seated[position] = {*seated.get(position, ()), person.pk}
        if fault := seats_fault(seated, full_members=full_members_of(held), sizes=parameters_on(today).sizes):
            raise DomainError(f"{fault}。", field="position")
    office = _seat(
        member=person,
        organisation=held,
        position=position,
        start=start,
        way=way,
        ballot=ballot,
        basis=basis.strip(),
        full_time=full_time,
        term=held.terms.on(start).first(),
        by=by,
    )
    if with_grant:
        office.grant = issue_grant(office, by=by, today=today)
    return office


@dataclass(frozen=True)
class Seat:
    """One line of an elected committee."""

    member: Member
    position: str
    votes: int
    full_time: bool = False


@transaction.atomic
def change_term(
    organisation: Organisation,
    *,
    number: int,
    start: date,
    basis: str,
    entitled: int,
    present: int,
    seats: Iterable[Seat],
    by: User | None,
    today: date,
) -> Term:
    """换届: open the next term, let the old committee go and seat the new one, all or nothing.

    Who is elected again keeps the grant that came with the former post.
    """
    wanted = list(seats)
    held, people = _locked(organisation, [seat.member for seat in wanted])
    person_of = {person.pk: person for person in people}
    term = terms.open_term(held, number=number, start=start, basis=basis, by=by, today=today)
    numbers = parameters_on(today)
    chosen: dict[str, set[int]] = defaultdict(set)
    for seat in wanted:
        if seat.position not in Position.values or seat.position == Position.GROUP_LEADER:
            raise DomainError("没有这个职务。", field="seats")
        if seat.member.pk in chosen[seat.position]:
            raise DomainError(f"{seat.member.name}写了两次{Position(seat.position).label}。", field="seats")
        chosen[seat.position].add(seat.member.pk)
        _refuse_unfit(person_of[seat.member.pk], held, start, field="seats")
        _refuse_ballot(Ballot(entitled, present, seat.votes), seat.member, today=today, field="seats")
    if len(chosen.get(Position.SECRETARY, ())) != 1:
        raise DomainError("要有 1 名书记，只能有 1 名。", field="seats")
    if held.is_branch:
        fault = committee_fault(chosen, full_members=full_members_of(held), sizes=numbers.sizes)
        if fault:
            raise DomainError(f"{fault}。", field="seats")
    kept = _let_go(held, on=start, again={seat.member.pk for seat in wanted}, by=by)
    rank = {position: at for at, position in enumerate(Position.values)}
    for seat in sorted(wanted, key=lambda seat: rank[seat.position]):
        _seat(
            member=person_of[seat.member.pk],
            organisation=held,
            position=seat.position,
            start=start,
            way=Way.ELECTED,
            ballot=Ballot(entitled, present, seat.votes),
            basis=basis.strip(),
            full_time=seat.full_time,
            term=term,
            grant=kept.pop(seat.member.pk, None),
            by=by,
        )
    return term


def _let_go(organisation: Organisation, *, on: date, again: set[int], by: User | None) -> dict[int, Grant]:
    """End the posts of the old committee. The grants of those elected again are handed on, not ended."""
    kept: dict[int, Grant] = {}
    for office in organisation.offices.open().exclude(position=Position.GROUP_LEADER).select_related("grant").order_by("pk"):
        if office.start > on:
            raise DomainError(f"有人 {office.start:%Y-%m-%d} 才任职，换届之日不能更早。", field="start")
        if office.grant is not None and office.member_id in again and office.grant.end is None:
            kept[office.member_id] = office.grant
            Office.objects.filter(pk=office.pk).update(grant=None)
        end_office(office, on=on, reason=EndReason.TERM_OVER, by=by)
    return kept


@transaction.atomic
def issue_grant(office: Office, *, by: User, today: date) -> Grant:
    """Propose the role that goes with a post. It is in force when a security admin confirms it, and ends with the post."""
    held = Office.objects.select_for_update().get(pk=office.pk)
    if held.end is not None:
        raise DomainError("这项职务已经终止，不能再授权。")
    if held.position == Position.GROUP_LEADER:
        raise DomainError("党小组组长不随带授权。", field="with_grant")
    if held.grant is not None and (held.grant.end is None or held.grant.end > today):
        raise DomainError("这项职务已经带着一条授权。", field="with_grant")
    if held.member.user is None:
        raise DomainError(f"{held.member.name}还没有账号，先请系统管理员开账号，再授权。", field="with_grant")
    grant = grants.propose_for_post(user=held.member.user, organisation=held.organisation, start=max(held.start, today), by=by)
    held.grant = grant
    held.save(update_fields=["grant"])
    return grant


@transaction.atomic
def end_post(office: Office, *, on: date, reason: str, basis: str, by: User, today: date) -> None:
    """Somebody's decision to end one post from a day on, with its reason."""
    if on > today:
        raise DomainError("这一天还没有到。", field="on")
    if reason not in {EndReason.TERM_OVER, EndReason.REASSIGNED, EndReason.RESIGNED, EndReason.REMOVED}:
        raise DomainError("选一个免职的缘由。", field="reason")
    if reason == EndReason.REMOVED and not basis.strip():
        raise DomainError("免职、撤职要写决定的文号。", field="basis")
    if on < office.start:
        raise DomainError(f"{office.start:%Y-%m-%d} 才任职，免职不能更早。", field="on")
    end_office(office, on=on, reason=reason, basis=basis.strip(), by=by)


def end_offices(
    member: Member,
    *,
    on: date,
    by: User | None,
    reason: str,
    left: Organisation | None = None,
    joined: Organisation | None = None,
    leave_grants_above: bool = False,
) -> int:
    """End the posts a member holds from a day on; of one who moves those that do not go along (`post_follows`). Returns how many."""
    held = member.offices.open().select_related("organisation").order_by("pk")
    ended = [
        office
        for office in held
        if left is None or joined is None or not post_follows(office.organisation.path, left=left.path, joined=joined.path)
    ]
    for office in ended:
        end_office(office, on=on, reason=reason, by=by, leave_grants_above=leave_grants_above)
    return len(ended)


def seat_again(member: Member, *, on: date, by: User | None) -> list[Office]:
    """The posts that a death recorded by mistake ended on a day, taken up anew from it; a chair filled meanwhile stays filled."""
    seated = []
    for office in member.offices.filter(end=on, end_reason=EndReason.DIED).select_related("organisation").order_by("pk"):
        held = terms.locked(office.organisation)
        if held.dissolved_on or (office.position == Position.SECRETARY and holders_of(held).get(Position.SECRETARY)):
            continue
        ballot = None if office.votes is None else Ballot(office.entitled, office.present, office.votes)
        same = {name: getattr(office, name) for name in ("position", "way", "basis", "full_time", "term")}
        seated.append(_seat(member=member, organisation=held, start=on, ballot=ballot, by=by, **same))
    return seated


@transaction.atomic
def end_office(office: Office, *, on: date, reason: str, by: User | None, basis: str = "", leave_grants_above: bool = False) -> None:
    """End one post and the grant that came with it. A post that never held for a day is taken back; the audit row remembers.

    Of one who is gone, `leave_grants_above` leaves the grant of a post above the actor to the security admin (ADR 22).

    The grant is locked before the post, as when a security admin ends it, so that the two never wait for each other.
    """
    for grant in Grant.objects.select_for_update(of=("self",)).filter(office=office.pk):
        if (grant.end is None or grant.end > on) and (not leave_grants_above or grants.reaches(by, grant)):
            grants.end(grant, on=on, by=by)
    held = Office.objects.select_for_update().filter(pk=office.pk).first()
    if held is None or held.end is not None:
        raise DomainError("这项职务已经终止。")
    organisation = held.organisation
    audit.record(
        "members.office.ended",
        held,
        by=by,
        path=organisation.path,
        position=held.position,
        organisation=organisation.code,
        end=on,
        reason=reason,
    )
    if held.start >= on:
        held.delete()
        return
    held.end, held.end_reason, held.end_basis, held.ended_by = on, reason, basis, by
    held.save(update_fields=["end", "end_reason", "end_basis", "ended_by"])


def _locked(organisation: Organisation, members: Iterable[Member]) -> tuple[Organisation, list[Member]]:
    """The organisation, then its candidates by id, as they are now."""
    held = terms.locked(organisation)
    if held.dissolved_on is not None:
        raise DomainError("这个党组织已经撤销。", field="organisation")
    people = Member.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=[m.pk for m in members]).order_by("pk")
    return held, list(people)


def _refuse_start(organisation: Organisation, start: date, *, today: date) -> None:
    if start > today:
        raise DomainError("任职的日子还没有到。", field="start")
    if start < organisation.founded_on:
        raise DomainError(f"这个党组织 {organisation.founded_on:%Y-%m-%d} 才成立。", field="start")


def _refuse_unfit(person: Member, organisation: Organisation, start: date, *, field: str = "member") -> None:
    if fault := may_hold(candidate_on(person, organisation, start)):
        raise DomainError(f"{person.name}{fault}。", field=field)


def _refuse_ballot(ballot: Ballot | None, person: Member, *, today: date, field: str = "votes") -> None:
    numbers = parameters_on(today)
    if ballot is None:
        raise DomainError("选举产生的要写应到会、实到会和得票。", field="entitled" if field == "votes" else field)
    if fault := ballot_fault(ballot, present_percent=numbers.present_percent, votes_percent=numbers.votes_percent):
        raise DomainError(f"{person.name}：{fault}。", field=field)


def _seat(*, organisation: Organisation, ballot: Ballot | None, by: User | None, **fields) -> Office:
    votes = {"entitled": ballot.entitled, "present": ballot.present, "votes": ballot.votes} if ballot else {}
    try:
        with transaction.atomic():
            office = Office.objects.create(organisation=organisation, appointed_by=by, **votes, **fields)
    except IntegrityError as fault:
        taken = "这个党组织已经有书记。" if "office_one_secretary" in str(fault) else "这位党员已经任这个职务。"
        raise DomainError(taken, field="position") from None
    audit.record(
        "members.office.appointed",
        office,
        by=by,
        path=organisation.path,
        subject=office.member.uid,
        organisation=organisation.code,
        position=office.position,
        start=office.start,
        way=office.way,
    )
    return office
