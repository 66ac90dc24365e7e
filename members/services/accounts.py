"""Accounts for members: opened for a whole branch at once, each tied to its member."""

from django.db import transaction
from django.db.models import QuerySet

from branches.models import Organisation
from branches.services.accounts import Holder, Slip, open_accounts
from members.models import Member
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def open_for_members(members: QuerySet, *, branch: Organisation, by: User) -> list[Slip]:
    """An account for each of these members of a branch who has none; the slips in the order of their names.

    The rows are locked first, so two clicks give nobody two accounts: the second finds nobody left.
    """
    waiting = list(
        members.filter(branch=branch, user=None)
        .order_by("pinyin", "id")
        .select_for_update(of=("self",))
        .only("uid", "name", "mobile_phone")
    )
    if not waiting:
        raise DomainError("这些党员都已经有账号了。")
    slips = open_accounts([Holder(name=member.name, phone=member.mobile_phone) for member in waiting], by=by, path=branch.path)
    for member, slip in zip(waiting, slips, strict=True):
        member.user = slip.user
    Member.objects.bulk_update(waiting, ["user"])
    audit.record("members.accounts.opened", branch, by=by, path=branch.path, organisation=branch.code, accounts=len(slips))
    return slips
