"""When a station is open, when its standard is due, when a room is free: the worked examples of docs/rules.md."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from members.care.stations import rules

MORNING, AFTERNOON = (time(8, 30), time(12)), (time(14, 30), time(17, 30))
WEEK = dict.fromkeys(range(5), (MORNING, AFTERNOON))
SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 23)


def test_the_week_the_holiday_and_the_day_that_differs():
    assert rules.hours_on(MONDAY, week=WEEK) == (MORNING, AFTERNOON)
    assert rules.hours_on(SUNDAY, week=WEEK) == ()
    assert rules.hours_on(MONDAY, week=WEEK, rests=True, worked=False) == ()  # 法定节假日
    assert rules.hours_on(MONDAY, week=WEEK, rests=False, worked=False) == (MORNING, AFTERNOON)
    assert rules.hours_on(SUNDAY, week=WEEK, rests=True, worked=True) == (MORNING, AFTERNOON)  # 调休: Monday's
    assert rules.hours_on(MONDAY, week=WEEK, exception=[], rests=True) == ()
    assert rules.hours_on(SUNDAY, week=WEEK, exception=[MORNING], rests=True, worked=False) == (MORNING,)


@pytest.mark.parametrize(
    ("moment", "is_open", "words"),
    [
        (time(8, 29), False, "还没开，08:30 开"),
        (time(8, 30), True, "开着，到 12:00"),
        (time(11, 59), True, "开着，到 12:00"),
        (time(12, 0), False, "还没开，14:30 开"),
        (time(17, 29), True, "开着，到 17:30"),
        (time(17, 30), False, "今天已关"),
    ],
)
def test_open_to_the_minute(moment, is_open, words):
    assert rules.now_at(moment, [AFTERNOON, MORNING]) == rules.Now(is_open, words)
    assert rules.now_at(moment, []) == rules.Now(False, "今天不开")


def test_stretches_of_a_day_may_meet_and_not_overlap():
    assert not rules.overlapping([MORNING, (time(12), time(13))])
    assert rules.overlapping([MORNING, (time(11, 59), time(13))])


@pytest.mark.parametrize(
    ("opened", "last", "every", "by"),
    [
        (date(2026, 6, 30), None, 6, date(2026, 6, 30)),
        (date(2026, 7, 1), None, 6, date(2026, 12, 31)),
        (date(2026, 6, 30), None, 12, date(2026, 12, 31)),
        (date(2020, 1, 1), date(2026, 6, 30), 6, date(2026, 12, 31)),
        (date(2020, 1, 1), date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2020, 1, 1), date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_a_check_is_due_by_the_end_of_its_half_year_or_year(opened, last, every, by):
    assert rules.next_check_by(opened, last, every) == by


def test_a_station_meets_its_standard_until_the_last_day_and_without_anything_required_missing():
    there, lacks, mended = (rules.Line(True, True), rules.Line(True, False), rules.Line(True, False, MONDAY))
    optional = rules.Line(False, False)
    day = {"due_by": MONDAY, "today": MONDAY}
    assert rules.standing([there, optional], accepted=True, **day) == rules.MEETS
    assert rules.standing([there, lacks], accepted=True, **day) == rules.SHORT
    assert rules.standing([there, mended], accepted=True, **day) == rules.MEETS
    assert rules.standing([there], accepted=False, **day) == rules.WAITING
    assert rules.standing([there], accepted=True, due_by=MONDAY, today=MONDAY + timedelta(days=1)) == rules.UNCHECKED
    assert rules.standing([], accepted=True, **day) == rules.UNCHECKED


def test_the_first_open_day_with_nobody_on_duty():
    days = [MONDAY + timedelta(days=n) for n in range(3)]
    assert rules.uncovered(days, []) == MONDAY
    assert rules.uncovered(days, [(0, SUNDAY, None)]) == days[1]  # Mondays alone
    assert rules.uncovered(days, [(None, SUNDAY, days[2])]) == days[2]  # until the day before
    assert rules.uncovered(days, [(None, SUNDAY, None)]) is None
    assert rules.uncovered(days, [(None, days[1], None)]) == MONDAY


def moment(hour, minute=0, day=0):
    return datetime(2026, 11, 23 + day, hour, minute, tzinfo=UTC)


def test_the_nearest_free_time_of_the_same_length():
    windows = [(moment(8), moment(12)), (moment(14), moment(18)), (moment(8, day=1), moment(12, day=1))]
    free = lambda asked, *taken: rules.nearest_free(asked, windows=windows, taken=list(taken))  # noqa: E731
    asked = (moment(9), moment(11))
    assert free(asked) == moment(9)
    assert free(asked, (moment(8, 30), moment(10))) == moment(10)
    assert free(asked, (moment(8, 30), moment(10, 30))) == moment(14)  # an hour and a half is too short
    assert free(asked, (moment(8), moment(18))) == moment(8, day=1)
    assert free(asked, (moment(8), moment(18)), (moment(9, day=1), moment(11, day=1))) is None
    # Two as near: the later one, so that nobody is asked to come early.
    assert free((moment(10), moment(10, 30)), (moment(9, 30), moment(10, 30))) == moment(10, 30)
    assert rules.clash(asked, [(moment(8), moment(9)), (moment(11), moment(12))]) is None
    assert rules.clash(asked, [(moment(10, 59), moment(12)), (moment(8), moment(9, 1))]) == (moment(8), moment(9, 1))
