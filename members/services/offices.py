"""党内职务: appointed and ended here; a grant issued with an office ends with it."""

from datetime import date

from branches.models import Organisation
from branches.services import grants
from members.models import Member, Office
from partyportal.core import audit
from partyportal.core.models import User


def end_offices(member: Member, *, on: date, by: User | None, within: Organisation | None = None) -> int:
    """End the posts a member holds (those of one organisation's subtree only, where named) from a day on; returns how many."""
    held = member.offices.filter(end=None).select_related("organisation", "grant")
    if within is not None:
        held = held.within(within)
    ended = list(held)
    for office in ended:
        end_office(office, on=on, by=by)
    return len(ended)


def end_office(office: Office, *, on: date, by: User | None) -> None:
    """End one post and the grant that came with it. A post that never held for a day is taken back; the audit row remembers."""
    if office.grant is not None and office.grant.end is None:
        grants.end(office.grant, on=on, by=by)
    audit.record(
        "members.office.ended",
        office,
        by=by,
        path=office.organisation.path,
        position=office.position,
        organisation=office.organisation.code,
        end=on,
    )
    if office.start >= on:
        office.delete()
        return
    office.end = on
    office.save(update_fields=["end"])
