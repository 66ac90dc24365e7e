"""Rows of the demo that COPY wrote are the rows `bulk_create` would have written."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from members.dues.models import Base, RateBand
from members.models import Affiliation, Member
from members.services.people import derived
from partyportal.core.models import User
from partyportal.dashboard.demo.bulk import copy_in, set_columns
from tests.factories import make_member

NUMBER = "629901197503120016"


def _somebody(tree, **changed) -> Member:
    fields = {"name": "吕\t山\\东\n", "sex": "1", "birth_on": date(1975, 3, 12), "joined_on": date(2000, 7, 1), "full_on": None}
    fields |= {"category": "probationary", "address": r"\N", "id_number": NUMBER, "branch": tree.ours} | changed
    return Member(**fields, **derived(name=fields["name"], id_number=fields["id_number"]))


def test_every_kind_of_value_comes_back_as_it_went_in(tree):
    member = _somebody(tree)
    copy_in([member])
    held = Member.objects.get(pk=member.pk)
    assert (bytes(held.id_index), bytes(held.id_tail_index)) == (member.id_index, member.id_tail_index)
    for name in ("uid", "name", "address", "id_number", "full_on", "birth_on", "is_mobile", "branch_id", "version"):
        assert getattr(held, name) == getattr(member, name), name
    assert held.created_at == member.created_at is not None
    copy_in([])


def test_the_triggers_follow_a_copy_as_an_insert(tree):
    member = make_member(tree.ours)
    Member.objects.filter(pk=member.pk).update(branch=None)
    Affiliation.objects.filter(member=member).delete()
    copy_in([Affiliation(member=member, organisation=tree.far, start=date(2020, 1, 1), reason="opening")])
    member.refresh_from_db()
    assert member.branch == tree.far


def test_a_row_named_before_it_was_numbered_is_named_by_its_number(tree):
    member = _somebody(tree)
    row = Affiliation(member=member, organisation=tree.ours, start=date(2020, 1, 1), reason="opening")
    copy_in([member])
    copy_in([row])
    assert Affiliation.objects.get(pk=row.pk).member == member


def test_an_income_is_sealed(tree):
    user, band = User.objects.create(username="dues"), RateBand.objects.filter(kind="salaried").first()
    base = Base(member=make_member(tree.ours), amount="2500.00", band=band, year=2026, start=date(2026, 1, 1), kind="salaried", set_by=user)
    base.monthly, base.set_at = Decimal("12.50"), timezone.now()
    copy_in([base])
    assert Base.objects.get(pk=base.pk).income == Decimal("2500.00")
    with connection.cursor() as cursor:
        cursor.execute("SELECT amount FROM dues_base WHERE id = %s", [base.pk])
        assert b"2500" not in bytes(cursor.fetchone()[0])


def test_columns_are_set_row_by_row(tree):
    first, second = make_member(tree.ours), make_member(tree.ours)
    set_columns(Member, ("post", "lost_on"), [(first.pk, "教师", date(2026, 1, 1)), (second.pk, "", None)])
    assert list(Member.objects.order_by("pk").values_list("post", "lost_on")) == [("教师", date(2026, 1, 1)), ("", None)]
    set_columns(Member, ("post",), [])
