"""Which version of the rules holds where and when, for pages and forms, by the definition that scores."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from branches.access import paths_for
from branches.models import Organisation, OrganisationPower
from points.models import Item, Scheme
from points.settlement.sql import ruling


def scheme_in_force(organisation: Organisation, day: date) -> Scheme | None:
    """The version by which a settle scores a fact of this organisation on this day: asked of the settlement's own SQL."""
    ruled = Scheme.objects.raw(f"SELECT * FROM points_scheme WHERE id IN ({ruling()})", {"organisation": organisation.pk, "last": day})
    return next(iter(ruled), None)


def manual_items(organisation: Organisation, day: date) -> QuerySet[Item]:
    """What may be awarded by hand in an organisation on a day."""
    scheme = scheme_in_force(organisation, day)
    items = Item.objects.filter(scheme=scheme, manual=True) if scheme else Item.objects.none()
    rows = items.select_related("category").prefetch_related("grades", "scheme__multipliers__grades")
    return rows.order_by("category__position", "code")


# ── Who drafts ──────────────────────────────────────────────────────────────
def drafting_places(user, today: date) -> QuerySet[Organisation]:
    """The organisations for which the user may draft and publish: those under a department, and a committee's own with the power that day."""
    places = Organisation.objects.existing().exclude(kind__in=(Organisation.Kind.BRANCH, Organisation.Kind.GROUP))
    asked = Q(pk__in=[])
    for path in paths_for(user, "points.scheme"):
        asked |= Q(path__startswith=path)
    if own := paths_for(user, "points.own_scheme"):
        powers = OrganisationPower.objects.on(today).filter(power=OrganisationPower.Power.OWN_SCHEME)
        held = Q(pk__in=powers.values("organisation"))
        for path in own:
            asked |= held & Q(path__startswith=path)
    return places.filter(asked)


def may_draft(user, organisation: Organisation, today: date) -> bool:
    return drafting_places(user, today).filter(pk=organisation.pk).exists()


def require_draft(user, organisation: Organisation, today: date) -> None:
    """403 unless the user may draft for the organisation."""
    if not may_draft(user, organisation, today):
        raise PermissionDenied("points.scheme")


def readable_schemes(user, today: date) -> QuerySet[Scheme]:
    """Every published version, and the drafts of those for whom the user drafts."""
    readable = ~Q(published_at=None)
    if paths_for(user, "points.scheme") or paths_for(user, "points.own_scheme"):
        readable |= Q(organisation__in=drafting_places(user, today).values("pk"))
    return Scheme.objects.filter(readable).select_related("organisation")


@dataclass(frozen=True)
class Version:
    """A version as a list shows it."""

    scheme: Scheme
    state: str  # draft, asked, coming, ruling, past

    @property
    def label(self) -> str:
        return STATES[self.state][0]

    @property
    def chip(self) -> str:
        return STATES[self.state][1]


STATES = {
    "draft": ("草稿", "kind"),
    "asked": ("等人同意", "look"),
    "coming": ("待施行", "way"),
    "ruling": ("施行中", "done"),
    "past": ("已被取代", "kind"),
}


def versions(schemes: QuerySet[Scheme], today: date, *, state: str = "") -> list[Version]:
    """Each version and where it stands, drafts first, then the latest first: one statement."""
    told, ruled = [], set()
    for scheme in schemes.order_by("organisation__code", "-start", "-version"):
        if scheme.is_draft:
            told.append(Version(scheme, "asked" if scheme.consent_asked_at else "draft"))
        elif scheme.start > today:
            told.append(Version(scheme, "coming"))
        else:
            told.append(Version(scheme, "past" if scheme.organisation_id in ruled else "ruling"))
            ruled.add(scheme.organisation_id)
    order = list(STATES)
    return sorted((one for one in told if not state or one.state == state), key=lambda one: order.index(one.state))


def state_of(scheme: Scheme, today: date) -> Version:
    """Where one version stands."""
    later = Scheme.objects.published().filter(organisation=scheme.organisation_id, start__gt=scheme.start, start__lte=today)
    if scheme.is_draft or scheme.start > today or not later.exists():
        return versions(Scheme.objects.filter(pk=scheme.pk), today)[0]
    return Version(scheme, "past")
