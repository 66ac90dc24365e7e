"""A draft tried on a year's facts: what it says is what publishing it then does, and trying it writes nothing."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.models import Fact, Owed
from members.services.facts import FactLine, record
from partyportal.core.errors import DomainError
from points.models import Category, Entry, Item, OrganisationMonth, Scheme, SimulatedMember, Standing
from points.rules.kinds import APPRAISAL
from points.services.simulations import consent, current_simulation, fingerprint, simulate
from points.settlement import Scope, settle
from points.settlement.simulate import by_item
from tests.factories import make_member, make_user
from tests.points.makers import YEAR, deed, make_scheme, settled
from tests.points.oracle import Deed
from tests.points.test_oracle import KINDS, amounts, days, fact_of, multipliers, rules

pytestmark = pytest.mark.django_db

MAY = date(YEAR, 5, 6)


@pytest.fixture
def held(tree, member):
    """A year under a cap of 4, three theme days of 2 points each."""
    make_scheme(
        tree.county,
        {"cap": Decimal(4), "cap_period": "year"},
        thresholds=[{"name": "合格", "at_least": 0}, {"name": "优秀", "at_least": 5}],
    )
    settled(*(deed(member, date(YEAR, month, 5)) for month in (2, 3, 8)))
    return member


def draft(tree, *items, start=date(YEAR, 1, 1), **head):
    items = items or ({"cap": Decimal(10), "cap_period": "year"},)
    return make_scheme(tree.county, *items, start=start, version=7, published=False, **head)


def ledger():
    return [list(model.objects.order_by("pk").values_list()) for model in (Entry, Standing, OrganisationMonth, Fact, Owed)]


def test_whom_a_raised_cap_moves(tree, held, department):
    other = make_member(tree.far, "不动的人")
    scheme = draft(tree, thresholds=[{"name": "合格", "at_least": 0}, {"name": "优秀", "at_least": 5}])
    before = ledger()
    simulation = simulate(scheme, year=YEAR, by=department)
    assert ledger() == before, "nothing of the ledger is written"
    assert (simulation.members, simulation.gains, simulation.losses, simulation.regraded, simulation.falls) == (2, 1, 0, 1, 0)
    assert (simulation.before, simulation.after) == (4, 6)
    row = simulation.rows.get(member=held)
    assert (row.before, row.after, row.grade_before.name, row.grade_after.name) == (4, 6, "合格", "优秀")
    assert simulation.rows.get(member=other).is_regraded is False
    assert by_item(scheme, simulation.start, YEAR, held) == [("life", "1", -200, 0)]


def test_who_keeps_the_points_but_not_the_grade_falls(tree, held, department):
    ladder = [{"name": "合格", "at_least": 0}, {"name": "优秀", "at_least": 4}]
    make_scheme(tree.county, {"cap": Decimal(4), "cap_period": "year"}, start=date(YEAR, 1, 2), version=2, thresholds=ladder)
    settle(Scope(YEAR))
    harder = [{"name": "合格", "at_least": 0}, {"name": "优秀", "at_least": 5}]
    simulation = simulate(draft(tree, {"cap": Decimal(4), "cap_period": "year"}, thresholds=harder), year=YEAR, by=department)
    assert (simulation.losses, simulation.falls) == (0, 1)


def test_a_grade_added_above_lets_nobody_fall(tree, held, department):
    ladder = [{"name": "合格", "at_least": 0}, {"name": "优秀", "at_least": 5}, {"name": "标兵", "at_least": 90}]
    simulation = simulate(draft(tree, {"cap": Decimal(4), "cap_period": "year"}, thresholds=ladder), year=YEAR, by=department)
    assert (simulation.regraded, simulation.falls) == (0, 0)


def test_a_townships_draft_is_tried_on_its_own_people(tree, held, department):
    far = make_member(tree.far, "外镇")
    settled(deed(far, MAY))
    scheme = make_scheme(tree.township, {"value": Decimal(1)}, published=False)
    simulation = simulate(scheme, year=YEAR, by=department)
    assert {row.member for row in simulation.rows.all()} == {held}
    assert simulation.rows.get().after == 3


def test_last_years_facts_are_tried_as_if_the_draft_had_begun_with_that_year(tree, member, department):
    settled(deed(member, date(YEAR - 1, 5, 6)), year=YEAR - 1)
    simulation = simulate(draft(tree, {"value": Decimal(3)}, start=date(YEAR, 7, 1)), year=YEAR - 1, by=department)
    assert (simulation.start, simulation.rows.get(member=member).after) == (date(YEAR - 1, 1, 1), 3)


def test_a_change_in_the_middle_of_the_year_is_tried_from_its_day(tree, held, department):
    scheme = draft(tree, {"value": Decimal(3)}, start=date(YEAR, 7, 1))
    simulation = simulate(scheme, year=YEAR, by=department)
    assert simulation.rows.get(member=held).after == 7, "2 + 2 before July, 3 after, and no cap at the year's end"


def test_a_later_version_of_the_same_organisation_gives_way_to_the_draft(tree, held, department):
    make_scheme(tree.county, {"value": Decimal(9)}, start=date(YEAR, 8, 1), version=2)
    simulation = simulate(draft(tree, {"value": Decimal(1)}, start=date(YEAR, 2, 1)), year=YEAR, by=department)
    assert simulation.rows.get(member=held).after == 3


def test_every_edit_of_the_draft_makes_its_simulation_stale(tree, held, department):
    scheme = draft(
        tree,
        {"grades": {"media": Decimal(3)}},
        multipliers={"": (APPRAISAL, {"a": Decimal(1)})},
        thresholds=[{"name": "优秀", "at_least": 5}],
    )
    simulation = simulate(scheme, year=YEAR, by=department)
    assert current_simulation(scheme) == simulation
    item, multiplier, threshold = scheme.items.get(), scheme.multipliers.get(), scheme.thresholds.get()
    seen = {fingerprint(scheme)}
    for edit in (
        lambda: Scheme.objects.filter(pk=scheme.pk).update(floor=0),
        lambda: Category.objects.filter(scheme=scheme).update(cap=1, cap_period="year"),
        lambda: Item.objects.filter(pk=item.pk).update(value=5),
        lambda: item.grades.update(value=4),
        lambda: multiplier.grades.update(ratio=2),
        lambda: multiplier.grades.all().delete(),
        lambda: type(threshold).objects.filter(pk=threshold.pk).update(at_least=6),
        lambda: threshold.delete(),
    ):
        edit()
        assert current_simulation(scheme) is None
        assert fingerprint(scheme) not in seen
        seen.add(fingerprint(scheme))


def test_a_second_person_consents_to_what_it_costs(tree, held, department):
    scheme = draft(tree, {"value": Decimal(1)})
    simulation = simulate(scheme, year=YEAR, by=department)
    assert simulation.falls == 1
    with pytest.raises(DomainError, match="由另一个人同意"):
        consent(simulation, by=department)
    second = make_user("第二人")
    assert consent(simulation, by=second).consented_by == second
    Item.objects.filter(scheme=scheme).update(value=Decimal("0.5"))
    with pytest.raises(DomainError, match="试算以后改过"):
        consent(simulation, by=second)


def test_trying_again_replaces_what_was_tried_before(tree, held, department):
    scheme = draft(tree)
    simulate(scheme, year=YEAR, by=department)
    simulate(scheme, year=YEAR, by=department)
    simulate(scheme, year=YEAR - 1, by=department)
    assert scheme.simulations.count() == 2
    scheme.items.all().delete()
    scheme.delete()
    assert not SimulatedMember.objects.exists()


def test_a_published_version_is_not_tried(tree, held, department):
    with pytest.raises(DomainError, match="已经发布"):
        simulate(Scheme.objects.get(), year=YEAR, by=department)


deeds = st.lists(
    st.tuples(st.sampled_from((*KINDS, APPRAISAL)), st.integers(0, 2), days, amounts, st.sampled_from(("", "a", "b"))),
    min_size=1,
    max_size=15,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(old=rules(), new=rules(), ratios=multipliers(), start=st.integers(0, 300), deeds=deeds)
def test_what_a_simulation_says_is_what_publishing_does(tree, department, old, new, ratios, start, deeds):
    with transaction.atomic():
        people = [make_member(branch, name) for branch, name in ((tree.ours, "甲"), (tree.neighbours, "乙"), (tree.far, "丙"))]
        make_scheme(tree.county, *map(as_item, old), categories=dict.fromkeys(("life", "study")))
        told = [
            Deed(f"deed:{n}", kind, people[who].pk, people[who].branch_id, "village", day, units, grade)
            for n, (kind, who, day, units, grade) in enumerate(deeds)
        ]
        record([FactLine(**fact_of(one)) for one in told], by=None)
        settle(Scope(YEAR))
        scheme = make_scheme(
            tree.county,
            *map(as_item, new),
            categories=dict.fromkeys(("life", "study")),
            multipliers={code: (kind, dict(grades)) for code, kind, grades in ratios},
            start=date.fromordinal(date(YEAR, 1, 1).toordinal() + max(start, 1)),
            version=2,
            published=False,
        )
        simulation = simulate(scheme, year=YEAR, by=department)
        assert {row.member_id: row.before for row in simulation.rows.all()} == totals(simulation)
        Scheme.objects.filter(pk=scheme.pk).update(published_at="2026-01-01T00:00Z")
        settle(Scope(YEAR))
        assert {row.member_id: row.after for row in simulation.rows.all()} == totals(simulation)
        transaction.set_rollback(True)


def totals(simulation) -> dict[int, Decimal]:
    found = dict.fromkeys(simulation.rows.values_list("member_id", flat=True), Decimal(0))
    for standing in Standing.objects.filter(year=YEAR, member__in=found):
        found[standing.member_id] += standing.points
    return found


def as_item(rule) -> dict:
    return {
        "code": rule.code,
        "category": rule.category,
        "fact_kind": rule.fact_kind,
        "value": rule.value,
        "cap": rule.cap,
        "cap_period": rule.period,
        "classes": list(rule.classes),
        "grades": dict(rule.grades),
        "is_veto": rule.veto,
    }
