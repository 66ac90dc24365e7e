"""Finding the roster in a file: its sheet, its headings, its people, and the rows' own numbers."""

import csv
import io

import openpyxl
import pytest
import xlsxwriter

from members.roster.columns import COLUMNS, column_of
from members.roster.reading import mark_roster, read_roster
from members.rules.roster import HEADINGS
from partyportal.core.workbook import UnusableFile, Workbook, open_workbook
from tests.members.roster_rows import RIGHT, a_check, id_number

ROW = list(RIGHT)
SHORT = ["姓名", "公民身份号码", "所在党支部"]


def xlsx(*sheets, merged=()) -> bytes:
    """A workbook of sheets, each a list of rows; `merged` are ranges of the first."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for at, rows in enumerate(sheets):
            page = book.add_worksheet()
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if value not in ("", None):
                        page.write(number, place, value)
            for area, value in merged if at == 0 else ():
                page.merge_range(area, value)
    return file.getvalue()


def text(rows, delimiter=",", encoding="utf-8") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def people(source):
    return list(read_roster(source).rows)


def names(source):
    return [(number, raw[0]) for number, raw in people(source)]


class TestHeadings:
    def test_every_column_is_found_under_its_name_and_each_of_its_others(self):
        for place, column in enumerate(COLUMNS):
            assert all(column_of(heading) == place for heading in (column.heading, *column.aliases)), column.heading

    def test_no_two_columns_share_a_name(self):
        every = [heading for column in COLUMNS for heading in (column.heading, *column.aliases)]
        assert len(every) == len(set(every))

    @pytest.mark.parametrize(
        ("heading", "national"),
        [
            ("姓 名", "姓名"),
            (" *姓名（必填）", "姓名"),
            ("姓名\n(与身份证一致)", "姓名"),
            ("★姓名：", "姓名"),
            ("1.姓名", "姓名"),
            ("4公民身份证号", "公民身份号码"),
            ("身份证号码 ", "公民身份号码"),
            ("公民身份号码【18位】", "公民身份号码"),
            ("联系电话（手机）", "手机号码"),
            ("联系电话（固话）", "固定电话"),
            ("联系电话", "手机号码"),
            ("入党\u3000时间", "加入党组织日期"),
            ("文化程度", "学历"),
            ("是否为流动党员（流出地采集）", "是否为流动党员"),
            ("外出流向（省/市/县）", "外出流向"),
            ("\ufeff姓名", "姓名"),
        ],
    )
    def test_ornaments_and_notes_do_not_matter(self, heading, national):
        assert COLUMNS[column_of(heading)].heading == national

    @pytest.mark.parametrize("heading", ["序号", "备注", "", None, 3.0, "党内职务", "姓名" * 200])
    def test_other_headings_are_none_of_ours(self, heading):
        assert column_of(heading) is None

    def test_what_was_not_read_is_named(self):
        sheet = read_roster(xlsx([["序号", *HEADINGS, "备注"], ["1", *ROW, "x"]]))
        assert sheet.notes == ("这些列不在采集表里，没有读：备注。",)


class TestFinding:
    def test_columns_in_any_order_come_back_in_the_forms(self):
        order = list(range(18, -1, -1))
        raw = people(xlsx([[HEADINGS[at] for at in order], [ROW[at] for at in order]]))
        assert raw == [(2, RIGHT)]

    def test_columns_the_file_has_not_are_blank(self):
        assert people(xlsx([SHORT, [ROW[0], ROW[3], ROW[7]]]))[0][1] == tuple(ROW[at] if at in (0, 3, 7) else "" for at in range(19))

    def test_titles_above_empty_rows_and_a_signature_below(self):
        source = xlsx([["某县党员花名册"], [], ["填报日期：2026年11月1日"], list(HEADINGS), ROW, [], ROW, ["填表人：", "", "", "审核人："]])
        assert names(source) == [(5, "莫萍"), (7, "莫萍")]

    def test_rows_and_columns_empty_before_the_table_keep_their_numbers(self):
        source = xlsx([[], [], [], ["", "", *HEADINGS], ["", "", *ROW]])
        assert people(source) == [(5, RIGHT)]

    def test_the_foot_with_its_day_is_nobody(self):
        foot = RIGHT._replace(name="填表人：张三", id_number="审核人：", birth_on="", joined_on="2026年11月1日")
        assert names(xlsx([list(HEADINGS), ROW, list(foot)])) == [(2, "莫萍")]

    def test_formulas_that_nothing_has_worked_out_are_told(self):
        book = openpyxl.Workbook()
        for row in (HEADINGS, RIGHT._replace(mobile_phone="=1+1")):
            book.active.append([cell or None for cell in row])
        book.save(file := io.BytesIO())
        sheet = read_roster(file.getvalue())
        assert "公式还没有算出结果" in sheet.notes[0] and len(list(sheet.rows)) == 1

    def test_the_first_sheet_with_the_three_headings(self):
        source = xlsx(
            [["填表说明"], ["姓名", "要填"]], [["姓名", "所在党支部"], ["a", "b"]], [list(HEADINGS), ROW], [list(HEADINGS), ROW, ROW]
        )
        assert read_roster(source).name == "Sheet3"
        assert len(people(source)) == 1

    def test_headings_in_two_rows(self):
        above = [*HEADINGS[:15], "失联情况", "", "流动情况", ""]
        below = [""] * 15 + ["是否失联", "失联日期", "是否流动", "外出流向"]
        assert people(xlsx([above, below, ROW])) == [(3, RIGHT)]

    def test_a_needed_column_may_be_headed_in_the_second_row(self):
        above, below = [*HEADINGS[:7], "组织关系", *HEADINGS[8:]], [""] * 7 + ["所在党支部"]
        sheet = read_roster(xlsx([["某镇党员花名册"], above, below, ROW]))
        assert (list(sheet.rows), sheet.heading_row, sheet.notes) == ([(4, RIGHT)], 3, ())

    def test_a_broken_sheet_after_the_roster_is_told_and_refuses_nothing(self, monkeypatch):
        whole = Workbook.sheets

        def sheets(book):
            yield from whole(book)
            raise UnusableFile("工作表“附表”读不出来。")

        monkeypatch.setattr(Workbook, "sheets", sheets)
        sheet = read_roster(xlsx([list(HEADINGS), ROW]))
        assert (len(list(sheet.rows)), sheet.notes) == (1, ("工作表“附表”读不出来。",))
        with pytest.raises(UnusableFile, match="附表"):
            read_roster(xlsx([["说明"]]))

    def test_a_sheet_for_each_branch_is_told_and_not_taken_for_all(self):
        sheet = read_roster(xlsx([list(HEADINGS), ROW], [list(HEADINGS), ROW], [["说明"]]))
        assert sheet.name == "Sheet1" and len(list(sheet.rows)) == 1
        assert sheet.notes == ("只读了工作表“Sheet1”。“Sheet2”也像名册，没有读：把各表的人合到一张表里，或分开存成几个文件再传。",)

    def test_two_columns_of_one_name_are_refused_in_one_sentence(self):
        with pytest.raises(UnusableFile, match="“身份证号” 和 “证件号码” 都是“公民身份号码”，只留一列再传。"):
            read_roster(xlsx([["姓名", "身份证号", "证件号码", "所在党支部"], ["a", "b", "c", "d"]]))

    def test_the_national_name_beats_another(self):
        source = xlsx([[*SHORT, "党支部代码"], ["莫萍", ROW[3], "高家杨村支部委员会", "001"]])
        assert people(source)[0][1][7] == "高家杨村支部委员会"
        assert read_roster(source).notes == ("这些列不在采集表里，没有读：党支部代码。",)

    def test_a_code_beats_the_name_beside_it(self):
        source = xlsx([["姓名", "身份证号", "党支部名称", "党支部代码"], ["莫萍", ROW[3], "机关支部委员会", "001003003"]])
        assert people(source)[0][1][7] == "001003003"

    def test_one_heading_twice_is_refused(self):
        with pytest.raises(UnusableFile, match="“姓名” 和 “姓名”"):
            read_roster(xlsx([["姓名", "身份证号", "姓名", "所在党支部"], ["a", "b", "c", "d"]]))

    def test_what_is_missing_is_said(self):
        with pytest.raises(UnusableFile, match="表头里没有“所在党支部”"):
            read_roster(xlsx([["姓名", "性别", "身份证号"], ["a", "b", "c"]]))
        with pytest.raises(UnusableFile, match="没有找到名册"):
            read_roster(xlsx([["随便什么"]]))

    @pytest.mark.parametrize("cells", [{"id_number": "1234"}, {"birth_on": "1985"}, {"joined_on": "２００６年"}, {"joined_on": 38755.0}])
    def test_four_digits_in_number_birth_or_joining_make_a_person(self, cells):
        blank = RIGHT._replace(id_number="", birth_on="", joined_on="")
        assert len(people(xlsx([list(HEADINGS), list(blank._replace(**cells))]))) == 1

    @pytest.mark.parametrize("cells", [{}, {"id_number": "123"}, {"birth_on": "待查"}, {"post": "2026"}])
    def test_without_them_a_row_is_none(self, cells):
        blank = RIGHT._replace(id_number="", birth_on="", joined_on="", full_on="2006-02-07")
        assert people(xlsx([list(HEADINGS), list(blank._replace(**cells))])) == []


class TestCells:
    def test_a_branch_merged_over_several_rows_is_said_of_each(self):
        rows = [list(HEADINGS)] + [[*ROW[:3], id_number(order=f"{500 + 2 * at}"), *ROW[4:7], "", *ROW[8:]] for at in range(4)]
        source = xlsx(rows, merged=[("H2:H4", "高家杨村支部委员会")])
        assert [raw[7] for _, raw in people(source)] == ["高家杨村支部委员会"] * 3 + [""]

    def test_a_name_and_number_merged_over_two_rows_are_one_person(self):
        rows = [list(HEADINGS), ["", *ROW[1:3], "", *ROW[4:]], [""] * 11 + ["13800138000"]]
        source = xlsx(rows, merged=[("A2:A3", "莫萍"), ("D2:D3", ROW[3])])
        assert names(source) == [(2, "莫萍")]

    def test_numbers_stay_numbers_so_that_lost_digits_can_be_told(self):
        number, raw = people(xlsx([list(HEADINGS), list(RIGHT._replace(id_number=629922198507305389, mobile_phone=15433371847))]))[0]
        faults = a_check().check(number, raw).faults
        assert [fault.code for fault in faults] == ["id_precision_lost"]

    def test_a_formulas_value_is_read_and_its_error_is_blank(self):
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as book:
            page = book.add_worksheet()
            page.write_row(0, 0, HEADINGS)
            page.write_row(1, 0, ROW)
            page.write_formula(1, 7, "=VLOOKUP(A2,B:C,2)", None, "高家杨村支部委员会")
            page.write_formula(1, 10, "=VLOOKUP(A2,B:C,3)", None, "#N/A")
        raw = people(file.getvalue())[0][1]
        assert raw[7] == "高家杨村支部委员会" and raw[10] == ""

    def test_characters_beyond_the_basic_plane_come_through(self):
        for source in (xlsx([list(HEADINGS), ["王䶮𠮷", *ROW[1:]]]), text([HEADINGS, ["王䶮𠮷", *ROW[1:]]], encoding="gb18030")):
            assert names(source) == [(2, "王䶮𠮷")]


class TestCsv:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_in_each_encoding_and_with_each_separator(self, encoding, delimiter):
        assert people(text([["某县党员花名册"], HEADINGS, ROW], delimiter, encoding)) == [(3, RIGHT)]

    def test_rows_are_numbered_as_a_spreadsheet_would(self):
        longer = [*ROW[:13], "甘肃省\n清源县\n高家杨村", *ROW[14:]]
        assert names(text([HEADINGS, longer, [], ROW])) == [(2, "莫萍"), (4, "莫萍")]

    def test_a_short_line_has_blanks_at_its_end(self):
        assert people(text([HEADINGS, ROW[:9]]))[0][1] == (*ROW[:9], *[""] * 10)

    def test_the_line_that_tells_excel_the_separator_is_no_row(self):
        assert people(b"sep=;\r\n" + text([HEADINGS, ROW], ";")) == [(2, RIGHT)]


def test_marking_keeps_the_files_own_order_and_adds_a_column_of_problems():
    order = [3, 0, 7, 8]
    source = xlsx([["花名册"], [HEADINGS[at] for at in order], [RIGHT[at] for at in order]])
    with mark_roster(source, {3: [("姓名", "没有填姓名"), ("学历", "没有这个学历")]}) as marked:
        rows = list(next(open_workbook(marked.read()).sheets()))
    assert rows[1][1] == [*(HEADINGS[at] for at in order), "问题"]
    assert rows[2] == (3, [*(RIGHT[at] for at in order), "姓名：没有填姓名；学历：没有这个学历"])
