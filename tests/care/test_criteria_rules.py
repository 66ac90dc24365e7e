"""A tree is data: every fault is a sentence at its node, and editing it keeps everything else in its place."""

from datetime import date

import pytest

from members.care.rules import criteria as c
from members.care.rules import trees
from members.care.rules.conditions import gap, review_due
from members.care.rules.reasons import described

AGE = {"leaf": "age", "at_least": 80}


@pytest.mark.parametrize(
    ("tree", "at", "words"),
    [
        ([], "", "这里要是一条条件，或者一组条件。"),
        ({"all": []}, "", "这一组里还没有条件，加一条，或者删去这一组。"),
        ({"all": [AGE, {"any": []}]}, "1", "这一组里还没有条件，加一条，或者删去这一组。"),
        ({"all": [AGE], "any": [AGE]}, "", "一组条件只能写“满足以下全部”“满足以下任一”“不能是”里的一种。"),
        ({"all": [{"leaf": "wealth"}]}, "0", "没有这一种条件，换一种。"),
        ({"leaf": "age"}, "", "年龄：至少写一头，如 80 以上。"),
        ({"leaf": "age", "at_least": 131}, "", "年龄要是 0 到 130 的整数。"),
        ({"leaf": "age", "at_least": True}, "", "年龄要是 0 到 130 的整数。"),
        ({"leaf": "age", "at_least": 80, "at_most": 79}, "", "年龄从 80 到 79 不会有人，把两头对调或者改一头。"),
        ({"leaf": "age", "at_least": 80, "on": "someday"}, "", "年龄按哪天算：选看的那天、7月1日、年底，或者写一个日子。"),
        ({"leaf": "age", "at_least": 80, "on": "0206-07-01"}, "", "年龄按哪天算：选看的那天、7月1日、年底，或者写一个日子。"),
        ({"leaf": "joined", "before": "9999-12-31"}, "", "入党时间：写明在哪天以前，如 1949-10-01。"),
        ({"leaf": "age", "at_least": 80, "shoe": 43}, "", "年龄这一条里有认不出的内容（shoe），删去重加。"),
        ({"leaf": "joined", "before": "1949-10-32"}, "", "入党时间：写明在哪天以前，如 1949-10-01。"),
        ({"not": {"leaf": "condition", "kinds": []}}, "0", "登记的情况：至少选一种。"),
        ({"leaf": "condition", "kinds": ["rich"]}, "", "登记的情况：有认不出的一种，重选。"),
        ({"leaf": "sex", "value": "3"}, "", "性别：选男或女。"),
        ({"leaf": "appraisal", "back": 9}, "", "民主评议：看几年以前的，写 0 到 5。"),
        (
            {"leaf": "party_age", "at_least": 50, "no_probation": ["1977-08-31", "1969-04-01"]},
            "",
            "没有预备期的那段时间要写起止两个日子，起不晚于止。",
        ),
        ({"all": [{"any": [{"all": [{"any": [{"all": [AGE]}]}]}]}]}, "0.0.0.0", "最多套 4 层，把里面的条件提出来。"),
        ({"all": [AGE] * 31}, "", "最多 30 条，拆成两个名单。"),
    ],
)
def test_every_fault_is_told_at_its_node(tree, at, words):
    with pytest.raises(c.Unfit) as unfit:
        c.read(tree)
    assert [(fault.at, fault.message) for fault in unfit.value.faults] == [(at, words)]


def test_all_faults_are_told_at_once():
    with pytest.raises(c.Unfit) as unfit:
        c.read({"all": [{"leaf": "age"}, {"leaf": "sex", "value": ""}, AGE]})
    assert [fault.at for fault in unfit.value.faults] == ["0", "1"]


def test_a_tree_reads_as_sentences():
    tree = {"all": [AGE, {"any": [{"leaf": "party_age", "at_least": 50, "on": "july"}, {"not": {"leaf": "sex", "value": "1"}}]}]}
    assert described(c.read(tree)) == [
        (0, "满足以下全部"),
        (1, "年龄 80 岁以上"),
        (1, "满足以下任一"),
        (2, "到7月1日党龄 50 年以上（1969年4月至1977年8月入党的从入党之日算）"),
        (2, "不能是"),
        (3, "男"),
    ]


def test_editing_one_node_leaves_the_others():
    tree = {"all": [AGE, {"any": [AGE, {"not": AGE}]}]}
    other = {"leaf": "sex", "value": "2"}
    assert trees.appended(tree, "1", other) == {"all": [AGE, {"any": [AGE, {"not": AGE}, other]}]}
    assert trees.replaced(tree, "1.1.0", other) == {"all": [AGE, {"any": [AGE, {"not": other}]}]}
    assert trees.removed(tree, "1.1.0") == {"all": [AGE, {"any": [AGE]}]}, "of 不能是 the whole goes"
    assert trees.turned(tree, "1") == {"all": [AGE, {"all": [AGE, {"not": AGE}]}]}
    assert trees.negated(tree, "0") == {"all": [{"not": AGE}, {"any": [AGE, {"not": AGE}]}]}
    assert trees.negated(trees.negated(tree, "0"), "0") == tree
    for at in ("9", "0.0", "1.1.0.0", "x", "-1", "9" * 5000):
        with pytest.raises(trees.NoPlace):
            trees.replaced(tree, at, other)


@pytest.mark.parametrize(("on", "july"), [(date(2026, 6, 30), 2026), (date(2026, 7, 1), 2026), (date(2026, 7, 2), 2027)])
def test_the_next_july_is_this_very_day_on_the_first(on, july):
    assert c.day_of("july", on) == date(july, 7, 1)


@pytest.mark.parametrize(
    ("on", "until", "words"),
    [
        (date(2026, 11, 22), date(2028, 1, 22), "1 年 2 个月"),
        (date(2026, 11, 22), date(2028, 1, 21), "1 年 1 个月"),
        (date(2026, 11, 22), date(2026, 12, 21), "29 天"),
        (date(2026, 1, 31), date(2026, 2, 28), "1 个月"),
        (date(2026, 11, 22), date(2026, 11, 22), ""),
    ],
)
def test_what_is_missing_in_words(on, until, words):
    assert gap(on, until) == words


def test_a_review_is_due_a_year_after_the_last_one_and_never_for_what_lasts():
    start = date(2024, 2, 29)
    assert review_due(kind="hardship", start=start, reviewed_on=None, months=12) == date(2025, 2, 28)
    assert review_due(kind="hardship", start=start, reviewed_on=date(2025, 3, 5), months=12) == date(2026, 3, 5)
    assert review_due(kind="retired_cadre", start=start, reviewed_on=None, months=12) is None
