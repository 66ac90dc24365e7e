"""Makers of registrations, through the services, with the values nobody cares about filled in."""

from datetime import date

from members.mobility.services import hosting, lost, outflows
from tests.factories import make_member

TODAY = date(2026, 11, 22)
START = date(2026, 3, 2)


def make_outflow(person, by=None, *, today=TODAY, contact=None, **fields):
    contact = contact or make_member(person.branch, "肖斌")
    fields = {"start": START, "province": "61", "city": "西安市", "county": "雁塔区", "place_fixed": False, "reason": "work"} | fields
    return outflows.register_outflow(person, today=today, by=by, contact=contact, **fields)


def make_hosting(outflow, host, by=None, *, accepted=True, start=START, today=TODAY):
    asked = hosting.ask_hosting(outflow, host=host, start=start, today=today, by=by)
    return hosting.accept(asked, today=today, by=by) if accepted else asked


def make_case(person, by=None, *, clock=date(2026, 1, 10), today=TODAY, why="1"):
    return lost.open_case(person, why=why, clock=clock, today=today, by=by)
