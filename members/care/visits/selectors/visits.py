"""走访记录 as pages show it, and who may go and be called on."""

from django.db.models import Prefetch, Q, QuerySet

from branches.models import Organisation
from members.care.visits.models import Goer, Outing, Visit
from members.models import Member, Office

KINDS = [("", "全部"), *Outing.Kind.choices]


def listed(
    user, *, within: Organisation | None, kind: str, year: int | None, text: str, needs: bool = False, member: Member | None = None
) -> QuerySet[Visit]:
    """The calls made, latest first, of everybody or of one member; what was found stays sealed."""
    rows = Visit.objects.where(user, "care.see").standing()
    if member is not None:
        rows = rows.filter(member=member)
    if within is not None:
        rows = rows.within(within)
    if kind:
        rows = rows.filter(outing__kind=kind)
    if year:
        rows = rows.filter(outing__day__year=year)
    if needs:
        rows = rows.filter(needs=True)
    if text:
        rows = rows.filter(member__in=Member.objects.visible_to(user).matching(text).order_by().values("pk"))
    return whole(rows).order_by("-outing__day", "-id")


def own(user) -> QuerySet[Visit]:
    """The calls on the user themselves, latest first."""
    return whole(Visit.objects.standing().filter(member__user=user)).order_by("-outing__day", "-id")


def whole(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    """With what a line shows, and nothing sealed."""
    goers = Prefetch("outing__goers", Goer.objects.select_related("member").defer("member__id_number").order_by("pk"))
    related = ("outing__organisation", "outing__round__occasion", "outing__recorded_by", "member__branch", "organisation")
    return rows.select_related(*related).defer("found", "member__id_number").prefetch_related(goers)


def who(outing: Outing) -> str:
    """Those who went, in words."""
    names = [goer.member.name for goer in outing.goers.all()]
    return "、".join([*names, *([outing.companions] if outing.companions else [])])


def leaders(organisation: Organisation) -> QuerySet[Member]:
    """Those who hold a post of the organisation: who goes on most calls."""
    holding = Office.objects.open().filter(organisation=organisation).values("member")
    return Member.objects.at_home().filter(pk__in=holding).defer("id_number").order_by("pinyin", "pk")


def may_go(organisation: Organisation) -> QuerySet[Member]:
    """Those who may be named as having gone: the post holders, and of a branch its members."""
    held = Q(pk__in=Office.objects.open().filter(organisation=organisation).order_by().values("member"))
    if organisation.is_branch:
        held |= Q(branch=organisation)
    return Member.objects.at_home().filter(held).defer("id_number").order_by("pinyin", "pk")


def visited_in(year: int) -> QuerySet:
    """Ids of the members called on in a year (settings.CARE_HELP)."""
    return Visit.objects.standing().filter(outing__day__year=year).order_by().values("member")
