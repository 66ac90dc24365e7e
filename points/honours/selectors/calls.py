"""Where calls stand, what each user may do with them, and who is put forward."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from branches.access import can, paths_for
from branches.models import Organisation
from points.honours import rules
from points.honours.models import Call, Nomination, Step
from points.honours.selectors.candidates import points_of

Act = Step.Act

STAGES = {
    rules.NOT_YET: ("没有开始", "kind"),
    rules.NOMINATING: ("推荐中", "way"),
    rules.REVIEWING: ("审核中", "look"),
    rules.PUBLIC: ("公示中", "way"),
    rules.DUE: ("等决定", "act"),
    rules.DECIDED: ("已表彰", "done"),
    rules.CANCELLED: ("已取消", "kind"),
}
# The way of a call as its page draws it; one cancelled has none.
WAY = {
    rules.NOT_YET: "推荐",
    rules.NOMINATING: "推荐",
    rules.REVIEWING: "审核",
    rules.PUBLIC: "公示",
    rules.DUE: "表彰决定",
    rules.DECIDED: "已表彰",
}
STEPS = ["推荐", "审核", "公示", "表彰决定", "已表彰"]
CHIPS = {
    Nomination.State.NOMINATED: "look",
    Nomination.State.APPROVED: "way",
    Nomination.State.HONOURED: "done",
    Nomination.State.DROPPED: "act",
    Nomination.State.REFUSED: "act",
    Nomination.State.WITHDRAWN: "kind",
}


@dataclass(frozen=True, kw_only=True)
class CallLine:
    """One call as a list or its page shows it."""

    call: Call
    stage: str
    label: str
    chip: str
    until: date | None  # the next day that matters
    until_is: str  # what happens then


def line_of(call: Call, today: date) -> CallLine:
    stage = call.stage(today)
    label, chip = STAGES[stage]
    until, until_is = {
        rules.NOT_YET: (call.opens_on, "开始"),
        rules.NOMINATING: (call.closes_on, "截止"),
        rules.REVIEWING: (call.closes_on, "截止"),
        rules.PUBLIC: (call.public_until, "期满"),
        rules.DUE: (call.public_until, "期满"),
        rules.DECIDED: (call.decided_on, "表彰"),
    }.get(stage, (None, ""))
    return CallLine(call=call, stage=stage, label=label, chip=chip, until=until, until_is=until_is)


TABS = (("open", "进行中"), ("over", "已结束"))


def tabbed(user) -> dict[str, QuerySet]:
    """Calls in sight: under way, and over."""
    seen = Call.objects.visible_to(user)
    return {"open": seen.open(), "over": seen.exclude(state__in=[Call.State.OPEN, Call.State.PUBLIC])}


def narrowed(calls: QuerySet, *, q: str = "", kind: str = "", year: int | None = None) -> QuerySet:
    """The list as its address asks."""
    if q:
        calls = calls.filter(Q(title__contains=q) | Q(document_number__contains=q) | Q(organiser__short_name__contains=q))
    if kind in Call.Kind.values:
        calls = calls.filter(kind=kind)
    return calls.filter(year=year) if year else calls


# ── Acts of a call ──────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Offer:
    """An act the page offers: its button, and whether it takes something away."""

    act: str
    label: str
    danger: bool = False


_OFFERS = {
    rules.NOT_YET: (Offer(Act.EXTEND, "延长推荐"), Offer(Act.CANCEL, "取消评选", True)),
    rules.NOMINATING: (Offer(Act.EXTEND, "延长推荐"), Offer(Act.CANCEL, "取消评选", True)),
    rules.REVIEWING: (Offer(Act.PUBLICISE, "公示拟表彰对象"), Offer(Act.EXTEND, "延长推荐"), Offer(Act.CANCEL, "取消评选", True)),
    rules.PUBLIC: (Offer(Act.CANCEL, "取消评选", True),),
    rules.DUE: (Offer(Act.DECIDE, "登记表彰决定"), Offer(Act.CANCEL, "取消评选", True)),
}


def offers(user, line: CallLine) -> list[Offer]:
    """What this user may do with a call now, the next thing first."""
    return list(_OFFERS.get(line.stage, ())) if can(user, "honour.decide", line.call.organiser) else []


def may_nominate(user, line: CallLine) -> bool:
    """Whether the window is open and the user puts forward for something below the organiser."""
    if line.stage != rules.NOMINATING:
        return False
    root = line.call.organiser.path
    return any(path.startswith(root) or root.startswith(path) for path in paths_for(user, "honour.nominate"))


def places_below(user, call: Call) -> QuerySet:
    """The organisations for which the user may nominate under a call: branches for members, any below for organisations."""
    below = Organisation.objects.where(user, "honour.nominate").within(call.organiser).existing().exclude(pk=call.organiser_id)
    return below.branches() if call.is_of_members else below.exclude(kind=Organisation.Kind.GROUP)


# ── Nominations ─────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class NominationLine:
    """One nomination with its chip and the figure the call looks at."""

    nomination: Nomination
    chip: str
    points: Decimal | None


def nominations_of(call: Call, user) -> list[NominationLine]:
    """The nominations of a call in sight, by state in the order of the way: two statements, a third where the call looks at points."""
    rows = call.nominations.visible_to(user).with_deaths().select_related("member", "organisation__parent", "share__organisation")
    listed = list(rows.defer("member__id_number").order_by("organisation__code", "member__pinyin", "id"))
    order = {state: at for at, state in enumerate(Nomination.State.values)}
    listed.sort(key=lambda row: order[row.state])
    points = points_of([row.member_id for row in listed if row.member_id], call.points_year)
    return [NominationLine(nomination=row, chip=CHIPS[row.state], points=points.get(row.member_id)) for row in listed]


def publicised(call: Call) -> QuerySet:
    """Those on the notice. A 公示 is read by everybody the call is addressed to, so it asks for the call's own sight, not for theirs."""
    rows = call.nominations.holding().with_deaths().select_related("member", "organisation__parent").defer("member__id_number")
    return rows.order_by("organisation__code", "member__pinyin", "id")


def acts_of(user, nomination: Nomination, today: date) -> list[Offer]:
    """What this user may do with one nomination now, the next thing first."""
    stage, found = nomination.call.stage(today), []
    reviewable = stage in {rules.NOMINATING, rules.REVIEWING}
    if reviewable and nomination.state == Nomination.State.NOMINATED:
        own = nomination.nominated_by_id == user.pk or (nomination.member_id and nomination.member.user_id == user.pk)
        if not own and can(user, "honour.review", nomination.organisation.parent):
            found += [Offer(Act.APPROVE, "审核通过"), Offer(Act.REFUSE, "不通过", True)]
        if can(user, "honour.nominate", nomination.organisation):
            found.append(Offer(Act.WITHDRAW, "撤回推荐", True))
    organises = can(user, "honour.decide", nomination.call.organiser)
    if organises and nomination.state == Nomination.State.APPROVED and stage in {rules.PUBLIC, rules.DUE}:
        found.append(Offer("object", "登记异议"))
    if organises and nomination.state == Nomination.State.APPROVED and stage not in {rules.DECIDED, rules.CANCELLED}:
        found.append(Offer(Act.DROP, "取消资格", True))
    return found


@dataclass(frozen=True)
class Event:
    """A step as the timeline shows it."""

    on: date
    title: str
    note: str
    kind: str


_LOUD = {Act.REFUSE, Act.DROP, Act.CANCEL}


def history(steps: Iterable[Step]) -> list[Event]:
    """Steps newest first: who, and in which words."""
    return [
        Event(
            step.on,
            step.get_act_display(),
            f"{step.by}。{step.note}" if step.note else str(step.by),
            "act" if step.act in _LOUD else "change",
        )
        for step in steps
    ]
