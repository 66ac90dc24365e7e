"""Study's rules against their worked examples (docs/rules.md)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from education.study import rules


@pytest.mark.parametrize(
    ("minutes", "hours"), [(22, "0"), (23, "0.5"), (44, "0.5"), (45, "1"), (67, "1"), (68, "1.5"), (90, "2"), (100, "2")]
)
def test_a_school_hour_is_45_minutes_and_what_is_begun_counts_by_halves_down(minutes, hours):
    assert rules.hours_of_minutes(minutes, an_hour=45) == Decimal(hours)


def test_a_training_of_two_days_is_four_half_days_of_four_hours():
    assert rules.half_days_between(date(2026, 11, 19), date(2026, 11, 20)) == 4
    assert rules.hours_of_half_days(4, each=4) == 16


POOL = {"党章": [f"a{n}" for n in range(10)], "条例": [f"b{n}" for n in range(5)]}


def test_a_draw_takes_so_many_of_each_kind_and_the_same_from_the_same_seed():
    drawn = rules.draw(POOL, {"党章": 3, "条例": 2}, seed=7)
    assert sorted(uid[0] for uid in drawn) == ["a", "a", "a", "b", "b"] and len(set(drawn)) == 5
    assert drawn == rules.draw({name: list(reversed(uids)) for name, uids in POOL.items()}, {"条例": 2, "党章": 3}, seed=7)


def test_every_question_is_as_likely_as_any_other():
    """6,000 draws of 3 of 10: each expected 1,800 times; five standard deviations are 177."""
    count = dict.fromkeys(POOL["党章"], 0)
    for seed in range(6000):
        for uid in rules.draw(POOL, {"党章": 3}, seed):
            count[uid] += 1
    assert all(abs(times - 1800) < 177 for times in count.values()), count


@pytest.mark.parametrize(("said", "letters"), [("ca", "AC"), ("A C", "AC"), (["C", "A", "A"], "AC"), ("", ""), ("xyz", "")])
def test_an_answer_is_its_letters(said, letters):
    assert rules.normal_answer(said) == letters


def test_a_question_of_several_is_right_with_all_its_letters_and_no_others():
    key = {"1": "AC", "2": "B", "3": "A"}
    assert rules.judged({"1": "CA", "2": "B"}, key) == 2
    assert rules.judged({"1": "A", "2": "BC", "3": ""}, key) == 0
    assert rules.judged({"1": "ACD", "9": "A"}, key) == 0


@pytest.mark.parametrize(("correct", "passed"), [(5, False), (6, True), (7, True)])
def test_at_the_mark_is_enough(correct, passed):
    assert rules.is_passed(correct=correct, total=10, pass_percent=60) is passed


def test_a_try_with_a_limit_has_its_grace_and_no_more():
    until = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert rules.is_in_time(until + timedelta(minutes=5), until=until, grace_minutes=5)
    assert not rules.is_in_time(until + timedelta(minutes=5, seconds=1), until=until, grace_minutes=5)
    assert rules.is_in_time(until + timedelta(days=9), until=None, grace_minutes=5)


GOOD = {"题型": "单选", "题目": "党章共几章？", "选项A": "十章", "选项B": "十一章", "答案": "B"}
FAULTS = {
    "题型": ({"题型": "填空"}, "unknown_choice"),
    "题目": ({"题目": ""}, "required"),
    "长题目": ({"题目": "长" * 401}, "too_long"),
    "长选项": ({"选项B": "长" * 201}, "too_long"),
    "长分类": ({"分类": "类" * 21}, "too_long"),
    "长解析": ({"解析": "长" * 401}, "too_long"),
    "没有选项": ({"选项B": "", "答案": "A"}, "required"),
    "空选项": ({"选项B": "", "选项C": "十二章", "答案": "A"}, "gap"),
    "重选项": ({"选项B": "十章"}, "duplicate"),
    "没有的选项": ({"答案": "D"}, "bad_answer"),
    "读不出的答案": ({"答案": "B7"}, "bad_answer"),
    "单选多答": ({"答案": "AB"}, "bad_answer"),
    "多选单答": ({"题型": "多选"}, "bad_answer"),
    "判断": ({"题型": "判断", "答案": "也许"}, "bad_answer"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_row_that_is_no_question_says_why(what):
    changed, code = FAULTS[what]
    told = rules.read_question(GOOD | changed, 5)
    assert [fault.code for fault in told] == [code] and told[0].row == 5 and told[0].message.endswith("。")


def test_a_row_is_a_question():
    told = rules.read_question(GOOD | {"分类": "党章"}, 5)
    assert (told.kind, told.answer, told.stratum, told.options) == ("single", "B", "党章", [["A", "十章"], ["B", "十一章"]])
    assert rules.read_question({"题型": "判断题", "题目": "对吗", "答案": "错"}, 1).answer == rules.NO
