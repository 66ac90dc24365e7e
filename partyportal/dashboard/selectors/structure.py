"""结构: who the members of a subtree are, as they stand today.

Any other day is asked of members.statistics, with the same bands; of today both say the same (a test compares), but this one reads
the members' own rows alone and links to the roster, and 概况 is opened a hundred times for each look at the past. One pass groups them by every trait at once; the figures are sums of its groups, so they always agree with each other and
with the roster their links open.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Count, QuerySet, Value, When
from django.db.models.functions import Left

from branches.models import Organisation
from members.models import Member
from members.rules.ages import years_before
from members.selectors.roster import EDUCATION, roster
from members.statistics.traits import AGES

DESTINATIONS_SHOWN = 10


@dataclass(frozen=True)
class Band:
    """Men and women of an age band; `key` is the roster's."""

    key: str
    label: str
    men: int
    women: int


@dataclass(frozen=True)
class Line:
    """One bar: its words, its count, and the roster's key for it."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class Structure:
    """The membership of a subtree."""

    members: int
    mobile: int
    lost: int
    bands: list[Band]
    education: list[Line]
    categories: list[Line]
    destinations: list[Line]

    @property
    def men(self) -> int:
        return sum(band.men for band in self.bands)

    @property
    def women(self) -> int:
        return sum(band.women for band in self.bands)

    @property
    def elsewhere(self) -> int:
        """Mobile members whose destination is not among those shown."""
        return self.mobile - sum(line.count for line in self.destinations)


def structure(user, organisation: Organisation, *, today: date) -> Structure:
    """Two statements: every trait in one pass over the members in sight, the destinations over the mobile ones."""
    members = roster(user, within=organisation)
    traits = {name: Counter() for name in ("band", "degree", "category", "mobile", "lost")}
    rows = members.annotate(band=_band(today), degree=Left("education", 1)).order_by()
    total = 0
    for sex, band, degree, category, mobile, lost, count in rows.values_list(
        "sex", "band", "degree", "category", "is_mobile", "is_lost"
    ).annotate(count=Count("pk")):
        total += count
        traits["band"][band, sex] += count
        traits["degree"][degree or "none"] += count
        traits["category"][category] += count
        traits["mobile"][mobile] += count
        traits["lost"][lost] += count
    men, women = Member.Sex.MALE, Member.Sex.FEMALE
    return Structure(
        members=total,
        mobile=traits["mobile"][True],
        lost=traits["lost"][True],
        bands=[Band(key, label, traits["band"][key, men], traits["band"][key, women]) for key, label in AGES],
        education=[Line(key, label, traits["degree"][key]) for key, label in EDUCATION if traits["degree"][key]],
        categories=[Line(key, label, traits["category"][key]) for key, label in Member.Category.choices],
        destinations=destinations(members),
    )


def _band(today: date) -> Case:
    """The age band of a member, by the same birthdays as the roster's age filter."""
    lows = [(key, int(key.split("-")[0] or 0)) for key, _ in AGES]
    whens = (When(birth_on__lte=years_before(today, low), then=Value(key)) for key, low in lows if low)
    return Case(*whens, default=Value(lows[-1][0]), output_field=CharField())


def destinations(members: QuerySet) -> list[Line]:
    """Where most mobile members are. The roster finds a destination by its beginning, so 广东 also counts 广东东莞."""
    rows = members.filter(is_mobile=True).order_by().values_list("destination").annotate(count=Count("pk"))
    counts: dict[str, int] = {}
    for place, count in sorted(rows):
        beginning = next((known for known in counts if place.startswith(known)), place)
        counts[beginning] = counts.get(beginning, 0) + count
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:DESTINATIONS_SHOWN]
    return [Line(place, place, count) for place, count in most]
