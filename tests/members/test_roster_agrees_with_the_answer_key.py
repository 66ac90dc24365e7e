"""The sample county's files against the answers they come with. `data/` is a copy of the samples."""

import json
from datetime import date
from pathlib import Path

import pytest

from members.roster.reading import mark_roster, read_roster
from members.rules.branch_names import BranchIndex
from members.rules.roster import check_rows
from partyportal.core.workbook import open_workbook

DATA = Path(__file__).parent.parent / "data"
KINDS = {
    "县委": "county",
    "党工委": "work_committee",
    "基层党委": "committee",
    "党总支": "general_branch",
    "党支部": "branch",
    "党小组": "group",
}


@pytest.fixture(scope="module")
def county():
    sheet = next(open_workbook(DATA / "organisations.xlsx").sheets())
    return [(code, name, KINDS[kind]) for number, (code, name, kind, *_) in sheet if number > 1]


def check(source, county):
    return check_rows(read_roster(source).rows, today=date(2026, 11, 22), branches=BranchIndex(county))


def test_every_row_of_the_clean_roster_is_good(county):
    rows = check(DATA / "roster.xlsx", county)
    assert len(rows) == 6569
    assert [row for row in rows if row.faults] == []


def test_the_messy_roster_gets_the_answers_of_the_key_row_for_row_and_code_for_code(county):
    key = json.loads((DATA / "roster-messy-expected.json").read_text())
    expected = {answer["row"]: sorted(answer["codes"]) for answer in key}
    assert {row.row: sorted(fault.code for fault in row.faults) for row in check(DATA / "roster-messy.xlsx", county)} == expected


def test_the_copy_with_its_faults_marked_gets_the_same_answers(county):
    before = check(DATA / "roster-messy.xlsx", county)
    faults = {row.row: [(fault.column, fault.message) for fault in row.faults] for row in before if row.faults}
    with mark_roster(DATA / "roster-messy.xlsx", faults) as marked:
        after = check(marked.read(), county)
    assert [(row.row, [fault.code for fault in row.faults]) for row in after] == [(row.row, [f.code for f in row.faults]) for row in before]


def test_the_refused_rows_alone_can_be_mended_and_sent_again(county):
    faults = {
        row.row: [(fault.column, fault.message) for fault in row.faults] for row in check(DATA / "roster-messy.xlsx", county) if row.faults
    }
    with mark_roster(DATA / "roster-messy.xlsx", faults, only_faulty=True) as marked:
        again = check(marked.read(), county)
    assert len(again) == len(faults) == 22
    assert all(row.faults for row in again)
