"""A branch hung elsewhere keeps its past dues where they were counted, and takes those of later months along."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.services.organisations import rehang
from members.dues.models import DueMonth
from members.dues.selectors import places
from members.dues.selectors.places import by_place
from tests.dues.makers import TODAY, assess, month, pay_one
from tests.factories import make_member

MOVED_ON = date(2026, 7, 1)


@pytest.fixture
def moved(tree, department):
    """Two members of our branch and one of the neighbours', assessed for the year; our branch goes to the other township in July."""
    people = [make_member(tree.ours, "程勇庆"), make_member(tree.ours, "戴鹏")]
    assess(*people)
    assess(make_member(tree.neighbours, "龚莉娜"))
    rehang(tree.ours, under=tree.other_township, on=MOVED_ON, by=department)
    return people


def months_in(place, at) -> int:
    return sum(line.sums.months for line in by_place(place, [at], today=TODAY))


@pytest.mark.parametrize(("at", "old", "new"), [(month(5), 3, 0), (month(6), 3, 0), (month(7), 1, 2), (month(11), 1, 2)])
def test_a_month_counts_where_the_branch_hung_on_its_last_day(tree, moved, at, old, new):
    assert (months_in(tree.township, at), months_in(tree.other_township, at)) == (old, new)
    assert months_in(tree.county, at) == 3, "none is lost and none is doubled"


def test_the_last_day_of_the_month_decides(tree, department):
    assess(make_member(tree.ours))
    rehang(tree.ours, under=tree.other_township, on=date(2026, 6, 30), by=department)
    assert (months_in(tree.township, month(5)), months_in(tree.township, month(6))) == (1, 0)


def test_a_year_adds_each_month_in_its_own_tree(tree, moved):
    months = [month(number) for number in range(1, 12)]
    told = {place: by_place(place, months, today=TODAY) for place in (tree.county, tree.township, tree.other_township)}
    totals = {place: sum((line.sums.due_total for line in lines), Decimal(0)) for place, lines in told.items()}
    each = totals[tree.county] / 33
    assert totals[tree.township] == each * (6 * 3 + 5 * 1) and totals[tree.other_township] == each * 5 * 2
    by_month = [sum(months_in(place, at) for at in months) for place in (tree.township, tree.other_township)]
    assert [sum(line.sums.months for line in told[place]) for place in (tree.township, tree.other_township)] == by_month == [23, 10]


def test_a_county_read_whole_has_the_same_sums_and_leaves_the_planner_as_it_was(tree, moved, monkeypatch):
    months = [month(number) for number in range(1, 12)]
    looked_up = by_place(tree.county, months, today=TODAY)
    monkeypatch.setattr(places, "WIDE", 0)
    with CaptureQueriesContext(connection) as asked:
        assert by_place(tree.county, months, today=TODAY) == looked_up
    assert any("enable_nestloop = off" in query["sql"] for query in asked)
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == ("on",)


def test_what_is_paid_afterwards_stays_with_its_month(tree, moved, department):
    june = DueMonth.objects.of_month(month(6)).get(member=moved[0])
    owed = [june.due] * 6
    pay_one(moved[0], str(sum(owed)), by=department, until=month(6))
    [ours] = [line for line in by_place(tree.township, [month(6)], today=TODAY) if line.organisation == tree.ours]
    assert (ours.sums.paid_months, ours.sums.paid_total, ours.is_here) == (1, june.due, False)


def test_the_old_committee_keeps_its_number_and_the_new_one_the_names(client, tree, moved, committee):
    client.force_login(committee)
    asked = {"organisation": tree.township.code, "month": "2026-06"}
    page = client.get(reverse("dues:dues"), asked)
    assert page.context["sums"].months == 3
    shown = page.content.decode()
    assert "后来划出" in shown and f"?organisation={tree.ours.code}&amp;" not in shown
    rows = client.get(reverse("dues:dues"), asked | {"state": ""})
    assert [row.member.name for row in rows.context["page"]] == ["龚莉娜"]
    assert rows.context["elsewhere"] == 2 and "2 人在后来划出的党支部" in rows.content.decode()
    assert "程勇庆" not in rows.content.decode()


def test_the_new_committee_sees_no_month_that_was_not_its_own(client, tree, moved, department):
    client.force_login(department)
    for code, at, names in (
        (tree.other_township.code, "2026-06", []),
        (tree.other_township.code, "2026-07", ["程勇庆", "戴鹏"]),
        (tree.township.code, "2026-06", ["程勇庆", "戴鹏", "龚莉娜"]),
    ):
        rows = client.get(reverse("dues:dues"), {"organisation": code, "month": at, "state": ""})
        assert [row.member.name for row in rows.context["page"]] == names, (code, at)
        assert rows.context["elsewhere"] == 0


def test_a_branch_dissolved_since_keeps_its_line(tree, moved, department):
    type(tree.neighbours).objects.filter(pk=tree.neighbours.pk).update(dissolved_on=TODAY)
    lines = by_place(tree.township, [month(6)], today=TODAY)
    assert {line.organisation.code: line.sums.months for line in lines} == {tree.ours.code: 2, tree.neighbours.code: 1}
