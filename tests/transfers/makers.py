"""Transfers brought as far as a test needs them, always through the services."""

from datetime import date, timedelta

from members.transfers import services
from members.transfers.models import Transfer
from tests.factories import id_number

TODAY = date(2026, 11, 22)
OCTOBER = date(2026, 10, 1)


def applied(person, to_branch=None, *, by, today=TODAY, **fields) -> Transfer:
    fields = {"reason": "work", "dues_until": OCTOBER} | fields
    if to_branch is None:
        fields = {"elsewhere": "中共西安市雁塔区委组织部", "elsewhere_branch": "长延堡街道第三党支部", "reach": "beyond"} | fields
    return services.apply(member=person, to_branch=to_branch, by=by, today=today, **fields)


def travelling(person, to_branch, cast, *, today=TODAY, days=None, **fields) -> Transfer:
    transfer = applied(person, to_branch, by=cast.secretary, today=today, **fields)
    return services.approve(transfer, by=cast.committee, today=today, days=days)


def received(person, to_branch, cast, *, today=TODAY, **fields) -> Transfer:
    return services.receive(travelling(person, to_branch, cast, today=today, **fields), by=cast.far_committee, today=today)


def placed(person, to_branch, cast, *, today=TODAY, **fields) -> Transfer:
    return services.place(received(person, to_branch, cast, today=today, **fields), by=cast.far_secretary, today=today)


def from_outside(**fields) -> dict:
    return {
        "name": "尹建青",
        "id_number": id_number(date(1985, 3, 4), "1"),
        "sex": "1",
        "birth_on": date(1985, 3, 4),
        "ethnicity": "01",
        "education": "20",
        "category": "full",
        "joined_on": date(2008, 6, 1),
        "full_on": date(2009, 6, 1),
        "post": "教师",
        "mobile_phone": "15400001234",
        "landline": "",
        "address": "",
        "standing": "normal",
        "is_mobile": False,
        "destination": "",
        "is_lost": False,
        "lost_on": None,
    } | fields


def arrived(to_branch, *, by, today=TODAY, person=None, **fields) -> Transfer:
    fields = {
        "elsewhere": "中共宝鸡市陈仓区委组织部",
        "letter_number": "陈仓组转〔2026〕88 号",
        "issued_on": today - timedelta(days=5),
        "valid_until": today + timedelta(days=25),
        "dues_until": OCTOBER,
        "reason": "work",
    } | fields
    return services.arrive(to_branch=to_branch, person=person or from_outside(), by=by, today=today, **fields)
