"""等次 and 榜: who has which grade for a quarter or a year, under the version that rules at its end."""

from datetime import date
from decimal import Decimal

import pytest

from members.models import Affiliation, MemberClass
from points.models import Threshold
from points.selectors.grades import WITHOUT, grade_of, grades_under, tally, with_streaks
from points.settlement.grades import GradePeriod
from tests.factories import make_member
from tests.points.makers import YEAR, deed, make_scheme, settled

pytestmark = pytest.mark.django_db

TODAY = date(YEAR, 12, 31)
FIRST, SECOND, THIRD, WHOLE = (*(GradePeriod(YEAR, q) for q in (1, 2, 3)), GradePeriod(YEAR))
STARS = (("不合格", 0, 0, "yellow"), ("一星", 60, 1, ""), ("二星", 70, 2, ""), ("四星", 90, 4, "red"))  # 华宁县


def thresholds(*steps, period="year", of="all"):
    return [{"name": n, "at_least": Decimal(at), "stars": s, "on_list": o, "period": period, "of": of} for n, at, s, o in steps]


def scored(member, points, day=date(YEAR, 2, 1), **where):
    return deed(member, day, units=str(points), **where)


def make_graded_scheme(tree, *steps, **fields):
    return make_scheme(tree.county, {"value": Decimal(1)}, thresholds=list(steps) or thresholds(*STARS), **fields)


@pytest.mark.parametrize(
    ("points", "grade", "stars", "missing"),
    [
        ("59.99", "不合格", 0, "0.01"),
        ("60", "一星", 1, "10"),
        ("69.99", "一星", 1, "0.01"),
        ("70", "二星", 2, "20"),
        ("90", "四星", 4, None),
        ("120", "四星", 4, None),
    ],
)
def test_a_grade_holds_from_its_points_on(tree, member, points, grade, stars, missing):
    make_graded_scheme(tree)
    settled(scored(member, points))
    held = grade_of(member, WHOLE, today=TODAY)
    assert (held.grade.name, held.stars) == (grade, stars)
    assert held.short_of == (Decimal(missing) if missing else None)


def test_the_lowest_grade_from_0_also_holds_whoever_fell_below(tree, member):
    make_scheme(tree.county, {"value": Decimal(-1)}, thresholds=thresholds(*STARS))
    settled(scored(member, 3))
    held = grade_of(member, WHOLE, today=TODAY)
    assert (held.points, held.grade.name, held.on_list) == (Decimal(-3), "不合格", "yellow")


def test_below_a_lowest_grade_there_is_none_but_the_way_to_it_is_told(tree, member):
    make_graded_scheme(tree, *thresholds(("合格", 60, 0, "")))
    settled(scored(member, 57))
    held = grade_of(member, WHOLE, today=TODAY)
    assert (held.grade, held.above.name, held.short_of) == (None, "合格", Decimal(3))
    assert grades_under(tree.county, WHOLE, today=TODAY, grade=WITHOUT).count == 1


def test_without_thresholds_nobody_is_graded(tree, member):
    make_scheme(tree.county, {"value": Decimal(1)})
    settled(scored(member, 57))
    held = grade_of(member, WHOLE, today=TODAY)
    assert (held.points, held.grade, held.above, held.label) == (Decimal(57), None, None, "")


def test_dongyang_a_probationary_member_is_judged_by_their_own_thresholds(tree):
    """东阳市: below 60 goes to 整改帮教; a 预备党员 below 85 is another matter."""
    make_graded_scheme(
        tree,
        *thresholds(("整改帮教", 0, 0, "yellow"), ("合格", 60, 0, "")),
        *thresholds(("预备期不合格", 0, 0, "yellow"), ("预备期合格", 85, 0, ""), of="probationary"),
    )
    full, probationary = (
        make_member(tree.ours, "正式"),
        make_member(tree.ours, "预备", category="probationary", joined_on=date(YEAR, 1, 5), full_on=None),
    )
    confirmed = make_member(tree.ours, "转正", joined_on=date(YEAR - 1, 6, 30), full_on=date(YEAR, 6, 30))
    settled(*(scored(m, 70) for m in (full, probationary, confirmed)))
    names = {row.name: row.grade.name for row in grades_under(tree.ours, WHOLE, today=TODAY).rows}
    assert names == {"正式": "合格", "预备": "预备期不合格", "转正": "合格"}
    # Of the running year, as of today: the day before 转正, and on it.
    for today, grade in ((date(YEAR, 6, 29), "预备期不合格"), (date(YEAR, 6, 30), "合格")):
        assert {row.name: row.grade.name for row in grades_under(tree.ours, WHOLE, today=today).rows}["转正"] == grade


@pytest.mark.parametrize(("counts", "points", "grade"), [("quarter", 20, "不合格"), ("to_date", 65, "一星")])
def test_a_quarter_counts_alone_or_to_date(tree, member, counts, points, grade):
    make_graded_scheme(tree, *thresholds(*STARS, period="quarter"), quarter_counts=counts)
    settled(scored(member, 45), scored(member, 20, date(YEAR, 6, 30)), scored(member, 30, date(YEAR, 7, 1)))
    held = grade_of(member, SECOND, today=TODAY)
    assert (held.points, held.grade.name) == (points, grade)


def test_the_version_that_rules_on_the_last_day_decides(tree, member):
    make_graded_scheme(tree, *thresholds(("旧", 0, 0, ""), period="quarter"))
    make_graded_scheme(tree, *thresholds(("新", 0, 0, ""), period="quarter"), start=date(YEAR, 6, 30), version=2)
    settled(scored(member, 1))
    assert [grade_of(member, p, today=TODAY).grade.name for p in (FIRST, SECOND, THIRD)] == ["旧", "新", "新"]


def test_a_township_of_its_own_is_judged_by_its_own(tree, member):
    make_graded_scheme(tree)
    make_scheme(tree.township, {"value": Decimal(1)}, thresholds=thresholds(("镇里的", 0, 0, "")))
    far = make_member(tree.far, "远处")
    settled(scored(member, 70), scored(far, 70))
    assert {r.name: r.grade.name for r in grades_under(tree.county, WHOLE, today=TODAY).rows} == {"刘明": "镇里的", "远处": "二星"}


def test_the_exempt_are_judged_only_by_a_version_that_names_their_class(tree, member):
    MemberClass.objects.filter(member=member).update(name="exempt")
    make_graded_scheme(tree)
    settled(scored(member, 10, member_class="exempt"))
    held = grade_of(member, WHOLE, today=TODAY)
    assert held.is_exempt and held.grade is None and held.label == "不参加定级" and held.above is None
    assert grades_under(tree.county, WHOLE, today=TODAY, on_list="yellow").count == 0
    make_scheme(tree.township, {"value": Decimal(1), "classes": ["exempt"]}, thresholds=thresholds(*STARS))
    held = grade_of(member, WHOLE, today=TODAY)
    assert not held.is_exempt and held.grade.name == "不合格"


def test_a_member_counts_where_they_belong_on_the_last_day(tree, member):
    make_graded_scheme(tree)
    settled(scored(member, 70))
    here = Affiliation.objects.get(member=member)
    Affiliation.objects.filter(pk=here.pk).update(end=date(YEAR, 12, 31), end_reason="moved")
    Affiliation.objects.create(member=member, organisation=tree.far, start=date(YEAR, 12, 31), reason="moved")
    assert grades_under(tree.ours, WHOLE, today=TODAY).count == 0
    assert [r.name for r in grades_under(tree.far, WHOLE, today=TODAY).rows] == ["刘明"]
    assert [r.name for r in grades_under(tree.ours, THIRD, today=TODAY).rows] == ["刘明"]


def test_who_left_before_the_end_is_not_judged(tree, member):
    make_graded_scheme(tree)
    settled(scored(member, 70))
    Affiliation.objects.filter(member=member).update(end=date(YEAR, 9, 30), end_reason="died")
    assert grade_of(member, THIRD, today=TODAY) is None
    assert grade_of(member, SECOND, today=TODAY) is not None


def test_lists_are_by_branch_and_name_and_hold_only_their_own(tree, member):
    make_graded_scheme(tree)
    people = [make_member(b, n) for b, n in ((tree.ours, "周二"), (tree.far, "安一"), (tree.ours, "安三"))]
    settled(*(scored(m, p) for m, p in zip([member, *people], (50, 95, 10, 20), strict=True)))
    yellow = grades_under(tree.county, WHOLE, today=TODAY, on_list="yellow")
    assert ([r.name for r in yellow.rows], yellow.count) == (["安三", "刘明", "安一"], 3)
    assert [r.name for r in grades_under(tree.county, WHOLE, today=TODAY, on_list="red").rows] == ["周二"]
    assert [r.name for r in grades_under(tree.county, WHOLE, today=TODAY, grade="四星").rows] == ["周二"]
    assert [r.name for r in grades_under(tree.county, WHOLE, today=TODAY, by_points=True).rows] == ["周二", "刘明", "安三", "安一"]
    page = grades_under(tree.county, WHOLE, today=TODAY, at=1, limit=2)
    assert ([r.name for r in page.rows], page.count) == (["刘明", "周二"], 4)
    assert tally(tree.county, WHOLE, today=TODAY) == [("四星", "red", 1), ("不合格", "yellow", 3)]


def test_pages_put_together_are_the_list(tree, member):
    """A page grades only whom it shows; a list cut by grade or by points has to grade everybody first. Both say the same."""
    make_graded_scheme(tree)
    people = [
        make_member(branch, name)
        for branch, name in ((tree.ours, "安一"), (tree.far, "吴三"), (tree.far, "吴三"), (tree.neighbours, "周二"))
    ]
    settled(*(scored(one, points) for one, points in zip(people, (95, 60, 10, 70), strict=True)))
    whole = grades_under(tree.county, WHOLE, today=TODAY)
    assert whole.count == len(whole.rows) == 5
    pages = [grades_under(tree.county, WHOLE, today=TODAY, at=at, limit=2) for at in (0, 2, 4)]
    assert [row for page in pages for row in page.rows] == whole.rows
    assert {page.count for page in pages} == {5}
    assert grades_under(tree.county, WHOLE, today=TODAY, at=6, limit=2).rows == []


def test_yangqu_two_yellow_quarters_in_a_row(tree):
    """阳曲泥屯镇: two quarters on the yellow list → 党性教育."""
    make_graded_scheme(tree, *thresholds(("三类", 0, 0, "yellow"), ("一类", 5, 0, "red"), period="quarter"))
    _twice, once, again = (make_member(tree.ours, name) for name in ("安两次", "包一次", "蔡隔季"))
    settled(*(scored(m, 9, date(YEAR, month, 1)) for m, month in ((once, 4), (again, 4))), scored(once, 1, date(YEAR, 7, 1)))
    page = with_streaks(grades_under(tree.ours, THIRD, today=TODAY), THIRD, today=TODAY, quarters=2)
    assert {r.name: r.quarters_on_yellow for r in page.rows} == {"安两次": 2, "包一次": 1, "蔡隔季": 1}
    settled(scored(again, 9, date(YEAR, 8, 1)))
    page = with_streaks(grades_under(tree.ours, THIRD, today=TODAY), THIRD, today=TODAY, quarters=3)
    assert {r.name: r.quarters_on_yellow for r in page.rows} == {"安两次": 3, "包一次": 1, "蔡隔季": 0}


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_the_days_of_a_quarter(quarter):
    period = GradePeriod(YEAR, quarter)
    assert period.first.day == 1 and (period.first.month, period.last.month) == (quarter * 3 - 2, quarter * 3)
    assert GradePeriod.of(period.first) == GradePeriod.of(period.last) == period
    assert period.before.last < period.first and (period.first - period.before.last).days == 1


def test_many_are_judged_by_as_many_statements_as_one(tree, member, django_assert_num_queries):
    make_graded_scheme(tree)
    people = [make_member(b, f"党员{n}") for n in range(20) for b in (tree.ours, tree.far)]
    settled(*(scored(m, 10 + 2 * n) for n, m in enumerate([member, *people])))
    with django_assert_num_queries(2):
        assert grades_under(tree.county, WHOLE, today=TODAY).count == 41
    with django_assert_num_queries(2):
        assert grade_of(member, WHOLE, today=TODAY).grade.on_list == Threshold.List.YELLOW
