"""Every line in sentences: what it is, what it is worth, what a period did to it, who vouches, and what was corrected and why."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import Fact, MemberClass
from members.services import facts
from points.models import Award, Entry, Item, OrganisationMonth
from points.rules.kinds import APPRAISAL
from points.selectors.accounts import account_of, explain_member
from points.selectors.explanations import words
from points.selectors.overviews import TOTAL, overview
from points.settlement import Scope, settle
from tests.factories import make_member, make_organisation
from tests.points.makers import YEAR, deed, happened, make_scheme, settled

pytestmark = pytest.mark.django_db

TODAY = date(YEAR, 12, 31)
FEBRUARY, MARCH, AUGUST = date(YEAR, 2, 2), date(YEAR, 3, 3), date(YEAR, 8, 8)


def lines_of(member, kind=None):
    lines = sorted(explain_member(member, YEAR), key=lambda line: (line.day, line.is_adjustment, line.uid))
    return [line for line in lines if kind is None or line.kind == kind]


def only(member, kind):
    (line,) = lines_of(member, kind)
    return line


def said(line):
    return {label: words for label, words, _ in line.sources}


def test_a_fact_names_item_version_recorder_and_confirmer(tree, member, secretary, deputy):
    make_scheme(tree.county, {"value": Decimal(1), "unit": "小时", "article": "第 4.1 条"})
    facts.record([deed(member, MARCH, units="4")], by=secretary, confirmed_by=deputy)
    settle(Scope(YEAR))
    line = only(member, Entry.Kind.FACT)
    assert line.sums[0] == ("4 小时 × 每小时 1 分", "+4.00")
    assert said(line)["事实"] == "主题党日，3月3日"
    assert said(line)["规则"] == "theme_day，第 4.1 条，积分办法（第 1 版）"
    assert said(line)["登记"].startswith("吕山东") and said(line)["确认"] == "郑月"
    assert next(url for label, _, url in line.sources if label == "规则").endswith(f"{line.scheme.uid}/")


def test_a_graded_fact_says_its_grade(tree, member):
    make_scheme(tree.county, {"value": Decimal(1), "grades": {"市级": Decimal(5)}})
    settled(deed(member, MARCH, grade="市级"))
    assert only(member, Entry.Kind.FACT).sums[0] == ("1 次 × 市级每次 5 分", "+5.00")


def test_how_far_a_cap_is_used_is_told_line_by_line(tree, member):
    """本季已用 16/20 分: two days of 8, a third of 8 is 4 beyond."""
    make_scheme(tree.county, {"value": Decimal(8), "cap": Decimal(20), "cap_period": "quarter"})
    settled(*(deed(member, date(YEAR, 2, n), key=f"k{n}") for n in (1, 2)))
    first, second = lines_of(member)
    assert first.sums[1] == ("算上这一笔，theme_day第一季度已用", "8/20 分")
    assert second.sums[1] == ("算上这一笔，theme_day第一季度已用", "16/20 分") and second.lost == ""
    settled(deed(member, MARCH), deed(member, date(YEAR, 4, 1)))
    _, _, third, adjustment, other_quarter = lines_of(member)
    assert (third.sums[1][1], third.lost, third.points) == ("20/20 分", "其中 4 分超出封顶", 8)
    assert (adjustment.title, adjustment.note, adjustment.points) == ("theme_day第一季度封顶 20 分", "超出 4 分不计", -4)
    assert adjustment.sums == [("第一季度应记", "24"), ("封顶 20 分", "20"), ("不计入的", "−4.00")]
    assert other_quarter.sums[1][1] == "8/20 分"


def test_a_late_fact_leaves_the_day_order_of_what_was_used(tree, member):
    make_scheme(tree.county, {"value": Decimal(8), "cap": Decimal(20), "cap_period": "quarter"})
    settled(deed(member, MARCH))
    settled(deed(member, FEBRUARY))
    assert [line.sums[1][1] for line in lines_of(member)] == ["8/20 分", "16/20 分"]


def test_the_category_says_how_full_it_is(tree, member):
    make_scheme(tree.county, {"value": Decimal(8)}, categories={"life": (Decimal(10), "year")})
    settled(deed(member, MARCH), deed(member, AUGUST))
    line = lines_of(member)[0]
    assert line.sums[1] == ("life全年到现在已用", "10/10 分")
    adjustment = only(member, Entry.Kind.CATEGORY_CAP)
    assert (adjustment.title, adjustment.note) == ("life全年封顶 10 分", "超出 6 分不计")
    (row,) = account_of(member, YEAR, today=TODAY).categories
    assert (row.points, row.cap, row.note) == (10, 10, "6.00 分超出上限，没有计入")


def test_a_deductions_cap_gives_back(tree, member):
    make_scheme(tree.county, {"value": Decimal(-1), "cap": Decimal(2), "cap_period": "year"})
    settled(*(deed(member, date(YEAR, 2, n), key=f"k{n}") for n in range(1, 6)))
    adjustment = only(member, Entry.Kind.ITEM_CAP)
    assert (adjustment.title, adjustment.note, adjustment.points) == ("theme_day全年最多扣 2 分", "多扣的 3 分还回", 3)
    third = lines_of(member, Entry.Kind.FACT)[2]
    assert (third.sums[1], third.lost) == (("算上这一笔，theme_day全年已扣", "2/2 分"), "其中 1 分超过扣分上限")


def test_the_explained_cap_is_the_one_that_ruled(tree, member):
    """The cap of a year is that of the version in force on 31 December: what a page says is asked of the settlement."""
    item = {"value": Decimal(8), "cap_period": "year"}
    make_scheme(tree.county, item | {"cap": Decimal(10)})
    settled(deed(member, FEBRUARY), deed(member, MARCH))
    assert only(member, Entry.Kind.ITEM_CAP).title == "theme_day全年封顶 10 分"
    make_scheme(tree.township, item | {"cap": Decimal(12)}, start=date(YEAR, 7, 1))
    settle(Scope(YEAR))
    adjustment = only(member, Entry.Kind.ITEM_CAP)
    assert (adjustment.title, adjustment.points) == ("theme_day全年封顶 12 分", -4)
    assert adjustment.scheme.organisation_id == tree.township.pk


def test_the_total_cap_the_floor_and_their_category(tree, member):
    make_scheme(tree.county, {"value": Decimal(8)}, total=(Decimal(10), "year"))
    settled(deed(member, FEBRUARY), deed(member, MARCH))
    assert only(member, Entry.Kind.TOTAL_CAP).title == "总分全年封顶 10 分"
    account = account_of(member, YEAR, today=TODAY)
    assert [(row.code, row.points) for row in account.categories] == [("life", 16), ("", -6)]
    assert account.total == sum(row.points for row in account.categories) == 10


def test_the_floor(tree, member):
    make_scheme(tree.county, {"value": Decimal(-4)}, floor=Decimal(-6))
    settled(deed(member, FEBRUARY), deed(member, MARCH))
    line = only(member, Entry.Kind.FLOOR)
    assert (line.title, line.note, line.points) == ("全年总分扣到 −6 分为止", "补回 2 分", 2)


def test_a_multiplier_says_grade_ratio_and_sum(tree, member):
    """民主评议优秀 ×1.2: 62 → +12.40."""
    make_scheme(tree.county, {"value": Decimal(62)}, multipliers={"": (APPRAISAL, {"优秀": Decimal("1.20")})})
    settled(deed(member, FEBRUARY), deed(member, AUGUST, kind=APPRAISAL, grade="优秀"))
    line = only(member, Entry.Kind.MULTIPLIER)
    assert (line.title, line.note) == ("系数：优秀 ×1.2", "全年总分加 12.40 分")
    assert line.sums == [("全年总分原有", "62"), ("乘上系数", "×1.2"), ("乘过以后", "74.4")]
    assert "8月8日" in said(line)["事实"]


def test_a_veto_names_its_document(tree, member, secretary, deputy):
    make_scheme(tree.county, {"value": Decimal(7)}, {"code": "veto", "fact_kind": "manual.veto", "value": Decimal(0), "is_veto": True})
    award = Award.objects.create(
        member=member,
        organisation=tree.ours,
        item_code="veto",
        fact_kind="manual.veto",
        day=AUGUST,
        title="党内警告",
        evidence="决定书",
        document_number="清纪〔2026〕3号",
        expires_on=date(YEAR + 1, 8, 8),
        filed_by=secretary,
        decided_by=deputy,
        decided_at=timezone.now(),
        state=Award.State.CONFIRMED,
    )
    happened(deed(member, AUGUST, kind="manual.veto", key=f"points.veto:{award.uid}:{YEAR}"))
    settled(deed(member, FEBRUARY))
    line = only(member, Entry.Kind.VETO)
    assert (line.title, line.note, line.points) == ("一票否决：veto", "文号 清纪〔2026〕3号，全年记 0 分", -7)
    assert said(line)["影响到"] == "2027年8月8日"
    assert account_of(member, YEAR, today=TODAY).total == 0


@pytest.mark.parametrize("awarded", [f"points.veto:00000000-0000-4000-8000-000000000000:{YEAR}", "points.veto:", "elsewhere"])
def test_a_veto_without_an_award_is_told_without_a_document(tree, member, awarded):
    make_scheme(tree.county, {"value": Decimal(7)}, {"code": "veto", "fact_kind": "manual.veto", "value": Decimal(0), "is_veto": True})
    settled(deed(member, FEBRUARY), deed(member, AUGUST, kind="manual.veto", key=awarded))
    assert only(member, Entry.Kind.VETO).note == "全年记 0 分"


def test_base_and_carry_over_are_worded(tree, member):
    base = {"code": "base", "fact_kind": "scheme.base", "value": Decimal(5), "unit": "季"}
    carried = {"code": "carried", "fact_kind": "scheme.last_year", "value": Decimal("0.20"), "cap": Decimal(20), "cap_period": "year"}
    make_scheme(tree.county, base, carried)
    settled(deed(member, date(YEAR, 1, 1), kind="scheme.base"), deed(member, date(YEAR, 1, 1), kind="scheme.last_year", units="80"))
    worded = {line.item.code: line for line in lines_of(member)}
    assert worded["base"].sums[0] == ("base，每季 5 分", "+5.00")
    assert worded["carried"].sums[0] == ("主题党日 80 分的 20%", "+16.00")
    assert said(worded["base"])["登记"] == "按积分办法自动记，不用申报"


# ── Corrections ─────────────────────────────────────────────────────────────
def correct(act):
    """In a test's one transaction every statement has its own moment, as posted_at and recorded_at are of the statement."""
    act()
    settle(Scope(YEAR))


def test_a_void_shows_both_lines_and_why(tree, member, secretary):
    make_scheme(tree.county, {"value": Decimal(2)})
    settled(deed(member, MARCH, key="k"))
    correct(lambda: facts.void(["k"], by=secretary))
    first, second = sorted(lines_of(member), key=lambda line: -line.points)
    posted = timezone.localdate()
    assert (first.title, first.points) == ("主题党日", 2)
    assert (second.title, second.points) == ("更正：主题党日", -2)
    assert second.note == f"原记 2 分，{posted.month}月{posted.day}日更正为 0 分，因为这件事已作废"
    assert said(second)["更正"].startswith("吕山东")


def test_a_moment_is_told_by_the_day_it_was_here():
    assert words.day(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == "11月22日"
    assert words.day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == "11月23日", "past midnight in China"


def test_a_changed_number_is_told_with_its_old_and_new(tree, member):
    make_scheme(tree.county, {"value": Decimal(2)})
    settled(deed(member, MARCH, key="k"))
    correct(lambda: happened(deed(member, MARCH, key="k", units="3")))
    (correction,) = [line for line in lines_of(member) if line.title.startswith("更正")]
    assert "原记 2 分" in correction.note and "更正为 6 分，因为数量由 1 改为 3" in correction.note
    assert correction.sums[-1] == ("与原记的差额", "+4.00")


def test_a_changed_day_is_two_lines_of_one_correction(tree, member):
    make_scheme(tree.county, {"value": Decimal(2)})
    settled(deed(member, MARCH, key="k"))
    correct(lambda: happened(deed(member, AUGUST, key="k")))
    corrections = [line for line in lines_of(member) if line.title.startswith("更正")]
    assert sorted(line.points for line in corrections) == [-2, 2]
    assert all("日期由3月3日改为8月8日" in line.note and "原记 2 分" in line.note and "更正为 2 分" in line.note for line in corrections)


def test_corrected_twice_each_says_its_own(tree, member):
    make_scheme(tree.county, {"value": Decimal(2)})
    settled(deed(member, MARCH, key="k"))
    correct(lambda: happened(deed(member, MARCH, key="k", units="3")))
    correct(lambda: facts.void(["k"], by=None))
    notes = {line.points: line.note for line in lines_of(member) if line.title.startswith("更正")}
    assert "原记 2 分" in notes[4] and "更正为 6 分" in notes[4]
    assert "原记 6 分" in notes[-6] and "更正为 0 分" in notes[-6]


def test_new_rules_are_a_reason_too(tree, member):
    make_scheme(tree.county, {"value": Decimal(2)})
    settled(deed(member, MARCH, key="k"))
    correct(lambda: make_scheme(tree.township, {"value": Decimal(5)}))
    (gained,) = [line for line in lines_of(member) if line.points == 5]
    assert "更正为 5 分，因为改按积分办法（第 1 版）计分" in gained.note


# ── The account, its pages and its JSON ─────────────────────────────────────
def test_an_account_reads_as_many_queries_at_one_line_and_at_fifty(tree, member, django_assert_max_num_queries):
    make_scheme(tree.county, {"value": Decimal(1), "cap": Decimal(5), "cap_period": "quarter"}, multipliers={"": (APPRAISAL, {})})
    settled(deed(member, MARCH), deed(member, AUGUST, kind=APPRAISAL, units="1.5"))
    with django_assert_max_num_queries(20) as few:
        explain_member(member, YEAR)
    settled(*(deed(member, date(YEAR, 1 + n % 12, 1 + n // 12), key=f"k{n}") for n in range(50)))
    with django_assert_max_num_queries(len(few)):
        assert len(explain_member(member, YEAR)) > 50


def test_no_plan_reads_the_whole_ledger(tree, member):
    make_scheme(tree.county, {"value": Decimal(1), "cap": Decimal(5), "cap_period": "quarter"})
    settled(*(deed(m, MARCH) for m in (member, *(make_member(tree.ours, f"党员{n}") for n in range(30)))))
    with (
        connection.cursor() as cursor,
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        cursor.execute("SET LOCAL enable_seqscan = off")  # of thirty rows a scan is cheapest; asked is whether an index could serve
        explain_member(member, YEAR)
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if "points_entry" in query["sql"]:
                cursor.execute("EXPLAIN " + query["sql"])
                assert "Seq Scan on points_entry" not in "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")


def test_who_is_exempt_reads_why_items_do_not_apply(client, tree, member):
    MemberClass.objects.filter(member=member).update(name="exempt")
    make_scheme(tree.county, {"classes": ["village"]}, {"code": "open", "fact_kind": "x"})
    assert account_of(member, YEAR, today=TODAY).left_out == [("theme_day", "年老体弱，不作要求，也不扣分")]
    client.force_login(member.user)
    assert "有 1 项不适用" in client.get(reverse("points:mine")).content.decode()


def test_a_line_named_in_the_address_stands_open(client, tree, member):
    make_scheme(tree.county, {"value": Decimal(2)}, start=date(2020, 1, 1))
    settled(deed(member, MARCH))
    line = only(member, Entry.Kind.FACT)
    client.force_login(member.user)
    page = client.get(reverse("points:mine"), {"year": YEAR, "line": line.uid}).content.decode()
    assert f'id="l-{line.uid}" open' in page


def test_the_api_says_the_same(client, tree, member, neighbour):
    make_scheme(
        tree.county, {"value": Decimal(8), "cap": Decimal(10), "cap_period": "quarter"}, thresholds=[{"name": "合格", "at_least": 20}]
    )
    settled(deed(member, FEBRUARY), deed(member, MARCH))
    url = f"/api/v1/points/members/{member.uid}/explanation/"
    assert client.get(url).status_code in (401, 403)
    client.force_login(member.user)
    told = client.get(url, {"year": YEAR}).json()
    assert (told["total"], told["year"], told["grade"]["next"], told["grade"]["short_of"]) == ("10.00", YEAR, "合格", "10.00")
    assert (
        sum(Decimal(line["points"]) for line in told["lines"])
        == Decimal(told["total"])
        == sum(Decimal(c["points"]) for c in told["categories"])
    )
    (cap,) = [line for line in told["lines"] if line["kind"] == "item_cap"]
    assert cap["explanation"]["title"] == "theme_day第一季度封顶 10 分"
    assert client.get(url, {"year": "soon"}).status_code == 400
    listed = client.get("/api/v1/points/members/", {"year": YEAR}).json()["results"]
    assert [(row["uid"], row["total"], row["year"]) for row in listed] == [(str(member.uid), "10.00", YEAR)], "one's own alone"
    (before,) = client.get("/api/v1/points/members/", {"year": YEAR - 1}).json()["results"]
    assert (before["total"], before["as_of"]) == ("0.00", None)
    assert client.get("/api/v1/points/members/", {"year": "soon"}).status_code == 400
    entries = client.get("/api/v1/points/entries/", {"year": YEAR}).json()["results"]
    assert {entry["explanation"]["title"] for entry in entries if entry["kind"] == "item_cap"} == {cap["explanation"]["title"]}
    client.force_login(neighbour)
    assert client.get(url).status_code == 404


# ── Numbers open into their rows ────────────────────────────────────────────
def test_every_cell_of_an_overview_opens_into_rows_that_add_up_to_it(client, tree, member, department):
    """Organisation × category, organisation × year, category × county, the county's total: also of what belongs to no category."""
    make_scheme(
        tree.county,
        {"value": Decimal(8)},
        {"code": "hours", "fact_kind": "study.hours", "value": Decimal(3), "category": "study"},
        total=(Decimal(20), "year"),
        start=date(2020, 1, 1),
    )
    make_scheme(tree.other_township, {"value": Decimal(5), "category": "village_own"})
    people = [member, make_member(tree.neighbours, "邻"), make_member(tree.far, "远")]
    settled(*(deed(m, day) for m in people for day in (FEBRUARY, MARCH, AUGUST)), *(deed(m, MARCH, kind="study.hours") for m in people))
    client.force_login(department)

    def rows_behind(**asked):
        shown = client.get(reverse("points:entries"), {"month": YEAR} | asked)
        total = sum(row.points for row in shown.context["rows"])
        assert total == shown.context["total"]
        return total

    for organisation in (tree.county, tree.township, tree.other_township):
        seen = overview(organisation, YEAR)
        for row in seen.rows:
            assert row.points == sum(points or 0 for _, points in row.cells) == rows_behind(organisation=row.target)
            for code, points in row.cells:
                assert (points or 0) == rows_behind(organisation=row.target, category=code)
        for code, points in seen.sums:
            assert points == rows_behind(organisation=organisation.code, category=code)
        assert seen.total == sum(points for _, points in seen.sums) == rows_behind(organisation=organisation.code)
    assert {code for code, _ in overview(tree.county, YEAR).categories} == {"life", "study", "village_own", TOTAL}


def test_what_a_dissolved_branch_brought_stays_in_the_sum(tree, member):
    make_scheme(tree.county, {"value": Decimal(8)})
    gone = make_organisation("中共清源县山门镇旧村支部委员会", "branch", tree.township)
    old = make_member(gone, "旧")
    settled(deed(member, MARCH), deed(old, MARCH))
    type(gone).objects.filter(pk=gone.pk).update(dissolved_on=date(YEAR, 6, 30))
    seen = overview(tree.township, YEAR)
    assert [row.points for row in seen.rows if not row.target] == [8]
    assert seen.total == 16 == sum(row.points for row in seen.rows)


def test_a_members_cell_opens_into_their_lines(client, tree, member, secretary):
    make_scheme(tree.county, {"value": Decimal(8)}, total=(Decimal(10), "year"), start=date(2020, 1, 1))
    settled(deed(member, MARCH), deed(member, AUGUST))
    client.force_login(secretary)
    (row,) = overview(tree.ours, YEAR).rows
    for code, points in row.cells:
        account = client.get(reverse("points:member", args=[row.target]), {"year": YEAR, "category": code}).context["account"]
        assert sum(line.points for line in account.lines) == points


def test_an_entry_leads_to_its_own_line(client, tree, member, secretary):
    make_scheme(tree.county, {"value": Decimal(8), "cap": Decimal(10), "cap_period": "year"}, start=date(2020, 1, 1))
    settled(deed(member, MARCH), deed(member, AUGUST))
    client.force_login(secretary)
    rows = client.get(reverse("points:entries"), {"organisation": tree.ours.code, "month": YEAR}).context["rows"]
    uids = {line.uid for line in lines_of(member)}
    assert {row.anchor for row in rows} == uids and len(uids) == 3
    assert Fact.objects.count() == 2 and Item.objects.count() == 1 and OrganisationMonth.objects.exists()
