"""年老体弱: by the branch's word or by the county's age; what is on record from the day on counts by the new class."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from members.models import Fact
from members.parameters import EXEMPT_AGE
from members.rules.ages import reaches
from members.selectors.days import places_on
from members.services import classes
from members.services.facts import FactLine, record
from members.services.people import keep_class
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, Setting
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db

TODAY, TURNS = date(2026, 7, 8), date(2026, 6, 15)
BEFORE = date(2026, 6, 14)


@pytest.fixture
def old(tree):
    return make_member(tree.ours, "边七十", birth_on=date(1956, 6, 15))


def attended(member, *days, by=None):
    lines = [
        FactLine(
            key=f"test:{day}",
            kind="meeting.theme_day",
            member_id=member.pk,
            organisation_id=member.branch_id,
            member_class="village",
            day=day,
            units=Decimal(1),
            title="主题党日",
        )
        for day in days
    ]
    record(lines, by=by, confirmed_by=by)


def class_on(member, day) -> str:
    return places_on([member.pk], day)[member.pk].member_class


@pytest.mark.parametrize(
    ("birth_on", "day"), [(date(1956, 6, 15), TURNS), (date(1956, 2, 29), date(2026, 3, 1)), (date(1956, 12, 31), date(2026, 12, 31))]
)
def test_seventy_years_are_full_on_the_birthday(birth_on, day):
    assert reaches(birth_on, 70) == day


def test_the_branch_registers_it_and_what_was_recorded_since_counts_by_it(old, secretary):
    witness = make_user("见证人", username="witness")
    attended(old, BEFORE, TURNS, TODAY, by=witness)
    classes.exempt(old, start=TURNS, why="ill", by=secretary, today=TODAY)
    assert (class_on(old, BEFORE), class_on(old, TURNS)) == ("village", "exempt")
    facts = Fact.objects.standing().order_by("day")
    assert [fact.member_class for fact in facts] == ["village", "exempt", "exempt"]
    assert {fact.confirmed_by for fact in facts} == {witness} and facts.last().revision == 2
    entry = AuditEntry.objects.get(code="members.class.changed")
    assert (entry.data["why"], entry.data["start"]) == ("ill", str(TURNS)) and old.name not in str(entry.data)
    keep_class(old, on=TODAY)  # the roster's own classes leave it alone
    assert class_on(old, TODAY) == "exempt"
    classes.end_exemption(old, start=TODAY, by=secretary, today=TODAY)
    assert [class_on(old, day) for day in (TURNS, TODAY)] == ["exempt", "village"]
    assert [fact.member_class for fact in Fact.objects.standing().order_by("day")] == ["village", "exempt", "village"]


@pytest.mark.parametrize("start", [date(2025, 12, 31), date(2026, 7, 9)])
def test_neither_a_past_year_nor_a_day_to_come(old, secretary, start):
    with pytest.raises(DomainError, match="今年") as refusal, transaction.atomic():
        classes.exempt(old, start=start, why="age", by=secretary, today=TODAY)
    assert refusal.value.field == "start" and class_on(old, TODAY) == "village"


def test_not_twice_not_for_nothing_and_not_for_oneself(old, secretary):
    with pytest.raises(DomainError, match="不是年老体弱"), transaction.atomic():
        classes.end_exemption(old, start=TODAY, by=secretary, today=TODAY)
    classes.exempt(old, start=TURNS, why="age", by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已经是年老体弱"), transaction.atomic():
        classes.exempt(old, start=TODAY, why="age", by=secretary, today=TODAY)
    old.user = secretary
    old.save(update_fields=["user"])
    with pytest.raises(DomainError, match="另一个人登记"), transaction.atomic():
        classes.end_exemption(old, start=TODAY, by=secretary, today=TODAY)


def test_by_age_only_where_the_county_set_one_and_from_the_birthday(tree, old, security_admin):
    younger = make_member(tree.ours, "边六九", birth_on=date(1956, 7, 9))
    older = make_member(tree.ours, "边八十", birth_on=date(1946, 1, 1))
    assert classes.exempt_by_age(TODAY) == 0
    Setting.objects.create(key=EXEMPT_AGE.key, value=70, start=date(2026, 1, 1), set_by=security_admin)
    assert classes.exempt_by_age(BEFORE) == 1, "who is older already; who is not yet seventy is not"
    attended(old, BEFORE, TURNS)
    assert classes.exempt_by_age(TODAY) == 1 and classes.exempt_by_age(TODAY) == 0
    assert [class_on(old, day) for day in (BEFORE, TURNS)] == ["village", "exempt"]
    assert class_on(younger, TODAY) == "village" and class_on(older, date(2026, 1, 1)) == "exempt"
    assert [fact.member_class for fact in Fact.objects.standing().order_by("day")] == ["village", "exempt"]


def test_on_the_page(client, old, secretary, neighbour, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)
    url = reverse("members:exemption", args=[old.uid])
    client.force_login(neighbour)
    assert client.get(url).status_code == 404
    client.force_login(secretary)
    assert url in client.get(reverse("members:member", args=[old.uid])).content.decode()
    answer = client.post(url, {"start": "2026-12-31", "why": "ill"})
    assert answer.status_code == 422 and "2026-12-31" in answer.content.decode() and "往年的积分和学时不改" in answer.content.decode()
    assert client.post(url, {"start": str(TURNS)}).status_code == 422, "a reason is asked"
    assert client.post(url, {"start": str(TURNS), "why": "ill"}).status_code == 302
    assert "不再列为年老体弱" in client.get(url).content.decode()
    assert client.post(url, {"start": str(TODAY)}).status_code == 302 and class_on(old, TODAY) == "village"


def test_what_age_gives_is_not_ended_by_hand(old, secretary):
    classes.exempt(old, start=date(2026, 6, 20), why="age", by=secretary, today=TODAY)
    Setting.objects.create(key=EXEMPT_AGE.key, value=70, start=BEFORE)
    with pytest.raises(DomainError, match="已满全县定的 70 岁"):
        classes.end_exemption(old, start=TODAY, by=secretary, today=TODAY)
    assert places_on([old.pk], TODAY)[old.pk].member_class == "exempt"
