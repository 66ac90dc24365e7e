"""The demo county: deterministic, believable, and its set-based facts are those the services would have recorded."""

import io
from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Q, Sum

from education.models import Attendance, Meeting
from education.selectors.rolls import is_expected, standing_roll
from education.services import presence
from members.dues.models import Base, Collection, DueMonth, Exemption, PaidMonth, Payment
from members.dues.rules import monthly_due
from members.dues.services import collecting
from members.mobility.models import Hosting, Outflow
from members.models import Fact, Member, Owed
from members.outreach.models import Visit
from members.outreach.services.dispatches import record_visit
from members.selectors.days import places_on
from partyportal.core.models import AuditEntry
from partyportal.dashboard.demo.logins import LOGINS, PASSWORD
from points.services import Scope, settle
from points.settlement.check import ledger_drift, projection_drift

pytestmark = pytest.mark.slow

AUDITED = ("code", "organisation_path", "target_kind", "subject", "data", "actor")
COMPARED = ("key", "kind", "member_id", "organisation_id", "member_class", "day", "units", "title", "evidence")


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """The county is made once for all tests here, in a transaction that is never committed: each test works in a savepoint of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", stdout=io.StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(seeded, db):
    return


def test_the_demo_county_agrees_with_what_the_services_would_have_written(demo, client):
    for kind in Meeting.Kind.values:
        for meeting in Meeting.objects.filter(kind=kind).select_related("organisation", "group").order_by("uid")[:8]:
            rows = list(meeting.attendances.all())
            on_roll = standing_roll(organisation=meeting.organisation, group=meeting.group, held_on=meeting.held_on)
            expected = {line.member_id for line in on_roll if is_expected(line, kind)}
            everybody = {line.member_id for line in on_roll}
            called = {row.member_id for row in rows if row.state != Attendance.State.EXCUSED}
            assert expected <= called <= everybody, meeting
            said = presence.fact_lines(meeting, rows, places_on([row.member_id for row in rows], meeting.held_on))
            keys = [key for row in rows for key in presence.fact_keys(row.uid)]
            written = Fact.objects.filter(key__in=keys).values_list(*COMPARED)
            assert sorted(written) == sorted(tuple(getattr(line, name) for name in COMPARED) for line in said), meeting

    assert (ledger_drift(), projection_drift()) == (None, None)
    assert settle(Scope(Meeting.objects.first().held_on.year)).entries == 0
    assert not Owed.objects.exists()

    for login in LOGINS:
        assert client.login(request=None, username=login.username, password=PASSWORD), login.username

    before = Member.objects.count(), Fact.objects.count()
    call_command("seed_demo", stdout=io.StringIO())
    assert (Member.objects.count(), Fact.objects.count()) == before


def test_the_demo_numbers_belong_to_nobody(demo):
    """Every ID number is of the unassigned area 6299xx, every phone of the unassigned segment 154."""
    masked = Member.objects.values_list("id_masked", "mobile_phone", "birth_on", "joined_on")
    assert all(number.startswith("6299") and (not phone or phone.startswith("154")) for number, phone, _, _ in masked)
    assert all(
        (joined.year - born.year, (joined.month, joined.day) >= (born.month, born.day)) >= (18, True) for _, _, born, joined in masked
    )
    assert Member.objects.filter(joined_on__gt=date.today()).count() == 0


def test_the_demo_members_away_agree_with_the_roster(demo):
    """Written in bulk, the registrations say what the service would have made the roster say."""
    away = Outflow.objects.open().select_related("member", "contact")
    assert len(away) > 30
    for outflow in away:
        member = outflow.member
        assert (member.is_mobile, member.destination) == (True, outflow.destination), member.pk
        assert outflow.contact.branch_id == member.branch_id and not outflow.contact.is_mobile
        assert outflow.start > member.joined_on and member.classes.get(end=None).name == "mobile"
    hosted = Hosting.objects.accepted()
    assert hosted.exists() and all(row.host.mobile_founding for row in hosted)


def test_the_demos_visits_are_what_the_service_would_have_recorded(demo):
    visit = Visit.objects.select_related("dispatch").order_by("uid").first()
    about = {name: getattr(visit, name) for name in ("kind", "day", "content", "outcome")}
    again = record_visit(visit.dispatch, **about, by=None, today=date.today())
    facts = [Fact.objects.filter(key=f"outreach.visit:{one.uid}").values(*COMPARED[1:]).get() for one in (visit, again)]
    audited = [AuditEntry.objects.filter(target_uid=one.uid).values(*AUDITED).get() for one in (visit, again)]
    assert (facts[0], audited[0]) == (facts[1], audited[1])
    assert Visit.objects.count() == Fact.objects.filter(kind="outreach.visit").count()


def test_the_demos_dues_are_what_the_services_would_have_written(demo):
    """Confirming again writes no fact, every payment is the sum of its months, every base costs what the rule says."""
    confirmed = Collection.objects.filter(state="confirmed").select_related("recorded_by").order_by("uid")
    assert confirmed.count() > 100
    before = Fact.objects.count()
    place = "payments__member__affiliations__"
    elsewhere = Q(**{f"{place}organisation__lt": F("organisation")}) | Q(**{f"{place}organisation__gt": F("organisation")})
    paid_the_old_branch = confirmed.filter(elsewhere, **{f"{place}reason": "moved", f"{place}start__lte": F("day")}).distinct()
    for collection in [*paid_the_old_branch[:3], *confirmed[:5]]:
        assert collecting._leave_facts(collection, confirmed_by=collection.decided_by) == collection.payments.count()
    assert Fact.objects.count() == before
    months = PaidMonth.objects.values("payment").annotate(total=Sum("amount")).values_list("payment", "total")
    assert dict(months) == dict(Payment.objects.values_list("pk", F("amount") - F("voluntary")))
    for base in Base.objects.select_related("band").order_by("uid")[:40]:
        assert base.monthly == monthly_due(base.band, amount=base.income, fixed=base.monthly)
    assert {DueMonth.objects.paid().exists(), DueMonth.objects.owing().exists(), Exemption.objects.filter(state="filed").exists()} == {True}
