"""The pages: what the register finds, what a refused form keeps, what the roles do one after the other."""

import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from members.mobility.models import Contact, Hosting, Inflow, LostCase, MobileFounding, Outflow
from members.mobility.services import inflows
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.factories import make_member
from tests.mobility.makers import START, TODAY, make_case, make_hosting, make_outflow


@pytest.fixture
def person(tree):
    return make_member(tree.ours, "潘山洋", mobile_phone="18900009777")


@pytest.fixture
def mine(client, secretary):
    client.force_login(secretary)
    return client


def text(response) -> str:
    return response.content.decode()


def test_the_register_narrows_by_what_is_late_by_province_and_by_name(mine, tree, secretary, person):
    make_outflow(person, secretary, place_fixed=True)
    other = make_member(tree.ours, "陈辉文")
    make_outflow(other, secretary, province="44", city="东莞市", county="", start=TODAY - timedelta(days=10))
    page = reverse("mobility:register")
    assert "该联系没联系" in text(mine.get(page))
    for query, found, hidden in (
        ({"show": "overdue"}, "潘山洋", "陈辉文"),
        ({"show": "fixed"}, "潘山洋", "陈辉文"),
        ({"province": "44"}, "陈辉文", "潘山洋"),
        ({"q": "chw"}, "陈辉文", "潘山洋"),
    ):
        told = text(mine.get(page, query))
        rows = told[told.index("<tbody>") : told.index("</tbody>")]
        assert found in rows and hidden not in rows, query
    assert "没有符合这些条件的人" in text(mine.get(page, {"province": "11"}))


def test_every_tab_says_what_to_do_when_it_is_empty(mine):
    for tab in ("out", "in", "lost", "silent", "mobile"):
        assert "pp-empty" in text(mine.get(reverse("mobility:register"), {"tab": tab})), tab


@pytest.mark.parametrize("tab", ["out", "in", "lost", "silent"])
def test_a_tab_costs_the_same_at_one_row_and_at_fifty(client, tree, committee, secretary, tab):
    client.force_login(committee)
    contact = make_member(tree.ours, "肖斌")

    def more(count, start):
        for n in range(start, start + count):
            make_outflow(make_member(tree.ours, f"流动{n}"), secretary, contact=contact)
            make_case(make_member(tree.ours, f"失联{n}"), secretary)
            inflows.register_inflow(
                branch=tree.ours, name=f"外来{n}", phone="", province="62", home="某支部", start=START, today=TODAY, by=secretary
            )

    def ask():
        with fits_budget(f"mobility:register {tab}"):
            client.get(reverse("mobility:register"), {"tab": tab})

    more(1, 0)
    ask()
    more(12, 1)
    ask()


def test_the_pages_of_one_cost_what_they_cost(mine, tree, secretary, person):
    outflow = make_outflow(person, secretary)
    hosting = make_hosting(outflow, tree.far, secretary)
    case = make_case(make_member(tree.ours, "唐林永"), secretary)
    for name, args in (("outflow", outflow), ("contact", outflow), ("hosting", hosting), ("lost", case)):
        with fits_budget(f"mobility:{name}"):
            assert mine.get(reverse(f"mobility:{name}", args=[args.uid])).status_code == 200


def test_registering_reads_the_roster_and_asks_the_host(mine, tree, secretary):
    person = make_member(tree.ours, "潘山洋", is_mobile=True, destination="陕西省西安市雁塔区")
    contact = make_member(tree.ours, "肖斌")
    page = f"{reverse('mobility:outflow_new')}?member={person.uid}"
    shown = mine.get(page)
    assert 'value="西安市"' in text(shown) and 'value="61" selected' in text(shown)
    said = {
        "uid": shown.context["form"].initial["uid"], "start": "2026-03-02", "province": "61", "city": "西安市", "county": "雁塔区", "reason": "work",
        "contact": contact.uid, "host": tree.far.code,
    }  # fmt: skip
    refused = mine.post(page, said | {"contact": ""})
    assert refused.status_code == 422 and "选一位支部联系人" in text(refused) and 'value="雁塔区"' in text(refused)
    assert mine.post(page, said).status_code == 302
    outflow = Outflow.objects.get()
    assert (outflow.member, outflow.contact, outflow.county) == (person, contact, "雁塔区")
    hosting = Hosting.objects.get()
    assert (hosting.host, hosting.state) == (tree.far, "asked")
    assert mine.get(page).url == reverse("mobility:outflow", args=[outflow.uid])


def test_a_contact_is_two_taps(mine, secretary, person):
    outflow = make_outflow(person, secretary)
    page = reverse("mobility:contact", args=[outflow.uid])
    form = mine.get(page).context["form"]
    said = {"uid": form.initial["uid"], "way": "phone", "day": form.initial["day"].isoformat(), "made_by": form.initial["made_by"]}
    refused = mine.post(page, said)
    assert refused.status_code == 422 and "选联系上了没有" in text(refused)
    for _ in range(2):  # a double tap
        assert mine.post(page, said | {"outcome": "reached"}).status_code == 302
    contact = Contact.objects.get()
    assert (contact.day, contact.made_by, contact.recorded_by) == (timezone.localdate(), outflow.contact, secretary)


def test_ending_asks_how_and_refuses_a_day_that_was_not(mine, secretary, person):
    outflow = make_outflow(person, secretary)
    page = reverse("mobility:outflow_end", args=[outflow.uid])
    refused = mine.post(page, {"reason": "returned", "on": "2026-03-02"})
    assert refused.status_code == 422 and "晚于那天" in text(refused)
    assert mine.post(page, {"reason": "returned", "on": "2026-11-20"}).status_code == 302
    assert Outflow.objects.get().end == date(2026, 11, 20)


def test_moving_on_and_revising_keep_what_was_typed(mine, secretary, person):
    outflow = make_outflow(person, secretary)
    page = reverse("mobility:outflow_move", args=[outflow.uid])
    said = {"province": "44", "city": "东莞市", "county": "", "on": "2026-03-01"}
    refused = mine.post(page, said)
    assert refused.status_code == 422 and 'value="东莞市"' in text(refused)
    assert mine.post(page, said | {"on": "2026-10-01"}).status_code == 302
    new = Outflow.objects.get(end=None)
    said = {"version": 1, "contact": new.contact.uid, "place_fixed": "on", "expected_return": "2027-06-01"}
    assert mine.post(reverse("mobility:outflow_edit", args=[new.uid]), said).status_code == 302
    stale = mine.post(reverse("mobility:outflow_edit", args=[new.uid]), said | {"expected_return": "2027-07-01"})
    assert stale.status_code == 422 and "刚才被别人改过" in text(stale)


def test_an_export_masks_phones_keeps_the_filter_and_is_audited(mine, tree, secretary, person):
    make_outflow(person, secretary)
    make_outflow(make_member(tree.ours, "陈辉文"), secretary, province="44", city="东莞市", county="")
    response = mine.post(f"{reverse('mobility:export')}?province=61")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][0] == "潘山洋" and rows[1][9] == "189****9777"
    assert AuditEntry.objects.get(code="mobility.register.exported").data == {"kind": "out", "members": 1}


@pytest.mark.parametrize("tab", ["in", "lost"])
def test_the_other_tabs_export_too(mine, tree, secretary, tab):
    make_case(make_member(tree.ours, "唐林永"), secretary)
    inflows.register_inflow(
        branch=tree.ours, name="唐林永", phone="18900001234", province="62", home="礼县某支部", start=START, today=TODAY, by=secretary
    )
    response = mine.post(f"{reverse('mobility:export')}?tab={tab}")
    rows = list(load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.iter_rows(values_only=True))
    assert rows[1][0] == "唐林永" and "18900001234" not in str(rows)


def test_an_inflow_is_registered_sealed_revealed_and_ended(mine, tree, secretary):
    page = reverse("mobility:inflow_new")
    said = {"branch": tree.ours.code, "name": "赵保平", "phone": "1890000", "province": "62", "home": "礼县某支部", "start": "2026-06-01"}
    refused = mine.post(page, said)
    assert refused.status_code == 422 and "应为 11 位" in text(refused)
    assert mine.post(page, said | {"phone": "189-0000-1234"}).status_code == 302
    inflow = Inflow.objects.get()
    shown = text(mine.get(reverse("mobility:inflow", args=[inflow.uid])))
    assert "189****1234" in shown and "18900001234" not in shown
    assert "18900001234" in text(mine.post(reverse("mobility:inflow_reveal", args=[inflow.uid])))
    assert AuditEntry.objects.filter(code="mobility.inflow.revealed").count() == 1
    mine.post(reverse("mobility:inflow_mark", args=[inflow.uid]), {"what": "told_home_on"})
    assert Inflow.objects.get().told_home_on == timezone.localdate()
    end = reverse("mobility:inflow_end", args=[inflow.uid])
    assert mine.post(end, {"reason": "left", "on": "2026-06-01"}).status_code == 422
    assert mine.post(end, {"reason": "left", "on": "2026-10-01"}).status_code == 302


def test_a_mobile_branch_needs_a_county_committees_paper(client, tree, department):
    client.force_login(department)
    page = reverse("mobility:founding_new")
    said = {
        "parent": tree.township.code, "name": "中共清源县山门镇驻西安流动党员支部委员会", "code": "001003801", "province": "61", "place": "雁塔区",
        "approved_by": tree.township.code, "approved_on": "2026-11-01", "document": "清委〔2026〕41号",
    }  # fmt: skip
    refused = client.post(page, said)
    assert refused.status_code == 422 and "县级以上党委批准" in text(refused) and not MobileFounding.objects.exists()
    assert client.post(page, said | {"approved_by": tree.county.code}).status_code == 302
    founding = MobileFounding.objects.get()
    assert (founding.organisation.unit_type, founding.organisation.parent, founding.approved_by) == ("mobile", tree.township, tree.county)
    with pytest.raises(DomainError, match="代码已经有了"):
        inflows.found_mobile_branch(
            parent=tree.township, code="001003801", name="中共清源县山门镇驻京流动党员支部委员会", province="11", place="朝阳区",
            approved_by=tree.county, approved_on=TODAY, document="x", today=TODAY, by=department,
        )  # fmt: skip


def test_the_branch_searches_and_the_committee_decides_on_one_page(client, tree, secretary, committee):
    person = make_member(tree.ours, "唐林永")
    client.force_login(secretary)
    new = f"{reverse('mobility:lost_new')}?member={person.uid}"
    refused = client.post(new, {"why": "1", "clock": "2030-01-01"})
    assert refused.status_code == 422 and "今天以前" in text(refused)
    client.post(new, {"why": "1", "clock": "2026-01-10"})
    case = LostCase.objects.get()

    def page(act=""):
        return reverse(f"mobility:lost{act}", args=[case.uid])

    assert "还没有试" in text(client.get(page()))
    refused = client.post(page("_report"), {"basis": "支部党员大会 2026-11-20"})
    assert refused.status_code == 422 and "还没有试过" in text(refused)
    for way in ("phone", "visit", "kin"):
        form = client.get(page()).context["trying"]
        said = {"uid": form.initial["uid"], "outcome": "unreached", "way": way, "day": form.initial["day"].isoformat()}
        assert client.post(page("_try"), said).status_code == 302
    assert client.post(page("_report"), {"basis": "支部党员大会 2026-11-20"}).status_code == 302
    assert client.post(page("_decide"), {"act": "suspend"}).status_code == 403
    client.force_login(committee)
    assert "停止党籍" in text(client.get(page()))
    refused = client.post(page("_decide"), {"act": "suspend", "on": "", "basis": "山委〔2026〕9号"})
    assert refused.status_code == 422 and "写决定的日子" in text(refused)
    assert (
        client.post(page("_decide"), {"act": "suspend", "on": timezone.localdate().isoformat(), "basis": "山委〔2026〕9号"}).status_code
        == 302
    )
    case.refresh_from_db()
    assert case.state == "suspended"
