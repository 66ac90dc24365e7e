"""汇总: the branches of a subtree on one list, from what each branch's book said."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from education.documents.resources.pages import Chapter, Cover, Grid, Note, Paper, Signatures, Text, share
from education.documents.selectors.content import BranchBook
from partyportal.core.sheets import Sheet, write_book

HEADINGS = ("代码", "党支部", "应开", "已开", "缺", "补开", "记录", "应到人次", "实到人次", "到会率")
GAPS = ("党支部", "时间", "应开什么", "情况")


class Line(NamedTuple):
    """One branch of the list."""

    code: str
    name: str
    due: int
    done: int
    made_up: int
    held: int
    expected: int
    present: int
    gaps: list[list[str]]

    @classmethod
    def of(cls, book: BranchBook) -> "Line":
        return cls(
            code=book.code,
            name=book.short,
            due=book.due,
            done=book.done,
            made_up=book.made_up,
            held=len(book.records),
            expected=sum(record.expected for record in book.records),
            present=sum(record.present for record in book.records),
            gaps=[[gap.when, gap.what, gap.state] for gap in book.gaps],
        )

    @property
    def row(self) -> tuple:
        rate = share(self.present, self.expected)
        return (self.code, self.name, self.due, self.done, self.due - self.done, self.made_up, self.held, self.expected, self.present, rate)


def _total(lines: Sequence[Line]) -> tuple:
    whole = Line("", "合计", *(sum(line[at] for line in lines) for at in range(2, 8)), gaps=[])
    return whole.row


def summary_paper(name: str, short: str, span: str, as_of: date, lines: Sequence[Line]) -> Paper:
    title = f"{short}{span}组织生活台账汇总"
    rows = [tuple(str(value) for value in row) for row in (*(line.row for line in lines), _total(lines))]
    gaps = [(line.name, *gap) for line in lines for gap in line.gaps]
    blocks = [
        Cover("组织生活台账汇总", name, span, f"截至 {as_of}"),
        Chapter("各支部"),
        Grid(HEADINGS, rows, (0.13, 0.21, 0.07, 0.07, 0.07, 0.07, 0.08, 0.11, 0.11, 0.08), numbers=tuple(range(2, 10)), fine=(0,)),
        Note(f"按党组织代码排列。应开、已开、补开只算到 {as_of} 已经过完的月份。"),
        Chapter("缺漏"),
        Grid(GAPS, gaps, (0.28, 0.18, 0.26, 0.28)) if gaps else Text("应开的都开了，没有缺漏。"),
        Signatures(("制表人", "负责人", "日期")),
    ]
    return Paper(title=title, foot=f"{title}　截至 {as_of}", blocks=tuple(blocks))


def summary_xlsx(name: str, short: str, span: str, as_of: date, lines: Sequence[Line]) -> bytes:
    head = f"{name}{span}组织生活台账汇总　截至 {as_of}"
    sheets = [
        Sheet("各支部", head, HEADINGS, [*(line.row for line in lines), _total(lines)]),
        Sheet("缺漏", head, GAPS, [(line.name, *gap) for line in lines for gap in line.gaps]),
    ]
    with write_book(sheets) as file:
        return file.read()
