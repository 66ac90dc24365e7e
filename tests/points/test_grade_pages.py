"""等次与榜单, 年终清单 and 告知书: who sees them, in which order, and that a letter says what the ledger says."""

import re
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from members.services import facts
from partyportal.core.models import AuditEntry
from partyportal.core.parameters import set_value
from points.parameters import ORDER_BY_POINTS, YELLOW_QUARTERS
from points.publicity.models import Publication
from points.selectors.letters import letter_of, letters_of
from points.settlement import Scope, settle
from points.settlement.grades import GradePeriod
from tests.budgets import fits_budget
from tests.factories import make_member
from tests.points.makers import deed, make_scheme
from tests.points.test_grades import STARS, thresholds

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
LAST_YEAR = TODAY.year - 1
THIRD = GradePeriod(LAST_YEAR, 3)


@pytest.fixture
def scheme(tree):
    return make_scheme(
        tree.county,
        {"value": Decimal(1)},
        {"code": "hours", "fact_kind": "study.hours", "value": Decimal(2), "cap": Decimal(4), "cap_period": "quarter", "unit": "学时"},
        thresholds=[*thresholds(*STARS), *thresholds(("三类", 0, 0, "yellow"), ("一类", 5, 0, "red"), period="quarter")],
        start=date(2020, 1, 1),
    )


def settled(*deeds):
    facts.record(deeds, by=None)
    for year in (LAST_YEAR - 1, LAST_YEAR):
        settle(Scope(year))


def scored(member, points, day=date(LAST_YEAR, 8, 1), **where):
    return deed(member, day, units=str(points), **where)


def names(response):
    return re.findall("安一|刘明|周二", re.sub(r"(?s)<(option|caption).*?</\1>", "", response.content.decode()))


def test_the_list_is_by_name_whatever_is_asked_until_the_county_switches_it(client, scheme, tree, member, secretary):
    low, high = make_member(tree.ours, "安一"), make_member(tree.ours, "周二")
    settled(scored(high, 9), scored(member, 3))
    client.force_login(secretary)
    asked = {"organisation": tree.ours.code, "period": THIRD.value, "sort": "points"}
    for page in ("points:grades", "points:year_end"):
        assert names(client.get(reverse(page), asked)) == ["安一", "刘明", "周二"]
    set_value(ORDER_BY_POINTS, value=1, start=TODAY, by=secretary)
    for page in ("points:grades", "points:year_end"):
        assert names(client.get(reverse(page), asked)) == ["周二", "刘明", "安一"]
        assert names(client.get(reverse(page), asked | {"sort": ""})) == ["安一", "刘明", "周二"]
    client.force_login(member.user)
    assert client.get(reverse("points:grades")).status_code == 403
    assert low.name not in client.get(reverse("points:mine")).content.decode()


def test_the_yellow_list_holds_its_own_and_says_when_it_is_the_second_time(client, scheme, tree, member, secretary):
    make_member(tree.ours, "安一")
    settled(scored(member, 9), scored(member, 9, date(LAST_YEAR, 4, 1)))
    client.force_login(secretary)
    asked = {"organisation": tree.ours.code, "period": THIRD.value, "list": "yellow"}
    shown = client.get(reverse("points:grades"), asked)
    assert names(shown) == ["安一"] and "连续 2 个季度在黄榜，转入党性教育" in shown.content.decode()
    set_value(YELLOW_QUARTERS, value=4, start=date(2020, 1, 1), by=secretary)
    shown = client.get(reverse("points:grades"), asked).content.decode()
    assert "连续 4 个季度在黄榜" in shown
    make_scheme(tree.county, {"value": Decimal(1)}, start=date(LAST_YEAR, 1, 1), version=2)
    assert "没有人" in client.get(reverse("points:grades"), asked).content.decode()


def test_a_grade_opens_into_its_members(client, scheme, tree, member, department):
    far = make_member(tree.far, "周二")
    settled(scored(member, 9), scored(far, 3))
    client.force_login(department)
    shown = client.get(reverse("points:grades"), {"period": THIRD.value})
    assert [(name, count) for name, count, *_ in shown.context["counts"]] == [("一类", 1), ("三类", 1)]
    for name, count, url, _, _ in shown.context["counts"]:
        opened = client.get(reverse("points:grades") + url)
        assert opened.context["page"].paginator.count == count == len(opened.context["page"].object_list), name


def test_a_sheet_holds_the_rows_of_the_page_and_is_audited(client, scheme, tree, member, department):
    far = make_member(tree.far, "周二")
    settled(scored(member, 9), scored(far, 3), deed(member, date(LAST_YEAR, 9, 9), kind="manual.commendation"))
    client.force_login(department)
    rows = sheet(client.get(reverse("points:grades"), {"period": THIRD.value, "list": "red", "format": "xlsx"}))
    assert rows[1][:2] == ("支部", "姓名") and [row[1] for row in rows[2:]] == ["刘明"]
    assert rows[2][4:8] == (9, "一类", None, "红榜")
    rows = sheet(client.get(reverse("points:year_end"), {"period": LAST_YEAR, "format": "xlsx"}))
    assert [(row[1], row[6], row[8], row[9], row[12]) for row in rows[2:]] == [
        ("刘明", 9, 9, "不合格", "主题党日"),
        ("周二", 3, 3, "不合格", None),
    ]
    assert [row[10] for row in rows[2:]][0] == "第一季度黄榜；第二季度黄榜；第三季度红榜；第四季度黄榜"
    kinds = AuditEntry.objects.values_list("code", flat=True)
    assert {"points.grades.exported", "points.year_end.exported"} <= set(kinds)


def sheet(response):
    assert response.status_code == 200
    return list(load_workbook(BytesIO(b"".join(response.streaming_content))).active.iter_rows(values_only=True))


def test_a_veto_stands_in_the_year_end_list(client, tree, member, secretary):
    make_scheme(
        tree.county,
        {"value": Decimal(7)},
        {"code": "veto", "fact_kind": "manual.veto", "value": Decimal(0), "is_veto": True},
        start=date(2020, 1, 1),
    )
    settled(scored(member, 1), deed(member, date(LAST_YEAR, 9, 9), kind="manual.veto"))
    client.force_login(secretary)
    (row,) = client.get(reverse("points:year_end"), {"period": LAST_YEAR}).context["page"].object_list
    assert (row.held.points, row.vetoes) == (0, ["主题党日"])


@pytest.mark.parametrize("name", ["points:grades", "points:year_end", "points:letters"])
def test_the_page_costs_the_same_at_one_member_and_at_fifty(client, scheme, tree, member, secretary, name):
    client.force_login(secretary)
    url = reverse(name) + f"?organisation={tree.ours.code}&period={LAST_YEAR if name == 'points:year_end' else THIRD.value}"
    deeds = lambda m: (scored(m, 3), *(deed(m, date(LAST_YEAR, 8, n), kind="study.hours", key=f"{m.pk}/{n}") for n in (2, 3, 4)))  # noqa: E731
    settled(*deeds(member))
    assert "刘明" in client.get(url).content.decode()
    with fits_budget(name):
        client.get(url)
    settled(*(one for n in range(49) for one in deeds(make_member(tree.ours, f"党员{n}"))))
    with fits_budget(name):
        client.get(url)


# ── Letters ─────────────────────────────────────────────────────────────────
def test_a_letter_adds_up_to_the_ledger(scheme, member):
    """第三季度: 3 days at 1, 3 学时 at 2 of at most 4: 3 + 6 − 2 = 7, 一类; 9 with the second quarter."""
    settled(
        scored(member, 2, date(LAST_YEAR, 5, 5)),
        *(scored(member, 1, date(LAST_YEAR, 8, n), key=f"d{n}") for n in (1, 2, 3)),
        *(deed(member, date(LAST_YEAR, 9, n), kind="study.hours", key=f"h{n}") for n in (1, 2, 3)),
        scored(member, 5, date(LAST_YEAR, 10, 1)),
    )
    letter = letter_of(member, THIRD, today=TODAY)
    assert [(row.name, row.times, row.points) for row in letter.recorded] == [("hours", 3, 6), ("theme_day", 3, 3)]
    assert [(line.title, line.note, line.points) for line in letter.adjusted] == [("hours第三季度封顶 4 分", "超出 2 分不计", -2)]
    assert letter.points == 7 == sum(row.points for row in letter.recorded) + sum(line.points for line in letter.adjusted)
    assert (letter.to_date, letter.grade.label, letter.corrections) == (9, "一类", 0)


def test_what_was_voided_is_not_counted_but_said(scheme, member):
    settled(scored(member, 2, key="k"), scored(member, 1, date(LAST_YEAR, 8, 9)))
    facts.void(["k"], by=None)
    settle(Scope(LAST_YEAR))
    letter = letter_of(member, THIRD, today=TODAY)
    assert ([(row.times, row.points) for row in letter.recorded], letter.points, letter.corrections) == ([(1, 1)], 1, 1)


def test_a_branchs_letters_are_those_of_its_members_that_day_by_name(scheme, tree, member):
    make_member(tree.ours, "安一")
    make_member(tree.neighbours, "周二")
    make_member(tree.ours, "后来", start=date(LAST_YEAR, 10, 1))
    settled(scored(member, 2))
    letters = letters_of(tree.ours, THIRD, today=TODAY)
    assert [letter.member.name for letter in letters] == ["安一", "刘明"]
    assert [letter.is_empty for letter in letters] == [True, False]


def test_a_letter_says_how_to_object_and_one_prints_a_branch(client, scheme, tree, member, secretary, department):
    settled(scored(member, 2))
    client.force_login(member.user)
    shown = client.get(reverse("points:letter", args=[member.uid]), {"period": THIRD.value}).content.decode()
    assert "刘明同志" in shown and "2.00" in shown and "提出异议" in shown
    client.force_login(secretary)
    assert "刘明同志" in client.get(reverse("points:letters"), {"period": THIRD.value}).content.decode()
    client.force_login(department)
    for place, below in ((tree.county, [tree.township, tree.other_township]), (tree.township, [tree.ours, tree.neighbours])):
        asked = client.get(reverse("points:letters"), {"organisation": place.code})
        assert list(asked.context["below"]) == below, "step by step, however many branches a county has"
        assert "刘明" not in asked.content.decode() and all(f"organisation={one.code}" in asked.content.decode() for one in below)


@pytest.mark.parametrize(("days", "words"), [(0, "以前（当天也算）提出异议"), (-1, "公示期已到")])
def test_a_letter_names_the_last_day_to_object(client, scheme, tree, member, secretary, days, words):
    settled(scored(member, 2))
    until = TODAY + timedelta(days=days)
    Publication.objects.create(
        organisation=tree.ours,
        year=LAST_YEAR,
        quarter=3,
        published_on=until - timedelta(days=7),
        until=until,
        as_of=timezone.now(),
        categories=[],
        published_by=secretary,
    )
    client.force_login(member.user)
    shown = client.get(reverse("points:letter", args=[member.uid]), {"period": THIRD.value}).content.decode()
    assert words in shown and f"{until.year}年{until.month}月{until.day}日" in shown
    other = client.get(reverse("points:letter", args=[member.uid]), {"period": THIRD.before.value}).content.decode()
    assert "等支部公示这个季度的积分" in other
