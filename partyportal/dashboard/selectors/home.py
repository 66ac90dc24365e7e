"""首页 of each kind of user: what is due, what waits for one's word, how things stand."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.db.models import Q, QuerySet
from django.urls import reverse

from branches.access import Role, paths_for
from branches.models import Grant, Organisation
from branches.selectors import Act, acts, audited, listed_grants, managed_accounts, tree_places
from education.selectors.cells import Cell
from education.selectors.compliance import year_in_dots
from education.study.selectors.standing import table as study_table
from members.mobility.models import Outflow
from members.mobility.selectors.outflows import clock_on, overdue, with_last_contact
from members.models import ImportBatch, Member
from partyportal.core.days import chinese_day, month_of
from partyportal.core.duties import Duty
from partyportal.core.models import Job, User
from partyportal.dashboard import duties
from points.models import Award

CHECKS_SHOWN = 6
LISTED_BRANCHES = 300  # a committee has a few dozen; beyond this a place is read committee by committee
ADMIN_ROWS = 5
ACTS_SHOWN = 10


# ── Whoever answers for branches ────────────────────────────────────────────
def own_organisations(user) -> QuerySet:
    """The organisations the user answers for, as granted, by code."""
    return Organisation.objects.filter(path__in=paths_for(user, "duty.see")).order_by("code")


def duties_under(user, organisation: Organisation, *, today: date) -> list[Duty]:
    """What the branches of a subtree have to do, oldest first; of several, each duty says whose it is. Of a place where the user has the verb."""
    if organisation.is_branch:
        return duties.due_for([organisation], today) if organisation.dissolved_on is None else []
    branches = Organisation.objects.where(user, "duty.see").within(organisation).branches().existing()
    due = duties.due_for(branches, today)
    return [replace(duty, title=f"{duty.organisation_name}：{duty.title}") for duty in due]


def is_read_below(user, organisation: Organisation) -> bool:
    """Whether a place is read one step down: committees hang below it, or so many branches that nobody reads their lines."""
    if organisation.is_branch:
        return False
    return _has_committees(organisation) or _is_too_wide(user, organisation)


def _has_committees(organisation: Organisation) -> bool:
    return organisation.children.existing().exclude(kind__in=[Organisation.Kind.BRANCH, Organisation.Kind.GROUP]).exists()


def _is_too_wide(user, organisation: Organisation) -> bool:
    """Thousands of duties, each of which costs its look-ups."""
    branches = Organisation.objects.where(user, "duty.see").within(organisation).branches().existing().order_by()
    return branches[:LISTED_BRANCHES].count() == LISTED_BRANCHES


@dataclass(frozen=True)
class PlaceDuties:
    """What hangs right below a place: how many branches it has, and how far they are behind where that was counted."""

    organisation: Organisation
    branches: int
    overdue: int | None
    this_month: int | None


def places_below(user, organisation: Organisation, *, today: date) -> list[PlaceDuties]:
    """What hangs right below, by code: where the list of a wide place goes on. Of too many branches nothing is counted."""
    below = organisation.children.existing().exclude(kind=Organisation.Kind.GROUP).order_by("code")
    if _is_too_wide(user, organisation):
        return [PlaceDuties(place.organisation, place.branches, None, None) for place in tree_places(below)]
    behind = duties_by_branch(user, organisation, today=today)
    rows = [*behind.late, *behind.on_time]
    return [
        PlaceDuties(
            organisation=place.organisation,
            branches=place.branches,
            overdue=sum(row.overdue for row in rows if row.path.startswith(place.organisation.path)),
            this_month=sum(row.this_month for row in rows if row.path.startswith(place.organisation.path)),
        )
        for place in tree_places(below)
    ]


def own_duties(user, organisation: Organisation, *, today: date) -> list[Duty]:
    """What a committee has to do itself, oldest first: what only it may approve, receive or file; not what this user had a hand in."""
    return [duty for duty in duties.due_for_committees([organisation], today) if user.pk not in duty.barred]


@dataclass(frozen=True)
class Check:
    """One thing somebody filed that waits for this user's confirmation."""

    title: str
    note: str
    url: str


def awards_to_check(user) -> QuerySet:
    """Awards another person filed where this user may confirm them, oldest first."""
    filed = Award.objects.visible_to(user).where(user, "points.confirm").filter(state=Award.State.FILED)
    return filed.exclude(filed_by=user).select_related("member", "filed_by", "organisation").order_by("filed_at", "id")


def checks(user) -> tuple[int, list[Check]]:
    """How many things wait for the user, and the oldest of them."""
    waiting = awards_to_check(user)
    shown = [
        Check(
            title=f"{award.member}：{award.title}",
            note=f"{award.filed_by}登记，{chinese_day(award.day)}",
            url=reverse("points:award", args=[award.uid]),
        )
        for award in waiting[:CHECKS_SHOWN]
    ]
    return (waiting.count() if len(shown) == CHECKS_SHOWN else len(shown)), shown


@dataclass(frozen=True)
class Status:
    """支部现状, counted now."""

    members: int
    mobile: int
    late: int
    meetings_done: int
    meetings_due: int
    meetings_left: str
    studied: int
    study_due: int
    study_exempt: int
    study_hours: tuple[tuple[bool, int], ...]  # what is asked: of members, of 书记 and 班子

    @property
    def meetings_note(self) -> str:
        if not self.meetings_due:
            return "本月没有应开的"
        return f"还差{self.meetings_left}" if self.meetings_left else "都开过了"

    @property
    def mobile_note(self) -> str:
        return f"流动党员共 {self.mobile} 人" if self.mobile else "没有流动党员"

    @property
    def late_tone(self) -> str:
        """Red only if somebody must act."""
        return "red" if self.late else ""

    @property
    def study_note(self) -> str:
        told = [f"{'书记和班子 ' if leads else ''}{hours} 学时" for leads, hours in self.study_hours]
        return "，".join(told + ([f"免 {self.study_exempt} 人"] if self.study_exempt else []))


def status(branch: Organisation, owed: list[Cell], *, today: date) -> Status:
    """How a branch stands today, by the cells of its year: as many statements for five members as for fifty."""
    hours = study_table(Member.objects.at_home().filter(branch=branch).only("pk", "is_mobile"), today.year, today=today)
    asked = [row for row in hours if not row.expected.exempt]
    clock = clock_on(today)
    late = with_last_contact(Outflow.objects.open().filter(member__branch=branch)).filter(overdue(clock)).count()
    month = month_of(today)
    owed = [cell for cell in owed if cell.month == month]
    left = dict.fromkeys(cell.label for cell in owed if cell.done < cell.due)
    return Status(
        members=len(hours),
        mobile=sum(row.member.is_mobile for row in hours),
        late=late,
        meetings_done=sum(cell.done for cell in owed),
        meetings_due=sum(cell.due for cell in owed),
        meetings_left="、".join(left),
        studied=sum(not row.left for row in asked),
        study_due=len(asked),
        study_exempt=len(hours) - len(asked),
        study_hours=tuple(sorted({(row.expected.is_leader, row.expected.due) for row in asked})),
    )


@dataclass(frozen=True)
class Dots:
    """今年组织生活 as the grid takes it, and as one sentence for large text."""

    rows: list[tuple[str, list[str], list[str]]]
    words: str


def dots(branch: Organisation, owed: list[Cell], *, today: date) -> Dots:
    rows = year_in_dots(branch, owed, today=today)
    missing = [f"{month} 月{kind}" for month in range(1, 13) for kind, states, _ in rows if states[month - 1] == "missing"]
    return Dots(rows, f"今年缺 {len(missing)} 次：{'、'.join(missing)}。" if missing else "今年到现在没有缺的。")


@dataclass(frozen=True)
class BranchDuties:
    """One branch of a committee: how much it is behind."""

    code: str
    name: str
    path: str
    overdue: int
    this_month: int
    oldest: Duty

    @property
    def url(self) -> str:
        return f"{reverse('dashboard:duties')}?organisation={self.code}"


@dataclass(frozen=True)
class Behind:
    """A committee's branches with something to do: those that are late, and those that still have the month."""

    late: list[BranchDuties]
    on_time: list[BranchDuties]

    @property
    def branches(self) -> int:
        return len(self.late) + len(self.on_time)

    @property
    def overdue(self) -> int:
        return sum(row.overdue for row in self.late)

    @property
    def this_month(self) -> int:
        return sum(row.this_month for row in (*self.late, *self.on_time))


def duties_by_branch(user, organisation: Organisation, *, today: date) -> Behind:
    """A committee's branches that have something overdue or due this month, by code."""
    branches = Organisation.objects.where(user, "duty.see").within(organisation).branches().existing()
    month = (today.year, today.month)
    due = [duty for duty in duties.due_for(branches, today) if (duty.due_on.year, duty.due_on.month) <= month]
    rows = []
    for code, listed in groupby(sorted(due, key=lambda d: (d.organisation_code, d)), key=lambda d: d.organisation_code):
        own = list(listed)
        overdue = sum(duty.due_on < today for duty in own)
        oldest = own[0]
        rows.append(BranchDuties(code, oldest.organisation_name, oldest.organisation_path, overdue, len(own) - overdue, oldest))
    return Behind(late=[row for row in rows if row.overdue], on_time=[row for row in rows if not row.overdue])


# ── Administrators ──────────────────────────────────────────────────────────
def last_imports(user) -> list[ImportBatch]:
    """What the last uploads did."""
    return list(ImportBatch.objects.visible_to(user).select_related("organisation", "created_by")[:ADMIN_ROWS])


def stopped_jobs(user) -> list[Job]:
    """One's own jobs that failed and wait to be continued."""
    return list(Job.objects.visible_to(user).filter(state=Job.State.FAILED)[:ADMIN_ROWS])


def grants_to_confirm(user, *, today: date) -> list[Grant]:
    """Grants somebody else proposed, which only a second person can put in force."""
    waiting = Grant.objects.where(user, "grant.manage").filter(confirmed_by=None, operator=False).filter(Q(end=None) | Q(end__gt=today))
    mine = waiting.exclude(granted_by=user).exclude(user=user)
    return list(mine.select_related("user", "organisation", "granted_by").order_by("created_at")[:ADMIN_ROWS])


def grants_in_force(user, *, today: date) -> list[tuple[str, int]]:
    """How many hold each role today, the roles in their own order."""
    held = Counter(listed_grants(user, state="", text="", on=today).order_by().values_list("role", flat=True))
    return [(label, held[role]) for role, label in Role.choices if held[role]]


def last_acts(user) -> list[Act]:
    """What was done last, of what the user may audit."""
    return acts(audited(user).select_related("actor")[:ACTS_SHOWN])


def accounts_unopened(user) -> int:
    """Accounts whose holder has not changed the initial password yet."""
    return managed_accounts(user).filter(pk__in=User.objects.filter(must_change_password=True, is_active=True)).count()
