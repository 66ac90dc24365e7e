"""A missed meeting is explained and made up; what was missed stays missed, and what is required changes only from a day on."""

from datetime import date

import pytest
from django.urls import reverse

from education import services
from education.duties import due_for
from education.models import MakeUp, Meeting, Miss, Requirement
from education.selectors.cells import cells
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.education.test_compliance import hold
from tests.factories import make_organisation

TODAY, MONTH = date(2026, 11, 22), date(2026, 9, 1)


def explain(tree, by, **fields):
    said = {"organisation": tree.ours, "kind": "theme_day", "month": MONTH, "reason": "farming", "words": "秋收", "today": TODAY} | fields
    return services.explain_miss(by=by, **said)


def cell_of(tree, month=MONTH):
    (found,) = [c for c in cells(first=month, last=month, paths=[tree.ours.path]) if c.kind == "theme_day"]
    return found


def test_said_again_the_new_words_stand_and_the_old_stay(tree, secretary):
    first = explain(tree, secretary)
    second = explain(tree, secretary, reason="away", make_up_on=date(2026, 12, 5))
    assert list(Miss.objects.standing()) == [second]
    assert Miss.objects.get(pk=first.pk).ended_at
    assert AuditEntry.objects.filter(code="education.miss.explained").count() == 2
    assert "秋收" not in str(list(AuditEntry.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    "fields,words",
    [
        ({"month": date(2026, 11, 1)}, "还没过完"),
        ({"words": "  "}, "写一句说明"),
        ({"make_up_on": date(2026, 11, 21)}, "从今天起"),
        ({"kind": "lecture"}, "没有缺"),
        ({"kind": "assembly", "month": date(2026, 8, 1)}, "没有缺"),
    ],
)
def test_what_is_not_missed_or_not_said_is_refused_and_nothing_changed(tree, secretary, fields, words):
    with pytest.raises(DomainError, match=words):
        explain(tree, secretary, **fields)
    assert not Miss.objects.exists()


def test_a_make_up_counts_once_and_can_be_taken_back(tree, secretary):
    late = hold(tree.ours, "theme_day", date(2026, 10, 8), secretary)
    made = services.make_up(late, month=MONTH, by=secretary)
    assert (cell_of(tree).done, cell_of(tree).made_up, cell_of(tree).is_missing) == (0, 1, False)
    assert cell_of(tree, date(2026, 10, 1)).is_missing
    with pytest.raises(DomainError, match="已经算作补课"):
        services.make_up(late, month=date(2026, 8, 1), by=secretary)
    services.take_back_make_up(made, by=secretary)
    assert (cell_of(tree).is_missing, cell_of(tree, date(2026, 10, 1)).done) == (True, 1)


def test_a_draft_an_earlier_meeting_and_a_month_that_lacks_nothing_make_up_for_nothing(tree, secretary):
    draft = hold(tree.ours, "theme_day", date(2026, 10, 8), secretary, state="draft")
    early = hold(tree.ours, "theme_day", date(2026, 8, 30), secretary)
    later = hold(tree.ours, "theme_day", date(2026, 10, 20), secretary)
    for meeting, month, words in ((draft, MONTH, "还没有确认"), (early, MONTH, "过了以后开"), (later, date(2026, 8, 1), "没有缺")):
        with pytest.raises(DomainError, match=words):
            services.make_up(meeting, month=month, by=secretary)
    assert not MakeUp.objects.exists()


def test_a_return_takes_the_make_up_out_of_account(tree, secretary, committee):
    late = hold(tree.ours, "theme_day", date(2026, 10, 8), secretary)
    services.make_up(late, month=MONTH, by=secretary)
    services.return_meeting(late, reason="照片是上个月的", by=committee)
    assert cell_of(tree).is_missing


def test_the_duty_waits_for_the_planned_day_and_goes_with_the_make_up(tree, secretary):
    def keys():
        return [duty for duty in due_for([tree.ours], TODAY) if duty.due_on == date(2026, 12, 5) or "9 月" in duty.title]

    assert [duty.title for duty in keys()] == ["补记 9 月主题党日"]
    explain(tree, secretary)
    assert keys() == []
    explain(tree, secretary, make_up_on=date(2026, 12, 5))
    assert [(duty.title, duty.act) for duty in keys()] == [("补开 9 月主题党日", "去补")]
    assert keys()[0].reason == "农忙没有开，计划 12月5日补"
    services.make_up(hold(tree.ours, "theme_day", date(2026, 11, 20), secretary), month=MONTH, by=secretary)
    assert keys() == []


def test_the_page_explains_and_makes_up(client, tree, secretary):
    client.force_login(secretary)
    make_organisation("第一党小组", "group", tree.ours, code="g1")
    url = f"{reverse('education:miss')}?organisation={tree.ours.code}&kind=theme_day&month=2026-09"
    refused = client.post(url, {"act": "explain", "reason": "farming", "words": ""})
    assert refused.status_code == 422
    assert client.post(url, {"act": "explain", "reason": "farming", "words": "秋收，都在地里"}).status_code == 302
    late = hold(tree.ours, "theme_day", date(2026, 10, 8), secretary)
    page = client.get(url)
    assert "秋收，都在地里" in page.content.decode()
    assert page.context["told"].offered == (late,)
    assert client.post(url, {"act": "make_up", "uid": late.uid}).status_code == 302
    assert client.get(url).context["told"].make_ups[0].meeting == late
    month = client.get(f"{reverse('education:compliance')}?organisation={tree.ours.code}&month=2026-09").content.decode()
    assert "已补开 1 次" in month


# ── 应开次数 ────────────────────────────────────────────────────────────────
def begin(by, **fields):
    said = {"kind": "lecture", "period": "quarter", "times": 1, "source": "县委组织部 2026 年通知", "start": TODAY, "today": TODAY} | fields
    return services.begin_requirement(by=by, **said)


def test_a_requirement_begins_from_its_month_and_moves_no_month_before(tree, department):
    def due():
        return [c.month.month for c in cells(first=date(2026, 1, 1), last=date(2026, 12, 1), paths=[tree.ours.path]) if c.kind == "lecture"]

    assert due() == []
    begin(department, period="month")
    assert due() == [11, 12]
    services.end_requirement(Requirement.objects.get(kind="lecture"), end=date(2026, 12, 1), by=department, today=TODAY)
    assert due() == [11]


def test_the_committee_meeting_keeps_of_whom_it_is_required(department, tree):
    assert begin(department, kind="committee", period="month", times=2).minimum_full_members == 7


@pytest.mark.parametrize(
    "fields,words", [({"start": date(2026, 11, 21)}, "最早从今天起"), ({"source": " "}, "写上依据"), ({}, "已经定过一条")]
)
def test_yesterday_no_source_and_the_same_day_twice_are_refused(tree, department, fields, words):
    if not fields:
        begin(department)
    with pytest.raises(DomainError, match=words):
        begin(department, **fields)
    assert Requirement.objects.filter(kind="lecture").count() == (not fields)


def test_an_end_is_set_once_and_after_the_start(tree, department):
    row = begin(department)
    with pytest.raises(DomainError, match="起的日期以后"):
        services.end_requirement(row, end=TODAY, by=department, today=TODAY)
    services.end_requirement(row, end=date(2027, 1, 1), by=department, today=TODAY)
    with pytest.raises(DomainError, match="已经定了"):
        services.end_requirement(row, end=date(2027, 2, 1), by=department, today=TODAY)


def test_the_page_of_requirements(client, tree, department, secretary):
    client.force_login(secretary)
    assert "支部工作条例" in client.get(reverse("education:requirements")).content.decode()
    client.force_login(department)
    url = reverse("education:requirements")
    assert client.post(url, {"kind": "lecture", "period": "year", "times": 0, "start": "2099-01-01", "source": "x"}).status_code == 422
    assert client.post(url, {"kind": "lecture", "period": "year", "times": 4, "start": "2099-01-01", "source": "县里"}).status_code == 302
    row = Requirement.objects.get(kind="lecture")
    assert client.post(url, {"act": "end", "requirement": row.pk, "end": "2098-01-01"}).status_code == 422
    assert Meeting.Kind.LECTURE.label in client.get(url).content.decode()
