"""等次、星级 and 红黄榜 of members, by the definition in points.settlement.grades: a handful of statements for any number of people."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import connection

from branches.models import Organisation
from members.models import Member, MemberClass
from points.models import Threshold
from points.settlement.grades import GradePeriod, belonging, graded

WITHOUT = "none"  # the filter's word for those below every threshold


@dataclass(frozen=True, kw_only=True)
class Graded:
    """One member's total of a period and what it comes to."""

    member_id: int
    uid: str
    name: str
    organisation: str
    organisation_code: str
    member_class: str
    is_full: bool
    is_exempt: bool
    scheme_id: int | None
    points: Decimal
    grade: Threshold | None
    above: Threshold | None  # the next grade up
    quarters_on_yellow: int = 0  # in a row, up to and with this one; only where asked for

    @property
    def on_list(self) -> str:
        return self.grade.on_list if self.grade else ""

    @property
    def stars(self) -> int:
        return self.grade.stars if self.grade else 0

    @property
    def label(self) -> str:
        """四星 · 先锋 ; 不定级 for the exempt; empty where the version has no thresholds."""
        return "不参加定级" if self.is_exempt else (self.grade.name if self.grade else "")

    @property
    def short_of(self) -> Decimal | None:
        """How many points the next grade is away."""
        return self.above.at_least - self.points if self.above else None

    @property
    def category_label(self) -> str:
        return "正式党员" if self.is_full else "预备党员"

    @property
    def class_label(self) -> str:
        return MemberClass.Name(self.member_class).label if self.member_class else ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A stretch of the graded, and how many there are."""

    rows: list[Graded]
    count: int


def grade_of(member: Member, period: GradePeriod, *, today: date) -> Graded | None:
    """One member's grade; None for who belonged to no branch here at the period's end."""
    return next(iter(_read(period, today, "m.id = ANY(%(members)s::bigint[])", {"members": [member.pk]}).rows), None)


def grades_of(members: Iterable[int], period: GradePeriod, *, today: date) -> dict[int, Graded]:
    """Many members' grades by member id: one statement."""
    found = _read(period, today, "m.id = ANY(%(members)s::bigint[])", {"members": sorted(set(members))})
    return {row.member_id: row for row in found.rows}


def grades_under(
    organisation: Organisation,
    period: GradePeriod,
    *,
    today: date,
    on_list: str = "",
    grade: str = "",
    by_points: bool = False,
    at: int = 0,
    limit: int | None = None,
) -> Page:
    """Everybody of a subtree in order of branch and name, or only one list or one grade (by its name; `WITHOUT`: those with none).

    `by_points` is for those who must appraise, where the county has switched it on; the page decides.
    """
    where = {"path": organisation.path, "on_list": on_list, "grade": grade}
    if limit is None or on_list or grade or by_points:
        return _read(period, today, _UNDER, where, by_points=by_points, at=at, limit=limit)
    # A page of everybody by name: who is on it does not hang on their points, so only theirs are added up and graded.
    listed, count = _listed(period, today, where, at=at, limit=limit)
    found = (
        _read(period, today, f"{_UNDER} AND m.id = ANY(%(members)s::bigint[])", where | {"members": listed})
        if listed
        else Page(rows=[], count=0)
    )
    return replace(found, count=count)


def with_streaks(page: Page, period: GradePeriod, *, today: date, quarters: int) -> Page:
    """The same rows, each with how many quarters in a row it has now been on the yellow list: at most a statement a quarter."""
    streaks = {row.member_id: 1 for row in page.rows if row.on_list == Threshold.List.YELLOW} if period.quarter else {}
    still, earlier = set(streaks), period
    for _ in range(quarters - 1):
        earlier = earlier.before
        known = grades_of(still, earlier, today=today) if still else {}
        still = {pk for pk, row in known.items() if row.on_list == Threshold.List.YELLOW}
        for pk in still:
            streaks[pk] += 1
    return replace(page, rows=[replace(row, quarters_on_yellow=streaks.get(row.member_id, 0)) for row in page.rows])


def tally(organisation: Organisation, period: GradePeriod, *, today: date) -> list[tuple[str, str, int]]:
    """(grade, list, how many members) of a subtree, the best grade first; those below every threshold last, the exempt left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH {graded(period, whose=_UNDER)}
            SELECT coalesce(t.name, ''), held.on_list, sum(held.members)::int
            FROM (
                SELECT threshold_id, on_list, count(*) AS members FROM graded
                WHERE NOT is_exempt AND (threshold_id IS NOT NULL OR next_id IS NOT NULL) GROUP BY 1, 2
            ) AS held LEFT JOIN points_threshold t ON t.id = held.threshold_id
            GROUP BY 1, 2 ORDER BY max(t.at_least) DESC NULLS LAST, 1
            """,
            _params(period, today) | {"path": organisation.path},
        )
        return cursor.fetchall()


_UNDER = "a.organisation_id IN (SELECT id FROM branches_organisation WHERE starts_with(path, %(path)s))"
_BY_NAME = "o.code, m.pinyin, m.id"


def _listed(period: GradePeriod, today: date, where: dict, *, at: int, limit: int) -> tuple[list[int], int]:
    """The members on a page of a subtree by branch and name, and how many there are on all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH people AS ({belonging(whose=_UNDER)})
            SELECT people.member_id, count(*) OVER ()
            FROM people JOIN members_member m ON m.id = people.member_id JOIN branches_organisation o ON o.id = people.organisation_id
            ORDER BY {_BY_NAME} LIMIT %(limit)s OFFSET %(at)s
            """,
            _params(period, today) | where | {"limit": limit, "at": at},
        )
        rows = cursor.fetchall()
    return [member for member, _ in rows], rows[0][1] if rows else 0


def _params(period: GradePeriod, today: date) -> dict:
    return {"year": period.year, "last": period.last, "day": min(period.last, today)}


def _read(
    period: GradePeriod, today: date, whose: str, where: dict, *, by_points: bool = False, at: int = 0, limit: int | None = None
) -> Page:
    """One statement for the members, one for the few thresholds they have or miss."""
    conditions = ["true"]
    if where.get("on_list"):
        conditions.append("graded.on_list = %(on_list)s")
    if where.get("grade") == WITHOUT:
        conditions.append("graded.threshold_id IS NULL AND graded.next_id IS NOT NULL")
    elif where.get("grade"):
        conditions.append("graded.threshold_id IN (SELECT id FROM points_threshold WHERE name = %(grade)s)")
    order = f"graded.points DESC, {_BY_NAME}" if by_points else _BY_NAME
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH {graded(period, whose=whose)}
            SELECT graded.member_id, m.uid, m.name, o.short_name, o.code, graded.member_class, graded.is_full, graded.is_exempt,
                   graded.scheme_id, graded.points, graded.threshold_id, graded.next_id, count(*) OVER ()
            FROM graded
            JOIN members_member m ON m.id = graded.member_id
            JOIN branches_organisation o ON o.id = graded.organisation_id
            WHERE {" AND ".join(conditions)}
            ORDER BY {order} LIMIT %(limit)s OFFSET %(at)s
            """,
            _params(period, today) | where | {"limit": limit, "at": at},
        )
        found = cursor.fetchall()
    thresholds = Threshold.objects.in_bulk({pk for row in found for pk in row[10:12] if pk}) if found else {}
    rows = [
        Graded(
            member_id=row[0],
            uid=str(row[1]),
            name=row[2],
            organisation=row[3],
            organisation_code=row[4],
            member_class=row[5],
            is_full=row[6],
            is_exempt=row[7],
            scheme_id=row[8],
            points=row[9],
            grade=thresholds.get(row[10]),
            above=thresholds.get(row[11]),
        )
        for row in found
    ]
    return Page(rows=rows, count=found[0][12] if found else 0)
