"""记实: recorded by key, revised by a new row, never overwritten."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from members.models import Affiliation, Fact, Owed
from members.services import facts
from tests.factories import make_member


def line(member, *, key="test:1", units="1", day=date(2026, 3, 1)):
    return facts.FactLine(
        key=key,
        kind="meeting.theme_day",
        member_id=member.pk,
        organisation_id=member.branch_id,
        member_class="village",
        day=day,
        units=Decimal(units),
        title="主题党日",
    )


def test_recording_twice_writes_once(member):
    assert facts.record([line(member)], by=None) == 1
    assert facts.record([line(member)], by=None) == 0
    assert Fact.objects.count() == 1


def test_a_change_is_a_new_revision_and_the_old_one_stays(member):
    facts.record([line(member)], by=None)
    facts.record([line(member, units="2")], by=None)
    old, new = Fact.objects.order_by("revision")
    assert (old.units, old.superseded_at is None) == (1, False)
    assert (new.units, new.superseded_at, new.revision) == (2, None, 2)


def test_a_void_is_a_revision_and_can_be_revised_again(member):
    facts.record([line(member)], by=None)
    assert facts.void(["test:1"], by=None) == 1
    assert facts.void(["test:1"], by=None) == 0
    assert not Fact.objects.standing().exists()
    facts.record([line(member)], by=None)
    assert Fact.objects.standing().get().revision == 3


def test_every_change_is_owed_to_the_ledger(member):
    Owed.objects.all().delete()
    facts.record([line(member), line(member, key="test:2", day=date(2025, 1, 1))], by=None)
    assert set(Owed.objects.values_list("member_id", "year")) == {(member.pk, 2026), (member.pk, 2025)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE members_fact SET units = 9",
        "UPDATE members_fact SET superseded_at = now(), units = 9",
        "DELETE FROM members_fact",
        "TRUNCATE members_fact CASCADE",
    ],
)
def test_the_database_refuses_to_overwrite_a_fact(member, statement):
    facts.record([line(member)], by=None)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # pending foreign keys would refuse a TRUNCATE first
        cursor.execute(statement)


def test_a_member_belongs_to_one_branch_a_day(tree, member):
    with pytest.raises(IntegrityError), transaction.atomic():
        Affiliation.objects.create(member=member, organisation=tree.neighbours, start=date(2026, 1, 1), reason="moved")


def test_an_affiliation_is_to_a_branch_only(tree, member):
    with pytest.raises(IntegrityError), transaction.atomic():
        Affiliation.objects.create(
            member=member, organisation=tree.township, start=date(1990, 1, 1), end=date(1991, 1, 1), end_reason="moved", reason="moved"
        )


def test_an_affiliation_is_to_a_branch_that_is_there(member):
    with pytest.raises(IntegrityError, match="to a branch only"), transaction.atomic():
        Affiliation.objects.create(
            member=member, organisation_id=999_999_999, start=date(1990, 1, 1), end=date(1991, 1, 1), end_reason="moved", reason="moved"
        )


def test_the_member_follows_the_affiliation(tree):
    person = make_member(tree.ours)
    person.affiliations.update(end=date(2026, 5, 1), end_reason="moved")
    Affiliation.objects.create(member=person, organisation=tree.far, start=date(2026, 5, 1), reason="moved")
    person.refresh_from_db()
    assert (person.branch, person.left_on) == (tree.far, None)
