"""The real schemes, each published as its template is, on deeds whose worth was reckoned by hand from the published text."""

from datetime import date
from decimal import Decimal

import pytest

from members.services import facts
from points import services
from points.rules.kinds import APPRAISAL
from points.schemes import BY_CODE
from points.selectors.grades import grade_of, grades_under, with_streaks
from points.settlement import Scope, settle
from points.settlement.check import ledger_drift, projection_drift
from points.settlement.grades import GradePeriod
from tests.factories import make_member
from tests.points.makers import YEAR, deed, settled, total

pytestmark = pytest.mark.django_db

FIRST, AFTER = date(YEAR, 1, 1), date(YEAR + 1, 1, 10)


@pytest.fixture
def ruled(tree):
    """Publish a template for the county from the year's first day."""
    return lambda code: services.publish(
        services.begin_from_template(BY_CODE[code], organisation=tree.county, start=FIRST, by=None), by=None
    )


def did(member, kind, *days: date, units="1", grade=""):
    """A fact of a kind on each day."""
    return [deed(member, day, key=f"{member.pk}:{kind}:{grade}:{day}", kind=kind, units=units, grade=grade) for day in days]


def monthly(day: int) -> list[date]:
    return [date(YEAR, month, day) for month in range(1, 13)]


def graded(member, quarter: int | None = None) -> str:
    found = grade_of(member, GradePeriod(YEAR, quarter), today=AFTER)
    return found.grade.name if found.grade else ""


def agree():
    assert settle(Scope(YEAR)).entries == 0
    assert ledger_drift() is None and projection_drift() is None


# ── 东阳市 ──────────────────────────────────────────────────────────────────
def test_dongyang_a_hundred_less_what_was_done_wrong(ruled, member):
    ruled("dongyang")
    settled(*did(member, "scheme.year", FIRST), *did(member, "manual.campaign", date(YEAR, 3, 10), grade="outstanding"))
    assert (total(member), graded(member, 1)) == (110, "合格")
    settled(*did(member, "manual.illegal_building", date(YEAR, 5, 5)), *did(member, "meeting.absent", date(YEAR, 6, 1), date(YEAR, 7, 1)))
    assert total(member) == 110 - 40 - 4
    assert (graded(member, 1), graded(member, 2), graded(member)) == ("合格", "合格", "合格"), "a quarter is judged by the year to its end"
    agree()


@pytest.mark.parametrize(("late", "grade"), [(0, "合格"), (1, "整改帮教")])
def test_dongyang_sixty_is_enough_and_fifty_nine_is_not(ruled, member, late, grade):
    ruled("dongyang")
    settled(
        *did(member, "scheme.year", FIRST),
        *did(member, "manual.illegal_building", date(YEAR, 5, 5)),
        *did(member, "meeting.late", *monthly(9)[:late]),
    )
    assert (total(member), graded(member)) == (60 - late, grade)


@pytest.mark.parametrize(("late", "grade"), [(0, "达到按期转正的分数"), (1, "未达到转正的分数")])
def test_dongyang_a_probationary_member_needs_eighty_five(ruled, tree, late, grade):
    ruled("dongyang")
    person = make_member(tree.ours, "新同志", category="probationary", joined_on=date(YEAR, 1, 1), full_on=None)
    settled(
        *did(person, "scheme.year", FIRST),
        *did(person, "manual.unlawful", date(YEAR, 2, 1)),
        *did(person, "manual.commendation", date(YEAR, 3, 1)),
        *did(person, "meeting.late", *monthly(9)[:late]),
    )
    assert (total(person), graded(person)) == (100 - 20 + 5 - late, grade)


def test_dongyang_nothing_falls_below_zero(ruled, member):
    ruled("dongyang")
    settled(*did(member, "scheme.year", FIRST), *did(member, "manual.illegal_building", *monthly(5)[:3]))
    assert (total(member), graded(member)) == (0, "整改帮教")
    agree()


# ── 华宁县 ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("commended", "absent", "points", "stars"),
    [
        (0, 0, 90, 4),
        (1, 0, 95, 4),
        (2, 0, 100, 5),
        (2, 2, 96, 5),
        (2, 3, 94, 4),
        (0, 1, 88, 3),
        (0, 6, 78, 2),
        (0, 11, 68, 1),
        (0, 16, 58, 0),
    ],
)
def test_huaning_stars(ruled, member, commended, absent, points, stars):
    """60 + 组织生活 12 + 8 (封顶 20) + 志愿 12 小时 (封顶 10), 表彰 5 each (封顶 10), 缺席 −2 each."""
    ruled("huaning")
    settled(
        *did(member, "scheme.year", FIRST),
        *did(member, "meeting.theme_day", *monthly(5)),
        *did(member, "meeting.assembly", *(date(YEAR, month, 20) for month in (1, 4, 7, 10))),
        *did(member, "manual.volunteer", date(YEAR, 8, 8), units="12"),
        *did(member, "manual.commendation", *monthly(1)[:commended]),
        *did(member, "meeting.absent", *(date(YEAR, 11, 1 + n) for n in range(absent))),
    )
    found = grade_of(member, GradePeriod(YEAR), today=AFTER)
    assert (total(member), found.stars) == (points, stars)


@pytest.mark.parametrize(("months", "grade"), [("0", "一星"), ("1", "不合格")])
def test_huaning_begins_at_sixty(ruled, member, months, grade):
    ruled("huaning")
    arrears = did(member, "dues.arrears", date(YEAR, 9, 30), units=months) if months != "0" else []
    settled(*did(member, "scheme.year", FIRST), *arrears)
    assert graded(member) == grade


# ── 红岗村 ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("last_year", "appraised", "points", "grade"),
    [
        ("90", "", "93", "优秀"),  # 18 + 70 + 5
        ("90", "excellent", "93", "优秀"),
        ("90", "qualified", "83.70", "合格"),  # 93 × 0.9
        ("90", "basic", "65.10", "基本合格"),  # 93 × 0.7
        ("90", "unqualified", "46.50", "不合格"),  # 93 × 0.5
        ("110", "excellent", "95", "优秀"),  # a fifth of 110 is 22, at most 20
        ("0", "excellent", "75", "基本合格"),
    ],
)
def test_honggang_a_fifth_of_last_year_tasks_and_the_appraisal(ruled, member, last_year, appraised, points, grade):
    """Two tasks of 3 each month make 72, at most 70."""
    ruled("honggang")
    settled(
        *(did(member, "scheme.last_year", FIRST, units=last_year) if last_year != "0" else []),
        *did(member, "meeting.theme_day", *monthly(5)),
        *did(member, "manual.task", *monthly(15)),
        *did(member, "manual.commendation", date(YEAR, 7, 1)),
        *(did(member, APPRAISAL, date(YEAR, 12, 20), grade=appraised) if appraised else []),
    )
    assert (total(member), graded(member)) == (Decimal(points), grade)
    agree()


def test_honggang_asks_for_last_years_points_and_gets_them(ruled, tree, member):
    ruled("honggang")
    settled(*did(member, "meeting.theme_day", *monthly(5)), *did(member, "manual.task", *monthly(15)))
    assert total(member) == 70
    services.open_period(date(YEAR + 1, 1, 1))
    settle(Scope(YEAR + 1))
    assert total(member) == 70 + 14, "a fifth of seventy, in the year after"


# ── 单位 ────────────────────────────────────────────────────────────────────
def unit_deeds(member):
    return [
        *did(member, "scheme.year", FIRST),
        *did(member, APPRAISAL, date(YEAR, 12, 10), grade="qualified"),
        *did(member, "manual.flood", date(YEAR, 7, 20)),
        *did(member, "manual.letter", date(YEAR, 8, 1), grade="media"),
        *did(member, "manual.letter", date(YEAR, 8, 2), grade="letter"),
        *did(member, "manual.stability", date(YEAR, 9, 1)),
    ]


def test_unit_base_appraisal_contribution(ruled, member):
    """70 + 16 + (2 + 2 + 1 + 3)."""
    ruled("unit")
    settled(*unit_deeds(member))
    assert total(member) == 70 + 16 + 8
    settled(*did(member, "manual.stability", date(YEAR, 9, 2)), *did(member, "manual.flood_refused", date(YEAR, 9, 3)))
    assert total(member) == 68 + 16 + 10, "eleven of contribution, at most ten; two less of the base"
    agree()


def test_unit_a_veto_puts_the_year_at_nothing_and_its_end_gives_all_back(ruled, member):
    ruled("unit")
    vetoed = did(member, "manual.veto", date(YEAR, 10, 1))
    settled(*unit_deeds(member), *vetoed)
    assert total(member) == 0
    agree()
    facts.void([vetoed[0].key], by=None)
    settle(Scope(YEAR))
    assert total(member) == 94


# ── 农村样本 ────────────────────────────────────────────────────────────────
def test_rural_five_tens_less_deductions_and_a_reward(ruled, member):
    """50 − 2 缺会 − 0.5 迟到 − 3 欠费 − 2 义务劳动 − 5 违法 + 5."""
    ruled("rural")
    settled(
        *did(member, "scheme.year", FIRST),
        *did(member, "meeting.absent", date(YEAR, 2, 1), date(YEAR, 3, 1)),
        *did(member, "meeting.late", date(YEAR, 4, 1)),
        *did(member, "dues.arrears", date(YEAR, 6, 30), units="3"),
        *did(member, "manual.no_labour", date(YEAR, 5, 1)),
        *did(member, "manual.unlawful", date(YEAR, 8, 1)),
        *did(member, "manual.commendation", date(YEAR, 7, 1)),
    )
    assert total(member) == Decimal("42.5")
    agree()


def test_rural_a_field_loses_its_ten_and_no_more(ruled, member):
    ruled("rural")
    settled(
        *did(member, "scheme.year", FIRST),
        *did(member, "manual.no_labour", *monthly(5)),  # 24 asked for, 10 taken
        *did(member, "meeting.absent", *monthly(6)),  # 12 asked for, 8 taken
        *did(member, "meeting.late", *monthly(7)),  # 6 asked for, 2 taken
    )
    assert total(member) == 30


# ── 新滩村 ──────────────────────────────────────────────────────────────────
def test_xintan_four_things_and_no_grades(ruled, member):
    """12 × 1 + 2 × 1 + 2 × 2 + 5."""
    ruled("xintan")
    settled(
        *did(member, "meeting.theme_day", *monthly(5)),
        *did(member, "manual.mediation", date(YEAR, 3, 1), date(YEAR, 9, 1)),
        *did(member, "manual.publicity", date(YEAR, 4, 1), date(YEAR, 5, 1)),
        *did(member, "manual.industry", date(YEAR, 6, 1)),
    )
    assert (total(member), graded(member)) == (23, "")


# ── 泥屯镇 ──────────────────────────────────────────────────────────────────
def test_nitun_four_classes_by_the_quarter_and_two_yellow_quarters(ruled, tree, member):
    ruled("nitun")
    settled(
        *did(member, "scheme.base", *(date(YEAR, month, 1) for month in (1, 4, 7, 10))),
        *did(member, "meeting.assembly", date(YEAR, 1, 20), date(YEAR, 4, 20)),
        *did(member, "meeting.theme_day", *(date(YEAR, month, 5) for month in (1, 2, 3, 4, 5, 7))),
        *did(member, "manual.volunteer", date(YEAR, 2, 8), units="4"),
        *did(member, "meeting.absent", date(YEAR, 11, 1)),
    )
    rows = {quarter: grade_of(member, GradePeriod(YEAR, quarter), today=AFTER) for quarter in (1, 2, 3, 4)}
    assert {quarter: (row.points, row.grade.name, row.on_list) for quarter, row in rows.items()} == {
        1: (60 + 10 + 15 + 8, "一类", "red"),
        2: (60 + 10 + 10, "二类", "red"),
        3: (60 + 5, "三类", "yellow"),
        4: (60 - 10, "四类", "yellow"),
    }
    fourth = GradePeriod(YEAR, 4)
    (row,) = with_streaks(grades_under(tree.ours, fourth, today=AFTER, on_list="yellow"), fourth, today=AFTER, quarters=2).rows
    assert row.quarters_on_yellow == 2 and "党性教育支部" in row.grade.consequence


# ── 本县起步用 ──────────────────────────────────────────────────────────────
def test_default_a_month_counts_one_theme_day(ruled, member):
    """基础 5 × 4, 主题党日 2 a month though held twice in March, 学时 10 × 0.5, 缺席 −1."""
    ruled("default")
    settled(
        *did(member, "scheme.base", *(date(YEAR, month, 1) for month in (1, 4, 7, 10))),
        *did(member, "meeting.theme_day", *monthly(5), date(YEAR, 3, 25)),
        *did(member, "study.hours", date(YEAR, 6, 1), units="10"),
        *did(member, "meeting.absent", date(YEAR, 6, 2)),
    )
    assert total(member) == 20 + 24 + 5 - 1
