"""What an undo of a written batch would do or did: whom it names, and of a conflict what the batch wrote and what stands now."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.apps import apps
from django.db.models import Q

from branches.access import paths_for
from members.models import ImportBatch, ImportedRow, Outcome
from members.roster import undo
from members.roster.fields import COMPARED
from members.rules.roster import HEADING
from members.selectors.imports import shown
from partyportal.core.models import PersonKey

TABS = (
    (undo.CONFLICT, "不撤销", "导入以后又有改动"),
    (undo.REMOVED, "移除", "新增的人，没有别的记录"),
    (undo.ENDED, "终止", "新增的人，已有别的记录"),
    (undo.RESTORED, "恢复", "变更和移动的人"),
)
# What a new member got where the file did not say.
_UNSAID = {"ethnicity": "01", "standing": "normal", "is_lost": False, "is_mobile": False}


@dataclass(frozen=True)
class Value:
    """One field the batch wrote and somebody changed since."""

    label: str
    before: str
    written: str
    now: str


@dataclass(frozen=True)
class Line:
    """One person of an undo."""

    row: int
    name: str
    branch: str
    uid: str
    why: str
    fields: str = ""
    values: list[Value] = field(default_factory=list)


class Planned:
    """The rows of one verdict as the plan says now; counted and paged in the database."""

    def __init__(self, batch: ImportBatch, verdict: str, *, paths: list[str], today: date, text: str = ""):
        found = undo.parameters(batch, paths=paths, today=today) | {
            "verdict": verdict,
            "within": f"%{_plain(text)}%",
            "from": f"{_plain(text).lower()}%",
        }
        self._batch = batch
        self._from, self._params = f"FROM ({undo.plan()}) p", found
        self._where = "WHERE verdict = %(verdict)s"
        if text:
            self._from += " JOIN members_member m ON m.id = p.member_id"
            self._where += " AND (m.name LIKE %(within)s OR m.pinyin LIKE %(from)s OR m.initials LIKE %(from)s)"

    def count(self) -> int:
        return self._asked("SELECT count(*)", "")[0][0]

    def __getitem__(self, asked: slice) -> list[tuple[int, list[str]]]:
        """(id of the written row, why) of a page."""
        return self._asked("SELECT p.id, p.why", f'ORDER BY p."row" LIMIT {asked.stop - asked.start:d} OFFSET {asked.start:d}')

    def _asked(self, select: str, rest: str) -> list[tuple]:
        return undo.ask(f"{select} {self._from} {self._where} {rest}", self._batch, self._params)


def _plain(text: str) -> str:
    """A name has neither of LIKE's two signs."""
    return text.replace("%", "").replace("_", "")


def done(batch: ImportBatch, verdict: str, *, text: str = ""):
    """The rows of one verdict as the undo left them. Of those removed nothing is kept but how many they were."""
    rows = ImportedRow.objects.filter(batch=batch, undone=verdict).order_by("row")
    if text:
        low = text.lower()
        rows = rows.filter(Q(member__name__contains=text) | Q(member__pinyin__startswith=low) | Q(member__initials__startswith=low))
    return rows.values_list("pk", "why")


def lines(told: Iterable[tuple[int, list[str]]], *, user, values: bool) -> list[Line]:
    """The people of a page; `values` opens what the batch wrote of those who changed since. Out of sight stays out of sight."""
    told = dict(told)
    rows = ImportedRow.objects.filter(pk__in=told).select_related("member__branch").order_by("row")
    seen = paths_for(user)
    keys = {}
    if values:
        keys = dict(PersonKey.objects.filter(subject__in=[row.member.uid for row in rows]).values_list("subject", "wrapped"))
    return [_line(row, told[row.pk], keys.get(row.member.uid), seen) for row in rows]


def _line(row: ImportedRow, why: list[str], key, seen: list[str]) -> Line:
    member = row.member
    if not any(member.branch.path.startswith(path) for path in seen):
        return Line(row.row, "范围外的人", "", "", undo.WHY["out_of_scope"])
    return Line(
        row=row.row,
        name=member.name,
        branch=str(member.branch),
        uid=str(member.uid),
        why="，".join(reason(code) for code in why),
        fields="、".join(HEADING[name] for name in row.fields),
        values=_values(row, key) if key is not None and "edited" in why else [],
    )


def reason(code: str) -> str:
    """Why a row stays, or by what a new person is named."""
    return undo.WHY.get(code) or f"有{apps.get_model(code)._meta.verbose_name}"


def _values(row: ImportedRow, key) -> list[Value]:
    """The fields in which the person now differs from what the batch wrote."""
    wrote, member, found = undo.opened(row.sealed, key, row.member.uid), row.member, []
    for name in COMPARED if row.outcome == Outcome.NEW else row.fields:
        before, written = wrote.get(name, (None, _UNSAID.get(name)))
        now = getattr(member, name)
        if _as_said(now) != _as_said(written):
            found.append(Value(HEADING[name], shown(name, before), shown(name, written), shown(name, now)))
    return found


def _as_said(value: object) -> object:
    """A day as text, nothing as empty: what is sealed is JSON."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else value
