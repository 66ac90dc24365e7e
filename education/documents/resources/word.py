"""A paper as docx: the same pages as the PDF, to be changed in Word or WPS, with the font's used signs embedded. Same paper, same bytes."""

import hashlib
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from itertools import zip_longest
from uuid import UUID

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from education.documents.resources import archive, fonts
from education.documents.resources.fonts import BOLD, FAMILY, REGULAR
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

PALE = RGBColor(0x57, 0x50, 0x48)
WIDTH = 170  # mm between the margins
NAMES_A_LINE = 7
RULE, HAIR = (8, "211E1A"), (4, "BDB4A6")  # a line's eighths of a point, and its colour
PALE_RUN = '<w:color w:val="575048"/>'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def as_docx(paper: Paper) -> bytes:
    document = Document()
    _set_up(document, paper)
    begun = False
    for block in paper.blocks:
        if isinstance(block, Cover | Chapter | Sheet) and begun:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        begun = True
        _add(document, block)
    file = BytesIO()
    document.save(file)
    return _embedded(file.getvalue(), sorted(paper.signs() | set("0123456789 第页，共目录")))


def _set_up(document: Document, paper: Paper) -> None:
    told = document.core_properties
    told.title, told.author, told.last_modified_by, told.comments, told.language = paper.title, "", "", "", "zh-CN"
    told.created = told.modified = datetime(2000, 1, 1, tzinfo=UTC)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = Mm(20)
    section.bottom_margin, section.footer_distance = Mm(24), Mm(11)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FAMILY, Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FAMILY)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.35
    for level, size in ((1, 16), (2, 10.5)):
        style = document.styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.bold, style.font.color.rgb = FAMILY, Pt(size), True, RGBColor(0x21, 0x1E, 0x1A)
        fonts_of = style.element.rPr.rFonts
        for name in list(fonts_of.attrib):
            del fonts_of.attrib[name]
        for name in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts_of.set(qn(name), FAMILY)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12 if level == 2 else 0), Pt(4 if level == 2 else 10)
    stops = document.styles["Footer"].paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    foot = section.footer.paragraphs[0]
    _run(foot, f"{printable(paper.foot)}\t第 ", size=8, pale=True)
    _counter(foot, "PAGE")
    _run(foot, " 页，共 ", size=8, pale=True)
    _counter(foot, "NUMPAGES")
    _run(foot, " 页", size=8, pale=True)


def _add(document: Document, block: Block) -> None:
    match block:
        case Cover():
            for _ in range(11):
                document.add_paragraph()
            _centred(document, block.title, size=30, bold=True)
            document.add_paragraph()
            _centred(document, block.organisation, size=15)
            _centred(document, block.span, size=15)
            for _ in range(11):
                document.add_paragraph()
            _centred(document, block.note, pale=True)
        case Chapter():
            document.add_heading(printable(block.title), 1)
        case Sheet():
            title = document.add_heading("", 1)
            title.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _run(title, block.title, size=18, bold=True)
            _centred(document, block.sub, pale=True)
            document.add_paragraph()
        case Contents():
            rows = [("内容", "日期", "主题"), *((what, when, of) for what, when, of, _ in block.lines)]
            _table(document, rows, (0.3, 0.15, 0.55), headed=True)
        case Section():
            document.add_heading(printable(block.title), 2)
        case Pairs():
            _pairs(document, block)
        case Names():
            lines = list(zip_longest(*[iter(block.names)] * NAMES_A_LINE, fillvalue="")) or [("—",)]
            _table(document, lines, [1 / NAMES_A_LINE] * len(lines[0]), ruled=False)
        case Text():
            _table(document, [(block.text,)], (1,))
        case Note():
            _run(document.add_paragraph(), block.text, size=8.5, pale=True)
        case Grid():
            _table(document, [block.headings, *block.rows], block.widths, headed=True, numbers=block.numbers, fine=block.fine)
        case Signatures():
            document.add_paragraph()
            document.add_paragraph()
            _table(document, [block.names], [1 / len(block.names)] * len(block.names), outer=False)


def _centred(document: Document, text: str, **look) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, **look)


def _run(paragraph: Paragraph, text: str, *, size: float = 0, bold: bool = False, pale: bool = False) -> None:
    run = paragraph.add_run(printable(text))
    if size:
        run.font.size = Pt(size)
    if bold:
        run.font.bold = True
    if pale:
        run.font.color.rgb = PALE


def _counter(paragraph: Paragraph, what: str) -> None:
    """A field that Word fills in: the page, the number of pages."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), what)
    run = OxmlElement("w:r")
    look = parse_xml(f'<w:rPr {nsdecls("w")}><w:color w:val="575048"/><w:sz w:val="16"/></w:rPr>')
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(look)
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _pairs(document: Document, block: Pairs) -> None:
    _table(document, block.rows, (0.13, 0.49, 0.13, 0.25), pale=(0, 2))


def _table(
    document: Document,
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    headed: bool = False,
    numbers: Sequence[int] = (),
    fine: Sequence[int] = (),
    pale: Sequence[int] = (),
    ruled: bool = True,
    outer: bool = True,
) -> None:
    """A three-line table, as XML at once: python-docx finds a cell anew each time it is asked for one. A short row's last cell spans the rest."""
    twips = [round(WIDTH * width * 56.7) for width in widths]
    lines = {"top": RULE if outer else None, "bottom": RULE, "insideH": HAIR if ruled else None}
    borders = "".join(f'<w:{side} w:val="single" w:sz="{line[0]}" w:color="{line[1]}"/>' for side, line in lines.items() if line)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    body = []
    for at, row in enumerate(rows):
        heads = headed and not at
        looks = f"{'<w:cantSplit/>' if len(rows) > 1 else ''}{'<w:tblHeader/>' if heads else ''}"
        cells = []
        for column, value in enumerate(row):
            spanned = twips[column:] if column == len(row) - 1 else twips[column : column + 1]
            right = column in numbers
            size = 14 if column in fine and at else 0
            cells.append(_cell(str(value), sum(spanned), len(spanned), bold=heads, right=right, size=size, pale=column in pale))
        body.append(f"<w:tr><w:trPr>{looks}</w:trPr>{''.join(cells)}</w:tr>")
    table = (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(body)}</w:tbl>'
    )
    document.element.body.insert_element_before(parse_xml(table), "w:sectPr")


def _cell(text: str, width: int, spans: int, *, bold: bool, right: bool, size: int, pale: bool) -> str:
    across = f'<w:gridSpan w:val="{spans}"/>' if spans > 1 else ""
    sized = f'<w:sz w:val="{size}"/>' if size else ""
    aligned = '<w:jc w:val="right"/>' if right else ""
    look = f"{'<w:b/>' if bold else ''}{PALE_RUN if pale else ''}{sized}"
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in printable(text).replace("\t", "　").splitlines() or [""]
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{across}</w:tcPr><w:p><w:pPr><w:spacing w:before="40" w:after="40"/>'
        f"{aligned}</w:pPr><w:r><w:rPr>{look}</w:rPr>{lines}</w:r></w:p></w:tc>"
    )


def _embedded(content: bytes, signs: Sequence[str]) -> bytes:
    """The docx with its font inside, and every moment of packing taken out."""
    with zipfile.ZipFile(BytesIO(content)) as box:
        files = {name: box.read(name) for name in box.namelist()}
    faces, relations = "", ""
    for at, (name, tag) in enumerate(((REGULAR, "embedRegular"), (BOLD, "embedBold")), start=1):
        font = fonts.subset(name, signs)
        key = UUID(bytes=hashlib.sha256(font).digest()[:16])
        files[f"word/fonts/font{at}.odttf"] = _veiled(font, key)
        faces += f'<w:{tag} r:id="rId{at}" w:fontKey="{{{str(key).upper()}}}" w:subsetted="1"/>'
        relations += f'<Relationship Id="rId{at}" Type="{_RELATIONS}/font" Target="fonts/font{at}.odttf"/>'
    files["word/fontTable.xml"] = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:fonts {nsdecls("w")} xmlns:r="{_RELATIONS}"><w:font w:name="{FAMILY}"><w:altName w:val="宋体"/><w:charset w:val="86"/>'
        f'<w:family w:val="auto"/><w:pitch w:val="variable"/>{faces}</w:font></w:fonts>'
    ).encode()
    files["word/_rels/fontTable.xml.rels"] = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>'
    ).encode()
    kinds = files["[Content_Types].xml"].decode()
    font_kind = '<Default Extension="odttf" ContentType="application/vnd.openxmlformats-officedocument.obfuscatedFont"/>'
    files["[Content_Types].xml"] = kinds.replace("<Default ", f"{font_kind}<Default ", 1).encode()
    settings = files["word/settings.xml"].decode()
    at = settings.index("<w:zoom") if "<w:zoom" in settings else settings.index(">", settings.index("<w:settings")) + 1
    end = settings.index("/>", at) + 2 if "<w:zoom" in settings else at
    files["word/settings.xml"] = f"{settings[:end]}<w:embedTrueTypeFonts/><w:saveSubsetFonts/>{settings[end:]}".encode()
    return archive.packed(sorted(files.items(), key=lambda file: (file[0] != "[Content_Types].xml", file[0])))


def _veiled(font: bytes, key: UUID) -> bytes:
    """ECMA-376 part 4 §2.8.1: the first 32 bytes under the key, so that nobody takes the font for one to install."""
    mask = key.bytes[::-1] * 2
    return bytes(byte ^ veil for byte, veil in zip(font[:32], mask, strict=True)) + font[32:]
