"""名册核对: a branch's own word that its roster is right, once in a period."""

from datetime import date

from django.db import transaction

from branches.models import Organisation
from members.models import Member, RosterCheck
from members.parameters import ROSTER_CHECK_MONTHS
from members.rules.quality import period_words
from members.selectors.completeness import complete
from members.selectors.quality.cockpit import blocking
from members.selectors.quality.findings import asked_on
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def confirm_roster(organisation: Organisation, *, by: User, today: date) -> RosterCheck:
    """Confirm a branch's roster for the running period. What is blank may stay blank; what contradicts itself may not."""
    branch = Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=organisation.pk)
    if not branch.is_branch:
        raise DomainError("名册由各党支部自己核对，到支部的页面上确认。")
    if branch.dissolved_on is not None:
        raise DomainError("这个党支部已经撤销，不用核对。")
    asked = asked_on(today)
    start, _ = asked.period
    done = RosterCheck.objects.filter(organisation=branch, start=start).select_related("checked_by").first()
    if done is not None:
        words = period_words(start, asked[ROSTER_CHECK_MONTHS])
        raise DomainError(f"{words}的名册 {done.checked_on:%Y-%m-%d} 已由{done.checked_by}核对过，不用再点。")
    at_home = Member.objects.at_home().filter(branch=branch)
    if wrong := blocking(branch, asked=asked):
        told = "、".join(f"{title} {count} 人" for title, count in wrong.items())
        raise DomainError(f"名册里还有互相矛盾的：{told}。先改好，再确认。")
    check = RosterCheck.objects.create(
        organisation=branch,
        start=start,
        checked_on=today,
        checked_by=by,
        members=at_home.count(),
        incomplete=at_home.exclude(complete()).count(),
    )
    audit.record("members.roster.checked", check, by=by, path=branch.path, organisation=branch.code, start=start, members=check.members)
    return check
