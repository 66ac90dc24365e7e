"""党内统计年报: what came in and went out accounts for the difference, whatever happened; each kind stands in its line."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook

from branches.services.organisations import rehang
from members.models import Affiliation
from members.services import membership
from members.services.exports import export_annual_tables
from members.statistics.people import NO_DAY
from members.statistics.tables import LEFT_OUT, tables
from members.statistics.year import DECREASES, INCREASES, OUT_OF_PARTY, year_of
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.factories import make_member, make_organisation, make_user
from tests.members.test_statistics import ACTS, DAY, happen

TODAY = date(2026, 11, 22)
D = date(2026, 3, 10)
ANNUAL = "members:annual_tables"


def flows(organisation, year=2026):
    """What a year holds, by label, only where there is something."""
    told = year_of(organisation, year, today=TODAY)
    assert told.balances
    return {label: cells["", ""].count for label, cells in told.flows.items()}


# ── 表一 ────────────────────────────────────────────────────────────────────
def test_every_kind_of_coming_stands_in_its_line(tree, secretary):
    make_member(tree.ours, joined_on=D, full_on=None, category="probationary", start=D)
    back, moved, stopped = (make_member(tree.ours, name) for name in ("甲", "乙", "丙"))
    membership.leave(back, on=date(2025, 5, 1), reason="transferred_out", by=secretary)
    membership.come_back(back, to=tree.ours, on=D, reason="transferred_in", by=secretary)
    membership.move(moved, to=tree.far, on=date(2025, 5, 1), by=secretary)
    membership.move(moved, to=tree.ours, on=D, by=secretary)
    membership.suspend(stopped, on=date(2025, 5, 1), reason="lost_contact", basis="1号", by=secretary)
    membership.restore(stopped, on=D, basis="2号", by=secretary)
    newly_known = make_member(tree.ours, "丁", start=D)  # joined in 2005, in the books only now
    assert newly_known.joined_on < D
    assert flows(tree.ours) == {"in:admitted": 1, "in:transferred_in": 1, "in:moved": 1, "in:restored": 1, "in:opening": 1}
    # A move inside the county is none of the county's: there it neither comes nor goes.
    assert flows(tree.county) == {"in:admitted": 1, "in:transferred_in": 1, "in:restored": 1, "in:opening": 1}


@pytest.mark.parametrize("reason", [code for code, _ in DECREASES if code not in {"stopped", "reorganised", "moved"}])
def test_every_kind_of_leaving_stands_in_its_line(tree, secretary, reason):
    membership.leave(make_member(tree.ours), on=D, reason=reason, by=secretary)
    expected = {f"out:{reason}": 1} | ({f"left:{reason}": 1} if reason in OUT_OF_PARTY else {})
    assert flows(tree.ours) == expected == flows(tree.county)


def test_a_move_out_of_the_township_is_a_loss_there_and_a_gain_next_door(tree, secretary):
    membership.move(make_member(tree.ours), to=tree.far, on=D, by=secretary)
    assert (flows(tree.township), flows(tree.other_township), flows(tree.county)) == ({"out:moved": 1}, {"in:moved": 1}, {})
    assert Affiliation.objects.count() == 2


def test_a_branch_hung_elsewhere_takes_its_people_along(tree, system_admin):
    for _ in range(3):
        make_member(tree.ours)
    rehang(tree.ours, under=tree.other_township, on=D, by=system_admin)
    assert (flows(tree.township), flows(tree.other_township), flows(tree.county), flows(tree.ours)) == (
        {"out:reorganised": 3}, {"in:reorganised": 3}, {}, {},
    )  # fmt: skip


def test_who_is_suspended_counts_no_more_and_a_later_removal_takes_nobody_twice(tree, secretary):
    person = make_member(tree.ours)
    membership.suspend(person, on=D, reason="lost_contact", basis="1号", by=secretary)
    assert flows(tree.ours) == {"out:stopped": 1}
    membership.leave(person, on=date(2026, 9, 1), reason="removed", by=secretary)
    assert flows(tree.ours) == {"out:stopped": 1, "left:removed": 1}


@pytest.mark.parametrize(("day", "year"), [(date(2025, 12, 31), 2025), (date(2026, 1, 1), 2026), (date(2026, 1, 2), 2026)])
def test_the_first_day_away_decides_the_year(tree, secretary, day, year):
    membership.leave(make_member(tree.ours), on=day, reason="died", by=secretary)
    assert flows(tree.ours, year) == {"out:died": 1}
    assert flows(tree.ours, 2025 + 2026 - year) == {}


def test_a_death_recorded_by_mistake_is_no_loss_and_no_gain(tree, secretary):
    person = make_member(tree.ours)
    membership.leave(person, on=D, reason="died", by=secretary)
    assert flows(tree.ours) == {"out:died": 1}
    membership.correct_death(person, basis="误登", by=secretary)
    assert flows(tree.ours) == {}


def test_every_reason_of_an_affiliation_has_its_line():
    assert {code for code, _ in INCREASES} == set(Affiliation.Reason.values)
    assert {code for code, _ in DECREASES} == {*Affiliation.EndReason.values, "stopped", "reorganised"}


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_happens_opening_and_flows_make_the_closing_of_every_subtree(acts, tree):
    with transaction.atomic():
        by = make_user("书记")
        persons = [
            make_member(branch, education="61") for branch in (tree.ours, tree.ours, tree.neighbours, tree.neighbours, tree.far, tree.far)
        ]
        third = make_organisation("中共清源县第三镇委员会", "committee", tree.county)
        for act, who, later in acts:
            try:
                with transaction.atomic():
                    happen(act, persons[who], DAY + timedelta(days=later), by, tree, third)
            except DomainError:
                pass
        for place in (tree.county, tree.township, tree.other_township, third, tree.ours, tree.neighbours, tree.far):
            told = [year_of(place, year, today=TODAY) for year in (2024, 2025, 2026)]
            assert all(year.balances for year in told), place
            assert [year.before.count for year in told[1:]] == [year.after.count for year in told[:-1]], (
                "one year's end is the next one's beginning"
            )
        transaction.set_rollback(True)


# ── The other tables ────────────────────────────────────────────────────────
def table(organisation, number, year=2026):
    """One table's lines that hold anything: label → figures."""
    (found,) = [one for one in tables(year_of(organisation, year, today=TODAY)) if one.number == number]
    return {label: figures for label, kind, figures in found.lines if figures[0]}


def test_the_tables_say_who_they_are(tree, secretary):
    make_member(
        tree.ours, sex="2", ethnicity="04", education="21", birth_on=date(1995, 1, 1), joined_on=date(2019, 7, 1), full_on=date(2020, 7, 1)
    )
    make_member(
        tree.ours, post="学生", education="61", joined_on=D, full_on=None, category="probationary", start=D, birth_on=date(2004, 1, 1)
    )
    gone = make_member(tree.ours, post="退休教师", education="71", birth_on=date(1950, 1, 1))
    membership.leave(gone, on=D, reason="expelled", by=secretary)
    assert table(tree.ours, "表二")["党员总数"] == [2, 1, 1, 2, 1, 1]
    assert table(tree.ours, "表三") == {"合计": [2, 1, 1, 1], "2012年11月及以后": [2, 1, 1, 1]}
    assert table(tree.ours, "表四") == {"合计": [2, 1, 1, 2], "本科": [1, 1, 1, 1], "高中": [1, 0, 0, 1]}
    assert table(tree.ours, "表五")["村"][0] == 2 and table(tree.ours, "表六") == {}
    assert table(tree.ours, "表七")["学生党员"] == [1, 0, 0, 1, 0, 1]
    assert table(tree.ours, "表十") == {"合计": [1, 0, 0, 0, 0], "开除党籍": [1, 0, 0, 0, 0]}
    assert {"71以上", "初中", "离退休人员"} <= table(tree.ours, "表十一").keys()
    assert table(tree.ours, "表十四") == {"合计": [1, 0, 0, 0], "30以下": [1, 0, 0, 0], "高中": [1, 0, 0, 0]}
    assert table(tree.ours, "表十五") == {"合计": [1, 0, 0], "学生": [1, 0, 0]}


@pytest.mark.parametrize(("joined_on", "waits"), [(date(2025, 11, 21), 1), (date(2025, 11, 22), 1), (date(2025, 11, 23), 0)])
def test_a_probation_is_over_after_a_year(tree, joined_on, waits):
    """2026 细则 Art31: one year from the 支部大会; the day it is full, it waits for a decision."""
    make_member(tree.ours, joined_on=joined_on, full_on=None, category="probationary", start=joined_on)
    assert table(tree.ours, "表十三").get("年底预备期已满、还没有结果", [0])[0] == waits


@pytest.mark.parametrize(("full_on", "counts"), [(date(2025, 12, 31), 0), (date(2026, 1, 1), 1), (TODAY, 1)])
def test_who_became_full_in_the_year_is_counted_in_it(tree, full_on, counts):
    make_member(tree.ours, joined_on=date(2024, 12, 1), full_on=full_on)
    assert table(tree.ours, "表十三").get("转为正式党员", [0])[0] == counts


def test_divided_tables_add_up_to_the_closing(tree):
    for education in ("21", "61", ""):
        make_member(tree.ours, education=education)
    told = year_of(tree.county, 2026, today=TODAY)
    for one in tables(told):
        if one.number in {"表三", "表四"}:
            total, *parts = one.lines
            assert [sum(figures) for figures in zip(*(p[2] for p in parts), strict=True)] == total[2] == [3, *total[2][1:]]
    assert NO_DAY not in {told.opening, told.closing}


# ── The book ────────────────────────────────────────────────────────────────
def test_the_book_says_first_what_it_leaves_out_and_then_has_a_sheet_a_table(tree, committee):
    make_member(tree.ours)
    told = year_of(tree.township, 2026, today=TODAY)
    book = load_workbook(export_annual_tables(told, by=committee))
    assert book.sheetnames == ["说明", *(one.number for one in tables(told))]
    first = [[cell.value for cell in row] for row in book["说明"].iter_rows()]
    assert all(any(f"{number} {title}" == row[0] and why in row[1] for row in first) for number, title, why in LEFT_OUT)
    lines = {row[0].value: row[1].value for row in book["表一"].iter_rows(min_row=3)}
    assert (lines["2025年底党员"], lines["本年增加"], lines["2026-11-22党员"]) == (1, 0, 1)
    act = AuditEntry.objects.get(code="members.statistics.exported")
    assert (act.organisation_path, act.data["year"]) == (tree.township.path, 2026)


def test_the_page_shows_the_year_asked_and_gives_the_book(client, tree, committee):
    make_member(tree.ours)
    client.force_login(committee)
    url = reverse(ANNUAL, query={"year": "2025", "organisation": tree.ours.code})
    shown = client.get(url)
    assert shown.context["told"].year == 2025 and "表十五" in shown.content.decode() and "校验" in shown.content.decode()
    assert client.post(url)["Content-Type"].endswith("sheet")
    for nonsense in ("1800", "2999", "去年"):
        assert client.get(reverse(ANNUAL), {"year": nonsense}).context["told"].year == timezone.localdate().year


def test_the_page_costs_the_same_at_one_and_at_fifty(client, tree, committee):
    client.force_login(committee)
    for many in (1, 49):
        for _ in range(many):
            make_member(tree.ours)
        with fits_budget(ANNUAL):
            client.get(reverse(ANNUAL), {"organisation": tree.township.code})


def test_a_figure_of_the_year_s_end_opens_into_as_many_people(client, department, tree):
    """A sum and a part of each trait; what came and went is of no one day and does not open."""
    for n, education in enumerate(("11", "11", "21")):
        make_member(tree.ours, f"甲{n}", education=education)
    client.force_login(department)
    shown = client.get(reverse(ANNUAL), {"organisation": tree.township.code})
    opened = set()
    for table in shown.context["tables"]:
        for label, _, figures, asks in table.filled:
            if asks and (asks not in opened):
                opened.add(asks)
                rows = client.get(f"{reverse('members:statistics_rows')}?organisation={tree.township.code}&{asks}")
                assert rows.context["figure"] == figures[0] > 0, label
                assert f"&amp;{asks.replace('&', '&amp;')}" in shown.content.decode(), label
    assert len(opened) > 5
    assert not any(asks for table in shown.context["tables"] for label, _, _, asks in table.filled if label.startswith("本年"))
