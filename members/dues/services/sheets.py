"""Bases and payments from a spreadsheet: kept sealed while somebody looks through it, then written through the same services as the pages."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import IO

from django.db import transaction

from branches.models import Organisation
from members.dues.models import Base, DuesSheet
from members.dues.selectors.months import owed_up_to
from members.dues.services.bases import set_bases
from members.dues.services.collecting import record_sums
from members.dues.sheets.reading import AMOUNT, COLUMNS, DAY, FIXED, KIND, PAID, START, TAIL, UNTIL, Told, read_sheet
from members.models import Member
from partyportal.core import audit, crypto
from partyportal.core.days import month_of
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx
from partyportal.core.uid import new_uid

State, What = DuesSheet.State, DuesSheet.What
STALE = timedelta(days=1)
NOTES = {
    TAIL: "有同名的才要。",
    KIND: "在职月薪、年薪制、个体经营、离退休、农民，或 学生、下岗、抚恤、低保。",
    AMOUNT: "有收入的填每月固定的税后收入，按比例自动算。",
    FIXED: "农民填 0.20 到 1.00；有收入的不填。",
    START: "如 2026-01，不填是今年 1 月。",
    UNTIL: "如 2026-11，不填是本月。",
    PAID: "实际收到的钱。空着的行不登记。",
    DAY: "如 2026-11-20，不填是今天。",
}


@transaction.atomic
def upload(data: bytes, file_name: str, *, what: str, organisation: Organisation, by: User, today: date) -> DuesSheet:
    """Take a file in. One that cannot be read is refused at once and not kept."""
    read_sheet(data, what=what, branch=organisation, today=today)
    uid = new_uid()
    sheet = DuesSheet.objects.create(
        uid=uid,
        organisation=organisation,
        what=what,
        file_name=file_name[-160:],
        sealed=crypto.encrypt(data, context=uid.bytes),
        created_by=by,
    )
    audit.record("dues.sheet.uploaded", sheet, by=by, path=organisation.path, what=what)
    return sheet


def look_through(sheet: DuesSheet, *, today: date) -> Told:
    """What the sheet would do to the branch as it is now."""
    data = crypto.decrypt(bytes(sheet.sealed), context=sheet.uid.bytes)
    return read_sheet(data, what=sheet.what, branch=sheet.organisation, today=today)


@transaction.atomic
def commit(sheet: DuesSheet, *, method: str, by: User, today: date) -> DuesSheet:
    """Write the good lines, all or none of them; refused lines are left out. Written twice, it is written once."""
    held = _ready(sheet)
    if held.state == State.COMMITTED:
        return held
    told = look_through(held, today=today)
    if not told.lines:
        raise DomainError("没有可以写入的行，改好文件再传。")
    if held.what == What.BASES:
        by_month = defaultdict(dict)
        for line in told.lines:
            by_month[line.month][line.member.pk] = line.base
        for start, lines in sorted(by_month.items()):
            set_bases(organisation=held.organisation, lines=lines, start=start, by=by, today=today)
    else:
        by_day: dict[tuple[date, date], dict[int, Decimal]] = defaultdict(dict)
        for line in told.lines:
            by_day[line.day, line.month][line.member.pk] = line.amount
        for (day, until), sums in sorted(by_day.items()):
            record_sums(organisation=held.organisation, sums=sums, until=until, day=day, method=method, by=by, today=today)
    held.state, held.sealed, held.rows = State.COMMITTED, None, len(told.lines)
    held.save(update_fields=["state", "sealed", "rows"])
    audit.record("dues.sheet.committed", held, by=by, path=held.organisation.path, what=held.what, rows=held.rows, refused=told.refused)
    return held


@transaction.atomic
def discard(sheet: DuesSheet, *, by: User | None) -> DuesSheet:
    """Give the file up; nothing of it was written, and it is not kept."""
    held = _ready(sheet)
    if held.state == State.COMMITTED:
        raise DomainError("这份表格已经写入，不能再放弃。写错的逐笔冲正，基数重新核定。")
    held.state, held.sealed = State.DISCARDED, None
    held.save(update_fields=["state", "sealed"])
    audit.record("dues.sheet.discarded", held, by=by, path=held.organisation.path)
    return held


def sweep(*, now: datetime) -> int:
    """Give up what nobody decided on for a day: it holds incomes."""
    stale = list(DuesSheet.objects.filter(state=State.READY, created_at__lt=now - STALE))
    for sheet in stale:
        discard(sheet, by=None)
    return len(stale)


def template(branch: Organisation, *, what: str, today: date) -> IO[bytes]:
    """A sheet with everybody of the branch on it and what is known filled in; no income is in it."""
    members = Member.objects.at_home().filter(branch=branch).defer("id_number").order_by("pinyin", "id")
    if what == What.BASES:
        kinds = {base.member_id: base for base in Base.objects.of_month(month_of(today)).filter(member__in=members)}
        rows = [(m.name, m.id_masked[-4:], kinds[m.pk].get_kind_display() if m.pk in kinds else "", "", "", "") for m in members]
    else:
        month = month_of(today)
        owed = owed_up_to(members, month, today=today)
        rows = [
            (m.name, m.id_masked[-4:], f"{month:%Y-%m}", sum(one.due for one in owed[m.pk]), today.isoformat())
            for m in members
            if m.pk in owed
        ]
    headings = COLUMNS[What(what)]
    text = [heading for heading in (TAIL, START, UNTIL, DAY) if heading in headings]
    return write_xlsx(headings, rows, text_columns=text, sheet=What(what).label, notes=NOTES)


def _ready(sheet: DuesSheet) -> DuesSheet:
    held = DuesSheet.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=sheet.pk)
    if held.state == State.DISCARDED:
        raise DomainError("这份表格已经放弃，内容已经清除。再传一次。")
    return held
