"""Who is sent out, who answers for which ground, who is brought up: the acts and what they refuse."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from members.models import Fact
from members.outreach import duties
from members.outreach.models import AreaDuty, DutyCard, Visit
from members.outreach.services import areas, cadres, dispatches
from members.services.membership import leave
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.factories import make_member

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def counsellor(tree):
    return make_member(tree.far, "石立新")


@pytest.fixture
def sent(tree, counsellor, committee):
    return dispatches.send(
        kind="counsellor",
        member=counsellor,
        organisation=tree.ours,
        task="指导三会一课",
        basis="",
        start=date(2026, 9, 1),
        by=committee,
    )


def visit(sent, by, **changed):
    usual = {"kind": "guidance", "day": date(2026, 11, 20), "content": "指导开主题党日", "outcome": "", "by": by, "today": TODAY}
    return dispatches.record_visit(sent, **(usual | changed))


# 三员


def test_a_visit_is_a_fact_of_the_one_sent_in_the_branch_they_belong_to(tree, sent, secretary, counsellor):
    visit(sent, secretary)
    fact = Fact.objects.get()
    assert (fact.member, fact.organisation, fact.kind, fact.title) == (counsellor, tree.far, "outreach.visit", "党建辅导员指导组织生活")


def test_a_voided_visit_takes_its_fact_back_once(sent, secretary):
    row = visit(sent, secretary)
    dispatches.void_visit(row, by=secretary)
    assert not Fact.objects.standing().exists()
    with pytest.raises(DomainError, match="已经作废"):
        dispatches.void_visit(row, by=secretary)


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2026, 8, 31), "不在派驻期间"), (date(2026, 11, 23), "还没到"), (date(2026, 11, 22), None), (date(2026, 9, 1), None)],
)
def test_a_visit_lies_between_the_day_sent_and_today(sent, secretary, day, said):
    if said:
        with pytest.raises(DomainError, match=said):
            visit(sent, secretary, day=day)
        assert not Visit.objects.exists() and not Fact.objects.exists()
    else:
        assert visit(sent, secretary, day=day).day == day


def test_nobody_is_sent_to_one_place_twice_nor_after_leaving_the_county(tree, sent, counsellor, committee):
    again = {"kind": "counsellor", "organisation": tree.ours, "task": "再派", "basis": "", "start": TODAY, "by": committee}
    with pytest.raises(ValidationError, match="已经派在这里"):
        dispatches.send(member=counsellor, **again)
    leave(counsellor, on=TODAY, reason="transferred_out", by=committee)
    with pytest.raises(DomainError, match="不在本县"):
        dispatches.send(member=counsellor, **(again | {"kind": "liaison"}))


@pytest.mark.parametrize(("on", "ok"), [(date(2026, 11, 20), False), (date(2026, 11, 21), True), (date(2026, 9, 1), False)])
def test_a_dispatch_ends_after_its_last_record(sent, secretary, committee, on, ok):
    visit(sent, secretary)
    if ok:
        assert dispatches.call_back(sent, on=on, note="任务完成", by=committee).end == on
        with pytest.raises(DomainError, match="已经结束"):
            dispatches.call_back(sent, on=on, note="", by=committee)
    else:
        with pytest.raises(DomainError, match="要晚于"):
            dispatches.call_back(sent, on=on, note="", by=committee)


def test_silence_is_a_duty_from_the_day_it_is_too_long(tree, sent, secretary):
    visit(sent, secretary, day=date(2026, 9, 20))
    by = date(2026, 9, 20) + timedelta(days=60)
    assert not [d for d in duties.due_for([tree.ours], by - timedelta(days=1)) if "石立新" in d.title]
    assert [d.due_on for d in duties.due_for([tree.ours], by)] == [by]
    assert not duties.due_for([tree.neighbours], by)


# 责任区


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]


@pytest.fixture
def grid(tree, people, secretary):
    return areas.open_area(
        kind="grid",
        organisation=tree.ours,
        name="第一网格",
        extent="一组",
        households=42,
        lead=people[0],
        start=date(2026, 1, 1),
        by=secretary,
    )


def roles(area) -> dict[str, str]:
    return {duty.member.name: duty.role for duty in area.duties.filter(end=None).select_related("member")}


def test_a_new_lead_takes_the_place_of_the_old_who_stays_answerable(grid, people, secretary):
    areas.join(grid, member=people[1], role="responsible", on=date(2026, 2, 1), by=secretary)
    areas.join(grid, member=people[1], role="lead", on=date(2026, 3, 1), by=secretary)
    assert roles(grid) == {"程勇庆": "responsible", "戴鹏": "lead"}
    assert AreaDuty.objects.filter(end=date(2026, 3, 1)).count() == 2, "what was is kept"


def test_an_area_is_named_once_and_nobody_stands_in_it_twice(tree, grid, people, secretary):
    with pytest.raises(ValidationError, match="这个名称已经有了"):
        areas.open_area(
            kind="grid", organisation=tree.ours, name="第一网格", extent="", households=None, lead=people[1], start=TODAY, by=secretary
        )
    with pytest.raises(ValidationError, match="已经在这个责任区"):
        areas.join(grid, member=people[0], role="responsible", on=TODAY, by=secretary)
    with pytest.raises(DomainError, match="已经由这位党员牵头"):
        areas.join(grid, member=people[0], role="lead", on=TODAY, by=secretary)
    with pytest.raises(DomainError, match="不能更早"):
        areas.join(grid, member=people[1], role="responsible", on=date(2025, 12, 31), by=secretary)


def test_closing_an_area_ends_everybodys_part(grid, people, secretary):
    areas.join(grid, member=people[1], role="responsible", on=TODAY, by=secretary)
    areas.part(grid, member=people[1], on=TODAY, by=secretary)
    with pytest.raises(DomainError, match="现在不在"):
        areas.part(grid, member=people[1], on=TODAY, by=secretary)
    areas.close_area(grid, on=TODAY, by=secretary)
    assert not AreaDuty.objects.filter(end=None).exists()
    with pytest.raises(DomainError, match="已经撤销"):
        areas.join(grid, member=people[2], role="responsible", on=TODAY, by=secretary)


# 双向培养 and 岗位责任


def begin(tree, by, **changed):
    usual = {"direction": "reserve", "organisation": tree.ours, "member": None, "person_name": "", "source": "skilled", "plan": "跟班", "start": date(2026, 5, 22), "by": by}  # fmt: skip
    return cadres.begin(**(usual | changed))


def test_one_who_is_no_member_yet_is_brought_up_by_name(tree, people, secretary):
    row = begin(tree, secretary, direction="member", person_name="石头", mentor=people[0])
    assert (row.name, row.member) == ("石头", None)
    with pytest.raises(DomainError, match="选一位党员"):
        begin(tree, secretary, person_name="石头", mentor=people[0])
    with pytest.raises(DomainError, match="已经是党员"):
        begin(tree, secretary, direction="member", member=people[1], mentor=people[0])
    with pytest.raises(ValidationError, match="帮带人不能是本人"):
        begin(tree, secretary, member=people[0], mentor=people[0])
    with pytest.raises(ValidationError, match="只填一样"):
        begin(tree, secretary, member=people[1], person_name="又写一遍", mentor=people[0])


def test_a_cultivation_is_noted_every_half_year_and_ends_with_an_outcome(tree, people, secretary):
    row = begin(tree, secretary, member=people[1], mentor=people[0])
    assert not duties.due_for([tree.ours], date(2026, 11, 21))
    assert [d.title for d in duties.due_for([tree.ours], TODAY)] == ["记戴鹏的培养情况"]
    cadres.note(row, day=TODAY, content="参加培训", by=secretary, today=TODAY)
    assert not duties.due_for([tree.ours], TODAY)
    cadres.finish(row, on=TODAY, outcome="cadre", outcome_note="当选村委会委员", by=secretary)
    with pytest.raises(DomainError, match="已经结束"):
        cadres.note(row, day=TODAY, content="再记", by=secretary, today=TODAY)


def test_a_new_card_ends_the_old_one_of_the_post(tree, people, secretary):
    card = {"organisation": tree.ours, "title": "组织委员", "member": people[0], "duties": "管名册\n\n收党费", "by": secretary}
    first = cadres.hand_card(start=date(2026, 1, 1), **card)
    assert first.lines == ["管名册", "收党费"]
    second = cadres.hand_card(start=date(2026, 7, 1), **card)
    first.refresh_from_db()
    assert (first.end, second.end) == (date(2026, 7, 1), None)
    with pytest.raises(DomainError, match="要晚于那天"):
        cadres.hand_card(start=date(2026, 7, 1), **card)
    cadres.end_card(second, on=TODAY, by=secretary)
    assert DutyCard.objects.filter(end=None).count() == 0


def test_every_act_leaves_an_audit_row_without_names(tree, sent, people, secretary):
    visit(sent, secretary)
    begin(tree, secretary, member=people[1], mentor=people[0])
    said = [str(row.data) for row in AuditEntry.objects.filter(code__startswith="outreach.")]
    assert len(said) == 3
    assert not [text for text in said if any(name in text for name in ("石立新", "戴鹏", "指导"))]
