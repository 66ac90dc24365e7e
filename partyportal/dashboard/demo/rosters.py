"""Three rosters of the demo's township: one to look through, one written and edited since, one written and taken back."""

from datetime import date, timedelta
from io import BytesIO

from django.utils import timezone
from python_calamine import CalamineWorkbook

from branches.models import Organisation
from members.models import ImportBatch, ImportFile, Member
from members.rules.identity import check_digit
from members.rules.roster import HEADING, HEADINGS
from members.services import import_undo, imports, people
from members.services.exports import export_roster
from partyportal.core import crypto
from partyportal.core.models import Job, User
from partyportal.core.sheets import write_xlsx
from partyportal.dashboard.demo.logins import TOWNSHIP

_AT = {field: place for place, field in enumerate(HEADING)}
_SCHOOLS, _NAMES = ("大学本科", "大学专科", "高中"), ("莫萍", "廖山明", "石玉兰", "汪建国", "谭秀兰", "杨小龙")


def import_some(*, today: date) -> None:
    """Through the services, as the township's committee would: each file is the roster as it stands, with the year's changes."""
    officer, township = User.objects.get(username="committee"), Organisation.objects.get(code=TOWNSHIP)
    if Member.objects.at_home().within(township).count() < 60:
        return
    rows = _roster(township, by=officer)
    for n, row in enumerate(rows[10:40:3]):
        row[_AT["mobile_phone"]] = f"1540917{n:04d}"
    written = _written(rows, "二季度名册核对.xlsx", township, today=today, days=150, by=officer)
    for member in Member.objects.filter(import_rows__batch=written).order_by("import_rows__row")[:3]:
        people.edit(member, version=member.version, by=officer, on=today, mobile_phone=f"1540918{member.pk % 10000:04d}")

    rows = _roster(township, by=officer)
    for row in rows[41:53:2]:
        row[_AT["education"]] = "初中"  # a column slipped by one when it was copied
    slipped = _written(rows, "学历更新（错列）.xlsx", township, today=today, days=20, by=officer)
    undo = import_undo.undo_batch(slipped, today=today, by=officer, progress=imports.no_progress)
    type(undo).objects.filter(pk=undo.pk).update(at=timezone.now() - timedelta(days=19))

    _to_look_through(_with_differences(_roster(township, by=officer)), "山门镇名册202611.xlsx", township, today=today, by=officer)


def _roster(township: Organisation, *, by: User) -> list[list[str]]:
    """The township's members as its own export has them, whole numbers and all."""
    members = Member.objects.at_home().within(township).order_by("branch__code", "pk")
    with export_roster(members, whole_numbers=True, path=township.path, by=by) as file:
        return CalamineWorkbook.from_filelike(BytesIO(file.read())).get_sheet_by_index(0).to_python()[1:]


def _with_differences(rows: list[list[str]]) -> list[list[str]]:
    """Every kind of difference that a page has to show."""
    for n, row in enumerate(rows[3:60:4]):
        row[_AT["mobile_phone"]] = f"1540916{n:04d}"
    for n, row in enumerate(rows[5:50:7]):
        row[_AT["education"]] = _SCHOOLS[n % 3]
    for row in rows[7:40:11]:
        row[_AT["post"]] = "离退休人员"
    moved = [row for row in rows[60:90:9] if row[_AT["branch"]] != rows[0][_AT["branch"]]]
    for row in moved:
        row[_AT["branch"]] = rows[0][_AT["branch"]]
    rows[15][_AT["branch"]] = "没有这样一个支部"
    rows[22][_AT["joined_on"]] = "2019.13.5"
    del rows[30:34]  # who left, and nobody said so
    for n, name in enumerate(_NAMES):
        body = f"629998198{n}0{n + 1}1{n}{500 + n * 7}"
        new = dict.fromkeys(HEADING, "") | {"name": name, "id_number": body + check_digit(body), "category": "正式党员"}
        new |= {"branch": rows[n][_AT["branch"]], "joined_on": f"200{n}-07-01", "full_on": f"200{n + 1}-07-01", "education": "高中"}
        rows.append(list(new.values()))
    return rows


def _written(rows: list[list[str]], name: str, township: Organisation, *, today: date, days: int, by: User) -> ImportBatch:
    day = today - timedelta(days=days)
    with write_xlsx(HEADINGS, rows) as file:
        batch = imports.write_file(file.read(), name, organisation=township, day=day, commit=True, today=today, by=by).batch
    moment = timezone.now() - timedelta(days=days)
    ImportBatch.objects.filter(pk=batch.pk).update(created_at=moment, committed_at=moment)
    return ImportBatch.objects.get(pk=batch.pk)


def _to_look_through(rows: list[list[str]], name: str, township: Organisation, *, today: date, by: User) -> None:
    batch = ImportBatch.objects.create(organisation=township, file_name=name, day=today, created_by=by)
    with write_xlsx([*HEADINGS, "备注"], rows) as file:
        ImportFile.objects.create(batch=batch, sealed=crypto.encrypt(file.read(), context=batch.uid.bytes))
    imports.read_in_job(Job(params={"batch": str(batch.uid)}, created_by=by), imports.no_progress)
