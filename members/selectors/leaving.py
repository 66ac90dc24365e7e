"""What ends when a member leaves, shown before it is done."""

from dataclasses import dataclass
from datetime import date

from branches.models import Grant, Organisation
from branches.services.grants import reaches
from members.models import Member
from partyportal.core.models import User


@dataclass(frozen=True)
class Ending:
    """One thing that ends: what, where, from which day."""

    what: str
    note: str
    on: date


def endings(member: Member, *, on: date, closes_account: bool, by: User) -> list[Ending]:
    """Affiliation, groups, posts, suspension, grants and the login, as `membership.leave` and what calls it will end them."""
    found = [Ending("组织关系", member.branch.short_name, on)]
    found += [
        Ending("党小组", row.organisation.short_name, on)
        for row in member.group_memberships.filter(end=None).select_related("organisation")
    ]
    for office in member.offices.open().select_related("organisation", "grant").order_by("organisation__path"):
        found.append(Ending(f"{office.organisation.short_name}{office.get_position_display()}", "职务终止", on))
    if member.suspensions.filter(end=None).exists():
        found.append(Ending("停止党籍", "不再计算", on))
    if member.user_id:
        grants = Grant.objects.filter(user=member.user_id, end=None).select_related("organisation").order_by("organisation__path")
        left = [grant for grant in grants if not reaches(by, grant)]
        found += [
            Ending(f"授权：{grant.get_role_display()}", grant.organisation.short_name + ("，由安全管理员终止" if grant in left else ""), on)
            for grant in grants
        ]
        if closes_account or left:
            found.append(Ending("账号", f"{member.user.username}，立刻停用", on))
    return found


@dataclass(frozen=True)
class BranchEndings:
    """What an organisation's members and posts amount to, before all are moved or it is dissolved."""

    members: int
    groups: int
    below: int
    posts: int
    grants: int


def branch_endings(organisation: Organisation) -> BranchEndings:
    """How many are at home, and what of the organisation would end."""
    return BranchEndings(
        members=Member.objects.at_home().filter(branch=organisation).count(),
        groups=organisation.children.existing().filter(kind=Organisation.Kind.GROUP).count(),
        below=organisation.children.existing().exclude(kind=Organisation.Kind.GROUP).count(),
        posts=organisation.offices.open().count(),
        grants=organisation.grants.filter(end=None).count(),
    )
