"""Random facts under random schemes: the SQL and the oracle agree row for row, in any order of arrival."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.services.facts import FactLine, record, void
from points.models import Entry
from points.rules.kinds import APPRAISAL
from points.settlement import Scope, settle
from tests.factories import make_member
from tests.points.makers import make_scheme
from tests.points.oracle import Deed, Row, Rule, Version, score

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

YEAR = 2026
KINDS = ("meeting.theme_day", "study.hours", "meeting.absent")
TOLD = (*KINDS, APPRAISAL, "manual.veto")
CLASSES = ("village", "retired", "exempt")
CATEGORIES = ("life", "study")
PERIODS = ("month", "quarter", "half", "year")
STAGES = {
    Entry.Kind.FACT: "fact",
    Entry.Kind.ITEM_CAP: "item",
    Entry.Kind.CATEGORY_CAP: "category",
    Entry.Kind.TOTAL_CAP: "total",
    Entry.Kind.MULTIPLIER: "ratio",
    Entry.Kind.FLOOR: "floor",
    Entry.Kind.VETO: "veto",
}
GRADES = ("a", "b")

amounts = st.decimals(min_value="0.01", max_value="9.99", places=2)
caps = st.one_of(st.none(), st.tuples(st.decimals(min_value="0", max_value="12", places=2), st.sampled_from(PERIODS)))
days = st.integers(0, 364).map(lambda n: date(YEAR, 1, 1) + timedelta(days=n))


@st.composite
def rules(draw):
    made = []
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(KINDS))
        cap, period = draw(caps) or (None, "")
        sign = -1 if kind == "meeting.absent" else 1
        made.append(
            Rule(
                code=f"i{number}",
                category=draw(st.sampled_from(CATEGORIES)),
                fact_kind=kind,
                value=draw(amounts) * sign,
                cap=cap,
                period=period,
                classes=tuple(sorted(draw(st.sets(st.sampled_from(CLASSES), max_size=2)))),
                grades=tuple((code, draw(amounts) * sign) for code in GRADES if draw(st.booleans())),
            )
        )
    if draw(st.booleans()):
        classes = tuple(draw(st.sets(st.sampled_from(CLASSES), max_size=1)))
        made.append(Rule(code="veto", category="life", fact_kind="manual.veto", value=Decimal(0), classes=classes, veto=True))
    return tuple(made)


floors = st.one_of(st.none(), st.sampled_from([Decimal(-5), Decimal(0), Decimal(3)]))
ratios = st.decimals(min_value="0", max_value="2", places=2)


@st.composite
def multipliers(draw):
    """Of the categories and the total, each perhaps: by the fact's grade, or by its units."""
    return tuple(
        (code, APPRAISAL, tuple((grade, draw(ratios)) for grade in GRADES if draw(st.booleans())))
        for code in (*CATEGORIES, "")
        if draw(st.sampled_from((True, False, False)))
    )


@st.composite
def versions(draw):
    """One to three versions of the county's, and perhaps one of the township's."""
    starts = sorted(draw(st.sets(st.integers(-30, 300), min_size=1, max_size=3)))
    made = [("county", start) for start in starts] + [("township", draw(st.integers(0, 300)))] * draw(st.booleans())
    return [
        (
            owner,
            date(YEAR, 1, 1) + timedelta(days=start),
            draw(rules()),
            tuple((code, *cap) for code in CATEGORIES if (cap := draw(caps))),
            draw(caps),
            draw(multipliers()),
            draw(floors),
            tuple((code, floor) for code in CATEGORIES if (floor := draw(floors)) is not None),
        )
        for owner, start in made
    ]


deeds = st.lists(
    st.tuples(
        st.sampled_from(TOLD), st.integers(0, 2), st.integers(0, 2), st.sampled_from(CLASSES), days, amounts, st.sampled_from(("", *GRADES))
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    versions=versions(),
    deeds=deeds,
    batches=st.integers(1, 4),
    shuffle=st.randoms(use_true_random=False),
    mistaken=st.sets(st.integers(0, 24), max_size=4),
    withdrawn=st.sets(st.integers(0, 24), max_size=4),
)
def test_the_ledger_is_what_the_oracle_says_whatever_arrives_first(tree, versions, deeds, batches, shuffle, mistaken, withdrawn):
    with transaction.atomic():
        people = [make_member(branch, name) for branch, name in ((tree.ours, "甲"), (tree.neighbours, "乙"), (tree.far, "丙"))]
        places = [tree.ours, tree.neighbours, tree.far]
        published = [publish(tree, number, *version) for number, version in enumerate(versions, start=1)]
        told = [
            Deed(f"deed:{n}", kind, people[who].pk, places[where].pk, name, day, units, grade)
            for n, (kind, who, where, name, day, units, grade) in enumerate(deeds)
        ]
        # What was first recorded wrongly and what is withdrawn again (an objection accepted, a deed revoked) leaves no trace in the sums.
        wrong = [replace(told[n], units=told[n].units + 1, day=date(YEAR, 6, 1), grade="a") for n in mistaken if n < len(told)]
        gone = [replace(told[n], key=f"gone:{n}") for n in withdrawn if n < len(told)]
        if wrong or gone:
            record([FactLine(**fact_of(one)) for one in (*wrong, *gone)], by=None)
            settle(Scope(YEAR))
        arriving = list(told)
        shuffle.shuffle(arriving)
        for at in range(batches):
            some = arriving[at::batches]
            record([FactLine(**fact_of(one)) for one in some], by=None)
            # Settled by somebody's members, or everybody's: the outcome must not tell.
            settle(Scope.of((one.member for one in some), YEAR) if at % 2 else Scope(YEAR))
        void([one.key for one in gone], by=None)
        settle(Scope.of((one.member for one in gone), YEAR))
        assert settle(Scope(YEAR)).entries == 0
        upward = {
            tree.ours.pk: [tree.ours.pk, tree.township.pk, tree.county.pk],
            tree.neighbours.pk: [tree.neighbours.pk, tree.township.pk, tree.county.pk],
            tree.far.pk: [tree.far.pk, tree.other_township.pk, tree.county.pk],
        }
        assert standing() == as_compared(score(told, published, upward, YEAR))
        transaction.set_rollback(True)


def publish(tree, number, owner, start, rules, category_caps, total, ratios, floor, category_floors) -> Version:
    organisation = getattr(tree, owner)
    capped = {code: (cap, period) for code, cap, period in category_caps}
    make_scheme(
        organisation,
        *(
            {
                "code": r.code,
                "category": r.category,
                "fact_kind": r.fact_kind,
                "value": r.value,
                "cap": r.cap,
                "cap_period": r.period,
                "classes": list(r.classes),
                "grades": dict(r.grades),
                "is_veto": r.veto,
            }
            for r in rules
        ),
        start=start,
        version=number,
        categories={code: (*capped.get(code, (None, "")), dict(category_floors).get(code)) for code in CATEGORIES},
        total=total,
        floor=floor,
        multipliers={code: (kind, dict(grades)) for code, kind, grades in ratios},
    )
    return Version(organisation.pk, start, rules, category_caps, total, ratios, floor, category_floors)


def fact_of(one: Deed) -> dict:
    return {
        "key": one.key,
        "kind": one.kind,
        "member_id": one.member,
        "organisation_id": one.organisation,
        "member_class": one.member_class,
        "day": one.day,
        "units": one.units,
        "title": "记实",
        "grade": one.grade,
    }


def as_compared(rows: set[Row]) -> list[tuple]:
    """An item is told by its code; a fact's line by its key; what adjusts a category or the total by its stage, period and day."""
    return sorted(
        (
            r.stage,
            r.member,
            r.code if r.stage in {"fact", "item"} else "",
            r.key if r.stage == "fact" else "",
            r.category,
            r.organisation,
            str(r.day),
            str(r.period_start),
            r.points,
        )
        for r in rows
    )


def standing() -> list[tuple]:
    sums: dict[tuple, Decimal] = {}
    for e in Entry.objects.select_related("item", "fact"):
        stage = STAGES[Entry.Kind(e.kind)]
        item, fact = stage in {"fact", "item"} and e.item.code, stage == "fact" and e.fact.key
        key = (stage, e.member_id, item or "", fact or "", e.category)
        key += (e.organisation_id, str(e.day), str(e.period_start), e.line)
        sums[key] = sums.get(key, Decimal(0)) + e.points
    return sorted((*key[:-1], points) for key, points in sums.items() if points)
