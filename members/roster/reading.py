"""Reading a roster: the sheet, its heading row and its columns found; one raw row per person, in the form's order.

The first sheet with 姓名, 公民身份号码 and 所在党支部 in one of its first rows is the roster. Headings may stand in any
order and under any of their usual names, below title lines, or over two rows (the second for columns grouped under the
first). A row is a person if its number, its birth or its joining date holds four digits; titles, notes and signature
lines are not. A cell merged over several rows is said of each of them, except a name or a number, which are one person's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, zip_longest
from operator import itemgetter
from pathlib import Path
from typing import IO, NamedTuple

from members.roster.columns import COLUMNS, column_of
from members.rules.roster import HEADINGS
from partyportal.core.cells import is_foot, plain
from partyportal.core.sheets import mark_faults
from partyportal.core.workbook import SheetRows, UnusableFile, open_workbook

_WITHIN = 60  # rows among which a heading is looked for
_NAME, _ID_NUMBER, _BIRTH, _BRANCH, _JOINED = (
    next(place for place, column in enumerate(COLUMNS) if column.field == field)
    for field in ("name", "id_number", "birth_on", "branch", "joined_on")
)
_NEEDED = frozenset({_NAME, _ID_NUMBER, _BRANCH})
_ONE_PERSONS = frozenset({_NAME, _ID_NUMBER})
_NUMBERING = frozenset({"", "序号", "编号", "行号"})  # what a row is counted by says nothing of a person

RawRow = tuple[object, ...]


class Persons:
    """The people of a sheet, as (spreadsheet row number, the 19 raw cells in the form's order), as often as they are asked for."""

    def __init__(self, sheet: SheetRows, *, below: int, places: tuple[int, ...]):
        self._sheet, self._below, self._places = sheet, below, places
        self._spans = _spans(sheet, places)

    def __iter__(self) -> Iterator[tuple[int, RawRow]]:
        pick, last = itemgetter(*self._places), max(self._places)  # −1, for a column the file has not, is the blank added to each row
        lasting: dict[int, tuple[int, object]] = {}
        for number, cells in islice(self._sheet, self._below, None):
            if len(cells) <= last:  # a CSV's short line
                cells.extend([""] * (last + 1 - len(cells)))
            cells.append("")
            raw = pick(cells)
            for place, bottom in self._spans.get(number, ()):
                lasting[place] = bottom, raw[place]
            if _is_person(raw):
                yield number, _with_merged(raw, number, lasting) if lasting else raw


class Sheet(NamedTuple):
    """The roster in a file."""

    name: str
    heading_row: int
    places: tuple[int, ...]  # where each column of the form stands among a row's cells; −1: the file has none
    notes: tuple[str, ...]  # what of the file was not read, for whoever sent it
    height: int  # rows of the sheet in all, for progress
    rows: Persons


def read_roster(source: str | Path | bytes) -> Sheet:
    """Find the roster in a file, by its path or its bytes; UnusableFile says in one sentence why there is none."""
    roster, others, nearest, broken = None, [], set(), ""
    book = open_workbook(source)
    try:
        for sheet in book.sheets():
            number, headings, found = _heading(sheet)
            if not found.keys() >= _NEEDED:
                nearest = max(nearest, set(found), key=len)
            elif roster is None:
                roster = _sheet(sheet, number, headings)
            else:
                others.append(sheet.name)
    except UnusableFile as fault:  # beside a good roster a broken sheet is only to be told of
        if roster is None:
            raise
        broken = str(fault)
    if roster is not None:
        told = (*roster.notes, *_about(roster, others, uncalculated=book.uncalculated), *([broken] if broken else []))
        return roster._replace(notes=told)
    if len(nearest) >= 3:
        missing = "、".join(COLUMNS[place].heading for place in sorted(_NEEDED - nearest))
        raise UnusableFile(f"表头里没有“{missing}”，补上这一列再传。")
    raise UnusableFile("没有找到名册：要有一张表，表头里有 姓名、公民身份号码 和 所在党支部。")


def _about(roster: Sheet, others: list[str], *, uncalculated: bool) -> Iterator[str]:
    """What lies beside the rows that are read: a person with a sheet for each branch must not take one for all."""
    if others:
        listed = "、".join(f"“{name}”" for name in others[:5]) + (f" 等 {len(others)} 张" if len(others) > 5 else "")
        yield f"只读了工作表“{roster.name}”。{listed}也像名册，没有读：把各表的人合到一张表里，或分开存成几个文件再传。"
    if uncalculated:
        yield "文件里有公式还没有算出结果，这些格当作没有填：用 Excel 或 WPS 打开，保存一次再传。"


def _heading(rows: Iterable[tuple[int, list]]) -> tuple[int, list, dict[int, list[int]]]:
    """The row that heads the columns, or the one that comes nearest to it: one row, or two rows read as one."""
    nearest: tuple[int, list, dict[int, list[int]]] = (0, [], {})
    above: list = []
    for number, cells in rows:
        for headings in (cells, _together(above, cells)):
            found = _found(headings)
            if len(found) > len(nearest[2]):
                nearest = number, headings, found
            if found.keys() >= _NEEDED:
                return number, headings, found
        if number >= _WITHIN:
            break
        above = cells
    return nearest


def _together(above: list, below: list) -> list:
    """Two rows as one: of a column's two cells the one that heads it, the lower before the upper."""
    pairs = zip_longest(above, below, fillvalue="")
    return [upper if column_of(lower) is None and (column_of(upper) is not None or not lower) else lower for upper, lower in pairs]


def _found(cells: list) -> dict[int, list[int]]:
    """Which columns of the form a row's cells head, and where."""
    found: dict[int, list[int]] = {}
    for at, cell in enumerate(cells):
        if (place := column_of(cell)) is not None:
            found.setdefault(place, []).append(at)
    return found


def _sheet(sheet: SheetRows, number: int, headings: list) -> Sheet:
    places = _places(_found(headings), headings)
    _, below = next(islice(sheet, number, None), (0, []))
    if second := _second_heading(below, places):
        places |= second
        headings, number = _together(headings, below), number + 1
    order = tuple(places.get(place, -1) for place in range(len(COLUMNS)))
    unread = [said[:20] for at, cell in enumerate(headings) if at not in order and (said := plain(cell)) not in _NUMBERING]
    notes = (f"这些列不在采集表里，没有读：{'、'.join(unread)}。",) if unread else ()
    return Sheet(sheet.name, number, order, notes, sheet.height, Persons(sheet, below=number, places=order))


def _places(found: dict[int, list[int]], headings: list) -> dict[int, int]:
    """One cell for each column. Where several head it, the one with the national name, or the one code beside names
    (党支部代码 beside 党支部名称); else nobody can tell."""
    places = {}
    for place, at in found.items():
        said = {one: "".join(headings[one].split()) for one in at}
        national = [one for one in at if said[one] == COLUMNS[place].heading]
        chosen = national or [one for one in at if said[one].endswith("代码")]
        if len(at) > 1 and len(chosen) != 1:
            both = " 和 ".join(f"“{said[one]}”" for one in at[:2])
            raise UnusableFile(f"表头里 {both} 都是“{COLUMNS[place].heading}”，只留一列再传。")
        places[place] = chosen[0] if len(at) > 1 else at[0]
    return places


def _second_heading(cells: list, places: dict[int, int]) -> dict[int, int]:
    """Columns headed one row below the others, where headings stand in two rows; none if that row is a person."""
    if _is_person([cells[places[place]] if places.get(place, len(cells)) < len(cells) else "" for place in range(len(COLUMNS))]):
        return {}
    taken = set(places.values())
    return {place: at[0] for place, at in _found(cells).items() if place not in places and len(at) == 1 and at[0] not in taken}


def _spans(sheet: SheetRows, order: tuple[int, ...]) -> dict[int, list[tuple[int, int]]]:
    """Of the cells merged downwards: at their top row, the column of the form and the last row they cover."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _ in sheet.merged:
        if bottom > top and left in order and (place := order.index(left)) not in _ONE_PERSONS:
            spans.setdefault(top, []).append((place, bottom))
    return spans


def _with_merged(raw: RawRow, number: int, lasting: dict[int, tuple[int, object]]) -> RawRow:
    cells = list(raw)
    for place, (bottom, value) in lasting.items():
        if number <= bottom and cells[place] in ("", None):
            cells[place] = value
    return tuple(cells)


def _is_person(raw: Sequence) -> bool:
    """The contract's test: four digits in the number, the birth or the joining date; 填表人 with the day beside it is nobody."""
    number = raw[_ID_NUMBER]
    if number.__class__ is str and number[:4].isdecimal() and len(number) > 3:
        return True
    return not is_foot(raw[:1]) and any(sum(map(str.isdecimal, str(raw[place]))) >= 4 for place in (_ID_NUMBER, _BIRTH, _JOINED))


def mark_roster(source: str | Path | bytes, faults: Mapping[int, Sequence[tuple[str, str]]], *, only_faulty: bool = False) -> IO[bytes]:
    """The file as it was sent, its faults marked; `faults` has (national column, sentence) by spreadsheet row number."""
    found = read_roster(source)
    sheet = next(sheet for sheet in open_workbook(source).sheets() if sheet.name == found.name)
    places = dict(zip(HEADINGS, found.places, strict=True))
    told = {
        row: [(places[column] if places[column] >= 0 else None, f"{column}：{why}") for column, why in own] for row, own in faults.items()
    }
    return mark_faults(sheet, told, heading_row=found.heading_row, only_faulty=only_faulty)
