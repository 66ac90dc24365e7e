"""The pages of dues: what they show to whom, what a refused form keeps, and numbers that open into as many rows."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from members.dues import services
from members.dues.models import Base, Collection, Exemption, Payment
from members.services.membership import move
from partyportal.core.uid import new_uid
from tests.budgets import fits_budget
from tests.dues.makers import assess, farmer, pay_one, salaried, take
from tests.factories import make_member

TODAY = timezone.localdate()
NOW = TODAY.replace(day=1)
START = NOW  # so that one month is due, whatever the month the tests run in


@pytest.fixture
def people(tree):
    people = [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]
    assess(*people, start=START, today=TODAY)
    return people


def collect_now(*members, by):
    return take(*members, by=by, until=NOW, day=TODAY, today=TODAY)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def post_collect(client, branch, people, amounts, **fields):
    data = {"uid": str(new_uid()), "day": TODAY.isoformat(), "method": "cash", "chosen": [str(p.uid) for p in people]} | fields
    data |= {f"due-{p.uid}": amount for p, amount in zip(people, amounts, strict=True)}
    return client.post(f"{reverse('dues:collect')}?organisation={branch.code}&month={NOW:%Y-%m}", data)


def test_one_press_records_everybody_ticked(client, tree, secretary, deputy, people):
    client.force_login(secretary)
    page = client.get(reverse("dues:dues"))
    assert "3 人勾上了，共 120.00 元" in text(page)
    response = post_collect(client, tree.ours, people[:2], ["40.00", "40.00"])
    assert response.status_code == 302
    assert Payment.objects.count() == 2
    page = client.get(response["Location"])
    assert "已记 2 人，等另一个人核对。" in text(page)
    client.force_login(deputy)
    assert "1 批等你核对" in text(client.get(reverse("dues:confirm")))
    client.post(reverse("dues:confirm_all"), {"chosen": [str(Collection.objects.get().uid)]})
    assert Collection.objects.get().state == "confirmed"


def test_what_changed_meanwhile_is_a_422_that_keeps_the_ticks(client, tree, secretary, people):
    client.force_login(secretary)
    pay_one(people[0], "40", by=secretary, until=NOW, day=TODAY, today=TODAY)
    response = post_collect(client, tree.ours, people[:2], ["40.00", "40.00"])
    assert response.status_code == 422
    assert "程勇庆到这个月已经没有要交的" in text(response)
    ticked = re.findall(r'<input[^>]*name="chosen"[^>]*>', response.content.decode())
    assert [("checked" in box, str(people[1].uid) in box) for box in ticked] == [(True, True), (False, False)]
    assert Payment.objects.count() == 1
    assert post_collect(client, tree.ours, [], []).status_code == 422
    assert post_collect(client, tree.ours, people[1:2], ["x"]).status_code == 422


def test_nobody_of_another_branch_is_recorded_through_our_page(client, tree, secretary):
    stranger = make_member(tree.neighbours, "袁强明")
    assess(stranger, start=START, today=TODAY)
    client.force_login(secretary)
    response = post_collect(client, tree.ours, [stranger], ["40.00"])
    assert (response.status_code, Payment.objects.count()) == (422, 0)
    assert "还没有选人" in text(response)


def test_a_number_of_the_county_opens_into_as_many_rows(client, tree, department, secretary, people):
    far = [make_member(tree.far), make_member(tree.far)]
    assess(*far, start=START, today=TODAY)
    collect_now(*people[:2], by=secretary)
    client.force_login(department)
    page = client.get(reverse("dues:dues"))
    sums = page.context["sums"]
    assert (sums.months, sums.paid_months, sums.owing_months, sums.waiting_months) == (5, 2, 3, 2)
    assert sums.due_total == sums.paid_total + sums.owing_total == Decimal(200)
    for state, number in (("", 5), ("paid", 2), ("owing", 3), ("waiting", 2), ("exempt", 0)):
        rows = client.get(reverse("dues:dues"), {"organisation": tree.county.code, "month": f"{NOW:%Y-%m}", "state": state})
        assert rows.context["page"].paginator.count == number, state
    for place in page.context["places"]:
        below = client.get(reverse("dues:dues"), {"organisation": place.organisation.code, "month": f"{NOW:%Y-%m}"})
        assert below.context["sums"] == place.sums


def test_a_member_reads_how_it_is_reckoned_and_through_which_month(client, tree, secretary, member):
    assess(member, line=salaried("4333.50"), start=START, today=TODAY)
    client.force_login(member.user)
    page = client.get(reverse("dues:mine"))
    assert "4,333.50 × 1% = 43.34 元" in text(page)
    assert "记一笔" not in text(page) and "冲正" not in text(page)
    collect_now(member, by=secretary)
    assert f"党费交至 {NOW.year}年{NOW.month}月" in text(client.get(reverse("dues:mine")))
    assert client.post(reverse("dues:pay", args=[member.uid]), {}).status_code == 403


def test_an_income_is_shown_to_who_collects_and_to_nobody_else(client, tree, secretary, reader, neighbour, people):
    assess(people[0], line=salaried("8765.43"), start=START, today=TODAY)
    shown = {}
    for user in (secretary, reader, neighbour):
        client.force_login(user)
        for name, args, query in (
            ("dues:bases", [], f"?organisation={tree.ours.code}"),
            ("dues:member", [people[0].uid], ""),
            ("dues:base", [people[0].uid], ""),
            ("dues:dues", [], f"?organisation={tree.ours.code}"),
            ("dues:publication", [], f"?organisation={tree.ours.code}"),
        ):
            response = client.get(reverse(name, args=args) + query)
            shown[user.username, name] = "8,765.43" in response.content.decode() or "8765.43" in response.content.decode()
    assert {key for key, told in shown.items() if told} == {("secretary", n) for n in ("dues:bases", "dues:member", "dues:base")}


def test_a_sum_is_recorded_and_taken_back_from_the_members_page(client, tree, secretary, people):
    client.force_login(secretary)
    url = reverse("dues:pay", args=[people[0].uid])
    asked = {"uid": str(new_uid()), "until": f"{NOW:%Y-%m}", "amount": "39.99", "day": TODAY.isoformat(), "method": "cash"}
    response = client.post(url, asked)
    assert response.status_code == 422 and "收到的不够" in text(response) and 'value="39.99"' in response.content.decode()
    assert client.post(url, asked | {"amount": "45"}).status_code == 302
    payment = Payment.objects.get()
    assert payment.voluntary == 5
    assert client.post(reverse("dues:reverse", args=[payment.uid]), {"reason": ""}).status_code == 302
    assert Payment.objects.count() == 1
    client.post(reverse("dues:reverse", args=[payment.uid]), {"reason": "金额记错"})
    assert "原因：金额记错" in text(client.get(reverse("dues:member", args=[people[0].uid])))


def test_a_whole_branch_is_assessed_at_once(client, tree, secretary):
    people = [make_member(tree.ours) for _ in range(3)]
    client.force_login(secretary)
    url = f"{reverse('dues:bases_set')}?organisation={tree.ours.code}&year={TODAY.year}"
    asked = {"kind": "farmer", "fixed": "2", "start": f"{TODAY.year}-01", "chosen": [str(p.uid) for p in people]}
    response = client.post(url, asked)
    assert response.status_code == 422 and "0.20 到 1.00 元" in text(response) and 'value="2"' in response.content.decode()
    assert client.post(url, asked | {"fixed": "0.5"}).status_code == 302
    assert Base.objects.in_force().count() == 3
    assert client.post(url, asked | {"chosen": []}).status_code == 422


def test_an_exemption_goes_from_the_branch_to_the_committee(client, tree, secretary, committee, people):
    client.force_login(secretary)
    asked = {"member": str(people[0].uid), "start": f"{NOW:%Y-%m}", "until": f"{NOW:%Y-%m}", "monthly": "0", "reason": "患病住院"}
    assert client.post(reverse("dues:exemption_new"), asked | {"reason": ""}).status_code == 422
    assert client.post(reverse("dues:exemption_new"), asked).status_code == 302
    row = Exemption.objects.get()
    assert client.post(reverse("dues:exemption_decide", args=[row.uid]), {"decision": "approve"}).status_code == 403
    client.force_login(committee)
    assert "患病住院" in text(client.get(reverse("dues:exemptions")))
    client.post(reverse("dues:exemption_decide", args=[row.uid]), {"decision": "approve"})
    row.refresh_from_db()
    assert row.state == "approved"


def test_a_collection_is_sent_back_with_its_reason(client, tree, secretary, deputy, people):
    collection = collect_now(*people, by=secretary)
    client.force_login(deputy)
    url = reverse("dues:collection", args=[collection.uid])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "现金少 10 元"}).status_code == 302
    assert "退回原因：现金少 10 元" in text(client.get(url))


def test_the_published_sheet_has_months_and_totals_and_no_single_sum(client, tree, secretary, people):
    assess(people[0], line=salaried("8765.43"), start=START, today=TODAY)
    collect_now(*people, by=secretary)
    client.force_login(secretary)
    page = client.get(reverse("dues:publication"))
    assert "已交 211.48 元" in text(page)
    assert "131.48" not in page.content.decode()
    file = client.get(reverse("dues:publication"), {"organisation": tree.ours.code, "year": TODAY.year, "format": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content))) as sheet:
        told = b"".join(sheet.read(part) for part in sheet.namelist()).decode(errors="replace")
    assert "程勇庆" in told and "211.48" in told and "131.48" not in told and "8765" not in told


def test_a_month_paid_to_the_old_branch_stays_on_its_sheet(client, tree, secretary, committee):
    person = make_member(tree.ours, "赵峰河")
    assess(person, line=farmer(), start=date(TODAY.year - 1, 11, 1), today=TODAY)
    move(person, to=tree.neighbours, on=date(TODAY.year - 1, 12, 15), by=committee)
    client.force_login(committee)
    for branch, words in ((tree.ours, "11 月"), (tree.neighbours, "12 月")):
        sheet = client.get(reverse("dues:publication"), {"organisation": branch.code, "year": TODAY.year - 1}).context["sheet"]
        assert [(line.name, line.due_words) for line in sheet.lines] == [("赵峰河", words)]


@pytest.mark.parametrize("count", [1, 50])
def test_pages_cost_the_same_at_one_row_and_at_fifty(client, tree, secretary, deputy, department, count):
    people = [make_member(tree.ours) for _ in range(count + 1)]
    assess(*people, start=START, today=TODAY)
    collect_now(*people[:-1], by=deputy)
    client.force_login(secretary)
    at = {"organisation": tree.ours.code}
    for name, query in (
        ("dues:dues", at),
        ("dues:bases", at),
        ("dues:publication", at),
        ("dues:arrears", at),
        ("dues:confirm", {}),
    ):
        with fits_budget(f"{name} branch"):
            assert client.get(reverse(name), query).status_code == 200
    with fits_budget("dues:collection"):
        client.get(reverse("dues:collection", args=[Collection.objects.get().uid]))
    with fits_budget("dues:member"):
        client.get(reverse("dues:member", args=[people[0].uid]))
    with fits_budget("dues:collect post"):
        collected = post_collect(client, tree.ours, people[-1:], ["40.00"])
    assert collected.status_code == 302
    client.force_login(department)
    for name, query in (("dues:dues", {}), ("dues:dues", {"state": "paid"}), ("dues:bases", {}), ("dues:publication", {})):
        with fits_budget(f"{name} county{' people' if query else ''}"):
            assert client.get(reverse(name), query).status_code == 200


@pytest.mark.parametrize("count", [1, 50])
def test_recording_fifty_costs_as_many_statements_as_one(tree, secretary, deputy, count):
    people = [make_member(tree.ours) for _ in range(count)]
    assess(*people, start=START, today=TODAY)
    expected = {p.pk: Decimal("40.00") for p in people}
    with fits_budget("dues.services.collect"):
        collection = services.collect(
            organisation=tree.ours, expected=expected, until=NOW, day=TODAY, method="cash", by=secretary, today=TODAY
        )
    with fits_budget("dues.services.confirm"):
        services.confirm([collection], by=deputy)
