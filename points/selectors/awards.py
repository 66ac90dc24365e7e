"""人工认定 as lists show them: narrowed by the address, and who may decide on what."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from branches.access import can
from branches.models import Organisation
from members.models import Member
from points.models import Award, Item, ItemGrade
from points.rules.kinds import APPRAISAL
from points.selectors.schemes import manual_items


def listed(user, *, state: str, text: str = "", within: Organisation | None = None) -> QuerySet[Award]:
    """The deeds of a state in sight, newest first."""
    rows = Award.objects.visible_to(user).filter(state=state)
    if within:
        rows = rows.within(within)
    if text:
        rows = rows.filter(member__in=Member.objects.visible_to(user).matching(text).order_by().values("pk"))
    return rows.select_related("member", "organisation", "filed_by", "decided_by").defer("member__id_number").order_by("-filed_at", "-id")


def decidable(rows: QuerySet[Award], user) -> QuerySet[Award]:
    """Those of the rows this person may decide on: within the verb's reach, filed by another, about another."""
    mine = Award.objects.where(user, "points.confirm").order_by().filter(state=Award.State.FILED)
    own = Q(filed_by=user) | Exists(Member.objects.filter(pk=OuterRef("member_id"), user=user))
    return rows.filter(pk__in=mine.values("pk")).exclude(own)


def why_not(award: Award, user) -> str:
    """Why who may decide in general may not decide on this one."""
    own = user.pk in {award.filed_by_id, award.member.user_id}
    if award.state != Award.State.FILED or not own or not can(user, "points.confirm", award.organisation):
        return ""
    return "自己登记的、自己的积分，要由另一个人确认。"


def reportable(member: Member, today: date) -> QuerySet[Item]:
    """What a member may report of themself: items by hand that apply to their class today and take nothing away.

    The result of 民主评议, and whatever else tells a ratio, is the meeting's to say, so the branch enters it.
    """
    if member.branch is None:
        return Item.objects.none()
    found = manual_items(member.branch, today).filter(is_veto=False).exclude(fact_kind=APPRAISAL)
    mine = member.classes.filter(Q(end=None) | Q(end__gt=today), start__lte=today).values_list("name", flat=True)
    gains = Q(value__gt=0) | Exists(ItemGrade.objects.filter(item=OuterRef("pk"), value__gt=0))
    found = found.filter(gains, Q(classes=[]) | Q(classes__overlap=list(mine)))
    return found.exclude(value__lt=0).exclude(grades__value__lt=0)
