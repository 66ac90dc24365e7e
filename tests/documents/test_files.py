"""The files themselves: a golden book by its words and by its picture, rare characters, hostile text, and what LibreOffice makes of them."""

import io
import os
import shutil
import subprocess
import zipfile
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image, ImageChops, ImageStat
from reportlab.pdfbase.ttfonts import TTFontFile

from education.documents.resources import archive, fonts
from education.documents.resources.excel import as_xlsx
from education.documents.resources.pages import paper_of
from education.documents.resources.pdf import as_pdf
from education.documents.resources.word import as_docx
from education.documents.selectors.content import BranchBook, Gap, Item, KindLine, Record, StudyLine, Vote
from tests.documents.shapes import fonts_of_pdf, office_faults

GOLDEN = Path(__file__).parent.parent / "data" / "golden"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))  # writes the golden files anew: look at them before they are committed
NAMES = ("程勇庆", "戴鹏", "龚莉娜", "郝琴", "胡超强", "孔春琴", "㛃小娜", "龙䶮", "汪辉世")


def record(at: int = 1, **fields) -> Record:
    told = {
        "uid": str(UUID(int=at)),
        "version": 1,
        "kind": "theme_day",
        "label": "主题党日",
        "group": "",
        "held_on": date(2026, 10, 20),
        "hours": "9:00–11:00",
        "ordinal": at,
        "place": "村党员活动室",
        "host": "程勇庆",
        "scribe": "戴鹏",
        "topic": "冬季防火和换届准备",
        "minutes": "学习森林防火条例。分八个片区巡查，每片两人，12 月 1 日起排班。\n说明支委会换届的时间和程序，征求党员意见。",
        "decisions": "汪辉世 11月28日前排好巡查表。",
        "study_hours": Decimal(2),
        "expected": 12,
        "present": 9,
        "excused_count": 2,
        "came": NAMES,
        "guests": ("潘山洋（石柳村党支部）",),
        "leave": ("刘明（外出）", "薛永云"),
        "absent": ("姚浩永",),
        "excused": ("陈辉文（流动党员）", "汤艳岚（支部同意免会）"),
        "confirmed": "吕山东 2026-10-22 10:31 确认",
        "digest": f"{at:064x}",
    }
    return Record(**told | fields)


VOTE = Vote(
    held_on=date(2026, 9, 9),
    title="同意修通村到组道路",
    how="党员大会决议，无记名纸票",
    words="应到会有表决权 10 人，实到 9 人；发出 9 张，收回 9 张，废票 0 张。赞成 8 票，反对 1 票，弃权 0 票。通过。",
)
AGENDA = (
    Item(title="通报 8 月账目（郝琴汇报）", said="逐项念了收支，没有意见。", decided=""),
    Item(title="道路筹工", said="", decided="每户两天。"),
)


def whole_record() -> Record:
    """One with an agenda, a vote, and a missed month that it makes up for."""
    told = {"kind": "assembly", "label": "党员大会", "held_on": date(2026, 9, 9), "makes_up": "2026 年 6 月"}
    return record(2, **told, minutes="", decisions="", guests=(), agenda=AGENDA, votes=(VOTE,))


def branch_book(records=None, **fields) -> BranchBook:
    told = {
        "branch": "中共清源县山门镇高家杨村支部委员会",
        "short": "高家杨村党支部",
        "code": "001003001",
        "span": "year",
        "title": "2026 年度",
        "as_of": date(2026, 11, 22),
        "records": tuple([record(1), whole_record()] if records is None else records),
        "votes": (VOTE,),
        "kinds": (
            KindLine(label="党员大会", due=3, done=0, made_up=1, held=1, expected=12, present=9),
            KindLine(label="主题党日", due=10, done=1, held=1, expected=12, present=9),
        ),
        "study": (
            StudyLine(name="程勇庆", times=2, hours=Decimal(4), due=56, is_leader=True),
            StudyLine(name="戴鹏", times=16, hours=Decimal(32), due=32),
            StudyLine(name="㛃小娜", times=1, hours=Decimal("1.5"), due=None),
        ),
        "gaps": (
            Gap(when="9 月", what="主题党日", state="没有记录"),
            Gap(when="第二季度", what="党员大会", state="没有按时开；9月9日补开；农忙：党员都在抢收花椒"),
        ),
        "due": 13,
        "done": 1,
        "made_up": 1,
        "is_whole_year": True,
    }
    return BranchBook(**told | fields)


def words_of_pdf(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as book:
        pages = [book[at].get_textpage().get_text_range().replace("\r\n", "\n").rstrip() for at in range(len(book))]
    return "\n\f\n".join(pages) + "\n"


def words_of_docx(content: bytes) -> str:
    lines = []
    for block in Document(io.BytesIO(content)).iter_inner_content():
        if hasattr(block, "rows"):
            lines += [" | ".join(dict.fromkeys(cell.text for cell in row.cells)) for row in block.rows]
        elif block.text.strip():
            lines.append(block.text)
    return "\n".join(lines) + "\n"


def same_words(name: str, told: str) -> None:
    if UPDATE:
        (GOLDEN / name).write_text(told)
    assert told == (GOLDEN / name).read_text()


def same_picture(name: str, drawn: Image.Image) -> None:
    """Alike but for the edges of letters, which other versions of a renderer draw otherwise."""
    drawn = drawn.convert("L")
    if UPDATE:
        drawn.save(GOLDEN / name, optimize=True)
    golden = Image.open(GOLDEN / name)
    assert drawn.size == golden.size
    difference = ImageChops.difference(drawn.reduce(4), golden.reduce(4))
    assert ImageStat.Stat(difference).mean[0] < 1.0, "another picture"
    assert sum(difference.histogram()[48:]) < 20, "something stands elsewhere"


def picture(content: bytes, page: int) -> Image.Image:
    with pypdfium2.PdfDocument(content) as book:
        return book[page].render(scale=1.25).to_pil()


def test_the_golden_pdf_by_its_words_and_its_picture():
    content = as_pdf(paper_of(branch_book()))
    same_words("book.pdf.txt", words_of_pdf(content))
    same_picture("book-sheet.png", picture(content, 3))
    same_picture("book-contents.png", picture(content, 1))
    same_picture("book-votes.png", picture(content, 4))


def test_the_golden_docx_by_its_words():
    same_words("book.docx.txt", words_of_docx(as_docx(paper_of(branch_book()))))


def test_the_contents_name_the_page_on_which_each_begins():
    content = as_pdf(paper_of(branch_book()))
    with pypdfium2.PdfDocument(content) as book:
        begun = {mark.get_title(): mark.get_dest().get_index() + 1 for mark in book.get_toc()}
    assert begun == {"目录": 2, "汇总": 3, "主题党日记录": 4, "党员大会记录": 5, "表决": 6, "党员学时": 7, "缺漏": 8, "校验清单": 9}
    assert "第 9 页，共 9 页" in words_of_pdf(content)


def test_rare_characters_are_drawn_and_their_font_is_inside():
    assert fonts.undrawn("㛃䶮龘㐀䶵") == []
    content = as_pdf(paper_of(branch_book()))
    assert "㛃小娜" in words_of_pdf(content)
    with pypdfium2.PdfDocument(content) as book:
        blank = as_pdf(paper_of(branch_book([record(came=("　　　", *NAMES[1:]))])))
        rare = as_pdf(paper_of(branch_book([record(came=("㛃䶮龘", *NAMES[1:]))])))
        assert len(book) == 9
    assert ImageChops.difference(picture(blank, 3), picture(rare, 3)).getbbox() is not None


def test_word_carries_a_font_that_draws_every_sign_of_the_book():
    paper = paper_of(branch_book())
    with zipfile.ZipFile(io.BytesIO(as_docx(paper))) as box:
        table, kinds = box.read("word/fontTable.xml").decode(), box.read("[Content_Types].xml").decode()
        veiled = box.read("word/fonts/font1.odttf")
        assert {info.date_time for info in box.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    key = UUID(table.split('w:fontKey="{')[1][:36])
    font = bytes(byte ^ veil for byte, veil in zip(veiled[:32], key.bytes[::-1] * 2, strict=True)) + veiled[32:]
    read = TTFontFile(io.BytesIO(font), validate=1)  # which checks every sum of check
    drawn = {sign for sign in paper.signs() if not sign.isspace()}
    assert {ord(sign) for sign in drawn} <= set(read.charToGlyph)
    assert "obfuscatedFont" in kinds and len(font) < 2_000_000


HOSTILE = "<b>&amp;</w:t>\x00\x0b=cmd|' /C calc'!A1 𠮷\ue000\ud800" + "很长的一句话没有停顿" * 200


@pytest.mark.parametrize("make", [lambda book: as_pdf(paper_of(book)), lambda book: as_docx(paper_of(book)), as_xlsx])
def test_nothing_somebody_typed_breaks_a_file(make):
    book = branch_book(
        [record(topic=HOSTILE[:120], minutes=HOSTILE, decisions="\n".join([HOSTILE[:60]] * 20), came=(), host="", place="")],
        gaps=(),
        study=(),
        kinds=(),
    )
    assert make(book) == make(book)


def test_a_text_longer_than_a_page_goes_on_on_the_next():
    told = words_of_pdf(as_pdf(paper_of(branch_book([record(minutes="一二三四五六七八九十。" * 300, decisions="完")]))))
    assert told.count("一") >= 300 and "议定事项" in told


def test_excel_keeps_text_as_text():
    book = branch_book([record(topic="=HYPERLINK(1)")])
    sheets = load_workbook(io.BytesIO(as_xlsx(book)))
    assert sheets.sheetnames == ["汇总", "会议", "到会", "学时", "缺漏", "表决", "校验清单"]
    assert sheets["会议"]["I3"].value == "=HYPERLINK(1)" and sheets["会议"]["I3"].data_type == "s"
    assert [cell.value for cell in sheets["到会"][3]] == ["主题党日", "2026-10-20", "程勇庆", "到"]


@pytest.mark.parametrize("make", [lambda book: as_docx(paper_of(book)), as_xlsx], ids=["docx", "xlsx"])
def test_a_file_is_put_together_as_office_programs_ask(make):
    assert office_faults(make(branch_book())) == []
    assert office_faults(make(branch_book([record(minutes=HOSTILE, came=())], gaps=(), votes=()))) == []


def test_what_would_keep_a_program_from_opening_a_file_is_found():
    """The look itself: a part left out, one twice, an id that leads nowhere, elements out of order."""

    def spoilt(change) -> str:
        with zipfile.ZipFile(io.BytesIO(as_docx(paper_of(branch_book())))) as box:
            files = change([(name, box.read(name)) for name in box.namelist()])
        with pytest.warns(UserWarning) if len({name for name, _ in files}) < len(files) else nullcontext():
            return "；".join(office_faults(archive.packed(files)))

    def said(name, old, new):
        return lambda files: [(one, part.replace(old, new) if one == name else part) for one, part in files]

    assert "word/fonts/font1.odttf is not there" in spoilt(lambda files: [one for one in files if one[0] != "word/fonts/font1.odttf"])
    assert "word/document.xml twice" in spoilt(lambda files: [*files, ("word/document.xml", b"<x/>")])
    assert "rId9, which is no relationship" in spoilt(said("word/fontTable.xml", b'r:id="rId1"', b'r:id="rId9"'))
    order = said("word/document.xml", b"<w:cantSplit/><w:tblHeader/>", b"<w:tblHeader/><w:cantSplit/>")
    assert "trPr has" in spoilt(order)
    assert "word/document.xml: " in spoilt(said("word/document.xml", b"</w:body>", b""))


def test_a_pdf_draws_with_fonts_that_are_inside_it():
    drawn = fonts_of_pdf(as_pdf(paper_of(branch_book())))
    assert all(drawn.values()) and set(drawn) == {"NotoSansSC-Regular", "NotoSansSC-Bold"}, drawn


@pytest.mark.parametrize("moved", [(0, 1), (3, 0)])
def test_the_picture_tells_a_line_that_moved(moved, monkeypatch):
    """The tolerance lets another renderer's edges pass, and no line half a millimetre off its place."""
    drawn = picture(as_pdf(paper_of(branch_book())), 3)
    same_picture("book-sheet.png", drawn)
    band = (0, 340, drawn.width, 420)  # the names of who came
    shifted = drawn.copy()
    shifted.paste("white", band)
    shifted.paste(drawn.crop(band), (moved[0], band[1] + moved[1]))
    monkeypatch.setattr("tests.documents.test_files.UPDATE", False)  # else the shifted one became the golden
    with pytest.raises(AssertionError, match="stands elsewhere"):
        same_picture("book-sheet.png", shifted)


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed (apt-get install libreoffice-writer libreoffice-calc)")
def test_libreoffice_opens_every_file_and_draws_what_the_golden_picture_shows(tmp_path):
    book = branch_book()
    for name, content in (("word.docx", as_docx(paper_of(book))), ("excel.xlsx", as_xlsx(book))):
        (tmp_path / name).write_bytes(content)
        subprocess.run(
            [SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", name],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    word = (tmp_path / "word.pdf").read_bytes()
    assert "㛃小娜" in words_of_pdf(word) and "摘要（SHA-256）" in words_of_pdf((tmp_path / "excel.pdf").read_bytes())
    same_picture("book-docx.png", picture(word, 3))
