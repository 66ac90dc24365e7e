"""党内统计年报: the national form's tables that this portal's data can fill, and which it leaves out and why.

The numbering is that of the 2012 list (DOMAIN §9: 1 两年党员数 … 14–15 发展). A table is rows of a label and tallies; the page and the
sheets show the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from members.statistics.people import NOBODY, Tally
from members.statistics.traits import MEASURES, TRAIT
from members.statistics.year import DECREASES, INCREASES, OUT_OF_PARTY, Year

LABEL = {code: label for code, label, _ in MEASURES}
LEFT_OUT = (
    ("表八", "民主评议党员情况", "在考核模块按支部会议记录办，不由党员名册统计"),
    ("表九", "党员培训情况", "在学习教育模块按学时记录办"),
    ("表十二", "表彰情况", "在关怀帮扶模块登记表彰后另出"),
)


@dataclass(frozen=True)
class Row:
    """One line; `kind` is total for sums, part for what stands under a sum. `people`: the day, trait and cell it counts, if it is one."""

    label: str
    tally: Tally
    kind: str = ""
    people: tuple[date, str, str] | None = None

    @property
    def asks(self) -> str:
        """The query of the page that names those it counts; nothing of none."""
        return urlencode(dict(zip(("on", "trait", "key"), self.people, strict=True))) if self.people and self.tally.count else ""


@dataclass(frozen=True)
class Table:
    """One table of the yearly report."""

    number: str
    title: str
    measures: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def headings(self) -> list[str]:
        return ["项目", "合计", *(LABEL[code] for code in self.measures)]

    @property
    def filled(self) -> list[tuple[str, str, list[int], str]]:
        """The lines that hold anything, and the sums, each with the query of those it counts: what a page shows; the sheet has them all."""
        lines = zip(self.lines, self.rows, strict=True)
        return [(*line, row.asks) for line, row in lines if row.tally.count or row.kind != "part"]

    @property
    def lines(self) -> list[tuple[str, str, list[int]]]:
        """(label, kind, figures)."""
        return [(row.label, row.kind, [row.tally.count, *(row.tally.of.get(code, 0) for code in self.measures)]) for row in self.rows]


PEOPLE = ("women", "minority")
WHOLE = ("women", "minority", "young", "college", "probationary")


def tables(year: Year) -> list[Table]:
    """Every table of one organisation's year, in the form's order."""
    return [
        _two_years(year),
        _basics(year),
        _divided(year, "表三", "党员入党时间", "era", (*PEOPLE, "college")),
        _divided(year, "表四", "党员学历", "education", (*PEOPLE, "young")),
        _units(year, "表五", "乡镇、村党组织的党员", (("township", "乡镇机关"), ("village", "村"))),
        _units(year, "表六", "街道、社区党组织的党员", (("community", "社区"),)),
        _students(year),
        _out(year),
        _who_left(year),
        _full(year),
        _admitted(year),
        _admitted_work(year),
    ]


def _two_years(year: Year) -> Table:
    rows = [
        Row(f"{year.opening.year}年底党员", year.before, "total", (year.opening, "", "")),
        Row("本年增加", year.gained, "total"),
        *(Row(label, year.flow(f"in:{code}"), "part") for code, label in INCREASES),
        Row("本年减少", year.lost, "total"),
        *(Row(label, year.flow(f"out:{code}"), "part") for code, label in DECREASES),
        Row(f"{year.closing:%Y-%m-%d}党员", year.after, "total", (year.closing, "", "")),
    ]
    check = f"{year.before.count} ＋ {year.gained.count} − {year.lost.count} ＝ {year.after.count}"
    return Table("表一", "两年党员数", PEOPLE, tuple(rows), f"校验：{check}{'' if year.balances else '，不平'}。停止党籍的不计入党员数。")


def _basics(year: Year) -> Table:
    rows = [Row("党员总数", year.after, "total", (year.closing, "", ""))]
    for code in ("category", "age", "occupation"):
        rows.append(Row(f"按{TRAIT[code].title}", NOBODY, "head"))
        rows += _cells(year, code)
    return Table("表二", "党员基本情况", WHOLE, tuple(rows))


def _divided(year: Year, number: str, title: str, trait: str, measures: tuple[str, ...]) -> Table:
    everybody = Row("合计", year.after, "total", (year.closing, "", ""))
    return Table(number, title, measures, (everybody, *_cells(year, trait)))


def _cells(year: Year, trait: str) -> list[Row]:
    return [Row(label, year.at_end(trait, key), "part", (year.closing, trait, key)) for key, label in TRAIT[trait].cells]


def _units(year: Year, number: str, title: str, units: tuple[tuple[str, str], ...]) -> Table:
    rows = [Row(label, year.units.get(code, {}).get(("", ""), NOBODY), "part") for code, label in units]
    everybody = Row("合计", _sum(row.tally for row in rows), "total")
    return Table(number, title, WHOLE, (everybody, *rows), "按支部现在的单位类别分。")


def _students(year: Year) -> Table:
    students = Row("学生党员", year.at_end("occupation", "student"), "total", (year.closing, "occupation", "student"))
    schools = Row("学校党组织的党员", year.units.get("school", {}).get(("", ""), NOBODY))
    return Table("表七", "学生党员", WHOLE, (students, schools), "学生按工作岗位一栏认。")


def _out(year: Year) -> Table:
    labels = dict(DECREASES)
    rows = [Row(labels[code], year.flow(f"left:{code}"), "part") for code in OUT_OF_PARTY]
    return Table(
        "表十",
        "出党情况",
        ("women", "minority", "young", "college"),
        (Row("合计", _sum(row.tally for row in rows), "total"), *rows),
        "先停止党籍、后来除名的，在停止的那年计入表一的减少，在除名的那年计入本表。",
    )


def _who_left(year: Year) -> Table:
    return Table(
        "表十一",
        "出党人员结构",
        PEOPLE,
        tuple(_structure(year, [f"left:{code}" for code in OUT_OF_PARTY], "age", "education", "occupation")),
    )


def _full(year: Year) -> Table:
    rows = (
        Row("转为正式党员", year.flow("full")),
        Row("取消预备党员资格", year.flow("left:cancelled")),
        Row("年底预备期已满、还没有结果", year.flow("undecided")),
    )
    return Table("表十三", "预备党员转正", (*PEOPLE, "young", "college"), rows)


def _admitted(year: Year) -> Table:
    return Table("表十四", "发展党员", (*PEOPLE, "college"), tuple(_structure(year, ["in:admitted"], "age", "education")))


def _admitted_work(year: Year) -> Table:
    return Table("表十五", "发展党员的职业", PEOPLE, tuple(_structure(year, ["in:admitted"], "occupation")))


def _structure(year: Year, flows: list[str], *traits: str) -> Iterable[Row]:
    yield Row("合计", _sum(year.flow(label) for label in flows), "total")
    for code in traits:
        yield Row(f"按{TRAIT[code].title}", NOBODY, "head")
        for key, label in TRAIT[code].cells:
            yield Row(label, _sum(year.flow(flow, code, key) for flow in flows), "part")


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, NOBODY)
