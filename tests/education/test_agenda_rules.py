"""Minutes cut into items, drawn by lot, counted out, on leave: the rules alone."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from education.rules import Item, changes, drawn, exclusion_faults, leave_faults, split_minutes, whole_text

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("一、学习森林防火条例\n大家逐条学习。\n二、讨论换届", ["学习森林防火条例", "讨论换届"]),
        ("1. 学习条例\n内容\n2、讨论换届\n3．其他", ["学习条例", "讨论换届", "其他"]),
        ("议题：学习条例\n说了什么\n议题二：讨论换届", ["学习条例", "讨论换届"]),
        ("（一）学习条例\n（二）讨论换届", ["学习条例", "讨论换届"]),
        ("第一项议题，学习条例\n第二项议题，讨论换届", ["学习条例", "讨论换届"]),
        ("一、学习条例\n1. 总则\n2. 分则\n二、讨论换届", ["学习条例", "讨论换届"]),
        ("没有编号的一段话。\n又一段。", []),
        ("", []),
        ("3.5 亩地的事\n2026 年的计划", []),
    ],
)
def test_minutes_are_cut_at_their_widest_numbering(text, titles):
    assert [item.title for item in split_minutes(text)] == titles


def test_no_word_is_lost_in_the_cut():
    text = "会议由吕山东主持。\n一、学习条例（张三汇报）\n逐条学习。\n讨论热烈。\n议定：每户发一份。\n二、讨论换届。李四说明了时间安排。"
    assert split_minutes(text) == [
        Item("开场", "会议由吕山东主持。"),
        Item("学习条例", "逐条学习。\n讨论热烈。", "每户发一份。", "张三"),
        Item("讨论换届", "李四说明了时间安排。"),
    ]


def test_a_heading_without_end_keeps_its_words_as_what_was_said():
    (item,) = split_minutes("一、" + "很长" * 90)
    assert len(item.title) <= 120
    assert item.said == "很长" * 90


def test_the_whole_text_is_empty_until_something_was_written():
    assert whole_text(topic="防火", minutes=" \n", decisions="", agenda=[]) == ""
    assert whole_text(topic="防火", minutes="学习。", decisions="发一份", agenda=[Item("换届", "说明", "同意", "李四")]) == (
        "主题：防火\n议题 1：换届（李四汇报）\n说明\n议定：同意\n学习。\n议定事项：发一份"
    )


def test_changes_tell_line_by_line():
    assert [(one.sign, one.line) for one in changes("甲\n乙", "甲\n丙")] == [(" ", "甲"), ("-", "乙"), ("+", "丙")]


def test_a_draw_is_repeatable_and_fair():
    uids = [UUID(int=at) for at in range(20)]
    assert drawn(uids, seed="a", count=5) == drawn(reversed(uids), seed="a", count=5)
    assert len(set(drawn(uids, seed="a", count=5))) == 5
    assert drawn(uids, seed="a", count=50) == drawn(uids, seed="a", count=20)
    hits = dict.fromkeys(uids, 0)
    for seed in range(2000):
        for uid in drawn(uids, seed=str(seed), count=5):
            hits[uid] += 1
    assert min(hits.values()) > 400 and max(hits.values()) < 600  # 500 expected; five sigma is 97


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (DAY - timedelta(days=1), None, "start"),
        (DAY, None, None),
        (DAY, DAY, "end"),
        (DAY, DAY + timedelta(days=1), None),
        (DAY, date(2027, 11, 20), None),
        (DAY, date(2027, 11, 21), "end"),
    ],
)
def test_an_exclusion_begins_with_the_branchs_consent_and_is_never_for_good(start, end, field):
    faults = exclusion_faults(start=start, end=end, agreed_on=DAY, longest_months=12)
    assert [fault.field for fault in faults] == ([field] if field else [])


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (60, False), (61, True)])
def test_leave_is_asked_before_the_day(days, refused):
    assert bool(leave_faults(day=DAY + timedelta(days=days), today=DAY, farthest_days=60)) is refused
