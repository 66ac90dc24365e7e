"""When the ledger is settled, what opens a period, what publishing owes, and what the checks name."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from members.models import Fact, MemberClass, Owed
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from points.models import Entry, OrganisationMonth, OrganisationYear, Scheme, Standing
from points.services import ledger as ledger_services
from points.services import open_period, publish, publish_default, settle_owed, settle_soon
from points.services.simulations import simulate
from points.settlement import Scope, settle
from points.settlement.check import ledger_drift, projection_drift
from tests.factories import make_member
from tests.points.makers import deed, happened, make_scheme, settled, total

pytestmark = pytest.mark.django_db


def tamper(statement: str) -> None:
    """Change what the triggers protect, as only an intruder with the database's own keys could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_whatever_is_owed_is_settled_year_by_year(tree, member):
    make_scheme(tree.county, {}, start=date(2025, 1, 1))
    other = make_member(tree.far, "李四")
    happened(deed(member, date(2025, 2, 1)), deed(member, date(2026, 2, 1)), deed(other, date(2026, 2, 1)))
    assert settle_owed() == 3
    assert not Owed.objects.exists()
    assert settle_owed() == 0


@pytest.mark.parametrize("batch", [1, 500])
def test_many_owed_are_settled_in_batches_or_as_the_year(tree, monkeypatch, batch):
    make_scheme(tree.county, {})
    people = [make_member(tree.ours, f"党员{n}") for n in range(5)]
    happened(*(deed(p, date(2026, 2, 1)) for p in people))
    monkeypatch.setattr(ledger_services, "BATCH", batch)
    monkeypatch.setattr(ledger_services, "WIDE", 3 if batch == 500 else 3000)
    assert settle_owed() == 5
    assert projection_drift() is None


def test_a_bell_settles_after_commit(tree, member, django_capture_on_commit_callbacks):
    make_scheme(tree.county, {})
    with django_capture_on_commit_callbacks(execute=True):
        happened(deed(member, date(2026, 2, 1)))
        settle_soon(members=[member.pk], year=2026)
        assert total(member) == 0
    assert total(member) == 2


def test_a_period_opens_once_for_everybody_at_home(tree, member):
    exempt = make_member(tree.ours, "年老")
    MemberClass.objects.filter(member=exempt).update(name="exempt")
    late = make_member(tree.ours, "新来", start=date(2026, 5, 15))
    gone = make_member(tree.ours, "转出")
    gone.affiliations.update(end=date(2026, 3, 1), end_reason="moved")
    suspended = make_member(tree.ours, "停籍", standing="suspended")
    publish_default(tree.county, start=date(2026, 1, 1), by=None)
    assert open_period(date(2026, 4, 20)) == 2
    assert open_period(date(2026, 6, 1)) == 1, "who came since then"
    assert open_period(date(2026, 6, 1)) == 0
    settle(Scope(2026))
    assert (total(member), total(exempt), total(late), total(gone), total(suspended)) == (5, 15, 5, 0, 0)
    assert Fact.objects.get(member=late).day == date(2026, 5, 15)
    assert open_period(date(2026, 7, 1)) == 3


def test_publishing_freezes_the_draft_and_owes_whom_it_moves(tree, member, department, django_capture_on_commit_callbacks):
    make_scheme(tree.county, {"cap": Decimal(4), "cap_period": "year"})
    stranger = make_member(tree.far, "石柳")
    settled(*(deed(p, date(2026, month, 5)) for p in (member, stranger) for month in (2, 3, 8)))
    draft = Scheme.objects.create(organisation=tree.township, name="山门镇积分办法", version=1, start=date(2026, 7, 1))
    life = draft.categories.create(code="life", name="组织生活")
    draft.items.create(
        category=life, code="theme_day", name="主题党日", fact_kind="meeting.theme_day", value=3, cap=Decimal(6), cap_period="year"
    )
    tried = simulate(draft, year=2026, by=department)
    assert not tried.falls
    with django_capture_on_commit_callbacks(execute=True):
        publish(draft, by=department)
        assert set(Owed.objects.values_list("member", "year")) == {(member.pk, 2026)}
    # 2 + 2 + 3, and the year ends under the new version: capped at 6. The other township is not touched.
    assert (total(member), total(stranger)) == (6, 4)
    assert AuditEntry.objects.filter(code="points.scheme.published", actor=department).count() == 1
    with pytest.raises(DomainError, match="已经发布"):
        publish(draft, by=department)


def test_an_empty_draft_is_not_published(tree, department):
    draft = Scheme.objects.create(organisation=tree.county, name="草稿", version=1, start=date(2026, 1, 1))
    with pytest.raises(DomainError, match="还没有积分项目"):
        publish(draft, by=department)


def test_the_default_scheme_is_sound(tree):
    scheme = publish_default(tree.county, start=date(2026, 1, 1), by=None)
    items = list(scheme.items.select_related("category"))
    assert {item.cap_period for item in items} >= {"month", "quarter", "year"}
    assert all(item.article for item in items)
    assert all(item.manual == item.fact_kind.startswith("manual.") for item in items)
    assert all((item.value < 0) == (item.category.code == "deduction") for item in items)
    assert sum(c.cap or 0 for c in scheme.categories.all()) == 100
    assert any("exempt" in item.classes for item in items) and any(item.classes and "exempt" not in item.classes for item in items)


def test_a_tampered_entry_is_named(tree, member):
    make_scheme(tree.county, {})
    settled(deed(member, date(2026, 2, 1)), deed(member, date(2026, 3, 1)))
    line = Entry.objects.get(day=date(2026, 3, 1)).line
    tamper("UPDATE points_entry SET points = 9 WHERE day = '2026-03-01'")
    drift = ledger_drift()
    assert (drift.key["line"], drift.key["member"], drift.key["day"]) == (line, member.uid, date(2026, 3, 1))
    assert "差额 -7.00" in drift.should
    assert projection_drift().key == {"member_id": member.pk, "year": 2026, "quarter": 1, "category": "life"}


def test_an_entry_whose_fact_no_longer_holds_is_named(tree, member):
    make_scheme(tree.county, {})
    settled(deed(member, date(2026, 2, 1)))
    tamper("UPDATE members_fact SET is_void = true")
    assert ledger_drift().key["day"] == date(2026, 2, 1)


def test_what_is_still_owed_is_not_a_fault(tree, member):
    make_scheme(tree.county, {})
    happened(deed(member, date(2026, 2, 1)))
    assert ledger_drift() is None
    Owed.objects.all().delete()
    assert ledger_drift() is not None


@pytest.mark.parametrize(
    "table",
    [
        "UPDATE points_standing SET points = 5",
        "DELETE FROM points_organisationmonth",
        "UPDATE points_organisationmonth SET category = 'x'",
        "UPDATE points_organisationyear SET points = 5",
    ],
)
def test_projections_are_checked_and_rebuilt(tree, member, capsys, table):
    make_scheme(tree.county, {})
    settled(deed(member, date(2026, 2, 1)))
    tamper(table)
    with pytest.raises(SystemExit) as ended:
        call_command("rebuild_standings", check=True)
    assert ended.value.code == 1
    assert "应为" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        call_command("verify_ledger")
    call_command("rebuild_standings")
    call_command("rebuild_standings", check=True)
    call_command("verify_ledger")
    assert Standing.objects.get().points == OrganisationMonth.objects.get().points == OrganisationYear.objects.get().points == 2


def test_settle_points_prints_one_object(tree, member, capsys):
    import json

    make_scheme(tree.county, {})
    happened(deed(member, date(2026, 2, 1)), deed(make_member(tree.far, "石柳"), date(2026, 2, 1)))
    call_command("settle_points", year=2026, organisation=tree.township.code)
    said = json.loads(capsys.readouterr().out)
    assert said.keys() == {"facts", "entries", "seconds"}
    assert (said["facts"], said["entries"]) == (1, 1)
    call_command("settle_points", year=2026)
    assert json.loads(capsys.readouterr().out)["entries"] == 1
