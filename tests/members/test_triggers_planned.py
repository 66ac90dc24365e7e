"""A trigger that joins the changed rows is planned for them, not for the one row its session changed first."""

import json
from datetime import date

from django.db import connection

from members.models import Affiliation, Member, MemberClass, MemberPast
from members.services.people import derived
from tests.members.test_import_roster import imported, row

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


def test_a_few_people_are_found_by_index_while_a_roster_is_written(tree):
    """Whoever writes a roster turns nested loops off: a join would read the whole roster for each part of the file."""
    _people(tree.ours)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_member")
        cursor.execute("SET LOCAL enable_nestloop = off")
    few = list(Member.objects.order_by("pk")[:5])
    before = _read_through()
    Affiliation.objects.bulk_create(Affiliation(member=member, organisation=tree.ours, start=member.joined_on) for member in few)
    MemberClass.objects.bulk_create(MemberClass(member=member, name="village", start=member.joined_on) for member in few)
    assert _read_through() == before


def test_keys_of_a_large_import_are_checked_by_the_index_after_a_small_one(tree):
    """The check of a foreign key keeps its plan for the connection: a worker's first roster may have had two people."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")  # as it is best for a table of one page
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        _committed(*(row() for _ in range(12)))
        cursor.execute("SET LOCAL enable_indexscan = on")
        cursor.execute("SET LOCAL enable_bitmapscan = on")
    before = _read_through()
    answer = _committed(*(row() for _ in range(MANY // 3)))
    assert answer.batch.new == MANY // 3
    assert _read_through() - before < 20 * MANY, "every key would read the whole table"


def test_no_index_but_the_primary_key_holds_the_id(db):
    """Of a table it believes empty PostgreSQL thinks any index that holds a column as good as another: one with the id behind the name
    was read whole for each of twenty thousand people."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.indexrelid::regclass::text FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'id' AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = 'members_member'::regclass
            """
        )
        assert cursor.fetchall() == [("members_member_pkey",)]


def _committed(*rows: dict):
    """An import and what a commit still does: check the keys."""
    answer = imported(*rows)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return answer


def _read_through() -> int:
    """Rows of the roster this transaction has read without an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'members_member'")
        return cursor.fetchone()[0]
