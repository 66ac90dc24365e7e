"""The page of all lists: how many are on each now, and how many of them came since a month ago. One statement counts them all, whatever their number."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from branches.models import Organisation
from members.care import parts
from members.care.models import CriterionVersion
from members.care.selectors.evaluation import at_home, flag
from members.care.selectors.lists import eligible, end_of, fits, in_force
from members.models import Affiliation, Member
from partyportal.core.days import months_after


@dataclass(frozen=True, kw_only=True)
class Row:
    """One list: what it is for, how many are on it, how many are new."""

    version: CriterionVersion
    people: int
    new: int

    @property
    def criterion(self):
        return self.version.criterion


def month_before(on: date) -> date:
    """The same day a month ago: since when a name is new."""
    return months_after(on, -1)


def overview(user, *, within: Organisation | None, on: date) -> tuple[list[Row], int]:
    """Every list in force that has to do with the user's organisations, and how many people are on any: three statements.

    Each condition is worked out once a row, inside the fence (OFFSET 0): who is on any list, and who is new, is reckoned from what it said.
    """
    since, versions = month_before(on), list(in_force(on).values())
    if not versions:
        return [], 0
    rows = Member.objects.where(user, "care.see").filter(at_home(on)).order_by()
    rows = rows.within(within) if within else rows
    asked = {"came": Q(pk__in=_newcomers(rows, on=on, since=since))}
    for n, version in enumerate(versions):
        asked[f"now_{n}"] = fits(version, on=on)
        asked[f"then_{n}"] = fits(version, on=since, known=end_of(since))
    flags = {name: flag(condition) for name, condition in asked.items()}
    sql, params = rows.annotate(**flags).values_list(*flags).query.sql_with_params()
    conditions = [" OR ".join(f"now_{n}" for n in range(len(versions)))]
    for n in range(len(versions)):
        conditions += [f"now_{n}", f"now_{n} AND (came OR NOT then_{n})"]
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted} FROM ({sql} OFFSET 0) AS told ({', '.join(flags)})", params)
        anybody, *counts = cursor.fetchone()
    return [Row(version=version, people=counts[2 * n], new=counts[2 * n + 1]) for n, version in enumerate(versions)], anybody


def _newcomers(rows: QuerySet[Member], *, on: date, since: date) -> list[int]:
    """Whoever of these was not at home then: few, and told once, or forty thousand affiliations would be looked through for each list."""
    there = Affiliation.objects.on(since).filter(member=OuterRef("member"))
    began = Affiliation.objects.filter(~Exists(there), start__gt=since, start__lte=on)
    return list(rows.filter(pk__in=began.values("member")).values_list("pk", flat=True))


def people_on(
    version: CriterionVersion, user, *, within: Organisation | None, on: date, only: str = "", text: str = ""
) -> QuerySet[Member]:
    """Who is on one list and may be seen, narrowed as the address asks: by name, the new ones, those nobody has helped this year."""
    rows = eligible(version, on=on, within=within, since=month_before(on)).where(user, "care.see")
    if text:
        rows = rows.filter(pk__in=Member.objects.matching(text).values("pk"))
    if only == "new":
        rows = rows.filter(is_new=True)
    elif only == "unhelped":
        rows = rows.exclude(parts.helped_in(on.year))
    return rows.select_related("branch").defer("id_number").order_by("branch__code", "pinyin", "pk")


def places(user) -> list[tuple[str, str]]:
    """The organisations to narrow by: all where that is a handful, else those that are no branches."""
    rows = Organisation.objects.where(user, "care.see").existing().exclude(kind=Organisation.Kind.GROUP).order_by("code")
    found = list(rows.values_list("code", "short_name", "kind")[:81])
    if len(found) > 80:
        found = list(rows.exclude(kind=Organisation.Kind.BRANCH).values_list("code", "short_name", "kind")[:300])
    return [(code, name) for code, name, _ in found] if len(found) > 1 else []
