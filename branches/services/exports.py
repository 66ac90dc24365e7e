"""Taking the audit log and the tree out as sheets, with an audit row for the file itself."""

from collections.abc import Iterator
from typing import IO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from branches.models import Organisation
from branches.rules import HEADING, KIND_NAMES, UNIT_TYPE_NAMES
from branches.selectors import Place, acts, tree_places
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

AUDIT_HEADINGS = ("序号", "时间", "操作人", "动作", "动作代码", "党组织", "对象编号", "编号与数")
AT_MOST = 50_000
_AT_ONCE = 1000


@transaction.atomic
def export_audit(entries: QuerySet, *, by: User, path: str) -> IO[bytes]:
    """The newest entries of a selection, up to AT_MOST, a page at a time along their number."""
    audit.record("branches.audit.exported", by=by, path=path)
    return write_xlsx(AUDIT_HEADINGS, _lines(entries), sheet="审计记录", text_columns=["对象编号"])


def _lines(entries: QuerySet) -> Iterator[tuple]:
    before, left = None, AT_MOST
    while left:
        chosen = entries if before is None else entries.filter(pk__lt=before)
        listed = acts(chosen.select_related("actor")[: min(_AT_ONCE, left)])
        for act in listed:
            at = timezone.localtime(act.at).strftime("%Y-%m-%d %H:%M:%S")
            yield act.number, at, act.actor, act.what, act.code, act.place, act.target, act.details
        if len(listed) < _AT_ONCE:
            return
        before, left = listed[-1].number, left - len(listed)


@transaction.atomic
def export_tree(organisations: QuerySet[Organisation], *, by: User, path: str) -> IO[bytes]:
    """The listed organisations under the headings of an import, so the sheet can come back corrected; and how many they hold."""
    listed = tree_places(organisations.select_related("parent"))
    audit.record("branches.tree.exported", by=by, path=path, organisations=len(listed))
    headings = [*HEADING.values(), "党支部数", "党员数"]
    text = [HEADING[key] for key in ("code", "parent", "founded_on")]
    return write_xlsx(headings, map(_place_line, listed), sheet="党组织", text_columns=text, widths={HEADING["name"]: 48})


def _place_line(place: Place) -> tuple:
    one = place.organisation
    return (
        *(one.code, one.name, KIND_NAMES[one.kind][0], one.parent.code if one.parent else "", one.founded_on.isoformat()),
        *(UNIT_TYPE_NAMES[one.unit_type][0] if one.unit_type else "", place.branches, place.members),
    )
