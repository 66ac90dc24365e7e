"""One missed cell as its page shows it: what was due, what was said, and which later meetings could make up for it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from branches.models import Organisation
from education.models import MakeUp, Meeting, Miss
from education.selectors.cells import Cell, cells
from partyportal.core.days import month_end

OFFERED = 6  # later meetings, the nearest first


@dataclass(frozen=True, kw_only=True)
class MissPage:
    cell: Cell | None  # nothing was due if there is none
    standing: Miss | None
    earlier: tuple[Miss, ...]
    make_ups: tuple[MakeUp, ...]
    offered: tuple[Meeting, ...]


def miss_page(*, organisation: Organisation, group: Organisation | None, kind: str, month: date) -> MissPage:
    """Four statements."""
    key = (organisation.pk, group.pk if group else None, kind)
    found = (c for c in cells(first=month, last=month, paths=[organisation.path]) if (c.organisation_id, c.group_id, c.kind) == key)
    at = {"organisation": organisation, "group": group, "kind": kind}
    said = list(Miss.objects.filter(month=month, **at).select_related("said_by").order_by("-said_at"))
    standing = next((miss for miss in said if miss.ended_at is None), None)
    same = Meeting.objects.filter(**at)
    made = MakeUp.objects.standing().filter(meeting__in=same, month=month).select_related("meeting", "made_by")
    offered = same.confirmed().filter(held_on__gt=month_end(month)).exclude(pk__in=MakeUp.objects.standing().values("meeting"))
    return MissPage(
        cell=next(found, None),
        standing=standing,
        earlier=tuple(miss for miss in said if miss is not standing),
        make_ups=tuple(made.defer("meeting__minutes")),
        offered=tuple(offered.order_by("held_on").only("uid", "held_on", "topic", "kind")[:OFFERED]),
    )


def miss_url(organisation: Organisation, cell: Cell, group: Organisation | None = None) -> str:
    """The page on which a missed cell is explained or made up."""
    query = {"organisation": organisation.code, "kind": cell.kind, "month": f"{cell.month:%Y-%m}"}
    return f"{reverse('education:miss')}?{urlencode(query | ({'group': group.code} if group else {}))}"
