"""届次 and 班子 of the demo county: most in the middle of a term, some nearly over or overdue, two chairs empty, two members mourned."""

from datetime import date, timedelta

from branches.models import Organisation, Term, TermChange
from branches.rules import term_years
from branches.selectors import lengths_on
from education.models import Attendance
from members.care.services.condolences import record_step
from members.care.services.death import record_death
from members.models import Fact, Member, Office
from members.services.offices import end_office
from partyportal.core.days import years_after
from partyportal.core.models import User
from partyportal.dashboard.demo.bulk import copy_in, set_columns
from partyportal.dashboard.demo.logins import SHOWCASE, TOWNSHIP

Kind, Position = Organisation.Kind, Office.Position
NEAR, OVER, RUNNING = 90, -45, 2 * 365  # days until the term is over
SEATS = (Position.SECRETARY, Position.DEPUTY, Position.DEPUTY, Position.ORGANISATION, Position.DISCIPLINE)


def elect_and_mourn(*, today: date) -> None:
    """Terms, ballots and committees, empty chairs, and what follows a death."""
    elected = list(Organisation.objects.existing().filter(kind__in=(Kind.COMMITTEE, Kind.GENERAL_BRANCH, Kind.BRANCH)).order_by("code"))
    terms = _open_terms(elected, today=today)
    _seat_committees(elected, terms)
    _write_ballots(terms)
    _tie_grants()
    _empty_chairs(elected, today=today)
    _mourn(today=today)


def _open_terms(elected: list[Organisation], *, today: date) -> dict[int, Term]:
    """A term for each: every thirteenth branch nearly over, every seventeenth overdue; two of those were extended."""
    lengths, terms = lengths_on(today), []
    for at, organisation in enumerate(elected):
        years = term_years(lengths, kind=organisation.kind, unit_type=organisation.unit_type)
        left = NEAR if at % 13 == 6 else OVER if at % 17 == 9 else RUNNING - at % 11 * 30
        left = RUNNING if organisation.code == SHOWCASE else left
        start = max(years_after(today + timedelta(days=left), -years), organisation.founded_on)
        number = max(1, (start.year - organisation.founded_on.year) // years + 1)
        basis = f"清党批〔{start.year}〕{at + 1}号"
        terms.append(Term(organisation=organisation, number=number, start=start, due_on=years_after(start, years), basis=basis))
    copy_in(terms)
    overdue = [term for term in terms if term.due_on <= today]
    TermChange.objects.bulk_create(
        TermChange(term=term, kind="extended", until=years_after(term.due_on, 1), reason="村组合并", basis=f"清组批〔{today.year}〕{at}号")
        for at, term in enumerate(overdue[:2], start=1)
    )
    return {term.organisation_id: term for term in terms}


def _seat_committees(elected: list[Organisation], terms: dict[int, Term]) -> None:
    """Township committees, from the members of their own offices: who leads the branch there leads twice."""
    seats = []
    for committee in (one for one in elected if one.kind == Kind.COMMITTEE):
        own = [one.pk for one in elected if one.parent_id == committee.pk and one.unit_type in {"office", "school", "institution"}]
        fit = Member.objects.at_home().filter(branch__in=own, category=Member.Category.FULL, is_mobile=False, is_lost=False)
        people = fit.defer("id_number").order_by("branch__code", "pk")[: len(SEATS)]
        seats += [
            Office(
                member=person,
                organisation=committee,
                position=position,
                start=terms[committee.pk].start,
                full_time=position == Position.ORGANISATION,
            )
            for person, position in zip(people, SEATS, strict=False)
        ]
    copy_in(seats)


def _write_ballots(terms: dict[int, Term]) -> None:
    """Each post belongs to its term and was won: all but a few there, all but a few in favour."""
    won = []
    offices = Office.objects.open().exclude(position=Position.GROUP_LEADER).order_by("pk")
    for at, (pk, organisation) in enumerate(offices.values_list("pk", "organisation_id")):
        if term := terms.get(organisation):
            entitled = 12 + organisation % 9
            present = entitled - at % 3
            won.append((pk, term.pk, term.start, term.basis, entitled, present, present - at % 2))
    set_columns(Office, ("term", "start", "basis", "entitled", "present", "votes"), won)


def _tie_grants() -> None:
    """The grants of the showcase branch came with its posts."""
    for office in Office.objects.open().filter(organisation__code=SHOWCASE, member__user__isnull=False).select_related("member"):
        office.grant = office.member.user.grants.filter(organisation=office.organisation_id, end=None).first()
        office.save(update_fields=["grant"])


def _empty_chairs(elected: list[Organisation], *, today: date) -> None:
    """Two secretaries went, one of them four months ago."""
    villages = [one for one in elected if one.kind == Kind.BRANCH and one.unit_type == "village" and one.code != SHOWCASE]
    for branch, days in zip(villages[4::9][:2], (122, 20), strict=False):
        office = branch.offices.open().filter(position=Position.SECRETARY, start__lt=today - timedelta(days=days)).first()
        if office is not None:
            end_office(office, on=today - timedelta(days=days), reason=Office.EndReason.RESIGNED, by=None)


def _mourn(*, today: date) -> None:
    """Three elders of the showcase township: everything done, one visit still owed, one told this morning.

    Of whom nothing is recorded after the day: the year of meetings was written before anybody died.
    """
    by = User.objects.get(username="committee")
    for days, done in ((30, 3), (12, 2), (1, 0)):
        died_on = today - timedelta(days=days)
        elder = (
            Member.objects.at_home()
            .filter(branch__parent__code=TOWNSHIP, category=Member.Category.FULL, user=None, offices=None)
            .exclude(branch__code=SHOWCASE)
            .exclude(pk__in=Attendance.objects.filter(meeting__held_on__gt=died_on).values("member"))
            .exclude(pk__in=Fact.objects.filter(day__gt=died_on).values("member"))
            .exclude(affiliations__start__gt=died_on)
            .order_by("birth_on", "pk")
            .first()
        )
        if elder is None:
            continue
        told = died_on + timedelta(days=1)
        condolence = record_death(elder, died_on=died_on, by=by, today=told)
        for step in condolence.steps.order_by("pk")[:done]:
            record_step(step, outcome="done", done_on=told, who="彭海燕、郭建国", by=by, today=today)
