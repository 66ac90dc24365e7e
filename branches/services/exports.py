"""Taking the audit log out as a sheet: what the auditor may read, and an audit row for the file itself."""

from collections.abc import Iterator
from typing import IO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from branches.selectors import acts
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

HEADINGS = ("序号", "时间", "操作人", "动作", "动作代码", "党组织", "对象编号", "编号与数")
AT_MOST = 50_000
_AT_ONCE = 1000


@transaction.atomic
def export_audit(entries: QuerySet, *, by: User, path: str) -> IO[bytes]:
    """The newest entries of a selection, up to AT_MOST, a page at a time along their number."""
    audit.record("branches.audit.exported", by=by, path=path)
    return write_xlsx(HEADINGS, _lines(entries), sheet="审计记录", text_columns=["对象编号"])


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
