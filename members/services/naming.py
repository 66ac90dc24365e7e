"""Naming somebody beyond one's own range: only who is already known by name and number, and never without a trace."""

from members.models import Member
from members.selectors.naming import beyond
from partyportal.core import audit
from partyportal.core.models import User


def name_beyond(by: User, name: str, tail: str) -> list[Member]:
    """Those at home anywhere in the county with exactly this name and these last four signs of the ID number; each finding is audited."""
    found = list(beyond(name, tail)[:2])
    for person in found:
        audit.record("members.person.named_beyond", person, by=by, path=person.branch.path, subject=person.uid)
    return found
