"""去世 is one act; the condolence that follows; a mistake corrected."""

from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Grant
from branches.services import grants
from branches.services.accounts import set_active
from members.care.duties import due, due_for
from members.care.models import Condolence, CondolenceStep
from members.care.parameters import VISIT_DAYS
from members.care.rules.condolences import due_days, first_day_away
from members.care.services.condolences import record_step
from members.care.services.death import record_death, withdraw_death
from members.duties import due as of_members
from members.models import Member, Office
from members.services import membership
from members.services.departures import leave_party
from members.services.offices import issue_grant
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from partyportal.core.parameters import set_value
from tests.at_once import at_once
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member, make_organisation, make_user

TODAY = date(2026, 11, 22)
DIED = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    real = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda value=None, *args: real(value, *args) if value else TODAY)


@pytest.fixture
def old_secretary(tree, committee, security_admin):
    """程勇庆: secretary with a confirmed grant that came with the post, another grant given apart, and a group."""
    person = make_member(tree.ours, "程勇庆")
    person.user = make_user("程勇庆", username="old")
    person.save(update_fields=["user"])
    office = Office.objects.create(member=person, organisation=tree.ours, position="secretary", start=date(2024, 1, 1))
    grants.confirm(issue_grant(office, by=committee, today=date(2024, 1, 1)), by=security_admin)
    make_grant(person.user, tree.neighbours, "reader")
    return person


def steps_of(condolence):
    return {step.kind: step for step in condolence.steps.all()}


# ── Rules ───────────────────────────────────────────────────────────────────
def test_the_day_of_death_is_the_last_day_of_membership():
    assert first_day_away(date(2026, 12, 31)) == date(2027, 1, 1)


@pytest.mark.parametrize(("recorded", "visit"), [(DIED, date(2026, 12, 20)), (date(2026, 12, 10), date(2027, 1, 9))])
def test_a_death_told_late_is_counted_from_the_day_it_was_told(recorded, visit):
    assert due_days(DIED, recorded_on=recorded, funeral_days=3, visit_days=30)["visit"] == visit


# ── The act ─────────────────────────────────────────────────────────────────
def test_a_death_ends_affiliation_posts_grants_and_login_and_opens_the_condolence(tree, old_secretary, committee):
    membership_rows = old_secretary.affiliations
    condolence = record_death(old_secretary, died_on=DIED, by=committee, today=TODAY)
    away = date(2026, 11, 21)
    assert (membership_rows.get().end, membership_rows.get().end_reason) == (away, "died")
    office = Office.objects.get()
    assert (office.end, office.end_reason) == (away, "died")
    assert not Grant.objects.in_force(TODAY).filter(user=old_secretary.user).exists()
    assert Grant.objects.filter(user=old_secretary.user, end=away).count() == 2
    old_secretary.user.refresh_from_db()
    assert not old_secretary.user.is_active
    steps = steps_of(condolence)
    assert {kind: (step.organisation, step.due_on) for kind, step in steps.items()} == {
        "wreath": (tree.ours, date(2026, 11, 25)),
        "delegate": (tree.township, date(2026, 11, 25)),
        "visit": (tree.ours, date(2026, 12, 22)),
    }
    entry = AuditEntry.objects.get(code="care.condolence.opened")
    assert entry.subject == old_secretary.uid and "程勇庆" not in str(entry.data)


# ── What is held above the one who records ──────────────────────────────────
@pytest.fixture
def township_secretary(tree, department, security_admin):
    """程勇庆 of our branch: 镇党委书记 with the grant of the post, and a county grant given apart."""
    person = make_member(tree.ours, "程勇庆")
    person.user = make_user("程勇庆", username="high")
    person.save(update_fields=["user"])
    office = Office.objects.create(member=person, organisation=tree.township, position="secretary", start=date(2024, 1, 1))
    grants.confirm(issue_grant(office, by=department, today=date(2024, 1, 1)), by=security_admin)
    make_grant(person.user, tree.county, "reader")
    make_grant(person.user, tree.ours, "secretary")
    return person


def ends_of(user) -> dict:
    return {grant.organisation.code: grant.end for grant in Grant.objects.filter(user=user).select_related("organisation")}


def test_a_branch_secretary_ends_no_grant_above_the_branch_but_the_login_is_closed_at_once(
    tree, township_secretary, secretary, security_admin
):
    person = township_secretary
    record_death(person, died_on=DIED, by=secretary, today=TODAY)
    person.user.refresh_from_db()
    assert not person.user.is_active, "nobody acts in the name of the dead"
    assert Office.objects.get().end == date(2026, 11, 21), "the post ends: that is a fact about the person"
    assert ends_of(person.user) == {tree.ours.code: date(2026, 11, 21), tree.township.code: None, tree.county.code: None}
    assert AuditEntry.objects.filter(code="branches.grant.left_open", actor=secretary).count() == 2
    told = [one for one in of_members(security_admin, TODAY) if one.key.startswith("members.grant_left")]
    assert {(one.organisation_code, one.due_on) for one in told} == {
        (tree.township.code, date(2026, 11, 21)),
        (tree.county.code, date(2026, 11, 21)),
    }
    assert not any(one.key.startswith("members.grant_left") for one in of_members(secretary, TODAY))


def test_the_security_admin_ends_it_from_the_duty(client, tree, township_secretary, secretary, security_admin):
    record_death(township_secretary, died_on=DIED, by=secretary, today=TODAY)
    client.force_login(security_admin)
    home = client.get(reverse("dashboard:home")).content.decode()
    assert "要终止的授权" in home and "山门镇党委基层党委" in home
    for one in of_members(security_admin, TODAY):
        assert client.get(one.url).status_code == 200
        client.post(one.url)
    assert not any(end is None for end in ends_of(township_secretary.user).values())
    assert of_members(security_admin, TODAY) == []


def test_the_department_reaches_everything_and_leaves_nothing(tree, township_secretary, department, security_admin):
    record_death(township_secretary, died_on=DIED, by=department, today=TODAY)
    assert set(ends_of(township_secretary.user).values()) == {date(2026, 11, 21)}
    assert of_members(security_admin, TODAY) == []


def test_a_death_by_mistake_gives_back_what_nobody_ended_meanwhile(tree, township_secretary, secretary, committee):
    condolence = record_death(township_secretary, died_on=DIED, by=secretary, today=TODAY)
    withdraw_death(condolence, reason="同名同姓，登错了", by=committee)
    township_secretary.user.refresh_from_db()
    assert township_secretary.user.is_active
    assert ends_of(township_secretary.user)[tree.county.code] is None


def test_a_withdrawal_from_the_party_closes_the_login_only_while_a_grant_above_is_left(tree, township_secretary, secretary, security_admin):
    plain = make_member(tree.ours, "郝琴", user=make_user("郝琴", username="plain"))
    make_grant(plain.user, tree.ours, "secretary")
    for person in (plain, township_secretary):
        leave_party(person, reason="withdrew", on=TODAY, basis="山党〔2026〕1号", by=secretary, today=TODAY)
        person.user.refresh_from_db()
    assert plain.user.is_active and not township_secretary.user.is_active
    assert len(of_members(security_admin, TODAY)) == 2


def test_what_will_be_left_is_said_before_it_is_done(client, tree, township_secretary, secretary):
    client.force_login(secretary)
    shown = client.get(reverse("members:leave", args=[township_secretary.uid])).content.decode()
    assert shown.count("由安全管理员终止") == 2 and "立刻停用" in shown


def test_a_suspension_ends_with_it(tree, member, committee):
    membership.suspend(member, on=date(2026, 1, 1), reason="lost_contact", basis="〔1〕", by=committee)
    record_death(member, died_on=DIED, by=committee, today=TODAY)
    assert member.suspensions.get().outcome == "left"


def test_the_county_sets_the_days(tree, member, committee, system_admin):
    set_value(VISIT_DAYS, value=10, start=date(2026, 1, 1), by=system_admin)
    assert steps_of(record_death(member, died_on=DIED, by=committee, today=TODAY))["visit"].due_on == date(2026, 12, 2)


@pytest.mark.parametrize(("died_on", "words"), [(date(2026, 11, 23), "还没有到"), (date(2010, 6, 30), "才编入现在的支部")])
def test_a_wrong_day_is_refused_and_changes_nothing(member, committee, died_on, words):
    with pytest.raises(DomainError, match=words) as refusal, transaction.atomic():
        record_death(member, died_on=died_on, by=committee, today=TODAY)
    assert refusal.value.field == "died_on"
    member.refresh_from_db()
    assert member.left_on is None and member.user.is_active and not Condolence.objects.exists()


def test_nobody_dies_twice_or_records_their_own_death(tree, member, committee):
    make_grant(member.user, tree.ours, "secretary")
    with pytest.raises(DomainError, match="不能登记自己"):
        record_death(member, died_on=DIED, by=member.user, today=TODAY)
    record_death(member, died_on=DIED, by=committee, today=TODAY)
    with pytest.raises(DomainError, match="刘明已经登记去世"):
        record_death(member, died_on=DIED, by=committee, today=TODAY)
    gone = make_member(tree.ours)
    membership.leave(gone, on=DIED, reason="transferred_out", by=committee)
    with pytest.raises(DomainError, match="已经不在本县"):
        record_death(gone, died_on=DIED, by=committee, today=TODAY)


def test_no_branch_can_lock_out_an_administrator_by_recording_a_death(tree, member, secretary):
    make_grant(member.user, tree.county, "system_admin")
    with pytest.raises(DomainError, match="由运维在服务器上办"), transaction.atomic():
        record_death(member, died_on=DIED, by=secretary, today=TODAY)
    member.refresh_from_db()
    assert member.left_on is None


@pytest.mark.django_db(transaction=True)
def test_the_same_death_recorded_twice_at_once_is_recorded_once(tree, member, secretary, committee):
    told = at_once(*(lambda by=by: record_death(member, died_on=DIED, by=by, today=TODAY) for by in (secretary, committee)))
    assert {type(one) for one in told} == {Condolence, DomainError}
    assert CondolenceStep.objects.count() == 3


# ── The mistake ─────────────────────────────────────────────────────────────
def test_a_mistake_is_corrected_without_a_day_lost_and_grants_are_not_given_back(tree, old_secretary, committee):
    condolence = record_death(old_secretary, died_on=DIED, by=committee, today=TODAY)
    with pytest.raises(DomainError, match="为什么"):
        withdraw_death(condolence, reason=" ", by=committee)
    withdraw_death(condolence, reason="与同名的人弄混", by=committee)
    assert Member.objects.at_home().filter(pk=old_secretary.pk).exists()
    assert all(old_secretary.affiliations.on(day).count() == 1 for day in (DIED, date(2026, 11, 21), TODAY))
    assert Office.objects.open().get().start == date(2026, 11, 21)
    old_secretary.user.refresh_from_db()
    assert old_secretary.user.is_active and not Grant.objects.in_force(TODAY).filter(user=old_secretary.user).exists()
    with pytest.raises(DomainError, match="已经更正过"):
        withdraw_death(condolence, reason="弄混", by=committee)
    with pytest.raises(DomainError, match="不用再办"):
        record_step(steps_of(condolence)["wreath"], outcome="done", done_on=TODAY, who="郑月", by=committee, today=TODAY)
    assert not due_for([tree.ours], TODAY)
    assert record_death(old_secretary, died_on=TODAY, by=committee, today=TODAY).pk != condolence.pk


def test_a_chair_filled_meanwhile_stays_filled(tree, old_secretary, committee):
    condolence = record_death(old_secretary, died_on=DIED, by=committee, today=TODAY)
    successor = Office.objects.create(member=make_member(tree.ours), organisation=tree.ours, position="secretary", start=TODAY)
    withdraw_death(condolence, reason="弄混", by=committee)
    assert Office.objects.open().get() == successor


# ── The steps ───────────────────────────────────────────────────────────────
def test_each_step_is_a_duty_until_it_is_done_or_declined(tree, member, secretary, committee):
    condolence = record_death(member, died_on=DIED, by=committee, today=TODAY)
    told = due(secretary, TODAY)
    assert [duty.title for duty in told] == ["派员参加刘明的悼念", "给刘明送花圈", "走访刘明的家属"]
    assert "由山门镇党委办" in told[0].reason and due(committee, TODAY)[0].title == "派员参加刘明的悼念"
    assert due_for([tree.ours], TODAY) == told and due_for([tree.far], TODAY) == due_for([], TODAY) == []
    steps = steps_of(condolence)
    record_step(steps["wreath"], outcome="done", done_on=TODAY, who="郑月、肖斌", by=secretary, today=TODAY)
    record_step(steps["delegate"], outcome="declined", done_on=TODAY, who="", by=committee, today=TODAY)
    assert [duty.title for duty in due(secretary, TODAY)] == ["走访刘明的家属"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"done_on": date(2026, 11, 23)}, "done_on"),
        ({"done_on": date(2026, 11, 19)}, "done_on"),
        ({"who": " "}, "who"),
        ({"outcome": "maybe"}, "outcome"),
    ],
)
def test_a_wrong_step_is_refused_at_its_field(member, committee, said, field):
    step = steps_of(record_death(member, died_on=DIED, by=committee, today=TODAY))["wreath"]
    with pytest.raises(DomainError) as refusal:
        record_step(step, by=committee, today=TODAY, **({"outcome": "done", "done_on": TODAY, "who": "郑月"} | said))
    assert refusal.value.field == field
    step.refresh_from_db()
    assert not step.outcome


@pytest.mark.django_db(transaction=True)
def test_a_step_recorded_twice_at_once_is_recorded_once(tree, member, secretary, committee):
    step = steps_of(record_death(member, died_on=DIED, by=committee, today=TODAY))["wreath"]
    told = at_once(
        *(lambda by=by: record_step(step, outcome="done", done_on=TODAY, who=by.name, by=by, today=TODAY) for by in (secretary, committee))
    )
    assert {type(one) for one in told} == {CondolenceStep, DomainError}


# ── Pages ───────────────────────────────────────────────────────────────────
def test_the_preview_tells_what_will_end_and_what_opens(client, old_secretary, deputy):
    client.force_login(deputy)
    url = reverse("care:death", args=[old_secretary.uid])
    assert "看会发生什么" in client.get(url).content.decode()
    text = client.get(url, {"died_on": "2026-11-20"}).content.decode()
    for words in (
        "高家杨村党支部书记",
        "授权：支部书记",
        "授权：查阅",
        "立刻停用",
        "送花圈",
        "派员参加悼念",
        "山门镇党委",
        "登记程勇庆去世",
    ):
        assert words in text
    assert not Condolence.objects.exists()
    answer = client.post(url, {"died_on": "2026-11-20"}, follow=True)
    assert answer.redirect_chain == [(reverse("care:condolence", args=[Condolence.objects.get().uid]), 302)]
    assert "组织关系已经不在本县" in client.get(url).content.decode()


def test_a_refused_death_keeps_what_was_typed(client, member, deputy):
    client.force_login(deputy)
    ahead = client.get(reverse("care:death", args=[member.uid]), {"died_on": "2026-11-23"})
    assert ahead.status_code == 422 and "这一天还没有到" in ahead.content.decode() and ahead.context["shown"] is None
    assert client.get(reverse("care:death", args=[member.uid]), {"died_on": "9999-12-31"}).status_code == 422
    answer = client.post(reverse("care:death", args=[member.uid]), {"died_on": "2026-11-23"})
    assert answer.status_code == 422 and 'value="2026-11-23"' in answer.content.decode()


def test_a_step_is_recorded_on_the_page(client, member, deputy):
    condolence = record_death(member, died_on=DIED, by=deputy, today=TODAY)
    client.force_login(deputy)
    url = reverse("care:condolence_step", args=[steps_of(condolence)["wreath"].uid])
    answer = client.post(url, {"outcome": "done", "done_on": "2026-11-22", "who": ""})
    assert answer.status_code == 422 and "写明去的人" in answer.content.decode()
    assert client.post(url, {"outcome": "done", "done_on": "2026-11-22", "who": "郑月"}, follow=True).status_code == 200
    assert steps_of(condolence)["wreath"].who == "郑月"


def test_the_branch_corrects_on_the_same_day_the_committee_later(client, member, secretary, committee):
    condolence = record_death(member, died_on=DIED, by=committee, today=TODAY)
    url, said = reverse("care:condolence_withdraw", args=[condolence.uid]), {"reason": "弄混"}
    Condolence.objects.update(recorded_at="2026-11-21T08:00:00Z")
    client.force_login(secretary)
    assert client.post(url, said).status_code == 403
    Condolence.objects.update(recorded_at="2026-11-22T02:00:00Z")
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, said).status_code == 302
    condolence.refresh_from_db()
    assert condolence.withdrawn_by == secretary


def test_the_neighbour_sees_none_of_it(client, member, neighbour, committee):
    condolence = record_death(member, died_on=DIED, by=committee, today=TODAY)
    client.force_login(neighbour)
    assert client.get(reverse("care:condolence", args=[condolence.uid])).status_code == 404
    assert client.get(reverse("care:death", args=[member.uid])).status_code == 404
    assert "刘明" not in client.get(reverse("care:condolences")).content.decode()


@pytest.mark.parametrize("size", [1, 20])
def test_the_list_costs_the_same(client, tree, committee, size):
    for _ in range(size):
        record_death(make_member(tree.ours), died_on=DIED, by=committee, today=TODAY)
    client.force_login(committee)
    with fits_budget("care:condolences"):
        answer = client.get(reverse("care:condolences"))
    assert answer.context["page"].paginator.count == size


def test_the_list_narrows_and_goes_out_as_a_sheet(client, tree, committee):
    one, other = make_member(tree.ours, "汤艳岚"), make_member(tree.neighbours, "袁强明")
    for person in (one, other):
        record_death(person, died_on=DIED, by=committee, today=TODAY)
    for step in one.condolences.get().steps.all():
        record_step(step, outcome="done", done_on=TODAY, who="郑月", by=committee, today=TODAY)
    client.force_login(committee)
    shown = lambda **query: [row.member.name for row in client.get(reverse("care:condolences"), query).context["page"]]  # noqa: E731
    assert shown() == ["袁强明", "汤艳岚"] and shown(state="done") == ["汤艳岚"] and shown(state="open") == ["袁强明"]
    assert shown(q="汤") == ["汤艳岚"] and shown(organisation=tree.neighbours.code) == ["袁强明"] and shown(state="withdrawn") == []
    answer = client.post(reverse("care:condolences_export"))
    assert answer.status_code == 200
    assert AuditEntry.objects.get(code="care.condolence.exported").data["members"] == 2


def test_a_branch_straight_under_the_county_has_the_county_send_somebody(tree, department):
    office = make_organisation("中共清源县财政局支部委员会", "branch", tree.county)
    condolence = record_death(make_member(office), died_on=DIED, by=department, today=TODAY)
    assert steps_of(condolence)["delegate"].organisation == tree.county


def test_a_login_that_was_closed_before_stays_closed_when_the_death_was_a_mistake(member, committee, system_admin):
    set_active(member.user, active=False, by=system_admin)
    condolence = record_death(member, died_on=date(2026, 11, 1), by=committee, today=date(2026, 11, 22))
    withdraw_death(condolence, reason="弄混", by=committee)
    member.user.refresh_from_db()
    assert not member.user.is_active
    assert "弄混" not in str(list(AuditEntry.objects.values_list("data", flat=True)))
