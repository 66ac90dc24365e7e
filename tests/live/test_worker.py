"""A real worker on a real broker: bells are heard, and kills and outages lose nothing and double nothing."""

import time
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg2
import pytest
from django.db import connection, transaction
from django.utils import timezone

from education.models import Meeting
from education.services import record_meeting
from members.models import Owed
from points.models import Entry, Standing
from points.services import Scope, publish_default, settle
from tests.factories import make_member
from tests.live.processes import database_url, wait_until

pytestmark = [pytest.mark.worker, pytest.mark.slow]


@pytest.fixture
def scheme(tree):
    return publish_default(tree.county, start=date(2020, 1, 1), by=None)


def confirm_a_meeting(tree, by, *, day: date | None = None):
    today = timezone.localdate()
    return record_meeting(
        organisation=tree.ours, kind=Meeting.Kind.THEME_DAY, held_on=day or today, topic="冬季防火", study_hours=2, roll={}, by=by, today=today, confirm=True
    )  # fmt: skip


def ledger() -> list[tuple]:
    """The entries without what differs from run to run."""
    rows = Entry.objects.values_list(
        "line", "posting", "kind", "member", "organisation", "item", "category", "period_start", "day", "points"
    )
    return sorted(map(str, rows))


def standings() -> list[tuple]:
    return sorted(Standing.objects.values_list("member", "year", "quarter", "category", "points"))


def undisturbed(years: set[int]) -> tuple[list, list]:
    """What one quiet settle makes of the same facts: the ledger is emptied and filled again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "DELETE FROM points_entry; DELETE FROM points_standing; DELETE FROM points_organisationmonth; DELETE FROM points_organisationyear"
        )
    for year in years:
        settle(Scope(year))
    return ledger(), standings()


@contextmanager
def held_up(table: str):
    """Whoever wants to write the table waits here, in the middle of its statement."""
    other = psycopg2.connect(database_url())
    other.cursor().execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def waiting_backends() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return cursor.fetchone()[0]


def test_points_follow_a_confirmed_meeting_within_seconds(worker, tree, scheme, secretary):
    people = [make_member(tree.ours, f"党员{n}") for n in range(5)]
    confirm_a_meeting(tree, secretary)
    wait_until(lambda: Standing.objects.filter(member__in=people).count() >= 5, seconds=30, what="standings of all five")


def test_redis_away_while_a_meeting_is_confirmed_only_delays_its_points(worker, broker, tree, secretary):
    make_member(tree.ours)
    publish_default(tree.county, start=date(2020, 1, 1), by=None)
    # The quarter's base first, else its bell would be heard below.
    wait_until(lambda: Entry.objects.exists() and not Owed.objects.exists(), what="the base settled")
    before = ledger()
    broker.stop()
    started = time.monotonic()
    meeting = confirm_a_meeting(tree, secretary)
    assert time.monotonic() - started < 30, "nobody waits for a broker that is away"
    assert Meeting.objects.get(pk=meeting.pk).state == Meeting.State.CONFIRMED
    assert Owed.objects.exists()
    assert ledger() == before
    broker.start()
    worker.back()
    wait_until(lambda: ledger() != before and not Owed.objects.exists(), what="the owed settle")
    found = (ledger(), standings())
    assert found == undisturbed({meeting.held_on.year})


def test_a_worker_killed_in_the_middle_of_a_settle_leaves_the_same_ledger(worker, tree, scheme, secretary):
    for n in range(8):
        make_member(tree.ours, f"党员{n}")
    with held_up("points_standing"):
        meeting = confirm_a_meeting(tree, secretary, day=timezone.localdate() - timedelta(days=1))
        wait_until(waiting_backends, what="the settle reaching the standings")
        worker.kill()
    worker.start()
    wait_until(lambda: Entry.objects.exists() and not Owed.objects.exists(), what="the second worker's settle")
    found = (ledger(), standings())
    assert found == undisturbed({meeting.held_on.year})
