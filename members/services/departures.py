"""退党、除名、开除党籍: the affiliation ends by a decision, and with it every post and grant. A death is `care`'s, a transfer the transfers'."""

from datetime import date

from django.db import transaction

from branches.services import accounts
from branches.services.grants import end_all
from members.models import Affiliation, Member
from members.services import membership
from partyportal.core.errors import DomainError
from partyportal.core.models import User

REASONS = frozenset({Affiliation.EndReason.WITHDREW, Affiliation.EndReason.REMOVED, Affiliation.EndReason.EXPELLED})


@transaction.atomic
def leave_party(member: Member, *, reason: str, on: date, basis: str, by: User, today: date) -> Member:
    """End a membership by decision from a day on. Every grant of the login ends; the login stays, to read what is one's own.

    Where a grant is held above the actor, the login is closed until the security admin has ended that one (ADR 22).
    """
    if reason not in REASONS:
        raise DomainError("写明是退党、除名还是开除党籍。", field="reason")
    if on > today:
        raise DomainError("这一天还没有到。", field="on")
    if not basis.strip():
        raise DomainError("要写决定的文号。", field="basis")
    if member.user_id is not None and member.user_id == by.pk:
        raise DomainError("不能自己登记自己，由上级党组织登记。")
    left = membership.leave(member, on=on, reason=reason, by=by, basis=basis.strip(), leave_grants_above=True)
    if left.user is not None and end_all(left.user, on=on, by=by):
        accounts.set_active(left.user, active=False, by=by)
    return left
