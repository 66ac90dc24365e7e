"""Taking the graded out as sheets: in order of branch and name unless the county lets those who appraise order by points; every file audited."""

from datetime import date
from typing import IO

from django.db import transaction

from branches.models import Organisation
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx
from points.models import Threshold
from points.selectors import appraisals, grades
from points.settlement.grades import GradePeriod

GRADED = ["支部", "姓名", "人员类别", "分类", "积分", "等次", "星级", "榜单", "随之而来"]
YEAR_END = [
    "支部",
    "姓名",
    "人员类别",
    "分类",
    "第一季度",
    "第二季度",
    "第三季度",
    "第四季度",
    "全年积分",
    "等次",
    "红黄榜",
    "一票否决",
    "表彰",
    "评议等次",
]


@transaction.atomic
def export_grades(
    organisation: Organisation, period: GradePeriod, *, on_list: str, grade: str, by_points: bool, today: date, by: User
) -> IO[bytes]:
    """A list of a quarter or a year as a sheet."""
    page = grades.grades_under(organisation, period, today=today, on_list=on_list, grade=grade, by_points=by_points)
    audit.record("points.grades.exported", by=by, path=organisation.path, period=period.value, members=page.count)
    rows = (
        [
            held.organisation,
            held.name,
            held.category_label,
            held.class_label,
            held.points,
            held.label,
            held.stars or "",
            Threshold.List(held.on_list).label if held.on_list else "",
            held.grade.consequence if held.grade else "",
        ]
        for held in page.rows
    )
    return write_xlsx(
        GRADED, rows, title=f"{organisation.short_name}{period.label}积分等次", sheet="等次", widths={"支部": 24, "随之而来": 30}
    )


@transaction.atomic
def export_year_end(organisation: Organisation, year: int, *, by_points: bool, today: date, by: User) -> IO[bytes]:
    """The list for 民主评议, its last column empty for the meeting to fill."""
    rows, count = appraisals.year_end(organisation, year, today=today, by_points=by_points)
    audit.record("points.year_end.exported", by=by, path=organisation.path, year=year, members=count)
    lines = (
        [
            row.held.organisation,
            row.held.name,
            row.held.category_label,
            row.held.class_label,
            *row.quarters,
            row.held.points,
            row.held.label,
            "；".join(row.lists),
            "；".join(row.vetoes),
            "；".join(row.honours),
            "",
        ]
        for row in rows
    )
    return write_xlsx(
        YEAR_END,
        lines,
        title=f"{organisation.short_name}{year}年党员积分清单",
        sheet="年终清单",
        widths={"支部": 24, "一票否决": 24, "表彰": 24},
    )
