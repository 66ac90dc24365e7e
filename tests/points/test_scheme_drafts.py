"""Drafts: begun, edited one part at a time by two people, consented to, published once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from branches.models import OrganisationPower
from branches.services.powers import end_power, give_power
from members.models import Fact
from partyportal.core.days import years_after
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from points import services
from points.models import Item, Scheme
from points.rules.kinds import APPRAISAL, BY_CODE, is_known
from points.schemes import TEMPLATES
from points.selectors.drafts import content_of, findings_of, version_before
from points.selectors.schemes import drafting_places, may_draft, readable_schemes
from points.services import simulations
from tests.at_once import at_once
from tests.factories import make_grant, make_user
from tests.points.makers import deed, make_scheme, settled

pytestmark = pytest.mark.django_db

START = date(2027, 1, 1)


@pytest.fixture
def draft(tree, department):
    return services.begin_from_template(TEMPLATES[0], organisation=tree.county, start=START, by=department)


@pytest.fixture
def colleague(tree):
    """Another officer of the department: the second person."""
    user = make_user("卢敏", username="colleague")
    make_grant(user, tree.county, "department")
    return user


# ── Beginning ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.code)
def test_a_template_becomes_a_draft_that_says_the_same(tree, department, template):
    begun = services.begin_from_template(template, organisation=tree.county, start=START, by=department)
    assert content_of(begun) == template.content
    assert (begun.version, begun.is_draft, begun.drafted_by) == (1, True, department)
    assert not [one for one in findings_of(begun, template.content, START) if one.stops], "every template may be published as it is"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.code)
def test_a_template_says_where_it_was_read_and_what_it_assumes(template):
    assert template.says and template.leaves_open and all(item.article for item in template.content.items)
    assert all(is_known(item.fact_kind) for item in template.content.items)


def test_a_copy_says_what_it_copies_under_the_next_number(tree, department, draft):
    services.publish(draft, by=department)
    copy = services.begin_from_version(draft, organisation=tree.county, start=date(2027, 7, 1), by=department)
    assert content_of(copy) == content_of(draft) and (copy.version, copy.based_on) == (2, draft)
    assert version_before(copy) == draft
    assert not Item.objects.filter(scheme=copy, pk__in=draft.items.all()).exists(), "rows of its own"


def test_a_branch_has_no_scheme_of_its_own(tree, department):
    with pytest.raises(DomainError, match="党支部按上级的"):
        services.begin_from_template(TEMPLATES[0], organisation=tree.ours, start=START, by=department)


def test_every_kind_the_portal_records_is_in_the_catalogue(tree, secretary, member):
    from education.models import Meeting

    assert {f"meeting.{kind}" for kind in Meeting.Kind.values} <= BY_CODE.keys()
    assert {"meeting.absent", "study.hours", "dues.paid", "dues.arrears", "outreach.visit", "scheme.base", "scheme.year"} <= BY_CODE.keys()
    assert not Fact.objects.exclude(kind__in=BY_CODE).exists()


# ── Editing ─────────────────────────────────────────────────────────────────
def test_each_part_is_put_changed_and_taken_out(draft, department):
    def revision():
        draft.refresh_from_db()
        return draft.revision

    category = services.put_category(draft, revision=revision(), by=department, name="重点工作", cap=Decimal(10), cap_period="year")
    item = services.put_item(
        draft, revision=revision(), by=department, category=category, name="防汛", fact_kind="manual.flood", value=Decimal(2), unit="次",
        manual=True, grades=[{"name": "带队", "value": Decimal(4)}],
    )  # fmt: skip
    assert item.code == "flood" and [grade.value for grade in item.grades.all()] == [4]
    again = services.put_item(draft, revision=revision(), by=department, code=item.code, value=Decimal(3), grades=[])
    assert (again.pk, again.value, again.name, again.grades.count()) == (item.pk, 3, "防汛", 0)
    with pytest.raises(DomainError, match="下面还有项目"):
        services.remove_part(draft, category, revision=revision(), by=department)
    services.remove_part(draft, item, revision=revision(), by=department)
    services.remove_part(draft, category, revision=revision(), by=department)
    services.put_threshold(draft, revision=revision(), by=department, name="模范", at_least=Decimal(91), period="year", of="all")
    services.put_threshold(draft, revision=revision(), by=department, key=("year", "all", Decimal(91)), at_least=Decimal(97))
    assert draft.thresholds.get(name="模范").at_least == 97
    services.put_multiplier(
        draft, revision=revision(), by=department, category=None, name="评议", fact_kind=APPRAISAL,
        grades=[{"code": "excellent", "name": "优秀", "ratio": Decimal("1.2")}],
    )  # fmt: skip
    services.put_multiplier(draft, revision=revision(), by=department, key="", name="民主评议系数")
    assert draft.multipliers.get().name == "民主评议系数" and draft.multipliers.get().grades.get().ratio == Decimal("1.2")
    services.edit_head(draft, revision=revision(), by=department, name="新办法", floor=Decimal(0))
    draft.refresh_from_db()
    assert (draft.name, draft.floor) == ("新办法", 0)
    assert AuditEntry.objects.filter(code="points.scheme.edited", target_uid=draft.uid).count() == draft.revision - 1


def test_what_may_stand_once_is_refused_at_its_field(draft, department):
    held = draft.thresholds.first()
    again = {"period": held.period, "of": held.of, "at_least": held.at_least}
    with pytest.raises(DomainError, match="同一分数只能定一个等次") as refused:
        services.put_threshold(draft, revision=1, by=department, name="又一个", **again)
    assert refused.value.field == "at_least"
    ratio = {"name": "评议", "fact_kind": APPRAISAL}
    services.put_multiplier(draft, revision=1, by=department, category=None, **ratio)
    with pytest.raises(DomainError, match="一个类别只能定一个系数") as refused:
        services.put_multiplier(draft, revision=2, by=department, category=None, **ratio)
    assert refused.value.field == "category"
    draft.refresh_from_db()
    assert draft.revision == 2 and not draft.thresholds.filter(name="又一个").exists()


def test_a_new_deed_of_the_countys_own_gets_a_kind_nobody_else_has(draft, department):
    life = draft.categories.get(code="life")
    fields = {"category": life, "fact_kind": "manual.", "value": Decimal(1), "unit": "次", "manual": True}
    one = services.put_item(draft, revision=1, by=department, name="邻里互助", **fields)
    other = services.put_item(draft, revision=2, by=department, name="巡河", **fields)
    assert one.fact_kind != other.fact_kind and {one.fact_kind[:8], other.fact_kind[:8]} == {"manual.m"}


def test_the_second_of_two_editors_is_told_and_changes_nothing(draft, department, colleague):
    opened = draft.revision
    services.edit_head(draft, revision=opened, by=department, name="甲改的")
    with pytest.raises(Stale, match="刚才被别人改过"):
        services.edit_head(draft, revision=opened, by=colleague, name="乙改的")
    draft.refresh_from_db()
    assert draft.name == "甲改的"


def test_a_cap_without_a_period_is_refused_by_the_rows_own_promise(draft, department):
    with pytest.raises(ValidationError, match="上限要写周期"):
        services.put_category(draft, revision=1, by=department, name="类", cap=Decimal(3), cap_period="")
    draft.refresh_from_db()
    assert draft.revision == 1 and not draft.categories.filter(name="类").exists()


def test_a_published_version_refuses_every_change(draft, department):
    services.publish(draft, by=department)
    item = draft.items.first()
    acts = [
        lambda: services.edit_head(draft, revision=1, by=department, name="改"),
        lambda: services.put_item(draft, revision=1, by=department, code=item.code, value=Decimal(9)),
        lambda: services.put_threshold(draft, revision=1, by=department, name="优秀", at_least=Decimal(9)),
        lambda: services.remove_part(draft, item, revision=1, by=department),
        lambda: services.delete_draft(draft, revision=1, by=department),
        lambda: services.ask_consent(draft, revision=1, by=department),
    ]
    before = content_of(Scheme.objects.get())
    for act in acts:
        with pytest.raises(DomainError, match="已经发布，不能再改"):
            act()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(value=9)
    assert content_of(Scheme.objects.get()) == before


def test_a_draft_is_deleted_whole(draft, department):
    services.delete_draft(draft, revision=1, by=department)
    assert not Scheme.objects.exists() and not Item.objects.exists()
    assert AuditEntry.objects.filter(code="points.scheme.deleted").count() == 1


# ── Consent, publishing ─────────────────────────────────────────────────────
@pytest.fixture
def falling(tree, member, department):
    """A version that rules, and a draft under which our member would have one point less."""
    make_scheme(tree.county, {"value": Decimal(2)})
    settled(deed(member, date(2026, 3, 5)))
    draft = services.begin_from_version(Scheme.objects.get(), organisation=tree.county, start=date(2026, 1, 2), by=department)
    services.put_item(draft, revision=1, by=department, code="theme_day", value=Decimal(1))
    return draft


def test_where_a_version_rules_a_draft_is_tried_before_it_is_published(falling, department):
    with pytest.raises(DomainError, match="先试算这一稿"):
        services.publish(falling, by=department)
    simulations.simulate(falling, year=2026, by=department)
    services.edit_head(falling, revision=2, by=department, name="又改了")
    with pytest.raises(DomainError, match="先试算这一稿"):
        services.publish(falling, by=department)


def test_who_would_fall_is_seen_by_a_second_person_first(falling, department, colleague):
    with pytest.raises(DomainError, match="先试算"):
        services.ask_consent(falling, revision=2, by=department)
    tried = simulations.simulate(falling, year=2026, by=department)
    assert tried.falls == 1
    with pytest.raises(DomainError, match="有 1 人会少得分、降等次或上黄榜"):
        services.publish(falling, by=department)
    services.ask_consent(falling, revision=2, by=department)
    with pytest.raises(DomainError, match="另一个人同意"):
        simulations.consent(tried, by=department)
    simulations.consent(tried, by=colleague)
    published = services.publish(falling, by=department)
    assert (published.consented_by, published.published_by) == (colleague, department)


def test_an_edit_takes_back_what_was_asked_and_consented(falling, department, colleague):
    tried = simulations.simulate(falling, year=2026, by=department)
    services.ask_consent(falling, revision=2, by=department)
    simulations.consent(tried, by=colleague)
    services.put_item(falling, revision=2, by=department, code="theme_day", value=Decimal("0.5"))
    falling.refresh_from_db()
    assert falling.consent_asked_at is None
    with pytest.raises(DomainError, match="先试算"):
        services.publish(falling, by=department)
    assert AuditEntry.objects.filter(code="points.scheme.edited").latest("at").data["consent_withdrawn"] is True


@pytest.mark.parametrize(("units", "refused"), [("1000", False), ("1000.01", True)])
def test_a_draft_that_would_bring_somebody_beyond_a_million_is_not_published(falling, member, department, units, refused):
    """What was filed as so many small things may not become a fortune under another value."""
    settled(deed(member, date(2026, 3, 5), units=units))
    services.put_item(falling, revision=2, by=department, code="theme_day", value=Decimal(1000))
    simulations.simulate(falling, year=2026, by=department)
    if refused:
        with pytest.raises(DomainError, match=r"有 1 人全年的分数超过 1000000"):
            services.publish(falling, by=department)
    else:
        assert services.publish(falling, by=department).published_at


def test_where_nobody_falls_no_consent_is_needed(falling, department):
    services.put_item(falling, revision=2, by=department, code="theme_day", value=Decimal(3))
    simulations.simulate(falling, year=2026, by=department)
    assert services.publish(falling, by=department).consented_by is None


def test_what_is_found_keeps_a_draft_from_being_published(draft, department):
    services.put_item(draft, revision=1, by=department, code="theme_day", value=Decimal(0))
    with pytest.raises(DomainError, match="“参加主题党日”的分值是 0"):
        services.publish(draft, by=department)
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_first_day_is_taken_once(tree, draft, department):
    services.publish(draft, by=department)
    copy = services.begin_from_version(draft, organisation=tree.county, start=START, by=department)
    assert "start_taken" in {one.code for one in findings_of(copy, content_of(copy), START)}


@pytest.mark.django_db(transaction=True)
def test_two_who_edit_at_the_same_moment_leave_one_change(tree, department, colleague):
    draft = services.begin_from_template(TEMPLATES[0], organisation=tree.county, start=START, by=department)
    told = at_once(
        *(
            lambda by=by, points=points: services.put_item(
                Scheme.objects.get(pk=draft.pk), revision=1, by=by, code="theme_day", value=Decimal(points)
            )
            for by, points in ((department, 3), (colleague, 4))
        )
    )
    assert {type(one) for one in told} == {Item, Stale}
    draft.refresh_from_db()
    assert draft.revision == 2
    assert draft.items.get(code="theme_day").value == next(one.value for one in told if isinstance(one, Item))


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_the_same_moment_publish_once(tree, department, colleague):
    draft = services.begin_from_template(TEMPLATES[0], organisation=tree.county, start=START, by=department)
    told = at_once(*(lambda by=by: services.publish(Scheme.objects.get(pk=draft.pk), by=by) for by in (department, colleague)))
    assert {type(one) for one in told} == {Scheme, DomainError}
    assert AuditEntry.objects.filter(code="points.scheme.published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_drafts_begun_at_the_same_moment_have_two_numbers(tree, department, colleague):
    told = at_once(
        *(
            lambda by=by: services.begin_from_template(TEMPLATES[1], organisation=tree.county, start=START, by=by)
            for by in (department, colleague)
        )
    )
    assert sorted(one.version for one in told) == [1, 2]


# ── Who ─────────────────────────────────────────────────────────────────────
def test_a_committee_drafts_for_itself_only_where_and_when_the_county_allows_it(tree, committee, department):
    today = timezone.localdate()
    assert may_draft(department, tree.township, today) and not may_draft(committee, tree.township, today)
    draft = services.begin_from_template(TEMPLATES[0], organisation=tree.township, start=START, by=department)
    assert draft not in readable_schemes(committee, today)
    given = give_power(tree.township, power=OrganisationPower.Power.OWN_SCHEME, start=today, by=department)
    assert set(drafting_places(committee, today)) == {tree.township}, "its own, not the county's and not another township's"
    assert draft in readable_schemes(committee, today)
    assert not may_draft(committee, tree.township, years_after(today, -1)), "a power has its first day"
    OrganisationPower.objects.filter(pk=given.pk).update(start=years_after(today, -1))
    end_power(OrganisationPower.objects.get(pk=given.pk), on=today, by=department)
    assert not may_draft(committee, tree.township, today)


def test_others_draft_for_nobody_and_see_no_draft(draft, secretary, reader, system_admin, member):
    today = timezone.localdate()
    for user in (secretary, reader, system_admin, member.user):
        assert not drafting_places(user, today).exists() and not readable_schemes(user, today).exists()


def test_the_newer_of_two_versions_is_compared_with_the_one_it_came_from(tree, draft, department):
    from points.rules.versions import differences

    services.publish(draft, by=department)
    text = content_of(draft)
    raised = replace(
        text, items=tuple(replace(one, cap=Decimal(3)) if one.code == "theme_day" else one for one in text.items if one.code != "late")
    )
    changes = differences(text, raised)
    assert [(one.kind, one.name) for one in changes] == [("changed", "参加主题党日"), ("removed", "迟到早退")]
    assert "每月封顶 2 分" in changes[0].before and "每月封顶 3 分" in changes[0].after
