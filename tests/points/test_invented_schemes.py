"""Schemes a county might bring, written on the editor's own pages from nothing, on deeds whose worth was reckoned by hand and by the oracle.

Each test says the sum on paper first. The oracle then reckons the same facts under the same published rows.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from members.models import Fact, MemberClass
from members.services.facts import record, void
from partyportal.core.errors import DomainError
from points import services
from points.models import Award, Entry, Scheme
from points.rules.kinds import APPRAISAL
from points.selectors.grades import grade_of
from points.selectors.schemes import manual_items
from points.selectors.simulations import items_of
from points.services import simulations
from points.settlement import Scope, settle
from points.settlement.check import ledger_drift, projection_drift
from points.settlement.grades import GradePeriod
from tests.factories import make_grant, make_user
from tests.points.editor import Editor
from tests.points.makers import YEAR, deed, total
from tests.points.oracle import Deed, Rule, Version, score
from tests.points.test_oracle import as_compared, places_of, standing
from tests.points.test_scheme_pages import fields_of

pytestmark = pytest.mark.django_db

FIRST, LAST, AFTER = date(YEAR, 1, 1), date(YEAR, 12, 31), date(YEAR + 1, 1, 10)
BASE = "scheme.year"


@pytest.fixture
def editor(client, tree, department):
    return lambda **how: Editor(client, tree, department, **how)


@pytest.fixture
def of_the_year(monkeypatch):
    """The pages' today."""
    monkeypatch.setattr(timezone, "localdate", lambda *args: LAST)


def did(member, kind, *days, units="1", grade="", member_class="village"):
    return [
        deed(member, day, key=f"{member.pk}:{kind}:{grade}:{day}", kind=kind, units=units, grade=grade, member_class=member_class)
        for day in days
    ]


def days(month: int, *numbers: int) -> list[date]:
    return [date(YEAR, month, number) for number in numbers]


def settled(*deeds, year=YEAR):
    record(deeds, by=None)
    settle(Scope(year))


def told(member, item: str, day: date, *, by, confirmed_by, **said) -> Award:
    """A deed filed by one and confirmed by another."""
    row = manual_items(member.branch, day).get(name=item)
    grade = next((code for code, name in row.levels.items() if name == said.get("grade")), "")
    said = {"units": Decimal(1), "evidence": "支部记录", "title": item} | said | {"grade": grade}
    award = services.file_award(member=member, item=row, day=day, by=by, today=LAST, **said)
    return services.confirm_award(award, by=confirmed_by, today=LAST)


def agree(tree, year=YEAR):
    """The ledger is what the oracle says of the facts on record under the published rows, and stays so."""
    versions = [
        Version(
            organisation=one.organisation_id,
            start=one.start,
            rules=tuple(
                Rule(
                    code=item.code,
                    category=item.category.code,
                    fact_kind=item.fact_kind,
                    value=item.value,
                    cap=item.cap,
                    period=item.cap_period,
                    classes=tuple(item.classes),
                    grades=tuple((grade.code, grade.value) for grade in item.grades.all()),
                    veto=item.is_veto,
                )
                for item in one.items.select_related("category")
            ),
            category_caps=tuple((c.code, c.cap, c.cap_period) for c in one.categories.exclude(cap=None)),
            total=(one.cap, one.cap_period) if one.cap is not None else None,
            ratios=tuple(
                (ratio.category.code if ratio.category else "", ratio.fact_kind, tuple((g.code, g.ratio) for g in ratio.grades.all()))
                for ratio in one.multipliers.select_related("category")
            ),
            floor=one.floor,
            category_floors=tuple((c.code, c.floor) for c in one.categories.exclude(floor=None)),
        )
        for one in Scheme.objects.published()
    ]
    columns = ("key", "kind", "member_id", "organisation_id", "member_class", "day", "units", "grade")
    deeds = [Deed(*row) for row in Fact.objects.standing().values_list(*columns)]
    assert settle(Scope(year)).entries == 0
    of_year = [row for row in standing() if row[6].startswith(str(year))]
    assert of_year == as_compared(score(deeds, versions, places_of(tree), year))
    assert ledger_drift() is None and projection_drift() is None


# ── 1. Half-year caps, a category below its items, half points, deductions to a floor ───────
def test_half_years_half_points_and_a_floor(editor, tree, member):
    """上半年 主题党日 8 × 0.5 = 4 封顶 3，党课 4 × 1.25 = 5 封顶 4，合 7 封顶 5；下半年 2 × 0.5 + 1.25 = 2.25；60 + 7.25 − 40 = 27.25 → 40."""
    e = editor()
    base, life, off = e.category("基础分"), e.category("组织生活", cap="5", cap_period="half"), e.category("扣分")
    e.item(base, "年度基础分", BASE, "60")
    e.item(life, "主题党日", "meeting.theme_day", "0.5", cap="3", cap_period="half")
    e.item(life, "党课", "meeting.lecture", "1.25", cap="4", cap_period="half")
    e.item(off, "缺席", "meeting.absent", "-10")
    e.head(floor="40")
    e.publish()
    settled(
        *did(member, BASE, FIRST),
        *did(member, "meeting.theme_day", *days(3, 1, 2, 3, 4), *days(6, 1, 2, 29, 30), *days(7, 1), *days(12, 31)),
        *did(member, "meeting.lecture", *days(5, 1, 2, 3, 4), *days(8, 8)),
        *did(member, "meeting.absent", *days(9, 1, 2, 3, 4)),
    )
    assert total(member) == 40
    agree(tree)
    void([f"{member.pk}:meeting.absent::{day}" for day in days(9, 1, 2)], by=None)  # two were wrong
    settle(Scope(YEAR))
    assert total(member) == Decimal("47.25")
    agree(tree)


def test_a_category_is_taken_from_until_nothing_is_left(editor, tree, member):
    """组织纪律 20 − 3 × 8 = −4 扣完为止 → 0；志愿 6 不受影响，合 6。一次缺席查无此事：20 − 16 = 4，合 10."""
    e = editor()
    discipline, service = e.category("组织纪律", cap="20", cap_period="year", floor="0"), e.category("服务")
    e.item(discipline, "组织纪律基础分", BASE, "20")
    e.item(discipline, "缺席", "meeting.absent", "-8")
    e.item(service, "党课", "meeting.lecture", "6")
    e.publish()
    settled(*did(member, BASE, FIRST), *did(member, "meeting.absent", *days(3, 1, 2, 3)), *did(member, "meeting.lecture", *days(4, 1)))
    assert total(member) == 6
    agree(tree)
    shown = e.client.get(reverse("points:member", args=[member.uid])).content.decode()
    assert "组织纪律全年扣到 0 分为止" in shown
    assert "全年封顶 20 分，全年扣到 0 分为止" in e.client.get(reverse("points:scheme", args=[e.draft.uid])).content.decode()
    void([f"{member.pk}:meeting.absent::{days(3, 1)[0]}"], by=None)
    settle(Scope(YEAR))
    assert total(member) == 10
    agree(tree)


# ── 2. Exempt from a birthday in mid-year; a class that changes in mid-month ──────────────
def test_who_is_seventy_in_mid_month_is_exempt_from_that_day(editor, tree, member):
    """6月5日、12日按农村 2 × 2 = 4 封顶 3；15日起年老体弱：20日到会不计，25日缺席不扣；年老体弱另有 4 分."""
    active = [name for name in MemberClass.Name.values if name != "exempt"]
    e = editor()
    life, off = e.category("组织生活"), e.category("扣分")
    for category, name, kind, value, more in (
        (life, "主题党日", "meeting.theme_day", "2", {"cap": "3", "cap_period": "month"}),
        (off, "缺席", "meeting.absent", "-1", {}),
    ):
        url = reverse("points:scheme_part_new", args=[e.draft.uid, "item"])
        said = (
            fields_of(e.client.get(url)) | {"category": category, "name": name, "fact_kind": kind, "value": value, "classes": active} | more
        )
        assert e.client.post(url, said).status_code == 302
    said = fields_of(e.client.get(url)) | {
        "category": life,
        "name": "年老体弱基础分",
        "fact_kind": "scheme.base",
        "value": "4",
        "classes": ["exempt"],
    }
    assert e.client.post(url, said).status_code == 302
    e.publish()
    settled(
        *did(member, "meeting.theme_day", *days(6, 5, 12)),
        *did(member, "meeting.theme_day", *days(6, 20), member_class="exempt"),
        *did(member, "meeting.absent", *days(6, 10)),
        *did(member, "meeting.absent", *days(6, 25), member_class="exempt"),
        *did(member, "scheme.base", *days(7, 1), member_class="exempt"),
    )
    assert total(member) == 3 - 1 + 4
    agree(tree)


# ── 3. Two versions within a month ────────────────────────────────────────────
def test_two_versions_within_a_month(editor, tree, member, department):
    """2月 3 × 2 = 6 封顶 4；3月 16 日起每次 3 分封顶 7：三次 2 + 一次 3 = 9 → 7，按 3 月 31 日的一版."""
    e = editor()
    life = e.category("组织生活")
    e.item(life, "主题党日", "meeting.theme_day", "2", cap="4", cap_period="month")
    first = e.publish()
    settled(*did(member, "meeting.theme_day", *days(2, 1, 8, 28), *days(3, 5, 10, 15)))
    assert total(member) == 8
    e = editor(origin=str(first.uid), start=date(YEAR, 3, 16))
    e.put("item", key="theme_day", value="3", cap="7")
    simulations.simulate(e.draft, year=YEAR, by=department)
    e.publish()
    settled(*did(member, "meeting.theme_day", *days(3, 16)))
    assert total(member) == 11
    agree(tree)
    settled(*did(member, "meeting.theme_day", *days(3, 1)))  # late: its own line, and what March takes off
    assert total(member) == 11
    settled(*[replace(one, day=date(YEAR, 2, 27)) for one in did(member, "meeting.theme_day", *days(3, 16))])  # it was in February
    assert total(member) == 4 + 7
    agree(tree)


# ── 4. The result of 民主评议, a kind of the county's own, a fifth of last year ───────────
def test_the_appraisal_told_on_the_page_picks_its_ratio(client, editor, tree, member, secretary, committee, of_the_year):
    """上年 88 的 20% = 17.60；群众测评“好” 10；合 27.60 × 优秀 1.1 = 30.36；改评合格 × 1 = 27.60."""
    e = editor()
    base, review = e.category("基础分"), e.category("评议")
    e.item(base, "上年结转", "scheme.last_year", "0.2", cap="20", cap_period="year")
    e.item(review, "群众测评", "manual.", "5", grades=[("好", "10"), ("一般", "6")])
    e.item(review, "民主评议结果", APPRAISAL, "0")
    e.put("multiplier", grades=[("优秀", "1.1"), ("合格", "1"), ("基本合格", "0.8"), ("不合格", "0.5")])
    assert [grade.code for grade in e.draft.multipliers.get().grades.all()] == ["excellent", "qualified", "basic", "unqualified"]
    e.publish()
    settled(*did(member, "scheme.last_year", FIRST, units="88"))
    told(member, "群众测评", date(YEAR, 6, 1), grade="好", by=secretary, confirmed_by=committee)
    client.force_login(secretary)
    form = client.get(reverse("points:award_new")).context["form"]
    assert (
        "民主评议结果",
        [("excellent", "优秀"), ("qualified", "合格"), ("basic", "基本合格"), ("unqualified", "不合格")],
    ) in form.fields["grade"].choices
    said = {
        "member": member.uid,
        "item": e.key_of("民主评议结果"),
        "day": str(date(YEAR, 12, 10)),
        "units": "1",
        "title": "年度评议",
        "evidence": "评议汇总表",
    }
    answer = client.post(reverse("points:award_new"), said)
    assert answer.status_code == 422 and "选一个档次" in answer.content.decode()
    assert client.post(reverse("points:award_new"), said | {"grade": "excellent"}).status_code == 302
    award = Award.objects.latest("pk")
    assert "优秀" in client.get(reverse("points:award", args=[award.uid])).content.decode()
    services.confirm_award(award, by=committee, today=LAST)
    settle(Scope(YEAR))
    assert total(member) == Decimal("30.36")
    agree(tree)
    services.revoke_award(award, reason="统计错了", by=committee, today=LAST)
    told(member, "民主评议结果", date(YEAR, 12, 11), grade="合格", by=secretary, confirmed_by=committee)
    settle(Scope(YEAR))
    assert total(member) == Decimal("27.60")
    agree(tree)


def test_a_ratio_by_a_kind_of_the_countys_own(editor, tree, member, secretary, committee):
    """组织生活 4 次 × 2.5 = 10，× 支部测评“甲” 1.25 = 12.50; the item that only tells the ratio has no grades of its own."""
    e = editor()
    life = e.category("组织生活")
    e.item(life, "主题党日", "meeting.theme_day", "2.5")
    e.item(life, "支部测评", "manual.", "0")
    kind = e.draft.items.get(name="支部测评").fact_kind
    assert any("支部测评" in one for one in e.findings()), "an item worth nothing that feeds no ratio is said"
    e.put("multiplier", name="测评系数", fact_kind=kind, category=life, grades=[("甲", "1.25"), ("乙", "1"), ("", ""), ("", "")])
    assert e.findings() == []
    e.publish()
    settled(*did(member, "meeting.theme_day", *days(4, 1, 2, 3, 4)))
    told(member, "支部测评", date(YEAR, 11, 1), grade="甲", by=secretary, confirmed_by=committee)
    settle(Scope(YEAR))
    assert total(member) == Decimal("12.50")
    agree(tree)


def test_a_grade_the_appraisal_does_not_know_is_said_before_publishing(editor):
    e = editor()
    life = e.category("组织生活")
    e.item(life, "民主评议结果", APPRAISAL, "0", grades=[("良好", "5")])
    e.put("multiplier", grades=[("优", "1.1"), ("合格", "1"), ("基本合格", "0.8"), ("不合格", "0.5")])
    found = "".join(e.findings())
    assert "“良好”一档" in found and "“优”一档" in found and "没有写优秀乘多少" in found


# ── 5. A veto with an end, equal thresholds, ladders of two kinds of member ─────────────
def test_a_veto_holds_in_every_year_it_touches_and_no_longer(editor, tree, member, secretary, committee):
    """70 + 3 = 73，一票否决到次年 3 月 → 0；次年仍 0；再次年不受影响."""
    e = editor()
    base, veto = e.category("基础分"), e.category("一票否决")
    e.item(base, "年度基础分", BASE, "70")
    e.item(base, "化解信访", "manual.stability", "3")
    e.item(veto, "严重违纪", "manual.veto", "0", is_veto="on")
    for name, points, of in (("合格", "60", "full"), ("不合格", "0", "full"), ("达标", "60", "probationary")):
        e.put("threshold", name=name, at_least=points, of=of)
    assert e.refused("threshold", name="又一个", at_least="60.00", of="full") == {
        "at_least": ["同一分数只能定一个等次，这个分数已经有了。写另一个分数，或者改原来那一条。"]
    }
    e.publish()
    for year in (YEAR, YEAR + 1, YEAR + 2):
        settled(*did(member, BASE, date(year, 1, 1)), *did(member, "manual.stability", date(year, 5, 5)), year=year)
    award = told(
        member,
        "严重违纪",
        date(YEAR, 8, 8),
        by=secretary,
        confirmed_by=committee,
        document_number="清纪〔2026〕3号",
        expires_on=date(YEAR + 1, 3, 31),
    )
    for year, points in ((YEAR, 0), (YEAR + 1, 0), (YEAR + 2, 73)):
        settle(Scope(year))
        assert sum(e.points for e in Entry.objects.filter(day__year=year)) == points
        agree(tree, year)
    assert grade_of(member, GradePeriod(YEAR), today=AFTER).grade.name == "不合格"
    services.revoke_award(award, reason="查无此事", by=committee, today=LAST)
    for year in (YEAR, YEAR + 1):
        settle(Scope(year))
        agree(tree, year)
    assert grade_of(member, GradePeriod(YEAR), today=AFTER).grade.name == "合格"


# ── 6. A total by the quarter, one-off items, a deduction with a bound, all at once ─────────
def test_a_total_by_the_quarter_and_items_that_count_once(editor, tree, member, secretary, committee):
    """一季度 12 + 一次性 5 = 17 封顶 15；二季度 一次性不再计，迟到 5 × −0.5 最多扣 2：4 − 2 = 2；全年 17."""
    e = editor()
    life, once, off = e.category("组织生活"), e.category("一次性"), e.category("扣分")
    e.item(life, "主题党日", "meeting.theme_day", "4")
    e.item(once, "带头兑现承诺", "manual.pledge", "5", cap="5", cap_period="year")
    e.item(off, "迟到", "meeting.late", "-0.5", cap="2", cap_period="quarter")
    e.head(cap="15", cap_period="quarter", floor="0")
    e.publish()
    settled(
        *did(member, "meeting.theme_day", *days(1, 5), *days(2, 5), *days(3, 5), *days(4, 5)),
        *did(member, "meeting.late", *days(5, 1, 2, 3, 4, 5)),
    )
    told(member, "带头兑现承诺", date(YEAR, 2, 1), by=secretary, confirmed_by=committee)
    told(member, "带头兑现承诺", date(YEAR, 6, 1), by=secretary, confirmed_by=committee)
    settle(Scope(YEAR))
    assert total(member) == 17
    agree(tree)


def test_an_amount_no_ledger_holds_is_refused_at_its_field(editor, tree, member, secretary, committee):
    e = editor()
    life = e.category("服务")
    e.item(life, "志愿服务", "manual.volunteer", "1.5")
    e.publish()
    with pytest.raises(DomainError, match="核对数量") as refusal:
        told(member, "志愿服务", date(YEAR, 2, 1), units=Decimal("9999"), by=secretary, confirmed_by=committee)
    assert refusal.value.field == "units" and not Award.objects.exists()


def test_a_trial_knows_the_base_its_draft_would_be_the_first_to_ask_for(editor, tree, member, department):
    """现行每季 5 分，草案一年 60 分，还没有人有年度基础分：用去年的记实试算，人人有 60."""
    e = editor(origin="blank")
    e.item(e.category("基础分"), "季度基础分", "scheme.base", "5")
    e.publish()
    settled(*did(member, "scheme.base", FIRST))
    e = editor(origin="blank")
    e.item(e.category("基础分"), "年度基础分", BASE, "60")
    e.head(start=FIRST + timedelta(days=1))
    assert "记在 1 月 1 日" in "".join(
        one.sentence for one in e.client.get(reverse("points:scheme", args=[e.draft.uid])).context["findings"]
    )
    tried = simulations.simulate(e.draft, year=YEAR - 1, by=department)
    row = tried.rows.get(member=member)
    assert (row.before, row.after, tried.falls) == (0, 60, 0)
    assert [(one.now, one.then) for one in items_of(row)] == [(0, 60)]
    assert not Fact.objects.filter(kind=BASE).exists(), "nothing is written by a trial"


def test_a_version_that_takes_points_waits_for_a_second_person_and_then_says_so(client, editor, tree, member, department):
    e = editor()
    life = e.category("组织生活")
    e.item(life, "主题党日", "meeting.theme_day", "2")
    first = e.publish()
    settled(*did(member, "meeting.theme_day", *days(3, 5)))
    e = editor(origin=str(first.uid), start=FIRST + timedelta(days=1))
    e.put("item", key="theme_day", value="1.5")
    tried = simulations.simulate(e.draft, year=YEAR, by=department)
    url = reverse("points:scheme_publish", args=[e.draft.uid])
    assert client.post(url, {"revision": Scheme.objects.get(pk=e.draft.pk).revision}).status_code == 422
    other = make_user("卢敏", username="colleague")
    make_grant(other, tree.county, "department")
    simulations.consent(tried, by=other)
    e.publish()
    settle(Scope(YEAR))
    assert total(member) == Decimal("1.50")
    agree(tree)
