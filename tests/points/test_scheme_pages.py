"""The rules on the page: everybody reads what is published; who drafts sees what was found and changes it form by form."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from branches.models import OrganisationPower
from branches.services.powers import give_power
from points import services
from points.models import Scheme
from points.rules.kinds import APPRAISAL
from points.schemes import BY_CODE, TEMPLATES
from points.services import simulations
from tests.budgets import fits_budget
from tests.factories import make_grant, make_user
from tests.points.makers import deed, make_scheme, settled

pytestmark = pytest.mark.django_db

START = date(2099, 1, 1)


def draft_of(template, tree, by) -> Scheme:
    return services.begin_from_template(BY_CODE[template], organisation=tree.county, start=START, by=by)


@pytest.fixture
def draft(tree, department):
    return draft_of("default", tree, department)


def at(name, draft, *more):
    return reverse(f"points:{name}", args=[draft.uid, *more])


def fields_of(response) -> dict:
    """What a browser would send back of a form untouched."""
    form = response.context["form"]
    said = {}
    for field in form:
        value = field.value()
        if value not in (None, False, ""):
            said[field.html_name] = value if isinstance(value, list) else str(value)
    if (grades := response.context.get("grades")) is not None:
        for one in [grades.management_form, *grades.forms]:
            said |= {bound.html_name: str(bound.value()) for bound in one if bound.value() not in (None, "")}
    return said


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.code)
def test_every_template_reads_as_a_document(client, tree, member, template):
    scheme = services.publish(services.begin_from_template(template, organisation=tree.county, start=date(2026, 1, 1), by=None), by=None)
    client.force_login(member.user)
    shown = client.get(at("scheme", scheme)).content.decode()
    for item in template.content.items:
        assert item.name in shown
    for threshold in template.content.thresholds:
        assert threshold.name in shown and threshold.consequence in shown
    assert "改 ›" not in shown and "检查并发布" not in shown, "nothing here can be changed"


def test_a_member_finds_the_rules_and_no_drafts(client, tree, member, draft, department):
    client.force_login(member.user)
    assert "还没有发布积分办法" in client.get(reverse("points:schemes")).content.decode()
    services.publish(draft, by=department)
    other = draft_of("huaning", tree, department)
    listed = client.get(reverse("points:schemes")).content.decode()
    assert str(draft.uid) in listed and str(other.uid) not in listed and "起草一版" not in listed
    client.force_login(department)
    listed = client.get(reverse("points:schemes")).content.decode()
    assert str(draft.uid) in listed and str(other.uid) in listed
    only = client.get(reverse("points:schemes"), {"state": "draft"}).content.decode()
    assert str(draft.uid) not in only and str(other.uid) in only


def test_a_version_is_begun_from_a_template_and_from_a_version(client, tree, department):
    client.force_login(department)
    page = client.get(reverse("points:scheme_new"))
    assert "云南省华宁县" in page.content.decode()
    sent = {"organisation": tree.county.code, "origin": "huaning", "start": "2099-01-01"}
    response = client.post(reverse("points:scheme_new"), sent)
    draft = Scheme.objects.get()
    assert response.url == at("scheme", draft) and draft.drafted_by == department
    services.publish(draft, by=department)
    response = client.post(reverse("points:scheme_new"), sent | {"origin": str(draft.uid), "start": "2099-07-01"})
    assert Scheme.objects.latest("pk").based_on == draft


def test_nothing_chosen_is_refused_and_what_was_typed_stays(client, tree, department):
    client.force_login(department)
    response = client.post(reverse("points:scheme_new"), {"organisation": tree.county.code, "origin": "nowhere", "start": "2099-01-01"})
    assert response.status_code == 422 and "2099-01-01" in response.content.decode() and not Scheme.objects.exists()


def test_an_item_is_changed_on_its_own_form(client, draft, department):
    client.force_login(department)
    url = at("scheme_part", draft, "item", "letter")
    page = client.get(url)
    sent = fields_of(page) | {
        "value": "1.5",
        "cap": "4",
        "grades-0-name": "来信",
        "grades-0-amount": "1",
        "grades-1-name": "媒体",
        "grades-1-amount": "2",
    }
    response = client.post(url, sent)
    assert response.url == at("scheme", draft) + "#item-letter"
    item = draft.items.get(code="letter")
    assert (item.value, item.cap, item.cap_period, item.manual) == (Decimal("1.5"), 4, "year", True)
    assert [(grade.name, grade.value) for grade in item.grades.all()] == [("来信", 1), ("媒体", 2)]
    shown = client.get(at("scheme", draft)).content.decode()
    assert "来信 1 分、媒体 2 分" in shown
    page = client.get(url)
    client.post(
        url, {k: v for k, v in fields_of(page).items() if not k.startswith("grades-1")} | {"grades-1-name": "", "grades-1-amount": ""}
    )
    assert [grade.name for grade in item.grades.all()] == ["来信"], "a row emptied is a grade gone"


def test_each_kind_of_part_can_be_added(client, draft, department):
    client.force_login(department)
    revision = 1
    for part, sent, rows in (
        ("category", {"name": "重点工作", "cap": "10", "cap_period": "year"}, draft.categories),
        ("threshold", {"name": "模范", "at_least": "91", "period": "year", "of": "all", "stars": "5", "on_list": "red"}, draft.thresholds),
        (
            "multiplier",
            {"name": "评议", "fact_kind": APPRAISAL, "grades-0-name": "优秀", "grades-0-amount": "1.2"},
            draft.multipliers,
        ),
        ("item", {"category": "life", "name": "缴费", "fact_kind": "dues.paid", "value": "0.5"}, draft.items),
    ):
        managed = {"grades-TOTAL_FORMS": "3", "grades-INITIAL_FORMS": "0"}
        response = client.post(at("scheme_part_new", draft, part), sent | managed | {"revision": str(revision)})
        assert response.status_code == 302, response.content.decode()
        assert rows.filter(name=sent["name"]).exists()
        revision += 1
    assert draft.items.get(name="缴费").unit == "月", "the kind's own unit"
    client.get(at("scheme_part", draft, "threshold", "year-all-91.00"))
    client.post(at("scheme_part_remove", draft, "threshold", "year-all-91.00"), {"revision": str(revision)})
    assert draft.thresholds.exists() and not draft.thresholds.filter(name="模范").exists()


def test_a_second_grade_on_the_same_points_is_refused_at_its_field(client, draft, department):
    client.force_login(department)
    held = draft.thresholds.first()
    sent = {"name": "又一个", "at_least": str(held.at_least), "period": held.period, "of": held.of, "stars": "0", "revision": "1"}
    response = client.post(at("scheme_part_new", draft, "threshold"), sent)
    assert response.status_code == 422 and "同一分数只能定一个等次" in response.context["form"].errors["at_least"][0]
    assert "又一个" in response.content.decode() and not draft.thresholds.filter(name="又一个").exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"cap_period": ""}, "再选一个周期"),
        ({"value": ""}, "写每单位多少分"),
        ({"grades-0-name": "来信", "grades-0-amount": ""}, "写“来信”是多少"),
        ({"grades-0-amount": "2"}, "写这一档叫什么"),
        ({"is_veto": "on"}, "一票否决的项目分值写 0"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(client, draft, department, sent, words):
    client.force_login(department)
    url = at("scheme_part", draft, "item", "letter")
    response = client.post(url, fields_of(client.get(url)) | {"name": "写到一半"} | sent)
    assert response.status_code == 422
    assert words in response.content.decode() and "写到一半" in response.content.decode()
    assert draft.items.get(code="letter").name == "收到群众表扬信"


def test_the_second_editor_is_told_keeps_the_words_and_may_save_then(client, draft, department):
    client.force_login(department)
    url = at("scheme_head", draft)
    sent = fields_of(client.get(url))
    services.edit_head(draft, revision=1, by=department, document_number="清组发〔2099〕1号")
    response = client.post(url, sent | {"name": "乙写的"})
    shown = response.content.decode()
    assert response.status_code == 422 and "刚才被别人改过" in shown and "乙写的" in shown
    draft.refresh_from_db()
    assert draft.name != "乙写的"
    assert client.post(url, sent | {"name": "乙写的", "revision": "2"}).status_code == 302


def test_what_is_found_leads_to_its_place(client, draft, department):
    services.put_item(draft, revision=1, by=department, code="theme_day", value=Decimal(0))
    client.force_login(department)
    shown = client.get(at("scheme", draft)).content.decode()
    assert 'href="#item-theme_day"' in shown and 'id="item-theme_day"' in shown and "的分值是 0" in shown
    for anchor in re.findall(r'href="#([a-z_-]+)"[^>]*aria-label="去看', shown):
        assert f'id="{anchor}"' in shown
    response = client.post(at("scheme_publish", draft), {"revision": "2"})
    assert response.status_code == 422 and "还不能发布" in response.content.decode()


def test_publishing_after_somebody_elses_edit_is_refused(client, draft, department):
    client.force_login(department)
    services.edit_head(draft, revision=1, by=department, name="改过")
    response = client.post(at("scheme_publish", draft), {"revision": "1"})
    assert response.status_code == 422 and "刚才被别人改过" in response.content.decode()
    assert client.post(at("scheme_publish", draft), {"revision": "2"}).url == at("scheme", draft)


def test_a_published_version_sends_back_with_a_sentence(client, draft, department):
    services.publish(draft, by=department)
    client.force_login(department)
    for name, more in (("scheme_head", ()), ("scheme_part", ("item", "letter")), ("scheme_part_new", ("item",))):
        response = client.get(at(name, draft, *more), follow=True)
        assert response.redirect_chain[-1][0] == at("scheme", draft) and "已经发布，不能再改" in response.content.decode()
    response = client.post(at("scheme_delete", draft), {"revision": "1"}, follow=True)
    assert "已经发布，不能再改" in response.content.decode() and Scheme.objects.filter(pk=draft.pk).exists()


def test_consent_is_asked_and_given_on_the_page(client, tree, member, department):
    make_scheme(tree.county, {"value": Decimal(2)})
    settled(deed(member, date(2026, 3, 5)))
    draft = services.begin_from_version(Scheme.objects.get(), organisation=tree.county, start=date(2026, 1, 2), by=department)
    services.put_item(draft, revision=1, by=department, code="theme_day", value=Decimal(1))
    client.force_login(department)
    assert "还没有试算" in client.get(at("scheme_publish", draft)).content.decode()
    simulations.simulate(draft, year=2026, by=department)
    assert "请人同意" in client.get(at("scheme_publish", draft)).content.decode()
    client.post(at("scheme_consent", draft), {"revision": "2"})
    assert "还没有人答复" in client.get(at("scheme_publish", draft)).content.decode()
    other = make_user("卢敏", username="colleague")
    make_grant(other, tree.county, "department")
    client.force_login(other)
    shown = client.get(at("scheme_publish", draft)).content.decode()
    assert f'href="{at("simulation", draft)}"' in shown and "去看名单" in shown
    client.post(at("simulation_consent", draft), {"year": "2026"})
    assert "卢敏" in client.get(at("scheme_publish", draft)).content.decode()
    assert client.post(at("scheme_publish", draft), {"revision": "2"}).url == at("scheme", draft)


def test_the_page_tells_what_changed_since_the_version_before(client, tree, draft, department, member):
    services.publish(draft, by=department)
    newer = services.begin_from_version(draft, organisation=tree.county, start=date(2099, 7, 1), by=department)
    services.put_item(newer, revision=1, by=department, code="theme_day", cap=Decimal(3))
    simulations.simulate(newer, year=timezone.localdate().year, by=department)
    services.publish(newer, by=department)
    client.force_login(member.user)
    shown = client.get(at("scheme", newer))
    assert [(one.name, one.kind) for one in shown.context["changes"]] == [("参加主题党日", "changed")]
    assert "与第 1 版不同的" in shown.content.decode()


def test_a_committee_with_the_power_drafts_for_itself(client, tree, committee, department):
    client.force_login(committee)
    assert client.get(reverse("points:scheme_new")).status_code == 403
    give_power(tree.township, power=OrganisationPower.Power.OWN_SCHEME, start=timezone.localdate(), by=department)
    page = client.get(reverse("points:scheme_new")).content.decode()
    assert tree.township.code in page and f'value="{tree.county.code}"' not in page
    sent = {"origin": "xintan", "start": "2099-01-01"}
    assert client.post(reverse("points:scheme_new"), sent | {"organisation": tree.county.code}).status_code == 422
    assert client.post(reverse("points:scheme_new"), sent | {"organisation": tree.township.code}).status_code == 302


def test_pages_cost_the_same_at_few_parts_and_at_many(client, tree, department):
    client.force_login(department)
    for template in ("xintan", "dongyang"):
        draft = draft_of(template, tree, department)
        for name, more in (("scheme", ()), ("scheme_publish", ()), ("scheme_part", ("item", draft.items.first().code))):
            client.get(at(name, draft, *more))
            with fits_budget(f"points:{name}"):
                client.get(at(name, draft, *more))
    with fits_budget("points:schemes"):
        client.get(reverse("points:schemes"))
    for _ in range(20):
        draft_of("rural", tree, department)
    with fits_budget("points:schemes"):
        client.get(reverse("points:schemes"))
