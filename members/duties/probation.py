"""What is due about members: 转正 before the 预备期 ends, and the look through the roster before its period does."""

from collections.abc import Iterable
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.models import Member, RosterCheck
from members.parameters import ROSTER_CHECK_MONTHS
from members.rules.probation import NOTICE, decision_is_near, probation_ends
from members.rules.quality import check_is_near, check_period, period_words
from partyportal.core.days import chinese_day
from partyportal.core.duties import Duty
from partyportal.core.parameters import value_on


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to do, oldest first."""
    return due_for(Organisation.objects.branches().existing().filter(path__in=paths_for(user, "member.edit")), today)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do, oldest first: three statements, and one for the branches."""
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    near = today + NOTICE - timedelta(days=365)
    waiting = Member.objects.at_home().filter(
        branch__in=branches, category=Member.Category.PROBATIONARY, standing=Member.Standing.NORMAL, joined_on__lte=near
    )
    rows = waiting.values_list("uid", "name", "joined_on", "probation_until", "branch_id").order_by("joined_on", "id")
    decisions = [
        _duty(uid, name, until or probation_ends(joined_on), branches[branch], today)
        for uid, name, joined_on, until, branch in rows
        if decision_is_near(until or probation_ends(joined_on), today)
    ]
    return sorted([*decisions, *_checks(branches, today)])


def _checks(branches: dict[int, Organisation], today: date) -> list[Duty]:
    """名册核对: of each branch that has not confirmed its roster in the running period, from a month before the period ends."""
    months = value_on(today, ROSTER_CHECK_MONTHS)
    start, last = check_period(today, months)
    checked = set(RosterCheck.objects.filter(organisation__in=branches, start=start).values_list("organisation_id", flat=True))
    if not check_is_near(today, last):
        return []
    words = period_words(start, months)
    return [
        Duty.of(
            branch,
            due_on=last,
            key=f"members.check:{branch.code}:{start}",
            title=f"核对{words}名册",
            reason=f"名册每 {months} 个月核对一次，{words}还没有核对。没有错就点一下",
            act="核对",
            url=f"{reverse('members:quality')}?{urlencode({'organisation': branch.code})}",
        )
        for pk, branch in branches.items()
        if pk not in checked
    ]


def _duty(uid, name: str, ends: date, branch: Organisation, today: date) -> Duty:
    when = chinese_day(ends, year=ends.year != today.year)
    verb = "已满" if ends < today else "满"
    return Duty.of(
        branch,
        due_on=ends,
        key=f"members.full:{uid}:{ends}",
        title=f"讨论{name}转正",
        reason=f"预备期 {when}{verb}。收到本人书面申请后，支委会审查、支部大会讨论",
        act="办转正",
        url=reverse("development:member", args=[uid]),
    )
