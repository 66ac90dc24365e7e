"""追授: a member who died is honoured after death, by the branch of the last day; judged as of that day, and without points."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from members.care.services.death import record_death
from members.models import Fact, Sanction
from members.services import membership
from partyportal.core.errors import DomainError
from points.honours import rules, services
from points.honours.models import Honour
from tests.honours.makers import CLOSES, DECIDED, ISSUED, NOMINATED, REVIEWED, VOTE, decided, honoured, nominated, public
from tests.points.makers import make_scheme, total

pytestmark = pytest.mark.django_db

DIED = date(2026, 5, 2)  # before the notice of 6 May
API = "/api/v1/honours/honours/"


@pytest.fixture
def on(monkeypatch):
    from django.utils import timezone

    def stand(day):
        monkeypatch.setattr(timezone, "localdate", lambda *args: day)

    stand(NOMINATED)
    return stand


def dies(person, by, on=DIED):
    record_death(person, died_on=on, by=by, today=max(on, NOMINATED))
    person.refresh_from_db()


@pytest.mark.parametrize(("died_on", "may"), [(date(2025, 5, 5), False), (date(2025, 5, 6), True), (date(2026, 5, 20), True)])
def test_a_year_after_a_death_is_the_last_day_of_the_notice(died_on, may):
    assert rules.may_be_posthumous(died_on, ISSUED, days=365) is may


def test_who_died_is_put_forward_by_the_last_branch_and_honoured_without_points(tree, cast, call, person):
    make_scheme(tree.county, {"code": "county", "fact_kind": "honour.county", "value": Decimal(5)})
    dies(person, cast.committee)
    honour = honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    assert honour.is_posthumous and honour.organisation == tree.ours and str(honour) == "2026 年追授全县优秀共产党员"
    assert not Fact.objects.filter(kind="honour.county").exists() and total(person) == 0
    services.withdraw_honour(honour, day=DECIDED, document_number="清委〔2026〕30号", reason="事迹不实", by=cast.department, today=DECIDED)
    honour.refresh_from_db()
    assert honour.end == DECIDED


def test_who_dies_between_review_and_decision_is_honoured_posthumously(cast, call, person):
    services.approve(nominated(call, person, by=cast.secretary), by=cast.committee, today=REVIEWED)
    public(call, by=cast.department)
    record_death(person, died_on=date(2026, 6, 15), by=cast.committee, today=date(2026, 6, 16))
    (honour,) = decided(call, by=cast.department)
    assert honour.is_posthumous


def test_a_death_after_the_decision_changes_nothing(cast, call, person):
    honour = honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    record_death(person, died_on=DECIDED + timedelta(days=1), by=cast.committee, today=DECIDED + timedelta(days=2))
    assert not Honour.objects.get(pk=honour.pk).is_posthumous
    assert not call.nominations.with_deaths().select_related("call").get().is_posthumous


def test_a_sanction_that_held_on_the_last_day_bars_and_one_that_ended_does_not(cast, call, person):
    Sanction.objects.create(member=person, kind="warning", start=date(2025, 1, 1), end=DIED, basis="清纪〔2025〕1号")
    dies(person, cast.committee)
    row = nominated(call, person, by=cast.secretary)
    services.withdraw(row, note="另报", by=cast.secretary, today=NOMINATED)
    Sanction.objects.update(end=DIED + timedelta(days=1))
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        nominated(call, person, by=cast.secretary)
    assert "警告处分" in refusal.value.message and refusal.value.field == "member"


def test_who_died_under_suspension_or_long_ago_is_not_honoured(tree, cast, call, person):
    membership.suspend(person, on=date(2026, 1, 1), reason="lost_contact", basis="清组〔2026〕1号", by=cast.committee)
    dies(person, cast.committee)
    with pytest.raises(DomainError, match="停止党籍"), transaction.atomic():
        nominated(call, person, by=cast.secretary)
    from tests.factories import make_member

    other = make_member(tree.ours, "早逝者")
    dies(other, cast.committee, on=ISSUED - timedelta(days=366))
    with pytest.raises(DomainError, match="过了可以追授的日子"), transaction.atomic():
        nominated(call, other, by=cast.secretary)


def test_who_left_the_county_alive_is_not_honoured_posthumously(cast, call, person):
    membership.leave(person, on=DIED, reason="transferred_out", by=cast.committee)
    with pytest.raises(DomainError, match="组织关系已经不在本县"), transaction.atomic():
        nominated(call, person, by=cast.secretary)


def test_no_organisation_is_honoured_posthumously(tree, cast, call, person):
    honour = honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    with pytest.raises(IntegrityError, match="honour_posthumous_is_of_a_member"), transaction.atomic():
        Honour.objects.filter(pk=honour.pk).update(member=None, is_posthumous=True)


def test_the_pages_and_the_api_say_so(client, tree, cast, call, person, on):
    dies(person, cast.committee)
    client.force_login(cast.secretary)
    nominate = reverse("honours:nominate", args=[call.uid])
    assert "潘山洋（已去世，追授）" in client.get(nominate).content.decode()
    said = {"deeds": "汛期连续值守", **{key: VOTE[key] for key in ("meeting", "met_on", "entitled", "present", "in_favour")}}
    answer = client.post(nominate, said | {"member": person.uid}, follow=True)
    shown = answer.content.decode()
    assert "追授" in shown and "2026年5月2日" in shown
    services.approve(call.nominations.get(), by=cast.committee, today=REVIEWED)
    on(CLOSES + timedelta(days=5))
    public(call, by=cast.department)
    client.force_login(cast.department)
    for name in ("call", "notice"):
        assert "追授" in client.get(reverse(f"honours:{name}", args=[call.uid])).content.decode()
    (honour,) = decided(call, by=cast.department)
    for url in (
        reverse("honours:honour", args=[honour.uid]),
        reverse("honours:register"),
        reverse("honours:wall", args=[tree.county.code]),
    ):
        assert "追授" in client.get(url).content.decode()
    told = client.get(f"{API}?is_posthumous=true").json()["results"]
    assert [(one["uid"], one["is_posthumous"]) for one in told] == [(str(honour.uid), True)]
    assert client.get(f"{API}?is_posthumous=false").json()["count"] == 0
