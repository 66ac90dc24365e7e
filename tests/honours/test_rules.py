"""Rules of 评比表彰, named after their articles; each boundary on both sides."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from points.honours import rules
from points.honours.rules import Candidate, Conditions, bars

DAY = timedelta(days=1)
FIT = {"at_home": True, "suspended": False, "full": True, "years": 10, "sanctions": (), "points": Decimal("80")}


def told(conditions: Conditions, **changes) -> list[str]:
    return bars(conditions, Candidate(**FIT | changes))


@pytest.mark.parametrize(
    ("entitled", "present", "in_favour", "field"),
    [
        (20, 11, 11, None),
        (20, 10, 10, "present"),  # half is not more than half
        (20, 20, 10, "in_favour"),
        (21, 11, 11, None),
        (21, 10, 10, "present"),
        (3, 2, 2, None),
        (3, 2, 1, "in_favour"),
        (1, 1, 1, None),
        (0, 0, 0, "entitled"),
        (10, 11, 6, "present"),
        (10, 8, 9, "in_favour"),
    ],
)
def test_branch_regulation_article_11_more_than_half_present_and_in_favour(entitled, present, in_favour, field):
    fault = rules.vote_fault(entitled=entitled, present=present, in_favour=in_favour)
    assert (fault and fault[1]) == field


def test_the_window_counts_its_first_and_last_day_and_the_publicity_its_last():
    opens, closes, until = date(2026, 5, 8), date(2026, 5, 29), date(2026, 6, 9)

    def stage(day, state="open"):
        return rules.stage(state=state, opens_on=opens, closes_on=closes, public_until=until, today=day)

    assert [stage(opens - DAY), stage(opens), stage(closes), stage(closes + DAY)] == ["not_yet", "nominating", "nominating", "reviewing"]
    assert [stage(until, "public"), stage(until + DAY, "public")] == ["public", "due"]
    assert [stage(until, "decided"), stage(opens, "cancelled")] == ["decided", "cancelled"]


def test_commendation_regulation_article_16_conditions_are_the_organisers_and_each_is_told():
    strict = Conditions(years=5, points=Decimal("60"), points_year=2025)
    assert told(strict) == []
    assert told(strict, full=False, years=None) == ["还不是正式党员", "党龄 0 年，不满 5 年"]
    assert told(strict, sanctions=("警告",)) == ["受警告处分，影响期没有满"]
    assert told(strict, points=None) == ["2025 年积分 0.00 分，不到 60 分"]
    lenient = Conditions(full=False, unpunished=False)
    assert told(lenient, full=False, years=None, sanctions=("警告",), points=None) == []


@pytest.mark.parametrize(("years", "points", "barred"), [(5, "60.00", 0), (4, "60.00", 1), (5, "59.99", 1), (6, "60.01", 0)])
def test_a_threshold_is_met_on_the_dot(years, points, barred):
    strict = Conditions(years=5, points=Decimal("60"), points_year=2025)
    assert len(told(strict, years=years, points=Decimal(points))) == barred


def test_education_regulation_article_24_no_call_lifts_a_suspension():
    assert told(Conditions(full=False, unpunished=False), suspended=True) == ["停止党籍"]
    assert told(Conditions(), at_home=False) == ["组织关系已经不在本县"]


def test_shares_lie_beside_each_other_and_within_the_quota():
    assert rules.shares_fault(5, [("/1/2/", 3), ("/1/3/", 2)]) == ""
    assert "多于总名额 5 个" in rules.shares_fault(5, [("/1/2/", 3), ("/1/3/", 3)])
    assert "不能都写" in rules.shares_fault(5, [("/1/2/", 1), ("/1/3/", 1), ("/1/2/9/", 1)])
    assert "不能写两次" in rules.shares_fault(5, [("/1/2/", 1), ("/1/2/", 1)])
    assert rules.shares_fault(5, [("/1/2/", 1), ("/1/22/", 1)]) == ""  # 2 and 22 are two organisations
    assert "至少 1 个" in rules.shares_fault(5, [("/1/2/", 0)])


@pytest.mark.parametrize(
    ("kind", "level"), [("county", "county"), ("work_committee", "committee"), ("committee", "committee"), ("general_branch", "branch")]
)
def test_the_organiser_makes_the_level_and_the_level_the_kind_of_fact(kind, level):
    assert rules.level_of(kind) == level and rules.fact_kind(level) == f"honour.{level}"
