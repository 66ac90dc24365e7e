"""A trigger that joins the changed rows is planned for them, not for the one row its session changed first."""

import json
from datetime import date

from django.db import connection

from members.models import Member, MemberPast
from members.services.people import derived

MANY = 1_500


def _people(branch) -> None:
    about = {"sex": "1", "birth_on": date(1970, 1, 1), "joined_on": date(2000, 7, 1), "full_on": date(2001, 7, 1), "category": "full"}
    Member.objects.bulk_create(
        Member(name="党员", branch=branch, id_number=number, **about, **derived(name="党员", id_number=number))
        for number in (f"62990119700101{n:04d}" for n in range(MANY))
    )


def _milliseconds(trigger: str, update: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {update}")
        (told,) = cursor.fetchone()
    (told,) = told if isinstance(told, list) else json.loads(told)
    return next(row["Time"] for row in told["Triggers"] if row["Trigger Name"] == trigger)


def test_many_changes_after_one_cost_what_they_cost_alone(tree):
    _people(tree.ours)
    change = "UPDATE members_member SET post = post || 'x'"
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
    alone = _milliseconds("keeps_past", change)
    assert MemberPast.objects.count() == MANY
    MemberPast.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
    _milliseconds("keeps_past", f"{change} WHERE id = (SELECT min(id) FROM members_member)")
    after_one = _milliseconds("keeps_past", change)
    assert MemberPast.objects.count() == MANY
    assert after_one < alone * 5, (after_one, alone)
