"""The registers as sheets: phones masked, every file audited."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import IO

from django.db import transaction
from django.db.models import QuerySet

from members.mobility.models import Inflow, LostCase, Outflow
from members.mobility.rules.places import province_name
from members.mobility.selectors.lost import standing_of
from members.mobility.selectors.outflows import clock_on
from partyportal.core import audit
from partyportal.core.masks import mask_phone
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

OUT = (
    *("姓名", "党支部", "外出省份", "外出流向", "外出之日", "地点相对固定", "外出原因", "预计返回"),
    *("支部联系人", "手机号码", "上次联系", "下次联系", "流入地党组织"),
)
IN = ("姓名", "手机号码", "来自省份", "组织关系所在党支部", "接收的党支部", "流入之日", "报到之日", "告知原支部之日")
LOST = ("姓名", "党支部", "失联起算之日", "失联原因", "进展", "下一步", "停止党籍之日")


@transaction.atomic
def export_register(tab: str, rows: QuerySet, *, path: str, today: date, by: User) -> tuple[IO[bytes], str]:
    """One tab as a sheet, and what it is called."""
    headings, lines, label = {
        "out": (OUT, _out(rows, today), "流出党员登记表"),
        "in": (IN, _in(rows), "流入党员登记表"),
        "lost": (LOST, _lost(rows, today), "失联党员台账"),
    }[tab]
    audit.record("mobility.register.exported", by=by, path=path, kind=tab, members=rows.count())
    return write_xlsx(headings, lines, text_columns=("手机号码",), sheet=label), label


def _out(rows: QuerySet, today: date) -> Iterator[tuple]:
    clock = clock_on(today)
    row: Outflow
    for row in rows.select_related("member__branch", "contact").iterator(chunk_size=2000):
        due_on = clock.due_on(last=row.since, province=row.province)
        yield (
            row.member.name, row.member.branch.name, province_name(row.province), row.destination, row.start.isoformat(),
            "是" if row.place_fixed else "否", row.get_reason_display(), _day(row.expected_return), row.contact.name if row.contact else "",
            mask_phone(row.member.mobile_phone), _day(row.reached), due_on.isoformat(), row.host_name,
        )  # fmt: skip


def _in(rows: Iterable[Inflow]) -> Iterator[tuple]:
    for row in rows:
        yield (
            row.name, row.phone_masked, province_name(row.province), row.home, row.branch.name, row.start.isoformat(), _day(row.reported_on),
            _day(row.told_home_on),
        )  # fmt: skip


def _lost(rows: Iterable[LostCase], today: date) -> Iterator[tuple]:
    for case in rows:
        yield (
            case.member.name, case.member.branch.name, case.clock.isoformat(), case.get_why_display(), case.get_state_display(),
            standing_of(case, today=today).next_act, _day(case.suspension.start if case.suspension else None),
        )  # fmt: skip


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
