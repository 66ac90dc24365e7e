"""dues/payments and dues/accounts: the sight of who collects, one's own, changes once, and no income."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from members.dues.models import Payment
from tests.budgets import fits_budget
from tests.dues.makers import TODAY, assess, pay_one, salaried, take
from tests.factories import make_member


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


def as_(holder) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_login(getattr(holder, "user", holder))
    return client


@pytest.fixture
def person(tree, secretary):
    person = make_member(tree.ours, "潘山洋")
    assess(person, line=salaried("8765.43"), today=TODAY)
    return person


def paying(person, **fields):
    return {"member": str(person.uid), "until": "2026-11-30", "amount": "1000.00", "day": "2026-11-22"} | fields


def test_a_payment_is_recorded_once_for_each_key(secretary, person):
    headers = {"Idempotency-Key": "7c0"}
    answers = [as_(secretary).post("/api/v1/dues/payments/", paying(person), format="json", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (Payment.objects.count(), answers[0].json()["uid"]) == (1, answers[1].json()["uid"])
    told = answers[0].json()
    assert (told["state"], told["voluntary"], len(told["months"])) == ("recorded", "79.64", 7)
    assert "8765" not in str(told)


def test_what_a_rule_refuses_is_told_in_its_field(secretary, neighbour, person):
    answer = as_(secretary).post("/api/v1/dues/payments/", paying(person, amount="1"), format="json")
    assert answer.status_code == 400
    assert "收到的不够" in answer.content.decode()
    answer = as_(neighbour).post("/api/v1/dues/payments/", paying(person), format="json")
    assert "不是你收党费的支部的" in answer.content.decode() and Payment.objects.count() == 0


def test_a_payment_is_taken_back_by_a_row_of_its_own(secretary, person):
    payment = pay_one(person, "1000", by=secretary).payments.get()
    answer = as_(secretary).post(f"/api/v1/dues/payments/{payment.uid}/reverse/", {"reason": "记错"}, format="json")
    assert (answer.status_code, answer.json()["amount"], answer.json()["reverses"]) == (201, "-1000.00", str(payment.uid))


def test_who_collects_and_the_member_read_it_and_nobody_else(
    tree, secretary, deputy, neighbour, committee, department, reader, system_admin, auditor, outsider, member, person
):
    assess(member, today=TODAY)
    payment = pay_one(person, "1000", by=secretary).payments.get()
    own = pay_one(member, "280", by=secretary).payments.get()
    sees = {
        secretary: 2, deputy: 2, committee: 2, department: 2, neighbour: 0, reader: 0, system_admin: 0, auditor: 0, outsider: 0,
    }  # fmt: skip
    for who, count in sees.items():
        assert as_(who).get("/api/v1/dues/payments/").json()["count"] == count, who
        assert as_(who).get("/api/v1/dues/accounts/").json()["count"] == count, who
        assert as_(who).get(f"/api/v1/dues/payments/{payment.uid}/").status_code == (200 if count else 404)
    assert [row["uid"] for row in as_(member).get("/api/v1/dues/payments/").json()["results"]] == [str(own.uid)]
    assert [row["uid"] for row in as_(member).get("/api/v1/dues/accounts/").json()["results"]] == [str(member.uid)]


def test_an_account_adds_up_as_the_page_does(secretary, person):
    pay_one(person, "920.36", by=secretary)
    told = as_(secretary).get(f"/api/v1/dues/accounts/{person.uid}/").json()
    assert (told["months"], told["paid_months"], told["owing_months"]) == (12, 7, 5)
    assert Decimal(told["due"]) == Decimal(told["paid"]) + Decimal(told["owing"]) == Decimal("131.48") * 12
    assert told["paid_through"] is None, "January to April are still unpaid"
    empty = as_(secretary).get("/api/v1/dues/accounts/", {"year": date(2025, 1, 1).year}).json()["results"][0]
    assert (empty["months"], empty["due"]) == (0, "0.00")


@pytest.mark.parametrize("count", [1, 50])
def test_a_list_costs_the_same_however_long_it_is(tree, secretary, count):
    people = [make_member(tree.ours) for _ in range(count)]
    assess(*people, today=TODAY)
    take(*people, by=secretary)
    with fits_budget("api:payments"):
        assert as_(secretary).get("/api/v1/dues/payments/").json()["count"] == count
