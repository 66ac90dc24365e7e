"""Reading a sheet of dues: its heading row found, each line's person found in the branch, every fault at its row and column.

A line is found by 姓名 and, where two share it, 身份号码后四位. A line nobody filled in (the template lists everybody) is
passed over: blank means no change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from branches.models import Organisation
from members.dues.models import DueMonth, DuesSheet, PayerKind, RateBand
from members.dues.models.bases import FIXED_KINDS
from members.dues.parameters import BACK_PAY_MONTHS
from members.dues.rules import band_for, base_faults, earliest_payable, monthly_due
from members.dues.services.bases import BaseLine
from members.models import Member
from members.rules.names import read_name
from partyportal.core.cells import Unreadable, heading, is_foot, plain, read_day, read_money, read_month, squeeze
from partyportal.core.days import month_of
from partyportal.core.parameters import value_on
from partyportal.core.workbook import UnusableFile, open_workbook

NAME, TAIL = "姓名", "身份号码后四位"
KIND, AMOUNT, FIXED, START = "党员类别", "交纳基数", "每月交", "从哪个月起"
UNTIL, PAID, DAY = "交到哪个月", "金额", "收款日"
COLUMNS = {
    DuesSheet.What.BASES: (NAME, TAIL, KIND, AMOUNT, FIXED, START),
    DuesSheet.What.PAYMENTS: (NAME, TAIL, UNTIL, PAID, DAY),
}
NEEDED = {DuesSheet.What.BASES: (NAME, KIND), DuesSheet.What.PAYMENTS: (NAME, PAID)}
ALIASES = {"党员姓名": NAME, "后四位": TAIL, "身份证后四位": TAIL, "类别": KIND, "基数": AMOUNT, "党费基数": AMOUNT, "每月应交": FIXED, "实交": PAID, "交纳金额": PAID, "交纳日期": DAY, "收款日期": DAY}  # fmt: skip
WITHIN = 30  # rows among which the heading is looked for

_KINDS = {str(label): value for value, label in PayerKind.choices} | {
    "在职": "salaried", "月薪": "salaried", "年薪": "annual", "个体": "self_employed", "退休": "retired",
    **dict.fromkeys(("学生", "下岗", "抚恤", "低保", "下岗失业"), "minimal"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a cell, and what to write instead."""

    row: int
    name: str
    column: str
    shown: str
    message: str


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """One line that can be written: a base or a payment of one member."""

    row: int
    member: Member
    base: BaseLine | None = None
    month: date
    monthly: Decimal | None = None  # what a month will cost
    amount: Decimal | None = None
    due: Decimal | None = None
    day: date | None = None

    @property
    def voluntary(self) -> Decimal:
        return self.amount - self.due

    @property
    def kind_words(self) -> str:
        return PayerKind(self.base.kind).label


@dataclass(kw_only=True)
class Told:
    """A sheet as it was read against the branch as it is now."""

    lines: list[SheetLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    passed: int = 0  # lines nobody filled in

    @property
    def refused(self) -> int:
        return len({fault.row for fault in self.faults})


def read_sheet(data: bytes, *, what: str, branch: Organisation, today: date) -> Told:
    """Everything the sheet says, good and bad; UnusableFile where it is no such sheet."""
    told, people, seen = Told(), _people(branch), {}
    check = _Bases(branch, today) if what == DuesSheet.What.BASES else _Payments(branch, today)
    for row, cells in _rows(data, what):
        name = _name(cells.get(NAME))
        if not check.is_filled(cells):
            told.passed += bool(name)
            continue
        faults: list[tuple[str, str]] = []
        member = _found(name, people, squeeze(cells.get(TAIL)), faults)
        if member and member.pk in seen:
            faults.append((NAME, f"第 {seen[member.pk]} 行已经有这个人，留一行。"))
        line = check.line(row, member, cells, faults)
        told.faults += [
            Fault(row=row, name=name, column=column, shown=plain(cells.get(column))[:40], message=message) for column, message in faults
        ]
        if member and line and not faults:
            seen[member.pk] = row
            told.lines.append(line)
    return told


def _rows(data: bytes, what: str) -> Iterator[tuple[int, dict[str, object]]]:
    needed = NEEDED[what]
    for sheet in open_workbook(data).calculated().sheets():
        rows = iter(sheet)
        for number, cells in rows:
            places: dict[str, list[int]] = {}
            for at, cell in enumerate(cells):
                said = heading(cell)
                if (column := ALIASES.get(said, said)) in COLUMNS[what]:
                    places.setdefault(column, []).append(at)
            if places.keys() >= set(needed):
                twice = next((column for column, found in places.items() if len(found) > 1), None)
                if twice:
                    raise UnusableFile(f"表头里有两列“{twice}”，只留一列再传。")
                for row, line in rows:
                    if is_foot(line):
                        continue
                    yield row, {column: line[at] if at < len(line) else "" for column, (at,) in places.items()}
                return
            if number >= WITHIN:
                break
    raise UnusableFile(f"没有找到表头：要有一行写着 {'、'.join(needed)}。下载模板填写最省事。")


def _people(branch: Organisation) -> dict[str, list[Member]]:
    people: dict[str, list[Member]] = {}
    for member in Member.objects.at_home().filter(branch=branch).defer("id_number").order_by("pinyin", "id"):
        people.setdefault("".join(member.name.split()), []).append(member)
    return people


def _name(raw: object) -> str:
    """As the roster writes it; what is no name stays as it stands, to be told."""
    name = read_name(raw)
    return name if isinstance(name, str) else "".join(plain(raw).split())


def _found(name: str, people: dict[str, list[Member]], tail: str, faults: list[tuple[str, str]]) -> Member | None:
    if not name:
        faults.append((NAME, "没有写姓名，看不出是谁的。"))
        return None
    namesakes = people.get(name, [])
    tail = tail.removesuffix(".0").upper()
    tail = tail.zfill(4) if tail.isdecimal() else tail  # a cell of numbers drops the zeros in front
    fitting = [member for member in namesakes if not tail or member.id_masked[-4:] == tail]
    if len(fitting) == 1:
        return fitting[0]
    if not namesakes:
        faults.append((NAME, "本支部名册里没有这个人，看看姓名写对没有。"))
    elif not fitting:
        faults.append((TAIL, "和名册里的身份号码后四位对不上。"))
    else:
        faults.append((TAIL, "支部里有同名的人，填上身份号码后四位。"))
    return None


def _money(raw: object, column: str, faults: list[tuple[str, str]]) -> Decimal | None:
    value = read_money(raw)
    if isinstance(value, Unreadable):
        faults.append((column, value.message))
        return None
    return value


def _month(raw: object, column: str, faults: list[tuple[str, str]], *, default: date) -> date:
    read = read_month(raw)
    if isinstance(read, Unreadable):
        faults.append((column, "写成 2026-11 这样的月份。"))
        return default
    return month_of(read) if read else default


class _Bases:
    """Checks of a line of bases."""

    def __init__(self, branch: Organisation, today: date):
        self.today, self._bands = today, {}

    def is_filled(self, cells: dict) -> bool:
        return any(plain(cells.get(column)) for column in (KIND, AMOUNT, FIXED))

    def line(self, row: int, member: Member | None, cells: dict, faults: list[tuple[str, str]]) -> SheetLine | None:
        kind = _KINDS.get(squeeze(cells.get(KIND)))
        if kind is None:
            faults.append((KIND, f"写成 {'、'.join(str(label) for label in PayerKind.labels)} 里的一种。"))
            return None
        start = _month(cells.get(START), START, faults, default=date(self.today.year, 1, 1))
        if abs(start.year - self.today.year) > 1:
            faults.append((START, "写今年、去年或明年的月份。"))
            return None
        takes_amount = kind not in FIXED_KINDS
        amount = _money(cells.get(AMOUNT), AMOUNT, faults) if takes_amount else None
        fixed = None if takes_amount else _money(cells.get(FIXED), FIXED, faults)
        if faults:
            return None
        if start not in self._bands:
            self._bands[start] = list(RateBand.objects.on(start))
        band = band_for(self._bands[start], kind=kind, amount=amount)
        names = {"amount": AMOUNT, "fixed": FIXED, "kind": KIND}
        faults += [(names[f.field], f.message) for f in base_faults(band, takes_amount=takes_amount, amount=amount, fixed=fixed)]
        if faults or member is None:
            return None
        monthly = monthly_due(band, amount=amount, fixed=fixed)
        return SheetLine(row=row, member=member, base=BaseLine(kind=kind, amount=amount, fixed=fixed), month=start, monthly=monthly)


class _Payments:
    """Checks of a line of payments, against what each owes now."""

    def __init__(self, branch: Organisation, today: date):
        self.today = today
        self._back = value_on(today, BACK_PAY_MONTHS)
        self._owed: dict[int, list[DueMonth]] = {}
        members = Member.objects.at_home().filter(branch=branch)
        for row in DueMonth.objects.owing().filter(member__in=members, year__gte=today.year - 1, year__lte=today.year).order_by("month"):
            self._owed.setdefault(row.member_id, []).append(row)

    def is_filled(self, cells: dict) -> bool:
        return read_money(cells.get(PAID)) is not None

    def line(self, row: int, member: Member | None, cells: dict, faults: list[tuple[str, str]]) -> SheetLine | None:
        until = _month(cells.get(UNTIL), UNTIL, faults, default=month_of(self.today))
        day = read_day(cells.get(DAY)) or self.today
        if isinstance(day, Unreadable):
            faults.append((DAY, day.message))
        elif day > self.today:
            faults.append((DAY, "收款日还没到，写实际收到钱的日子。"))
        elif month_of(day) < earliest_payable(self.today, back_pay_months=12):
            faults.append((DAY, "收款日太早，看看年份写对没有。"))
        if until.year > self.today.year:
            faults.append((UNTIL, "只能交到今年 12 月，明年的等核定了再交。"))
        amount = _money(cells.get(PAID), PAID, faults)
        if faults or member is None or amount is None:
            return None
        first = earliest_payable(day, back_pay_months=self._back)
        due = sum((one.due for one in self._owed.get(member.pk, ()) if first <= one.month <= until), Decimal(0))
        if not due:
            faults.append((UNTIL, "到这个月没有要交的：已经交过，或者还没有核定基数。"))
        elif amount < due:
            faults.append((PAID, f"到这个月应交 {due:.2f} 元，收到的不够。"))
        return SheetLine(row=row, member=member, month=until, amount=amount, due=due, day=day)
