"""Conditions, versions and fixed lists: what is refused, what two at once do, what the database keeps, and whom the duties call."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from members.care import duties
from members.care.models import Condition, ConditionReview, Criterion, CriterionVersion, ListEntry, ListSnapshot
from members.care.parameters import REVIEW_MONTHS
from members.care.selectors.lists import eligible
from members.care.services import conditions, criteria
from members.care.services.snapshots import fix_list
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from partyportal.core.parameters import set_value
from tests.at_once import at_once
from tests.budgets import fits_budget
from tests.care.makers import held, version
from tests.factories import make_member, make_user

TODAY = date(2026, 11, 22)
START = date(2026, 3, 1)


def refused(act, *args, **said) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        act(*args, **said)
    return refusal.value.message, refusal.value.field


# ── Conditions ──────────────────────────────────────────────────────────────
def test_what_is_recorded_is_sealed_and_the_log_names_no_kind(tree, secretary):
    person = make_member(tree.ours, "高有福")
    row = conditions.record_condition(person, kind="illness", start=START, proof=" 胃癌 ", by=secretary, today=TODAY)
    assert "胃癌".encode() not in bytes(row.proof) and row.sealed_for == person.uid
    assert conditions.reveal_proof(row, by=secretary) == "胃癌"
    log = "".join(str(entry.data) for entry in AuditEntry.objects.filter(code__startswith="care."))
    assert "illness" not in log and "胃癌" not in log and "高有福" not in log


def test_what_cannot_be_recorded_is_told_with_its_field(tree, secretary, member):
    person = make_member(tree.ours, "高有福")
    record = {"kind": "illness", "start": START, "by": secretary, "today": TODAY}
    conditions.record_condition(person, **record)
    assert refused(conditions.record_condition, person, **record) == (
        "2026-03-01 起已经登记着重病。情况有变的，到那一条里改。",
        "start",
    )
    assert refused(conditions.record_condition, person, **record | {"start": TODAY + timedelta(days=1)})[1] == "start"
    assert refused(conditions.record_condition, person, **record | {"kind": "rich"})[1] == "kind"
    assert "支部里另一个人" in refused(conditions.record_condition, member, **record | {"by": member.user})[0]
    conditions.record_condition(person, **record | {"kind": "hardship"})


def test_review_end_and_withdraw_each_happen_once(tree, secretary):
    row = held(make_member(tree.ours), "hardship", START)
    conditions.review_condition(row, by=secretary, today=TODAY)
    assert refused(conditions.review_condition, row, by=secretary, today=TODAY)[0] == "今天已经复核过。"
    assert refused(conditions.end_condition, row, on=START, reason="better", by=secretary, today=TODAY)[1] == "on"
    conditions.end_condition(row, on=TODAY, reason="better", by=secretary, today=TODAY)
    assert "已经结束" in refused(conditions.end_condition, row, on=TODAY, reason="better", by=secretary, today=TODAY)[0]
    conditions.withdraw_condition(row, by=secretary)
    assert refused(conditions.withdraw_condition, row, by=secretary)[0] == "这一条已经撤回。"
    assert not eligible("hardship", on=START).exists(), "withdrawn, it held on no day"


def test_the_database_keeps_one_of_a_kind_a_day(tree):
    person = make_member(tree.ours)
    held(person, "hardship", START, date(2026, 6, 1))
    held(person, "hardship", date(2026, 6, 1))
    with pytest.raises(DatabaseError), transaction.atomic():
        held(person, "hardship", date(2026, 5, 31), date(2026, 6, 2))


# ── Versions ────────────────────────────────────────────────────────────────
def draft_of(code, department):
    return criteria.begin_draft(Criterion.objects.get(code=code), by=department)


def enact(draft, by, start=TODAY):
    return criteria.enact(draft, start=start, revision=draft.revision, by=by, today=TODAY)


def test_a_version_in_force_is_frozen_but_for_its_last_day(tree):
    one = version({"leaf": "age", "at_least": 80})
    with pytest.raises(DatabaseError), transaction.atomic():
        CriterionVersion.objects.filter(pk=one.pk).update(tree={"leaf": "age", "at_least": 60})
    with pytest.raises(DatabaseError), transaction.atomic():
        CriterionVersion.objects.filter(pk=one.pk).delete()
    CriterionVersion.objects.filter(pk=one.pk).update(end=TODAY)


def test_a_wider_version_needs_one_person_a_narrower_one_two(tree, department):
    make_member(tree.ours, "八十五岁", birth_on=date(1941, 1, 1))
    wider = draft_of("eighty", department)
    wider = criteria.put_line(
        wider, at="0", leaf={"leaf": "age", "at_least": 75, "on": "today"}, is_new=False, revision=wider.revision, by=department
    )
    enact(wider, department)
    assert [one.end for one in CriterionVersion.objects.filter(criterion__code="eighty").order_by("number")] == [TODAY, None]
    narrower = draft_of("eighty", department)
    leaf = {"leaf": "age", "at_least": 90, "on": "today"}
    narrower = criteria.put_line(narrower, at="0", leaf=leaf, is_new=False, revision=narrower.revision, by=department)
    later = TODAY + timedelta(days=1)
    assert refused(enact, narrower, department, later)[0] == "这一版会让 1 人从名单上下来，要由起草人以外的人施行。"
    enact(narrower, make_user("严晓棠"), later)
    assert eligible("eighty", on=TODAY).count() == 1 and eligible("eighty", on=later).count() == 0


def test_a_draft_that_is_stale_unfit_or_late_stays_a_draft(tree, department):
    draft = draft_of("eighty", department)
    assert "已经有一稿在改" in refused(criteria.begin_draft, draft.criterion, by=department)[0]
    grouped = criteria.add_group(draft, at="", word="any", revision=draft.revision, by=department)
    with pytest.raises(Stale):
        criteria.add_group(draft, at="", word="any", revision=draft.revision, by=department)
    assert "这一组里还没有条件" in refused(enact, grouped, department)[0]
    whole = criteria.change_node(grouped, at="1", how="remove", revision=grouped.revision, by=department)
    assert refused(enact, whole, department, TODAY - timedelta(days=1))[1] == "start"
    done = enact(whole, department)
    assert "已经施行" in refused(enact, done, department)[0]


# ── Fixed lists ─────────────────────────────────────────────────────────────
def test_whoever_was_on_a_fixed_list_of_a_medal_is_not_due_again(tree, committee):
    old = make_member(tree.ours, "老党员", birth_on=date(1950, 1, 1), joined_on=date(1970, 1, 1), full_on=date(1970, 1, 1))
    ill = make_member(tree.ours, "情况不清", birth_on=date(1950, 1, 1), joined_on=date(1970, 1, 1), full_on=date(1970, 1, 1))
    medal = Criterion.objects.get(code="fifty-years")
    said = {"organisation": tree.township, "on": date(2027, 7, 1), "purpose": "2027 年纪念章", "by": committee}
    fixed = fix_list(medal, left_out={ill.pk: "checking"}, **said)
    entry = fixed.entries.get(member=old)
    assert entry.reasons == [{"leaf": "party_age", "on": "2027-07-01", "since": "1970-01-01", "years": 57}] and fixed.people == 1
    assert list(eligible("fifty-years", on=TODAY)) == [ill], "who is still being checked comes again"
    assert "已经定过名单" in refused(fix_list, medal, **said)[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        ListEntry.objects.filter(pk=entry.pk).update(left_out="conduct")


# ── Two at once ─────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_done_and_one_is_told(tree, secretary, committee, department):
    person = make_member(tree.ours, "高有福")
    told = at_once(*[lambda: conditions.record_condition(person, kind="hardship", start=START, by=secretary, today=TODAY)] * 2)
    assert sorted(type(one).__name__ for one in told) == ["Condition", "DomainError"]
    row = Condition.objects.get()
    told = at_once(*[lambda: conditions.review_condition(row, by=secretary, today=TODAY)] * 2)
    assert ConditionReview.objects.count() == 1 and "今天已经复核过。" in map(str, told)
    hardship = Criterion.objects.get(code="hardship")
    told = at_once(*[lambda: fix_list(hardship, organisation=tree.ours, on=TODAY, purpose="春节", by=committee)] * 2)
    assert ListSnapshot.objects.count() == 1 and any("已经定过名单" in str(one) for one in told)
    draft = criteria.begin_draft(hardship, by=department)
    told = at_once(*[lambda: enact(draft, department)] * 2)
    assert sorted(type(one).__name__ for one in told) == ["CriterionVersion", "DomainError"]


# ── Duties and costs ────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("start", "due_on"), [(date(2025, 12, 23), None), (date(2025, 12, 22), date(2026, 12, 22)), (date(2025, 11, 1), date(2026, 11, 1))]
)
def test_a_branch_is_asked_every_year_without_a_name(tree, secretary, start, due_on):
    row = held(make_member(tree.ours, "高有福"), "hardship", start)
    held(make_member(tree.ours, "老干部"), "retired_cadre", date(2001, 1, 1))
    found = [duty for duty in duties.due(secretary, TODAY) if duty.key.startswith("care.review")]
    assert [duty.due_on for duty in found] == ([due_on] if due_on else [])
    for duty in found:
        assert "高有福" not in duty.title + duty.reason and duty.title == "复核 1 条登记的情况"
        conditions.review_condition(row, by=secretary, today=TODAY)
        assert not [one for one in duties.due(secretary, TODAY) if one.key.startswith("care.review")]


@pytest.mark.parametrize(("today", "told"), [(date(2027, 3, 2), 0), (date(2027, 3, 3), 1), (date(2027, 7, 1), 1), (date(2027, 7, 2), 0)])
def test_a_committee_is_told_of_the_medal_in_its_season(tree, committee, today, told):
    make_member(tree.ours, birth_on=date(1950, 1, 1), joined_on=date(1970, 1, 1), full_on=date(1970, 1, 1))
    found = [duty for duty in duties.due_for_committees([tree.township, tree.other_township], today) if "medal" in duty.key]
    assert len(found) == told
    if told:
        assert found[0].due_on == date(2027, 5, 2) and "1 人" in found[0].reason
        fix_list(Criterion.objects.get(code="fifty-years"), organisation=tree.township, on=date(2027, 7, 1), purpose="纪念章", by=committee)
        assert not duties.due_for_committees([tree.township], today)


def test_the_county_may_ask_more_often(tree, secretary, department):
    held(make_member(tree.ours), "hardship", date(2026, 5, 1))
    assert not [duty for duty in duties.due(secretary, TODAY) if "review" in duty.key]
    set_value(REVIEW_MONTHS, value=6, start=TODAY, by=department)
    assert [duty.due_on for duty in duties.due(secretary, TODAY) if "review" in duty.key] == [date(2026, 11, 1)]


@pytest.mark.parametrize("many", [1, 50])
def test_the_pages_cost_the_same_for_one_and_for_fifty(client, tree, secretary, many):
    for at in range(many):
        held(make_member(tree.ours, f"高{at}"), "hardship", timezone.localdate() - timedelta(days=9))
    client.force_login(secretary)
    for name, url in (
        ("care:lists", reverse("care:lists")),
        ("care:list", reverse("care:list", args=["hardship"])),
        ("care:conditions", reverse("care:conditions")),
    ):
        with fits_budget(name):
            assert client.get(url).status_code == 200
