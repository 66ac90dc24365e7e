"""The five stages and twenty-five steps, by the version of the 细则 they come from: dated data with their articles. Pure.

2026: 政治局常委会 2026-04-02, 中办发布 2026-05-11, in force that day (Art44). 2014: 中办发〔2014〕33号, 2014-05-28. The articles of both
carry the same numbers; the division into twenty-five steps is the organisation departments' custom. ADR 16 says why this
is a module and not a table.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from members.development.rules.steps import AS_IN_2014, STEPS_2026, Step


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One version of the 细则: its steps and the numbers that belong to none of them."""

    code: str
    name: str
    source: str
    start: date
    steps: tuple[Step, ...]
    publicity_workdays: int  # after the committee's answer on a 发展对象 (Art13); 0: not asked
    joint_review: bool  # 政审 with the county's 联审 (Art16)
    introducer_bars: frozenset[str]  # sanctions that bar from introducing (Art14)
    training_days: int = 3
    training_hours: int = 24
    inspection_months: int = 6
    probation_months: int = 12
    extension_months: tuple[int, int] = (6, 12)
    postponement_months: int = 6
    leaving_months: int = 3

    @cached_property
    def by_code(self) -> dict[str, Step]:
        return {step.code: step for step in self.steps}


STAGES = {
    1: "申请入党",
    2: "入党积极分子的确定和培养",
    3: "发展对象的确定和考察",
    4: "预备党员的接收",
    5: "预备党员的教育考察和转正",
}
STAGE_NAMES = {1: "申请人", 2: "积极分子", 3: "发展对象", 4: "接收中", 5: "预备党员"}

RULES_2026 = Procedure(
    code="2026",
    name="2026 年细则",
    source="中国共产党发展党员工作细则（中办 2026 年 5 月 11 日发布）",
    start=date(2026, 5, 11),
    steps=STEPS_2026,
    publicity_workdays=5,
    joint_review=True,
    introducer_bars=frozenset({"warning", "serious_warning", "posts_removed", "probation"}),
)
RULES_2014 = Procedure(
    code="2014",
    name="2014 年细则",
    source="中国共产党发展党员工作细则（中办发〔2014〕33 号）",
    start=date(2014, 5, 28),
    steps=tuple(replace(step, **AS_IN_2014.get(step.code, {})) for step in STEPS_2026),
    publicity_workdays=0,
    joint_review=False,
    introducer_bars=frozenset({"probation"}),
)
VERSIONS = {procedure.code: procedure for procedure in (RULES_2014, RULES_2026)}
STEP_NAMES = {step.code: step.name for step in RULES_2026.steps}
STEP_CHOICES = list(STEP_NAMES.items())


def in_force(day: date) -> Procedure:
    """The version in force on a day; before 2014 the earliest one kept."""
    return next((procedure for procedure in (RULES_2026, RULES_2014) if procedure.start <= day), RULES_2014)


def governing(began: str, *, on: date, follows_new: bool) -> Procedure:
    """The version a step of a case comes under.

    The text says nothing of cases under way on 2026-05-11. By default a case keeps the version in force when its
    application was made; a county may set that steps from the new version's first day on follow it.
    """
    held = VERSIONS[began]
    newest = in_force(on)
    return newest if follows_new and newest.start > held.start else held
