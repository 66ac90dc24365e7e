"""Plain makers of rows, with the values nobody cares about filled in."""

from datetime import date
from itertools import count

from branches.access import Role
from branches.models import Grant, Organisation
from branches.services.organisations import found_organisation
from members.models import Affiliation, Member
from members.services.people import register
from partyportal.core.models import User

_serial = count(1)
WEIGHTS, SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


def id_number(birth_on: date = date(1980, 1, 1), sex: str = "1", serial: int | None = None) -> str:
    """A valid number of the unassigned area 6299xx, which belongs to nobody."""
    serial = next(_serial) if serial is None else serial
    area, order = 629900 + serial // 500 % 100, serial % 500 * 2 + (1 if sex == "1" else 0)
    body = f"{area}{birth_on:%Y%m%d}{order % 1000:03d}"
    return body + SIGNS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def make_organisation(name: str, kind: str, parent: Organisation | None = None, **fields) -> Organisation:
    code = fields.pop("code", f"{parent.code if parent else ''}{next(_serial):03d}")
    fields = {"founded_on": date(2000, 1, 1), "unit_type": "village" if kind == "branch" else ""} | fields
    return found_organisation(code=code, name=name, kind=kind, parent=parent, by=None, **fields)


def make_member(branch: Organisation, name: str = "张三", **fields) -> Member:
    birth_on, sex = fields.pop("birth_on", date(1980, 1, 1)), fields.pop("sex", "1")
    start = fields.pop("start", date(2010, 7, 1))
    fields = {
        "id_number": id_number(birth_on, sex),
        "category": "full",
        "joined_on": date(2005, 7, 1),
        "full_on": date(2006, 7, 1),
        "post": "农民",
        "mobile_phone": f"154{next(_serial):08d}",
    } | fields
    return register(branch=branch, name=name, birth_on=birth_on, sex=sex, start=start, reason=Affiliation.Reason.OPENING, by=None, **fields)


def make_user(name: str, **fields) -> User:
    return User.objects.create_user(
        username=fields.pop("username", name), password=fields.pop("password", "Correct-9horse"), name=name, **fields
    )


def make_grant(user: User, organisation: Organisation, role: str, **fields) -> Grant:
    return Grant.objects.create(
        user=user, organisation=organisation, role=Role(role), operator=True, **({"start": date(2020, 1, 1)} | fields)
    )
