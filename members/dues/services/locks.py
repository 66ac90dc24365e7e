"""What every write of dues takes first: the branch, then the members by id. One order, so no two of them wait for each other."""

from collections.abc import Iterable

from branches.models import Organisation
from members.models import Member
from partyportal.core.errors import DomainError


def lock_branch(organisation: Organisation) -> Organisation:
    """The branch's row, kept until the transaction ends: its collections are recorded one after the other, receipts have no gaps."""
    held = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if not held.is_branch:
        raise DomainError("党费由党支部收，先选到党支部。")
    return held


def lock_members(member_ids: Iterable[int]) -> dict[int, Member]:
    """The members' rows as they are now, kept until the transaction ends; whoever moves or ends a membership waits."""
    rows = Member.objects.select_for_update(no_key=True, of=("self",)).select_related("branch").defer("id_number")
    return {member.pk: member for member in rows.filter(pk__in=list(member_ids)).order_by("pk")}


def refuse_strangers(members: Iterable[Member], organisation: Organisation) -> None:
    """Only those who belong to the branch today are its to collect from and to assess."""
    for member in members:
        if member.left_on is not None:
            raise DomainError(f"{member.name}的组织关系已经不在本县，不在这里收党费。")
        if member.branch_id != organisation.pk:
            raise DomainError(f"{member.name}现在不在{organisation}，由他现在的支部收。")
