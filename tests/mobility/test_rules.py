"""The clocks, each boundary on the day before, on and after; places as people write them."""

from datetime import date, timedelta

import pytest

from members.mobility.rules.clocks import (
    contact_due_on,
    is_away,
    may_remove_on,
    may_suspend_on,
    means_untried,
    overdue_before,
    transfer_due_on,
)
from members.mobility.rules.places import destination_words, read_destination

DAYS = [date(2027, 1, 1) + timedelta(days=n) for n in range(800)]


@pytest.mark.parametrize(("until", "away"), [(date(2026, 9, 1), False), (date(2026, 9, 2), True), (date(2026, 9, 3), True)])
def test_away_six_consecutive_months(until, away):
    assert is_away(start=date(2026, 3, 2), until=until, months=6) is away


def test_art25_six_months_and_a_fixed_place():
    assert transfer_due_on(start=date(2026, 3, 2), place_fixed=True) == date(2026, 9, 2)
    assert transfer_due_on(start=date(2026, 3, 2), place_fixed=False) is None
    assert transfer_due_on(start=date(2026, 8, 31), place_fixed=True) == date(2027, 2, 28)


def test_art34_abroad_at_least_once_each_half_year():
    assert contact_due_on(last=date(2026, 5, 20), months=6) == date(2026, 11, 20)


@pytest.mark.parametrize("months", [1, 3, 6, 12])
def test_the_clock_turned_round_agrees_with_the_clock_on_every_day(months):
    for today in DAYS:
        first = overdue_before(today, months)
        assert contact_due_on(last=first, months=months) >= today
        assert contact_due_on(last=first - timedelta(days=1), months=months) < today


def test_art24_six_months_then_two_years():
    assert may_suspend_on(date(2026, 5, 22)) == date(2026, 11, 22)
    assert may_remove_on(date(2026, 11, 22)) == date(2028, 11, 22)
    assert may_remove_on(date(2028, 2, 29)) == date(2030, 2, 28)


def test_every_means_is_tried_before_anybody_is_reported():
    assert means_untried(["phone", "message", "phone"]) == ("visit", "kin")
    assert means_untried(["kin", "visit", "phone"]) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("陕西省西安市雁塔区", ("61", "西安市", "雁塔区")),
        ("广东省东莞市", ("44", "东莞市", "")),
        ("北京市朝阳区", ("11", "", "朝阳区")),
        ("新疆维吾尔自治区乌鲁木齐市", ("65", "乌鲁木齐市", "")),
        ("湖北省恩施土家族苗族自治州利川市", ("42", "恩施土家族苗族自治州", "利川市")),
        ("广东深圳", ("44", "深圳", "")),
        ("东莞", ("", "东莞", "")),
        ("", ("", "", "")),
    ],
)
def test_a_destination_of_the_roster_is_read(text, parts):
    assert read_destination(text) == parts


def test_a_destination_is_written_to_the_county():
    assert destination_words("61", "西安市", "雁塔区") == "陕西省西安市雁塔区"
    assert destination_words("00", "日本东京", "") == "日本东京"
