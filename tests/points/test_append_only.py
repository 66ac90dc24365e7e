"""What the database itself refuses: shown by trying."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from partyportal.core import audit
from points.models import Scheme
from tests.points.makers import deed, make_scheme, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(tree, member):
    scheme = make_scheme(tree.county, {})
    settled(deed(member, date(2026, 2, 1)))
    audit.record("points.test.made", scheme, by=None)
    return scheme


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_entry SET points = points + 1",
        "UPDATE points_entry SET posted_at = now()",
        "DELETE FROM points_entry",
        "TRUNCATE points_entry",
        "UPDATE core_auditentry SET code = 'x'",
        "DELETE FROM core_auditentry",
        "TRUNCATE core_auditentry",
        "DELETE FROM members_fact",
        "TRUNCATE members_fact CASCADE",
        "UPDATE members_fact SET units = 9",
        "DELETE FROM branches_organisation",
    ],
)
def test_the_ledger_the_log_and_the_facts_refuse_change(scheme, statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # pending foreign keys would refuse a TRUNCATE first
        with pytest.raises(DatabaseError, match=r"refused|never overwritten"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_scheme SET name = 'x' WHERE id = %(scheme)s",
        "DELETE FROM points_scheme WHERE id = %(scheme)s",
        "UPDATE points_item SET value = 9 WHERE scheme_id = %(scheme)s",
        "DELETE FROM points_item WHERE scheme_id = %(scheme)s",
        "UPDATE points_category SET cap = 9, cap_period = 'year' WHERE scheme_id = %(scheme)s",
        "INSERT INTO points_category (scheme_id, code, name, position, cap_period) VALUES (%(scheme)s, 'new', 'new', 9, '')",
        # Nor may anything of a draft be slipped into a published version.
        "UPDATE points_item SET scheme_id = %(scheme)s WHERE scheme_id = %(draft)s",
        "UPDATE points_category SET scheme_id = %(scheme)s WHERE scheme_id = %(draft)s",
    ],
)
def test_a_published_scheme_is_frozen(scheme, statement):
    draft = Scheme.objects.create(organisation=scheme.organisation, name="草稿", version=2, start=date(2027, 1, 1))
    category = draft.categories.create(code="moved", name="组织生活")
    draft.items.create(category=category, code="moved", name="草稿", fact_kind="meeting.theme_day", value=1)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"scheme": scheme.pk, "draft": draft.pk})


def test_an_items_category_is_one_of_its_own_version(scheme):
    draft = Scheme.objects.create(organisation=scheme.organisation, name="草稿", version=2, start=date(2027, 1, 1))
    with pytest.raises(DatabaseError, match="its own scheme"), transaction.atomic():
        draft.items.create(category=scheme.categories.get(), code="x", name="x", fact_kind="meeting.theme_day", value=1)


@pytest.mark.parametrize("column", ["organisation_id", "item_id", "fact_id"])
def test_an_entry_points_to_what_is_there(scheme, column):
    columns = "line, posting, kind, member_id, organisation_id, item_id, fact_id, category, period_start, day, points, posted_at"
    copied = columns.replace("posting", "posting + 1", 1).replace(column, "999999999")
    with pytest.raises(IntegrityError, match="points to no"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO points_entry ({columns}) SELECT {copied} FROM points_entry")


def test_an_entry_points_to_no_item_of_a_draft(scheme):
    draft = Scheme.objects.create(organisation=scheme.organisation, name="草案", version=9, start=date(2027, 1, 1))
    category = draft.categories.create(code="x", name="类别", position=1)
    item = draft.items.create(category=category, code="x", name="项目", fact_kind="x", value=1)
    columns = "line, posting, kind, member_id, organisation_id, item_id, fact_id, category, period_start, day, points, posted_at"
    with pytest.raises(IntegrityError, match="no published item"), transaction.atomic(), connection.cursor() as cursor:
        copied = columns.replace("posting", "posting + 1", 1).replace("item_id", "%s")
        cursor.execute(f"INSERT INTO points_entry ({columns}) SELECT {copied} FROM points_entry", [item.pk])
