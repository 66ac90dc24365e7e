"""Several settles at once over the same people, on connections of their own: the ledger is that of a quiet run, and nobody sees a deadlock."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from members.models import Owed
from members.services.facts import record, void
from points.models import Entry, OrganisationMonth, Standing
from points.services import settle_owed
from points.settlement import Scope, settle
from points.settlement.check import ledger_drift, projection_drift
from tests.factories import make_member
from tests.points.makers import deed, happened, make_scheme, standing_lines

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def people(tree):
    make_scheme(
        tree.county,
        {"cap": Decimal(6), "cap_period": "quarter"},
        {"code": "hours", "fact_kind": "study.hours", "value": Decimal("0.5")},
        categories={"life": (Decimal(20), "year")},
    )
    return [make_member(branch, f"党员{n}") for n in range(4) for branch in (tree.ours, tree.neighbours)]


def at_once(*acts, patience: float = 120):
    """Run the acts in threads that start together; a fault in one fails the test."""
    ready = threading.Barrier(len(acts))

    def run(act):
        try:
            ready.wait(patience / 2)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        for outcome in [pool.submit(run, act) for act in acts]:
            outcome.result(timeout=patience)


def agrees_with_a_quiet_run():
    assert not Owed.objects.exists()
    assert projection_drift() is None and ledger_drift() is None
    held, standings = standing_lines(), sorted(Standing.objects.exclude(points=0).values_list("member", "quarter", "category", "points"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "DELETE FROM points_entry; DELETE FROM points_standing; DELETE FROM points_organisationmonth; DELETE FROM points_organisationyear"
        )
    settle(Scope(2026))
    assert standing_lines() == held
    assert sorted(Standing.objects.exclude(points=0).values_list("member", "quarter", "category", "points")) == standings


def test_overlapping_settles_of_the_same_members(people):
    happened(*(deed(p, date(2026, month, day)) for p in people for month in (1, 2, 4) for day in (5, 20)))
    ids = [p.pk for p in people]
    at_once(*(lambda part=part: settle(Scope.of(part, 2026)) for part in (ids[:5], ids[3:], ids[::-1], ids[2:6], ids[:1], ids[4:])))
    assert Entry.objects.values("line").distinct().count() == Entry.objects.count(), "each line was posted once"
    agrees_with_a_quiet_run()


def test_a_county_year_and_meetings_at_once(people):
    happened(*(deed(p, date(2026, month, 5)) for p in people for month in range(1, 7)))
    at_once(
        lambda: settle(Scope(2026)),
        *(lambda p=p: settle(Scope.of([p.pk, people[0].pk], 2026)) for p in people[1:5]),
        lambda: settle(Scope(2026)),
    )
    agrees_with_a_quiet_run()


def test_facts_recorded_revised_and_voided_while_others_settle(people):
    def secretary(p, n):
        for month in (1, 2, 3):
            with transaction.atomic():
                record([deed(p, date(2026, month, 5 + n), key=f"{p.pk}/{n}/{month}", units="2")], by=None)
            settle(Scope.of([p.pk], 2026))
        record([deed(p, date(2026, 7, 9), key=f"{p.pk}/{n}/1", units="3")], by=None)
        void([f"{p.pk}/{n}/2"], by=None)

    at_once(*(lambda p=p, n=n: secretary(p, n) for n, p in enumerate([*people[:3], *people[:3]])), settle_owed, lambda: settle(Scope(2026)))
    settle_owed()
    agrees_with_a_quiet_run()


def test_a_settle_sees_what_the_one_before_it_committed(people):
    """The second waits for the member's row, then works on what it finds after the wait, not on what it knew before."""
    one = people[0]
    happened(deed(one, date(2026, 1, 5)))
    first_done, second_begun = threading.Event(), threading.Event()

    def first():
        with transaction.atomic():
            settle(Scope.of([one.pk], 2026))
            second_begun.wait(60)
            first_done.wait(0.5)  # leaves the second time to run into the lock

    def second():
        second_begun.set()
        settle(Scope.of([one.pk], 2026))
        first_done.set()

    at_once(first, second)
    assert Entry.objects.count() == 1
    assert OrganisationMonth.objects.get().points == 2
