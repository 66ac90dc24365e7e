"""The stations as a sheet to hand upward."""

from collections.abc import Iterable
from typing import IO

from django.db import transaction

from members.care.stations.selectors.places import Line
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

HEADINGS = ("党组织", "名称", "类别", "地址", "值班电话", "今天开放", "今天值班", "达标情况", "还缺", "下次自查", "在办")


def _hours(line: Line) -> str:
    return "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in line.spans) or "不开"


@transaction.atomic
def export_stations(lines: Iterable[Line], *, path: str, by: User) -> IO[bytes]:
    """The rows of the list, with an audit row."""
    listed = list(lines)
    audit.record("stations.list.exported", by=by, path=path, rows=len(listed))
    rows = (
        (
            str(line.station.organisation),
            line.station.name,
            line.station.kind.name,
            line.station.address,
            line.station.phone,
            _hours(line),
            "、".join(spell.member.name for spell in line.on_duty),
            line.standing.words,
            line.standing.missing,
            line.standing.due_by.isoformat() if line.standing.due_by else "",
            line.open_requests,
        )
        for line in listed
    )
    return write_xlsx(HEADINGS, rows, text_columns=["值班电话", "下次自查"], sheet="服务阵地")
