"""Reading spreadsheets people send, and refusing the ones nobody can read; writing them back."""

import base64
import io
import zipfile
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from partyportal.core import workbook
from partyportal.core.cells import read_money
from partyportal.core.sheets import mark_faults, write_xlsx
from partyportal.core.workbook import UnusableFile, open_workbook

# An .xls of two numbers, of which one says that it stands in row 65536 of column 65001.
VAST_XLS = (
    r"c-p&gUhu)fjZzO8(10BSGsD0CoD6J8VvIn{3F8Pb0OkMx2QgtZ2N3@s1w#sOasVTejg?_H?-_Pb9D?HeAp;Y`29|?Bl7Zn75XUeSF!<%?r7F-7IDy@e$Ov+S"
    r"Es$hnm;)5yV~_;9N(f9QgGpg9xgM-?514cSi}Zp?TcFwpj8P2d?ftYYps6^5NeL{+#{e>SJ6O*xu!tdpD8mU*Dz2Zv2vN(*;8>KIm@_yf<XCtZmM{S0%{?_Q"
    r"wJ0&?0fPuI0+%p+{jb2l@CBAr4=9X^(^s640Vw_hRh%7*_+%y)28ITP{|Vp(-U=*SS1>~&IQS2^G=%^zP`L}vrvfPXloy<Sd4OaJ13#E82u{TUK)rufe!S$H"
    r"6ks0@7HNQ*21-7vAWIqkGc<y905$W0WtiZk7MRoqlTBb#rNL||Few5|dq7$(KorVwYX+-n0n4fZ?J)*}%l7I>Yz-j0^>yG5xz@+_nn3nC_lH#?>#o}`WKaTn"
    r"It8d71e+Oj7<CwD%>;p+_Ar_en%nP!NlA>H&%q=B_1k}FHO0?R$HWC@3Nl19K~yk;eTS;z|Nj?%1sPrggWQfuh+!Kz2po{=J1&M%FbYP&C>RB!U=)mkQ7{UI"
    r"7hr_8`a%5;P``i`+P7ebj_dpd;(w#VB*PX2G2{bb39w`8%8&=7ix?_NN<U%@tc)<T7>U#a8!rTbaG>o)4A~4xV0UDboPL3QLq=r(5Uo*wdRd56`~Q*RP8!<}"
    r"04|Wb>H"
)


def an_xlsx(rows=(("a", 1.5),)) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet("名册")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return file.getvalue()


def a_vast_xlsx(extent: bytes | None, *, last: bytes, folder: str = "worksheets") -> bytes:
    """A sheet of one name, which says that it reaches to `extent`, and at its far end has `last`."""
    said, made = io.BytesIO(an_xlsx([["姓名"]])), io.BytesIO()
    with zipfile.ZipFile(said) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b'<dimension ref="A1"/>', b'<dimension ref="%s"/>' % extent if extent else b"")
                content = content.replace(b"</sheetData>", b'<row r="1048576">%s</row></sheetData>' % last)
            new.writestr(name.replace("worksheets", folder), content.replace(b"worksheets/", folder.encode() + b"/"))
    return made.getvalue()


def rows_of(source):
    return list(next(open_workbook(source).sheets()))


def test_a_file_is_read_from_its_path_and_from_its_bytes(tmp_path):
    path = tmp_path / "named as text.txt"  # the name says nothing
    path.write_bytes(an_xlsx())
    assert rows_of(path) == rows_of(str(path)) == rows_of(path.read_bytes()) == [(1, ["a", 1.5])]


class TestUnusable:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "文件是空的"),
            (b"PK\x03\x04 and then nothing", "已损坏"),
            (an_xlsx()[:900], "已损坏"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "已损坏"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000), "密码"),
            (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
            (b"%PDF-1.7\n\xff\xff\x00\x81\xff", "不是表格"),
            (bytes(range(256)) * 4, "不是表格"),
            (b"a,b\n\x00\x00,c\n", "不是表格"),
        ],
    )
    def test_a_file_nobody_can_read_is_refused_in_one_sentence(self, content, sentence):
        with pytest.raises(UnusableFile) as refusal:
            for sheet in open_workbook(content).sheets():
                list(sheet)
        assert sentence in refusal.value.message and refusal.value.message.count("。") == 1

    def test_a_zip_that_is_no_workbook(self):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("readme.txt", "hello")
        with pytest.raises(UnusableFile, match="不是表格"):
            open_workbook(file.getvalue())

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(UnusableFile, match="打不开"):
            open_workbook(tmp_path / "nothing.xlsx")

    def test_too_large_a_file(self, monkeypatch):
        monkeypatch.setattr(workbook, "MAX_BYTES", 1000)
        with pytest.raises(UnusableFile, match="分成几个文件"):
            open_workbook(an_xlsx())

    def test_a_zip_bomb_is_refused_before_it_is_opened(self):
        file = io.BytesIO(an_xlsx())
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet2.xml", "w") as member:
            for _ in range(700):
                member.write(bytes(1 << 20))
        assert len(file.getvalue()) < 2 << 20
        with pytest.raises(UnusableFile, match="展开后超过"):
            open_workbook(file.getvalue())

    @pytest.mark.parametrize("extent", [b"A1:XFD1048576", b"A1:B2", None])
    def test_a_value_in_the_last_cell_of_a_sheet_does_not_ask_for_all_memory(self, extent):
        with pytest.raises(UnusableFile, match="1048576 行、16384 列"):
            open_workbook(a_vast_xlsx(extent, last=b'<c r="XFD1048576"><v>1</v></c>'))

    def test_a_sheet_in_another_folder_is_looked_at_too(self):
        with pytest.raises(UnusableFile, match="1048576 行"):
            open_workbook(a_vast_xlsx(None, last=b'<c r="XFD1048576"><v>1</v></c>', folder="elsewhere"))
        assert rows_of(a_vast_xlsx(None, last=b"", folder="elsewhere")) == [(1, ["姓名"])]

    @pytest.mark.parametrize("extent", [b"A1:XFD1048576", b"A1:B1048576", b"A1", None])
    def test_a_vast_sheet_of_borders_alone_is_read(self, extent):
        assert rows_of(a_vast_xlsx(extent, last=b'<c r="XFD1048576" s="1"/>')) == [(1, ["姓名"])]

    def test_an_xls_that_says_it_is_vast_ends_no_process(self):
        with pytest.raises(UnusableFile, match="已损坏"):
            open_workbook(zlib.decompress(base64.b85decode(VAST_XLS)))

    def test_a_file_whose_sheet_is_damaged(self):
        content = bytearray(an_xlsx([["姓名", number] for number in range(500)]))
        with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
            start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 90
        for at in range(start, start + 40):
            content[at] ^= 0x5A
        with pytest.raises(UnusableFile, match="已损坏"):
            open_workbook(bytes(content))

    @pytest.mark.parametrize("lines", [("1,2,3", '"4,5,6', "7,8,9"), ("1,2,3", '"4,5,6', "7,8,9", '"1,2,3', "4,5,6")])
    def test_a_quote_that_swallows_a_few_rows(self, lines):
        with pytest.raises(UnusableFile, match="第 2 行有一处引号"):
            rows_of("\n".join(lines).encode())

    def test_commas_of_the_text_part_no_cells(self):
        note = "填写说明：逐项，如实，完整，按时，填写，再传"
        assert rows_of(f"{note}\n甲,乙\n1,2".encode()) == [(1, [note]), (2, ["甲", "乙"]), (3, ["1", "2"])]
        assert rows_of("甲，乙\n1，2".encode()) == [(1, ["甲", "乙"]), (2, ["1", "2"])]

    def test_a_cell_of_several_lines_is_one_cell(self):
        assert rows_of(b'a,"b\nc, d",e\n1,2,3') == [(1, ["a", "b\nc, d", "e"]), (2, ["1", "2", "3"])]

    def test_a_quote_that_swallows_the_file(self):
        with pytest.raises(UnusableFile, match="引号"):
            rows_of(('姓名,号码\n"张三,1\n' + "李四,2\n" * 30000).encode())


def test_chart_sheets_are_passed_over():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        chart = book.add_chart({"type": "column"})
        book.add_chartsheet("图").set_chart(chart)
        page = book.add_worksheet("表")
        page.write(0, 0, 1)
        chart.add_series({"values": "=表!$A$1:$A$1"})
    assert [sheet.name for sheet in open_workbook(file.getvalue()).sheets()] == ["表"]


def test_what_nobody_sees_is_looked_at_last():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("去年").hide()
        book.add_worksheet("今年").activate()
    assert [sheet.name for sheet in open_workbook(file.getvalue()).sheets()] == ["今年", "去年"]


class TestMoney:
    @pytest.mark.parametrize(
        ("cell", "sum"),
        [
            (12.5, "12.50"),
            (0.1 + 0.2, "0.30"),
            ("1,234.50 元", "1234.50"),
            ("￥１２", "12.00"),
            (-3, "-3.00"),
            ("-", None),
            ("", None),
            (None, None),
        ],
    )
    def test_a_sum_is_read_as_the_sheet_shows_it(self, cell, sum):
        assert read_money(cell) == (sum and Decimal(sum))

    @pytest.mark.parametrize(
        ("cell", "why"),
        [("十二", "写成数字"), (0.375, "最多两位小数"), ("1e3", "写成数字"), (float("inf"), "写成数字"), (1e12, "写成数字")],
    )
    def test_what_is_no_sum_says_what_to_write(self, cell, why):
        assert why in read_money(cell).message


class TestWriting:
    def test_what_is_written_can_be_read(self):
        rows = [
            ("王䶮𠮷", "629922198507305389", date(2006, 2, 7), 3, 2.5, Decimal("1.20"), True, None),
            ("", "", None, 0, 0.0, Decimal(0), False, ""),
        ]
        with write_xlsx("甲乙丙丁戊己庚辛", rows, title="党员名册", text_columns=["乙"]) as file:
            read = rows_of(file.read())
        assert read[0][1][0] == "党员名册" and read[1] == (2, list("甲乙丙丁戊己庚辛"))
        assert read[2] == (3, ["王䶮𠮷", "629922198507305389", date(2006, 2, 7), 3.0, 2.5, 1.2, "是", ""])

    @pytest.mark.parametrize(
        "text", ["=1+1", '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "{=1}", "http://example.org", "\t=1", "007", "1e5"]
    )
    def test_text_is_text_whatever_it_begins_with(self, text):
        with write_xlsx(["甲"], [[text]]) as file:
            cell = openpyxl.load_workbook(file).active["A2"]
        assert cell.data_type == "s" and cell.value == text and cell.hyperlink is None

    def test_signs_a_sheet_cannot_hold_do_not_break_it(self):
        with write_xlsx(["甲"], [["a\x00b\x0bc"], [float("nan")], ["长" * 40000]]) as file:
            assert len(rows_of(file.read())) == 4

    def test_a_number_too_long_for_a_number_keeps_its_end(self):
        with write_xlsx(["甲"], [[629922198507305389]]) as file:
            assert rows_of(file.read())[1] == (2, ["629922198507305389"])

    def test_a_templates_column_stays_text_when_somebody_types(self):
        with write_xlsx(["甲", "乙"], [], text_columns=["乙"], notes={"乙": "18 位"}) as file:
            page = openpyxl.load_workbook(file).active
        assert page.column_dimensions["B"].number_format == "@"
        assert page["B1"].comment.text == "18 位" and page.freeze_panes == "A2"

    def test_moments_are_written_with_their_time(self):
        with write_xlsx(["甲"], [[datetime(2026, 11, 22, 8, 30, tzinfo=UTC)]]) as file:
            assert openpyxl.load_workbook(file).active["A2"].value == datetime(2026, 11, 22, 8, 30)  # noqa: DTZ001


class TestMarking:
    ROWS = ((1, ["标题", ""]), (2, ["姓名", "日期"]), (3, ["张三", date(2006, 2, 7)]), (5, ["", 38755.0]))

    def marked(self, faults, **options):
        with mark_faults(iter(self.ROWS), faults, heading_row=2, **options) as file:
            return openpyxl.load_workbook(file).active

    def test_the_cell_is_red_with_its_sentence_and_the_row_says_it_all(self):
        page = self.marked({5: [(0, "没有填姓名"), (None, "整行")]})
        assert page["C2"].value == "问题" and page["C5"].value == "没有填姓名；整行" and page["C3"].value is None
        assert page["A5"].fill.fgColor.rgb.endswith("F8EAE7") and page["A5"].comment.text == "没有填姓名"
        assert page["A3"].value == "张三" and page["B5"].value == 38755

    def test_the_faulty_rows_alone(self):
        page = self.marked({5: [(1, "不是日期")]}, only_faulty=True)
        assert [cell.value for cell in page["A"]] == ["标题", "姓名", None] and page["C3"].value == "不是日期"
