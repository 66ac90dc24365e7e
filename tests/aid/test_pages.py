"""Pages and API of 困难救助: what they cost, what they say when they refuse, and that every number opens into its rows."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from members.care.aid import rules, services
from members.care.aid.models import Case, Objection, Programme
from tests.aid.makers import Department, advance, fill_branch, make_case, make_line, make_programme
from tests.budgets import fits_budget
from tests.factories import make_member

TODAY = timezone.localdate()


@pytest.fixture
def hands(tree):
    return Department(tree.county)


@pytest.fixture
def programme(db):
    return make_programme(start=TODAY)


@pytest.fixture
def line(tree, hands):
    return make_line(tree.county, by=hands.cashier, second=hands.checker, money="500000", today=TODAY)


@pytest.fixture
def case(programme, member, secretary, tree):
    fill_branch(tree.ours, 4)
    return make_case(programme, member, by=secretary, today=TODAY)


def test_a_list_longer_than_a_page_is_opened_by_organisation(client, tree, programme, department, monkeypatch):
    for branch in (tree.ours, tree.far):
        for n in range(2):
            make_member(branch, f"{branch.short_name[:1]}老{n}", birth_on=TODAY.replace(year=TODAY.year - 85, day=1))
    monkeypatch.setattr("members.care.aid.views.applications.MOST", 3)
    client.force_login(department)
    whole = client.get(reverse("aid:from_list"), {"list": "eighty"}).content.decode()
    assert "只列了前 3 人" in whole
    one = client.get(reverse("aid:from_list"), {"list": "eighty", "organisation": tree.far.code})
    assert (
        "只列了前" not in one.content.decode()
        and {row.branch for row, _ in one.context["rows"]} == {tree.far}
        and len(one.context["rows"]) == 2
    )


def test_a_version_after_no_programme_is_not_found(client, department):
    client.force_login(department)
    assert client.get(reverse("aid:programme_new"), {"after": "x"}).status_code == 404


def many(tree, programme, secretary, count: int) -> None:
    opened = services.open_from_list(programme, members=[make_member(tree.ours, f"李{n}") for n in range(count)], by=secretary, today=TODAY)
    assert len(opened.cases) == count


@pytest.mark.parametrize("count", [1, 50])
def test_lists_cost_the_same_with_fifty(client, tree, programme, secretary, committee, hands, line, count):
    gift = make_programme("gift", name="春节慰问", amount="500", is_fixed=True, needs_vote=False, start=TODAY)
    many(tree, gift, secretary, count)
    for name, args in (("aid:cases", []), ("aid:bulk", ["review"]), ("aid:overview", []), ("aid:notices", [])):
        client.force_login(committee)
        client.get(reverse(name, args=args))
        with fits_budget(name):
            assert client.get(reverse(name, args=args)).status_code == 200
    with fits_budget("api:aid-case-list"):
        assert client.get("/api/v1/care/cases/?page_size=50").json()["count"] == count


def test_one_case_costs_what_it_costs(client, case, committee):
    client.force_login(committee)
    with fits_budget("aid:case"):
        client.get(reverse("aid:case", args=[case.uid]))


@pytest.mark.parametrize(("state", "is_late"), [(rules.REVIEWING, True), (rules.FOLLOWING, False)])
def test_a_return_visit_has_days_of_its_own_and_is_not_late_by_the_limit_of_the_other_steps(
    client, case, secretary, committee, hands, line, state, is_late
):
    case = advance(
        case, state, secretary=secretary, committee=committee, department=hands, line=line, today=TODAY, later=TODAY + timedelta(days=30)
    )
    Case.objects.filter(pk=case.pk).update(acted_on=TODAY - timedelta(days=30))
    client.force_login(committee)
    told = client.get(reverse("aid:case", args=[case.uid])).content.decode()
    assert "到这一步已 30 天" in told and ("超过 7 天" in told) is is_late


def test_a_refused_form_keeps_what_was_typed(client, case, secretary):
    client.force_login(secretary)
    said = {"day": TODAY, "entitled": "99", "present": "5", "in_favour": "4", "against": "0", "note": "大家都同意", "version": case.version}
    response = client.post(reverse("aid:act", args=[case.uid, "vote"]), said)
    told = response.content.decode()
    assert response.status_code == 422 and 'value="99"' in told and "大家都同意" in told and "应到不能多于这个数" in told
    response = client.post(
        f"{reverse('aid:apply')}?member={case.member.uid}", {"programme": case.programme.uid, "amount": "10", "need": "住院"}
    )
    assert response.status_code == 422 and "住院" in response.content.decode()


def test_deciding_many_on_one_page(client, tree, programme, secretary, committee, hands, line):
    gift = make_programme("gift", name="春节慰问", amount="500", is_fixed=True, needs_vote=False, needs_notice=False, start=TODAY)
    many(tree, gift, secretary, 3)
    for act, by, said in (
        ("review", committee, {}),
        ("approve", hands.approver, {"line": line.uid}),
        ("prepare", hands.cashier, {"method": "transfer"}),
        ("pay", hands.checker, {}),
    ):
        client.force_login(by)
        url = reverse("aid:bulk", args=[act])
        assert client.post(url, said).status_code == 422  # nobody was ticked
        assert client.post(url, said | {"chosen": [str(one.uid) for one in Case.objects.all()]}).status_code == 302
    assert Case.objects.filter(state=rules.SIGNING).count() == 3


def test_the_overview_adds_up_to_its_rows(client, case, programme, secretary, committee, hands, line, tree):
    fast = make_programme("fast", name="临时救助", needs_vote=False, needs_notice=False, start=TODAY)
    paid = make_case(fast, make_member(tree.ours, "李一"), by=secretary, amount="800", today=TODAY)
    advance(paid, rules.SIGNING, secretary=secretary, committee=committee, department=hands, line=line, today=TODAY)
    client.force_login(hands.approver)
    context = client.get(reverse("aid:overview")).context
    assert (context["given_total"], context["given_cases"]) == (800, 1)
    assert sum(one.count for one in context["waiting"]) == Case.objects.open().count() == 2
    for one in context["waiting"]:
        assert client.get(reverse("aid:cases"), {"tab": one.tab, "organisation": "001"}).context["page"].paginator.count == one.count
    assert sum(one.cases for one in context["townships"]) == 2 and sum(one.given for one in context["townships"]) == 800
    assert (dict(context["into"]), dict(context["out"])) == ({"财政拨款": 500000}, {"困难救助": 800})
    assert (context["time"].paid, context["time"].median, context["time"].ninety) == (1, 0, 0)


def test_small_numbers_are_not_disclosed(client, case, reader):
    client.force_login(reader)
    told = client.get(reverse("aid:disclosure")).content.decode()
    assert "少，不写" in told and "2,000" not in told


def test_the_member_applies_alone_and_sees_where_it_stands(client, member, programme):
    client.force_login(member.user)
    response = client.post(f"{reverse('aid:apply')}?member={member.uid}", {"programme": programme.uid, "amount": "1000", "need": "住院"})
    case = Case.objects.get()
    assert response.status_code == 302 and (case.asked_by, case.recorded_by) == ("member", member.user)
    assert "大病救助" in client.get(reverse("aid:mine")).content.decode()


def test_the_file_of_help_received(client, case, secretary, tree):
    client.force_login(secretary)
    assert reverse("aid:person", args=[case.member.uid]) in client.get(reverse("members:member", args=[case.member.uid])).content.decode()
    assert "大病救助" in client.get(reverse("aid:person", args=[case.member.uid])).content.decode()


def test_programmes_are_set_and_ended(client, department):
    client.force_login(department)
    said = {
        "code": "flood",
        "name": "灾害救助",
        "source": "清组发〔2026〕9号",
        "amount": "2000",
        "notice_days": "5",
        "follow_up_days": "60",
        "retention_years": "10",
        "start": TODAY.isoformat(),
        "needs_vote": "on",
    }
    assert client.post(reverse("aid:programme_new"), said | {"amount": "0"}).status_code == 422
    assert client.post(reverse("aid:programme_new"), said).status_code == 302
    made = Programme.objects.get()
    assert made.needs == {"vote"}
    client.post(reverse("aid:programme_end", args=[made.uid]))
    assert "还没" not in client.get(reverse("aid:programmes")).content.decode()


# ── API ─────────────────────────────────────────────────────────────────────
def test_the_api_applies_and_decides_once_and_on_what_was_seen(client, member, programme, secretary, tree):
    fill_branch(tree.ours, 4)
    client.force_login(secretary)
    said = {"programme": "illness", "member": str(member.uid), "amount": "1500", "need": "住院"}
    again = {"Idempotency-Key": "one-application"}
    first = client.post("/api/v1/care/cases/", said, content_type="application/json", headers=again)
    second = client.post("/api/v1/care/cases/", said, content_type="application/json", headers=again)
    assert (first.status_code, second.status_code, Case.objects.count()) == (201, 201, 1)
    assert "住院" not in first.content.decode() and first.json()["state"] == rules.VOTING
    address, etag = f"/api/v1/care/cases/{first.json()['uid']}/", first["ETag"]
    vote = {"act": "vote", "day": TODAY.isoformat(), "entitled": 5, "present": 5, "in_favour": 5, "against": 0}

    def decide(body, **headers):
        return client.post(f"{address}decide/", body, content_type="application/json", headers=headers)

    assert decide(vote).status_code == 428
    assert decide({"act": "vote"}, **{"If-Match": etag}).status_code == 400
    assert decide({"act": "review"}, **{"If-Match": etag}).status_code == 403
    done = decide(vote, **{"If-Match": etag})
    assert done.status_code == 200 and done.json()["state"] == rules.REVIEWING
    assert decide({"act": "withdraw", "note": "保险赔了"}, **{"If-Match": etag}).status_code == 409
    assert client.get(address)["ETag"] == done["ETag"]


def test_an_objection_on_the_page(client, case, secretary, committee, hands, line):
    case = advance(case, rules.PUBLICITY, secretary=secretary, committee=committee, department=hands, line=line, today=TODAY)
    client.force_login(secretary)
    assert client.post(reverse("aid:objection_new", args=[case.uid]), {"words": " "}).status_code == 422
    assert client.post(reverse("aid:objection_new", args=[case.uid]), {"words": "他家有车"}).status_code == 302
    client.force_login(committee)
    answer = reverse("aid:objection_answer", args=[Objection.objects.get().uid])
    assert client.post(answer, {"upheld": "", "answer": "车是借的"}).status_code == 422
    assert client.post(answer, {"upheld": "no", "answer": "车是借的"}).status_code == 302


def test_a_notice_that_is_over_is_paid_from_the_page(client, case, secretary, committee, hands, line):
    case = advance(case, rules.PUBLICITY, secretary=secretary, committee=committee, department=hands, line=line, today=TODAY)
    Case.objects.update(notice_from=TODAY - timedelta(days=9), notice_until=TODAY - timedelta(days=1))
    client.force_login(hands.cashier)
    said = {"method": "transfer", "reference": "", "version": Case.objects.get().version}
    response = client.post(reverse("aid:act", args=[case.uid, "prepare"]), said)
    assert response.status_code == 302, response.content.decode()
    assert Case.objects.get().state == rules.CONFIRMING
