"""The days of 走访帮扶, on the day before, on and after. The worked examples of docs/rules.md."""

from datetime import date

from members.care.visits.rules import anniversary, event_due_on, first_day, last_day, stands_out, years_joined


def test_the_spring_round_ends_the_day_before_the_festival_and_july_on_the_day():
    assert last_day(date(2027, 2, 6), before=True) == date(2027, 2, 5)
    assert last_day(date(2027, 7, 1), before=False) == date(2027, 7, 1)
    assert last_day(date(2023, 1, 1), before=True) == date(2022, 12, 31)


def test_a_round_of_fifty_days_counts_both_ends():
    assert first_day(date(2027, 2, 5), 50) == date(2026, 12, 18)
    assert first_day(date(2027, 2, 5), 1) == date(2027, 2, 5)


def test_who_falls_ill_is_seen_within_seven_days():
    assert event_due_on(date(2026, 11, 22), 7) == date(2026, 11, 29)
    assert event_due_on(date(2026, 12, 28), 7) == date(2027, 1, 4)


def test_a_political_birthday_keeps_its_month():
    assert anniversary(date(1976, 7, 1), 2026) == date(2026, 7, 1)
    assert anniversary(date(1972, 2, 29), 2026) == date(2026, 2, 28)
    assert anniversary(date(1972, 2, 29), 2028) == date(2028, 2, 29)


def test_fifty_years_stand_out_and_forty_nine_do_not():
    assert years_joined(date(1976, 12, 1), 2026) == 50
    assert [years for years in range(52) if stands_out(years)] == [10, 20, 30, 40, 50]
    assert stands_out(5, every=5) and not stands_out(0, every=1)
