"""What stands in a book, in order, before it is PDF or Word: headings, tables, names and text, and nothing of how they look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from education.documents.selectors.content import BranchBook, Record
from education.rules import plain
from partyportal.core.days import chinese_day

PER_PAGE_NOTE = "摘要是记录内容的 SHA-256。内容改动一个字，摘要就完全不同；与系统里同一次会议的摘要对照，可知纸面和电子文件有没有被改过。"


class Cover(NamedTuple):
    title: str
    organisation: str
    span: str
    note: str


class Chapter(NamedTuple):
    """Begins a page; named in the contents."""

    title: str


class Sheet(NamedTuple):
    """Begins a meeting's page: its title and the line under it."""

    title: str
    sub: str
    anchor: str


class Contents(NamedTuple):
    """目录: (what, when, of what, anchor)."""

    lines: Sequence[tuple[str, str, str, str]]


class Pairs(NamedTuple):
    """Rows of label and value, two pairs a row or one over the whole width."""

    rows: Sequence[Sequence[str]]


class Section(NamedTuple):
    title: str


class Names(NamedTuple):
    names: Sequence[str]


class Text(NamedTuple):
    text: str


class Note(NamedTuple):
    text: str


class Grid(NamedTuple):
    """A table with heads; `widths` in parts of the whole, `numbers` the columns set right, `fine` ones in small letters."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    numbers: Sequence[int] = ()
    fine: Sequence[int] = ()


class Signatures(NamedTuple):
    names: Sequence[str]


Block = Cover | Chapter | Sheet | Contents | Pairs | Section | Names | Text | Note | Grid | Signatures


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A whole document: its title, its foot, its blocks."""

    title: str
    foot: str
    blocks: tuple[Block, ...] = field(default=())

    def signs(self) -> set[str]:
        """Every sign that has to be drawn."""
        found = set(self.title + self.foot)
        for block in self.blocks:
            found.update(*_words(block))
        return found


def _words(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _words(one)


def paper_of(book: BranchBook) -> Paper:
    """A branch's book, or of one meeting its sheet."""
    if book.is_one_meeting:
        return Paper(
            title=f"{book.short}{book.records[0].label}记录",
            foot=f"{book.branch}　截至 {book.as_of}",
            blocks=tuple(_sheet(book, book.records[0])),
        )
    return Paper(
        title=f"{book.short}{book.title}组织生活台账",
        foot=f"{book.short}　{book.title}组织生活台账　截至 {book.as_of}",
        blocks=tuple(_book(book)),
    )


def _book(book: BranchBook) -> Iterator[Block]:
    yield Cover("组织生活台账", book.branch, book.title, f"截至 {book.as_of}")
    yield Chapter("目录")
    yield Contents(
        (
            ("汇总", "", "", "汇总"),
            *((record.name, record.day, record.topic, record.uid) for record in book.records),
            *([("表决", "", f"{len(book.votes)} 件", "表决")] if book.votes else ()),
            ("党员学时", "", "", "党员学时"),
            ("缺漏", "", f"{len(book.gaps)} 项" if book.gaps else "没有", "缺漏"),
            ("校验清单", "", f"{len(book.records)} 次会议", "校验清单"),
        )
    )
    yield Chapter("汇总")
    yield from _totals(book)
    for record in book.records:
        yield from _sheet(book, record)
    if book.votes:
        yield Chapter("表决")
        yield Grid(
            ("日期", "议题", "怎么表决", "结果"),
            [(vote.held_on.isoformat(), vote.title, vote.how, vote.words) for vote in book.votes],
            (0.14, 0.24, 0.16, 0.46),
        )
        yield Note("只写票数，不写谁投了什么。支委会没有会议记录的表决也在这里。")
    yield Chapter("党员学时")
    yield from _study(book)
    yield Chapter("缺漏")
    yield from _gaps(book)
    yield Chapter("校验清单")
    yield Grid(
        ("日期", "会议", "版本", "摘要（SHA-256）"),
        [(record.day, record.name, str(record.version), record.digest) for record in book.records],
        (0.14, 0.2, 0.08, 0.58),
        numbers=(2,),
        fine=(3,),
    )
    yield Note(PER_PAGE_NOTE)
    yield Signatures(("制表人", "支部书记", "日期"))


def _totals(book: BranchBook) -> Iterator[Block]:
    if not book.kinds:
        yield Text("这段时间没有应开的会，也没有已确认的记录。")
        return
    yield Grid(
        ("种类", "应开", "已开", "补开", "记录", "应到人次", "实到人次", "到会率"),
        [
            (
                line.label,
                str(line.due),
                str(line.done),
                str(line.made_up),
                str(line.held),
                str(line.expected),
                str(line.present),
                share(line.present, line.expected),
            )
            for line in book.kinds
        ],
        (0.23, 0.1, 0.1, 0.1, 0.1, 0.13, 0.13, 0.11),
        numbers=(1, 2, 3, 4, 5, 6, 7),
    )
    yield Note(
        f"应开、已开、补开只算到 {book.as_of} 已经过完的月份，补开的不算已开；记录是这段时间里已确认的会议。到会率 = 实到人次 ÷ 应到人次。"
    )


def share(part: int, whole: int) -> str:
    """98%, and never 100% while one is missing."""
    if not whole:
        return "—"
    return "100%" if part >= whole else f"{part * 100 // whole}%"


def _sheet(book: BranchBook, record: Record) -> Iterator[Block]:
    group = f"　{record.group}" if record.group else ""
    yield Sheet(f"{record.label}记录", f"{book.branch}{group}　{record.held_on.year} 年第 {record.ordinal} 次", record.uid)
    day = f"{chinese_day(record.held_on, year=True)} {record.hours}".strip()
    hours = [("学时", f"{plain(record.study_hours)} 学时")] if record.study_hours else []
    yield Pairs(
        (
            ("日期", day, "地点", record.place or "—"),
            ("主持", record.host or "—", "记录", record.scribe or "—"),
            ("应到", f"{record.expected} 人", "实到", f"{record.present} 人"),
            *hours,
            *([("补课", f"补 {record.makes_up}的{record.label}")] if record.makes_up else ()),
            ("主题", record.topic),
        )
    )
    yield Section(f"到会 {record.present} 人")
    yield Names(record.came)
    if record.guests:
        yield Section(f"就近参加 {len(record.guests)} 人")
        yield Text("　".join(record.guests))
    missed = record.expected - record.present
    said = [f"未到 {missed} 人"] if missed else []
    said += [f"不计应到 {record.excused_count} 人"] if record.excused_count else []
    if said:
        yield Section("，".join(said))
        lines = (("请假", record.leave), ("缺席", record.absent), ("不计应到", record.excused))
        yield Pairs(tuple((label, "　".join(names)) for label, names in lines if names))
    if record.agenda:
        yield Section("议题")
        yield Text("\n".join(items_of(record)))
    if record.minutes or not record.agenda:
        yield Section("主要内容")
        yield Text(record.minutes or "没有写。")
    if record.decisions:
        yield Section("议定事项")
        yield Text(record.decisions)
    if record.votes:
        yield Section(f"表决 {len(record.votes)} 件")
        yield Text("\n".join(f"{at}. {vote.title}（{vote.how}）：{vote.words}" for at, vote in enumerate(record.votes, start=1)))
    yield Signatures(("主持人", "记录人", "支部书记"))
    yield Note(f"{record.confirmed}　第 {record.version} 版　摘要 {record.digest[:16]}")


def items_of(record: Record) -> Iterator[str]:
    """The agenda line by line: title, what was said, what was decided."""
    for at, item in enumerate(record.agenda, start=1):
        yield f"{at}. {item.title}"
        if item.said:
            yield item.said
        if item.decided:
            yield f"议定：{item.decided}"


def _study(book: BranchBook) -> Iterator[Block]:
    if not book.study:
        yield Text("这段时间名册上没有党员。")
        return
    rows = [
        (str(at), line.name, str(line.times), plain(line.hours) if line.hours else "0", _due(line.due, book), line.note)
        for at, line in enumerate(book.study, start=1)
    ]
    yield Grid(("序号", "姓名", "次数", "学时", "应学", "说明"), rows, (0.1, 0.26, 0.12, 0.14, 0.14, 0.24), numbers=(0, 2, 3, 4))
    yield Note(
        "学时从已确认的会议和学习记录来，在别的支部参加的也算。《党员教育管理工作条例》第二十条：每年集中学习不少于 32 学时；"
        "书记和班子成员按本县规定另计，每年至少参加 1 次集中培训。第二十三条：年老体弱的不作硬性要求。"
    )


def _due(due: int | None, book: BranchBook) -> str:
    return "—" if due is None and not book.is_whole_year else "不作要求" if due is None else str(due)


def _gaps(book: BranchBook) -> Iterator[Block]:
    if not book.gaps:
        yield Text(f"截至 {book.as_of}，应开的都开了，没有缺漏。")
        return
    yield Grid(("时间", "应开什么", "情况"), [(gap.when, gap.what, gap.state) for gap in book.gaps], (0.16, 0.28, 0.56))
    yield Note(
        f"应开 {book.due} 次，已开 {book.done} 次，补开 {book.made_up} 次。按《中国共产党支部工作条例（试行）》和本县应开次数，只看到 {book.as_of} 已经过完的月份。"
    )
