"""What is due of 班子: an election when the term is nearly over, a by-election where there is no secretary."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Max, Q
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation, Term
from branches.parameters import TERM_WARNING_MONTHS
from branches.rules import term_state
from members.models import Office
from members.parameters import VACANT_MONTHS
from partyportal.core.days import chinese_day, months_after
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on


def due(user, today: date) -> list[Duty]:
    """What the user's own branches, committees and 党总支 have to do: four statements."""
    return due_for(Organisation.objects.existing().filter(path__in=paths_for(user, "member.edit")), today)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these organisations have to do, oldest first: three statements, and one for the organisations."""
    held = {organisation.pk: organisation for organisation in organisations}
    if not held:
        return []
    warning, vacant = values_on(today, (TERM_WARNING_MONTHS, VACANT_MONTHS)).values()
    near = months_after(today, warning)
    terms = Term.objects.open().with_due().filter(organisation__in=held, expires_on__lte=near)
    duties = [_election(term, held[term.organisation_id], today=today, warning=warning) for term in terms]
    posts = Office.objects.filter(organisation__in=held, position=Office.Position.SECRETARY).order_by()
    rows = posts.values("organisation").annotate(since=Max("end"), seated=Count("pk", filter=Q(end=None)))
    for organisation, since in rows.filter(seated=0).values_list("organisation", "since"):
        duties.append(_by_election(held[organisation], since, months=vacant))
    return sorted(duties)


def _election(term: Term, organisation: Organisation, *, today: date, warning: int) -> Duty:
    over = term_state(term.expires_on, today=today, warning_months=warning) == "over"
    words = chinese_day(term.expires_on, year=True)
    return Duty.of(
        organisation,
        due_on=term.expires_on,
        key=f"members.election:{term.uid}",
        title="办换届选举" if over else "筹备换届选举",
        reason=f"第 {term.number} 届 {words}{'已满' if over else '届满'}，按期换届；延期要先报上级党委批准",
        act="看班子",
        url=reverse("members:leaders", args=[organisation.code]),
    )


def _by_election(organisation: Organisation, since: date, *, months: int) -> Duty:
    return Duty.of(
        organisation,
        due_on=months_after(since, months),
        key=f"members.secretary:{organisation.code}:{since}",
        title="补选书记",
        reason=f"书记从 {chinese_day(since, year=True)}起空缺，超过 {months} 个月要列入整顿排查",
        act="看班子",
        url=reverse("members:leaders", args=[organisation.code]),
    )
