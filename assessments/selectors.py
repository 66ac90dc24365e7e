"""What the cards measure, from the rows themselves; and the cards in sight.

Each measure answers {path of that time: Share}, one statement each, so that the card, its parts by child organisation
and the county's sum come from the same answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Min, OuterRef, Prefetch, Q, QuerySet

from assessments.models import Card, CardLine, Indicator
from assessments.rules import NOTHING, Share, judged_day, judged_months, rolled_up, split_below
from branches.models import Organisation, OrganisationSpan
from branches.selectors import search
from education.selectors.cells import done_and_due, done_and_due_by_month
from members.models import Affiliation, Member
from members.selectors.completeness import GAPS, complete
from points.models import Item, Standing

Shares = dict[str, Share]


def indicators_of(year: int) -> list[Indicator]:
    """The indicators in force in a year, heaviest first: of each code the latest that has begun."""
    latest = Indicator.objects.filter(first_year__lte=year).order_by("code", "-first_year").distinct("code")
    return sorted(latest, key=lambda indicator: (-indicator.weight, indicator.code))


def shares_of(code: str, year: int, *, today: date, within: Organisation | None = None) -> Shares:
    """An indicator's evidence by path, of the whole county or of one organisation's subtree of that time."""
    return MEASURES[code](year, today, within)


def _meetings(year: int, today: date, within: Organisation | None) -> Shares:
    """Meetings held of those due in the months that are over (education's one definition)."""
    months = judged_months(year, today)
    if months is None:
        return {}
    found = done_and_due(first=months[0], last=months[1], within=within)
    return {path: Share(done, due) for path, (done, due) in found.items()}


def _roster(year: int, today: date, within: Organisation | None) -> Shares:
    """Members whose file lacks nothing, of those who belonged to the branch on the day."""
    return _counted(judged_day(year, today), complete("member__"), within)


def _coverage(year: int, today: date, within: Organisation | None) -> Shares:
    """Members with points beyond the base this year, of those who belonged to the branch on the day."""
    return _counted(judged_day(year, today), Exists(beyond_base(year).filter(member=OuterRef("member"))), within)


def beyond_base(year: int) -> QuerySet:
    """The year's standings that somebody earned: positive, and of another category than the base score's."""
    base = Item.objects.filter(fact_kind__startswith="scheme.base").values("category__code")
    return Standing.objects.filter(year=year, points__gt=0).exclude(category__in=base)


def _counted(day: date, reached: Q | Exists, within: Organisation | None) -> Shares:
    counts = Affiliation.objects.on(day).values_list("organisation").annotate(done=Count("pk", filter=reached), due=Count("pk")).order_by()
    paths = _paths(day, within)
    return {paths[organisation]: Share(done, due) for organisation, done, due in counts if organisation in paths}


def _paths(day: date, within: Organisation | None) -> dict[int, str]:
    """Where every branch hung on the day."""
    spans = OrganisationSpan.objects.on(day).filter(kind=Organisation.Kind.BRANCH)
    if within is not None:
        spans = spans.filter(path__contains=f"/{within.pk}/")
    return dict(spans.values_list("organisation", "path"))


MEASURES: dict[str, Callable[[int, date, Organisation | None], Shares]] = {
    Indicator.Code.MEETINGS: _meetings,
    Indicator.Code.ROSTER: _roster,
    Indicator.Code.COVERAGE: _coverage,
}


def measured(year: int, *, today: date) -> dict[str, dict[int, Share]]:
    """Every indicator's share of every organisation of the county, subtrees added up."""
    return {code: rolled_up(shares_of(code, year, today=today)) for code in MEASURES}


def assessed(year: int) -> QuerySet:
    """The organisations a year has a card for: whoever existed in it; a 党小组 counts with its branch."""
    in_year = Q(dissolved_on=None) | Q(dissolved_on__gt=date(year, 1, 1))
    return Organisation.objects.filter(in_year, founded_on__lte=date(year, 12, 31)).exclude(kind=Organisation.Kind.GROUP)


def first_year() -> int:
    """The first year that has indicators."""
    return Indicator.objects.aggregate(first=Min("first_year"))["first"]


def cards(user, *, year: int, within: Organisation | None = None, kind: str = "", text: str = "") -> QuerySet:
    """The cards where the user may see assessments, by code, with their lines: two queries."""
    seen = Card.objects.visible_to(user).where(user, "assessment.see").filter(year=year)
    if within is not None:
        seen = seen.within(within)
    if kind:
        seen = seen.filter(organisation__kind=kind)
    if text:
        seen = seen.filter(organisation__in=search(Organisation.objects.visible_to(user), text))
    return seen.select_related("organisation").prefetch_related(_LINES).order_by("organisation__code")


_LINES = Prefetch("lines", queryset=CardLine.objects.select_related("indicator").order_by("-indicator__weight", "indicator__code"))


@dataclass(frozen=True)
class CardRow:
    """A card as a line of a list: what it reached under each head, None where it has no such line."""

    card: Card
    lines: list[CardLine | None]


def card_rows(listed: Iterable[Card], indicators: Iterable[Indicator]) -> list[CardRow]:
    """Cards with their lines under these indicators, matched by code: new weights are other rows of the same indicators, in another order."""
    heads, rows = [indicator.code for indicator in indicators], []
    for card in listed:
        held = {line.indicator.code: line for line in card.lines.all()}
        rows.append(CardRow(card, [held.get(code) for code in heads]))
    return rows


def lines_of(card: Card) -> list[CardLine]:
    """A card's lines, heaviest indicator first."""
    return list(card.lines.select_related("indicator").order_by("-indicator__weight", "indicator__code"))


def other_years(card: Card) -> list[Card]:
    """The organisation's cards of other years, latest first."""
    return list(Card.objects.filter(organisation=card.organisation_id).exclude(pk=card.pk).order_by("-year"))


def cards_below(user, card: Card) -> QuerySet:
    """The cards of the same year right under a committee, by code."""
    return cards(user, year=card.year).filter(organisation__parent=card.organisation_id)


@dataclass(frozen=True)
class Part:
    """A child organisation's part of a committee's figure; without a name when it is out of the reader's sight now."""

    name: str
    code: str
    share: Share
    organisation_id: int | None = None
    card: Card | None = None


def parts(user, organisation: Organisation, code: str, year: int, *, today: date) -> list[Part]:
    """An organisation's figure split by its children, each with all below it; the parts' sum is the figure."""
    split = split_below(shares_of(code, year, today=today, within=organisation), organisation.pk)
    seen = Organisation.objects.visible_to(user).in_bulk(split)
    listed = [Part(str(seen[key]), seen[key].code, share, key) for key, share in split.items() if key in seen]
    masked = [Part("已划出的党组织", "", share) for key, share in split.items() if key not in seen]
    return sorted(listed, key=lambda part: part.code) + masked


def with_cards(split: list[Part], year: int) -> list[Part]:
    """The same parts, each with its own card of the year."""
    cards = {
        card.organisation_id: card for card in Card.objects.filter(year=year, organisation__in=[part.organisation_id for part in split])
    }
    return [replace(part, card=cards.get(part.organisation_id)) for part in split]


@dataclass(frozen=True)
class MonthShare:
    """Meetings of one month."""

    month: date
    share: Share


def by_month(organisation: Organisation, year: int, *, today: date) -> list[MonthShare]:
    """An organisation's meetings month by month: the sum is the card's figure."""
    months = judged_months(year, today)
    if months is None:
        return []
    sums = done_and_due_by_month(first=months[0], last=months[1], within=organisation)
    return [MonthShare(month, Share(done, due)) for month, (done, due) in sums.items()]


@dataclass(frozen=True)
class Lacking:
    """A member who does not count yet, and why."""

    uid: str
    name: str
    why: str


def lacking(branch: Organisation, code: str, year: int, *, today: date) -> list[Lacking]:
    """The members of a branch who are due and not done: with the gaps of their file, or without points beyond the base."""
    day = judged_day(year, today)
    at_home = Member.objects.filter(pk__in=Affiliation.objects.on(day).filter(organisation=branch).values("member"))
    if code == Indicator.Code.ROSTER:
        gaps = {f"gap_{at}": ExpressionWrapper(gap, output_field=BooleanField()) for at, (_, gap) in enumerate(GAPS)}
        rows = at_home.exclude(complete()).annotate(**gaps).order_by("pinyin", "id").values("uid", "name", *gaps)
        return [
            Lacking(row["uid"], row["name"], "还缺" + "、".join(label for at, (label, _) in enumerate(GAPS) if row[f"gap_{at}"]))
            for row in rows
        ]
    rows = at_home.exclude(Exists(beyond_base(year).filter(member=OuterRef("pk")))).order_by("pinyin", "id").values_list("uid", "name")
    return [Lacking(uid, name, f"{year} 年除基础分以外还没有得分") for uid, name in rows]


def total(shares: list[Share]) -> Share:
    return sum(shares, NOTHING)


def weights_total(indicators: list[Indicator]) -> Decimal:
    return sum((indicator.weight for indicator in indicators), Decimal(0))
