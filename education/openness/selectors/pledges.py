"""Pledges as pages show them: a branch's year, one member's 亮身份, the board of a branch."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from branches.access import can
from branches.models import Organisation
from education.models import Meeting
from education.openness import rules
from education.openness.models import Deed, Pledge, VanguardPost, Verdict
from education.openness.services.pledges import barred
from members.models import Fact, Member, Office
from members.outreach.models import DutyCard

_LAST = Verdict.objects.filter(pledge=OuterRef("pk")).order_by("-pk")
STATES = [("", "全部"), (rules.WRITTEN, "等支部确认"), (rules.SENT_BACK, "退回改"), (rules.CONFIRMED, "已确认"), ("judged", "评过")]


def listed(rows: QuerySet[Pledge]) -> QuerySet[Pledge]:
    """By name, each with how many deeds it has and what the last meeting said of it."""
    told = rows.select_related("member", "organisation").defer("member__id_number")
    told = told.annotate(deed_count=Count("deeds"), outcome=Subquery(_LAST.values("outcome")[:1]), word=Subquery(_LAST.values("word")[:1]))
    return told.order_by("-year", "organisation__code", "member__pinyin", "id")


def narrowed(rows: QuerySet[Pledge], state: str) -> QuerySet[Pledge]:
    if state == "judged":
        return rows.filter(verdicts__isnull=False).distinct()
    return rows.filter(state=state) if state in {rules.WRITTEN, rules.SENT_BACK, rules.CONFIRMED} else rows.exclude(state=rules.DROPPED)


def acts_open(user, one: Pledge) -> tuple[list[str], str]:
    """What this user may do about it now, the next act first; and what alone keeps them from confirming it."""
    acts, why = [], ""
    branch, own = can(user, "openness.disclose", one.organisation), one.member.user_id == user.pk
    if one.state == rules.WRITTEN and branch:
        why = barred(one, user)
        acts += [] if why else ["confirm"]
        acts.append("send_back")
    if one.state in {rules.WRITTEN, rules.SENT_BACK} and (own or branch):
        acts.append("rewrite")
    if one.state == rules.CONFIRMED and (own or branch):
        acts.append("record_deed")
    if (one.state in {rules.WRITTEN, rules.SENT_BACK} and (own or branch)) or (one.state == rules.CONFIRMED and branch):
        acts.append("drop")
    return acts, why


def facts_for(one: Pledge) -> QuerySet[Fact]:
    """The member's own facts of the pledge's year, which a deed may name: newest first. Base scores and absences are no deeds."""
    rows = Fact.objects.standing().filter(member=one.member_id, day__year=one.year).exclude(kind__startswith="scheme.")
    return rows.exclude(kind__endswith="absence").order_by("-day", "-pk")


def to_judge(organisation: Organisation, year: int) -> QuerySet[Pledge]:
    """The branch's confirmed pledges of a year, by name."""
    return listed(Pledge.objects.confirmed().filter(organisation=organisation, year=year))


def meetings_to_judge(organisation: Organisation, year: int, *, months: int) -> QuerySet[Meeting]:
    """The confirmed meetings of the branch at which that year's pledges may be judged, latest first."""
    rows = Meeting.objects.confirmed().filter(organisation=organisation, group=None)
    return rows.filter(held_on__gte=date(year, 1, 1), held_on__lte=rules.judged_until(year, months=months)).order_by("-held_on")


@dataclass(frozen=True)
class Identity:
    """亮身份: who a member is, what they answer for, what they promised and what came of it."""

    member: Member
    offices: tuple[str, ...] = ()
    posts: tuple[VanguardPost, ...] = ()
    cards: tuple[DutyCard, ...] = ()
    pledges: tuple[Pledge, ...] = field(default_factory=tuple)


def may_be_seen(user) -> QuerySet[Member]:
    """Whoever a post shows, oneself, and whoever is at home in the same branch: a member shows who they are to their own."""
    seen = Member.objects.visible_to(user).order_by().values("pk")
    at_home = Member.objects.filter(user=user, left_on=None).values("branch")
    return Member.objects.at_home().filter(Q(pk__in=seen) | Q(branch__in=at_home)).select_related("branch").defer("id_number")


def identities(members: list[Member], year: int, today: date) -> list[Identity]:
    """In the order given: four statements for one as for a hundred. Posts and cards are those of today, pledges the year's confirmed ones."""
    offices, posts, cards, pledges = ({one.pk: [] for one in members} for _ in range(4))
    for office in Office.objects.on(today).filter(member__in=members).select_related("organisation").order_by("id"):
        offices[office.member_id].append(f"{office.organisation}{office.get_position_display()}")
    for post in VanguardPost.objects.on(today).filter(member__in=members).order_by("start", "id"):
        posts[post.member_id].append(post)
    for card in DutyCard.objects.on(today).filter(member__in=members).order_by("id"):
        cards[card.member_id].append(card)
    deeds = Prefetch("deeds", Deed.objects.select_related("fact"))
    for pledge in listed(Pledge.objects.confirmed().filter(member__in=members, year=year)).prefetch_related(deeds):
        pledges[pledge.member_id].append(pledge)
    return [Identity(one, tuple(offices[one.pk]), tuple(posts[one.pk]), tuple(cards[one.pk]), tuple(pledges[one.pk])) for one in members]


OUTCOMES = dict(Verdict.Outcome.choices)
OUTCOME_CHIPS = {"kept": "done", "partly": "look", "broken": "act"}
