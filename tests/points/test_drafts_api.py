"""A scheme written, put right, tried and published over the API: in goes what comes out."""

import json
from datetime import date
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from partyportal.core.models import AuditEntry
from points.models import Scheme
from points.schemes import BY_CODE, TEMPLATES
from points.selectors.drafts import content_of
from points.services import begin_from_template, publish, simulations
from tests.points.makers import deed, make_scheme, settled, total

pytestmark = pytest.mark.django_db

DRAFTS, START = "/api/v1/points/drafts/", "2099-01-01"
TEXT = {
    "organisation": "001",
    "start": START,
    "name": "积分管理办法",
    "categories": [{"code": "base", "name": "基础分"}, {"code": "life", "name": "组织生活", "cap": "10", "cap_period": "half"}],
    "items": [
        {"code": "base", "category": "base", "name": "基础分", "fact_kind": "scheme.year", "value": "60"},
        {"code": "theme_day", "category": "life", "name": "主题党日", "fact_kind": "meeting.theme_day", "value": "0.5"},
        {"code": "result", "category": "base", "name": "民主评议结果", "fact_kind": "appraisal.result", "value": "0"},
    ],
    "multipliers": [
        {
            "name": "评议系数",
            "fact_kind": "appraisal.result",
            "grades": [
                {"name": name, "ratio": ratio}
                for name, ratio in zip(("优秀", "合格", "基本合格", "不合格"), ("1.2", "1", "0.8", "0.5"), strict=True)
            ],
        }
    ],
    "thresholds": [{"name": "合格", "at_least": "60"}, {"name": "不合格", "at_least": "0"}],
}


def as_(user) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def sent(client, method, path, said=None, *, etag=None, **headers):
    if etag is not None:
        headers["If-Match"] = f'"{etag}"'
    return getattr(client, method)(path, said, format="json", headers=headers)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.code)
def test_what_a_version_says_can_be_sent_back_and_says_the_same(tree, department, template):
    version = publish(begin_from_template(template, organisation=tree.county, start=date(2026, 1, 1), by=None), by=None)
    client = as_(department)
    told = client.get(f"/api/v1/points/schemes/{version.uid}/").json()
    answer = sent(client, "post", DRAFTS, told | {"organisation": tree.county.code, "start": START})
    assert answer.status_code == 201, answer.content.decode()
    assert content_of(Scheme.objects.get(uid=answer.json()["uid"])) == content_of(version)


def test_a_whole_scheme_is_written_put_right_and_published(tree, department, member):
    client = as_(department)
    answer = sent(client, "post", DRAFTS, TEXT | {"organisation": tree.county.code})
    told, draft = answer.json(), Scheme.objects.get()
    assert (answer.status_code, answer["ETag"]) == (201, '"1"') and answer["Location"].endswith(f"{DRAFTS}{draft.uid}/")
    assert (draft.drafted_by, draft.categories.get(code="life").cap_period) == (department, "half")
    assert [grade["code"] for grade in told["multipliers"][0]["grades"]] == ["excellent", "qualified", "basic", "unqualified"]
    assert {one.unit for one in draft.items.all()} == {"年", "次"} and draft.items.get(code="result").manual
    path = f"{DRAFTS}{draft.uid}/"
    assert sent(client, "patch", path, {"floor": "0"}).status_code == 428
    answer = sent(client, "patch", path, {"floor": "40", "thresholds": [{"name": "合格", "at_least": "50"}]}, etag=1)
    assert (answer.status_code, answer["ETag"]) == (200, '"2"')
    draft.refresh_from_db()
    assert (draft.floor, [one.at_least for one in draft.thresholds.all()], draft.items.count()) == (Decimal(40), [50], 3)
    assert sent(client, "patch", path, {"floor": "0"}, etag=1).status_code == 409
    answer = sent(client, "post", f"{path}publish/", etag=2)
    assert answer.status_code == 200 and answer["Location"].endswith(f"/points/schemes/{draft.uid}/")
    assert sent(client, "post", f"{path}publish/", etag=2).status_code == 404, "it is a draft no more"
    assert AuditEntry.objects.filter(code="points.scheme.published").count() == 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"items": [TEXT["items"][0] | {"category": "nowhere"}]}, "items.0.category", "没有写在 categories 里"),
        ({"items": [TEXT["items"][0], TEXT["items"][0]]}, "items.1.code", "写了两次"),
        ({"items": [TEXT["items"][1] | {"value": "0.125"}]}, "items.0.value", "小数"),
        ({"items": [TEXT["items"][1] | {"cap": "3"}]}, "items.0.cap_period", "再选一个周期"),
        ({"items": [TEXT["items"][1] | {"cap_period": "year"}]}, "items.0.cap_period", "两样都不写"),
        ({"items": [TEXT["items"][1] | {"is_veto": True}]}, "items.0.value", "一票否决的项目分值写 0"),
        ({"items": [TEXT["items"][1] | {"fact_kind": "主题党日"}]}, "items.0.fact_kind", "meeting.theme_day"),
        ({"items": [TEXT["items"][1] | {"grades": [{"name": "县级", "value": "1"}] * 2}]}, "items.0.grades", "同一个名字"),
        ({"categories": [*TEXT["categories"], TEXT["categories"][0]]}, "categories.2.code", "写了两次"),
        ({"multipliers": TEXT["multipliers"] * 2}, "multipliers.1.category", "写了两次"),
        ({"thresholds": [{"name": "甲", "at_least": "60"}, {"name": "乙", "at_least": "60.00"}]}, "thresholds.1.at_least", "同一分数"),
        ({"cap": "100"}, "cap_period", "再选一个周期"),
        ({"name": ""}, "name", "写办法的名称"),
        ({"organisation": "nowhere"}, "organisation", "不由你起草"),
        ({"origin": "nowhere"}, "origin", "没有这一版"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place_and_nothing_is_kept(tree, department, change, field, words):
    answer = sent(as_(department), "post", DRAFTS, TEXT | {"organisation": tree.county.code} | change)
    assert answer.status_code == 400 and words in json.dumps(answer.json()["errors"][field], ensure_ascii=False), answer.json()
    assert not Scheme.objects.exists()


def test_a_draft_begun_from_a_template_and_from_a_version_is_deleted_again(tree, department):
    client, kept = as_(department), {"organisation": tree.county.code, "start": START}
    first = sent(client, "post", DRAFTS, kept | {"origin": "huaning"}).json()
    assert content_of(Scheme.objects.get(uid=first["uid"])) == BY_CODE["huaning"].content
    second = sent(client, "post", DRAFTS, kept | {"origin": first["uid"]}).json()
    assert str(Scheme.objects.get(uid=second["uid"]).based_on.uid) == first["uid"]
    path = f"{DRAFTS}{second['uid']}/"
    assert sent(client, "delete", path).status_code == 428
    assert sent(client, "delete", path, etag=1).status_code == 204 and Scheme.objects.count() == 1


def test_one_that_takes_points_is_tried_and_waits_for_a_second_person(tree, department, member, django_capture_on_commit_callbacks):
    make_scheme(tree.county, {"value": Decimal(2)})
    settled(deed(member, date(2026, 3, 5)))
    assert total(member) == 2
    client = as_(department)
    ruling = Scheme.objects.get()
    draft = sent(client, "post", DRAFTS, {"organisation": tree.county.code, "start": "2026-02-01", "origin": str(ruling.uid)}).json()
    path, item = f"{DRAFTS}{draft['uid']}/", draft["items"][0]
    assert sent(client, "patch", path, {"items": [item | {"value": "1"}]}, etag=1).status_code == 200
    refused = sent(client, "post", f"{path}publish/", etag=2)
    assert refused.status_code == 400 and "先试算" in refused.json()["detail"]
    assert sent(client, "post", f"{path}simulate/", {"year": 1999}).status_code == 400
    simulations.simulate(Scheme.objects.get(uid=draft["uid"]), year=2026, by=department)
    refused = sent(client, "post", f"{path}publish/", etag=2)
    assert refused.status_code == 400 and "请另一位" in refused.json()["detail"]
    assert client.get(path).json()["simulations"][0]["falls"] == 1


def test_nobody_else_writes_rules(tree, department, committee, secretary, member):
    draft = begin_from_template(BY_CODE["xintan"], organisation=tree.county, start=date(2099, 1, 1), by=department)
    for user in (committee, secretary, member.user):
        client, path = as_(user), f"{DRAFTS}{draft.uid}/"
        assert sent(client, "post", DRAFTS, TEXT | {"organisation": tree.county.code}).status_code == 403
        for method, more, said in (
            ("patch", "", {}),
            ("delete", "", None),
            ("post", "publish/", None),
            ("post", "simulate/", {"year": 2026}),
        ):
            assert sent(client, method, f"{path}{more}", said, etag=1).status_code == 404
    assert Scheme.objects.get().published_at is None


def test_what_is_written_anew_is_written_whole(tree, department):
    client = as_(department)
    answer = sent(client, "post", DRAFTS, TEXT | {"organisation": tree.county.code})
    place, etag = f"{DRAFTS}{answer.json()['uid']}/", answer["ETag"].strip('"')
    nameless = [{key: value for key, value in TEXT["items"][1].items() if key != "name"}]
    refused = sent(client, "patch", place, {"items": nameless}, etag=etag)
    assert refused.status_code == 400 and "items.0.name" in refused.json()["errors"]
    kept = sent(client, "patch", place, {"items": TEXT["items"]}, etag=etag)
    assert kept.status_code == 200 and kept.json()["name"] == TEXT["name"] and len(kept.json()["thresholds"]) == 2
