"""Objections as pages show them: the list narrowed by the address, what a user may do, and both lines of what is in dispute."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from branches.access import can
from members.models import Fact, Member
from points.models import Entry
from points.publicity import rules
from points.publicity.models import Objection, Step
from points.publicity.services.objections import OURS, barred

Remedy = Objection.Remedy
TABS = [("open", "在办"), ("done", "办结"), ("all", "全部")]


def listed(user, *, tab: str, today: date, text: str = "", year: int | None = None, quarter: int | None = None) -> QuerySet[Objection]:
    """The objections in sight: newest first."""
    rows = Objection.objects.visible_to(user)
    if tab == "open":
        rows = rows.open(today)
    elif tab == "done":
        rows = rows.exclude(pk__in=Objection.objects.open(today).order_by().values("pk"))
    if text:
        rows = rows.filter(member__in=Member.objects.visible_to(user).matching(text).order_by().values("pk"))
    if year:
        rows = rows.filter(publication__year=year)
    if quarter:
        rows = rows.filter(publication__quarter=quarter)
    related = ("publication__organisation", "member", "fact", "filed_by")
    return rows.select_related(*related).defer("member__id_number").order_by("-filed_on", "-id")


def acts_open(user, objection: Objection, today: date) -> tuple[list[str], str]:
    """What this user may do about it now, the next act first; and why they may not decide, if that is all that keeps them."""
    here, parties = objection.publication.organisation, {objection.filed_by_id, objection.member.user_id}
    acts, why = [], ""
    if objection.state == rules.FILED and can(user, "points.publish", here) and user.pk != objection.member.user_id:
        acts.append(Step.Act.HEAR)
    decides = objection.state in {rules.HEARD, rules.APPEALED} and can(user, "points.confirm", here)
    if decides:
        why = barred(objection, user)
        if not why:
            acts += [Step.Act.ACCEPT, Step.Act.UPHOLD if objection.state == rules.APPEALED else Step.Act.REJECT]
    if user.pk in parties:
        if objection.state == rules.REJECTED and rules.may_appeal(objection.appeal_until, today):
            acts.append(Step.Act.APPEAL)
        if objection.state in {rules.FILED, rules.HEARD}:
            acts.append(Step.Act.WITHDRAW)
    return acts, why


def remedies_of(objection: Objection) -> list[tuple[str, str]]:
    """How it can be put right: a fact of points here, every other in its own record, a missing one by recording it."""
    if objection.fact is None:
        return [(Remedy.RECORD, "补记一笔"), (Remedy.ELSEWHERE, "在原记录里补（组织生活、党费）")]
    if objection.fact.key.startswith("points.veto:"):
        return [(Remedy.VOID, Remedy.VOID.label)]
    if objection.fact.key.startswith(OURS):
        return [(Remedy.REVISE, Remedy.REVISE.label), (Remedy.VOID, Remedy.VOID.label)]
    return [(Remedy.ELSEWHERE, Remedy.ELSEWHERE.label)]


@dataclass(frozen=True)
class Posted:
    """A line of the ledger about what is in dispute: the first, and each correction."""

    day: date
    title: str
    points: Decimal
    posted_at: datetime
    is_correction: bool


def lines_of(objection: Objection) -> list[Posted]:
    """Both lines: what was posted first, and the corrections since."""
    entries = Entry.objects.filter(fact__key=objection.fact_key, member=objection.member_id).select_related("fact").order_by("id")
    return [Posted(one.day, one.fact.title, one.points, one.posted_at, n > 0) for n, one in enumerate(entries)]


def waits_elsewhere(objection: Objection) -> bool:
    """Whether it was accepted and the record it belongs in has not moved since."""
    return Objection.objects.filter(waiting_elsewhere(), pk=objection.pk).exists()


def waiting_elsewhere() -> Q:
    """Accepted, to be corrected in another room, and not yet corrected there.

    A fact is corrected once it was revised; a missing deed once a room other than points has left a fact of that member and
    quarter since the decision.
    """
    decided = Step.objects.filter(objection=OuterRef(OuterRef("pk")), act=Step.Act.ACCEPT).order_by("-pk").values("at")[:1]
    made_up = Fact.objects.filter(
        member=OuterRef("member"),
        superseded_at=None,
        is_void=False,
        day__year=OuterRef("publication__year"),
        day__quarter=OuterRef("publication__quarter"),
        recorded_at__gt=Subquery(decided),
    )
    for prefix in ("points.", "scheme."):
        made_up = made_up.exclude(key__startswith=prefix)
    return Q(state=rules.ACCEPTED, remedy=Remedy.ELSEWHERE) & (
        Q(fact__isnull=False, fact__superseded_at=None) | Q(fact__isnull=True) & ~Exists(made_up)
    )


def source_of(fact: Fact | None) -> str:
    """The room a fact comes from, in words."""
    if fact is None:
        return "没有记的一件事"
    names = {
        "education": "组织生活",
        "dues": "党费",
        "points": "人工认定",
        "scheme": "积分办法",
        "outreach": "走访",
        "care": "慰问",
        "mobility": "流动党员",
    }
    return names.get(fact.key.partition(".")[0], "原来的记录")
