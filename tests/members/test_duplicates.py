"""Files that look like one person's: found, and said to be two persons."""

from datetime import date

import pytest

from members.models import NotSame
from members.rules.duplicates import NUMBER, PHONE, UPGRADED, Known, likeness, one_slip, similar_phones, upgraded
from members.rules.identity import check_digit
from members.rules.spans import Span, inside, outside, until
from members.selectors.duplicates import pairs
from members.services.merging import say_not_same, withdraw_not_same
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.factories import make_member

BORN = date(1979, 8, 1)


def number(body: str) -> str:
    """A valid number of 17 digits: who mistypes one is told the check digit that goes with it."""
    return body + check_digit(body)


def known(body="62990119790801012", *, name="潘山洋", birth_on=BORN, sex="2", phone="13909381234") -> Known:
    return Known(name=name, id_number=number(body), birth_on=birth_on, sex=sex, phone=phone)


# ── The rule ────────────────────────────────────────────────────────────────
def test_a_number_of_15_places_is_the_one_of_18_it_became():
    """GB 11643-1989 → 1999: the century and the check digit are put in."""
    assert upgraded("110105491231002") == "11010519491231002X"
    old = Known(name="潘山洋", id_number="629901790801012", birth_on=BORN, sex="2")
    assert likeness(old, known(phone="")) == UPGRADED


@pytest.mark.parametrize(
    "other",
    [
        known("62990119790801032", phone="13811112222"),  # one wrong digit in the order
        known("62990119690801012", birth_on=date(1969, 8, 1), phone="13811112222"),  # in the year of birth
        known("62990119970801012", birth_on=date(1997, 8, 1), phone=""),  # two neighbours that changed places
    ],
)
def test_one_wrong_or_two_exchanged_digits_are_one_number(other):
    assert likeness(known(), other) == NUMBER


def test_two_wrong_digits_are_another_number():
    assert likeness(known(), known("62990119690801032", birth_on=date(1969, 8, 1), phone="")) is None


@pytest.mark.parametrize("phone", ["13909381234", "13909381235", "+86 139-0938-1234", "0938-7012201"])
def test_one_name_one_birth_and_a_similar_phone_are_one_person(phone):
    alike = known("62992219790801557", sex="1", phone=phone)
    assert likeness(known(), alike) == (PHONE if phone != "0938-7012201" else None)


def test_phones_are_alike_by_one_digit_or_their_last_eight():
    assert similar_phones("13909381234", "13909381334")
    assert not similar_phones("13909381234", "13909381346")
    assert similar_phones("0938-27012201", "27012201")
    assert not similar_phones("", "13909381234")


def test_namesakes_are_not_duplicates():
    assert likeness(known(), known("62992219850315557", birth_on=date(1985, 3, 15), phone="13911110000")) is None, "another birth"
    assert likeness(known(), known("62992119790801557", phone="13911110000", sex="1")) is None, "another phone, another area and sex"
    assert likeness(known(), known("62990219790801012", phone="13911110000")) is None, (
        "another phone and another area, though one digit off"
    )
    assert likeness(known(), known(name="潘三洋")) is None, "another name"


def test_one_slip_is_one_sign_or_two_neighbours():
    assert one_slip("12345", "12346") and one_slip("12345", "12435")
    assert not one_slip("12345", "12345") and not one_slip("12345", "14325") and not one_slip("12345", "1234")


# ── Days ────────────────────────────────────────────────────────────────────
def test_spans_are_cut_to_the_day():
    year = Span(date(2024, 1, 1), date(2025, 1, 1))
    others = [Span(date(2024, 3, 1), date(2024, 6, 1)), Span(date(2024, 12, 1), None)]
    assert outside(year, others) == [Span(date(2024, 1, 1), date(2024, 3, 1)), Span(date(2024, 6, 1), date(2024, 12, 1))]
    assert inside(year, others) == [Span(date(2024, 3, 1), date(2024, 6, 1)), Span(date(2024, 12, 1), date(2025, 1, 1))]
    assert outside(year, []) == [year] and inside(year, [year]) == [year] and outside(year, [year]) == []
    assert outside(Span(date(2024, 1, 1), None), [year]) == [Span(date(2025, 1, 1), None)]
    assert until(year, date(2024, 1, 1)) is None and until(year, date(2024, 1, 2)) == Span(date(2024, 1, 1), date(2024, 1, 2))


# ── Found in a subtree ──────────────────────────────────────────────────────
@pytest.fixture
def alike(tree):
    """One person twice in our branch: a digit of the number's order slipped."""
    return (
        make_member(tree.ours, "潘山洋", birth_on=BORN, id_number=number("62990119790801013"), mobile_phone="13909381234"),
        make_member(tree.ours, "潘山洋", birth_on=BORN, id_number=number("62990119790801033"), mobile_phone=""),
    )


def names(found):
    return [(pair.kept.name, pair.why) for pair in found]


def test_pairs_are_found_in_the_whole_scope_and_in_a_part_of_it(tree, alike, committee, department):
    make_member(tree.ours, "潘山洋", birth_on=date(1962, 2, 2))
    make_member(tree.far, "汤秀颖", birth_on=BORN, mobile_phone="13800000001")
    make_member(tree.neighbours, "汤秀颖", birth_on=BORN, mobile_phone="13800000002")
    assert names(pairs(committee)) == [("潘山洋", NUMBER)]
    assert {name for name, _ in names(pairs(department))} == {"潘山洋", "汤秀颖"}
    assert names(pairs(department, within=tree.ours)) == [("潘山洋", NUMBER)]
    assert pairs(department, within=tree.far) == []
    assert names(pairs(department, text="潘")) == [("潘山洋", NUMBER)]


def test_a_wrong_digit_in_the_birth_is_found_too(tree, committee):
    make_member(tree.ours, "潘山洋", birth_on=date(1979, 8, 1), id_number=number("62990119790801013"))
    make_member(tree.neighbours, "潘山洋", birth_on=date(1978, 8, 1), id_number=number("62990119780801013"))
    assert names(pairs(committee)) == [("潘山洋", NUMBER)]


def test_a_pair_half_out_of_scope_is_not_told(tree, committee, neighbour, reader):
    make_member(tree.ours, "汤秀颖", birth_on=BORN, mobile_phone="13800000001")
    make_member(tree.far, "汤秀颖", birth_on=BORN, mobile_phone="13800000001")
    assert pairs(committee) == [] and pairs(neighbour) == [] and pairs(reader) == []


def test_the_search_costs_the_same_for_two_and_for_many(tree, department, django_assert_num_queries):
    for at in range(12):
        for phone in ("13800000001", "13800000002"):
            make_member(tree.ours, f"汤秀{'一二三四五六七八九十甲乙'[at]}", birth_on=BORN, mobile_phone=phone)
    assert len(pairs(department)) == 12
    del department._held_grants
    with django_assert_num_queries(3):
        pairs(department)


# ── Two persons after all ───────────────────────────────────────────────────
def test_a_pair_told_apart_does_not_come_back_until_that_is_withdrawn(alike, committee):
    said = say_not_same(*reversed(alike), by=committee)
    assert said.first_id < said.second_id and said.decided_by == committee
    assert pairs(committee) == []
    withdraw_not_same(said, by=committee)
    assert len(pairs(committee)) == 1
    assert list(AuditEntry.objects.filter(code__startswith="members.pair").order_by("id").values_list("code", flat=True)) == [
        "members.pair.told_apart",
        "members.pair.compared_again",
    ]


def test_telling_apart_twice_is_told(alike, committee):
    said = say_not_same(*alike, by=committee)
    with pytest.raises(DomainError, match="已经判定过"):
        say_not_same(*alike, by=committee)
    with pytest.raises(DomainError, match="两份不同"):
        say_not_same(alike[0], alike[0], by=committee)
    withdraw_not_same(said, by=committee)
    with pytest.raises(DomainError, match="已经撤回"):
        withdraw_not_same(said, by=committee)
    assert NotSame.objects.count() == 1
