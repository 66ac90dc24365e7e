"""The one evaluation in SQL and the slow oracle agree on random trees, days and people; the sentences follow the same answer."""

from datetime import date, timedelta
from random import Random

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from members.care.models import Condition, Criterion, CriterionVersion
from members.care.rules import criteria as c
from members.care.rules.reasons import holds
from members.care.selectors.evaluation import _said, reasons_of
from members.care.selectors.lists import eligible
from members.models import Affiliation, Fact, Member, MemberClass, Sanction, Suspension
from members.rules.appraisals import APPRAISAL
from members.rules.codes import CATEGORIES, SEXES
from tests.care.oracle import Known, is_listed
from tests.factories import make_member

# Days on which something turns, and their neighbours: of random dates hardly any two would ever meet.
TURNS = [date(2026, 11, 22), date(2027, 7, 1), date(2026, 12, 31), date(2026, 7, 1), date(2024, 2, 29), date(2027, 2, 28)]
DAYS = [turn + timedelta(days=step) for turn in TURNS for step in (-1, 0, 1)]
KINDS = ["hardship", "illness", "retired_cadre"]
PEOPLE = 40


def back(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


def person_of(random: Random) -> Known:
    """Born and joined some whole years before a day that matters, or a day beside it."""
    born = back(random.choice(DAYS), random.choice([18, 59, 60, 65, 79, 80, 81]))
    eras = [date(1969, 3, 31), date(1969, 4, 1), date(1977, 8, 31), date(1977, 9, 1), date(1949, 9, 30), date(1949, 10, 1)]
    joined = random.choice([back(random.choice(DAYS), random.choice([1, 2, 40, 41, 50, 51])), random.choice(eras)])
    joined = max(joined, born + timedelta(days=1))
    full = random.choice([joined, back(joined, -1), None])
    some = lambda names: [(name, span(random)) for name in names if random.random() < 0.4]  # noqa: E731
    return Known(
        birth_on=born,
        joined_on=joined,
        full_on=full,
        sex=random.choice("12"),
        home=[(date(2000, 1, 1), random.choice([None, None, None, *DAYS]))],
        classes=[(random.choice(["village", "retired"]), span(random))],
        held=some(KINDS),
        sanctions=[span(random)] if random.random() < 0.3 else [],
        suspended=[span(random)] if random.random() < 0.2 else [],
        appraised=[(date(random.choice([2023, 2024, 2025, 2026]), 12, 20), random.choice(["qualified", "unqualified"]))]
        if random.random() < 0.5
        else [],
    )


def span(random: Random):
    start = random.choice(DAYS[:6]) - timedelta(days=random.choice([0, 1, 400]))
    return start, random.choice([None, start + timedelta(days=1), start + timedelta(days=401)])


@pytest.fixture
def crowd(tree):
    """Forty people as rows, and the same as the oracle knows them."""
    random, known = Random("oracle"), {}
    for n in range(PEOPLE):
        one = person_of(random)
        said = {"category": "full" if one.full_on else "probationary", "full_on": one.full_on, "joined_on": one.joined_on}
        member = make_member(tree.ours, f"人{n}", birth_on=one.birth_on, sex=one.sex, start=one.home[0][0], **said)
        if end := one.home[0][1]:
            Affiliation.objects.filter(member=member).update(end=end, end_reason="transferred_out")
        MemberClass.objects.filter(member=member).delete()
        for name, (start, end) in one.classes:
            MemberClass.objects.create(member=member, name=name, start=start, end=end)
        for kind, (start, end) in one.held:
            over = {"end_reason": "better", "ended_at": timezone.now()} if end else {}
            Condition.objects.create(member=member, kind=kind, start=start, end=end, recorded_at=timezone.now(), **over)
        for start, end in one.sanctions:
            Sanction.objects.create(member=member, kind="warning", start=start, end=end, basis="3 号")
        for start, end in one.suspended:
            Suspension.objects.create(
                member=member, start=start, end=end, reason="lost_contact", outcome="restored" if end else "", basis="4 号"
            )
        for at, grade in one.appraised:
            Fact.objects.create(
                kind=APPRAISAL, key=f"oracle:{member.pk}", member=member, organisation=tree.ours, member_class="village", day=at,
                grade=grade, title="民主评议", recorded_at=timezone.now(),
            )  # fmt: skip
        known[member.pk] = one
    return known


years = st.integers(0, 90)
rules = st.sampled_from(["today", "july", "year_end", "2026-11-22", "2027-07-01"])


def ranged(leaf: str, edges):
    low, high = st.one_of(st.sampled_from(edges), years), st.one_of(st.none(), st.sampled_from(edges))
    return st.builds(
        lambda low, high, on: {"leaf": leaf, "at_least": low, "on": on} | ({"at_most": high} if high is not None and high >= low else {}),
        low,
        high,
        rules,
    )


def some_of(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


leaves = st.one_of(
    ranged("age", [59, 60, 65, 80]),
    st.builds(
        lambda leaf, span: leaf | span,
        ranged("party_age", [0, 1, 40, 50]),
        st.sampled_from([{}, {"no_probation": None}, {"no_probation": ["1969-04-15", "1977-08-31"]}]),
    ),
    st.builds(lambda day: {"leaf": "joined", "before": day}, st.sampled_from(["1949-10-01", "1977-09-01", "2000-01-01"])),
    st.builds(lambda kinds, on: {"leaf": "condition", "kinds": kinds, "on": on}, some_of(KINDS), rules),
    st.builds(lambda names, on: {"leaf": "class", "names": names, "on": on}, some_of(["village", "retired"]), rules),
    st.builds(lambda sex: {"leaf": "sex", "value": sex}, st.sampled_from("12")),
    st.builds(lambda value, on: {"leaf": "category", "value": value, "on": on}, st.sampled_from(["full", "probationary"]), rules),
    st.builds(
        lambda grades, back: {"leaf": "appraisal", "never": grades, "back": back}, some_of(["qualified", "unqualified"]), st.integers(0, 3)
    ),
    st.builds(lambda leaf, on: {"leaf": leaf, "on": on}, st.sampled_from(["unpunished", "in_standing", "at_home"]), rules),
)
trees = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(lambda some: {"all": some}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda some: {"any": some}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda one: {"not": one}, parts),
    ),
    max_leaves=6,
).filter(lambda tree: depth(tree) <= c.DEEPEST)


def depth(tree: dict) -> int:
    parts = tree.get("all") or tree.get("any") or ([tree["not"]] if "not" in tree else [])
    return 1 + max(map(depth, parts)) if parts else 0


def test_the_evaluation_agrees_with_the_oracle(crowd):
    version = CriterionVersion(criterion=Criterion(code="x", name="x", benefit="x"), number=1, tree={})

    @settings(max_examples=60, deadline=None, database=None)
    @given(tree=trees, on=st.sampled_from(DAYS))
    def agrees(tree, on):
        version.tree = tree
        found = set(eligible(version, on=on).values_list("pk", flat=True))
        expected = {pk for pk, one in crowd.items() if is_listed(tree, one, on)}
        assert found == expected, {Member.objects.get(pk=pk).name: crowd[pk] for pk in found ^ expected}
        node = version.node
        said, _ = _said(node, crowd, on)
        at_home = {pk for pk, one in crowd.items() if any(start <= on and (end is None or on < end) for start, end in one.home)}
        assert {pk for pk in at_home if holds(node, said[pk])} == expected
        told = reasons_of(node, crowd, on=on)
        assert all(told[pk] and all(told[pk]) for pk in crowd), "nobody is left without a sentence"

    agrees()


def test_the_trees_words_are_the_portals_own():
    assert dict(MemberClass.Name.choices) == c.CLASSES and dict(Member.Sex.choices) == SEXES
    assert dict(Member.Category.choices) == CATEGORIES
