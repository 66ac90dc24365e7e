"""What is left to a security admin when somebody is gone: the grants held above whoever recorded it (ADR 22)."""

from django.db.models import Q
from django.urls import reverse

from branches.access import paths_for
from branches.models import Grant
from partyportal.core.duties import Duty


def due(user) -> list[Duty]:
    """The open grants of logins whose member is no longer in the county, where the user keeps grants: one statement, for nobody else any."""
    paths = paths_for(user, "grant.manage")
    if not paths:
        return []
    kept = Q(pk=None)
    for path in paths:
        kept |= Q(organisation__path__startswith=path)
    left = Grant.objects.filter(kept, end=None, user__member__left_on__isnull=False)
    return sorted(_end(grant) for grant in left.select_related("user__member", "organisation"))


def _end(grant: Grant) -> Duty:
    left_on, place = grant.user.member.left_on, grant.organisation
    return Duty.of(
        place,
        due_on=left_on,
        key=f"members.grant_left:{grant.uid}",
        title=f"终止{place}{grant.get_role_display()}的授权",
        reason=f"账号 {grant.user.username} 的本人 {left_on:%Y-%m-%d} 起组织关系已不在本县，这条授权在登记人的权限之上，要由安全管理员终止",
        act="看授权",
        url=reverse("branches:grant_end", args=[grant.uid]),
    )
