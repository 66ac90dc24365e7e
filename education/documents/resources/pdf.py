"""A paper as PDF: A4, black on white, three-line tables, the font's used signs embedded. Same paper, same bytes."""

from collections.abc import Iterator
from functools import cache
from html import escape
from io import BytesIO
from itertools import zip_longest

from reportlab.lib import textsplit
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Spacer, Table, TableStyle
from reportlab.platypus import paragraph as paragraphs

from education.documents.resources import fonts
from education.documents.resources.fonts import BOLD, REGULAR
from education.documents.resources.pages import (
    Block,
    Chapter,
    Contents,
    Cover,
    Grid,
    Names,
    Note,
    Pairs,
    Paper,
    Section,
    Sheet,
    Signatures,
    Text,
)
from education.documents.rules import printable

INK, PALE, HAIR = HexColor("#211E1A"), HexColor("#575048"), HexColor("#BDB4A6")
MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
NAMES_A_LINE = 7
LONGEST_LINE = 600  # signs
FOOT_TOTAL = A4[0] - MARGIN - 8 * mm  # where the number of pages begins: room for two digits and 页
# reportlab hangs what may not begin a line on the end of the one before, but its list is Japanese and lacks these.
for _module in (textsplit, paragraphs):
    _module.ALL_CANNOT_START += "，；：？！”’…"


def as_pdf(paper: Paper) -> bytes:
    """Set once: what only the end knows (on which page each thing begins, how many there are) stands in forms that are filled in last."""
    for name in (REGULAR, BOLD):
        fonts.face(name)
    file = BytesIO()
    setting = _Setting(file, paper)
    setting.build(list(setting.story()), canvasmaker=setting.canvas)
    return file.getvalue()


class _Canvas(Canvas):
    """Has its setting fill in the numbers before it is written."""

    setting: "_Setting"

    def save(self):
        self.setting.fill_in(self)
        super().save()


class _Anchor(Flowable):
    """Notes on which page something begins, and puts it into the reader's outline."""

    def __init__(self, setting: "_Setting", key: str, title: str, level: int):
        super().__init__()
        self.setting, self.key, self.title, self.level = setting, key, title, level

    def wrap(self, *_):
        return 0, 0

    def draw(self):
        self.setting.begun[self.key] = self.canv.getPageNumber()
        self.canv.bookmarkPage(self.key)
        self.canv.addOutlineEntry(self.title, self.key, self.level, closed=True)


class _PageOf(Flowable):
    """The number of the page on which something begins, right-aligned where it stands."""

    def __init__(self, setting: "_Setting", anchor: str):
        super().__init__()
        self.setting, self.anchor = setting, anchor

    def wrap(self, *_):
        return 0, 14

    def draw(self):
        self.setting.asked.append(self.anchor)
        self.canv.doForm(f"page{len(self.setting.asked)}")


class _Setting(BaseDocTemplate):
    """One run over a paper."""

    def __init__(self, file: BytesIO, paper: Paper):
        super().__init__(
            file, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=24 * mm, title=paper.title
        )
        frame = Frame(MARGIN, 24 * mm, WIDTH, A4[1] - MARGIN - 24 * mm, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        self.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=self._foot)])
        self.paper, self.begun, self.asked = paper, {}, []

    def canvas(self, *args, **kwargs) -> _Canvas:
        canvas = _Canvas(*args, **kwargs | {"invariant": 1, "pageCompression": 1, "lang": "zh-CN"})
        canvas.setting = self
        canvas.setTitle(self.paper.title)
        canvas.setAuthor("")
        canvas.setCreator("partyportal")
        canvas.setProducer("partyportal")
        return canvas

    def fill_in(self, canvas: Canvas) -> None:
        """The numbers that had to wait for the last page."""
        canvas.beginForm("total")
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(PALE)
        canvas.drawString(FOOT_TOTAL, 12.5 * mm, f"{self.page} 页")
        canvas.endForm()
        for at, anchor in enumerate(self.asked, start=1):
            canvas.beginForm(f"page{at}", lowerx=-40, lowery=-4)
            canvas.setFont(REGULAR, 10.5)
            canvas.setFillColor(INK)
            canvas.drawRightString(0, 2.8, str(self.begun[anchor]))
            canvas.endForm()

    def _foot(self, canvas: Canvas, _) -> None:
        canvas.setStrokeColor(HAIR)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, 17 * mm, A4[0] - MARGIN, 17 * mm)
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(PALE)
        canvas.drawString(MARGIN, 12.5 * mm, printable(self.paper.foot))
        canvas.drawRightString(FOOT_TOTAL, 12.5 * mm, f"第 {canvas.getPageNumber()} 页，共 ")
        canvas.doForm("total")

    def story(self) -> Iterator[Flowable]:
        begun = False
        for block in self.paper.blocks:
            if isinstance(block, Cover | Chapter | Sheet) and begun:
                yield PageBreak()
            begun = True
            yield from self._flow(block)

    def _flow(self, block: Block) -> Iterator[Flowable]:
        match block:
            case Cover():
                yield Spacer(0, 70 * mm)
                yield _text(block.title, "cover")
                yield Spacer(0, 8 * mm)
                yield _text(block.organisation, "owner")
                yield _text(block.span, "owner")
                yield Spacer(0, 70 * mm)
                yield _text(block.note, "sub")
            case Chapter():
                yield _Anchor(self, block.title, block.title, 0)
                yield _text(block.title, "chapter")
            case Sheet():
                yield _Anchor(self, block.anchor, block.title, 0)
                yield _text(block.title, "sheet")
                yield _text(block.sub, "sub")
                yield Spacer(0, 5 * mm)
            case Contents():
                yield self._contents(block)
            case Section():
                yield _text(block.title, "section")
            case Pairs():
                yield _pairs(block)
            case Names():
                yield _names(block)
            case Text():
                yield _ruled([[_text(line, "body")] for line in _lines(block.text)], [WIDTH], *_RUNNING)
            case Note():
                yield Spacer(0, 2 * mm)
                yield _text(block.text, "fine")
            case Grid():
                yield _grid(block)
            case Signatures():
                yield _signatures(block)

    def _contents(self, block: Contents) -> Table:
        rows = [["内容", "日期", "主题", "页"]]
        rows += [[_link(what, anchor), when, _text(of, "cell"), _PageOf(self, anchor)] for what, when, of, anchor in block.lines]
        return _lined(rows, [WIDTH * part for part in (0.26, 0.15, 0.51, 0.08)], numbers=(3,))


def _lines(text: str) -> list[str]:
    """A row for each line typed, and no row too long: to break a long one over pages, reportlab sets all the rest of it anew on each."""
    found = []
    for line in printable(text).splitlines() or [""]:
        while len(line) > LONGEST_LINE:
            end = line.rfind("。", LONGEST_LINE // 2, LONGEST_LINE) + 1 or LONGEST_LINE
            found.append(line[:end])
            line = line[end:]
        found.append(line)
    return found


def _text(text: str, style: str) -> Paragraph:
    lines = escape(printable(text), quote=False).replace("\t", "　").splitlines() or [""]
    return Paragraph("<br/>".join(lines), _styles()[style])


def _link(text: str, anchor: str) -> Paragraph:
    return Paragraph(f'<a href="#{escape(anchor)}">{escape(printable(text), quote=False)}</a>', _styles()["cell"])


@cache
def _styles() -> dict[str, ParagraphStyle]:
    body = ParagraphStyle("body", fontName=REGULAR, fontSize=10.5, leading=17, textColor=INK, wordWrap="CJK")

    def like(name: str, **more) -> ParagraphStyle:
        return ParagraphStyle(name, parent=body, **more)

    return {
        "body": body,
        "cell": like("cell", leading=14),
        "label": like("label", leading=14, textColor=PALE),
        "number": like("number", leading=14, alignment=TA_RIGHT),
        "tiny": like("tiny", fontSize=7, leading=9, wordWrap="CJK"),
        "fine": like("fine", fontSize=8.5, leading=13, textColor=PALE),
        "section": like("section", fontName=BOLD, leading=16, spaceBefore=4.5 * mm, spaceAfter=1.5 * mm, keepWithNext=1),
        "chapter": like("chapter", fontName=BOLD, fontSize=16, leading=24, spaceAfter=4 * mm),
        "sheet": like("sheet", fontName=BOLD, fontSize=18, leading=28, alignment=TA_CENTER),
        "sub": like("sub", textColor=PALE, alignment=TA_CENTER),
        "cover": like("cover", fontName=BOLD, fontSize=30, leading=44, alignment=TA_CENTER),
        "owner": like("owner", fontSize=15, leading=26, alignment=TA_CENTER),
    }


_BASE = [
    ("FONT", (0, 0), (-1, -1), REGULAR, 10.5, 14),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ("TOPPADDING", (0, 0), (-1, -1), 4),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ("LINEABOVE", (0, 0), (-1, 0), 0.9, INK),
    ("LINEBELOW", (0, -1), (-1, -1), 0.9, INK),
]
_RUNNING = [("TOPPADDING", (0, 1), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -2), 0)]
_INNER = ("LINEBELOW", (0, 0), (-1, -2), 0.4, HAIR)


def _ruled(rows: list, widths: list[float], *more) -> Table:
    # A paragraph may be longer than a page: its row is split rather than refused.
    return Table(rows, colWidths=widths, style=TableStyle([*_BASE, *more]), splitInRow=1, hAlign="LEFT")


def _pairs(block: Pairs) -> Table:
    rows, spans = [], []
    for at, row in enumerate(block.rows):
        label, value, *second = row
        rows.append(
            [
                _text(label, "label"),
                _text(value, "cell"),
                *(_text(word, style) for word, style in zip(second, ("label", "cell"), strict=False)),
            ]
        )
        if not second:
            rows[-1] += ["", ""]
            spans.append(("SPAN", (1, at), (3, at)))
    return _ruled(rows, [WIDTH * part for part in (0.13, 0.49, 0.13, 0.25)], _INNER, *spans)


def _names(block: Names) -> Table:
    lines = list(zip_longest(*[iter(block.names)] * NAMES_A_LINE, fillvalue="")) or [("—",)]
    rows = [[_text(name, "cell") if name else "" for name in line] for line in lines]
    return _ruled(rows, [WIDTH / NAMES_A_LINE] * len(rows[0]))


def _grid(block: Grid) -> Table:
    rows = [list(block.headings)]
    for row in block.rows:
        rows.append([_cell(value, at, block) for at, value in enumerate(row)])
    return _lined(rows, [WIDTH * part for part in block.widths], numbers=block.numbers)


def _cell(value: str, at: int, block: Grid) -> Paragraph | str:
    if at in block.numbers:
        return value
    return _text(value, "tiny" if at in block.fine else "cell")


def _lined(rows: list, widths: list[float], *, numbers=()) -> Table:
    right = [line for at in numbers for line in (("ALIGN", (at, 0), (at, -1), "RIGHT"), ("RIGHTPADDING", (at, 0), (at, -1), 12))]
    head = [("FONT", (0, 0), (-1, 0), BOLD, 10.5, 14), ("LINEBELOW", (0, 0), (-1, 0), 0.6, INK)]
    return Table(rows, colWidths=widths, repeatRows=1, hAlign="LEFT", style=TableStyle([*_BASE, _INNER, *right, *head]))


def _signatures(block: Signatures) -> Table:
    gap = 8 * mm
    width = (WIDTH - gap * (len(block.names) - 1)) / len(block.names)
    row, widths, lines = [], [], []
    for at, name in enumerate(block.names):
        if at:
            row.append("")
            widths.append(gap)
        lines.append(("LINEBELOW", (len(row), 0), (len(row), 0), 0.9, INK))
        row.append(name)
        widths.append(width)
    style = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 10.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 10 * mm),
        *lines,
    ]
    return Table([row], colWidths=widths, style=TableStyle(style), hAlign="LEFT")
