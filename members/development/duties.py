"""What is due of development cases: the branch's own steps, and what waits for a committee. 转正 itself is told by members.duties."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.development.models import Analysis, Case
from members.development.parameters import NOTICE_DAYS
from members.development.rules.steps import STEPS_2026, Step
from members.development.selectors.authority import COMMITTEES, approvers_of, committees_of
from partyportal.core.duties import Duty
from partyportal.core.parameters import value_on

OF_COMMITTEES = frozenset(step.code for step in STEPS_2026 if step.decider.superior)
WITH_POWER = frozenset(step.code for step in STEPS_2026 if step.decider.needs_power)
TOLD_BY_MEMBERS = frozenset({"observe", "full_application", "full_assembly"})
OF_BRANCHES = frozenset(step.code for step in STEPS_2026) - OF_COMMITTEES - TOLD_BY_MEMBERS
ACTS = {"cultivate": ("半年考察", "登记考察"), "introducers": ("确定入党介绍人", "办")}


def due(user, today: date) -> list[Duty]:
    """What the user's own branches and committees have to do, oldest first."""
    own = Organisation.objects.branches().existing().filter(path__in=paths_for(user, "development.record"))
    paths = paths_for(user, "development.decide")
    committees = Organisation.objects.existing().exclude(kind=Organisation.Kind.BRANCH).filter(path__in=paths) if paths else []
    return sorted([*due_for(own, today), *due_for_committees(committees, today)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do: as many statements for one as for three thousand."""
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    here = Q(member=None, organisation__in=branches) | Q(member__branch__in=branches)
    return sorted(_duty(case, branches[case.branch.pk], today) for case in _near(Case.objects.filter(here), OF_BRANCHES, today))


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What waits for these committees themselves: of the branches below, the steps whose nearest committee they are."""
    committees = {committee.path: committee for committee in organisations}
    if not committees:
        return []
    below = Q()
    for path in committees:
        below |= Q(member=None, organisation__path__startswith=path) | Q(member__branch__path__startswith=path)
    waiting = list(_near(Case.objects.filter(below), OF_COMMITTEES, today))
    paths = {case.branch.path for case in waiting}
    powerful, nearest = approvers_of(paths, today), committees_of(paths)
    duties = []
    for case in waiting:
        decides = (powerful if case.next_step in WITH_POWER else nearest).get(case.branch.path)
        if decides is not None and decides.path in committees:
            duties.append(_duty(case, decides, today, of=case.branch))
    return sorted([*duties, *_analyses(committees.values(), today)])


def _analyses(committees: Iterable[Organisation], today: date) -> list[Duty]:
    """The yearly look at the activists (Art11), told from December on; asked in every month, so that a page costs the same."""
    asked = {committee.pk: committee for committee in committees if committee.kind in COMMITTEES}
    written = set(Analysis.objects.filter(year=today.year, organisation__in=asked).values_list("organisation_id", flat=True))
    if today.month != 12:
        return []
    return [
        Duty.of(
            committee,
            due_on=date(today.year, 12, 31),
            key=f"development.analysis:{committee.code}:{today.year}",
            title=f"分析 {today.year} 年入党积极分子队伍",
            reason="县委组织部和基层党委每年分析一次（第十一条），今年还没有",
            act="写分析",
            url=reverse("development:analysis"),
        )
        for pk, committee in asked.items()
        if pk not in written
    ]


def _near(cases: QuerySet, steps: frozenset[str], today: date) -> QuerySet:
    until = today + timedelta(days=value_on(today, NOTICE_DAYS))
    rows = cases.open().filter(next_step__in=steps, due_on__lte=until)
    return rows.select_related("organisation", "member__branch").defer("id_number", "member__id_number").order_by("due_on", "pk")


def _duty(case: Case, organisation: Organisation, today: date, of: Organisation | None = None) -> Duty:
    step: Step = case.step
    title, act = ACTS.get(step.code, (step.name, "办"))
    limit = "" if case.is_limit else "。细则没有写期限，按一般办理时间"
    return Duty.of(
        organisation,
        due_on=case.due_on,
        key=f"development.{step.code}:{case.uid}:{case.due_on}",
        title=f"{title}：{case.name}{f'（{of}）' if of else ''}",
        reason=f"{step.rule}{limit}",
        act=act,
        url=reverse("development:case", args=[case.uid]),
    )
