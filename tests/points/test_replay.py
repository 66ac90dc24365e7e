"""A past period as it stood on a day: what a snapshot of that day said, and the same again from what was known then."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.models import Fact
from members.services import facts
from points.models import Entry, Scheme
from points.selectors.replays import changes_of, end_of, replay_of
from points.settlement import Scope, settle
from points.settlement.grades import GradePeriod
from points.settlement.replay import replay
from tests.factories import make_member
from tests.points.makers import YEAR, deed, make_scheme

pytestmark = pytest.mark.django_db

QUARTER, WHOLE = GradePeriod(YEAR, 1), GradePeriod(YEAR)
NOON = datetime(YEAR, 4, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def happens(day: date, *acts) -> None:
    """Acts that become known, and are settled, at noon of a day."""
    before = {model: set(model.objects.values_list("pk", flat=True)) for model in (Fact, Entry, Scheme)}
    held = {fact.pk: fact.superseded_at for fact in Fact.objects.all()}
    for act in acts:
        act()
    settle(Scope(YEAR))
    moment = NOON + timedelta(days=(day - NOON.date()).days)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # tests alone: the ledger's days are made by the clock
        for model, column in ((Fact, "recorded_at"), (Entry, "posted_at"), (Scheme, "published_at")):
            new = set(model.objects.values_list("pk", flat=True)) - before[model]
            model.objects.filter(pk__in=new).update(**{column: moment})
        Fact.objects.filter(pk__in=[pk for pk, was in held.items() if was is None], superseded_at__isnull=False).update(
            superseded_at=moment
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def told(*deeds):
    return lambda: facts.record(deeds, by=None)


def test_a_quarter_as_it_stood_and_why_it_is_another_now(tree, member, secretary):
    happens(date(YEAR, 1, 1), lambda: make_scheme(tree.county, {"cap": Decimal(5), "cap_period": "quarter"}, start=date(YEAR, 1, 1)))
    happens(date(YEAR, 3, 31), told(deed(member, date(YEAR, 2, 5), key="kept"), deed(member, date(YEAR, 3, 5), key="wrong", units="2")))
    on = date(YEAR, 4, 1)
    assert changes_of(member, QUARTER, on=on)[1] == []
    happens(date(YEAR, 5, 6), lambda: facts.record([deed(member, date(YEAR, 3, 5), key="wrong", units="1")], by=secretary))
    happens(date(YEAR, 5, 7), told(deed(member, date(YEAR, 1, 20), key="late")))
    row, changes = changes_of(member, QUARTER, on=on)
    assert (row.stood, row.recomputed, row.now) == (5, 5, 5)
    reasons = [change.reason for change in changes]
    assert f"5月6日更正，数量由 2 改为 1，{secretary}办" in reasons and "5月7日补记" in reasons
    assert sum(change.difference for change in changes) == row.difference


def test_a_new_version_is_a_reason(tree, member):
    happens(date(YEAR, 1, 1), lambda: make_scheme(tree.county, {}, start=date(YEAR, 1, 1)))
    happens(date(YEAR, 3, 31), told(deed(member, date(YEAR, 2, 5))))
    happens(date(YEAR, 5, 1), lambda: make_scheme(tree.county, {"value": Decimal(3)}, start=date(YEAR, 2, 1), version=2))
    row, changes = changes_of(member, WHOLE, on=date(YEAR, 4, 1))
    assert (row.stood, row.recomputed, row.now) == (2, 2, 3)
    assert [change.reason for change in changes] == ["积分办法（第 2 版）于 5月1日发布，theme_day每次 3 分"]


def test_what_was_voided_says_so(tree, member, secretary):
    happens(date(YEAR, 1, 1), lambda: make_scheme(tree.county, {}, start=date(YEAR, 1, 1)))
    happens(date(YEAR, 3, 31), told(deed(member, date(YEAR, 2, 5), key="wrong")))
    happens(date(YEAR, 4, 9), lambda: facts.void(["wrong"], by=secretary))
    row, changes = changes_of(member, QUARTER, on=date(YEAR, 3, 31))
    assert (row.stood, row.now) == (2, 0)
    assert [change.reason for change in changes] == [f"4月9日作废，{secretary}办"]


def test_what_was_known_but_not_yet_settled_shows(tree, member):
    happens(date(YEAR, 1, 1), lambda: make_scheme(tree.county, {}, start=date(YEAR, 1, 1)))
    happens(date(YEAR, 3, 31), told(deed(member, date(YEAR, 2, 5))))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Entry.objects.update(posted_at=NOON + timedelta(days=3))
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    (found,) = replay(Scope(YEAR), first=QUARTER.first, last=QUARTER.last, at=end_of(date(YEAR, 4, 1)))
    assert (found.stood, found.recomputed, found.was_settled) == (0, 2, False)


def test_a_committee_sees_its_branches_with_their_members_of_today(tree, member):
    far = make_member(tree.far, "外镇")
    happens(date(YEAR, 1, 1), lambda: make_scheme(tree.county, {}, start=date(YEAR, 1, 1)))
    happens(date(YEAR, 3, 31), told(deed(member, date(YEAR, 2, 5)), deed(far, date(YEAR, 2, 5))))
    happens(date(YEAR, 4, 9), told(deed(member, date(YEAR, 2, 6), key="late")))
    on = date(YEAR, 3, 31)
    assert [(row.target, row.stood, row.now, row.changed) for row in replay_of(tree.township, QUARTER, on=on)] == [
        (tree.ours.code, 2, 4, 1)
    ]
    assert {row.target: row.now for row in replay_of(tree.county, QUARTER, on=on)} == {tree.township.code: 4, tree.other_township.code: 2}
    assert [row.target for row in replay_of(tree.ours, QUARTER, on=on)] == [str(member.uid)]


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(["say", "say", "void", "version"]), st.integers(0, 5), st.integers(0, 300), st.integers(1, 4)),
        min_size=2,
        max_size=8,
    )
)
def test_every_past_day_replays_to_its_snapshot(tree, acts):
    with transaction.atomic():
        people = [make_member(tree.ours, "甲"), make_member(tree.far, "乙")]
        cap = {"cap": Decimal(6), "cap_period": "quarter"}
        happens(date(YEAR, 1, 1), lambda: make_scheme(tree.county, cap, start=date(YEAR, 1, 1)))
        snapshots = {}
        for step, (act, which, at, units) in enumerate(acts):
            today = date(YEAR, 2, 1) + timedelta(days=step)
            when = date(YEAR, 1, 1) + timedelta(days=at)
            if act == "say":
                happens(today, told(deed(people[which % 2], when, key=f"deed:{which}", units=str(units))))
            elif act == "void":
                happens(today, lambda which=which: facts.void([f"deed:{which}"], by=None))
            elif not Scheme.objects.filter(start=when).exists():
                happens(
                    today,
                    lambda when=when, units=units, step=step: make_scheme(
                        tree.county, {"value": Decimal(units)}, start=when, version=step + 2
                    ),
                )
            snapshots[today] = totals()
        for day, snapshot in snapshots.items():
            found = replay(Scope(YEAR), first=WHOLE.first, last=WHOLE.last, at=end_of(day))
            assert {row.member_id: row.stood for row in found if row.stood} == snapshot
            assert all(row.was_settled for row in found), "the same definition over what was known then"
        transaction.set_rollback(True)


def totals() -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for entry in Entry.objects.all():
        found[entry.member_id] = found.get(entry.member_id, Decimal(0)) + entry.points
    return {member: points for member, points in found.items() if points}
