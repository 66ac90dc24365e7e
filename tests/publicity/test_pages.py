"""The pages of 季度公示, as those who read them see them. Days are today's: the last quarter that is over."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from rest_framework.test import APIClient

from members.services.facts import record
from partyportal.core.parameters import set_value
from points.publicity import duties, rules, services
from points.publicity.models import Closing, Objection, Publication
from points.publicity.parameters import ORDERING
from points.settlement import Scope, settle
from tests.budgets import fits_budget
from tests.factories import make_member
from tests.points.makers import deed, make_scheme

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR, QUARTER = rules.last_ended(TODAY)
DAY = rules.first_day(YEAR, QUARTER) + timedelta(days=9)


@pytest.fixture
def earned(tree, member, secretary):
    """刘明 and 白灵 have a meeting each; 白灵 two."""
    make_scheme(tree.county, {"value": Decimal(2)}, start=rules.first_day(YEAR, 1))
    other = make_member(tree.ours, "白灵")
    record([deed(member, DAY), deed(other, DAY), deed(other, DAY + timedelta(days=1))], by=secretary)
    settle(Scope(YEAR))
    return other


@pytest.fixture
def sheet(earned, tree, secretary):
    return services.publish(tree.ours, year=YEAR, quarter=QUARTER, by=secretary, today=TODAY)


def text_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_secretary_is_told_to_publish_and_does(client, earned, tree, secretary):
    (duty,) = [one for one in duties.due(secretary, TODAY) if one.key.startswith("publicity.publish")]
    client.force_login(secretary)
    assert "2 名党员" in client.get(duty.url).content.decode()
    assert client.post(duty.url).status_code == 302
    made = Publication.objects.get()
    assert (made.organisation, made.year, made.quarter, made.published_on) == (tree.ours, YEAR, QUARTER, TODAY)
    assert not [one for one in duties.due(secretary, TODAY) if one.key.startswith("publicity.publish")], "the fact clears it"
    assert client.post(duty.url).status_code == 422


def test_the_sheet_is_read_in_the_branch_by_name_and_never_by_points(client, sheet, member, secretary, department):
    url = reverse("publicity:publication", args=[sheet.uid])
    client.force_login(member.user)
    shown = client.get(url, {"sort": "points"}).content.decode().partition("<tbody>")[2]
    assert shown.index("白灵") < shown.index("刘明")
    set_value(ORDERING, value=1, start=TODAY, by=department)
    assert "按分数" not in client.get(url, {"sort": "points"}).content.decode(), "not for members, whatever the county set"
    client.force_login(secretary)
    assert "只供评议" in client.get(url, {"sort": "points"}).content.decode()
    printed = text_of(client, "publicity:publication_print", sheet.uid).partition("<tbody>")[2]
    assert printed.index("白灵") < printed.index("刘明") and "按姓名排列" in printed


def test_a_member_objects_from_the_own_page(client, sheet, member, earned):
    client.force_login(member.user)
    shown = text_of(client, "publicity:mine")
    fact = member.facts.get()
    url = f"{reverse('publicity:objection_new', args=[sheet.uid])}?fact={fact.uid}"
    assert url in shown
    assert client.post(url, {"what": ""}).status_code == 422
    assert client.post(url, {"what": "那天到会是两次", "evidence": "签到表"}).status_code == 302
    one = Objection.objects.get()
    assert (one.member, one.fact, one.filed_by) == (member, fact, member.user)
    shown = text_of(client, "publicity:objection", one.uid)
    assert "那天到会是两次" in shown and "+2.00" in shown
    alien = earned.facts.first()
    assert client.get(f"{reverse('publicity:objection_new', args=[sheet.uid])}?fact={alien.uid}").status_code == 404


def test_a_line_of_ones_own_points_leads_to_its_objection(client, earned, tree, member, secretary):
    """Two taps from 我的积分: open the line, 这笔有异议. While no sheet is up, the page says when."""
    fact = member.facts.get()
    url = reverse("publicity:object_to_fact", args=[fact.uid])
    client.force_login(member.user)
    assert url in text_of(client, "points:mine", year=str(YEAR))
    assert "支部还没有公示" in client.get(url, follow=True).content.decode()
    held = services.publish(tree.ours, year=YEAR, quarter=QUARTER, by=secretary, today=TODAY)
    assert client.get(url).headers["Location"] == f"{reverse('publicity:objection_new', args=[held.uid])}?fact={fact.uid}"
    Closing.objects.create(publication=held, closed_by=secretary, closed_on=TODAY, closed_at=timezone.now())
    assert "已经过了" in client.get(url, follow=True).content.decode()
    assert client.get(reverse("publicity:object_to_fact", args=[earned.facts.first().uid])).status_code == 404, "somebody else's"
    client.force_login(secretary)
    assert url not in text_of(client, "points:member", member.uid, year=str(YEAR)), "who looks on has the other way"


def test_the_acts_come_one_after_the_other_and_a_refused_one_keeps_what_was_typed(client, sheet, member, secretary, committee):
    one = services.object_to(sheet, member=member, fact=None, what="少记一次", by=member.user, today=TODAY)
    client.force_login(secretary)
    hear = reverse("publicity:objection_act", args=[one.uid, "hear"])
    assert client.post(hear, {"note": "", "version": 1}).status_code == 422
    assert client.post(hear, {"note": "问过了", "version": 1}).status_code == 302
    client.force_login(committee)
    accept = reverse("publicity:objection_act", args=[one.uid, "accept"])
    refused = client.post(accept, {"remedy": "record", "note": "老杨证明属实", "version": 2})
    assert refused.status_code == 422 and "老杨证明属实" in refused.content.decode()
    assert client.post(accept, {"remedy": "elsewhere", "note": "在主题党日里补", "version": 2}).status_code == 302
    assert client.post(accept, {"remedy": "elsewhere", "note": "再来", "version": 2}).status_code == 422
    assert client.get(reverse("publicity:objection_act", args=[one.uid, "accept"])).status_code == 405
    assert client.post(reverse("publicity:objection_act", args=[one.uid, "file"]), {}).status_code == 404


def test_the_overview_says_who_is_late_and_takes_it_along(client, sheet, tree, committee):
    client.force_login(committee)
    shown = text_of(client, "publicity:publications")
    assert "公示中" in shown and "高家杨村" in shown
    taken = client.get(reverse("publicity:publications"), {"format": "xlsx"})
    book = load_workbook(BytesIO(b"".join(taken.streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == "党支部" and {row[3] for row in rows[1:]} == {"公示中", "没有积分"}


@pytest.mark.parametrize("many", [1, 50])
def test_pages_cost_the_same_at_one_and_at_fifty(client, tree, member, secretary, many):
    make_scheme(tree.county, {"value": Decimal(2)}, start=rules.first_day(YEAR, 1))
    people = [make_member(tree.ours, f"党员{n}") for n in range(many - 1)]
    record([deed(person, DAY) for person in (member, *people)], by=secretary)
    settle(Scope(YEAR))
    made = services.publish(tree.ours, year=YEAR, quarter=QUARTER, by=secretary, today=TODAY)
    for person in (member, *people):
        services.object_to(made, member=person, fact=None, what="少记一次", by=secretary, today=TODAY)
    client.force_login(secretary)
    for name, args in (("publication", [made.uid]), ("objections", []), ("publications", [])):
        with fits_budget(f"publicity:{name}"):
            assert client.get(reverse(f"publicity:{name}", args=args)).status_code == 200
    with fits_budget("publicity:duties"):
        assert len(duties.due_for([tree.ours], TODAY)) == many


def test_closed_by_hand_after_the_window(client, sheet, secretary, monkeypatch):
    client.force_login(secretary)
    url = reverse("publicity:publication_close", args=[sheet.uid])
    client.post(url)
    assert not Closing.objects.exists(), "the window is still open"
    later = sheet.until + timedelta(days=1)
    monkeypatch.setattr("points.publicity.views.sheets.timezone.localdate", lambda: later)
    client.post(url)
    assert Closing.objects.get().closed_by == secretary


def test_the_api_reads_sheets_and_takes_an_objection_once(sheet, member, neighbour, secretary):
    client = APIClient()
    client.force_login(member.user)
    told = client.get(f"/api/v1/points/publications/{sheet.uid}/").json()
    assert [line["member"]["name"] for line in told["lines"]] == ["白灵", "刘明"] and told["closed_on"] is None
    said = {"publication": str(sheet.uid), "member": str(member.uid), "fact": str(member.facts.get().uid), "what": "不对"}
    first, again = (client.post("/api/v1/points/objections/", said, format="json", headers={"Idempotency-Key": "a1"}) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json()["uid"] == again.json()["uid"]
    assert Objection.objects.count() == 1
    refused = client.post("/api/v1/points/objections/", said, format="json")
    assert refused.status_code == 400 and "已经有一件" in refused.content.decode()
    client.force_login(neighbour)
    assert client.get("/api/v1/points/publications/").json()["count"] == 0
    assert client.get("/api/v1/points/objections/").json()["count"] == 0
    assert client.post("/api/v1/points/objections/", said, format="json").status_code == 400
