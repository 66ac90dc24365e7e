"""What is found in a draft, each finding on its own example, and nothing where nothing is wrong."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from points.rules.content import FULL, PROBATIONARY, QUARTER, RED, YELLOW, Category, Grade, Item, Multiplier, Ratio, Scheme, Threshold
from points.rules.findings import STOP, WARN, findings
from points.rules.kinds import APPRAISAL, APPRAISAL_GRADES, is_by_hand

TODAY, START = date(2026, 11, 22), date(2027, 1, 1)


def points(number) -> Decimal:
    return Decimal(str(number))


def item(code="theme_day", kind="meeting.theme_day", value=2, **fields) -> Item:
    fields = {"category": "life", "name": code, "manual": is_by_hand(kind)} | fields
    return Item(code=code, fact_kind=kind, value=points(value), **fields)


def threshold(name, at_least, **fields) -> Threshold:
    return Threshold(name=name, at_least=points(at_least), **fields)


BASE = item("base", "scheme.base", 5, category="base")
# A year's best is 20 of base and 80 of the category's cap: a hundred.
SOUND = Scheme(
    name="积分办法",
    categories=(Category(code="base", name="基础分"), Category(code="life", name="组织生活", cap=points(80), cap_period="year")),
    items=(BASE, item()),
)


def found(scheme=SOUND, *, start=START, **known) -> dict[str, str]:
    return {one.code: one.severity for one in findings(scheme, start=start, today=TODAY, **known)}


def with_items(*items) -> Scheme:
    return replace(SOUND, items=(*SOUND.items, *items))


def with_thresholds(*thresholds) -> Scheme:
    return replace(SOUND, thresholds=thresholds)


def test_a_sound_draft_has_no_findings():
    assert found() == {}


def test_what_stops_comes_first_and_names_its_place():
    mixed = item("mixed", "manual.task", 2, grades=(Grade(code="bad", name="差", value=points(-1)),))
    listed = findings(
        replace(with_items(mixed), categories=(*SOUND.categories, Category(code="empty", name="空"))), start=START, today=TODAY
    )
    assert [one.severity for one in listed] == [STOP, WARN]
    assert listed[0].anchor == "item-mixed" and "分成两项" in listed[0].sentence and listed[1].anchor == "category-empty"


# ── Items ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("one", "other", "overlaps"),
    [
        ((), (), True),
        (("village",), (), True),
        (("village", "mobile"), ("mobile", "retired"), True),
        (("village",), ("mobile",), False),
    ],
)
def test_one_fact_is_counted_in_one_item_of_a_class(one, other, overlaps):
    scheme = replace(SOUND, items=(BASE, item(classes=one), item("again", classes=other)))
    assert found(scheme).get("overlap") == (STOP if overlaps else None)


def test_two_items_may_share_a_fact_only_when_both_say_so():
    assert "overlap" in found(with_items(item("again", shares_fact=True)))
    both = replace(SOUND, items=(BASE, item(shares_fact=True), item("again", shares_fact=True)))
    assert "overlap" not in found(both)


@pytest.mark.parametrize(
    ("value", "grades", "mixed"), [(1, (2, 3), False), (-1, (-3,), False), (0, (2,), False), (1, (-1,), True), (0, (1, -1), True)]
)
def test_an_item_adds_or_takes_never_both(value, grades, mixed):
    graded = item("letter", "manual.letter", value, grades=tuple(Grade(code=f"g{n}", name=f"{n}", value=points(n)) for n in grades))
    assert ("mixed_sign" in found(with_items(graded))) is mixed


def test_an_item_is_worth_something_unless_it_vetoes_or_feeds_a_ratio():
    assert found(with_items(item("nothing", "manual.task", 0)))["worthless"] == STOP
    assert "worthless" not in found(with_items(item("veto", "manual.veto", 0, is_veto=True)))
    feeds = item("result", APPRAISAL, 0)
    assert "worthless" in found(with_items(feeds))
    assert "worthless" not in found(replace(with_items(feeds), multipliers=(ratios(),)))
    assert "worthless" not in found(with_items(item("graded", "manual.task", 0, grades=(Grade(code="a", name="a", value=points(1)),))))


def test_some_fact_must_feed_an_item():
    assert found(with_items(item("what", "nobody.writes")))["no_such_kind"] == STOP
    assert found(with_items(item("task", "manual.task", manual=False)))["nobody_files"] == STOP
    assert "no_such_kind" not in found(with_items(item("own", "manual.m1234", manual=True)))


@pytest.mark.parametrize(("value", "grade", "stops"), [(1000, 0, False), ("1000.01", 0, True), (-1001, -1, True), (5, 5000, True)])
def test_a_slip_of_the_decimal_point_is_asked_after(value, grade, stops):
    graded = item("task", "manual.task", value, grades=(Grade(code="county", name="县级", value=points(grade)),))
    assert found(with_items(graded)).get("too_large") == (STOP if stops else None)


@pytest.mark.parametrize(("ratio", "stops"), [("10", False), ("10.01", True)])
def test_a_ratio_is_no_percentage(ratio, stops):
    times = Multiplier(name="系数", fact_kind=APPRAISAL, grades=(Ratio(code="excellent", name="优秀", ratio=points(ratio)),))
    assert found(replace(SOUND, multipliers=(times,))).get("too_large") == (STOP if stops else None)


@pytest.mark.parametrize(("kind", "stops"), [("study.hours", True), ("meeting.theme_day", True), ("manual.task", False)])
def test_hours_and_meetings_are_no_ratio(kind, stops):
    scheme = replace(with_items(item("told", kind, 0)), multipliers=(Multiplier(name="系数", fact_kind=kind),))
    assert found(scheme).get("no_ratio_told") == (STOP if stops else None)


@pytest.mark.parametrize(("value", "stops"), [("0.2", False), (1, False), (20, True)])
def test_who_means_twenty_percent_does_not_write_twenty(value, stops):
    carried = item("carried", "scheme.last_year", value, category="base", cap=points(20), cap_period="year")
    assert found(with_items(carried)).get("carries_more") == (STOP if stops else None)


def test_a_kind_of_which_nothing_was_recorded_for_a_year_is_told():
    assert "never_recorded" not in found(), "unknown is not never"
    assert found(recorded={"scheme.base"}) == {"never_recorded": WARN}
    assert found(recorded={"scheme.base", "meeting.theme_day"}) == {}
    assert "never_recorded" not in found(with_items(item("task", "manual.task")), recorded={"scheme.base", "meeting.theme_day"})


def test_a_cap_below_one_unit_is_told():
    assert "cap_below_one" not in found(with_items(item("hours", "study.hours", 2, cap=points(2), cap_period="month")))
    assert found(with_items(item("hours", "study.hours", 2, cap=points("1.99"), cap_period="month"))) == {"cap_below_one": WARN}


# ── Classes, base, head ─────────────────────────────────────────────────────
def test_a_class_that_can_gain_nothing_is_told():
    active = ("village", "office", "enterprise", "mobile", "retired")
    scheme = replace(SOUND, items=(replace(BASE, classes=active), item(classes=active)))
    assert found(scheme) == {"class_without_item": WARN}
    exempt = replace(scheme, items=(*scheme.items, item("base_exempt", "scheme.base", 15, category="base", classes=("exempt",))))
    assert found(exempt) == {}


@pytest.mark.parametrize("kind", ["scheme.base", "scheme.year", "scheme.last_year"])
def test_a_scheme_without_a_base_is_told(kind):
    assert found(replace(SOUND, categories=SOUND.categories[1:], items=(item(),))) == {"no_base": WARN}
    assert "no_base" not in found(replace(SOUND, items=(item("base", kind, 1), item())))


def test_a_scheme_without_items_stops():
    assert found(replace(SOUND, items=(), categories=()))["no_items"] == STOP


@pytest.mark.parametrize(("start", "past"), [(TODAY.replace(day=21), True), (TODAY, False), (TODAY.replace(day=23), False)])
def test_a_first_day_that_is_gone_tells_how_many_facts_it_moves(start, past):
    listed = findings(SOUND, start=start, today=TODAY, rescored=37)
    assert bool(listed) is past
    assert not past or ((listed[0].code, listed[0].severity) == ("start_past", WARN) and "37 笔记实会重新计分" in listed[0].sentence)


def test_two_versions_never_begin_on_one_day():
    assert found(taken_days={START})["start_taken"] == STOP
    assert found(taken_days={date(2026, 12, 31)}) == {}
    assert found(taken_days={date(2027, 1, 2)}) == {"start_before_another": WARN}


def test_a_total_below_the_categories_is_told():
    two = replace(SOUND, categories=(replace(SOUND.categories[0], cap=points(5), cap_period="quarter"), SOUND.categories[1]))
    assert found(replace(two, cap=points(100), cap_period="year")) == {}
    assert found(replace(two, cap=points("99.99"), cap_period="year")) == {"cap_below_categories": WARN}


def test_a_floor_above_the_cap_stops():
    assert found(replace(SOUND, cap=points(100), cap_period="year", floor=points(100))) == {}
    assert found(replace(SOUND, cap=points(100), cap_period="year", floor=points(101)))["floor_above_cap"] == STOP


def test_a_floor_above_nothing_stops_where_no_base_is_given():
    base, life = SOUND.categories
    assert found(replace(SOUND, categories=(replace(base, floor=points(1)), replace(life, floor=points(0))))) == {}
    assert found(replace(SOUND, categories=(base, replace(life, floor=points(1))))) == {"floor_above_nothing": STOP}


# ── Ratios ──────────────────────────────────────────────────────────────────
def ratios(*lacking: str) -> Multiplier:
    grades = tuple(Ratio(code=code, name=name, ratio=points(1)) for code, name in APPRAISAL_GRADES if code not in lacking)
    return Multiplier(name="评议系数", fact_kind=APPRAISAL, grades=grades)


def test_every_grade_of_an_appraisal_has_its_ratio():
    fed = replace(with_items(item("result", APPRAISAL, 0)), multipliers=(ratios(),))
    assert found(fed) == {}
    assert found(replace(fed, multipliers=(ratios("basic"),))) == {"no_ratio": STOP}
    assert "基本合格" in findings(replace(fed, multipliers=(ratios("basic"),)), start=START, today=TODAY)[0].sentence


def test_a_ratio_told_by_hand_needs_an_item_to_tell_it_by():
    assert found(replace(SOUND, multipliers=(ratios(),))) == {"nobody_files_ratio": STOP}


# ── Grades ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("at_least", "stops"), [("99.99", False), ("100", False), ("100.01", True)])
def test_a_threshold_nobody_can_reach_stops(at_least, stops):
    assert found(with_thresholds(threshold("优秀", at_least), threshold("不合格", 0))) == ({"unreachable": STOP} if stops else {})


def test_a_threshold_is_measured_only_where_the_total_has_a_bound():
    unbounded = replace(
        with_thresholds(threshold("优秀", 1000), threshold("一般", 0)), categories=(SOUND.categories[0], Category(code="life", name="生活"))
    )
    assert found(unbounded) == {}
    assert "unreachable" in found(replace(unbounded, cap=points(200), cap_period="year"))


@pytest.mark.parametrize(
    ("at_least", "to_date", "stops"), [(85, False, False), ("85.01", False, True), (100, True, False), ("100.01", True, True)]
)
def test_a_quarters_threshold_is_measured_by_what_its_grade_counts(at_least, to_date, stops):
    """A quarter alone: 5 of base and at most the year's 80; the year to date: a hundred."""
    scheme = with_thresholds(threshold("优秀", at_least, period=QUARTER), threshold("一般", 0, period=QUARTER))
    assert ("unreachable" in found(replace(scheme, quarter_counts="to_date" if to_date else "quarter"))) is stops


def test_a_ratio_above_one_raises_what_can_be_reached():
    graded = replace(with_items(item("result", APPRAISAL, 0)), thresholds=(threshold("优秀", 120), threshold("一般", 0)))
    assert "unreachable" in found(replace(graded, multipliers=(ratios(),)))
    better = replace(ratios(), grades=(replace(ratios().grades[0], ratio=points("1.2")), *ratios().grades[1:]))
    assert found(replace(graded, multipliers=(better,))) == {}


def test_grades_have_no_doubles_and_no_gap():
    assert found(with_thresholds(threshold("合格", 60), threshold("优秀", 90))) == {"gap_below": WARN}
    assert found(with_thresholds(threshold("合格", 0), threshold("合格", 90)))["same_name"] == STOP
    assert found(with_thresholds(threshold("合格", 0), threshold("优秀", 90), threshold("先进", 90)))["same_points"] == STOP
    assert found(with_thresholds(threshold("合格", 0), threshold("合格", 0, period=QUARTER))) == {}


def test_a_kind_of_member_without_any_grade_is_told():
    some = (threshold("合格", 0, of=FULL), threshold("按期", 0, of=PROBATIONARY))
    assert found(with_thresholds(*some)) == {}
    assert found(with_thresholds(some[1], threshold("一般", 0))) == {}, (
        "who has grades of their own is judged by them, the others by those of all"
    )
    assert found(with_thresholds(some[0])) == {"nobody_graded": WARN}


def test_stars_rise_with_points():
    assert found(with_thresholds(threshold("一星", 0, stars=1), threshold("二星", 60, stars=2))) == {}
    for lower, higher in ((2, 1), (1, 1)):
        stars = with_thresholds(threshold("甲", 0, stars=lower), threshold("乙", 60, stars=higher))
        assert found(stars) == {"stars_fall": STOP}


def test_the_yellow_list_is_below_the_red_one():
    assert found(with_thresholds(threshold("红", 80, on_list=RED), threshold("黄", 0, on_list=YELLOW))) == {}
    assert found(with_thresholds(threshold("红", 0, on_list=RED), threshold("黄", 80, on_list=YELLOW))) == {"yellow_above_red": STOP}
