"""失联: the cases in sight, one case with its clock, and those who have shown no sign for six months."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import DateField, Exists, Max, OuterRef, Q, QuerySet, Subquery

from branches.access import paths_for
from branches.models import Organisation
from members.mobility.models import Contact, LostCase
from members.mobility.rules.clocks import SILENT_MONTHS, may_remove_on, may_suspend_on, means_untried, overdue_before
from members.mobility.selectors.signs import SIGNS
from members.models import Fact, Member, MemberClass
from members.rules.quality import SUSPENDED_YEARS
from members.selectors.days import NOT_EXPECTED

State = LostCase.State
DECIDING = frozenset({Organisation.Kind.COUNTY, Organisation.Kind.WORK_COMMITTEE, Organisation.Kind.COMMITTEE})


def cases(user, *, within: Organisation | None = None, verb: str | None = None) -> QuerySet:
    """The open cases in sight (or where the verb holds), the longest lost first."""
    branches = Organisation.objects.where(user, verb) if verb else Organisation.objects.visible_to(user)
    rows = LostCase.objects.open().filter(member__branch__in=branches.within(within) if within else branches)
    return rows.select_related("member__branch", "suspension").order_by("clock", "id")


def awaiting_decision(user, *, today: date) -> QuerySet:
    """The cases a 党委 of the user's must decide on now, the longest lost first; a 党总支 decides nothing."""
    paths = paths_for(user, "member.discipline")
    if not paths:
        return LostCase.objects.none()
    under = Q(pk=None)
    for path in Organisation.objects.filter(path__in=paths, kind__in=DECIDING).values_list("path", flat=True):
        under |= Q(member__branch__path__startswith=path)
    return waiting_for_a_decision(under, today=today)


def waiting_for_a_decision(where: Q, *, today: date) -> QuerySet:
    """Reported, found again after 停止党籍, or two years after it: the 党委 is to act."""
    two_years_full = Q(state=State.SUSPENDED, suspension__start__lt=overdue_before(today + timedelta(days=1), SUSPENDED_YEARS * 12))
    rows = LostCase.objects.filter(where, Q(state__in=(State.REPORTED, State.RESURFACED)) | two_years_full)
    return rows.select_related("member__branch", "suspension").order_by("clock", "id")


@dataclass(frozen=True)
class Standing:
    """Where a case stands: what is next, by whom and from when."""

    next_act: str
    by: str
    due_on: date | None
    why: str


def standing_of(case: LostCase, *, today: date) -> Standing:
    """The next step of a case in words; pure over the loaded row."""
    suspend_on = may_suspend_on(case.clock)
    if case.state == State.SEARCHING:
        if today < suspend_on:
            return Standing("继续查找", "支部", suspend_on, f"到 {suspend_on:%Y-%m-%d} 满六个月，还找不到再报党委（条例第二十四条）")
        return Standing("报党委停止党籍", "支部", suspend_on, f"{suspend_on:%Y-%m-%d} 已满六个月。各种办法都试过、记下来，再报")
    if case.state == State.REPORTED:
        return Standing("决定停止党籍", "党委", suspend_on, "支部已经报上来，由党委决定，写明文号")
    if case.state == State.SUSPENDED:
        remove_on = may_remove_on(case.suspension.start)
        word = "按自行脱党除名" if today >= remove_on else "继续查找"
        return Standing(word, "党委" if today >= remove_on else "支部", remove_on, f"停止党籍到 {remove_on:%Y-%m-%d} 满两年")
    if case.state == State.RESURFACED:
        return Standing("决定恢复党籍", "党委", None, "人找到了，由党委决定恢复党籍，写明文号")
    return Standing("", "", case.ended_on, case.get_outcome_display())


@dataclass(frozen=True)
class Means:
    """One way of looking for somebody, and when it was tried last."""

    label: str
    tried_on: date | None


def means_of(case: LostCase) -> list[Means]:
    """What must have been tried, and what has been, since the clock began: one statement."""
    rows = case.member.contacts.filter(day__gte=case.clock).order_by().values_list("way").annotate(last=Max("day"))
    tried = dict(rows.values_list("way", "last"))
    needed = means_untried(())
    return [Means(str(Contact.Way(way).label), tried.get(way)) for way in (*needed, *sorted(tried.keys() - set(needed)))]


def unopened(user, *, within: Organisation | None = None) -> QuerySet:
    """On the roster as 失联 without a case: the roster import writes the columns, not the case."""
    branches = Organisation.objects.visible_to(user)
    members = Member.objects.at_home().filter(branch__in=branches.within(within) if within else branches, is_lost=True)
    open_case = LostCase.objects.open().filter(member=OuterRef("pk"))
    return members.exclude(Exists(open_case)).select_related("branch").order_by("branch__code", "pinyin", "id")


def silent(user, *, today: date, within: Organisation | None = None) -> QuerySet:
    """Art31(6): at home, expected, and without a sign for six months, in branches that have kept records meanwhile.

    Each member comes with `last`, the day of the last sign. A branch that recorded nothing tells nothing about its people.
    """
    branches = Organisation.objects.visible_to(user)
    return silent_in(branches.within(within) if within else branches, today=today)


def silent_in(branches: QuerySet, *, today: date) -> QuerySet:
    floor = overdue_before(today + timedelta(days=1), SILENT_MONTHS)  # whose last sign is older has six full months without one
    facts = Fact.objects.standing().filter(SIGNS)
    recorded = facts.filter(organisation=OuterRef("branch"), day__gte=floor)
    signed = facts.filter(member=OuterRef("pk"), day__gte=floor)
    reached = Contact.objects.reached().filter(member=OuterRef("pk"), day__gte=floor)
    spared = MemberClass.objects.on(today).filter(member=OuterRef("pk"), name__in=NOT_EXPECTED)
    last = facts.filter(member=OuterRef("pk")).order_by("-day").values("day")[:1]
    here = Member.objects.at_home().filter(branch__in=branches, is_lost=False, standing=Member.Standing.NORMAL)
    here = here.filter(affiliations__end=None, affiliations__start__lt=floor)
    return (
        here.filter(Exists(recorded), ~Exists(signed), ~Exists(reached), ~Exists(spared))
        .annotate(last=Subquery(last, output_field=DateField()))
        .select_related("branch")
        .order_by("branch__code", "pinyin", "id")
    )


def may_decide(user, case: LostCase) -> bool:
    """Whether a 党委 of the user's decides over the case's branch: a 党总支, whose role is alike, passes on and does not decide."""
    paths = [path for path in paths_for(user, "member.discipline") if case.member.branch.path.startswith(path)]
    return bool(paths) and Organisation.objects.filter(path__in=paths, kind__in=DECIDING).exists()
