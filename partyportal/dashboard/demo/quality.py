"""What time does to a roster: blanks and slips in the files, people who left or moved, and branches that looked theirs through."""

from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from branches.models import Grant, Organisation
from members.models import Affiliation, Member, RosterCheck
from members.rules.quality import check_period
from members.selectors.completeness import complete
from members.services import membership
from partyportal.dashboard.demo.bulk import copy_in
from partyportal.dashboard.demo.logins import SHOWCASE

LEAVE_AT_MOST = 60  # through the service, one by one: a county's demo must not wait for its dead
WHY = ("died", "died", "died", "transferred_out", "transferred_out", "removed", "expelled")


def leave_gaps(members: list[Member]) -> None:
    """Blanks and slips in files about to be written, by their place in the list; nobody's number or name is touched."""
    for at, member in enumerate(members):
        if at % 83 == 40:
            member.education = ""
        if at % 61 == 20:
            member.address = ""
        if at % 211 == 100 and not member.is_mobile:
            member.destination = "浙江省杭州市萧山区"
        if at % 301 == 150 and member.full_on and member.joined_on >= date(1978, 1, 1):
            member.full_on = member.joined_on + timedelta(days=300)
        if at % 397 in (200, 201, 202):
            member.mobile_phone = f"154{at // 397:08d}"


def let_some_go(*, today: date) -> int:
    """Deaths, transfers and removals of last year and this one, moves of last year, through the door of membership; returns how many."""
    first = date(today.year - 1, 1, 10)
    settled = Member.objects.at_home().filter(offices=None, is_mobile=False, affiliations__start__lt=first)
    people = settled.exclude(branch__code__startswith=SHOWCASE).select_related("branch").order_by("pk")
    ageing = list(people.filter(birth_on__lt=date(today.year - 76, 1, 1))[: LEAVE_AT_MOST * 4 : 4])
    days = (today - first).days
    for at, person in enumerate(ageing):
        membership.leave(person, on=first + timedelta(days=days * at // len(ageing) + 1), reason=WHY[at % len(WHY)], by=None)
    branches = list(Organisation.objects.branches().filter(unit_type="village").exclude(code=SHOWCASE).order_by("code"))
    movers = list(people.filter(birth_on__gte=date(today.year - 40, 1, 1), branch__in=branches, category="full")[:160:20])
    for at, person in enumerate(movers):
        to = branches[-1 - at]
        if to != person.branch:
            membership.move(person, to=to, on=first + timedelta(days=330 * at // len(movers)), by=None)
    return len(ageing) + len(movers)


def look_rosters_through(*, today: date) -> None:
    """Last quarter nearly every branch confirmed its roster, this one about half; three never did, and their files are old."""
    branches = Organisation.objects.branches().existing().order_by("code").exclude(code=SHOWCASE)
    checkers = list(Grant.objects.filter(role__in=["committee", "department"]).select_related("user", "organisation"))
    start, _ = check_period(today, 3)
    before, _ = check_period(start - timedelta(days=1), 3)
    at_home = Q(members__left_on=None)
    counted = branches.annotate(people=Count("members", filter=at_home), whole=Count("members", filter=at_home & complete("members__")))
    checks, never = [], []
    for at, branch in enumerate(counted):
        if at % 21 == 11:
            never.append(branch.pk)
            continue
        by = max(
            (grant for grant in checkers if branch.path.startswith(grant.organisation.path)), key=lambda g: len(g.organisation.path)
        ).user
        periods = [(before, before + timedelta(days=70 + at % 20))] if at % 6 else []
        periods += [(start, min(start + timedelta(days=20 + at % 30), today))] if at % 2 else []
        checks += [
            RosterCheck(
                organisation=branch,
                start=first,
                checked_on=on,
                checked_by=by,
                members=branch.people,
                incomplete=branch.people - branch.whole,
            )
            for first, on in periods
        ]
    copy_in(checks)
    old = timezone.make_aware(datetime.combine(today - timedelta(days=420), time(9)))
    Member.objects.filter(pk__in=Affiliation.objects.on(today).filter(organisation__in=never).values("member")).update(updated_at=old)
