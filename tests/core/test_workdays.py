"""Working days by the State Council's calendar: the week, its holidays, and the weekends worked for them."""

from datetime import date

import pytest
from django.urls import reverse

from partyportal.core.models import AuditEntry, CalendarDay
from partyportal.core.workdays import Calendar, calendar


@pytest.fixture
def known(db):
    return calendar()


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # 国庆节, a Thursday
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday worked for it
        (date(2026, 10, 11), False),  # a plain Sunday
        (date(2015, 9, 3), False),  # once, by a notice of its own
        (date(2020, 1, 31), False),  # 春节 made longer
    ],
)
def test_a_day_is_what_the_notice_says_and_else_its_weekday(known, day, worked):
    assert known.is_working(day) is worked


def test_five_working_days_across_the_national_day(known):
    # From Monday 28 September: 28 29 30, then 8 and 9 October.
    assert known.last_of(date(2026, 9, 28), 5) == date(2026, 10, 9)
    assert known.count(date(2026, 9, 28), date(2026, 10, 8)) == 4
    assert known.count(date(2026, 9, 28), date(2026, 10, 9)) == 5
    assert known.count(date(2026, 9, 28), date(2026, 10, 10)) == 6


def test_counting_from_a_day_off_begins_with_the_next_one_worked(known):
    assert known.last_of(date(2026, 11, 21), 1) == date(2026, 11, 23)  # Saturday → Monday
    assert known.count(date(2026, 11, 23), date(2026, 11, 22)) == 0


def test_a_year_without_a_notice_is_reckoned_by_the_week_and_says_so(known):
    assert known.known_until == 2026
    assert not known.beyond(date(2026, 12, 31))
    assert known.beyond(date(2026, 12, 31), date(2027, 1, 1)) == "2027 年放假安排未公布，按周末计"
    assert known.is_working(date(2027, 1, 1))  # a Friday; nobody knows better yet


def test_an_empty_calendar_is_the_week():
    empty = Calendar({}, 0)
    assert empty.last_of(date(2026, 10, 1), 5) == date(2026, 10, 7)


def test_only_days_unlike_their_weekday_are_kept(db):
    rows = list(CalendarDay.objects.all())
    assert len(rows) > 300
    assert [row for row in rows if row.is_working != (row.day.weekday() >= 5)] == []


def test_the_system_admin_enters_the_next_years_notice_and_it_is_audited(client, system_admin):
    client.force_login(system_admin)
    told = {"day": "2027-01-01", "name": "元旦", "source": "国务院办公厅关于 2027 年部分节假日安排的通知"}
    assert client.post(reverse("admin:core_calendarday_add"), told).status_code == 302
    assert not calendar().is_working(date(2027, 1, 1))
    assert calendar().known_until == 2027
    assert AuditEntry.objects.get(code="core.calendar_day.added").data["day"] == "2027-01-01"


def test_nobody_else_reaches_the_calendar(client, department):
    client.force_login(department)
    assert client.get(reverse("admin:core_calendarday_changelist")).status_code == 302
