"""What is due about members: 转正 before the 预备期 ends."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.models import Member
from members.rules.probation import NOTICE, decision_is_near, probation_ends
from partyportal.core.duties import Duty


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to do: two statements."""
    return due_for(Organisation.objects.branches().existing().filter(path__in=paths_for(user, "member.edit")), today)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do, oldest first: one statement, and one for the branches."""
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    near = today + NOTICE - timedelta(days=365)
    waiting = Member.objects.at_home().filter(
        branch__in=branches, category=Member.Category.PROBATIONARY, standing=Member.Standing.NORMAL, joined_on__lte=near
    )
    rows = waiting.values_list("uid", "name", "joined_on", "branch_id").order_by("joined_on", "id")
    return sorted(
        _duty(uid, name, joined_on, branches[branch], today) for uid, name, joined_on, branch in rows if decision_is_near(joined_on, today)
    )


def _duty(uid, name: str, joined_on: date, branch: Organisation, today: date) -> Duty:
    ends = probation_ends(joined_on)
    when = f"{ends.month}月{ends.day}日" if ends.year == today.year else f"{ends.year}年{ends.month}月{ends.day}日"
    verb = "已满" if ends < today else "满"
    return Duty(
        due_on=ends,
        key=f"members.full:{uid}:{ends}",
        title=f"讨论{name}转正",
        reason=f"预备期一年，{when}{verb}。收到本人书面申请后，支委会审查、支部大会讨论",
        act="办转正",
        url=reverse("members:member", args=[uid]),
        organisation_code=branch.code,
        organisation_name=branch.short_name,
        organisation_path=branch.path,
    )
