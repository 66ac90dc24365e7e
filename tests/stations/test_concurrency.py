"""Two at one time: one is done, the other is told so."""

from datetime import timedelta

import pytest
from django.db import transaction

from members.care.stations.models import Booking, RequestKind, Room, SelfCheck, ServiceRequest, Station
from members.care.stations.services import bookings, places, requests, standards
from partyportal.core.errors import DomainError, Stale
from tests.at_once import at_once
from tests.factories import make_member, make_user
from tests.stations.makers import TODAY, ask, at, found, make_room, make_station, take


@pytest.mark.django_db(transaction=True)
def test_what_two_do_at_once_is_done_once(tree, secretary, deputy, committee, department):
    """One room at one time, one answer to a booking, one check a period, one review, one ending of a matter, one change of what was read."""
    station = make_station(tree.ours)
    room = make_room(station)
    told = at_once(
        *(
            lambda by=by, begins=begins: ask(Room.objects.get(pk=room.pk), by, begins=begins, ends=12)
            for by, begins in ((secretary, 9), (deputy, 10), (committee, 11))
        )
    )
    assert sum(isinstance(one, Booking) for one in told) == Booking.objects.holding().count() == 1
    assert sum(isinstance(one, DomainError) and "最近的空当" in str(one) for one in told) == 2, told

    booking = next(one for one in told if isinstance(one, Booking))
    now = booking.starts_at - timedelta(hours=1)
    told = at_once(
        *(lambda by=by: bookings.cancel(Booking.objects.get(pk=booking.pk), why="改期", by=by, now=now) for by in (secretary, deputy))
    )
    assert sum(isinstance(one, DomainError) for one in told) == 1 and booking.steps.count() == 2

    said = {"found": found(station), "day": TODAY, "today": TODAY}
    told = at_once(*(lambda by=by: standards.check(Station.objects.get(pk=station.pk), by=by, **said) for by in (secretary, deputy)))
    assert sum(isinstance(one, DomainError) for one in told) == SelfCheck.objects.count() == 1
    check = SelfCheck.objects.get()
    told = at_once(
        lambda: standards.accept(SelfCheck.objects.get(pk=check.pk), by=committee, today=TODAY),
        lambda: standards.send_back(SelfCheck.objects.get(pk=check.pk), note="重查", by=department, today=TODAY),
    )
    assert sum(isinstance(one, DomainError) for one in told) == 1

    person = make_member(tree.ours, "徐淑珍", user=make_user("徐淑珍", username="xu"))
    said = {"kind": RequestKind.objects.get(code="dues"), "matter": "补交党费", "member": person, "by": person.user, "today": TODAY}
    told = at_once(*(lambda: requests.ask(Station.objects.get(pk=station.pk), **said) for _ in range(2)))
    assert sum(isinstance(one, DomainError) and "没有办结" in str(one) for one in told) == person.service_requests.count() == 1

    held = take(station, secretary)
    told = at_once(
        *(
            lambda act=act: act(ServiceRequest.objects.get(pk=held.pk), words="好", on=TODAY, by=secretary, today=TODAY)
            for act in (requests.finish, requests.withdraw)
        )
    )
    assert sum(isinstance(one, DomainError) for one in told) == 1 and held.steps.count() == 2

    told = at_once(
        *(
            lambda where=where: places.change(station, version=1, address=where, why="搬了", by=secretary, today=TODAY)
            for where in ("老学校", "戏台旁")
        )
    )
    assert {type(one) for one in told} == {Station, Stale}


@pytest.mark.django_db(transaction=True)
def test_the_constraint_holds_where_no_lock_was_taken(tree):
    """Two rows written past the service: the database itself keeps one."""
    room = make_room(make_station(tree.ours))
    day = TODAY + timedelta(days=2)
    row = {"room": room, "organisation": tree.ours, "purpose": "x", "people": 1}

    def write():
        with transaction.atomic():
            return Booking.objects.create(starts_at=at(day, 9), ends_at=at(day, 10), **row)

    told = at_once(write, write, write)
    assert sum(isinstance(one, Booking) for one in told) == Booking.objects.count() == 1
