"""The definition of docs/rules.md, example by example."""

from datetime import date
from decimal import Decimal

import pytest

from branches.services.organisations import begin_spans, rehang
from members.models import Owed
from members.services.facts import void
from points.models import Entry, OrganisationMonth, OrganisationYear, Standing
from points.services import settle_owed
from points.settlement import Scope, settle
from points.settlement.check import ledger_drift, projection_drift
from tests.factories import make_member
from tests.points.makers import deed, happened, make_scheme, settled, standing_lines, total

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_drifts():
    """Whatever an example did: projections equal entries, and entries equal what the facts are worth."""
    yield
    assert projection_drift() is None
    assert ledger_drift() is None


def test_a_fact_is_worth_units_times_value(tree, member):
    make_scheme(tree.county, {"code": "hours", "fact_kind": "study.hours", "value": Decimal("0.50")})
    settlement = settled(deed(member, date(2026, 3, 5), kind="study.hours", units="3.5"))
    assert (settlement.facts, settlement.entries) == (1, 1)
    entry = Entry.objects.get()
    assert (entry.points, entry.posting, entry.day, entry.organisation, entry.category) == (
        Decimal("1.75"),
        1,
        date(2026, 3, 5),
        tree.ours,
        "life",
    )


def test_settling_again_posts_nothing(tree, member):
    make_scheme(tree.county, {"cap": Decimal(3), "cap_period": "year"})
    settled(*(deed(member, date(2026, month, 5)) for month in range(1, 7)))
    before = Entry.objects.count()
    assert settle(Scope(2026)).entries == 0
    assert settle(Scope.of([member.pk], 2026)).entries == 0
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("period", "stands"),
    [("month", Decimal(36)), ("quarter", Decimal(12)), ("half", Decimal(6)), ("year", Decimal(3))],
)
def test_a_cap_takes_off_a_period_what_is_beyond_it(tree, member, period, stands):
    """Two theme days of 2 points each month make 48; a cap of 3 leaves 3 of every period."""
    make_scheme(tree.county, {"cap": Decimal(3), "cap_period": period})
    settled(*(deed(member, date(2026, month, day)) for month in range(1, 13) for day in (5, 20)))
    assert total(member) == stands
    assert {points for kind, *_, points in standing_lines() if kind == "FACT"} == {Decimal(2)}, "a fact's line is never cut"


def test_the_adjustment_is_one_line_of_the_period_where_its_latest_fact_was(tree, member):
    make_scheme(tree.county, {"cap": Decimal(3), "cap_period": "quarter"})
    settled(deed(member, date(2026, 1, 5)), deed(member, date(2026, 2, 20)), deed(member, date(2026, 2, 3)))
    adjustment = Entry.objects.get(kind=Entry.Kind.ITEM_CAP)
    assert (adjustment.points, adjustment.day, adjustment.period_start) == (Decimal(-3), date(2026, 2, 20), date(2026, 1, 1))
    assert adjustment.item.code == "theme_day"


def test_a_late_fact_moves_its_own_line_and_its_groups_adjustment_only(tree, member):
    make_scheme(tree.county, {"cap": Decimal(3), "cap_period": "quarter"}, {"code": "hours", "fact_kind": "study.hours"})
    settled(
        deed(member, date(2026, 1, 5)),
        deed(member, date(2026, 2, 20)),
        deed(member, date(2026, 5, 5)),
        deed(member, date(2026, 2, 1), kind="study.hours"),
    )
    before = set(Entry.objects.values_list("pk", flat=True))
    settled(deed(member, date(2026, 1, 2), key="late"))
    posted = Entry.objects.exclude(pk__in=before)
    assert sorted((e.kind, e.points) for e in posted) == [(Entry.Kind.FACT, Decimal(2)), (Entry.Kind.ITEM_CAP, Decimal(-2))]
    assert total(member) == 3 + 2 + 2


def test_the_order_of_arrival_does_not_matter(tree, member):
    make_scheme(
        tree.county,
        {"cap": Decimal(3), "cap_period": "quarter"},
        {"code": "hours", "fact_kind": "study.hours", "value": Decimal("0.5")},
        categories={"life": (Decimal(5), "half")},
        total=(Decimal(8), "year"),
    )
    deeds = [deed(member, date(2026, month, 5)) for month in range(1, 13)]
    deeds += [deed(member, date(2026, month, 9), kind="study.hours", units="3") for month in range(1, 13, 2)]
    for one in [*deeds[::2], *reversed(deeds[1::2])]:
        settled(one, members=[member])
    arrived = standing_lines()
    postings = Entry.objects.count()
    other = make_member(tree.ours, "李四")
    settled(*(deed(other, d.day, kind=d.kind, units=str(d.units)) for d in deeds))
    assert standing_lines(other) == arrived
    assert Entry.objects.filter(member=other).count() < postings


def test_a_category_cap_counts_what_item_caps_have_left(tree, member):
    make_scheme(
        tree.county,
        {"cap": Decimal(4), "cap_period": "month"},
        {"code": "assembly", "fact_kind": "meeting.assembly"},
        categories={"life": (Decimal(5), "year")},
    )
    settled(*(deed(member, date(2026, 1, day)) for day in (1, 2, 3)), deed(member, date(2026, 1, 4), kind="meeting.assembly"))
    assert [(kind, points) for kind, *_, points in standing_lines() if kind != "FACT"] == [("CATEGORY_CAP", -1), ("ITEM_CAP", -2)]
    assert total(member) == 5


def test_the_total_cap_comes_last_and_belongs_to_no_category(tree, member):
    make_scheme(
        tree.county,
        {"category": "life"},
        {"code": "volunteer", "fact_kind": "manual.volunteer", "category": "service"},
        categories={"service": (Decimal(3), "year")},
        total=(Decimal(4), "year"),
    )
    settled(
        deed(member, date(2026, 1, 5)),
        deed(member, date(2026, 2, 5), kind="manual.volunteer"),
        deed(member, date(2026, 3, 5), kind="manual.volunteer"),
    )
    assert total(member) == 4
    last = Entry.objects.get(kind=Entry.Kind.TOTAL_CAP)
    assert (last.points, last.category, last.item, last.day) == (Decimal(-1), "", None, date(2026, 3, 5))


def test_the_cap_of_a_deducting_item_bounds_the_deduction(tree, member):
    make_scheme(
        tree.county, {"code": "absent", "fact_kind": "meeting.absent", "value": Decimal(-1), "cap": Decimal(2), "cap_period": "year"}
    )
    settled(*(deed(member, date(2026, month, 5), kind="meeting.absent") for month in range(1, 6)))
    assert total(member) == -2
    assert Entry.objects.get(kind=Entry.Kind.ITEM_CAP).points == 3


def test_the_facts_class_picks_the_items(tree, member):
    make_scheme(
        tree.county,
        {"code": "base", "fact_kind": "scheme.base", "value": Decimal(5), "classes": ["village", "retired"]},
        {"code": "base_exempt", "fact_kind": "scheme.base", "value": Decimal(15), "classes": ["exempt"]},
        {"code": "all", "fact_kind": "scheme.base", "value": Decimal(1)},
    )
    settled(
        deed(member, date(2026, 1, 1), kind="scheme.base"),
        deed(member, date(2026, 4, 1), kind="scheme.base", member_class="exempt"),
        deed(member, date(2026, 7, 1), kind="scheme.base", member_class="mobile"),
    )
    assert [(code, day.month, points) for _, code, _, day, points in standing_lines()] == [
        ("all", 1, 1),
        ("all", 4, 1),
        ("all", 7, 1),
        ("base", 1, 5),
        ("base_exempt", 4, 15),
    ]


def test_a_version_mid_year_counts_from_its_day_and_its_caps_for_the_periods_that_end_under_it(tree, member):
    make_scheme(tree.county, {"value": Decimal(2), "cap": Decimal(4), "cap_period": "quarter"})
    deeds = [deed(member, date(2026, month, day)) for month in (5, 6, 7, 8) for day in (1, 2)]
    settled(*deeds)
    assert total(member) == 8
    make_scheme(tree.county, {"value": Decimal(3), "cap": Decimal(9), "cap_period": "quarter"}, start=date(2026, 7, 1), version=2)
    settle(Scope(2026))
    # April to June ends under the first version: 8 capped at 4. July to September: 12 capped at 9.
    assert total(member) == 4 + 9
    assert {e.item.scheme.version for e in Entry.objects.filter(day__lt=date(2026, 7, 1))} == {1}


def test_a_cap_whose_period_a_later_version_lengthens_counts_what_the_shorter_has_left(tree, member):
    make_scheme(tree.county, {"cap": Decimal(3), "cap_period": "month"})
    make_scheme(tree.county, {"cap": Decimal(8), "cap_period": "year"}, start=date(2026, 7, 1), version=2)
    settled(*(deed(member, date(2026, month, day)) for month in (1, 2, 8) for day in (1, 2)))
    adjustments = sorted((e.period_start, e.points) for e in Entry.objects.filter(kind=Entry.Kind.ITEM_CAP))
    # January and February end under the first version, the year under the second: 3 + 3 + 4 − 2.
    assert adjustments == [(date(2026, 1, 1), Decimal(-2)), (date(2026, 1, 1), Decimal(-1)), (date(2026, 2, 1), Decimal(-1))]
    assert total(member) == 8


def test_the_nearest_scheme_upward_rules(tree, member):
    make_scheme(tree.county, {"value": Decimal(2)})
    make_scheme(tree.township, {"value": Decimal(7)}, start=date(2026, 3, 1))
    stranger = make_member(tree.far, "石柳")
    settled(deed(member, date(2026, 2, 28)), deed(member, date(2026, 3, 1)), deed(stranger, date(2026, 3, 1)))
    assert [points for *_, points in standing_lines(member)] == [2, 7]
    assert total(stranger) == 2


def test_a_branch_hung_elsewhere_keeps_what_it_earned_under_the_old_rules(tree, member, department):
    make_scheme(tree.county, {"value": Decimal(2)})
    make_scheme(tree.other_township, {"value": Decimal(9)}, start=date(2026, 1, 1))
    settled(deed(member, date(2026, 2, 1)))
    rehang(tree.ours, under=tree.other_township, on=date(2026, 6, 1), by=department)
    settled(deed(member, date(2026, 7, 1)))
    assert [points for *_, points in standing_lines(member)] == [2, 9]


def test_a_branch_hung_elsewhere_is_settled_by_the_bounds_of_its_new_place(tree, member, department):
    """The year's cap is that of its last day, so what was earned before the day is owed a settle, and nobody's else is."""
    make_scheme(tree.county, {"value": Decimal(2)}, categories={"life": (Decimal(10), "year")})
    make_scheme(tree.other_township, {"value": Decimal(2)}, categories={"life": (Decimal(3), "year")})
    stays = make_member(tree.neighbours)
    settled(deed(member, date(2026, 2, 1)), deed(member, date(2026, 3, 1)), deed(stays, date(2026, 3, 1)))
    rehang(tree.ours, under=tree.other_township, on=date(2026, 6, 1), by=department)
    assert set(Owed.objects.values_list("member", "year")) == {(member.pk, 2026)}
    settle_owed()
    assert total(member) == 3 and ledger_drift() is None
    begin_spans([tree.ours], on=date(2026, 7, 1))  # a new name
    assert not Owed.objects.exists()


def test_no_scheme_no_points(tree, member):
    assert settled(deed(member, date(2026, 2, 1))).entries == 0
    make_scheme(tree.county, {}, start=date(2026, 3, 1))
    assert settle(Scope(2026)).entries == 0


def test_a_draft_is_worth_nothing(tree, member):
    from points.models import Category, Item, Scheme

    draft = Scheme.objects.create(organisation=tree.county, name="草稿", version=1, start=date(2026, 1, 1))
    life = Category.objects.create(scheme=draft, code="life", name="组织生活")
    Item.objects.create(scheme=draft, category=life, code="theme_day", name="主题党日", fact_kind="meeting.theme_day", value=2)
    assert settled(deed(member, date(2026, 2, 1))).entries == 0


def test_a_revision_of_equal_worth_posts_nothing(tree, member):
    make_scheme(tree.county, {})
    settled(deed(member, date(2026, 2, 1), key="k"))
    happened(deed(member, date(2026, 2, 1), key="k", member_class="retired"))
    assert settle(Scope(2026)).entries == 0


def test_more_units_post_the_difference_and_name_the_new_revision(tree, member):
    make_scheme(tree.county, {})
    settled(deed(member, date(2026, 2, 1), key="k"))
    settled(deed(member, date(2026, 2, 1), key="k", units="3"))
    assert list(Entry.objects.order_by("posting").values_list("posting", "points", "fact__revision")) == [(1, 2, 1), (2, 4, 2)]


def test_a_changed_day_or_branch_takes_the_old_line_back_and_posts_the_new(tree, member):
    make_scheme(tree.county, {})
    settled(deed(member, date(2026, 2, 1), key="k"))
    settled(deed(member, date(2026, 3, 1), key="k"))
    assert list(Entry.objects.order_by("posting").values_list("posting", "day", "points")) == [
        (1, date(2026, 2, 1), 2),
        (2, date(2026, 2, 1), -2),
        (3, date(2026, 3, 1), 2),
    ]
    settled(deed(member, date(2026, 3, 1), key="k", branch=tree.neighbours))
    assert Entry.objects.filter(organisation=tree.neighbours).get().points == 2
    assert dict(OrganisationMonth.objects.values_list("organisation", "points").filter(month=date(2026, 3, 1))) == {
        tree.ours.pk: 0,
        tree.neighbours.pk: 2,
    }
    assert dict(OrganisationYear.objects.values_list("organisation", "points")) == {tree.ours.pk: 0, tree.neighbours.pk: 2}
    assert total(member) == 2


def test_a_fact_moved_to_another_year_or_person_leaves_one_ledger_for_the_other(tree, member):
    make_scheme(tree.county, {}, start=date(2025, 1, 1))
    other = make_member(tree.ours, "李四")
    happened(deed(member, date(2025, 12, 31), key="k"))
    settle(Scope(2025))
    happened(deed(other, date(2026, 1, 1), key="k"))
    assert set(Owed.objects.values_list("member", "year")) == {(member.pk, 2025), (other.pk, 2026)}
    settle(Scope(2026))
    settle(Scope(2025))
    assert (total(member), total(other)) == (0, 2)


def test_a_void_takes_everything_back(tree, member):
    make_scheme(tree.county, {"cap": Decimal(3), "cap_period": "year"})
    settled(deed(member, date(2026, 2, 1), key="a"), deed(member, date(2026, 3, 1), key="b"))
    void(["a", "b"], by=None)
    settle(Scope(2026))
    assert standing_lines() == []
    assert set(Standing.objects.values_list("points", flat=True)) == {0}


def test_only_the_scope_is_settled_and_only_what_it_owed_is_struck_off(tree, member):
    make_scheme(tree.county, {})
    other = make_member(tree.neighbours, "李四")
    happened(deed(member, date(2026, 2, 1)), deed(other, date(2026, 2, 1)), deed(member, date(2025, 2, 1)))
    settle(Scope.of([member.pk], 2026))
    assert (total(member), total(other)) == (2, 0)
    assert set(Owed.objects.values_list("member", "year")) == {(other.pk, 2026), (member.pk, 2025)}
    settle(Scope.under(tree.neighbours, 2026))
    assert total(other) == 2


def test_a_settle_that_fails_still_owes(tree, member, monkeypatch):
    from django.db import DatabaseError

    from points.settlement import post

    make_scheme(tree.county, {})
    happened(deed(member, date(2026, 2, 1)))
    monkeypatch.setattr(post, "posting", lambda scope: "SELECT 1 / 0")
    with pytest.raises(DatabaseError):
        settle(Scope(2026))
    assert Owed.objects.filter(member=member, year=2026).exists()
