"""Taking a tab of outreach out as a sheet."""

from typing import IO

from django.db import transaction
from django.db.models import QuerySet

from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx


def _day(day) -> str:
    return day.isoformat() if day else ""


def _answering(area) -> tuple[str, str]:
    lead = "、".join(duty.member.name for duty in area.answering if duty.role == "lead")
    return lead, "、".join(duty.member.name for duty in area.answering if duty.role != "lead")


SHEETS = {
    "dispatches": (
        ("派到", "类别", "姓名", "所在党支部", "任务", "依据", "起", "止", "记录次数", "最近一次"),
        lambda row: (
            str(row.organisation),
            row.get_kind_display(),
            row.member.name,
            str(row.member.branch),
            row.task,
            row.basis,
            _day(row.start),
            _day(row.end),
            row.done,
            _day(row.last),
        ),
    ),
    "cadres": (
        ("党组织", "培养方向", "姓名", "来源", "帮带人", "学习培养计划", "起", "止", "结果", "最近一次情况"),
        lambda row: (
            str(row.organisation),
            row.get_direction_display(),
            row.name,
            row.get_source_display(),
            row.mentor.name,
            row.plan,
            _day(row.start),
            _day(row.end),
            row.get_outcome_display(),
            _day(row.last),
        ),
    ),
    "cards": (
        ("党组织", "岗位", "责任人", "职责", "起", "止"),
        lambda row: (str(row.organisation), row.title, row.member.name, "；".join(row.lines), _day(row.start), _day(row.end)),
    ),
}
_AREAS = (
    ("党组织", "名称", "范围", "户数", "牵头", "责任党员", "起", "止"),
    lambda row: (str(row.organisation), row.name, row.extent, row.households or "", *_answering(row), _day(row.start), _day(row.end)),
)
SHEETS |= {"grids": _AREAS, "centres": _AREAS}


@transaction.atomic
def export_tab(tab: str, rows: QuerySet, *, label: str, path: str, by: User) -> IO[bytes]:
    """The rows of one tab as a sheet, with an audit row."""
    headings, cells = SHEETS[tab]
    listed = list(rows)
    audit.record("outreach.list.exported", by=by, path=path, tab=tab, rows=len(listed))
    return write_xlsx(headings, (cells(row) for row in listed), text_columns=[h for h in headings if h in {"起", "止"}], sheet=label)
