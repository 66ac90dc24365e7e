"""The pages of outreach as people use them."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from members.outreach.models import Area, AreaDuty, Cultivation, Dispatch, DutyCard, Visit
from tests.budgets import fits_budget
from tests.factories import make_member

pytestmark = pytest.mark.django_db
HOME = "/members/outreach/"


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]


def test_somebody_is_sent_out_and_what_they_did_is_recorded_and_taken_back(client, tree, committee, secretary, people):
    make_member(tree.neighbours, "石立新")
    client.force_login(committee)
    form = {"kind": "counsellor", "member": "石立新", "organisation": tree.ours.code, "start": "2026-09-01", "task": "指导三会一课"}
    answer = client.post(reverse("outreach:dispatch_new"), form, follow=True)
    sent = Dispatch.objects.get()
    assert "石立新已派到" in answer.content.decode()
    client.force_login(secretary)
    page = reverse("outreach:dispatch", args=[sent.uid])
    client.post(page, {"kind": "errand", "day": "2026-09-20", "content": "修通水渠"})
    assert "修通水渠" in client.get(page).content.decode()
    client.post(reverse("outreach:visit_void", args=[Visit.objects.get().uid]))
    assert "已作废，不计" in client.get(page).content.decode()


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do(client, tree, committee, people):
    make_member(tree.neighbours, "戴鹏")
    client.force_login(committee)
    form = {"kind": "liaison", "member": "戴鹏", "organisation": tree.ours.code, "start": "2026-09-01", "task": "联络"}
    answer = client.post(reverse("outreach:dispatch_new"), form)
    said = answer.content.decode()
    assert answer.status_code == 422 and "不止一位" in said and "后四位" in said and 'value="戴鹏"' in said
    number = people[1].id_number[-4:]
    assert client.post(reverse("outreach:dispatch_new"), form | {"member": f"戴鹏 {number}"}).status_code == 302
    assert Dispatch.objects.get().member == people[1]


def test_a_secretary_sends_nobody_and_records_only_at_home(client, tree, secretary, people):
    far = Dispatch.objects.create(kind="helper", member=people[0], organisation=tree.neighbours, task="帮忙", start=date(2026, 1, 1))
    client.force_login(secretary)
    assert client.get(reverse("outreach:dispatch_new")).status_code == 403
    assert client.post(reverse("outreach:dispatch", args=[far.uid]), {}).status_code == 404


def test_an_area_is_opened_joined_and_closed(client, tree, secretary, people):
    client.force_login(secretary)
    form = {"kind": "grid", "name": "第一网格", "households": "42", "lead": str(people[0].uid), "start": "2026-01-01"}
    client.post(reverse("outreach:area_new"), form)
    area = Area.objects.get()
    page = reverse("outreach:area", args=[area.uid])
    client.post(page, {"member": str(people[1].uid), "role": "responsible", "on": "2026-02-01"})
    assert "第一网格" in client.get(f"{HOME}?tab=grids&q=戴鹏").content.decode()
    assert client.post(page, {"member": str(people[1].uid), "role": "responsible", "on": "2026-02-01"}).status_code == 422
    client.post(reverse("outreach:area_part", args=[area.uid]), {"member": str(people[1].uid)})
    assert client.post(reverse("outreach:area_part", args=[area.uid]), {"member": "不是编号"}).status_code == 404
    client.post(reverse("outreach:area_close", args=[area.uid]), {"on": "2026-11-01"})
    assert list(client.get(f"{HOME}?tab=grids").context["page"]) == []
    assert list(client.get(f"{HOME}?tab=grids&past=on").context["page"]) == [area]


def test_the_other_forms_work_from_end_to_end(client, tree, secretary, people):
    client.force_login(secretary)
    begun = {"direction": "reserve", "member": str(people[1].uid), "source": "skilled", "mentor": str(people[0].uid), "start": "2026-05-01", "plan": "跟班"}  # fmt: skip
    client.post(reverse("outreach:cultivation_new"), begun)
    row = Cultivation.objects.get()
    client.post(reverse("outreach:cultivation", args=[row.uid]), {"day": "2026-06-01", "content": "参加培训"})
    client.post(reverse("outreach:cultivation_end", args=[row.uid]), {"on": "2026-07-01", "outcome": "cadre"})
    assert "担任村干部" in client.get(reverse("outreach:cultivation", args=[row.uid])).content.decode()
    client.post(
        reverse("outreach:card_new"), {"title": "组织委员", "member": str(people[0].uid), "duties": "管名册\n收党费", "start": "2026-01-01"}
    )
    card = DutyCard.objects.get()
    assert client.get(reverse("outreach:card", args=[card.uid])).content.decode().count("<li>管名册") == 1
    assert client.post(reverse("outreach:card_end", args=[card.uid]), {"on": "2025-01-01"}).status_code == 422


@pytest.mark.parametrize("tab", ["dispatches", "grids", "centres", "cadres", "cards"])
def test_a_tab_costs_the_same_at_one_row_and_at_fifty(client, tree, committee, people, tab):
    def rows(first, count):
        for n in range(first, first + count):
            start = date(2026, 1, 1)
            Dispatch.objects.create(
                kind="helper", member=make_member(tree.ours, f"派{n}"), organisation=tree.ours, task="帮忙", start=start
            )
            for kind in ("grid", "centre"):
                area = Area.objects.create(kind=kind, organisation=tree.ours, name=f"片{n}", start=start)
                AreaDuty.objects.create(area=area, member=people[0], role="lead", start=start)
            Cultivation.objects.create(
                direction="member", organisation=tree.ours, person_name=f"人{n}", source="other", plan="学", mentor=people[0], start=start
            )
            DutyCard.objects.create(organisation=tree.ours, title=f"岗{n}", member=people[0], duties="做事", start=start)

    client.force_login(committee)
    rows(0, 1)
    client.get(HOME)
    with fits_budget(f"outreach:outreach {tab}"):
        client.get(f"{HOME}?tab={tab}")
    rows(1, 49)
    with fits_budget(f"outreach:outreach {tab}"):
        assert len(client.get(f"{HOME}?tab={tab}").context["page"].object_list) == 50


def test_the_export_has_what_the_page_has(client, tree, committee, neighbour, people):
    Dispatch.objects.create(kind="helper", member=people[0], organisation=tree.ours, task="帮忙", start=date(2026, 1, 1))
    client.force_login(committee)
    answer = client.post(reverse("outreach:export") + "?tab=dispatches")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [cell.value for cell in sheet[2]][:3] == ["高家杨村党支部", "党建服务员", "程勇庆"]
    client.force_login(neighbour)
    answer = client.post(reverse("outreach:export") + "?tab=dispatches")
    assert load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.max_row == 1
