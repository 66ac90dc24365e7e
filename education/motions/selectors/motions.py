"""Motions as the list, one page, a meeting's sheet and an export tell them."""

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404

from branches.access import can
from education.motions import rules
from education.motions.models import Count, Motion, ResultLine, Voted
from education.motions.selectors.development import step_url
from education.motions.selectors.rolls import candidates_of, roll_of, voter_of
from education.motions.services.counts import role_of, round_of
from education.motions.services.urn import casting_fault
from partyportal.core.days import year_named

State = Motion.State


def listed(user, asked) -> QuerySet:
    """The motions in sight, narrowed by the address, latest first, each with its figures."""
    found = Motion.objects.visible_to(user)
    if asked.get("kind") in Motion.Kind.values:
        found = found.filter(kind=asked["kind"])
    if asked.get("state") in State.values:
        found = found.filter(state=asked["state"])
    if year := year_named(asked.get("year")):
        found = found.filter(held_on__year=year)
    if code := asked.get("organisation", "")[:40]:
        found = found.filter(organisation__code=code)
    if text := asked.get("q", "").strip()[:60]:
        found = found.filter(title__icontains=text)
    return figured(found).order_by("-held_on", "-pk")


def figured(found: QuerySet) -> QuerySet:
    lines = Prefetch("result__lines", ResultLine.objects.select_related("candidate__member").defer("candidate__member__id_number"))
    return found.select_related("organisation", "meeting", "result").prefetch_related(lines)


def sheet_row(motion: Motion) -> tuple:
    """One line of the exported list; an election's figures stand in its sentence."""
    result = getattr(motion, "result", None)
    line = next(iter(result.lines.all()), None) if result and motion.kind != Motion.Kind.ELECTION else None
    return (
        motion.held_on,
        motion.organisation.name,
        motion.title,
        motion.get_kind_display(),
        motion.get_method_display(),
        result.entitled if result else None,
        result.present if result else None,
        line.in_favour if line else None,
        line.against if line else None,
        line.abstained if line else None,
        motion.get_state_display(),
        result.sentence if result else "",
    )


def seen(user, uid) -> Motion:
    """One motion in the user's sight, or 404."""
    people = ("host", "teller", "counter")
    rows = Motion.objects.visible_to(user).select_related(
        "organisation__parent", "meeting__organisation", "case__organisation", "case__member__branch", *people
    )
    return get_object_or_404(rows.defer("case__id_number", *(f"{one}__id_number" for one in ("case__member", *people))), uid=uid)


def waiting_role(motion: Motion) -> str:
    """Whose count is still missing: the teller's first."""
    entered = set(motion.counts.filter(round=round_of(motion)).values_list("role", flat=True))
    return next((role for role in Count.Watcher.values if role not in entered), Count.Watcher.TELLER)


def told(motion: Motion, user) -> dict:
    """What one motion's page shows and offers this user."""
    roll, is_open = roll_of(motion), motion.state == State.OPEN
    records = can(user, "education.record", motion.organisation)
    oversees = can(user, "education.return", motion.organisation)
    result = getattr(motion, "result", None)
    role = role_of(motion, user) if motion.method == rules.PAPER else ""
    entered = list(motion.counts.filter(round=round_of(motion)).values_list("role", flat=True)) if motion.method == rules.PAPER else []
    may_count = is_open and motion.method != rules.ONLINE and (records or bool(role)) and (role not in entered if role else True)
    opinions = list(motion.opinions.select_related("member").prefetch_related("files")) if records else []
    return {
        "roll": roll,
        "result": result,
        "lines": list(result.lines.select_related("candidate__member").defer("candidate__member__id_number")) if result else [],
        "names": [name for _, name in candidates_of(motion)],
        "steps": list(motion.steps.select_related("by")),
        "opinions": opinions,
        "named": list(motion.voters.exclude(named=None).order_by("member__pinyin").values_list("member__name", "named__choice"))
        if motion.method == rules.NAMED and result
        else [],
        "choice_words": rules.CHOICES,
        "entered": [Count.Watcher(role).label for role in entered],
        "cast": Voted.objects.filter(voter__motion=motion).count() if motion.method == rules.ONLINE and motion.state != State.DRAFT else 0,
        "may_open": records and motion.state == State.DRAFT,
        "may_take": records and motion.state == State.DRAFT and motion.kind != Motion.Kind.ELECTION,
        "may_count": may_count,
        "may_print": records and is_open and motion.method == rules.PAPER,
        "may_close": records and is_open and motion.method == rules.ONLINE,
        "may_vote": is_open and motion.method == rules.ONLINE and not casting_fault(motion, user),
        "why_no_vote": casting_fault(motion, user) if is_open and motion.method == rules.ONLINE and voter_of(motion, user) else "",
        "may_void": motion.state != State.VOID and records and (motion.state != State.DECIDED or oversees),
        "may_again": records and motion.state == State.VOID and not Motion.objects.filter(again_of=motion).exists(),
        "role_label": Count.Watcher(role).label if role else "",
        "step_url": step_url(motion, result, user),
    }


def of_meeting(meeting) -> list[Motion]:
    """A meeting's motions in their order, with results."""
    found = Motion.objects.filter(meeting=meeting).exclude(state=State.VOID)
    return list(figured(found).order_by("pk"))
