"""Random facts under random schemes: the SQL and the oracle agree row for row, in any order of arrival."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.services.organisations import rehang
from members.services.facts import FactLine, record, void
from points.models import Entry
from points.rules.kinds import APPRAISAL
from points.services import settle_owed
from points.services.schemes.publishing import _owe
from points.settlement import Scope, settle
from points.settlement.check import projection_drift
from tests.factories import make_member
from tests.points.makers import make_scheme
from tests.points.oracle import Deed, Places, Row, Rule, Version, score

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

YEAR = 2026
RATE = "manual.rate"  # by hand: its units are the ratio
KINDS = ("meeting.theme_day", "study.hours", "meeting.absent")
TOLD = (*KINDS, APPRAISAL, RATE, "manual.veto")
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
values = st.one_of(amounts, st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal(50)]))
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
                value=draw(values) * sign,
                cap=cap,
                period=period,
                classes=tuple(sorted(draw(st.sets(st.sampled_from(CLASSES), max_size=2)))),
                grades=tuple((code, draw(values) * sign) for code in GRADES if draw(st.booleans())),
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
    """Of the categories and the total, each perhaps: by the fact's grade, or by its units; told by the one kind or the other."""
    return tuple(
        (code, draw(st.sampled_from((APPRAISAL, RATE))), tuple((grade, draw(ratios)) for grade in GRADES if draw(st.booleans())))
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
    early=st.integers(0, 4),
    hung_on=st.one_of(st.none(), days),
)
def test_the_ledger_is_what_the_oracle_says_whatever_arrives_first(
    tree, versions, deeds, batches, shuffle, mistaken, withdrawn, early, hung_on
):
    """`early`: how many versions are published before anything happens, the others after all of it; `hung_on`: when our branch is hung elsewhere."""
    tree.ours.refresh_from_db()  # the last example may have hung it elsewhere
    with transaction.atomic():
        people = [make_member(branch, name) for branch, name in ((tree.ours, "甲"), (tree.neighbours, "乙"), (tree.far, "丙"))]
        branches = [tree.ours, tree.neighbours, tree.far]
        published = [publish(tree, number, *version) for number, version in enumerate(versions[:early], start=1)]
        told = [
            Deed(f"deed:{n}", kind, people[who].pk, branches[where].pk, name, day, units % 3 if kind == RATE else units, grade)
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
        hung = places_of(tree)
        if hung_on:
            rehang(tree.ours, under=tree.other_township, on=hung_on, by=None)
            hung[tree.ours.pk] += [(hung_on, places_of(tree)[tree.ours.pk][0][1])]
        published += [publish(tree, number, *version) for number, version in enumerate(versions[early:], start=early + 1)]
        settle_owed()
        assert settle(Scope(YEAR)).entries == 0, "what was owed is all that was to be settled"
        assert standing() == as_compared(score(told, published, hung, YEAR))
        assert projection_drift() is None
        transaction.set_rollback(True)


def places_of(tree) -> Places:
    """Where each branch hangs today, as if it always had."""
    branches = (tree.ours, tree.neighbours, tree.far)
    return {one.pk: [(date.min, [int(step) for step in reversed(one.path.strip("/").split("/"))])] for one in branches}


def publish(tree, number, owner, start, rules, category_caps, total, ratios, floor, category_floors) -> Version:
    organisation = getattr(tree, owner)
    capped = {code: (cap, period) for code, cap, period in category_caps}
    scheme = make_scheme(
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
    _owe(scheme)
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
