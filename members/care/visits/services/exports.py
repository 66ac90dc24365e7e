"""Taking lists of 走访帮扶 out as sheets. What was found stays sealed; every file is audited."""

from collections.abc import Iterable
from typing import IO

from django.db import transaction
from django.db.models import QuerySet

from members.care.visits.selectors.visits import who
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx


@transaction.atomic
def export_visits(rows: QuerySet, *, path: str, by: User) -> IO[bytes]:
    """The calls made, one line each."""
    listed = list(rows)
    audit.record("visits.list.exported", by=by, path=path, rows=len(listed))
    lines = (
        (
            visit.outing.day,
            visit.member.name,
            visit.organisation.short_name,
            visit.outing.get_kind_display(),
            str(visit.outing.round or ""),
            who(visit.outing),
            visit.outing.brought,
            "是" if visit.signed else "",
            "是" if visit.needs else "",
        )
        for visit in listed
    )
    return write_xlsx(("日期", "姓名", "党支部", "为了什么", "哪一轮", "谁去的", "带了什么", "签收", "有难处要帮"), lines, sheet="走访记录")


@transaction.atomic
def export_pairs(rows: QuerySet, *, path: str, by: User) -> IO[bytes]:
    """The pairs, one line each."""
    listed = list(rows)
    audit.record("visits.pairs.exported", by=by, path=path, rows=len(listed))
    lines = (
        (
            pair.member.name,
            str(pair.member.branch),
            str(pair.helper or pair.helping),
            str(pair.helper.branch) if pair.helper else "",
            pair.purpose,
            pair.get_every_months_display(),
            pair.start,
            pair.last,
            None if pair.end else pair.next_on,
            pair.end,
            pair.get_end_reason_display() if pair.end else "",
        )
        for pair in listed
    )
    heads = ("帮扶对象", "党支部", "帮扶人", "帮扶人所在党支部", "帮什么", "多久一次", "起", "上次联系", "下次该联系", "止", "怎样结束的")
    return write_xlsx(heads, lines, sheet="结对帮扶")


@transaction.atomic
def export_birthdays(lines: Iterable, *, month: int, path: str, by: User) -> IO[bytes]:
    """A month's 政治生日, one line each."""
    listed = list(lines)
    audit.record("visits.birthdays.exported", by=by, path=path, rows=len(listed), month=month)
    cells = (
        (
            line.on,
            line.member.name,
            str(line.member.branch),
            line.member.joined_on,
            line.years,
            line.kept.held_on if line.kept else None,
            line.kept.get_way_display() if line.kept else "",
        )
        for line in listed
    )
    return write_xlsx(("政治生日", "姓名", "党支部", "入党日期", "入党几年", "哪天过的", "怎样过的"), cells, sheet=f"{month}月政治生日")


@transaction.atomic
def export_dues(rows: QuerySet, *, names: dict[str, str], path: str, by: User) -> IO[bytes]:
    """Who was due in a round and whether somebody has been there."""
    listed = list(rows)
    audit.record("visits.dues.exported", by=by, path=path, rows=len(listed))
    cells = (
        (
            due.organisation.short_name,
            due.member.name,
            due.member.id_masked,
            "、".join(names.get(code, code) for code in due.why),
            due.owed_by.short_name,
            due.round.due_on,
            due.done_on,
            due.waive_reason,
        )
        for due in listed
    )
    heads = ("党支部", "姓名", "公民身份号码", "在哪些名单上", "由谁走访", "最后一天", "走访日期", "不用走访的原因")
    return write_xlsx(heads, cells, sheet="应走访", text_columns=("公民身份号码",))
