"""Two at once: one call is written for one item, one pair for two people, one round for a year."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from members.care.visits.models import Occasion, Outing, Pair, Round, Visit
from members.care.visits.services import rounds
from members.care.visits.services.outings import record_contact
from members.models import Fact
from partyportal.core.errors import DomainError
from tests.at_once import at_once
from tests.factories import make_member
from tests.visits.makers import make_due, make_outing, make_pair

pytestmark = pytest.mark.django_db(transaction=True)


def one_refused(told: list, words: str) -> None:
    refused = [one for one in told if isinstance(one, Exception)]
    assert len(refused) == 1 and isinstance(refused[0], DomainError) and words in refused[0].message, told


def test_branch_and_committee_at_once_settle_an_item_once(tree, secretary, committee):
    elder, goer = make_member(tree.ours, "徐淑珍"), make_member(tree.ours, "高强")
    due = make_due(elder)
    told = at_once(
        lambda: make_outing(tree.ours, [elder], by=secretary, goers=[goer], round=due.round),
        lambda: make_outing(tree.township, [elder], by=committee, goers=[goer], round=due.round),
    )
    one_refused(told, "这一轮已经走访过")
    assert Visit.objects.count() == Outing.objects.count() == Fact.objects.filter(kind="care.visit").count() == 1


def test_a_call_and_its_dispensation_at_once_leave_one(tree, secretary, deputy):
    elder = make_member(tree.ours, "徐淑珍")
    due, today = make_due(elder), timezone.localdate()
    at_once(
        lambda: make_outing(tree.ours, [elder], by=secretary, round=due.round),
        lambda: rounds.waive(due, reason="本人婉辞", today=today, by=deputy),
    )
    due.refresh_from_db()
    assert Visit.objects.filter(due=due).exists(), "a call counts whether or not it was dispensed with"


def test_the_same_two_are_paired_once(tree):
    elder, helper = make_member(tree.ours, "徐淑珍"), make_member(tree.ours, "高强")
    one_refused(at_once(lambda: make_pair(elder, helper=helper), lambda: make_pair(elder, helper=helper)), "还没有结束")
    assert Pair.objects.count() == 1


def test_a_round_is_opened_once(tree, department):
    make_member(tree.ours, "徐淑珍", birth_on=timezone.localdate().replace(year=1930, day=1))
    july, today = Occasion.objects.get(code="july"), timezone.localdate()
    said = {"start": today, "due_on": today + timedelta(days=3), "today": today, "by": department}
    one_refused(at_once(lambda: rounds.open_round(july, **said), lambda: rounds.open_round(july, **said)), "已经开始")
    assert Round.objects.count() == 1 and Round.objects.get().dues.count() == 1


def test_a_call_does_not_wait_for_whoever_writes_about_the_branch(tree, secretary):
    """A row that points at a branch or a pair keeps it KEY SHARE to the end of its transaction: a roster's for minutes."""
    elder, helper = make_member(tree.ours, "徐淑珍"), make_member(tree.ours, "高强")
    pair = make_pair(elder, helper=helper)

    def call():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            return record_contact(pair, day=timezone.localdate(), found="好", needs=False, today=timezone.localdate(), by=secretary)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM branches_organisation WHERE id = %s FOR KEY SHARE", [tree.ours.pk])
        cursor.execute("SELECT FROM visits_pair WHERE id = %s FOR KEY SHARE", [pair.pk])
        assert [type(one) for one in at_once(call)] == [Outing]
