"""What a period does to a sum beside caps: ratios, the floor, vetoes; and values by grade. Numbers worked by hand from docs/rules.md."""

from datetime import date
from decimal import Decimal
from math import prod

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from members.models import Fact
from members.services import facts
from points.models import Category, Item, ItemGrade, Multiplier, MultiplierGrade, Scheme, Standing
from points.rules.kinds import APPRAISAL, LAST_YEAR
from points.services.openings import carry_over
from points.settlement import Scope, settle
from points.settlement.cents import MOST
from points.settlement.check import ledger_drift, projection_drift
from points.settlement.replay import replay
from tests.factories import make_member
from tests.points.makers import YEAR, deed, make_scheme, settled, standing_lines, total

pytestmark = pytest.mark.django_db

MAY, JUNE = date(YEAR, 5, 6), date(YEAR, 6, 6)
APPRAISED = {"excellent": Decimal("1.20"), "basic": Decimal("0.60")}


def appraisal(member, day=JUNE, grade="", units="1"):
    return deed(member, day, kind=APPRAISAL, grade=grade, units=units)


def veto(member, day=JUNE):
    return deed(member, day, kind="manual.veto", key=f"veto:{member.pk}")


def agree():
    assert settle(Scope(YEAR)).entries == 0
    assert ledger_drift() is None and projection_drift() is None


def test_a_unit_is_worth_what_the_facts_grade_says(tree, member):
    make_scheme(tree.county, {"value": Decimal(1), "grades": {"media": Decimal(2)}})
    settled(deed(member, MAY, units="3", grade="media"), deed(member, JUNE, grade=""), deed(member, date(YEAR, 7, 1), grade="unheard_of"))
    assert [line[-1] for line in standing_lines(member)] == [6, 1, 1], (
        "two points a letter in the media, one without, one for a grade nobody wrote"
    )
    agree()


def test_a_fact_whose_grade_is_revised_is_worth_the_difference(tree, member):
    make_scheme(tree.county, {"value": Decimal(1), "grades": {"media": Decimal(2)}})
    settled(deed(member, MAY, key="letter"))
    assert settled(deed(member, MAY, key="letter", grade="media")).entries == 1
    assert total(member) == 2


def test_the_total_is_multiplied_by_the_ratio_of_the_appraisal(tree, member):
    make_scheme(tree.county, {"value": Decimal(10)}, multipliers={"": (APPRAISAL, APPRAISED)})
    settled(deed(member, MAY), deed(member, JUNE, key="second"), appraisal(member, grade="excellent"))
    assert standing_lines(member)[-1] == ("MULTIPLIER", "", "", JUNE, Decimal(4)), "20 × 1.2, on the day of the latest fact that counts"
    assert total(member) == 24
    settled(appraisal(member, date(YEAR, 12, 20), grade="basic"))
    assert total(member) == 12, "the later appraisal replaces the earlier one: 20 × 0.6"
    agree()


def test_a_grade_nobody_wrote_multiplies_nothing(tree, member):
    make_scheme(tree.county, {"value": Decimal(10)}, multipliers={"": (APPRAISAL, APPRAISED)})
    settled(deed(member, MAY), appraisal(member, grade="unheard_of"))
    assert total(member) == 10


def test_without_grades_the_facts_units_are_the_ratio(tree, member):
    make_scheme(tree.county, {"value": Decimal("33.33")}, multipliers={"": (APPRAISAL, {})})
    settled(deed(member, MAY), appraisal(member, units="0.92"))
    assert total(member) == Decimal("30.66"), "33.33 × 0.92 = 30.6636"


def test_a_category_is_multiplied_after_its_cap_and_before_the_total(tree, member):
    items = [
        {"code": "day", "value": Decimal(8)},
        {"code": "hours", "value": Decimal(5), "category": "study", "fact_kind": "study.hours"},
    ]
    make_scheme(
        tree.county,
        *items,
        categories={"life": (Decimal(10), "year")},
        multipliers={"life": (APPRAISAL, {"excellent": Decimal("1.5")}), "": (APPRAISAL, {"excellent": Decimal("1.1")})},
        total=(Decimal(20), "year"),
    )
    settled(
        deed(member, MAY, key="1"), deed(member, MAY, key="2"), deed(member, JUNE, kind="study.hours"), appraisal(member, grade="excellent")
    )
    # life 16 → cap 10 → ×1.5 = 15; study 5; 20 × 1.1 = 22; total cap 20.
    adjusted = {(line[0], line[2]): line[-1] for line in standing_lines(member) if line[0] != "FACT"}
    assert adjusted == {("CATEGORY_CAP", "life"): -6, ("MULTIPLIER", "life"): 5, ("MULTIPLIER", ""): 2, ("TOTAL_CAP", ""): -2}
    assert total(member) == 20
    agree()


@pytest.mark.parametrize(("taken", "left"), [("2", 3), ("5", 0), ("6", 0)], ids=["above", "on", "below"])
def test_the_floor_is_where_deductions_end(tree, member, taken, left):
    make_scheme(
        tree.county, {"value": Decimal(5)}, {"code": "absent", "fact_kind": "meeting.absent", "value": Decimal(-1)}, floor=Decimal(0)
    )
    settled(deed(member, MAY), deed(member, JUNE, kind="meeting.absent", units=taken))
    assert total(member) == left
    agree()


def test_a_veto_takes_the_year_to_nothing_and_its_end_gives_it_back(tree, member):
    other = make_member(tree.ours, "另一人")
    make_scheme(tree.county, {"value": Decimal(7)}, {"code": "veto", "fact_kind": "manual.veto", "value": Decimal(0), "is_veto": True})
    settled(deed(member, MAY), deed(other, MAY), veto(member))
    assert standing_lines(member)[-1] == ("VETO", "veto", "", MAY, Decimal(-7))
    assert (total(member), total(other)) == (0, 7)
    settled(deed(member, date(YEAR, 9, 1), key="late"))
    assert total(member) == 0, "what comes later is taken too"
    facts.void([f"veto:{member.pk}"], by=None)
    settle(Scope(YEAR))
    assert total(member) == 14
    agree()


def test_a_veto_raises_nobody(tree, member):
    make_scheme(
        tree.county,
        {"code": "absent", "fact_kind": "meeting.absent", "value": Decimal(-1)},
        {"code": "veto", "fact_kind": "manual.veto", "value": Decimal(0), "is_veto": True},
    )
    settled(deed(member, MAY, kind="meeting.absent"), veto(member))
    assert total(member) == -1


def test_a_veto_is_judged_by_the_class_of_its_day(tree, member):
    item = {"code": "veto", "fact_kind": "manual.veto", "value": Decimal(0), "is_veto": True, "classes": ["retired"]}
    make_scheme(tree.county, {"value": Decimal(7)}, item)
    settled(deed(member, MAY), veto(member))
    assert total(member) == 7


@pytest.mark.parametrize("part", ["grade", "multiplier", "ratio", "threshold"])
def test_the_parts_of_a_published_version_are_frozen(tree, part):
    scheme = make_scheme(tree.county, {"grades": {"a": Decimal(1)}}, multipliers={"": (APPRAISAL, APPRAISED)})
    item, multiplier = Item.objects.get(), Multiplier.objects.get()
    attempts = {
        "grade": [
            lambda: ItemGrade.objects.update(value=9),
            lambda: ItemGrade.objects.all().delete(),
            lambda: ItemGrade.objects.create(item=item, code="b", name="b", value=1),
        ],
        "multiplier": [
            lambda: Multiplier.objects.update(name="别的"),
            lambda: Multiplier.objects.create(scheme=scheme, name="x", fact_kind="y"),
        ],
        "ratio": [
            lambda: MultiplierGrade.objects.update(ratio=9),
            lambda: MultiplierGrade.objects.create(multiplier=multiplier, code="b", name="b", ratio=1),
        ],
        "threshold": [lambda: scheme.thresholds.create(name="优秀", at_least=90)],
    }
    for attempt in attempts[part]:
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            attempt()


@pytest.mark.parametrize(("deeds", "ratios"), [(11, {"": 10}), (12, {"": 10}), (12, {"life": 10, "": 10})])
def test_whom_ratios_bring_beyond_a_million_is_settled_and_holds_nobody_up(tree, member, deeds, ratios):
    """110,000 times 10 is still nine hundred and ninety thousand more; one deed further the line was too long for its column."""
    other, kind = make_member(tree.far, "别人"), "manual.project"
    carried = {"code": "carried", "fact_kind": LAST_YEAR, "value": Decimal(1), "category": "carried"}
    times = {code: (APPRAISAL, {"excellent": Decimal(ratio)}) for code, ratio in ratios.items()}
    make_scheme(tree.county, {"fact_kind": kind, "value": Decimal(1)}, carried, multipliers=times)
    many = [deed(member, MAY, kind=kind, key=f"project:{at}", units="10000") for at in range(deeds)]
    settled(*many, appraisal(member, grade="excellent"), deed(other, MAY, kind=kind))
    most = deeds * 10_000 * prod(ratios.values())
    assert (total(member), total(other)) == (most, 1)
    agree()
    [stood] = [row for row in replay(Scope(YEAR), first=MAY, last=JUNE, at=timezone.now()) if row.member_id == member.pk]
    assert stood.recomputed == stood.stood == most
    assert carry_over(YEAR + 1) == 2 and Fact.objects.get(kind=LAST_YEAR, member=member).units == most
    settle(Scope(YEAR + 1))
    assert Standing.objects.get(member=member, year=YEAR + 1).points == most


def test_what_no_line_can_hold_stays_at_its_most_and_holds_nobody_up(tree, member):
    other, kind = make_member(tree.far, "别人"), "manual.project"
    times = {code: (APPRAISAL, {"excellent": Decimal(10)}) for code in ("life", "")}
    make_scheme(tree.county, {"fact_kind": kind, "value": Decimal(1)}, multipliers=times)
    many = [deed(member, MAY, kind=kind, key=f"project:{at}", units="10000") for at in range(24)]
    settled(*many, appraisal(member, grade="excellent"), deed(other, MAY, kind=kind))
    assert (total(member), total(other)) == (2_400_000 + Decimal(MOST) / 100, 1)
    agree()


def test_no_item_of_mixed_sign_is_ever_published(tree):
    scheme = Scheme.objects.create(organisation=tree.county, name="积分办法", version=1, start=MAY)
    category = Category.objects.create(scheme=scheme, code="life", name="组织生活")
    item = Item.objects.create(scheme=scheme, category=category, code="flood", name="防汛", fact_kind="manual.flood", value=Decimal(2))
    ItemGrade.objects.create(item=item, code="missed", name="脱岗", value=Decimal(-2))
    with pytest.raises(DatabaseError, match="one sign"), transaction.atomic():
        Scheme.objects.update(published_at="2026-05-01T00:00Z")
