"""流出: the open row leads, the roster follows; every refusal says what to do and changes nothing."""

from datetime import date, timedelta

import pytest

from branches.services.organisations import rehang
from members.mobility.models import Contact, Outflow
from members.mobility.services import contacts, outflows
from members.models import Affiliation, Member, MemberPast
from members.services import membership
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry, Setting
from tests.factories import make_member
from tests.mobility.makers import START, TODAY, make_case, make_hosting, make_outflow


@pytest.fixture
def person(tree):
    return make_member(tree.ours, "潘山洋")


def refused(*words):
    return pytest.raises(DomainError, match=".*".join(words))


def test_registering_makes_the_roster_say_so_from_today(tree, secretary, person):
    outflow = make_outflow(person, secretary)
    person.refresh_from_db()
    assert (person.is_mobile, person.destination, person.version) == (True, "陕西省西安市雁塔区", 2)
    assert [(c.name, c.start, c.end) for c in person.classes.order_by("start")] == [
        ("village", date(2010, 7, 1), TODAY),
        ("mobile", TODAY, None),
    ]
    act = AuditEntry.objects.get(code="mobility.outflow.registered")
    assert (act.target_uid, act.data) == (outflow.uid, {"start": "2026-03-02", "province": "61"})
    assert not MemberPast.objects.get(member=person).is_mobile


def test_who_the_import_made_mobile_keeps_the_class_and_gets_the_row(tree, secretary):
    person = make_member(tree.ours, "潘山洋", is_mobile=True, destination="陕西省西安市雁塔区")
    make_outflow(person, secretary)
    person.refresh_from_db()
    assert (person.version, person.classes.count(), person.outflows.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"start": TODAY + timedelta(days=1)}, ("还没有到",)),
        ({"expected_return": date(2026, 9, 1)}, ("不满 6 个月", "2026-09-02")),
        ({"expected_return": START}, ("晚于外出",)),
        ({"province": "99"}, ("选外出到哪个省份",)),
        ({"city": "", "county": ""}, ("写到县",)),
    ],
)
def test_what_is_no_outflow_is_refused_and_nothing_changed(tree, secretary, person, fields, words):
    with refused(*words):
        make_outflow(person, secretary, **fields)
    person.refresh_from_db()
    assert (person.is_mobile, Outflow.objects.count()) == (False, 0)


def test_a_return_after_six_months_to_the_day_is_an_outflow(tree, secretary, person):
    assert make_outflow(person, secretary, expected_return=date(2026, 9, 2)).pk


def test_the_months_are_the_countys(tree, secretary, person, department):
    Setting.objects.create(key="mobility.away_months", start=date(2026, 1, 1), value=3, set_by=department)
    assert make_outflow(person, secretary, expected_return=date(2026, 6, 2)).pk


@pytest.mark.parametrize("who", ["themselves", "neighbour", "probationary", "away"])
def test_the_contact_is_a_full_member_of_the_branch_who_is_there(tree, secretary, person, who):
    contact = {
        "themselves": lambda: person,
        "neighbour": lambda: make_member(tree.neighbours, "袁强明"),
        "probationary": lambda: make_member(tree.ours, "胡超强", category="probationary", full_on=None, joined_on=date(2026, 6, 28)),
        "away": lambda: make_member(tree.ours, "陈辉文", is_mobile=True, destination="广东省东莞市"),
    }[who]()
    with refused("联系人"):
        make_outflow(person, secretary, contact=contact)


def test_one_registration_at_a_time(tree, secretary, person):
    make_outflow(person, secretary)
    with refused("已经登记外出到陕西省西安市雁塔区", "在那一条上改"):
        make_outflow(person, secretary, start=date(2026, 5, 1))


def test_a_suspended_or_searched_for_member_is_not_registered(tree, secretary, person):
    make_case(person, secretary)
    with refused("失联"):
        make_outflow(person, secretary)
    other = make_member(tree.ours, "陈辉文")
    membership.suspend(other, on=date(2026, 10, 1), reason="abroad", basis="县委〔2026〕1号", by=None)
    with refused("停止党籍"):
        make_outflow(other, secretary)


def test_coming_home_ends_the_row_the_class_and_the_hosting(tree, secretary, person):
    outflow = make_outflow(person, secretary)
    hosting = make_hosting(outflow, tree.far, secretary)
    outflows.end_outflow(outflow, on=date(2026, 11, 20), reason="returned", today=TODAY, by=secretary)
    person.refresh_from_db()
    hosting.refresh_from_db()
    assert (person.is_mobile, person.destination) == (False, "")
    assert person.classes.get(end=None).name == "village"
    assert (hosting.end, hosting.end_reason) == (date(2026, 11, 20), "returned")
    with refused("2026-11-20 已经了结"):
        outflows.end_outflow(outflow, on=TODAY, reason="returned", today=TODAY, by=secretary)


@pytest.mark.parametrize(("on", "words"), [(START, "晚于那天"), (TODAY + timedelta(days=1), "还没有到")])
def test_the_end_lies_between_leaving_and_today(tree, secretary, person, on, words):
    outflow = make_outflow(person, secretary)
    with refused(words):
        outflows.end_outflow(outflow, on=on, reason="returned", today=TODAY, by=secretary)
    assert Outflow.objects.get().end is None


def test_a_mistake_made_today_can_be_taken_back_today(tree, secretary, person):
    outflow = make_outflow(person, secretary, start=TODAY)
    outflows.end_outflow(outflow, on=TODAY, reason="mistaken", today=TODAY, by=secretary)
    person.refresh_from_db()
    assert not person.is_mobile


def test_another_place_is_another_row(tree, secretary, person):
    outflow = make_outflow(person, secretary)
    new = outflows.move_on(
        outflow, on=date(2026, 10, 1), today=TODAY, by=secretary, province="44", city="东莞市", county="", place_fixed=True
    )
    person.refresh_from_db()
    assert [(row.start, row.end, row.end_reason) for row in person.outflows.order_by("start")] == [
        (START, date(2026, 10, 1), "moved_on"),
        (date(2026, 10, 1), None, ""),
    ]
    assert (person.destination, new.contact) == ("广东省东莞市", outflow.contact)
    with refused("没有变"):
        outflows.move_on(new, on=TODAY, today=TODAY, by=secretary, province="44", city="东莞市", county="", place_fixed=True)


def test_a_second_editor_is_told(tree, secretary, person):
    outflow = make_outflow(person, secretary)
    outflows.revise_outflow(outflow, version=1, today=TODAY, by=secretary, place_fixed=True)
    with pytest.raises(Stale):
        outflows.revise_outflow(outflow, version=1, today=TODAY, by=secretary, place_fixed=False)


def test_contacts_are_lines_of_their_own_and_sent_twice_are_one(tree, secretary, person):
    outflow = make_outflow(person, secretary)
    said = {"day": TODAY, "way": "phone", "outcome": "reached", "today": TODAY, "by": secretary, "uid": outflow.uid}
    first, second = (contacts.log_contact(person, **said) for _ in range(2))
    assert (first, Contact.objects.count()) == (second, 1)


def test_contacts_are_of_those_who_are_away_and_of_days_that_were(tree, secretary, person):
    said = {"way": "phone", "outcome": "reached", "today": TODAY, "by": secretary}
    with refused("没有登记外出"):
        contacts.log_contact(person, day=TODAY, **said)
    make_outflow(person, secretary)
    with refused("还没有到"):
        contacts.log_contact(person, day=TODAY + timedelta(days=1), **said)
    with refused("2026-03-02"):
        contacts.log_contact(person, day=START - timedelta(days=1), **said)
    assert contacts.log_contact(person, day=START, **said).pk


def test_a_transfer_by_another_room_ends_the_registration_at_night(tree, secretary, person):
    stays = make_member(tree.ours, "陈辉文")
    make_outflow(person, secretary)
    make_outflow(stays, secretary)
    Outflow.objects.update(registered_at="2026-03-02T00:00:00Z")
    membership.move(person, to=tree.far, on=date(2026, 11, 20), by=None)
    assert outflows.close_left(today=TODAY) == 1
    row = Outflow.objects.get(member=person)
    person.refresh_from_db()
    assert (row.end, row.end_reason, person.is_mobile) == (date(2026, 11, 20), "transferred", False)
    assert Outflow.objects.get(member=stays).end is None
    assert outflows.close_left(today=TODAY) == 0


def test_a_move_known_to_who_registered_ends_nothing_whatever_the_day_is_in_utc(tree, secretary, person):
    make_outflow(person, secretary)
    membership.move(person, to=tree.far, on=date(2026, 11, 2), by=None)
    # 3 November in China and still the second in UTC: the move of the day before was known.
    Outflow.objects.update(registered_at="2026-11-02T16:30:00Z")
    assert outflows.close_left(today=TODAY) == 0
    Outflow.objects.update(registered_at="2026-11-02T15:30:00Z")
    assert outflows.close_left(today=TODAY) == 1


def test_a_death_ends_the_registration_and_a_merger_of_branches_does_not(tree, secretary, person):
    merged = make_member(tree.ours, "陈辉文")
    make_outflow(person, secretary)
    make_outflow(merged, secretary)
    Outflow.objects.update(registered_at="2026-03-02T00:00:00Z")
    membership.leave(person, on=date(2026, 11, 20), reason=Affiliation.EndReason.DIED, by=None)
    membership.move(merged, to=tree.neighbours, on=date(2026, 11, 20), by=None, reason=Affiliation.Reason.REORGANISED)
    assert outflows.close_left(today=TODAY) == 1
    assert Outflow.objects.get(member=person).end_reason == "left"
    assert Outflow.objects.open().get().member == merged


def test_the_register_follows_the_tree(tree, secretary, person, committee, neighbour):
    make_outflow(person, secretary)
    assert Outflow.objects.visible_to(committee).exists() and not Outflow.objects.visible_to(neighbour).exists()
    rehang(tree.ours, under=tree.other_township, on=TODAY, by=secretary)
    del committee._held_grants
    assert not Outflow.objects.visible_to(committee).exists()


def test_the_database_keeps_one_registration_a_day(tree, secretary, person):
    from django.db import IntegrityError, transaction

    make_outflow(person, secretary)
    with pytest.raises(IntegrityError, match="outflow_one_a_day"), transaction.atomic():
        Outflow.objects.create(member=person, start=TODAY, province="44", city="东莞市", reason="work")
    assert Member.objects.get(pk=person.pk).is_mobile
