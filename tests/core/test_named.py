"""Numbers, years, days, months and public identifiers as a browser names them, where anything may stand."""

from datetime import date
from uuid import UUID

import pytest

from partyportal.core.days import day_named, month_named, year_named
from partyportal.core.numbers import number_named
from partyportal.core.uid import uid_named


@pytest.mark.parametrize("text", [None, "", " 1", "-1", "+1", "1.0", "1_000", "1e3", "９", "²", "٣", "9" * 19, "9" * 5000, "x"])
def test_what_is_no_number_names_none(text):
    assert number_named(text) is None


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("0026", 26), ("9" * 18, 10**18 - 1)])
def test_plain_digits_name_a_number(text, number):
    assert number_named(text) == number


@pytest.mark.parametrize(("text", "number"), [("0", None), ("1", 1), ("12", 12), ("13", None)])
def test_bounds_are_within(text, number):
    assert number_named(text, 1, 12) == number


@pytest.mark.parametrize(("text", "year"), [("0000", None), ("1920", None), ("1921", 1921), ("2200", 2200), ("2201", None)])
def test_a_year_is_one_of_the_partys(text, year):
    assert year_named(text) == year


@pytest.mark.parametrize(
    ("text", "day"), [("1799-12-31", None), ("1800-01-01", date(1800, 1, 1)), ("9999-99-99", None), ("2026-02-30", None)]
)
def test_a_day_is_one_somebody_reckons_with(text, day):
    assert day_named(text) == day


def test_a_month_is_its_first_day():
    assert month_named("2026-11") == date(2026, 11, 1) and month_named("2026-13") is None


# One of each way a page reads a number off its address.
PAGES = (
    "/assessments/?year=",
    "/dues/arrears/?year=",
    "/education/?year=",
    "/education/compliance/?year=",
    "/education/hours/?year=",
    "/education/motions/?year=",
    "/education/open/?year=",
    "/education/plan/?year=",
    "/education/study/?year=",
    "/members/development/?stage=",
    "/members/statistics/annual/?organisation=001&year=",
    "/members/transfers/?year=",
    "/care/visits/birthdays/?month=",
    "/points/honours/?year=",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("number", ["0000", "9" * 5000])
def test_a_page_asked_for_an_impossible_number_shows_its_own(client, department, page, number):
    client.force_login(department)
    assert client.get(page + number).status_code in {200, 404}


@pytest.mark.parametrize("text", [None, "", "7", "x", "〇" * 32, "0" * 31, "0" * 5000])
def test_what_is_no_identifier_names_none(text):
    assert uid_named(text) is None


def test_an_identifier_names_itself():
    assert uid_named("01a2064e-650c-733b-9d3e-946b6e260d75") == UUID("01a2064e-650c-733b-9d3e-946b6e260d75")


@pytest.mark.parametrize("uid", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_form_that_names_nothing_there_is_404(client, department, uid):
    client.force_login(department)
    assert client.post("/education/plan/templates/", {"act": "end", "uid": uid}).status_code == 404


def test_leaving_without_a_day_is_refused_at_its_field(client, department, member):
    client.force_login(department)
    answer = client.post(f"/members/{member.uid}/leave/", {"reason": "removed"})
    assert answer.status_code == 422 and "pp-error" in answer.content.decode()
