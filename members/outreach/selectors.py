"""The lists of outreach: each tab's rows in sight, and how many there are."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from branches.models import Organisation
from members.outreach.models import Area, AreaDuty, Cultivation, Dispatch, DutyCard

TABS = {"dispatches": "三员", "grids": "网格责任区", "centres": "中心户", "cadres": "后备与双向培养", "cards": "岗位责任"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What of a tab is asked for."""

    organisation: Organisation | None
    text: str
    past: bool
    today: date


def rows(tab: str, user, asked: Asked) -> QuerySet:
    """The rows of a tab the user sees, in the order of the tree."""
    found = _MAKERS[tab](user, asked)
    if asked.organisation is not None:
        found = found.within(asked.organisation)
    if not asked.past:
        found = found.filter(end=None)
    return found.order_by("organisation__code", *_ORDER[tab])


def counts(user, asked: Asked) -> dict[str, int]:
    """How many rows each tab has under the same conditions: one small statement a tab."""
    return {tab: rows(tab, user, asked).order_by().values("pk").count() for tab in TABS}


def _named(prefix: str, text: str) -> Q:
    return Q(**{f"{prefix}name__contains": text}) | Q(**{f"{prefix}initials__startswith": text.lower()}) if text else Q()


def _dispatches(user, asked: Asked) -> QuerySet:
    last = Coalesce(Max("visits__day", filter=Q(visits__is_void=False)), F("start"))
    done = Count("visits", filter=Q(visits__is_void=False))
    seen = Dispatch.objects.visible_to(user).filter(_named("member__", asked.text))
    return seen.select_related("member__branch", "organisation").annotate(last=last, done=done)


def _areas(kind: str):
    def areas(user, asked: Asked) -> QuerySet:
        answering = AreaDuty.objects.filter(end=None).select_related("member").order_by("role", "member__pinyin")
        seen = Area.objects.visible_to(user).filter(kind=kind)
        if asked.text:
            inside = AreaDuty.objects.filter(_named("member__", asked.text), end=None).values("area")
            seen = seen.filter(Q(name__contains=asked.text) | Q(pk__in=inside))
        return seen.select_related("organisation").prefetch_related(Prefetch("duties", answering, to_attr="answering"))

    return areas


def _cadres(user, asked: Asked) -> QuerySet:
    seen = Cultivation.objects.visible_to(user)
    if asked.text:
        seen = seen.filter(_named("member__", asked.text) | Q(person_name__contains=asked.text))
    return seen.select_related("member", "mentor", "organisation").annotate(last=Coalesce(Max("notes__day"), F("start")))


def _cards(user, asked: Asked) -> QuerySet:
    seen = DutyCard.objects.visible_to(user)
    if asked.text:
        seen = seen.filter(_named("member__", asked.text) | Q(title__contains=asked.text))
    return seen.select_related("member", "organisation")


_MAKERS = {
    "dispatches": _dispatches,
    "grids": _areas(Area.Kind.GRID),
    "centres": _areas(Area.Kind.CENTRE),
    "cadres": _cadres,
    "cards": _cards,
}
_ORDER = {
    "dispatches": ("kind", "id"),
    "grids": ("name", "id"),
    "centres": ("name", "id"),
    "cadres": ("direction", "id"),
    "cards": ("id",),
}
