"""A subtree's members on a day, two days side by side, and the ends of years one after the other."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from branches.models import Organisation, OrganisationSpan
from members.models import Affiliation, Member
from members.statistics.people import AT_HOME, NOBODY, Tally, count, members_of
from members.statistics.traits import TRAIT, TRAITS

YEARS_SHOWN = 5


@dataclass(frozen=True)
class Line:
    """One cell of a trait on two days."""

    key: str
    label: str
    now: Tally
    then: Tally
    code: str = ""  # of an organisation below

    @property
    def change(self) -> int:
        return self.now.count - self.then.count


@dataclass(frozen=True)
class Division:
    """One trait over the same people on two days; its lines add up to the totals."""

    code: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Snapshot:
    """Who belonged under an organisation on `on`, beside another day."""

    organisation: Organisation
    on: date
    versus: date
    total: Line
    divisions: dict[str, Division]
    below: tuple[Line, ...]


def snapshot(organisation: Organisation, *, on: date, versus: date) -> Snapshot:
    """Two statements: everybody by every trait on both days at once, and what the organisations below are called."""
    counts = count(
        AT_HOME, [[on, versus] if on != versus else [on], organisation.pk], traits=list(TRAIT), below=True, wide=is_wide(organisation)
    )
    now, then = counts.get((on, ""), {}), counts.get((versus, ""), {})

    def line(trait: str, key: str, label: str) -> Line:
        return Line(key, label, now.get((trait, key), NOBODY), then.get((trait, key), NOBODY))

    divisions = {}
    for trait in TRAITS:
        lines = [line(trait.code, key, label) for key, label in trait.cells]
        divisions[trait.code] = Division(trait.code, trait.title, tuple(one for one in lines if one.now.count or one.then.count))
    seen = sorted({key for trait, key in (*now, *then) if trait == "below" and key}, key=int)
    names = _names(seen)
    named = ((key, *names[key]) for key in seen)
    below = sorted((replace(line("below", key, name), code=code) for key, code, name in named), key=lambda one: one.code)
    return Snapshot(organisation, on, versus, line("", "", "合计"), divisions, tuple(below))


def _names(keys: list[str]) -> dict[str, tuple[str, str]]:
    """Row id → (code, everyday name)."""
    rows = Organisation.objects.filter(pk__in=keys).values_list("pk", "code", "short_name")
    return {str(pk): (code, name) for pk, code, name in rows}


def ends_of_years(on: date, *, years: int = YEARS_SHOWN) -> list[date]:
    """The last days of the years before a day, and the day itself, oldest first."""
    return [*(date(year, 12, 31) for year in range(on.year - years, on.year)), on]


def series(shown: Snapshot, days: list[date]) -> list[tuple[date, Tally]]:
    """Everybody on each of some days: one statement for those the snapshot does not tell already."""
    told = {shown.versus: shown.total.then, shown.on: shown.total.now}
    others = [day for day in days if day not in told]
    counts = count(AT_HOME, [others, shown.organisation.pk], traits=[], wide=is_wide(shown.organisation)) if others else {}
    told |= {day: counts.get((day, ""), {}).get(("", ""), NOBODY) for day in others}
    return [(day, told[day]) for day in days]


def is_wide(organisation: Organisation) -> bool:
    """Whether its subtree may hold most of the county."""
    return organisation.kind in {Organisation.Kind.COUNTY, Organisation.Kind.WORK_COMMITTEE}


def existed(organisation: Organisation, day: date) -> bool:
    """Whether the organisation was in the tree on a day."""
    return OrganisationSpan.objects.on(day).filter(organisation=organisation).exists()


def first_registered() -> date | None:
    """The day of the first entry: who left before it was never in the books."""
    first = Member.objects.order_by("pk").values_list("created_at", flat=True).first()
    return timezone.localdate(first) if first else None


def people(user, organisation: Organisation, *, trait: str, key: str, day: date) -> QuerySet:
    """The members behind one figure whom the user sees today, each with the branch of that day, by name."""
    sql, params = members_of(trait, key, day=day, organisation_id=organisation.pk)
    branch = Affiliation.objects.on(day).filter(member=OuterRef("pk")).values("organisation__short_name")[:1]
    found = Member.objects.visible_to(user).filter(pk__in=RawSQL(sql, params))
    return found.annotate(branch_then=Subquery(branch)).order_by("pinyin", "id")


def figure(organisation: Organisation, *, trait: str, key: str, day: date) -> int:
    """How many one cell holds, seen or not."""
    sql, params = members_of(trait, key, day=day, organisation_id=organisation.pk)
    return Member.objects.filter(pk__in=RawSQL(sql, params)).count()
