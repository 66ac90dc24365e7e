"""Simulation: the settlement's own definition under a draft, rolled up by member instead of posted."""

from datetime import date

from django.db import connection, transaction

from members.models import Member, MemberClass
from points.models import Period, Scheme, Simulation, Threshold
from points.settlement.grades import RUNGS, names_exempt, reached
from points.settlement.post import steer_planner
from points.settlement.scope import Scope
from points.settlement.sources import draft_params, facts_as_if_opened, published_schemes, schemes_with_draft
from points.settlement.sql import desired, reigning


@transaction.atomic
def roll_up(simulation: Simulation) -> dict:
    """Fill a simulation's rows, one for each member now under the draft's organisation; returns its sums.

    What each has now is read from the standings, as pages do. One statement, so both sides are of one moment.
    """
    scope = Scope(simulation.year)
    params = scope.params | draft_params(simulation.scheme, simulation.start)
    params |= {"simulation": simulation.pk, "path": simulation.scheme.organisation.path}
    steer_planner(scope)
    with connection.cursor() as cursor:
        facts = facts_as_if_opened(scope, simulation.scheme)
        tried = desired(scope, facts=facts, schemes=schemes_with_draft(), params=params)
        cursor.execute(_ROLL_UP.format(desired=tried, now=_REIGNS_NOW), params)
        names = [column.name for column in cursor.description]
        sums = dict(zip(names, cursor.fetchone(), strict=True))
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")
    return sums


@transaction.atomic
def by_item(scheme: Scheme, start: date, year: int, member: Member) -> list[tuple[str, str, int, int]]:
    """One member's year, item by item and adjustment by adjustment: (category, item or kind, cents now, cents under the draft), where they differ."""
    scope = Scope.of([member.pk], year)
    params = scope.params | draft_params(scheme, start)
    steer_planner(scope)
    sums: dict[tuple[str, str], list[int]] = {}
    with connection.cursor() as cursor:
        tried = desired(scope, facts=facts_as_if_opened(scope, scheme), schemes=schemes_with_draft(), params=params)
        for side, pieces in enumerate((desired(scope), tried)):
            cursor.execute(
                f"""
                WITH {pieces}
                SELECT d.category, CASE WHEN d.kind = 0 THEN i.code ELSE d.kind::text END AS what, sum(d.cents)
                FROM desired d LEFT JOIN points_item i ON i.id = d.item_id GROUP BY 1, 2
                """,
                params,
            )
            for category, what, cents in cursor.fetchall():
                sums.setdefault((category, what), [0, 0])[side] = int(cents)
    return [(category, what, now, then) for (category, what), (now, then) in sorted(sums.items()) if now != then]


# Which version rules now, under names of its own beside the draft's.
_REIGNS_NOW = (
    "WITH "
    + ", ".join(f"{name} AS ({text})" for name, text in [("schemes", published_schemes()), *reigning("")])
    + ' SELECT organisation_id, scheme_id FROM reigns WHERE start <= %(last)s AND "end" > %(last)s'
)


def _graded(scheme: str, points: str) -> str:
    """The rung of each member's total on one side; whom that side's version does not judge has none."""
    exempt = f"people.member_class = '{MemberClass.Name.EXEMPT.value}' AND NOT {names_exempt(f'people.{scheme}')}"
    return f"""
        SELECT people.member_id, rungs.id, rungs.name, rungs.stars, rungs.on_list, rungs.from_top
        FROM people JOIN rungs ON NOT ({exempt}) AND {reached(Period.YEAR, f"people.{scheme}", "people.is_full", f"people.{points}")}
    """


_ROLL_UP = f"""
WITH {{desired}},
then_ruling AS MATERIALIZED (SELECT organisation_id, scheme_id FROM reigns WHERE start <= %(last)s AND "end" > %(last)s),
now_ruling AS MATERIALIZED ({{now}}),
rungs AS MATERIALIZED (
    SELECT rungs.*, row_number() OVER (PARTITION BY scheme_id, period, is_full ORDER BY since DESC) AS from_top FROM ({RUNGS}) AS rungs
),
before AS (SELECT member_id, sum(points) AS points FROM points_standing WHERE year = %(year)s GROUP BY member_id),
after AS (SELECT member_id, sum(cents) / 100.0 AS points FROM desired GROUP BY member_id),
people AS (
    SELECT m.id AS member_id, m.branch_id AS organisation_id, coalesce(m.full_on <= %(last)s, false) AS is_full, coalesce(c.name, '') AS member_class,
           coalesce(before.points, 0) AS before, coalesce(after.points, 0) AS after, now_ruling.scheme_id AS now_scheme, then_ruling.scheme_id AS then_scheme
    FROM members_member m
    JOIN branches_organisation o ON o.id = m.branch_id AND starts_with(o.path, %(path)s)
    LEFT JOIN members_memberclass c ON c.member_id = m.id AND c.start <= %(last)s AND (c."end" IS NULL OR c."end" > %(last)s)
    LEFT JOIN before ON before.member_id = m.id
    LEFT JOIN after ON after.member_id = m.id
    LEFT JOIN now_ruling ON now_ruling.organisation_id = m.branch_id
    LEFT JOIN then_ruling ON then_ruling.organisation_id = m.branch_id
    WHERE m.merged_into_id IS NULL AND m.standing <> '{Member.Standing.SUSPENDED.value}'
),
graded_before AS ({_graded("now_scheme", "before")}),
graded_after AS ({_graded("then_scheme", "after")}),
filled AS (
    INSERT INTO points_simulatedmember (simulation_id, member_id, organisation_id, member_class, before, after, grade_before_id, grade_after_id, is_regraded, falls)
    SELECT %(simulation)s, people.member_id, people.organisation_id, people.member_class, people.before, people.after, was.id, becomes.id,
           (was.name, was.stars, was.on_list) IS DISTINCT FROM (becomes.name, becomes.stars, becomes.on_list),
           people.after < people.before
               OR coalesce(becomes.on_list, '') = '{Threshold.List.YELLOW.value}' AND coalesce(was.on_list, '') <> '{Threshold.List.YELLOW.value}'
               OR coalesce(was.name IS DISTINCT FROM becomes.name AND was.from_top < coalesce(becomes.from_top, was.from_top + 1), false)
    FROM people
    LEFT JOIN graded_before was ON was.member_id = people.member_id
    LEFT JOIN graded_after becomes ON becomes.member_id = people.member_id
    RETURNING before, after, is_regraded, falls
)
SELECT count(*) AS members, count(*) FILTER (WHERE after > before) AS gains, count(*) FILTER (WHERE after < before) AS losses,
       count(*) FILTER (WHERE is_regraded) AS regraded, count(*) FILTER (WHERE falls) AS falls,
       coalesce(sum(before), 0) AS before, coalesce(sum(after), 0) AS after
FROM filled
"""
