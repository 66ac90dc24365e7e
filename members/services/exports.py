"""Taking the roster out: the national form's 19 columns, numbers masked unless whole ones are asked for, every file audited."""

from collections.abc import Iterator
from typing import IO

from django.db import transaction
from django.db.models import Count, QuerySet

from branches.models import Organisation
from members.rules.codes import CATEGORIES, EDUCATIONS, ETHNICITIES, SEXES, STANDINGS
from members.rules.roster import HEADING, HEADINGS, Person
from members.statistics.tables import LEFT_OUT, tables
from members.statistics.year import Year
from partyportal.core import audit
from partyportal.core.masks import mask_phone
from partyportal.core.models import User
from partyportal.core.sheets import Sheet, write_book, write_xlsx

_TEXT = [HEADING[field] for field in ("id_number", "mobile_phone", "landline", "birth_on", "joined_on", "full_on", "lost_on")]
_HIDDEN = "已遮盖"


@transaction.atomic
def export_roster(members: QuerySet, *, whole_numbers: bool, path: str, by: User) -> IO[bytes]:
    """The members as a sheet. With whole numbers it reads back as it stands: importing it again changes nothing."""
    columns = ["id_number" if whole_numbers and field == "id_number" else _COLUMNS.get(field, field) for field in Person._fields]
    rows = members.values_list(*columns, "branch__code")
    audit.record("members.roster.exported", by=by, path=path, members=members.count(), whole_numbers=whole_numbers)
    return write_xlsx(HEADINGS, _lines(rows, whole_numbers), text_columns=_TEXT, sheet="名册")


@transaction.atomic
def export_annual_tables(year: Year, *, by: User) -> IO[bytes]:
    """党内统计年报 as a book: what it is and what it leaves out, then a sheet a table."""
    audit.record("members.statistics.exported", by=by, path=year.organisation.path, year=year.year, closing=year.closing)
    filled = tables(year)
    about = [
        ["党组织", year.organisation.name],
        ["截至", f"{year.closing}"],
        ["口径", "按组织关系、当天的隶属和当时的资料统计；停止党籍的不计入党员数"],
        *([f"{table.number} {table.title}", table.note or "见本簿"] for table in filled),
        *([f"{number} {title}", f"本簿不出：{why}"] for number, title, why in LEFT_OUT),
    ]
    sheets = [Sheet("说明", f"{year.organisation.short_name}{year.year}年党内统计年报", ["项目", "说明"], about)]
    for table in filled:
        rows = ([label, *([None] * len(figures) if kind == "head" else figures)] for label, kind, figures in table.lines)
        sheets.append(Sheet(f"{table.number}", f"{table.number} {table.title}", table.headings, rows, table.note))
    return write_book(sheets)


_COLUMNS = {"id_number": "id_masked", "branch": "branch__name"}


def _lines(rows: QuerySet, whole_numbers: bool) -> Iterator[tuple]:
    shared = _shared_names()
    for *values, code in rows.iterator(chunk_size=2000):
        person = Person._make(values)
        yield person._replace(
            sex=SEXES[person.sex],
            ethnicity=ETHNICITIES.get(person.ethnicity, person.ethnicity),
            birth_on=_day(person.birth_on),
            education=EDUCATIONS.get(person.education, person.education),
            category=CATEGORIES[person.category],
            branch=code if person.branch in shared else person.branch,
            joined_on=_day(person.joined_on),
            full_on=_day(person.full_on),
            mobile_phone=person.mobile_phone if whole_numbers else mask_phone(person.mobile_phone),
            landline=person.landline if whole_numbers else mask_phone(person.landline),
            address=person.address if whole_numbers or not person.address else _HIDDEN,
            standing=STANDINGS[person.standing],
            is_lost=_yes_no(person.is_lost),
            lost_on=_day(person.lost_on),
            is_mobile=_yes_no(person.is_mobile),
        )


def _shared_names() -> frozenset[str]:
    """Full names that more than one branch has: their members are exported under the code, or no import could tell them apart."""
    names = Organisation.objects.branches().order_by().values("name").annotate(many=Count("pk")).filter(many__gt=1)
    return frozenset(names.values_list("name", flat=True))


def _day(day) -> str:
    return day.isoformat() if day else ""


def _yes_no(value: bool) -> str:
    return "是" if value else "否"
