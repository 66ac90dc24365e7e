"""The demo's set-based cases are what the services would have left: every day within its article, every projection as worked out anew."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from members.development.models import Case
from members.development.rules.path import day_fault
from members.development.rules.steps import STEPS_2026
from members.development.selectors.facts import facts_of, rules_on
from members.development.services.cases import refresh
from partyportal.dashboard.demo.development import develop
from tests.development.makers import make_branch_people
from tests.factories import make_member, make_organisation

PROJECTED = ("stage", "next_step", "not_before", "due_on", "is_limit")


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2026, 2, 20), date(2028, 3, 1)])
def test_the_demo_s_cases_keep_every_rule(tree, secretary, committee, today):
    branches = [
        tree.ours,
        tree.neighbours,
        *(make_organisation(f"中共清源县山门镇第{n}村支部委员会", "branch", tree.township) for n in range(14)),
    ]
    for branch in branches:
        make_branch_people(branch, 5)
        joined = today - timedelta(days=337)
        make_member(branch, "预备的", category="probationary", joined_on=joined, full_on=None, start=joined, birth_on=date(1990, 1, 1))
    assert develop(today=today) == Case.objects.count() > 15
    stages = set()
    for case in Case.objects.select_related("organisation", "member__branch"):
        facts, before = facts_of(case), tuple(getattr(case, name) for name in PROJECTED)
        stages.add(case.stage)
        known: dict[str, date] = {}
        for step in STEPS_2026:
            if step.code in facts.days:
                rules = rules_on(case, facts.days[step.code])
                so_far = replace(facts, days=known)
                fault = day_fault(rules, rules.by_code[step.code], so_far, day=facts.days[step.code], today=today, reason="")
                assert fault is None, (case.name, step.code, fault)
                known = known | {step.code: facts.days[step.code]}
        refresh(case, today=today)
        assert tuple(getattr(case, name) for name in PROJECTED) == before, case.name
    assert {1, 2, 3, 4, 5} >= stages and len(stages) >= 3
    showcase = Case.objects.filter(organisation=tree.ours, member=None)
    assert [case.name for case in showcase.order_by("pk")] == ["林小禾", "石玉梅", "余海波", "付春玲"]
    assert showcase.get(name="余海波").due_on < today, "one is late"
