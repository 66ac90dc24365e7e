"""需要帮一把的支部: which branches of a subtree, why, and where each reason can be looked at."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Q
from django.urls import reverse

from branches.models import Organisation
from education.models import Meeting
from education.selectors.cells import CELLS, parameters
from members.models import Member
from members.selectors.leadership import long_vacant
from partyportal.core.days import month_of, months_after
from partyportal.dashboard.rules import (
    FULL_MEMBERS_NEEDED,
    LOST_MEMBERS,
    MONTHS_LOOKED_AT,
    Missed,
    contact_need,
    meetings_need,
    secretary_need,
    strength_need,
)

_Page = Callable[[Organisation], str]


@dataclass(frozen=True)
class Reason:
    """One sentence and the page that shows it."""

    words: str
    url: str


@dataclass(frozen=True)
class Attention:
    """A branch that needs a hand, where it hangs, and why."""

    branch: Organisation
    reasons: list[Reason]

    @property
    def words(self) -> str:
        return "；".join(reason.words for reason in self.reasons)


def attention(user, organisation: Organisation, *, today: date) -> list[Attention]:
    """The branches of the subtree, by code, that one of the rules names. Five statements, whatever the size."""
    branches = Organisation.objects.visible_to(user).within(organisation).branches().existing()
    vacant, missed, weak = long_vacant(branches, today=today), _missed(organisation, today), _strengths(branches)
    said: dict[int, list[tuple[str, _Page]]] = {}
    for pk in vacant.keys() | missed.keys() | weak.keys():
        full, lost = weak.get(pk, (FULL_MEMBERS_NEEDED, 0))
        told = (
            (secretary_need(vacant.get(pk), today), _branch_url),
            (meetings_need(missed.get(pk, ())), partial(_meetings_url, missed=missed.get(pk, ()))),
            (strength_need(full), partial(_roster_url, category=Member.Category.FULL)),
            (contact_need(lost), partial(_roster_url, state="lost")),
        )
        if needs := [(words, page) for words, page in told if words]:
            said[pk] = needs
    named = branches.filter(pk__in=said).select_related("parent").order_by("code")
    return [Attention(branch, [Reason(words, page(branch)) for words, page in said[branch.pk]]) for branch in named]


def _missed(organisation: Organisation, today: date) -> dict[int, list[Missed]]:
    """Monthly meetings not held in the last months that are over (education's own cells, those missing alone)."""
    this_month = month_of(today)
    first, last = months_after(this_month, -MONTHS_LOOKED_AT), months_after(this_month, -1)
    statement = f"""
        WITH {CELLS}
        SELECT organisation_id, kind, array_agg(DISTINCT month ORDER BY month) FROM cell
        WHERE period = 'month' AND done < due GROUP BY 1, 2
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters(first=first, last=last, paths=[organisation.path]))
        rows = cursor.fetchall()
    missed: dict[int, list[Missed]] = defaultdict(list)
    order = list(Meeting.Kind)
    for pk, kind, months in sorted(rows, key=lambda row: order.index(row[1])):
        missed[pk].append(Missed(label=Meeting.Kind(kind).label, months=tuple(months_after(first, month) for month in months)))
    return missed


def _strengths(branches) -> dict[int, tuple[int, int]]:
    """Full members and members out of touch, where either number may matter; whoever a 流动党员党支部 gathers is counted at home."""
    at_home = Q(members__left_on=None)
    rows = (
        branches.exclude(unit_type=Organisation.UnitType.MOBILE)
        .order_by()
        .annotate(
            full=Count("members", filter=at_home & Q(members__category=Member.Category.FULL)),
            lost=Count("members", filter=at_home & Q(members__is_lost=True)),
        )
    )
    return {
        pk: (full, lost)
        for pk, full, lost in rows.filter(Q(full__lt=FULL_MEMBERS_NEEDED) | Q(lost__gte=LOST_MEMBERS)).values_list("pk", "full", "lost")
    }


def _branch_url(branch: Organisation) -> str:
    return reverse("branches:organisation", args=[branch.code])


def _roster_url(branch: Organisation, **asked: str) -> str:
    return f"{reverse('members:roster')}?{urlencode({'organisation': branch.code} | asked)}"


def _meetings_url(branch: Organisation, *, missed: Iterable[Missed]) -> str:
    months = [month for one in missed for month in one.months]
    asked = {"organisation": branch.code} | ({"month": f"{max(months):%Y-%m}"} if months else {})
    return f"{reverse('education:compliance')}?{urlencode(asked)}"
