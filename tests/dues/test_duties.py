"""What a branch has to do about dues, why, and where; the fact clears it."""

from datetime import date
from decimal import Decimal

import pytest

from members.dues import services
from members.dues.duties import due, due_for
from members.dues.models import Collection
from members.dues.selectors.arrears import arrears_within
from tests.dues.makers import NOVEMBER, TODAY, assess, farmer, month, take
from tests.factories import make_member

JANUARY_ON = [(n, date(2026, n, 28)) for n in range(1, 11)]


def told(duties, word="dues."):
    return [(duty.title, duty.due_on) for duty in duties if duty.key.startswith(word)]


@pytest.fixture
def people(tree):
    people = [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]
    assess(*people, line=farmer())
    return people


def keep_up(*members, by, months=10):
    """Everybody pays each month in its month, up to one."""
    for number, day in JANUARY_ON[:months]:
        take(*members, by=by, until=month(number), day=day, today=day)


def test_a_branch_that_never_assessed_anybody_is_not_urged(tree, secretary):
    make_member(tree.ours)
    assert due(secretary, TODAY) == []


def test_who_lacks_a_base_and_who_owes_this_month(tree, secretary, deputy, people):
    keep_up(*people, by=deputy)
    services.confirm(Collection.objects.all(), by=secretary)
    make_member(tree.ours, "赵峰河")
    duties = due(secretary, TODAY)
    assert told(duties) == [("核定 1 人的党费基数", date(2026, 11, 30)), ("收 11 月党费", date(2026, 11, 30))]
    assert duties[1].reason == "党费按月交，11 月还有 3 人没交，共 1.50 元"
    assert duties[1].url == "/dues/?organisation=001003001&month=2026-11"
    take(*people, by=deputy)
    assert told(due(secretary, TODAY), "dues.collect") == []


def test_confirming_is_asked_of_the_other_person_only(tree, secretary, deputy, people):
    keep_up(*people, by=deputy)
    services.confirm(Collection.objects.all(), by=secretary)
    take(*people, by=secretary)
    assert told(due(secretary, TODAY), "dues.confirm") == []
    assert told(due(deputy, TODAY), "dues.confirm") == [("核对 11月22日收的党费", date(2026, 11, 30))]
    services.confirm(Collection.objects.all(), by=deputy)
    assert told(due(deputy, TODAY), "dues.confirm") == []


@pytest.mark.parametrize(
    ("paid", "title"),
    [
        (10, None),
        (9, "催交 1 人的党费"),
        (8, "催交 1 人的党费"),
        (7, "提醒 1 人交党费"),
        (6, "提醒 1 人交党费"),
        (5, "找龚莉娜谈话"),
        (4, "研究龚莉娜不交党费的事"),
        (3, "研究龚莉娜不交党费的事"),
    ],
)
def test_tiaoli_art31_6_the_reminders_at_one_three_five_and_six_months(tree, secretary, people, paid, title):
    keep_up(*people[:2], by=secretary)
    keep_up(people[2], by=secretary, months=paid)
    assert [name for name, _ in told(due(secretary, TODAY), "dues.arrears")] == ([title] if title else [])
    [arrear] = arrears_within(tree.ours, today=TODAY) if title else [None]
    assert arrear is None or (arrear.consecutive, arrear.may_have_lapsed) == (10 - paid, paid <= 4)


def test_the_committee_hears_of_exemptions_and_of_six_months(tree, secretary, committee, people):
    keep_up(*people[:2], by=secretary)
    keep_up(people[2], by=secretary, months=4)
    row = services.file_exemption(people[0], start=NOVEMBER, until=NOVEMBER, monthly=Decimal(0), reason="患病", by=secretary, today=TODAY)
    assert [name for name, _ in told(due(committee, TODAY))] == ["研究龚莉娜不交党费的事", "审批党费减免 1 件"]
    services.approve_exemption(row, by=committee)
    assert [name for name, _ in told(due(committee, TODAY))] == ["研究龚莉娜不交党费的事"]


def test_many_branches_cost_as_many_statements_as_one(tree, secretary, people, django_assert_num_queries):
    strangers = [make_member(tree.neighbours), make_member(tree.neighbours)]
    assess(*strangers)
    for branches in ([tree.ours], [tree.ours, tree.neighbours, tree.far]):
        with django_assert_num_queries(7):
            due_for(branches, TODAY)
