"""概况 of one organisation: the figures, each with the page of its rows, every sum equal to them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from assessments.models import CardLine, Indicator
from branches.access import paths_for
from branches.models import Organisation
from education.selectors.compliance import HeatTable, compliance
from members.models import Member
from partyportal.core.templatetags.ui.words import as_of
from partyportal.dashboard.selectors.attention import Attention, attention
from partyportal.dashboard.selectors.structure import Structure, structure
from points.models import Category
from points.selectors.overviews import sums_of

YEARS_SHOWN = 3


@dataclass(frozen=True)
class PointsLine:
    """What a category brought the subtree in a year."""

    code: str
    label: str
    points: Decimal
    url: str


@dataclass(frozen=True)
class Points:
    """积分构成: by category, and when the ledger last said so."""

    lines: list[PointsLine]
    as_of: datetime | None

    @property
    def total(self) -> Decimal:
        return sum((line.points for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class Figure:
    """One of the six numbers, as the strip shows it; `need` when somebody must act."""

    label: str
    value: int | str | None
    unit: str
    note: str
    url: str
    need: bool = False


@dataclass(frozen=True)
class Cockpit:
    """One organisation's page."""

    organisation: Organisation
    year: int
    today: date
    structure: Structure
    branches: int
    heat: HeatTable
    points: Points
    coverage: CardLine | None
    attention: list[Attention]

    @property
    def place(self) -> dict:
        return {"organisation": self.organisation.code}

    def roster_url(self, **asked: str) -> str:
        """The members behind a figure."""
        return f"{reverse('members:roster')}?{urlencode(self.place | asked)}"

    def figures(self, *, may_assess: bool) -> list[Figure]:
        """The six numbers and the rows behind each; a card is linked for whoever may read cards."""
        people, heat, line = self.structure, self.heat, self.coverage
        full, probationary = (category.count for category in people.categories)
        needy = f"需要帮一把 {len(self.attention)} 个" if self.attention else ""
        tree = reverse("branches:organisation", args=[self.organisation.code])
        card = reverse("assessments:evidence", args=[line.card.uid, Indicator.Code.COVERAGE]) if line and may_assess else ""
        covered = f"{line.done:,}/{line.due:,} 人，{as_of(timezone.localdate(line.card.as_of))}" if line else "考核卡今晚汇总"
        year = {"year": self.year}
        return [
            Figure("党员", people.members, "人", f"正式 {full:,} 人，预备 {probationary:,} 人", self.roster_url()),
            Figure("党支部", self.branches, "个", needy, tree),
            Figure(
                f"三会一课 {heat.total_label}".strip(),
                _percent(heat.done, heat.due),
                "%",
                f"少开 {heat.missed:,} 次" if heat.missed else "没有少开的" if heat.due else "还没有应开的",
                f"{reverse('education:compliance')}?{urlencode(self.place | year)}",
            ),
            Figure("积分覆盖", _percent(line.done, line.due) if line else None, "%", covered, card),
            Figure("流动党员", people.mobile, "人", f"占 {_percent(people.mobile, people.members) or 0}%", self.roster_url(state="mobile")),
            Figure(
                "失联党员", people.lost, "人", "满六个月联系不上" if people.lost else "", self.roster_url(state="lost"), people.lost > 0
            ),
        ]

    @property
    def age_rows(self) -> list[tuple]:
        """The pyramid's rows, each side leading to its members."""
        men, women = Member.Sex.MALE, Member.Sex.FEMALE
        return [
            (band.label, band.men, band.women, self.roster_url(age=band.key, sex=men), self.roster_url(age=band.key, sex=women))
            for band in self.structure.bands
        ]

    @property
    def education_rows(self) -> list[tuple]:
        return [(line.label, line.count, self.roster_url(education=line.key)) for line in self.structure.education]

    @property
    def destination_rows(self) -> list[tuple]:
        return [(line.label, line.count, self.roster_url(destination=line.key)) for line in self.structure.destinations]

    @property
    def points_rows(self) -> list[tuple]:
        return [(line.label, line.points, line.url) for line in self.points.lines]


def _percent(done: int, due: int) -> str | None:
    """96.5, and never 100 while one is missing; None where nothing was due."""
    if not due:
        return None
    return "100" if done >= due else f"{done * 1000 // due / 10:.1f}"


def cockpit(user, organisation: Organisation, *, year: int, today: date) -> Cockpit:
    """Everything on the page, in a number of statements that does not grow with the county."""
    lines = CardLine.objects.filter(card__organisation=organisation, card__year=year, indicator__code=Indicator.Code.COVERAGE)
    return Cockpit(
        organisation=organisation,
        year=year,
        today=today,
        structure=structure(user, organisation, today=today),
        branches=Organisation.objects.visible_to(user).within(organisation).branches().existing().count(),
        heat=_drilling(compliance(organisation, year, today=today), organisation, year),
        points=points_by_category(organisation, year),
        coverage=lines.select_related("card").first(),
        attention=attention(user, organisation, today=today),
    )


def _drilling(heat: HeatTable, organisation: Organisation, year: int) -> HeatTable:
    """The heat table whose row heads lead one step down the tree; a branch's rows are kinds of meeting and stay."""
    if organisation.is_branch:
        return heat
    page = reverse("dashboard:cockpit")
    return replace(heat, rows=tuple(replace(row, url=f"{page}?{urlencode({'organisation': row.code, 'year': year})}") for row in heat.rows))


def points_by_category(organisation: Organisation, year: int) -> Points:
    """What each category brought the organisations that hung under this one, from the projections."""
    rows = sums_of(organisation, year=year)
    labels = _labels()
    page, place = reverse("points:entries"), {"organisation": organisation.code, "year": year}
    order = [*[code for code in labels if code in rows], *sorted(rows.keys() - labels.keys())]
    return Points(
        lines=[
            PointsLine(code, labels.get(code, code), rows[code][0], f"{page}?{urlencode(place | {'category': code})}") for code in order
        ],
        as_of=max((at for _, at in rows.values()), default=None),
    )


def _labels() -> dict[str, str]:
    """The categories' names in their order, the latest version's first."""
    named = Category.objects.exclude(scheme__published_at=None).order_by("-scheme__start", "position", "code").values_list("code", "name")
    labels: dict[str, str] = {}
    for code, name in named:
        labels.setdefault(code, name)
    return labels


def starting_place(user) -> Organisation | None:
    """Where a user's 概况 begins: the outermost organisation on which it may be seen."""
    paths = paths_for(user, "cockpit.see")
    return Organisation.objects.filter(path=paths[0]).first() if paths else None


def places(user, organisation: Organisation) -> list[tuple[str, str]]:
    """Where to go from here: the way up as far as the user may see, this place, and what hangs under it."""
    seen = Organisation.objects.visible_to(user).where(user, "cockpit.see").existing().exclude(kind=Organisation.Kind.GROUP)
    nodes = organisation.path.strip("/").split("/")[:-1]
    above = [(code, f"↑ {name}") for code, name in seen.filter(pk__in=nodes).order_by("path").values_list("code", "short_name")]
    below = seen.filter(parent=organisation.parent_id if organisation.is_branch else organisation).exclude(pk=organisation.pk)
    return [*above, (organisation.code, organisation.short_name), *below.order_by("code").values_list("code", "short_name")]


def years(today: date) -> list[tuple[int, str]]:
    return [(year, f"{year}") for year in range(today.year, today.year - YEARS_SHOWN, -1)]
