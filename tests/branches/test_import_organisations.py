"""The tree from a spreadsheet: parents in any order, every fault at its cell, and nothing written twice."""

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command

from branches.models import Organisation, OrganisationPower, OrganisationSpan
from branches.services.imports import import_organisations, read_sheet
from partyportal.core.models import AuditEntry
from partyportal.core.sheets import write_xlsx
from partyportal.core.workbook import UnusableFile

TODAY = date(2026, 11, 22)
SAMPLE = Path(__file__).parent.parent / "data/organisations.xlsx"
HEADINGS = ("党组织代码", "党组织全称", "党组织类别", "上级党组织代码", "成立日期", "单位类别")
COUNTY = ("001", "中共清源县委员会", "县委", "", "1949-08-20", "")
TOWN = ("001003", "中共清源县山门镇委员会", "基层党委", "001", "1950-05-04", "乡镇")
BRANCH = ("001003001", "中共清源县山门镇高家杨村支部委员会", "党支部", "001003", "2000-04-04", "村")


def sheet(*rows, headings=HEADINGS, title=None) -> bytes:
    with write_xlsx(headings, rows, title=title) as file:
        return file.read()


def imported(*rows, commit=True, today=TODAY):
    return import_organisations(read_sheet(sheet(*rows)), commit=commit, today=today, by=None)


def counts(answer) -> dict:
    said = answer.as_json()
    return {key: said[key] for key in ("new", "changed", "moved", "unchanged", "missing", "refused") if said[key]}


def faults(*rows) -> list[tuple]:
    return [(fault.row, fault.column, fault.code) for fault in imported(*rows).errors]


@pytest.mark.django_db
def test_the_sample_county_comes_in_and_again_unchanged():
    rows = read_sheet(SAMPLE.read_bytes())
    assert counts(import_organisations(rows, commit=True, today=TODAY, by=None)) == {"new": 382}
    branch = Organisation.objects.get(code="001001001")
    assert (branch.short_name, branch.parent.code, branch.unit_type, branch.founded_on) == (
        "县委办公室党支部",
        "001001",
        "office",
        date(2015, 8, 16),
    )
    assert branch.path == f"/{branch.parent.parent_id}/{branch.parent_id}/{branch.pk}/"
    assert OrganisationSpan.objects.filter(end=None).count() == 382
    assert OrganisationPower.objects.count() == 14  # 12 基层党委 and 2 党工委
    acts = AuditEntry.objects.count()
    assert counts(import_organisations(rows, commit=True, today=TODAY, by=None)) == {"unchanged": 382}
    assert AuditEntry.objects.count() == acts
    assert OrganisationSpan.objects.count() == 382


@pytest.mark.django_db
def test_children_may_stand_before_their_parents():
    assert counts(imported(BRANCH, TOWN, COUNTY)) == {"new": 3}
    assert Organisation.objects.get(code="001003001").path.startswith(Organisation.objects.get(code="001").path)


@pytest.mark.django_db
def test_columns_are_found_by_heading_in_any_order_under_a_title():
    rows = [(row[4], row[1], row[0], row[3], row[2]) for row in (COUNTY, TOWN)]
    content = sheet(*rows, headings=("建立时间", "*党组织名称", "组织代码", "上级组织代码（没有可不填）", "类别"), title="清源县党组织一览")
    assert counts(import_organisations(read_sheet(content), commit=True, today=TODAY, by=None)) == {"new": 2}


@pytest.mark.django_db
def test_a_committee_of_a_township_gets_no_power_to_approve_and_a_work_committee_does():
    """2026 细则 Art22, as founding by hand has it."""
    imported(
        COUNTY,
        TOWN,
        ("001001", "中共清源县直属机关工作委员会", "党工委", "001", "1950-05-04", "机关"),
        ("001003009", "中共清源县山门镇中心学校委员会", "基层党委", "001003", "1990-09-10", "学校"),
    )
    assert set(OrganisationPower.objects.values_list("organisation__code", flat=True)) == {"001001", "001003"}


@pytest.mark.django_db
def test_a_parent_may_be_named_by_its_full_name_unless_two_bear_it():
    village = (*BRANCH[:3], "中共清源县 山门镇委员会", *BRANCH[4:])
    assert counts(imported(COUNTY, TOWN, village)) == {"new": 3}
    assert counts(imported(COUNTY, TOWN, village)) == {"unchanged": 3}
    assert faults(("001004", *TOWN[1:]), ("001004001", *village[1:])) == [(3, HEADINGS[3], "ambiguous_parent")]


@pytest.mark.django_db
def test_brackets_of_either_width_are_one_name():
    imported(COUNTY, TOWN, (BRANCH[0], "中共清源县山门镇（东）高家杨村支部委员会", *BRANCH[2:]))
    assert Organisation.objects.get(code=BRANCH[0]).name == "中共清源县山门镇（东）高家杨村支部委员会"
    assert counts(imported((BRANCH[0], "中共清源县山门镇(东) 高家杨村支部委员会", *BRANCH[2:]))) == {"unchanged": 1, "missing": 2}


@pytest.mark.django_db
def test_a_cell_merged_over_several_rows_is_said_of_each_of_them():
    other = ("001003002", "中共清源县山门镇王家村支部委员会", "党支部", "", "2000-04-04", "")
    book = openpyxl.load_workbook(io.BytesIO(sheet(COUNTY, TOWN, BRANCH, other)))
    for cells in ("D4:D5", "F4:F5", "B6:B9"):
        book.active.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    answer = import_organisations(read_sheet(content.getvalue()), commit=True, today=TODAY, by=None)
    assert counts(answer) == {"new": 4}
    held = Organisation.objects.get(code=other[0])
    assert (held.parent.code, held.unit_type) == ("001003", "village")


@pytest.mark.django_db
def test_a_dry_run_writes_nothing():
    assert counts(imported(COUNTY, TOWN, commit=False)) == {"new": 2}
    assert not Organisation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("", *BRANCH[1:]), ("党组织代码", "required")),
        (("0 01-1", *BRANCH[1:]), ("党组织代码", "bad_code")),
        ((BRANCH[0], "", *BRANCH[2:]), ("党组织全称", "required")),
        ((*BRANCH[:2], "团支部", *BRANCH[3:]), ("党组织类别", "unknown_choice")),
        ((*BRANCH[:3], "009", *BRANCH[4:]), ("上级党组织代码", "unknown_parent")),
        ((*BRANCH[:3], "", *BRANCH[4:]), ("上级党组织代码", "required")),
        ((*BRANCH[:2], "党小组", *BRANCH[3:]), ("上级党组织代码", "wrong_parent")),
        ((*BRANCH[:4], "2000-13-01", "村"), ("成立日期", "bad_date")),
        ((*BRANCH[:4], "2027-01-01", "村"), ("成立日期", "date_order")),
        ((*BRANCH[:5], "火星"), ("单位类别", "unknown_choice")),
        (("002", "另一个县委", "县委", "", "1950-01-01", ""), ("上级党组织代码", "wrong_parent")),
    ],
)
def test_a_fault_is_told_at_its_cell_and_the_rest_is_written(row, expected):
    imported(COUNTY, TOWN)
    answer = imported(COUNTY, TOWN, row)
    assert [(fault.column, fault.code) for fault in answer.errors] == [expected]
    assert answer.errors[0].row == 4
    assert counts(answer)["refused"] == 1
    assert Organisation.objects.count() == 2


@pytest.mark.django_db
def test_doubles_circles_and_the_children_of_refused_rows_are_refused():
    one, other = ("A1", "甲总支", "党总支", "A2", "2001-01-01", ""), ("A2", "乙党委", "基层党委", "A1", "2001-01-01", "")
    child = ("A3", "丙支部", "党支部", "A1", "2001-01-01", "")
    assert faults(COUNTY, one, other, child) == [(3, HEADINGS[3], "circle"), (4, HEADINGS[3], "circle"), (5, HEADINGS[3], "parent_refused")]
    assert faults(COUNTY, TOWN, TOWN) == [(3, HEADINGS[0], "duplicate_in_file"), (4, HEADINGS[0], "duplicate_in_file")]
    assert faults(COUNTY, ("A4", "自己", "基层党委", "A4", "2001-01-01", "")) == [(3, HEADINGS[3], "circle")]


@pytest.mark.django_db
def test_another_name_opens_a_span_and_renames_what_is_called_after_it():
    imported(COUNTY, TOWN, BRANCH)
    renamed = (TOWN[0], "中共清源县新山镇委员会", *TOWN[2:])
    assert counts(imported(COUNTY, renamed, BRANCH)) == {"changed": 1, "unchanged": 2}
    spans = OrganisationSpan.objects.filter(organisation__code=TOWN[0]).order_by("start")
    assert [(s.name, s.start, s.end) for s in spans] == [(TOWN[1], date(1950, 5, 4), TODAY), (renamed[1], TODAY, None)]


@pytest.mark.django_db
def test_another_parent_moves_the_subtree():
    imported(COUNTY, TOWN, BRANCH)
    moved = (*BRANCH[:3], "001", *BRANCH[4:])
    assert counts(imported(COUNTY, TOWN, moved)) == {"moved": 1, "unchanged": 2}
    held = Organisation.objects.get(code=BRANCH[0])
    assert (held.parent.code, held.short_name) == ("001", "山门镇高家杨村党支部")  # the everyday name leaves out only its own parent's


@pytest.mark.django_db
def test_two_may_change_places():
    above, below = ("A1", "甲党委", "基层党委", "001", "2001-01-01", ""), ("A2", "乙党委", "基层党委", "A1", "2001-01-01", "")
    imported(COUNTY, above, below)
    changed_places = (*above[:3], "A2", *above[4:]), (*below[:3], "001", *below[4:])
    assert counts(imported(COUNTY, *changed_places)) == {"moved": 2, "unchanged": 1}
    county, former, now = Organisation.objects.order_by("code")
    assert (now.path, former.path) == (f"{county.path}{now.pk}/", f"{county.path}{now.pk}/{former.pk}/")
    # Under another 党委 it approves admissions no longer (2026 细则 Art22).
    assert OrganisationPower.objects.get(organisation=former).end == TODAY


@pytest.mark.django_db
def test_one_does_not_change_places_with_a_row_that_was_refused():
    above, below = ("A1", "甲党委", "基层党委", "001", "2001-01-01", ""), ("A2", "乙党委", "基层党委", "A1", "2001-01-01", "")
    imported(COUNTY, above, below)
    refused = (*below[:3], "001", "2001-13-01", "")
    assert faults(COUNTY, (*above[:3], "A2", *above[4:]), refused) == [(3, HEADINGS[3], "circle"), (4, HEADINGS[4], "bad_date")]
    assert Organisation.objects.get(code="A2").parent.code == "A1"


@pytest.mark.django_db
def test_what_is_dissolved_is_neither_changed_nor_built_upon_and_not_missed():
    imported(COUNTY, TOWN, BRANCH)
    Organisation.objects.filter(code=TOWN[0]).update(dissolved_on=date(2026, 11, 1))
    assert counts(imported(COUNTY, TOWN, BRANCH)) == {"unchanged": 3}  # a file of before
    renamed, village = (TOWN[0], "中共清源县新山镇委员会", *TOWN[2:]), ("001003002", "中共清源县山门镇王家村支部委员会", *BRANCH[2:])
    assert faults(COUNTY, renamed, village) == [(3, HEADINGS[0], "dissolved"), (4, HEADINGS[3], "dissolved")]
    assert counts(imported(COUNTY)) == {"unchanged": 1, "missing": 1}


@pytest.mark.django_db
def test_what_is_not_in_the_file_is_counted_and_left():
    imported(COUNTY, TOWN, BRANCH)
    assert counts(imported(COUNTY)) == {"unchanged": 1, "missing": 2}
    assert Organisation.objects.count() == 3


@pytest.mark.django_db
def test_a_corrected_founding_day_is_where_the_first_span_begins():
    imported(COUNTY, TOWN)
    assert counts(imported(COUNTY, (*TOWN[:4], "1951-01-01", TOWN[5]))) == {"changed": 1, "unchanged": 1}
    assert OrganisationSpan.objects.get(organisation__code=TOWN[0]).start == date(1951, 1, 1)


def test_a_file_that_is_no_tree_is_said_in_one_sentence():
    with pytest.raises(UnusableFile, match="没有找到党组织表"):
        read_sheet("姓名,电话\n张三,1".encode())
    with pytest.raises(UnusableFile, match="没有一行"):
        read_sheet(sheet())
    with pytest.raises(UnusableFile, match="两列“成立日期”"):
        read_sheet(sheet((*COUNTY, "1950-01-01"), headings=(*HEADINGS, "成立日期")))


@pytest.mark.django_db
def test_the_command_answers_one_object_and_an_exit_code(capsys, tmp_path):
    with pytest.raises(SystemExit) as ended:
        call_command("import_organisations", str(SAMPLE), "--commit", "--json")
    assert ended.value.code == 0
    answer = json.loads(capsys.readouterr().out)
    assert {key: answer[key] for key in ("rows", "new", "refused", "batch")} == {"rows": 382, "new": 382, "refused": 0, "batch": None}
    bad = tmp_path / "bad.csv"
    bad.write_text("没有,表头\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        call_command("import_organisations", str(bad), "--json")
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1


@pytest.mark.django_db
def test_the_foot_of_a_sheet_is_no_organisation():
    assert counts(imported(COUNTY, ("填表人：张三", "", "", "", "2026年11月", ""), ("合计：1", "", "", "", "", ""))) == {"new": 1}
    assert faults(COUNTY, ("", "", "党支部", "001", "", ""))[:2] == [(3, "党组织代码", "required"), (3, "党组织全称", "required")]


@pytest.mark.django_db
def test_a_code_that_lost_its_zeros_or_its_end_founds_nothing():
    imported(COUNTY, TOWN)
    assert faults((1003.0, *TOWN[1:])) == [(2, "党组织代码", "bad_code")]
    assert (2, "党组织代码", "code_precision_lost") in faults((float(10**17), *TOWN[1:]))
    assert Organisation.objects.count() == 2


@pytest.mark.django_db
def test_a_name_of_a_hundred_and_twenty_signs_is_taken_whole():
    imported(COUNTY, ("001009", "庄" * 120, *TOWN[2:]))
    assert Organisation.objects.get(code="001009").name == "庄" * 120


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "name", "wrong"), [("\u3164", TOWN[1], "bad_code"), ("٣", TOWN[1], "bad_code"), ("001003", "#REF!", "bad_name")]
)
def test_signs_that_are_no_code_and_no_name_found_nothing(code, name, wrong):
    assert [told for *_, told in faults(COUNTY, (code, name, *TOWN[2:]))] == [wrong]
