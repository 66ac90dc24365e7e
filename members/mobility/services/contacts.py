"""联系: one line for each try to reach somebody. Reaching a person who is searched for ends the search."""

from datetime import date
from uuid import UUID

from django.db import transaction

from members.mobility.models import Contact, LostCase, Outflow
from members.mobility.services import lost
from members.models import Member
from members.services.membership import locked
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def log_contact(
    member: Member,
    *,
    day: date,
    way: str,
    outcome: str,
    today: date,
    by: User,
    note: str = "",
    made_by: Member | None = None,
    uid: UUID | None = None,
) -> Contact:
    """Write down one try to reach a member who is away or searched for. Sent twice under one `uid`, it is written once."""
    held = locked(member)
    if uid and (written := Contact.objects.filter(uid=uid, member=held).first()):
        return written
    case = LostCase.objects.open().filter(member=held).first()
    outflow = Outflow.objects.open().filter(member=held).first()
    if case is None and outflow is None:
        raise DomainError(f"{held.name}没有登记外出，也没有在查找。先登记去向，再记联系。")
    if day > today:
        raise DomainError("这一天还没有到。", field="day")
    since = min(row for row in (case and case.clock, outflow and outflow.start) if row)
    if day < since:
        raise DomainError(f"{held.name}从 {since:%Y-%m-%d} 起才外出或失去联系，联系的日子不能更早。", field="day")
    if made_by is not None and (made_by.branch_id != held.branch_id or made_by.pk == held.pk):
        raise DomainError("联系人要是本支部的另一位党员。", field="made_by")
    contact = Contact(
        member=held, day=day, way=way, outcome=outcome, note=note.strip(), made_by=made_by, recorded_by=by, **({"uid": uid} if uid else {})
    )
    contact.full_clean(exclude=["member", "made_by", "recorded_by"], validate_constraints=False)
    contact.save()
    audit.record("mobility.contact.logged", contact, by=by, path=held.branch.path, subject=held.uid, day=day, way=way, state=outcome)
    if case is not None and outcome == Contact.Outcome.REACHED:
        lost.find(case, on=day, note=contact.get_way_display(), today=today, by=by)
    return contact
