"""县外转入: the letter from outside recorded, and its bearer written into the roster on the day of 编入."""

import json
from datetime import date

from django.db import IntegrityError, transaction

from branches.models import Organisation
from members.models import Affiliation, Member
from members.services import membership, people
from members.transfers import rules
from members.transfers.models import Arrival, Transfer
from members.transfers.services.steps import Act, State, record, require_handler, require_living
from partyportal.core import crypto
from partyportal.core.errors import DomainError
from partyportal.core.models import User

DAYS = ("birth_on", "joined_on", "full_on", "lost_on")


@transaction.atomic
def arrive(
    *,
    to_branch: Organisation,
    person: dict,
    elsewhere: str,
    letter_number: str,
    issued_on: date,
    valid_until: date,
    dues_until: date,
    reason: str,
    by: User,
    today: date,
    elsewhere_branch: str = "",
    reach: str = Transfer.Reach.BEYOND,
    note: str = "",
) -> Transfer:
    """Receive a letter from outside the county. `person` has the national form's fields; the roster gets them when a branch takes them in."""
    require_living(to_branch)
    receiver = require_handler(to_branch, by=by, today=today, what="接收县外介绍信")
    _require_good(issued_on=issued_on, valid_until=valid_until, today=today)
    number = person["id_number"]
    if Member.objects.with_id_number(number).at_home().exists():
        raise DomainError("这个公民身份号码的党员组织关系在本县，走县内转接，不用登记转入。", field="id_number")
    transfer = Transfer.objects.create(
        kind=Transfer.Kind.IN,
        state=State.RECEIVED,
        to_branch=to_branch,
        elsewhere=elsewhere.strip(),
        elsewhere_branch=elsewhere_branch.strip(),
        reach=reach,
        reason=reason,
        note=note.strip(),
        dues_until=dues_until.replace(day=1),
        applied_on=today,
        applied_by=by,
        approved_on=today,
        acted_on=today,
    )
    known = people.derived(name=person["name"], id_number=number)
    arrival = Arrival(
        transfer=transfer,
        name=person["name"],
        id_number=number,
        id_masked=known["id_masked"],
        id_index=crypto.look_up(number, purpose="id_number"),
        details=json.dumps(person, ensure_ascii=False, default=str),
        letter_number=letter_number.strip(),
        issued_on=issued_on,
        valid_until=valid_until,
    )
    try:
        with transaction.atomic():
            arrival.save(force_insert=True)
    except IntegrityError as fault:
        if "id_index" not in str(fault):
            raise
        raise DomainError("这个公民身份号码已经登记过转入，还没有编入支部。", field="id_number") from None
    return record(transfer, Act.RECEIVE, by=by, on=today, organisation=receiver, note=note)


def _require_good(*, issued_on: date, valid_until: date, today: date) -> None:
    if issued_on > today:
        raise DomainError("开具日期还没有到，核对介绍信。", field="issued_on")
    if not issued_on < valid_until <= rules.last_day(issued_on, rules.LONGEST):
        raise DomainError(f"有效期要在开具以后、{rules.LONGEST} 天以内，核对介绍信。", field="valid_until")
    if rules.has_expired(valid_until, today):
        raise DomainError(f"介绍信的有效期到 {valid_until:%Y-%m-%d}，已经过期，不能接收。请原党组织证明后重开一封。", field="valid_until")


def settle_in(transfer: Transfer, *, by: User, today: date) -> Member:
    """Write the bearer into the roster: a new member, or one the county knew before. The copy of the form is then emptied."""
    arrival = transfer.arrival
    person = json.loads(arrival.details)
    for name in DAYS:
        if person.get(name):
            person[name] = date.fromisoformat(person[name])
    known = Member.objects.with_id_number(person["id_number"]).first()
    basis = f"介绍信 {arrival.letter_number}，{transfer.elsewhere}"[:120]
    if known is not None:
        member = membership.come_back(known, to=transfer.to_branch, on=today, reason=Affiliation.Reason.TRANSFERRED_IN, by=by, basis=basis)
    else:
        member = people.register(branch=transfer.to_branch, start=today, reason=Affiliation.Reason.TRANSFERRED_IN, by=by, **person)
        member.affiliations.filter(end=None).update(basis=basis)
    arrival.id_number = arrival.id_index = arrival.details = None
    arrival.save()
    return member
