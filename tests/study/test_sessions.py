"""培训班 and 站点: recorded by one, confirmed by another, counted at home."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from education.study import services
from education.study.models import Session
from education.study.parameters import HALF_DAY_HOURS
from members.models import Fact
from partyportal.core.errors import DomainError
from partyportal.core.parameters import set_value
from tests.factories import make_member
from tests.study.makers import TODAY

DAY = date(2026, 11, 10)


def training(tree, by, members, **said) -> Session:
    said = {"organisation": tree.township, "title": "党务干部培训班", "starts_on": DAY, "half_days": 2} | said
    return services.record_session(members=members, by=by, today=TODAY, **said)


@pytest.fixture
def site(tree, committee):
    return services.open_site(
        organisation=tree.neighbours, name="远教站点", place="村部二楼", opened_on=date(2026, 1, 1), by=committee, today=TODAY
    )


def test_a_training_counts_when_another_has_confirmed_it(tree, committee, second, people):
    held = training(tree, committee, people)
    assert held.hours == 8 and not Fact.objects.exists()
    with pytest.raises(DomainError, match="不能自己确认"):
        services.confirm_session(held, by=committee)
    services.confirm_session(held, by=second)
    services.confirm_session(held, by=second)
    facts = Fact.objects.standing()
    assert {(fact.kind, fact.units, fact.organisation) for fact in facts} == {("study.hours", Decimal(8), tree.ours)} and facts.count() == 3
    assert all(fact.key.startswith("study.training:") for fact in facts)


def test_the_database_keeps_one_person_from_doing_both(tree, committee, people):
    held = training(tree, committee, people)
    with pytest.raises(IntegrityError, match="session_confirmed_by_another"), transaction.atomic():
        Session.objects.filter(pk=held.pk).update(confirmed_by=committee)


def test_the_table_of_the_first_day_counts(tree, committee, people):
    set_value(HALF_DAY_HOURS, value=3, start=DAY, by=committee)
    assert training(tree, committee, people, starts_on=DAY - timedelta(days=1), title="前一天").hours == 8
    assert training(tree, committee, people, title="那天").hours == 6


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": " "}, "title"),
        ({"half_days": 3}, "half_days"),
        ({"half_days": None}, "half_days"),
        ({"starts_on": TODAY + timedelta(days=1)}, "starts_on"),
        ({"ends_on": TODAY + timedelta(days=1)}, "ends_on"),
        ({"ends_on": DAY - timedelta(days=1)}, "ends_on"),
    ],
)
def test_a_training_that_cannot_be_is_refused(tree, committee, people, said, field):
    with pytest.raises(DomainError) as refusal:
        training(tree, committee, people, **said)
    assert refusal.value.field == field and not Session.objects.exists()


def test_a_training_without_people_or_with_a_stranger_is_refused(tree, committee):
    with pytest.raises(DomainError, match="还没有学员"):
        training(tree, committee, [])
    late = make_member(tree.ours, "后来的", start=TODAY)
    with pytest.raises(DomainError, match="后来的那天不在"):
        training(tree, committee, [late])


def test_the_same_training_twice_is_told(tree, committee, second, people):
    held = training(tree, committee, people)
    with pytest.raises(DomainError, match="已经登记过"):
        training(tree, second, people)
    services.void_session(held, reason="名单不对", by=committee, today=TODAY)
    assert training(tree, second, people)


def test_a_void_takes_its_facts_back(tree, committee, second, people):
    held = services.confirm_session(training(tree, committee, people), by=second)
    with pytest.raises(DomainError, match="作废的原因"):
        services.void_session(held, reason=" ", by=second, today=TODAY)
    services.void_session(held, reason="没有办", by=second, today=TODAY)
    assert not Fact.objects.standing().exists()
    with pytest.raises(DomainError, match="已经作废"):
        services.void_session(held, reason="没有办", by=second, today=TODAY)
    with pytest.raises(DomainError, match="作废，不能确认"):
        services.confirm_session(held, by=second)


def test_a_mobile_member_studies_at_a_site_elsewhere_and_it_counts_at_home(tree, committee, second, site, people):
    held = services.record_session(
        organisation=tree.neighbours, site=site, title="远教播放", starts_on=DAY, minutes=90, members=[people[0]], by=committee, today=TODAY
    )
    services.confirm_session(held, by=second)
    fact = Fact.objects.get()
    assert (fact.units, fact.organisation, fact.key.split(":")[0]) == (Decimal(2), tree.ours, "study.site")


def test_a_site_has_its_days(tree, committee, site, people):
    def at(day, **said):
        return services.record_session(
            organisation=tree.neighbours,
            site=site,
            title="远教",
            starts_on=day,
            members=people,
            by=committee,
            today=TODAY,
            **({"minutes": 45} | said),
        )

    with pytest.raises(DomainError, match="还没有设立"):
        at(date(2025, 12, 31))
    with pytest.raises(DomainError, match="折不成"):
        at(DAY, minutes=20)
    assert at(date(2026, 1, 1)).hours == 1
    services.close_site(site, by=committee, today=DAY)
    site.refresh_from_db()
    with pytest.raises(DomainError, match="已经撤销"):
        at(DAY)
    with pytest.raises(DomainError, match="已经撤销了"):
        services.close_site(site, by=committee, today=DAY)
    assert at(DAY - timedelta(days=1))


def test_two_sites_of_one_name_are_one_too_many(tree, committee, site):
    with pytest.raises(DomainError, match="同名"):
        services.open_site(organisation=tree.neighbours, name="远教站点", place="别处", opened_on=DAY, by=committee, today=TODAY)
