"""The pipeline as a sheet for the superior: numbers masked, every file audited."""

from datetime import date
from typing import IO

from django.db import transaction
from django.db.models import QuerySet

from members.development.models import Case
from members.development.rules.procedure import STAGES
from members.rules.codes import EDUCATIONS
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

HEADINGS = (
    *("姓名", "性别", "出生日期", "公民身份号码", "学历", "单位", "岗位", "党支部", "上级党组织", "申请日期", "适用的细则"),
    *("阶段", "下一步", "由谁办", "最早", "最晚", "是否逾期", "预备期满", "状态"),
)
AT_MOST = 20_000


@transaction.atomic
def export_cases(cases: QuerySet, *, by: User, path: str, today: date) -> IO[bytes]:
    """The cases as they stand, in the order of the page."""
    rows = list(cases[:AT_MOST])
    audit.record("development.cases.exported", by=by, path=path, cases=len(rows))
    return write_xlsx(
        HEADINGS,
        (_line(case, today) for case in rows),
        sheet="发展党员",
        text_columns=["公民身份号码"],
        widths={"党支部": 36, "上级党组织": 30, "下一步": 20, "由谁办": 24, "公民身份号码": 22},
    )


def _line(case: Case, today: date) -> tuple:
    branch, step = case.branch, case.step
    return (
        case.name,
        case.get_sex_display(),
        case.birth_on,
        case.id_masked,
        EDUCATIONS.get(case.education, ""),
        case.unit,
        case.post,
        branch.name,
        branch.parent.name if branch.parent else "",
        case.applied_on,
        case.get_procedure_display(),
        STAGES[case.stage],
        step.name if step else "",
        step.decider.label if step else "",
        case.not_before,
        case.due_on,
        "是" if case.due_on and case.due_on < today else "",
        case.probation_until,
        case.get_state_display(),
    )
