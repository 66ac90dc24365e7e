"""One row of the national form, checked: what it says, and everything that is wrong with it. Pure.

A row is the 19 raw cells in the form's order (`HEADINGS`). Each cell is read on its own (the readers of identity,
codes, names, phones, branch_names and core.cells), then the cells are held against each other. All faults of a row are
reported, each at its column.

Decided here, beside what DESIGN's "Import answers" fixes:
- Blank means `None`: the file does not say. 性别 and 出生日期 then come from the number; the other blanks are left to
  whoever writes, because a blank is 否 for a new member and no change for an old one.
- 无, /, — and their like are blank where a cell may be blank, and a fault where it may not.
- A date that cannot be read is `bad_date` and nothing else: it is neither missing (no `full_without_date`,
  `lost_without_date`) nor compared. 失去联系日期 alone may be a month; then months are compared, not days.
- `date_order` stands at the later of two dates that cross, and at every date after today. 出生日期 is not compared: what
  does not agree with the number is `id_birth_mismatch` alone.
- Joining on the 18th birthday is allowed (of 29 February: on 1 March). Joining before birth is `too_young`. Without a
  usable number, the age goes by 出生日期.
- 转正 on the day of joining is allowed, a 预备党员 with a 转正日期 too: the length of probation is no import error.
- 否 with a date or a place beside it is allowed; what is written is kept.
- A number that stands twice refuses each of its rows, also where one of them is refused for something else, and also
  with a wrong check digit; a number that has not the form of one is nobody's and cannot stand twice.
- Text longer than its column is `too_long`. It is the one code the contract does not list, because cutting would lose
  something in silence.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import getitem
from typing import NamedTuple

from members.rules.ages import whole_years
from members.rules.branch_names import BranchIndex
from members.rules.codes import FULL, SEXES, read_category, read_education, read_ethnicity, read_sex, read_standing, read_yes_no
from members.rules.identity import Identity, mask_id_number, number_in, read_identity
from members.rules.names import read_name
from members.rules.phones import read_landline, read_mobile
from partyportal.core.cells import Month, Unreadable, plain, read_day, read_month, squeeze
from partyportal.core.masks import mask_phone

ADULT = 18
_new = tuple.__new__  # a NamedTuple's own constructor is a Python function; twenty thousand rows feel it


class Person(NamedTuple):
    """What a row says, in the form's order. None: blank, or not readable."""

    name: str | None
    sex: str | None
    ethnicity: str | None
    id_number: str | None
    birth_on: date | None
    education: str | None
    category: str | None
    branch: str | None  # the 党支部's code
    joined_on: date | None
    full_on: date | None
    post: str | None
    mobile_phone: str | None
    landline: str | None
    address: str | None
    standing: str | None
    is_lost: bool | None
    lost_on: date | None
    is_mobile: bool | None
    destination: str | None


HEADINGS = (
    *("姓名", "性别", "民族", "公民身份号码", "出生日期", "学历", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期"),
    *("工作岗位", "手机号码", "固定电话", "家庭住址", "党籍状态", "是否为失联党员", "失去联系日期", "是否为流动党员", "外出流向"),
)
HEADING = dict(zip(Person._fields, HEADINGS, strict=True))
SEX, ID_NUMBER, BIRTH_ON, CATEGORY, JOINED_ON, FULL_ON = map(
    Person._fields.index, ("sex", "id_number", "birth_on", "category", "joined_on", "full_on")
)
MOBILE_PHONE, LANDLINE, ADDRESS, IS_LOST, LOST_ON, DESTINATION = map(
    Person._fields.index, ("mobile_phone", "landline", "address", "is_lost", "lost_on", "destination")
)
LONGEST = {"post": 80, "address": 200, "destination": 120}

_NOTHING = frozenset(
    {
        "无",
        "已遮盖",
        "暂无",
        "没有",
        "空",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "―",
        "/",
        "//",
        "\\",
        "、",
        ".",
        "。",
        "*",
        "N/A",
        "n/a",
        "NA",
        "null",
        "NULL",
        "None",
    }
    | {"nan", "NaN", "#N/A", "#VALUE!", "#REF!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
)


_NOT_YET = Unreadable("date_order", "这一天还没有到")
_TOO_YOUNG = Unreadable("too_young", "入党时不满 18 岁，请核对出生日期")
_FULL_WITHOUT_DATE = Unreadable("full_without_date", "正式党员要填转为正式党员日期")
_LOST_WITHOUT_DATE = Unreadable("lost_without_date", "失联党员要填失去联系日期，可以只到月")
_MOBILE_WITHOUT_DESTINATION = Unreadable("mobile_without_destination", "流动党员要填外出流向，写到县")


class Fault(NamedTuple):
    """What is wrong in one cell: the national column, the code, the sentence with its remedy, and what stands there (masked)."""

    column: str
    code: str
    message: str
    shown: str


class CheckedRow(NamedTuple):
    """A row by its spreadsheet number, what it says, and its faults in the form's order."""

    row: int
    person: Person
    faults: tuple[Fault, ...]


def _optional(read: Callable) -> Callable:
    """A reader for a cell that may be blank: 无 and — say nothing."""

    def read_or_blank(raw: object) -> object:
        value = read(raw)
        if value.__class__ is Unreadable and plain(raw) in _NOTHING:
            return None
        return value

    return read_or_blank


def _required(read: Callable, message: str) -> Callable:
    def read_or_refuse(raw: object) -> object:
        value = read(raw)
        return Unreadable("required", message) if value is None else value

    return read_or_refuse


def _text(field: str) -> Callable:
    longest = LONGEST[field]

    def read(raw: object) -> str | Unreadable | None:
        text = plain(raw)
        if len(text) > longest:
            return Unreadable("too_long", f"{HEADING[field]}最多 {longest} 字，现在 {len(text)} 字")
        return None if text in _NOTHING else text or None

    return read


class _Each(dict):
    """A column as something to look a cell up in: read anew each time, for cells that seldom come twice."""

    def __init__(self, read: Callable):
        self._read = read

    def __missing__(self, raw: object) -> object:
        return self._read(raw)


class _Once(_Each):
    """A column whose cells repeat (sexes, dates, branches): what a text says is worked out once. Numbers are not kept,
    because 1, 1.0 and True are one key and need not say the same."""

    def __missing__(self, raw: object) -> object:
        value = self._read(raw)
        if raw.__class__ is str or raw.__class__ is date:
            self[raw] = value
        return value


class RosterCheck:
    """The check of one file: what `today` and the tree's 党支部 are, and which numbers stand in several of its rows.

    What its columns have learned lives as long as the check, not the process: a roster's names and dates should not stay
    in a worker's memory.
    """

    def __init__(self, *, today: date, branches: BranchIndex, repeated: Mapping[str, Sequence[int]]):
        self.today, self._repeated = today, repeated
        day, yes_no = _Once(_optional(read_day)), _Once(_optional(read_yes_no))
        readers = {
            "name": _Each(read_name),
            "sex": _Once(_optional(read_sex)),
            "ethnicity": _Once(_optional(read_ethnicity)),
            "id_number": _Each(read_identity),
            "birth_on": day,
            "education": _Once(_optional(read_education)),
            "category": _Once(_required(read_category, "没有填人员类别，填 正式党员 或 预备党员")),
            "branch": _Once(branches.read),
            "joined_on": _Once(_required(read_day, "没有填加入党组织日期")),
            "full_on": day,
            "post": _Once(_text("post")),
            "mobile_phone": _Each(_optional(read_mobile)),
            "landline": _Once(_optional(read_landline)),
            "address": _Each(_text("address")),
            "standing": _Once(_optional(read_standing)),
            "is_lost": yes_no,
            "lost_on": _Once(_optional(read_month)),
            "is_mobile": yes_no,
            "destination": _Once(_text("destination")),
        }
        self._columns = tuple(readers[field] for field in Person._fields)

    def check(self, row: int, raw: Sequence) -> CheckedRow:
        """The row read and held against itself."""
        values = list(map(getitem, self._columns, raw))
        refused = {}
        if Unreadable in map(type, values):
            refused = {place: value for place, value in enumerate(values) if value.__class__ is Unreadable}
            for place in refused:
                values[place] = None
        faults = list(refused.items())
        if (identity := values[ID_NUMBER]) is not None:
            faults += self._identify(identity, values, row)
        birth_on, category, joined_on, full_on = values[BIRTH_ON], values[CATEGORY], values[JOINED_ON], values[FULL_ON]
        is_lost, lost_on, is_mobile, destination = values[IS_LOST:]

        if joined_on is not None:
            if joined_on > self.today:
                faults.append((JOINED_ON, _NOT_YET))
            if birth_on is not None and joined_on.year - birth_on.year <= ADULT and whole_years(birth_on, joined_on) < ADULT:
                faults.append((JOINED_ON, _TOO_YOUNG))
        if full_on is not None:
            if full_on > self.today:
                faults.append((FULL_ON, _NOT_YET))
            elif joined_on is not None and full_on < joined_on:
                faults.append((FULL_ON, _before(joined_on)))
        elif category == FULL and FULL_ON not in refused:
            faults.append((FULL_ON, _FULL_WITHOUT_DATE))
        if lost_on is not None:
            month_only = lost_on.__class__ is Month
            if month_only:
                values[LOST_ON] = date(lost_on.year, lost_on.month, 1)
            if lost_on > self.today:
                faults.append((LOST_ON, _NOT_YET))
            elif joined_on is not None and lost_on < (joined_on.replace(day=1) if month_only else joined_on):
                faults.append((LOST_ON, _before(joined_on)))
        elif is_lost and LOST_ON not in refused:
            faults.append((LOST_ON, _LOST_WITHOUT_DATE))
        if is_mobile and destination is None and DESTINATION not in refused:
            faults.append((DESTINATION, _MOBILE_WITHOUT_DESTINATION))
        return _new(CheckedRow, (row, _new(Person, values), _told(faults, raw) if faults else ()))

    def _identify(self, identity: Identity, values: list, row: int) -> list[tuple[int, Unreadable]]:
        """Put the number's own birth and sex into the row, and say where the row says otherwise."""
        number, born, sex, fault = identity
        values[ID_NUMBER] = number
        others = self._repeated.get(number)
        if fault is None and others is None and born == values[BIRTH_ON] and sex == values[SEX]:
            return []
        faults = [(ID_NUMBER, fault)] if fault is not None else []
        if others is not None:
            faults.append((ID_NUMBER, _standing_twice(row, others)))
        if born is not None:
            if values[BIRTH_ON] not in (None, born):
                faults.append((BIRTH_ON, Unreadable("id_birth_mismatch", f"号码里是 {born}，两处要一致，请对照身份证")))
            values[BIRTH_ON] = born
        if values[SEX] not in (None, sex):
            faults.append((SEX, Unreadable("id_sex_mismatch", f"号码里是{SEXES[sex]}，两处要一致，请对照身份证")))
        values[SEX] = sex
        return faults


def repeated_numbers(rows: Iterable[tuple[int, Sequence]]) -> dict[str, list[int]]:
    """The numbers that stand in several rows of a file, each with those rows: asked before any row is checked."""
    first: dict[str, int] = {}
    repeated: dict[str, list[int]] = {}
    for row, raw in rows:
        number = number_in(raw[ID_NUMBER])
        if number is not None and first.setdefault(number, row) != row:
            repeated.setdefault(number, [first[number]]).append(row)
    return repeated


def check_row(raw: Sequence, *, today: date, branches: BranchIndex, row: int = 1) -> CheckedRow:
    """One row on its own, as a form would ask."""
    return RosterCheck(today=today, branches=branches, repeated={}).check(row, raw)


def check_rows(rows: Iterable[tuple[int, Sequence]], *, today: date, branches: BranchIndex) -> list[CheckedRow]:
    """A whole file: each row checked, and each number that stands twice told at all its rows."""
    rows = list(rows)
    check = RosterCheck(today=today, branches=branches, repeated=repeated_numbers(rows))
    return [check.check(row, raw) for row, raw in rows]


def _standing_twice(row: int, rows: Sequence[int]) -> Unreadable:
    others = [str(other) for other in rows if other != row]
    listed = "、".join(others[:5]) + (f" 等 {len(others)}" if len(others) > 5 else "")
    return Unreadable("duplicate_in_file", f"和第 {listed} 行是同一个号码，只留一行")


def _before(joined_on: date) -> Unreadable:
    return Unreadable("date_order", f"早于加入党组织日期 {joined_on}，核对两个日期")


def _told(faults: list[tuple[int, Unreadable]], raw: Sequence) -> tuple[Fault, ...]:
    faults.sort(key=lambda fault: fault[0])
    return tuple(Fault(HEADINGS[place], why.code, why.message, _shown(place, raw[place])) for place, why in faults)


def _shown(place: int, raw: object) -> str:
    """What stands in a cell, as a list of refusals may show it: numbers of people masked, the rest cut short."""
    if place == ID_NUMBER:
        return mask_id_number(squeeze(raw))
    if place in (MOBILE_PHONE, LANDLINE):
        return mask_phone(squeeze(raw))
    text, longest = plain(raw), 6 if place == ADDRESS else 40
    return text[:longest] + "…" if len(text) > longest else text
