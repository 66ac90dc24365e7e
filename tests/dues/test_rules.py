"""中组发〔2008〕3号 and 条例 Art31(6), on the day before, on and after each bound."""

from datetime import date
from decimal import Decimal as D

import pytest

from members.dues.models import RateBand
from members.dues.rules import (
    band_for,
    base_faults,
    consecutive_unpaid,
    due_on,
    earliest_payable,
    goes_to_the_centre,
    may_have_lapsed,
    month_words,
    monthly_due,
    reminder_stage,
    to_fen,
)


@pytest.fixture
def bands(db):
    return list(RateBand.objects.on(date(2026, 1, 1)))


def due(bands, kind, amount=None, fixed=None):
    amount, fixed = amount and D(amount), fixed and D(fixed)
    return monthly_due(band_for(bands, kind=kind, amount=amount), amount=amount, fixed=fixed)


@pytest.mark.parametrize("kind", ["salaried", "annual", "self_employed"])
@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("2999.99", "15.00"),  # 14.99995, half a fen upward
        ("3000.00", "15.00"),
        ("3000.01", "30.00"),  # 1% of the whole base, not of the one fen above
        ("5000.00", "50.00"),
        ("5000.01", "75.00"),  # 75.00015
        ("10000.00", "150.00"),
        ("10000.01", "200.00"),  # 200.0002
        ("4333.33", "43.33"),
        ("4333.50", "43.34"),  # 43.335: half a fen goes up
        ("30000", "600.00"),
    ],
)
def test_zhongzufa_2008_3_who_has_an_income_pays_a_share_of_the_whole_base(bands, kind, amount, expected):
    assert due(bands, kind, amount) == D(expected)


@pytest.mark.parametrize(("amount", "expected"), [("4999.99", "25.00"), ("5000.00", "25.00"), ("5000.01", "50.00"), ("12000", "120.00")])
def test_zhongzufa_2008_3_the_retired_pay_half_a_percent_to_5000_and_one_above(bands, amount, expected):
    assert due(bands, "retired", amount) == D(expected)


def test_zhongzufa_2008_3_a_farmer_pays_what_the_branch_fixed_between_0_2_and_1(bands):
    band = band_for(bands, kind="farmer", amount=None)
    assert due(bands, "farmer", fixed="0.5") == D("0.50")
    assert due(bands, "farmer") == D("0.20")
    for fixed, fine in (("0.19", False), ("0.20", True), ("1.00", True), ("1.01", False)):
        assert (base_faults(band, takes_amount=False, amount=None, fixed=D(fixed)) == []) is fine, fixed


def test_zhongzufa_2008_3_students_the_jobless_and_those_on_relief_pay_0_2(bands):
    assert due(bands, "minimal") == D("0.20")
    assert base_faults(band_for(bands, kind="minimal", amount=None), takes_amount=False, amount=None, fixed=D("0.3"))[0].field == "fixed"


def test_a_base_is_a_sum_above_nothing(bands):
    band = band_for(bands, kind="salaried", amount=D("0"))
    assert base_faults(band, takes_amount=True, amount=None, fixed=None)[0].message == "填交纳基数：每月固定的税后收入。"
    assert base_faults(band, takes_amount=True, amount=D("0"), fixed=None)
    assert not base_faults(band, takes_amount=True, amount=D("0.01"), fixed=None)


def test_the_rates_are_dated_rows_with_their_source(bands):
    assert len(bands) == 16
    assert all("中组发〔2008〕3号" in band.source for band in bands)
    assert not RateBand.objects.on(date(2008, 3, 31)).exists()
    assert RateBand.objects.on(date(2008, 4, 1)).count() == 16


def test_every_income_has_exactly_one_rate(bands):
    for kind in ("salaried", "annual", "self_employed", "retired"):
        for fen in (1, 299_999, 300_000, 300_001, 499_999, 500_000, 500_001, 999_999, 1_000_000, 1_000_001, 99_999_999):
            amount = D(fen) / 100
            fitting = [
                b for b in bands if b.kind == kind and (b.above is None or amount > b.above) and (b.up_to is None or amount <= b.up_to)
            ]
            assert len(fitting) == 1


def test_half_a_fen_goes_up():
    assert [to_fen(D(x)) for x in ("0.004999", "0.005", "1.015")] == [D("0.00"), D("0.01"), D("1.02")]


def test_zhongzufa_2008_3_back_pay_reaches_six_months_back():
    assert earliest_payable(date(2026, 11, 1), back_pay_months=6) == date(2026, 5, 1)
    assert earliest_payable(date(2026, 11, 30), back_pay_months=6) == date(2026, 5, 1)
    assert earliest_payable(date(2026, 3, 31), back_pay_months=6) == date(2025, 9, 1)


def test_tiaoli_art31_6_six_months_in_a_row_and_not_five():
    months = [date(2026, m, 1) for m in range(1, 11)]
    assert consecutive_unpaid(months[-5:], last_paid=date(2026, 5, 1)) == 5
    assert not may_have_lapsed(5)
    assert may_have_lapsed(6)
    assert consecutive_unpaid([date(2026, 2, 1), *months[-2:]], last_paid=date(2026, 8, 1)) == 2, "an old gap is owed, but not in a row"
    assert consecutive_unpaid(months, last_paid=None) == 10


def test_the_branch_is_reminded_at_one_three_and_five_months():
    assert [reminder_stage(n) for n in range(7)] == [0, 1, 1, 3, 3, 5, 5]


def test_zhongzufa_2008_3_a_thousand_voluntary_goes_to_the_centre():
    assert [goes_to_the_centre(D(x), large=1000) for x in ("999.99", "1000", "1000.01")] == [False, True, True]


def test_a_month_ends_on_its_last_day_also_in_leap_years():
    assert [due_on(date(2028, 2, 1)), due_on(date(2026, 12, 1))] == [date(2028, 2, 29), date(2026, 12, 31)]


def test_months_are_told_in_runs():
    assert month_words([date(2026, m, 1) for m in (1, 2, 3, 5)]) == "1–3、5 月"
    assert month_words([date(2025, 12, 1), date(2026, 1, 1)]) == "2025年12月–2026年1月"
    assert month_words([]) == ""
