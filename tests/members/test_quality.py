"""名册质量: each finding finds what it says and nothing else, its count is its rows, and a branch confirms once a period."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Organisation
from members import duties
from members.mobility.models import Outflow
from members.models import Member, MemberClass, Office, RosterCheck, Suspension
from members.parameters import BRANCH_MOST, ROSTER_CHECK_MONTHS, SHARED_PHONE, STALE_MONTHS
from members.rules.quality import check_is_near, check_period, period_words
from members.selectors.quality.burden import burden, required_fields
from members.selectors.quality.cockpit import branches_with, members_with, quality
from members.selectors.quality.findings import FINDING, FINDINGS, OF_MEMBERS, asked_on
from members.services.people import edit
from members.services.roster_checks import confirm_roster
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from partyportal.core.parameters import set_value
from tests.at_once import at_once
from tests.budgets import fits_budget
from tests.factories import make_member, make_organisation

TODAY = date(2026, 11, 22)
GOOD = {"education": "21", "address": "高家杨村 1 号"}


def good(branch, name="好人", **fields):
    return make_member(branch, name, **GOOD | fields)


def set_row(person, **fields):
    """What an old import may have left behind and no form lets through."""
    Member.objects.filter(pk=person.pk).update(**fields)


def probationary(branch, joined_on, **fields):
    return good(branch, joined_on=joined_on, full_on=None, category="probationary", start=joined_on, **fields)


def in_office(person, organisation=None, **fields):
    Office.objects.create(member=person, organisation=organisation or person.branch, position="publicity", start=date(2025, 1, 1), **fields)


def suspended(person, start):
    set_row(person, standing="suspended")
    Suspension.objects.create(member=person, start=start, reason="lost_contact", basis="1号")


def away(person, **fields):
    """The rows of an outflow as they stand, whatever the roster says."""
    said = {"province": "61", "city": "西安市", "county": "雁塔区", "start": date(2026, 1, 1)}
    Outflow.objects.create(member=person, **said | fields)


# finding → (what has it, what is just short of it); each is given the tree
CASES = {
    "no_education": (lambda t: good(t.ours, education=""), lambda t: good(t.ours)),
    "no_post": (lambda t: good(t.ours, post=""), lambda t: good(t.ours)),
    "no_phone": (lambda t: good(t.ours, mobile_phone=""), lambda t: good(t.ours, mobile_phone="", landline="0930-6221234")),
    "no_address": (lambda t: good(t.ours, address=""), lambda t: good(t.ours)),
    "destination_vague": (
        lambda t: good(t.ours, is_mobile=True, destination="广东省"),
        lambda t: good(t.ours, is_mobile=True, destination="广东省东莞市"),
    ),
    "sex_number": (lambda t: set_row(good(t.ours, sex="2"), sex="1"), lambda t: good(t.ours, sex="2")),
    "too_young": (
        lambda t: good(t.ours, birth_on=date(1990, 7, 2), joined_on=date(2008, 7, 1), full_on=date(2009, 7, 1)),
        lambda t: good(t.ours, birth_on=date(1990, 7, 1), joined_on=date(2008, 7, 1), full_on=date(2009, 7, 1)),
    ),
    "category_day": (
        lambda t: set_row(probationary(t.ours, date(2026, 1, 1)), full_on=TODAY),
        lambda t: set_row(probationary(t.ours, date(2026, 1, 1)), full_on=TODAY + timedelta(days=1)),
    ),
    "full_ahead": (
        lambda t: good(t.ours, joined_on=date(2025, 11, 1), full_on=TODAY + timedelta(days=1)),
        lambda t: good(t.ours, joined_on=date(2025, 11, 1), full_on=TODAY),
    ),
    "probation_short": (
        lambda t: good(t.ours, joined_on=date(2004, 7, 1), full_on=date(2005, 6, 30)),
        lambda t: good(t.ours, joined_on=date(2004, 7, 1), full_on=date(2005, 7, 1)),
    ),
    "probation_long": (
        lambda t: good(t.ours, joined_on=date(2004, 7, 1), full_on=date(2007, 2, 1)),
        lambda t: good(t.ours, joined_on=date(2004, 7, 1), full_on=date(2007, 1, 31)),
    ),
    "class_mobile": (
        lambda t: MemberClass.objects.filter(member=good(t.ours, is_mobile=True, destination="西安市")).update(name="village"),
        lambda t: good(t.ours, is_mobile=True, destination="西安市"),
    ),
    "outflow_missing": (
        lambda t: good(t.ours, is_mobile=True, destination="陕西省西安市雁塔区"),
        lambda t: away(good(t.ours, is_mobile=True, destination="陕西省西安市雁塔区")),
    ),
    "outflow_open": (
        lambda t: away(good(t.ours)),
        lambda t: away(good(t.ours), end=date(2026, 11, 1), end_reason="returned"),
    ),
    "destination_kept": (lambda t: good(t.ours, destination="西安市"), lambda t: good(t.ours, is_mobile=True, destination="西安市")),
    "stopped_unwritten": (lambda t: set_row(good(t.ours), standing="suspended"), lambda t: suspended(good(t.ours), TODAY)),
    "office_probationary": (lambda t: in_office(probationary(t.ours, date(2026, 1, 1))), lambda t: in_office(good(t.ours))),
    "office_elsewhere": (lambda t: in_office(good(t.ours), t.neighbours), lambda t: in_office(good(t.ours), t.township)),
    "shared_phone": (
        lambda t: [good(t.ours, mobile_phone="15400000001") for _ in range(3)],
        lambda t: [good(t.ours, mobile_phone="15400000002") for _ in range(2)],
    ),
    "untouched": (
        lambda t: set_row(good(t.ours), updated_at=datetime(2025, 11, 21, 15, 59, tzinfo=UTC)),  # 23:59 in Shanghai
        lambda t: set_row(good(t.ours), updated_at=datetime(2025, 11, 21, 16, 0, tzinfo=UTC)),
    ),
    "undecided": (lambda t: probationary(t.ours, date(2025, 5, 21)), lambda t: probationary(t.ours, date(2025, 5, 22))),
    "lost_long": (
        lambda t: good(t.ours, is_lost=True, lost_on=date(2026, 5, 22)),
        lambda t: good(t.ours, is_lost=True, lost_on=date(2026, 5, 23)),
    ),
    "stopped_long": (lambda t: suspended(good(t.ours), date(2024, 11, 22)), lambda t: suspended(good(t.ours), date(2024, 11, 23))),
}


def found(user, organisation, code, today=TODAY):
    """The count and the rows of one finding, which must agree."""
    asked = asked_on(today)
    shown, finding = quality(user, organisation, asked=asked), FINDING[code]
    rows = (branches_with if finding.of_branches else members_with)(user, organisation, finding, asked=asked)
    assert shown.whole.of(finding) == rows.count() == sum(place.of(finding) for place in shown.below) or not shown.below
    assert shown.whole.of(finding) == rows.count()
    return rows.count()


def test_every_finding_of_members_has_its_case():
    assert CASES.keys() == {finding.code for finding in OF_MEMBERS}


@pytest.mark.parametrize("code", CASES)
def test_a_finding_finds_what_has_it_and_not_what_is_just_short_of_it(tree, committee, code):
    has_it, is_short = CASES[code]
    is_short(tree)
    good(tree.neighbours)
    assert found(committee, tree.township, code) == 0
    has_it(tree)
    assert found(committee, tree.township, code) == (3 if code == "shared_phone" else 1)
    assert found(committee, tree.ours, code) == (3 if code == "shared_phone" else 1)
    assert found(committee, tree.neighbours, code) == 0


@pytest.mark.parametrize("code", CASES)
def test_what_is_wrong_is_gone_with_whoever_left(tree, committee, code):
    CASES[code][0](tree)
    for person in Member.objects.all():
        person.affiliations.filter(end=None).update(end=TODAY, end_reason="transferred_out")
    assert found(committee, tree.township, code) == 0


def test_members_of_1977_and_before_had_no_probation(tree, committee):
    good(tree.ours, joined_on=date(1975, 7, 1), full_on=date(1975, 7, 1), birth_on=date(1950, 1, 1))
    good(tree.ours, joined_on=date(1977, 8, 31), full_on=date(1977, 8, 31), birth_on=date(1950, 1, 1))
    assert found(committee, tree.ours, "probation_short") == 0
    good(tree.ours, joined_on=date(1977, 9, 1), full_on=date(1977, 9, 1), birth_on=date(1950, 1, 1))
    assert found(committee, tree.ours, "probation_short") == 1


def test_a_person_counts_once_in_a_kind_however_much_is_missing(tree, committee):
    good(tree.ours, education="", address="", mobile_phone="")
    shown = quality(committee, tree.township, asked=asked_on(TODAY))
    assert (shown.incomplete, shown.whole.of(FINDING["no_phone"]), shown.whole.of(FINDING["no_address"])) == (1, 1, 1)


def test_the_county_s_own_numbers_are_used(tree, committee, system_admin):
    for _ in range(3):
        good(tree.ours, mobile_phone="15400000001")
    set_value(SHARED_PHONE, value=3, start=TODAY, by=system_admin)
    assert found(committee, tree.ours, "shared_phone") == 0
    assert found(committee, tree.ours, "shared_phone", today=TODAY - timedelta(days=1)) == 3
    set_row(Member.objects.first(), updated_at=datetime(2026, 8, 1, tzinfo=UTC))
    set_value(STALE_MONTHS, value=3, start=TODAY, by=system_admin)
    assert found(committee, tree.ours, "untouched") == 1


# ── Branches ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("full", "small"), [(2, 1), (3, 0), (4, 0)])
def test_a_branch_needs_three_full_members(tree, committee, full, small):
    """支部工作条例 ch.2: 正式党员三人以上; a 预备党员 does not make up the number."""
    for _ in range(full):
        good(tree.ours)
    probationary(tree.ours, date(2026, 1, 1))
    assert found(committee, tree.ours, "branch_small") == small


@pytest.mark.parametrize(("people", "large"), [(19, 0), (20, 0), (21, 1)])
def test_a_branch_past_the_usual_size(tree, committee, system_admin, people, large):
    set_value(BRANCH_MOST, value=20, start=TODAY, by=system_admin)
    for _ in range(people):
        good(tree.ours)
    assert found(committee, tree.township, "branch_large") == large


def test_a_dissolved_branch_is_asked_nothing(tree, committee):
    assert found(committee, tree.township, "unchecked") == 2
    Organisation.objects.filter(pk=tree.neighbours.pk).update(dissolved_on=TODAY)
    assert found(committee, tree.township, "unchecked") == 1


# ── 核对 ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("day", "months", "first", "last", "words"),
    [
        (date(2026, 9, 30), 3, date(2026, 7, 1), date(2026, 9, 30), "第三季度"),
        (date(2026, 10, 1), 3, date(2026, 10, 1), date(2026, 12, 31), "第四季度"),
        (date(2026, 2, 28), 1, date(2026, 2, 1), date(2026, 2, 28), "2 月"),
        (date(2026, 7, 1), 6, date(2026, 7, 1), date(2026, 12, 31), "下半年"),
        (date(2026, 5, 5), 12, date(2026, 1, 1), date(2026, 12, 31), "2026 年"),
        (date(2026, 11, 22), 5, date(2026, 11, 1), date(2026, 12, 31), "11–12 月"),
    ],
)
def test_periods_begin_with_the_year_and_never_outlast_it(day, months, first, last, words):
    assert check_period(day, months) == (first, last)
    assert period_words(first, months) == words


def test_a_branch_confirms_its_roster_once_a_period(tree, secretary):
    good(tree.ours, address="")
    check = confirm_roster(tree.ours, by=secretary, today=TODAY)
    assert (check.start, check.checked_on, check.members, check.incomplete) == (date(2026, 10, 1), TODAY, 1, 1)
    act = AuditEntry.objects.get(code="members.roster.checked")
    assert (act.actor, act.organisation_path, act.target_uid, act.data["members"]) == (secretary, tree.ours.path, check.uid, 1)
    with pytest.raises(DomainError, match="第四季度的名册 2026-11-22 已由吕山东核对过"):
        confirm_roster(tree.ours, by=secretary, today=date(2026, 12, 31))
    confirm_roster(tree.ours, by=secretary, today=date(2027, 1, 1))
    assert RosterCheck.objects.count() == 2


def test_blanks_may_wait_but_contradictions_may_not(tree, secretary):
    CASES["too_young"][0](tree)
    CASES["no_address"][0](tree)
    with pytest.raises(DomainError, match="入党时不满十八岁 1 人。先改好"):
        confirm_roster(tree.ours, by=secretary, today=TODAY)
    assert not RosterCheck.objects.exists() and not AuditEntry.objects.filter(code="members.roster.checked").exists()


def test_a_neighbour_s_contradiction_is_not_ours(tree, secretary):
    CASES["category_day"][0](tree)
    Member.objects.all().update(branch=tree.neighbours)
    assert confirm_roster(tree.ours, by=secretary, today=TODAY)


def test_only_an_existing_branch_confirms(tree, committee):
    with pytest.raises(DomainError, match="由各党支部自己核对"):
        confirm_roster(tree.township, by=committee, today=TODAY)
    Organisation.objects.filter(pk=tree.ours.pk).update(dissolved_on=TODAY)
    with pytest.raises(DomainError, match="已经撤销"):
        confirm_roster(tree.ours, by=committee, today=TODAY)


def test_the_database_itself_keeps_one_check_a_period(tree, secretary):
    check = confirm_roster(tree.ours, by=secretary, today=TODAY)
    with pytest.raises(IntegrityError, match="roster_checked_once_a_period"), transaction.atomic():
        RosterCheck.objects.create(
            organisation=tree.ours, start=check.start, checked_on=TODAY, checked_by=secretary, members=1, incomplete=0
        )
    with pytest.raises(IntegrityError, match="roster_checked_in_its_period"), transaction.atomic():
        RosterCheck.objects.create(
            organisation=tree.far, start=TODAY, checked_on=TODAY - timedelta(days=1), checked_by=secretary, members=1, incomplete=0
        )


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_leave_one_check(tree, secretary, deputy):
    good(tree.ours)
    told = at_once(*(lambda by=by: confirm_roster(tree.ours, by=by, today=TODAY) for by in (secretary, deputy, secretary)))
    assert RosterCheck.objects.count() == AuditEntry.objects.filter(code="members.roster.checked").count() == 1
    refused = [one for one in told if isinstance(one, DomainError)]
    assert len(refused) == 2 and all("核对过" in one.message for one in refused)


def test_a_check_ends_staleness_and_the_duty(tree, secretary):
    set_row(good(tree.ours), updated_at=datetime(2024, 1, 1, tzinfo=UTC))
    assert found(secretary, tree.ours, "untouched") == found(secretary, tree.ours, "unchecked") == 1
    confirm_roster(tree.ours, by=secretary, today=TODAY)
    assert found(secretary, tree.ours, "untouched") == found(secretary, tree.ours, "unchecked") == 0
    assert found(secretary, tree.ours, "untouched", today=date(2027, 11, 22)) == 0
    assert found(secretary, tree.ours, "untouched", today=date(2027, 11, 23)) == 1


def checks_due(user, today):
    return [duty for duty in duties.due(user, today) if duty.key.startswith("members.check:")]


@pytest.mark.parametrize(("day", "told"), [(date(2026, 11, 30), 0), (date(2026, 12, 1), 1), (date(2026, 12, 31), 1), (date(2027, 1, 1), 0)])
def test_the_branch_is_told_a_month_before_its_period_ends(tree, secretary, day, told):
    assert len(checks_due(secretary, day)) == told
    assert check_is_near(day, check_period(day, 3)[1]) is bool(told)


def test_a_check_clears_its_own_branch_s_duty_alone(tree, secretary):
    day = date(2026, 12, 10)
    (duty,) = checks_due(secretary, day)
    assert (duty.due_on, duty.organisation_code) == (date(2026, 12, 31), tree.ours.code) and tree.ours.code in duty.url
    confirm_roster(tree.ours, by=secretary, today=day)
    assert checks_due(secretary, day) == []
    left = [duty for duty in duties.due_for([tree.ours, tree.neighbours], day) if duty.key.startswith("members.check:")]
    assert [duty.organisation_code for duty in left] == [tree.neighbours.code]


def test_the_county_may_ask_less_often(tree, secretary, system_admin):
    set_value(ROSTER_CHECK_MONTHS, value=12, start=date(2026, 1, 1), by=system_admin)
    assert checks_due(secretary, date(2026, 6, 30)) == []
    assert [duty.title for duty in checks_due(secretary, date(2026, 12, 1))] == ["核对2026 年名册"]


# ── What it costs ───────────────────────────────────────────────────────────
def test_the_required_fields_are_those_the_row_rules_refuse_to_miss():
    assert required_fields() == ("姓名", "公民身份号码", "人员类别", "所在党支部", "加入党组织日期")


def test_changes_are_counted_by_month_by_hand_and_by_import(tree, secretary, committee):
    today = timezone.localdate()
    person = good(tree.ours)
    edit(person, version=1, by=secretary, on=today, post="教师")
    AuditEntry.objects.create(
        at=timezone.now(), code="members.member.edited", organisation_path=tree.ours.path, data={"batch": "x", "row": 3}
    )
    good(tree.far)
    told = burden(tree.township, today=today)
    assert told.months[-1].month == today.replace(day=1) and len(told.months) == 6
    assert (told.by_hand, told.imported) == (2, 1) == (told.months[-1].by_hand, told.months[-1].imported)
    assert told.recent == {str(tree.ours.pk): 2}


# ── The pages ───────────────────────────────────────────────────────────────
def test_a_secretary_walks_from_the_count_to_the_form_that_mends_it(client, tree, secretary):
    person = good(tree.ours, "潘山洋", address="")
    client.force_login(secretary)
    shown = client.get(reverse("members:quality")).content.decode()
    rows = reverse("members:quality_rows", query={"organisation": tree.ours.code, "finding": "no_address"})
    assert "没有填家庭住址" in shown and rows.replace("&", "&amp;") in shown
    listed = client.get(rows).content.decode()
    assert "潘山洋" in listed and reverse("members:edit", args=[person.uid]) in listed
    edit(person, version=1, by=secretary, on=TODAY, address="高家杨村 2 号")
    assert "都改好了" in client.get(rows).content.decode()


def test_a_reader_looks_but_is_led_to_no_form(client, tree, reader):
    person = good(tree.ours, address="")
    client.force_login(reader)
    listed = client.get(reverse("members:quality_rows"), {"finding": "no_address"}).content.decode()
    assert reverse("members:member", args=[person.uid]) in listed and reverse("members:edit", args=[person.uid]) not in listed
    assert "本支部核对无误" not in client.get(reverse("members:quality"), {"organisation": tree.ours.code}).content.decode()


def test_the_rows_go_out_masked_and_leave_a_trace(client, tree, secretary):
    person = good(tree.ours, address="")
    client.force_login(secretary)
    response = client.post(reverse("members:quality_rows", query={"finding": "no_address"}))
    assert response["Content-Type"].endswith("sheet")
    assert person.id_number.encode() not in b"".join(response.streaming_content)
    assert AuditEntry.objects.get(code="members.roster.exported").data["members"] == 1


def test_confirming_shows_who_did_and_a_refusal_says_why(client, tree, secretary):
    client.force_login(secretary)
    url = reverse("members:roster_check", args=[tree.ours.code])
    CASES["too_young"][0](tree)
    refused = client.post(url)
    assert refused.status_code == 422 and "入党时不满十八岁 1 人" in refused.content.decode()
    set_row(Member.objects.get(), birth_on=date(1980, 1, 1))
    shown = client.post(url, follow=True).content.decode()
    assert "名册已核对" in shown and "由吕山东核对" in shown and "本支部核对无误" not in shown
    assert client.post(url).status_code == 422 and RosterCheck.objects.count() == 1


def test_an_unknown_finding_is_not_found(client, tree, secretary):
    client.force_login(secretary)
    assert client.get(reverse("members:quality_rows"), {"finding": "beauty"}).status_code == 404


def test_every_finding_opens(client, tree, committee):
    client.force_login(committee)
    for case in CASES.values():
        case[0](tree)
    for finding in FINDINGS:
        assert client.get(reverse("members:quality_rows"), {"finding": finding.code}).status_code == 200, finding.code


def test_the_pages_cost_the_same_at_one_and_at_fifty(client, tree, committee):
    client.force_login(committee)
    for many in (1, 49):
        for at in range(many):
            good(make_organisation(f"中共清源县山门镇第{many}{at}村支部委员会", "branch", tree.township), address="")
        with fits_budget("members:quality"):
            client.get(reverse("members:quality"), {"organisation": tree.township.code})
        with fits_budget("members:quality_rows"):
            client.get(reverse("members:quality_rows"), {"organisation": tree.township.code, "finding": "no_address"})
