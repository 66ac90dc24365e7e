"""What the cells add up to on pages: the heat table, the rows behind one of its cells, a branch's year in dots."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from branches.models import Organisation
from education.models import MakeUp, Meeting
from education.rules import due_month, period_words
from education.selectors.cells import HEAT, ORDER, PERIODS, Cell, cells, parameters
from education.selectors.misses import miss_url
from partyportal.core.days import month_end, month_of, months_after


class HeatCell(NamedTuple):
    """As the heat table takes it; `note` says what was told of the missing."""

    done: int
    due: int
    url: str
    running: bool
    note: str = ""


class Sum(NamedTuple):
    """What the cells of a row and month add up to."""

    done: int = 0
    due: int = 0
    made_up: int = 0
    explained: int = 0

    def __add__(self, other):
        return Sum(*(one + more for one, more in zip(self, other, strict=True)))

    @property
    def note(self) -> str:
        """补 1 缺 2（1 有说明): of what was not held in its month."""
        missing = self.due - self.done - self.made_up
        if not self.made_up and not self.explained:
            return ""
        left = f"缺 {missing}" + (f"，{self.explained} 有说明" if self.explained else "") if missing else ""
        return "，".join(words for words in (f"补 {self.made_up}" if self.made_up else "", left) if words)


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    code: str
    label: str
    url: str
    cells: tuple[HeatCell, ...]
    done: int  # of the months that are over
    due: int
    made_up: int
    explained: int

    @property
    def total(self) -> str:
        return percent(self.done, self.due)


@dataclass(frozen=True, kw_only=True)
class HeatTable:
    """Rows are an organisation's children (of a branch: the kinds of meeting), columns the months of a year up to today."""

    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    totals: tuple[str, ...]
    total_label: str
    done: int
    due: int
    made_up: int
    explained: int

    @property
    def missed(self) -> int:
        """How many of the months that are over were not held in their time."""
        return self.due - self.done

    @property
    def missed_words(self) -> str:
        if not self.missed:
            return ""
        told = [f"补开 {self.made_up} 次"] if self.made_up else []
        told += [f"有说明 {self.explained} 次"] if self.explained else []
        return "，".join([f"少开 {self.missed} 次", *told, "点格看支部"])


def compliance(organisation: Organisation, year: int, *, today: date | None = None) -> HeatTable:
    """The heat table of an organisation's year. The running month is shown and not judged; later ones are not shown."""
    today = today or timezone.localdate()
    first, last = date(year, 1, 1), min(date(year, 12, 1), month_of(today))
    if first > today:
        return _table([], organisation, year, first, 0, today)
    count = last.month
    sums = _by_kind(organisation, first, last) if organisation.is_branch else _by_child(organisation, first, last)
    return _table(sums, organisation, year, first, count, today)


def _by_child(organisation: Organisation, first: date, last: date) -> list[tuple[str, str, str, dict]]:
    """(code, label, query, {month: (done, due)}) of each child that owed anything, by code."""
    asked = parameters(first=first, last=last, paths=[organisation.path], depth=organisation.path.count("/") + 1)
    with connection.cursor() as cursor:
        cursor.execute(HEAT[organisation.parent_id is None], asked)
        rows = cursor.fetchall()
    months: dict[int, dict[int, Sum]] = {}
    for child, month, due, done, made_up, explained in rows:
        row = months.setdefault(child, {})
        row[month] = row.get(month, Sum()) + Sum(done, due, made_up, explained)
    children = Organisation.objects.filter(pk__in=months).order_by("code").values_list("pk", "code", "short_name")
    return [(code, name, f"organisation={code}", months[pk]) for pk, code, name in children]


def _by_kind(organisation: Organisation, first: date, last: date) -> list[tuple[str, str, str, dict]]:
    months: dict[str, dict[int, Sum]] = {}
    for cell in cells(first=first, last=last, paths=[organisation.path]):
        row, month = months.setdefault(cell.kind, {}), cell.month.month - 1
        left = cell.due - cell.done - cell.made_up
        row[month] = row.get(month, Sum()) + Sum(cell.done, cell.due, cell.made_up, left if cell.is_explained else 0)
    query = f"organisation={organisation.code}"
    return [("", Meeting.Kind(kind).label, f"{query}&kind={kind}", months[kind]) for kind in ORDER if kind in months]


def _table(sums, organisation: Organisation, year: int, first: date, count: int, today: date) -> HeatTable:
    page = reverse("education:compliance")
    over = count - 1 if (today.year, today.month) == (year, count) else count  # months that may be judged
    rows = []
    for code, label, query, months in sums:
        line = [months.get(month, Sum()) for month in range(count)]
        rows.append(
            HeatRow(
                code=code,
                label=label,
                url=f"{page}?{query}&year={year}",
                cells=tuple(
                    HeatCell(told.done, told.due, f"{page}?{query}&month={months_after(first, month):%Y-%m}", month >= over, told.note)
                    for month, told in enumerate(line)
                ),
                done=sum(told.done for told in line[:over]),
                due=sum(told.due for told in line[:over]),
                made_up=sum(told.made_up for told in line[:over]),
                explained=sum(told.explained for told in line[:over]),
            )
        )
    columns = [[row.cells[month] for row in rows] for month in range(count)]
    done, due = sum(row.done for row in rows), sum(row.due for row in rows)
    return HeatTable(
        columns=tuple(f"{month + 1} 月" for month in range(count)),
        rows=tuple(rows),
        totals=(
            organisation.short_name,
            *(percent(sum(c.done for c in column), sum(c.due for c in column)) for column in columns),
            percent(done, due),
        )
        if rows
        else (),
        total_label=(f"1–{over} 月" if over > 1 else "1 月") if over else "",
        done=done,
        due=due,
        made_up=sum(row.made_up for row in rows),
        explained=sum(row.explained for row in rows),
    )


def percent(done: int, due: int) -> str:
    """98%, and never 100% while one is missing; — where nothing was due."""
    if not due:
        return "—"
    share = done * 1000 // due / 10
    return "100%" if done >= due else f"{share:.1f}%"


@dataclass(frozen=True, kw_only=True)
class Behind:
    """One row behind a heat cell: a branch, what it owed, and the meetings that answer it."""

    organisation: Organisation
    group: Organisation | None
    cell: Cell
    meetings: tuple[Meeting, ...]
    record_url: str
    miss_url: str

    @property
    def is_missing(self) -> bool:
        return self.cell.is_missing

    @property
    def describe(self) -> str:
        return f"记录：{self.organisation}{period_words(self.cell.period, self.cell.month)}{self.cell.label}"


def rows_behind(organisation: Organisation, month: date, *, kind: str = "") -> list[Behind]:
    """The rows whose sum is the number in the cell, by the branch's code: three statements."""
    owed = [c for c in cells(first=month, last=month, paths=[organisation.path]) if not kind or c.kind == kind]
    ids = {c.organisation_id for c in owed} | {c.group_id for c in owed if c.group_id}
    organisations = Organisation.objects.in_bulk(ids)
    opens = min((_opens(c) for c in owed), default=month)
    answers: dict[tuple, list[Meeting]] = {}
    held = Meeting.objects.confirmed().filter(organisation__in={c.organisation_id for c in owed}, held_on__range=(opens, month_end(month)))
    held = held.exclude(pk__in=MakeUp.objects.standing().values("meeting"))
    for meeting in held.order_by("held_on").only("uid", "organisation_id", "group_id", "kind", "held_on", "topic"):
        answers.setdefault((meeting.organisation_id, meeting.group_id, meeting.kind), []).append(meeting)
    rows = [
        Behind(
            organisation=organisations[c.organisation_id],
            group=organisations.get(c.group_id),
            cell=c,
            meetings=tuple(m for m in answers.get((c.organisation_id, c.group_id, c.kind), ()) if due_month(c.period, m.held_on) == month),
            record_url=record_url(organisations[c.organisation_id], c, organisations.get(c.group_id)),
            miss_url=miss_url(organisations[c.organisation_id], c, organisations.get(c.group_id)),
        )
        for c in owed
    ]
    return sorted(rows, key=lambda row: (row.organisation.code, ORDER.index(row.cell.kind), row.group.code if row.group else ""))


def record_url(organisation: Organisation, cell: Cell, group: Organisation | None = None) -> str:
    """The form that clears a cell, filled in."""
    query = {"organisation": organisation.code, "kind": cell.kind, "month": f"{cell.month:%Y-%m}"}
    return f"{_form()}?{urlencode(query | ({'group': group.code} if group else {}))}"


@cache
def _form() -> str:
    """Looked up once: a county's duties name it eight thousand times."""
    return reverse("education:record")


def _opens(cell: Cell) -> date:
    return months_after(cell.month, 1 - PERIODS[cell.period])


def year_in_dots(organisation: Organisation, owed: list[Cell], *, today: date) -> list[tuple[str, list[str], list[str]]]:
    """今年组织生活 of one branch by its year's cells: (kind, a state of each month, the page behind it), states held, missing, open, ahead or ""."""
    found: dict[str, dict[int, str]] = {}
    urls: dict[str, dict[int, str]] = {}
    page = reverse("education:compliance")
    for cell in owed:
        month, due_on = cell.month.month, month_end(cell.month)
        if not cell.is_missing:
            state = "held"
        elif due_on < today:
            state = "missing"
        else:
            state = "open" if _opens(cell) <= today else "ahead"
        row = found.setdefault(cell.kind, {})
        row[month] = max(row.get(month, ""), state, key=_STATES.index)
        urls.setdefault(cell.kind, {})[month] = f"{page}?organisation={organisation.code}&kind={cell.kind}&month={cell.month:%Y-%m}"
    return [
        (Meeting.Kind(kind).label, [found[kind].get(m, "") for m in range(1, 13)], [urls[kind].get(m, "") for m in range(1, 13)])
        for kind in ORDER
        if kind in found
    ]


# Of several 党小组 in one month the least finished one shows.
_STATES = ["", "held", "ahead", "open", "missing"]
