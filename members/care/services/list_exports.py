"""Taking a list out as a sheet to be handed upward: names masked as everywhere, every file audited."""

from collections.abc import Iterator
from datetime import date
from typing import IO

from django.db import transaction
from django.db.models import QuerySet

from members.care.models import CriterionVersion, ListSnapshot
from members.care.rules.reasons import reads
from members.care.selectors.lists import reasons
from members.rules.ages import whole_years
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

HEADINGS = ("党支部", "姓名", "性别", "年龄", "公民身份号码", "入党日期", "手机", "缘由")
FIXED = (*HEADINGS[:-1], "缘由", "没有列入的缘由")


@transaction.atomic
def export_list(version: CriterionVersion, people: QuerySet, *, on: date, by: User) -> IO[bytes]:
    """A list as it stands on a day."""
    rows = list(people)
    audit.record("care.list.exported", version, by=by, criterion=version.criterion.code, members=len(rows))
    return write_xlsx(HEADINGS, _lines(version, rows, on), sheet="名单", title=f"{version.criterion.name}（{on:%Y-%m-%d}）")


def _lines(version: CriterionVersion, rows: list, on: date) -> Iterator[tuple]:
    for first in range(0, len(rows), 1000):
        part = rows[first : first + 1000]
        why = reasons(version, part, on)
        for person in part:
            yield (*_person(person, person.branch.name, on), "；".join(why[person.pk]))


@transaction.atomic
def export_snapshot(snapshot: ListSnapshot, *, by: User) -> IO[bytes]:
    """A fixed list, with those left out and why."""
    audit.record("care.list.exported", snapshot, by=by, path=snapshot.organisation.path, members=snapshot.people)
    entries = snapshot.entries.select_related("member", "organisation").defer("member__id_number")
    rows = entries.order_by("left_out", "organisation__code", "member__pinyin", "pk")
    lines = (
        (
            *_person(one.member, one.organisation.name, snapshot.on),
            "；".join(reads(one.reasons)),
            one.get_left_out_display() if one.left_out else "",
        )
        for one in rows.iterator(chunk_size=1000)
    )
    return write_xlsx(FIXED, lines, sheet="名单", title=f"{snapshot.purpose}（按 {snapshot.on:%Y-%m-%d} 定）")


def _person(person, branch: str, on: date) -> tuple:
    return (
        branch,
        person.name,
        person.get_sex_display(),
        whole_years(person.birth_on, on),
        person.id_masked,
        person.joined_on,
        person.phone_masked,
    )
