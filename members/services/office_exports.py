"""Taking 班子 and 届次 out as a sheet: one line a post, no numbers of persons, every file audited."""

from collections.abc import Iterator
from typing import IO

from django.db import transaction

from members.selectors.leadership import Leadership
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

HEADINGS = ("党组织代码", "党组织", "类别", "职务", "姓名", "任职日期", "专职", "产生方式", "得票", "第几届", "届满日期", "空缺自")


@transaction.atomic
def export_offices(rows: list[Leadership], *, path: str, by: User) -> IO[bytes]:
    """The posts of these organisations; an empty chair is a line of its own."""
    audit.record("members.office.exported", by=by, path=path, organisations=len(rows))
    return write_xlsx(HEADINGS, _lines(rows), sheet="班子", text_columns=["党组织代码"])


def _lines(rows: list[Leadership]) -> Iterator[tuple]:
    for row in rows:
        place = (row.organisation.code, row.organisation.short_name, row.organisation.get_kind_display())
        term = (row.term.number, row.term.expires_on) if row.term else ("", None)
        if row.secretary is None:
            yield (*place, "书记", "空缺", None, "", "", None, *term, row.vacant_since)
        for office in filter(None, (row.secretary, *row.deputies, *row.others)):
            way, full = office.get_way_display(), "是" if office.full_time else ""
            yield (*place, office.get_position_display(), office.member.name, office.start, full, way, office.votes, *term, None)
