"""每月应交: which months are due, of which branch, on the day before, on and after the last day of a month."""

from datetime import date
from decimal import Decimal as D

from members.dues.models import DueMonth
from members.services.membership import leave, move, restore, suspend
from tests.dues.makers import assess, farmer, month, months_of, salaried
from tests.factories import make_member


def due_months(member, year=2026):
    return [number for number, *_ in months_of(member, year)]


def test_a_member_owes_every_month_from_the_base_to_december(tree):
    person = make_member(tree.ours)
    assert due_months(person) == []
    assess(person, start=month(3))
    assert months_of(person) == [(m, D("40.00"), False) for m in range(3, 13)]


def test_zhongzufa_2008_3_a_probationary_member_owes_the_month_of_the_assembly(tree):
    on_the_last = make_member(
        tree.ours, joined_on=date(2026, 6, 30), full_on=None, category="probationary", start=date(2026, 6, 30), birth_on=date(2000, 1, 1)
    )
    on_the_first = make_member(
        tree.ours, joined_on=date(2026, 7, 1), full_on=None, category="probationary", start=date(2026, 7, 1), birth_on=date(2000, 1, 1)
    )
    assess(on_the_last, on_the_first)
    assert due_months(on_the_last)[0] == 6
    assert due_months(on_the_first)[0] == 7


def test_a_transfer_splits_the_year_by_the_branch_of_each_last_day(tree, committee):
    people = [make_member(tree.ours) for _ in range(3)]
    assess(*people)
    for person, day in zip(people, (date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1)), strict=True):
        move(person, to=tree.neighbours, on=day, by=committee)
    ours = [DueMonth.objects.of_year(2026).filter(member=person, organisation=tree.ours).count() for person in people]
    assert ours == [5, 5, 6], "June is the new branch's until the move comes after its last day"
    assert DueMonth.objects.of_year(2026).filter(member__in=people).count() == 36


def test_who_died_by_the_last_day_does_not_owe_the_month(tree, committee):
    person, other = make_member(tree.ours), make_member(tree.ours)
    assess(person, other)
    leave(person, on=date(2026, 9, 30), reason="died", by=committee)  # the first day away
    leave(other, on=date(2026, 10, 1), reason="died", by=committee)
    assert due_months(person)[-1] == 8
    assert due_months(other)[-1] == 9


def test_suspended_months_are_not_due(tree, committee):
    person = make_member(tree.ours)
    assess(person)
    suspend(person, on=date(2026, 4, 30), reason="lost_contact", basis="批复", by=committee)
    restore(person, on=date(2026, 7, 31), basis="批复", by=committee)
    assert due_months(person) == [1, 2, 3, 7, 8, 9, 10, 11, 12]


def test_zhongzufa_2008_3_a_change_of_pay_counts_from_its_month(tree):
    person = make_member(tree.ours)
    assess(person, line=salaried("3000"))
    assess(person, line=salaried("3000.01"), start=month(8))
    assert [due for _, due, _ in months_of(person)] == [D("15.00")] * 7 + [D("30.00")] * 5


def test_a_base_holds_its_year_alone(tree):
    person = make_member(tree.ours)
    assess(person, line=farmer())
    assert due_months(person, 2027) == []


def test_the_month_of_everybody_is_one_statement(tree, django_assert_num_queries):
    assess(*[make_member(tree.ours) for _ in range(20)])
    with django_assert_num_queries(1):
        told = DueMonth.objects.of_month(month(11)).aggregate(**DueMonth.objects.sums())
    assert (told["months"], told["due_total"], told["owing_total"], told["paid_total"]) == (20, D("800.00"), D("800.00"), D("0"))
