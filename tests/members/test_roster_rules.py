"""What a roster's row may say and what is wrong with it: every code, its neighbours and its boundaries."""

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members.rules.branch_names import BranchIndex
from members.rules.identity import mask_id_number
from members.rules.roster import HEADINGS, Person, check_rows
from tests.members.roster_rows import RIGHT, TODAY, TREE, a_check, checked, codes, id_number

# fmt: off
# The tables below are read across: one form of writing after the other.


def test_a_right_row_is_said_in_codes_and_days():
    row = checked()
    assert row.faults == ()
    assert row.person == Person(
        name="莫萍", sex="2", ethnicity="01", id_number=RIGHT.id_number, birth_on=date(1985, 7, 30), education="30", category="full",
        branch="001003001", joined_on=date(2006, 2, 7), full_on=date(2007, 2, 7), post="公务员", mobile_phone="15433371847", landline=None,
        address="甘肃省清源县高家杨村65号", standing="normal", is_lost=False, lost_on=None, is_mobile=False, destination=None,
    )  # fmt: skip


def test_the_form_has_its_nineteen_columns_in_order():
    assert len(HEADINGS) == 19
    assert HEADINGS[0] == "姓名" and HEADINGS[7] == "所在党支部" and HEADINGS[18] == "外出流向"


@pytest.mark.parametrize("field", ["name", "id_number", "category", "branch", "joined_on"])
@pytest.mark.parametrize("blank", ["", None, "  ", "\u3000", "\u200b", "\t\n", "\ufeff", "\u00a0"])
def test_five_columns_must_be_filled(field, blank):
    assert codes(**{field: blank}) == ["required"]


@pytest.mark.parametrize("field", sorted(set(Person._fields) - {"name", "id_number", "category", "branch", "joined_on", "full_on"}))
@pytest.mark.parametrize("blank", ["", None, " \u3000", "无", "/", "—", "#N/A"])
def test_the_others_may_be_blank_and_nothing_is_said_by_a_dash(field, blank):
    row = checked(**{field: blank})
    assert row.faults == ()
    expected = {"sex": "2", "birth_on": date(1985, 7, 30)}.get(field)
    assert getattr(row.person, field) == expected


class TestTheNumber:
    @pytest.mark.parametrize(
        "written",
        [" {} ", "'{}", "{}\t", "\ufeff{}", "{}\u200b", "\u00a0{}\u3000", '="{}"', "‘{}", "{}\n"],
    )
    def test_what_sheets_put_around_it_does_not_matter(self, written):
        row = checked(id_number=written.format(RIGHT.id_number))
        assert row.faults == () and row.person.id_number == RIGHT.id_number

    def test_blanks_inside_and_full_width_digits_are_read(self):
        wide = RIGHT.id_number.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
        parted = f"{RIGHT.id_number[:6]} {RIGHT.id_number[6:14]} {RIGHT.id_number[14:]}"
        assert checked(id_number=wide).person.id_number == checked(id_number=parted).person.id_number == RIGHT.id_number

    @pytest.mark.parametrize("x", "xXｘＸ×")
    def test_an_x_is_an_x(self, x):
        number = next(n for n in (id_number(order=f"{o:03d}") for o in range(200, 400, 2)) if n.endswith("X"))
        row = checked(id_number=number[:-1] + x)
        assert row.faults == () and row.person.id_number == number

    def test_the_standards_own_example_is_valid(self):
        row = checked(id_number="11010519491231002X", birth_on="1949-12-31")
        assert row.faults == () and row.person.sex == "2"

    @pytest.mark.parametrize(
        "number",
        [RIGHT.id_number[:-1], RIGHT.id_number + "0", "629922850730538", "62992285073053", "12", "见附件", "62992219850730538A", "629922198507305X89", "无"],
    )
    def test_what_has_not_its_form_is_id_length_and_ends_the_checks_of_the_number(self, number):
        assert codes(id_number=number, sex="男", birth_on="1980-01-01") == ["id_length"]

    @pytest.mark.parametrize("number", [629922850730538, 629922850730538.0, 12345.0, True])
    def test_a_short_number_in_a_numeric_cell_has_lost_nothing(self, number):
        assert codes(id_number=number) == ["id_length"]

    @pytest.mark.parametrize(
        "number",
        [6.29922198507305e17, 629922198507305000, int(id_number()), "6.29922E+17", "6.29922198507305e+17", "6.29922198507305E+017", "629922198507305000.0"],
    )
    def test_a_number_held_as_a_number_has_lost_its_end(self, number):
        assert codes(id_number=number, sex="男", birth_on="1980-01-01") == ["id_precision_lost"]

    def test_a_wrong_check_digit_names_the_right_one_and_ends_nothing(self):
        wrong = RIGHT.id_number[:-1] + ("0" if RIGHT.id_number[-1] != "0" else "1")
        row = checked(id_number=wrong)
        assert [(f.column, f.code) for f in row.faults] == [("公民身份号码", "id_checksum")]
        assert f"末位应为 {RIGHT.id_number[-1]}" in row.faults[0].message
        assert codes(id_number=wrong, sex="男", birth_on="1999-01-01") == ["id_birth_mismatch", "id_checksum", "id_sex_mismatch"]

    def test_an_abolished_area_is_valid_and_no_province_is_not(self):
        assert codes(id_number=id_number(area="629999")) == []
        assert codes(id_number=id_number(area="990000")) == codes(id_number=id_number(area="000000")) == ["id_checksum"]

    @pytest.mark.parametrize("born", ["19851301", "19850230", "00000000", "17990101"])
    def test_an_impossible_day_of_birth_makes_the_number_invalid(self, born):
        assert codes(id_number=id_number(born=born)) == ["id_checksum"]
        assert codes(id_number=id_number(born=born), birth_on="") == ["id_checksum"]

    def test_a_birth_that_is_not_the_numbers_is_that_fault_alone(self):
        # 2000-01-01 would make this member too young, and 2030-01-01 is not yet: neither is said.
        assert codes(birth_on="2000-01-01") == codes(birth_on="2030-01-01") == ["id_birth_mismatch"]
        assert checked(birth_on="2000-01-01").person.birth_on == date(1985, 7, 30)

    def test_a_sex_that_is_not_the_numbers(self):
        assert codes(sex="男") == ["id_sex_mismatch"]

    def test_masking_never_shows_more_than_ten_places(self):
        assert mask_id_number("629922198507305389") == "629922********5389"
        assert mask_id_number("62992285") == "62******"

    def test_a_refusal_shows_it_masked(self):
        shown = checked(id_number="62992219850730538A").faults[0].shown
        assert shown == "629922********538A"


class TestTwiceInAFile:
    def rows(self, *people):
        return check_rows(((4 + at, person) for at, person in enumerate(people)), today=TODAY, branches=BranchIndex(TREE))

    def test_a_number_that_stands_twice_refuses_each_of_its_rows(self):
        other = RIGHT._replace(id_number=id_number(order="540"))
        told = self.rows(RIGHT, other, RIGHT._replace(address="另一地址"), RIGHT._replace(id_number=" " + RIGHT.id_number))
        assert [[f.code for f in row.faults] for row in told] == [["duplicate_in_file"], [], ["duplicate_in_file"], ["duplicate_in_file"]]
        assert "第 6、7 行" in told[0].faults[0].message

    def test_also_where_one_of_them_is_refused_for_something_else(self):
        told = self.rows(RIGHT._replace(name=""), RIGHT)
        assert [[f.code for f in row.faults] for row in told] == [["required", "duplicate_in_file"], ["duplicate_in_file"]]

    def test_also_with_a_wrong_check_digit(self):
        wrong = RIGHT._replace(id_number=RIGHT.id_number[:-1] + ("0" if RIGHT.id_number[-1] != "0" else "1"))
        assert sorted(f.code for f in self.rows(wrong, wrong)[1].faults) == ["duplicate_in_file", "id_checksum"]

    def test_what_is_no_number_stands_nowhere_twice(self):
        short, lost = RIGHT._replace(id_number="12345"), RIGHT._replace(id_number=6.29922198507305e17)
        assert [[f.code for f in row.faults] for row in self.rows(short, short, lost, lost)] == [["id_length"]] * 2 + [["id_precision_lost"]] * 2



class TestTheBranch:
    @pytest.mark.parametrize(
        "said",
        ["001003001", "中共清源县山门镇高家杨村支部委员会", "高家杨村支部委员会", "清源县山门镇高家杨村支部委员会", " 高家杨村 支部委员会\u3000",
         "００１００３００１", "'001003001", 1003001.0, "1003001", "中国共产党清源县山门镇高家杨村支部委员会"],
    )
    def test_is_named_by_code_full_name_or_the_tail_of_one(self, said):
        row = checked(branch=said)
        assert row.faults == () and row.person.branch == "001003001"

    @pytest.mark.parametrize("said", ["机关支部委员会", "镇机关支部委员会", "支部委员会", "会", "中共清源县白驼镇河老村支部委员会"])
    def test_several_are_ambiguous(self, said):
        assert codes(branch=said) == ["ambiguous_branch"]

    def test_two_of_one_name_are_told_apart_by_their_codes(self):
        assert "（001004002）" in checked(branch="河老村支部委员会").faults[0].message
        assert codes(branch="001004003") == []

    @pytest.mark.parametrize(
        "said", ["中共清源县山门镇委员会", "001003", "山门镇委员会", "中共清源县委员会", "机关总支部委员会", "001003009", "河老村第一党小组"]
    )
    def test_another_kind_is_not_a_branch(self, said):
        assert codes(branch=said) == ["not_a_branch"]

    def test_a_full_name_beats_a_tail(self):
        index = BranchIndex([("1", "机关支部委员会", "branch"), ("2", "山门镇机关支部委员会", "branch")])
        assert index.read("机关支部委员会") == "1"

    def test_a_branch_beats_another_kind_of_its_name(self):
        index = BranchIndex([("1", "清源县机关", "committee"), ("2", "清源县机关", "branch")])
        assert index.read("清源县机关") == "2"

    @pytest.mark.parametrize("said", ["高杨村支部", "中共清源县不存在村支部委员会", "山门镇高家杨村", "无", "—", "999", "高家杨村党支部"])
    def test_none_is_unknown(self, said):
        assert codes(branch=said) == ["unknown_branch"]

    def test_an_unknown_one_is_answered_with_the_nearest(self):
        assert "中共清源县山门镇高家杨村支部委员会" in checked(branch="高杨村支部").faults[0].message
        assert "相近" not in checked(branch="太阳能光伏").faults[0].message

    def test_a_file_of_unknown_names_does_not_cost_minutes(self):
        index = BranchIndex((f"{n:05d}", f"中共清源县山门镇第{n}村支部委员会", "branch") for n in range(3300))
        answers = [index.read(f"清源县第{n}村民小组支部") for n in range(1000)]
        assert {answer.code for answer in answers} == {"unknown_branch"}
        assert "相近" not in answers[-1].message


class TestDates:
    DAY = date(2006, 2, 7)

    @pytest.mark.parametrize(
        "written",
        ["2006-02-07", "2006.2.7", "2006/2/7", "2006年2月7日", "2006年02月07日", "20060207", "2006-2-7", "2006-02-07 00:00:00", "2006-02-07T08:30:00",
         "２００６－０２－０７", "２００６年２月７日", " 2006-02-07 ", "'2006-02-07", "2006 2 7", "2006. 2. 7", "2006—02—07", "2006年2月7号", "2006.02.07.",
         "2006年2月7", "二〇〇六年二月七日", "二○○六年二月七日", "2006-02-07\u200b", "38755", "38755.0", 38755, 38755.0, 38755.625, 20060207, 20060207.0,
         date(2006, 2, 7), datetime(2006, 2, 7), datetime(2006, 2, 7, 15, 0)],  # noqa: DTZ001 (a cell has no zone)
    )
    def test_are_read_in_every_form_people_type(self, written):
        row = checked(joined_on=written)
        assert row.faults == () and row.person.joined_on == self.DAY
        assert type(row.person.joined_on) is date

    @pytest.mark.parametrize(
        "written",
        ["很早以前", "待查", "不详", "2003-02-30", "2003-13-05", "2003-00-10", "2003-06-31", "030405", "060207", "2003", "2003年", "2003年1月", "2003.01", "200301", "85.7.1",
         "03-01-23", "1/23/2003", "2003-W05-3", "2003-1-1至2004-1-1", "1003-01-23", "20031301", "2003-01-23上午", "12", "无", "/", "-", "#N/A", "=TODAY()",
         2003, 2003.0, 2003.1, 2003.01, 12, -5, 1e12, float("nan"), True, time(8, 0), date(1850, 1, 1), "十月一日", "二〇〇三年"],
    )
    def test_what_is_no_day_is_bad_date_and_is_not_compared(self, written):
        assert codes(joined_on=written) == ["bad_date"]

    def test_the_message_says_what_is_wrong(self):
        assert checked(joined_on="2019.13.5").faults[0].message == "没有 13 月"
        assert checked(joined_on="2003-02-30").faults[0].message == "2003 年 2 月没有 30 日"
        assert checked(joined_on="2003年1月").faults[0].message == "只写到月，要写到日"

    @pytest.mark.parametrize("field", ["birth_on", "full_on", "lost_on"])
    def test_an_unreadable_date_is_neither_missing_nor_compared(self, field):
        assert codes(**{field: "待查"}, is_lost="是" if field == "lost_on" else "否") == ["bad_date"]

    @pytest.mark.parametrize("month", ["2024-05", "2024年5月", "2024.05", "202405", 202405.0, 2024.05, "2024年05月份", "二〇二四年五月"])
    def test_contact_may_have_been_lost_in_a_month(self, month):
        row = checked(is_lost="是", lost_on=month)
        assert row.faults == () and row.person.lost_on == date(2024, 5, 1)
        assert type(row.person.lost_on) is date

    def test_a_month_that_lost_its_zero_in_a_numeric_cell_is_not_guessed(self):
        assert codes(is_lost="是", lost_on=2024.1) == ["bad_date"]  # 2024.1 or 2024.10

    def test_order_of_joining_and_becoming_full(self):
        assert codes(full_on="2006-02-06") == ["date_order"]
        assert codes(full_on="2006-02-07") == []  # 1969-04 to 1977-08 had no 预备期
        assert codes(full_on="1950-01-01") == ["date_order"]
        assert codes(full_on="2006-03-01") == []  # the length of probation is no import error

    def test_order_of_joining_and_losing_contact(self):
        assert codes(is_lost="是", lost_on="2006-02-06") == ["date_order"]
        assert codes(is_lost="是", lost_on="2006-02-07") == []
        assert codes(is_lost="是", lost_on="2006-02") == []  # the month of joining
        assert codes(is_lost="是", lost_on="2006-01") == ["date_order"]

    def test_today_is_allowed_and_tomorrow_is_not(self):
        assert codes(category="预备党员", joined_on="2026-11-22", full_on="") == []
        assert codes(category="预备党员", joined_on="2026-11-23", full_on="") == ["date_order"]
        assert codes(full_on="2026-11-22") == [] and codes(full_on="2026-11-23") == ["date_order"]
        assert codes(is_lost="是", lost_on="2026-11") == [] and codes(is_lost="是", lost_on="2026-12") == ["date_order"]
        assert codes(joined_on="2126-02-07", full_on="2127-02-07") == ["date_order", "date_order"]


class TestAge:
    def test_the_eighteenth_birthday_is_old_enough(self):
        assert codes(joined_on="2003-07-30", full_on="2004-07-30") == []
        assert codes(joined_on="2003-07-29", full_on="2004-07-29") == ["too_young"]

    def test_whoever_was_born_on_29_february_is_eighteen_on_1_march(self):
        leap = {"id_number": id_number(born="20040229"), "birth_on": "2004-02-29", "category": "预备党员", "full_on": ""}
        assert codes(joined_on="2022-02-28", **leap) == ["too_young"]
        assert codes(joined_on="2022-03-01", **leap) == []

    def test_before_birth_is_too_young(self):
        assert codes(joined_on="1980-01-01", full_on="1981-01-01") == ["too_young"]

    def test_goes_by_the_number_and_without_one_by_the_birth(self):
        assert codes(birth_on="", joined_on="2000-01-01") == ["too_young"]
        assert codes(id_number="123", joined_on="2000-01-01") == ["id_length", "too_young"]


class TestChoices:
    @pytest.mark.parametrize(("said", "code"), [("男", "1"), ("男性", "1"), ("1", "1"), (1.0, "1"), ("M", "1"), (" 男\u3000", "1")])
    def test_sex(self, said, code):
        row = checked(sex=said, id_number=id_number(order="537"))
        assert row.faults == () and row.person.sex == code

    @pytest.mark.parametrize(
        ("said", "code"),
        [("汉族", "01"), ("汉", "01"), ("01", "01"), ("1", "01"), (1.0, "01"), (1, "01"), ("1.0", "01"), ("维吾尔", "05"), ("维族", "05"), ("土家族", "15"),
         ("土", "30"), ("基诺族", "56"), (56.0, "56"), ("97", "97"), ("穿青人", "97"), ("东 乡 族", "26"), ("01汉族", "01"), ("外国血统中国籍人士", "98")],
    )
    def test_ethnicity_by_code_name_or_everyday_name(self, said, code):
        row = checked(ethnicity=said)
        assert row.faults == () and row.person.ethnicity == code

    @pytest.mark.parametrize(
        ("said", "code"),
        [("大学本科", "20"), ("本科", "20"), ("大学", "20"), ("20", "20"), (20.0, "20"), ("21", "21"), ("大学本科毕业", "21"), ("大专", "30"), ("专科", "30"),
         ("研究生", "10"), ("硕士研究生", "14"), ("硕士", "14"), ("博士", "11"), ("中专", "41"), ("高中", "60"), ("初中", "70"), ("小学", "80"), ("技校", "47"),
         ("文盲", "90"), ("初级中学教育", "70"), ("中等职业教育", "40"), ("大学本科教育", "20"), ("普通高中", "60"), ("职高", "44"),
         ("党校大专", "30"), ("函授本科", "20"), ("中央党校大学", "20"), ("在职研究生", "10"), ("大本", "20")],
    )
    def test_education_by_code_name_or_everyday_name(self, said, code):
        row = checked(education=said)
        assert row.faults == () and row.person.education == code

    @pytest.mark.parametrize(
        ("said", "code"), [("正式党员", "full"), ("正式", "full"), ("1", "full"), ("01", "full"), (1.0, "full"), ("预备党员", "probationary"), ("2", "probationary")]
    )
    def test_category_by_code_name_or_everyday_name(self, said, code):
        row = checked(category=said)
        assert row.faults == () and row.person.category == code

    @pytest.mark.parametrize(("said", "code"), [("正常", "normal"), ("停止党籍", "suspended"), ("停止", "suspended")])
    def test_standing(self, said, code):
        assert checked(standing=said).person.standing == code

    @pytest.mark.parametrize("said", ["是", "Y", "y", "yes", "1", 1.0, 1, True, "√", "TRUE", "对", "Ｙ"])
    def test_yes(self, said):
        row = checked(is_mobile=said, destination="浙江省杭州市萧山区")
        assert row.faults == () and row.person.is_mobile is True

    @pytest.mark.parametrize("said", ["否", "N", "n", "no", "0", 0.0, 0, False, "×", "x", "FALSE", "不是"])
    def test_no(self, said):
        row = checked(is_mobile=said)
        assert row.faults == () and row.person.is_mobile is False

    @pytest.mark.parametrize(
        ("field", "said"),
        [("sex", "未知"), ("sex", "0"), ("sex", "9"), ("ethnicity", "地球族"), ("ethnicity", "57"), ("ethnicity", "00"), ("education", "很高"), ("education", "99"),
         ("category", "群众"), ("category", "党员"), ("category", "入党积极分子"), ("category", "发展对象"), ("category", "无"), ("standing", "开除"), ("standing", "1"),
         ("is_lost", "也许"), ("is_lost", "2"), ("is_mobile", "外出"), ("ethnicity", "=1+1"), ("education", "<b>本科</b>")],
    )
    def test_anything_else_is_an_unknown_choice(self, field, said):
        assert codes(**{field: said}) == ["unknown_choice"]

    def test_an_unknown_category_is_not_asked_for_its_date(self):
        assert codes(category="群众", full_on="") == ["unknown_choice"]


class TestNames:
    @pytest.mark.parametrize(
        ("written", "name"),
        [(" 吴 山军\u3000", "吴山军"), ("王\u3000五", "王五"), ("买买提·艾力", "买买提·艾力"), ("买买提.艾力", "买买提·艾力"), ("阿卜杜拉．艾山", "阿卜杜拉·艾山"),
         ("古丽•阿依", "古丽·阿依"), ("扎西・顿珠", "扎西·顿珠"), ("迪丽 · 热巴", "迪丽·热巴"), ("王䶮", "王䶮"), ("𠮷田", "𠮷田"), ("李𬭼", "李𬭼"), ("张\u200b三", "张三"),
         ("王\ue863", "王䶮"), ("'张三", "张三"), ("张\n三", "张三"), ("欧阳娜娜", "欧阳娜娜"), ("〇三", "〇三"), ("葛\U000e0100军", "葛军")],
    )
    def test_are_put_into_one_form(self, written, name):
        row = checked(name=written)
        assert row.faults == () and row.person.name == name

    @pytest.mark.parametrize(
        "written",
        ['=HYPERLINK("x","y")', "=1+1", "+张三", "-张三", "@SUM(A1)", "张3", "张三2", "12345", 12345.0, "张三（小）", "张三(女)", "<b>张三</b>", "<script>", "zhangsan",
         "张三A", "张?", "张\ufffd", "张\ue000", "张三、李四", "·张三", "张三·", "#N/A", "无名氏!", "张三/李四", "张" * 51, "😀", "/", "—"],
    )
    def test_anything_but_han_characters_is_refused(self, written):
        assert codes(name=written) == ["bad_name"]

    def test_half_a_name_lost_on_the_way_is_said(self):
        assert "生僻字" in checked(name="张?").faults[0].message
        assert "公式" in checked(name="=1+1").faults[0].message


class TestPhones:
    @pytest.mark.parametrize(
        "written",
        ["15433371847", 15433371847.0, 15433371847, "15433371847.0", "154-3337-1847", "154 3337 1847", "+8615433371847", "86-15433371847", "0086 154 3337 1847",
         "１５４３３３７１８４７", "'15433371847", "15433371847\t", "(154)33371847", "\ufeff15433371847"],
    )
    def test_a_mobile_is_read_however_it_is_parted(self, written):
        row = checked(mobile_phone=written)
        assert row.faults == () and row.person.mobile_phone == "15433371847"

    @pytest.mark.parametrize(
        "written",
        ["12345", "1380013800", "138001380000", "12800138000", "23800138000", "0938-7012201", "7012201", "1.54334E+10", "13800138000/13900139000", "待补", "=1",
         1380013800.0, 154333718470.0, "1543337184a", "不详", "00000000000"],
    )
    def test_anything_else_is_a_bad_phone(self, written):
        assert codes(mobile_phone=written) == ["bad_phone"]

    @pytest.mark.parametrize(
        ("written", "landline"),
        [("0938-7012201", "0938-7012201"), ("09387012201", "0938-7012201"), ("7012201", "7012201"), (7012201.0, "7012201"), ("（0938）7012201", "0938-7012201"),
         (9387012201.0, "0938-7012201"), ("010-66012345", "010-66012345"), ("0938-7012201转801", "0938-7012201-801"), ("15433371847", "15433371847"),
         ("４００－８１２３４５６", "400-8123456"), ("+86-938-7012201", "0938-7012201"), ("0938 7012201", "0938-7012201")],
    )
    def test_a_landline_keeps_its_area_code(self, written, landline):
        row = checked(landline=written)
        assert row.faults == () and row.person.landline == landline

    @pytest.mark.parametrize("written", ["12345", "待补", "0938-70122", "abc"])
    def test_a_landline_that_rings_nowhere(self, written):
        assert codes(landline=written) == ["bad_phone"]

    def test_a_refusal_does_not_show_it_whole(self):
        assert checked(mobile_phone="1380013800").faults[0].shown == "138****3800"


class TestWhatBelongsTogether:
    def test_a_full_member_has_a_day(self):
        assert codes(full_on="") == ["full_without_date"] and codes(full_on="无") == ["full_without_date"]
        assert codes(category="预备党员", full_on="") == [] and codes(category="预备党员") == []

    def test_whoever_is_lost_has_a_day(self):
        assert codes(is_lost="是") == ["lost_without_date"] and codes(is_lost="√", lost_on="/") == ["lost_without_date"]
        assert codes(is_lost="是", lost_on="2024-05-01") == [] and codes(is_lost="", lost_on="") == [] and codes(lost_on="2024-05-01") == []

    def test_whoever_is_away_has_a_destination(self):
        assert codes(is_mobile="是") == ["mobile_without_destination"] and codes(is_mobile=1.0, destination="无") == ["mobile_without_destination"]
        assert codes(is_mobile="是", destination="浙江省杭州市萧山区") == [] and codes(is_mobile="否", destination="浙江省杭州市") == []

    def test_all_faults_of_a_row_are_told_in_the_forms_order(self):
        row = checked(name="=1", joined_on="待查", mobile_phone="1380013800", id_number="1", is_mobile="是", branch="")
        assert [(f.column, f.code) for f in row.faults] == [
            ("姓名", "bad_name"),
            ("公民身份号码", "id_length"),
            ("所在党支部", "required"),
            ("加入党组织日期", "bad_date"),
            ("手机号码", "bad_phone"),
            ("外出流向", "mobile_without_destination"),
        ]


class TestFreeText:
    def test_is_kept_as_it_is_but_for_blanks_and_unseen_signs(self):
        row = checked(address="甘肃省\u3000清源县\n高家杨村 65号\x00\u200b", post="=1+1")
        assert row.faults == () and row.person.address == "甘肃省 清源县 高家杨村 65号" and row.person.post == "=1+1"

    def test_is_refused_rather_than_cut(self):
        assert codes(address="村" * 200) == [] and codes(address="村" * 201) == ["too_long"]


def test_what_a_file_taught_the_check_does_not_depend_on_the_order_of_its_rows():
    # 1, 1.0 and True are one key to Python, and do not say the same.
    for cells in (["1", 1.0, True], [True, 1.0, "1"]):
        check = a_check()
        said = {str(cell): check.check(4, RIGHT._replace(ethnicity=cell)).person.ethnicity for cell in cells}
        assert said == {"1": "01", "1.0": "01", "True": None}


cells = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.times(), st.timedeltas(), st.text(max_size=30),
    st.text("0123456789xX年月日-./ 　＋０１２３", max_size=20), st.sampled_from([*RIGHT, "无", "是", "否", "#N/A", "=1", 38755.0, 6.29922198507305e17]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(cells, min_size=19, max_size=19))
def test_no_cell_breaks_the_check_and_a_good_row_fits_its_columns(raw):
    """Whatever stands in a cell, a row is either told its faults or is what the database will take."""
    row = checked(**dict(zip(Person._fields, raw, strict=True)))
    person = row.person
    texts = [value for value in person if isinstance(value, str)]
    assert all(text == text.strip() and "\0" not in text and text.encode() for text in texts)
    assert all(fault.column in HEADINGS and fault.message for fault in row.faults)
    if not row.faults:
        assert person.name and person.branch and person.sex and len(person.id_number) == 18
        assert person.birth_on < person.joined_on <= TODAY and (person.full_on or person.joined_on) >= person.joined_on
        assert (person.category != "full" or person.full_on) and (not person.is_lost or person.lost_on) and (not person.is_mobile or person.destination)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(Person._fields), cells, max_size=3))
def test_a_right_row_with_a_few_odd_cells(odd):
    row = checked(**odd)
    assert {HEADINGS.index(fault.column) for fault in row.faults} <= set(range(19))
    assert not row.faults or odd
