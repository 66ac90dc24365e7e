"""Conditions as their pages show them: a member's own file, the register of a subtree, and what is to be asked again."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from branches.models import Organisation
from members.care.models import Condition
from members.care.parameters import REVIEW_MONTHS
from members.care.rules.conditions import LASTING
from members.care.selectors.evaluation import flag, reasons_of
from members.care.selectors.lists import in_force, listed
from members.models import Member
from partyportal.core.days import months_after
from partyportal.core.parameters import value_on

NOTICE = timedelta(days=30)  # a branch is told so long before a review is due


def reviewed(rows: QuerySet[Condition]) -> QuerySet[Condition]:
    """With the last day somebody asked whether it is still so: the beginning, or the latest review."""
    return rows.annotate(asked_on=Greatest("start", Coalesce(Max("reviews__day"), F("start"))))


def due_for_review(rows: QuerySet[Condition], *, until: date, months: int) -> QuerySet[Condition]:
    """Open ones of members at home, last asked so long ago that a review is due by a day."""
    open_rows = rows.standing().filter(end=None, member__left_on=None).exclude(kind__in=LASTING)
    return reviewed(open_rows).filter(asked_on__lte=months_after(until, -months))


def register(user, *, within: Organisation | None, only: str, kind: str, text: str, today: date) -> QuerySet[Condition]:
    """The conditions the user may see: those that hold, those to be asked again, or those that are over."""
    rows = Condition.objects.where(user, "care.see")
    rows = rows.within(within) if within else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(member__in=Member.objects.matching(text).values("pk")) if text else rows
    if only == "due":  # what the duty counts: with its notice
        rows = due_for_review(rows, until=today + NOTICE, months=value_on(today, REVIEW_MONTHS))
    elif only == "ended":
        rows = reviewed(rows.filter(Q(end__lte=today) | Q(withdrawn_at__isnull=False)))
    else:
        rows = reviewed(rows.on(today))
    return rows.select_related("member__branch").defer("member__id_number", "proof").order_by("-start", "-pk")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One list as it concerns one member: on it or not, and why."""

    name: str
    benefit: str
    code: str
    is_on: bool
    why: list[str]


def lists_of(member: Member, *, on: date) -> list[Standing]:
    """Every list in force, those the member is on first: why, or what is missing. As many statements as there are lists, twice."""
    versions = [one for one in in_force(on).values() if _rules_over(one, member)]
    flags = {f"list_{n}": flag(listed(version, on=on)) for n, version in enumerate(versions)}
    said = Member.objects.filter(pk=member.pk).annotate(**flags).values(*flags).get() if flags else {}
    found = [
        Standing(
            name=version.criterion.name,
            benefit=version.criterion.benefit,
            code=version.criterion.code,
            is_on=said[f"list_{n}"],
            why=reasons_of(version.node, [member.pk], on=on)[member.pk],
        )
        for n, version in enumerate(versions)
    ]
    return sorted(found, key=lambda one: not one.is_on)


def _rules_over(version, member: Member) -> bool:
    held = version.criterion.organisation
    return held is None or (member.branch is not None and member.branch.path.startswith(held.path))


def of_member(member: Member) -> QuerySet[Condition]:
    """All that was ever recorded of a member, latest first, with who did it."""
    rows = reviewed(member.conditions.select_related("recorded_by", "ended_by", "withdrawn_by"))
    return rows.order_by("withdrawn_at", "-start", "-pk")
