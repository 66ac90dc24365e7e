"""Sheets of points for whoever decides; every file is audited."""

from typing import IO

from django.db import transaction
from django.db.models import QuerySet

from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx
from points.models import SimulatedMember, Simulation

HEADINGS = ("姓名", "党支部", "分类", "现行", "草案", "变化", "现行等次", "草案等次", "会吃亏")
AT_MOST = 50_000


@transaction.atomic
def export_simulation(simulation: Simulation, rows: QuerySet[SimulatedMember], *, by: User) -> IO[bytes]:
    """The rows of a simulation in the order of the page."""
    listed = list(rows[:AT_MOST])
    path = simulation.scheme.organisation.path
    audit.record("points.simulation.exported", simulation.scheme, by=by, path=path, year=simulation.year, rows=len(listed))
    return write_xlsx(HEADINGS, (_line(row) for row in listed), sheet="积分试算", widths={"党支部": 36})


def _line(row: SimulatedMember) -> tuple:
    return (
        row.member.name,
        row.organisation.name,
        row.get_member_class_display(),
        row.before,
        row.after,
        row.change,
        row.grade_before.name if row.grade_before else "",
        row.grade_after.name if row.grade_after else "",
        "是" if row.falls else "",
    )
