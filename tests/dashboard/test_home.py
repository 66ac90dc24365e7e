"""首页: each kind of user begins with what is theirs to do."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from branches.models import Grant
from education.rules import HOURS_DUE
from education.selectors.cells import cells
from members.models import Fact, MemberClass, Office
from partyportal.core import audit
from partyportal.core.models import Job, Verification
from partyportal.dashboard import duties
from partyportal.dashboard.selectors.home import awards_to_check, duties_by_branch, duties_under, status
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member, make_organisation, make_user
from tests.mobility.makers import make_outflow

HOME = "dashboard:home"
TODAY = date(2026, 11, 22)


def study(member, hours, day=date(2026, 5, 1)):
    Fact.objects.create(
        kind="study.hours",
        key=f"education.hours:{member.pk}:{day}",
        member=member,
        organisation=member.branch,
        member_class="village",
        day=day,
        units=hours,
        title="党课",
        recorded_at=timezone.now(),
    )


def propose(user, organisation, by):
    """A grant that waits for a second person."""
    return Grant.objects.create(user=user, organisation=organisation, role="reader", start=date(2026, 1, 1), granted_by=by)


# ── Whom it sends where ─────────────────────────────────────────────────────
def test_the_department_and_a_reader_begin_with_the_county(client, department, reader):
    for user in (department, reader):
        client.force_login(user)
        assert client.get(reverse(HOME)).url == reverse("dashboard:cockpit")


def test_a_member_begins_with_the_own_points(client, member):
    client.force_login(member.user)
    assert client.get(reverse(HOME)).url == reverse("points:mine")


def test_a_login_that_is_nobody_s_is_told_whom_to_ask(client, outsider):
    client.force_login(outsider)
    assert "还没有授权" in client.get(reverse(HOME)).content.decode()


# ── 支部书记 ────────────────────────────────────────────────────────────────
def test_a_secretary_begins_with_what_is_due(client, secretary, tree):
    make_member(tree.ours)
    client.force_login(secretary)
    shown = client.get(reverse(HOME))
    assert {duty.organisation_code for duty in shown.context["duties"]} == {tree.ours.code}
    assert "主题党日" in shown.content.decode() and "袁家店村" not in shown.content.decode()


def test_a_recorded_meeting_clears_its_duty(client, secretary, tree, hold):
    client.force_login(secretary)
    today = timezone.localdate()

    def theme_days():
        key = f"education.theme_day:{tree.ours.code}:{today:%Y-%m}"
        return [duty for duty in client.get(reverse(HOME)).context["duties"] if duty.key == key]

    assert len(theme_days()) == 1
    hold(tree.ours, today)
    assert theme_days() == []


def stood(branch):
    return status(branch, cells(first=date(2026, 1, 1), last=date(2026, 12, 1), paths=[branch.path]), today=TODAY)


def test_the_branch_as_it_stands(tree, hold):
    diligent, lazy, aged, away = (make_member(tree.ours, name) for name in ("甲", "乙", "丙", "丁"))
    MemberClass.objects.filter(member=aged).update(name="exempt")
    study(diligent, HOURS_DUE - 2)
    study(diligent, 2, day=date(2026, 6, 1))
    study(lazy, HOURS_DUE, day=date(2025, 6, 1))
    away.is_mobile, away.is_lost, away.destination, away.lost_on = True, True, "西安市", date(2026, 1, 1)
    away.save()
    make_outflow(make_member(tree.ours, "戊"), contact=diligent, start=date(2026, 9, 1))
    now = stood(tree.ours)
    assert (now.members, now.mobile, now.late, now.late_tone) == (5, 2, 1, "red")
    assert (now.studied, now.study_due, now.study_exempt, now.study_note) == (1, 4, 1, "32 学时，免 1 人")
    assert (now.meetings_done, now.meetings_due, now.meetings_note) == (0, 1, "还差主题党日")
    hold(tree.ours, date(2026, 11, 20))
    assert stood(tree.ours).meetings_note == "都开过了"


def test_s11_a_secretary_owes_56_hours_here_as_everywhere(tree):
    """全国党员教育培训工作规划: 书记和班子成员每年不少于 56 学时."""
    lead = make_member(tree.ours)
    Office.objects.create(member=lead, organisation=tree.ours, position="secretary", start=date(2024, 1, 1))
    study(make_member(tree.ours), HOURS_DUE)
    study(lead, 55)
    now = stood(tree.ours)
    assert (now.studied, now.study_due, now.study_note) == (1, 2, "32 学时，书记和班子 56 学时")
    study(lead, 1, day=date(2026, 6, 1))
    assert stood(tree.ours).studied == 2


def test_who_answers_for_two_branches_changes_between_them(client, secretary, tree):
    make_grant(secretary, tree.far, "secretary")
    client.force_login(secretary)
    assert client.get(reverse(HOME)).context["organisation"] == tree.ours
    assert client.get(reverse(HOME), {"organisation": tree.far.code}).context["organisation"] == tree.far
    # a branch that is not theirs is not shown, whatever the address says
    assert client.get(reverse(HOME), {"organisation": tree.neighbours.code}).context["organisation"] == tree.ours


# ── 核对 ────────────────────────────────────────────────────────────────────
def test_an_award_waits_for_a_second_person(secretary, deputy, neighbour, committee, tree, file_award):
    file_award(make_member(tree.ours))
    assert [awards_to_check(user).count() for user in (secretary, committee, deputy, neighbour)] == [1, 1, 0, 0]


def test_what_waits_leads_to_where_it_is_decided(client, secretary, tree, file_award):
    award = file_award(make_member(tree.ours, "汪辉世"))
    client.force_login(secretary)
    shown = client.get(reverse(HOME))
    assert shown.context["waiting"] == 1
    assert reverse("points:award", args=[award.uid]) in shown.content.decode()


# ── 党委 ────────────────────────────────────────────────────────────────────
def test_a_committee_sees_its_branches_sums(client, committee, tree, hold):
    client.force_login(committee)
    behind = duties_by_branch(committee, tree.township, today=TODAY)
    assert [row.code for row in behind.late] == [tree.ours.code, tree.neighbours.code]
    whole = client.get(reverse(HOME)).content.decode()
    assert "逐件看" in whole and f'hx-get="/?organisation={tree.township.code}"' in whole
    shown = client.get(reverse(HOME), headers={"hx-request": "true"}).content.decode()
    assert "高家杨村党支部" in shown and "石柳村" not in shown and "<html" not in shown
    for month in (8, 9, 10):
        hold(tree.ours, date(2026, month, 20))
    hold(tree.ours, date(2026, 9, 26), kind="assembly")
    behind = duties_by_branch(committee, tree.township, today=TODAY)
    assert [row.code for row in behind.late] == [tree.neighbours.code]
    assert [row.code for row in behind.on_time] == [tree.ours.code]


def test_a_sum_opens_into_as_many_duties(client, committee, tree):
    client.force_login(committee)
    today = timezone.localdate()
    behind = duties_by_branch(committee, tree.township, today=today)
    for row in (*behind.late, *behind.on_time):
        listed = client.get(row.url).context["page"].object_list
        assert sum(duty.due_on < today for duty in listed) == row.overdue
    whole = client.get(reverse("dashboard:duties")).context["page"].object_list
    assert sum(duty.due_on < today for duty in whole) == behind.overdue
    assert all(duty.title.startswith(duty.organisation_name) for duty in whole)


def test_where_committees_hang_below_each_is_read_by_itself_and_says_how_far_it_is_behind(client, department, committee, tree):
    today = timezone.localdate()
    behind = duties_by_branch(department, tree.township, today=today)
    client.force_login(department)
    shown = client.get(reverse("dashboard:duties"))
    place = next(place for place in shown.context["places"] if place.organisation == tree.township)
    assert (place.overdue, place.this_month) == (behind.overdue, behind.this_month) and behind.overdue
    assert shown.context["own"] == [] and 'data-label="逾期"' in shown.content.decode()
    assert f"{reverse('dashboard:duties')}?organisation={tree.township.code}" in shown.content.decode()
    client.force_login(committee)
    assert "places" not in client.get(reverse("dashboard:duties")).context


def test_of_too_many_branches_nothing_is_counted(client, department, tree, monkeypatch):
    monkeypatch.setattr("partyportal.dashboard.selectors.home.LISTED_BRANCHES", 3)
    monkeypatch.setattr("partyportal.dashboard.duties.due_for", pytest.fail)
    client.force_login(department)
    shown = client.get(reverse("dashboard:duties"))
    places = [(place.organisation, place.branches) for place in shown.context["places"]]
    assert (tree.township, 2) in places and "个党支部" in shown.content.decode()


def test_a_long_list_is_read_one_part_of_the_work_at_a_time(client, committee, tree, file_award):
    file_award(make_member(tree.ours))
    client.force_login(committee)
    whole = client.get(reverse("dashboard:duties")).context
    rooms = {duty.room for duty in whole["page"].paginator.object_list}
    assert rooms <= set(duties.ROOMS.values()) and rooms >= {"组织生活", "积分和表彰"}
    for room in rooms:
        listed = client.get(reverse("dashboard:duties"), {"room": room}).context["page"].paginator.object_list
        assert listed == [duty for duty in whole["page"].paginator.object_list if duty.room == room]
    assert client.get(reverse("dashboard:duties"), {"room": "没有这方面"}).context["page"].paginator.count == whole["page"].paginator.count


def test_duties_of_others_stay_hidden(client, secretary, reader, tree):
    client.force_login(secretary)
    assert client.get(reverse("dashboard:duties"), {"organisation": tree.neighbours.code}).status_code == 404
    client.force_login(reader)
    assert client.get(reverse("dashboard:duties"), {"organisation": tree.ours.code}).status_code == 403


# ── 管理员 ──────────────────────────────────────────────────────────────────
def test_administrators_see_what_is_theirs(client, system_admin, security_admin, auditor, tree, outsider):
    Job.objects.create(kind="x", title="写入山门镇名册", state="failed", error="数据库断开了。", created_by=system_admin)
    propose(outsider, tree.ours, make_user("提议人"))
    client.force_login(system_admin)
    shown = client.get(reverse(HOME)).content.decode()
    assert "数据库断开了。" in shown and "最近的导入" in shown and "等你确认的授权" not in shown
    client.force_login(security_admin)
    shown = client.get(reverse(HOME)).content.decode()
    assert "外人：高家杨村党支部 查阅" in shown and "最近的导入" not in shown and "数据库断开了" not in shown
    assert "在用的授权" in shown and "停下的任务" not in shown, "what is normal is silent"
    client.force_login(auditor)
    shown = client.get(reverse(HOME)).content.decode()
    assert "最近的审计记录" in shown and "还没有核验过" in shown and "最近的导入" not in shown and "等你确认" not in shown


def test_who_holds_what_is_counted_by_role(client, security_admin, secretary, department, outsider, tree):
    propose(outsider, tree.ours, make_user("提议人"))  # waits: not in force
    client.force_login(security_admin)
    held = dict(client.get(reverse(HOME)).context["held"])
    assert held == {"支部书记": 1, "组织部": 1, "安全管理员": 1}


def test_an_auditor_sees_what_was_done_last_and_whether_the_ledgers_are_sound(client, auditor, secretary, tree):
    audit.record("members.member.edited", secretary, by=secretary, path=tree.ours.path)
    audit.record("members.member.edited", secretary, by=secretary, path=tree.far.path)
    Verification.objects.create(at=timezone.now(), number=1, rows=8, unsealed=0, seconds=1, fault="第 7 行被改过。")
    client.force_login(auditor)
    shown = client.get(reverse(HOME))
    assert [act.what for act in shown.context["acts"]][:2] == ["党员改动", "党员改动"]
    assert "账本不符：第 7 行被改过。" in shown.content.decode() and tree.ours.short_name in shown.content.decode()


def test_a_proposer_does_not_confirm_the_own_grant(client, security_admin, tree, outsider):
    propose(outsider, tree.ours, security_admin)
    client.force_login(security_admin)
    assert client.get(reverse(HOME)).context["grants"] == []


# ── Cost ────────────────────────────────────────────────────────────────────
def test_a_secretary_s_home_costs_the_same_at_one_member_and_at_fifty(client, secretary, tree, file_award):
    client.force_login(secretary)
    for many in (1, 49):
        for _ in range(many):
            file_award(make_member(tree.ours))
        with fits_budget("dashboard:home branch" if many == 1 else "dashboard:home branch, many to check"):
            client.get(reverse(HOME))


@pytest.mark.parametrize("name", [HOME, "dashboard:duties"])
def test_a_committee_s_pages_cost_the_same_at_two_branches_and_at_fifty(client, committee, tree, name):
    client.force_login(committee)
    for many in (0, 48):
        for _ in range(many):
            make_member(make_organisation("中共清源县山门镇新村支部委员会", "branch", tree.township))
        with fits_budget(f"{name} committee"):
            client.get(reverse(name))


def test_what_the_branches_have_to_do_costs_the_same_at_two_and_at_fifty(client, committee, tree):
    client.force_login(committee)
    for many in (0, 48):
        for _ in range(many):
            make_member(make_organisation("中共清源县山门镇新村支部委员会", "branch", tree.township))
        with fits_budget("dashboard:home committee, its branches"):
            client.get(reverse(HOME), headers={"hx-request": "true"})


def test_a_dissolved_branch_has_nothing_to_do(tree, department):
    assert duties_under(department, tree.ours, today=TODAY)
    tree.ours.dissolved_on = date(2026, 6, 30)
    assert duties_under(department, tree.ours, today=TODAY) == []
