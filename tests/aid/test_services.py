"""What is done about a case: the way, the refusals, who must keep out, and what the fund holds meanwhile."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from members.care.aid import rules, services
from members.care.aid.models import Case, Objection, Step
from members.care.aid.services.decisions import decide_many
from members.care.aid.services.payments import follow_fund, pay_many
from members.care.fund.models import Account, Claim
from members.care.fund.services import claims
from members.care.fund.services import payments as fund
from members.models import Fact
from members.services.facts import record
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry, Notice
from tests.aid.makers import TODAY, D, make_case, make_programme, vote
from tests.factories import make_member
from tests.points.makers import deed

LATER = date(2026, 11, 27)  # the notice hangs to the 26th
JPEG = b"\xff\xd8\xff\xe0 a bill"


def acts(case) -> list[str]:
    return list(Step.objects.filter(case=case).values_list("act", flat=True))


def held(kind: str):
    return Account.objects.get(kind=kind).balance


# ── The way ─────────────────────────────────────────────────────────────────
def test_a_case_goes_its_way_and_every_fen_is_where_it_should_be(case, go, line, member, hands):
    case = go(case, rules.PUBLICITY)
    assert (case.notice_from, case.notice_until) == (TODAY, date(2026, 11, 26))
    assert (held("free"), held("reserved")) == (D(8000), D(2000))
    case = go(case, rules.DONE, later=LATER)
    assert acts(case) == ["apply", "vote", "review", "approve", "notice_over", "prepare", "pay", "sign", "follow_up"]
    assert (held("cash"), held("reserved"), case.paid_on, case.closed_on) == (D(8000), D(0), LATER, LATER)
    assert (case.approved_by, case.prepared_by, case.confirmed_by) == (hands.approver, hands.cashier, hands.checker)
    assert Claim.objects.get().title == "大病救助"  # names nobody
    told = Notice.objects.filter(user=member.user).values_list("title", flat=True)
    assert set(told) >= {"大病救助：审批同意", "大病救助：确认付款"}


def test_a_programme_says_which_steps_there_are(member, secretary):
    gift = make_programme(
        "new_year", name="春节慰问", amount="500", is_fixed=True, needs_vote=False, needs_notice=False, needs_follow_up=False
    )
    one = make_case(gift, member, by=secretary, amount="500")
    assert one.state == rules.REVIEWING


def test_the_member_asks_from_their_own_account_and_the_family_through_the_branch(programme, member, secretary, assembly):
    own = make_case(programme, member, by=member.user)
    assert (own.asked_by, own.recorded_by) == ("member", member.user)
    by_family = make_case(programme, assembly[0], by=secretary, asked_by="family", relation="child", asker="王小花 13900001111")
    assert (by_family.asked_by, by_family.relation) == ("family", "child")
    assert b"\xe7\x8e\x8b" not in bytes(by_family.sealed_asker)
    assert services.reveal(by_family, by=secretary)["asker"] == "王小花 13900001111"
    with pytest.raises(DomainError, match="与本人什么关系"):
        make_case(programme, assembly[1], by=secretary, asked_by="family", asker="王小花")


def test_an_assembly_that_says_no_ends_it(case, secretary, member):
    case = vote(case, by=secretary, entitled=6, present=6, in_favour=3, against=3)
    assert (case.state, acts(case)[-1], case.closed_on) == (rules.REFUSED, "vote_down", TODAY)
    again = make_case(case.programme, member, by=secretary)  # what was refused may be asked again
    assert again.state == rules.VOTING


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"entitled": 7}, "表决权的党员是 6 人"),
        ({"present": 2, "in_favour": 2, "against": 0}, "不到半数"),
        ({"today": TODAY}, None),
    ],
)
def test_a_vote_is_held_against_the_roll_of_its_day(case, secretary, change, words):
    if words is None:
        assert vote(case, by=secretary, **change).state == rules.REVIEWING
        return
    with pytest.raises(DomainError, match=words):
        vote(case, by=secretary, **change)
    case.refresh_from_db()
    assert case.state == rules.VOTING and acts(case) == ["apply"]


@pytest.mark.parametrize(("day", "words"), [(TODAY - timedelta(days=1), "不能早于"), (TODAY + timedelta(days=1), "还没有到")])
def test_a_vote_has_a_day_after_the_application(case, secretary, day, words):
    counts = {"entitled": 5, "present": 5, "in_favour": 5, "against": 0}
    with pytest.raises(DomainError, match=words):
        services.record_vote(case, day=day, by=secretary, today=TODAY, **counts)


def test_what_is_sent_back_comes_again_and_keeps_its_history(case, secretary, committee, department, go):
    case = services.send_back(go(case, rules.REVIEWING), note="补一份低保证", by=committee, today=TODAY)
    assert case.state == rules.RETURNED
    paper = SimpleUploadedFile("1.jpg", JPEG)
    case = services.resubmit(case, need="肺部手术，低保证见附件", files=[paper], by=secretary, today=TODAY)
    assert (case.state, case.files.count()) == (rules.VOTING, 1)
    assert acts(case) == ["apply", "vote", "return", "resubmit"]
    assert services.reveal(case, by=committee)["need"] == "肺部手术，低保证见附件"


def test_a_refusal_says_why_and_the_person_reads_it(case, committee, go, member):
    case = go(case, rules.REVIEWING)
    with pytest.raises(DomainError, match="写明理由"):
        services.refuse(case, note=" ", by=committee, today=TODAY)
    case = services.refuse(case, note="已经由民政救助", by=committee, today=TODAY)
    assert case.state == rules.REFUSED
    assert list(services.reveal(case, by=member.user)["notes"].values()) == ["已经由民政救助"]


def test_withdrawn_after_the_approval_the_money_is_free_again(case, go, secretary):
    case = go(case, rules.PUBLICITY)
    case = services.withdraw(case, note="保险已经赔付", by=secretary, today=TODAY)
    assert (case.state, case.amount, held("free")) == (rules.WITHDRAWN, None, D(10000))


def test_a_case_stays_with_the_branch_that_applied(case, tree, member, secretary, go):
    from members.services import membership

    membership.move(member, to=tree.neighbours, on=TODAY, by=None)
    case = go(case, rules.REVIEWING)
    assert case.organisation == tree.ours
    assert not Case.objects.visible_to(secretary).exclude(organisation=tree.ours).exists()


# ── What is refused ─────────────────────────────────────────────────────────
def test_one_case_of_a_programme_member_and_year(case, member, secretary):
    with pytest.raises(DomainError, match="一年一件"):
        make_case(case.programme, member, by=secretary)
    with pytest.raises(IntegrityError, match="aid_case_once_a_year"), transaction.atomic():
        Case.objects.create(
            **{name: getattr(case, name) for name in ("programme", "programme_code", "member", "organisation", "year", "asked_by")},
            **{name: getattr(case, name) for name in ("amount_asked", "state", "applied_on", "acted_on", "recorded_by")},
        )


def test_whoever_was_found_unqualified_gets_no_local_benefit(programme, member, secretary):
    record([deed(member, date(2025, 12, 20), kind="appraisal.result", grade="unqualified")], by=None)
    with pytest.raises(DomainError, match="评议不合格"):
        make_case(programme, member, by=secretary)
    record([deed(member, date(2026, 11, 1), kind="appraisal.result", grade="qualified")], by=None)
    assert make_case(programme, member, by=secretary).state == rules.VOTING
    assert Fact.objects.standing().filter(member=member).count() == 2


@pytest.mark.parametrize(("amount", "need", "field"), [("3000.01", "手术", "amount"), ("0", "手术", "amount"), ("100", " ", "need")])
def test_an_application_that_cannot_be(programme, member, secretary, amount, need, field):
    with pytest.raises(DomainError) as refused:
        make_case(programme, member, by=secretary, amount=amount, need=need)
    assert refused.value.field == field
    assert not Case.objects.exists() and not AuditEntry.objects.filter(code__startswith="aid.case").exists()


def test_only_for_ones_own_branch_and_only_under_what_is_in_force(programme, member, neighbour, secretary, department):
    with pytest.raises(DomainError, match="自己支部"):
        make_case(programme, member, by=neighbour)
    services.end_programme(programme, end=TODAY, by=department, today=TODAY)
    with pytest.raises(DomainError, match="不受理"):
        make_case(programme, member, by=secretary)


def test_the_wrong_step_changes_nothing(case, committee, hands, line, secretary):
    for act in (
        lambda: services.review(case, by=committee, today=TODAY),
        lambda: services.approve(case, line=line, by=hands.approver, today=TODAY),
        lambda: services.prepare_payment(case, method="cash", by=hands.cashier, today=TODAY),
        lambda: services.confirm_payment(case, by=hands.checker, today=TODAY),
        lambda: services.sign(case, day=TODAY, by=secretary, today=TODAY),
        lambda: services.follow_up(case, day=TODAY, note="好", by=secretary, today=TODAY),
        lambda: services.refuse(case, note="不", by=committee, today=TODAY),
        lambda: services.resubmit(case, need="手术", by=secretary, today=TODAY),
        lambda: services.receive_objection(case, words="不困难", by=secretary, today=TODAY),
    ):
        with pytest.raises(DomainError, match="现在是“等党员大会评议”"):
            act()
    with pytest.raises(Stale):
        services.record_vote(case, day=TODAY, entitled=5, present=5, in_favour=5, against=0, by=secretary, today=TODAY, version=0)
    assert acts(case) == ["apply"] and not Claim.objects.exists()


def test_the_fund_that_cannot_bear_it_approves_nothing(programme, member, assembly, secretary, committee, hands, go, line):
    from members.care.fund.services import books

    books.set_line(line.book, year=2026, code="02", name="临时救助", amount=D(100), by=hands.cashier, today=TODAY)
    case = go(make_case(programme, member, by=secretary), rules.APPROVING)
    small = line.book.lines.get(code="02")
    with pytest.raises(DomainError, match=r"还剩 100\.00 元"):
        services.approve(case, line=small, by=hands.approver, today=TODAY)
    case.refresh_from_db()
    assert (case.state, case.claim, held("reserved")) == (rules.APPROVING, None, D(0))


def test_the_money_comes_from_a_fund_over_the_branch(case, go, tree, hands, committee, secretary):
    from tests.aid.makers import make_line

    case = go(case, rules.APPROVING)
    elsewhere = make_line(tree.other_township, by=hands.cashier, second=hands.checker)
    with pytest.raises(DomainError, match="管着这个支部的基金"):
        services.approve(case, line=elsewhere, by=hands.approver, today=TODAY)


# ── Maker is never checker ──────────────────────────────────────────────────
def test_each_step_is_anothers(programme, member, assembly, department, committee, hands, go, line, secretary):
    own = make_case(programme, member, by=department)  # the department may record too, and then it may not check
    own = vote(own, by=department)
    with pytest.raises(DomainError, match="由别人审核"):
        services.review(own, by=department, today=TODAY)
    own = services.review(own, by=committee, today=TODAY)
    with pytest.raises(DomainError, match="由别人审批"):
        services.approve(own, line=line, by=department, today=TODAY)
    with pytest.raises(DomainError, match="县委组织部审批"):
        services.approve(own, line=line, by=committee, today=TODAY)
    own = services.approve(own, line=line, by=hands.approver, today=TODAY)
    with pytest.raises(DomainError, match="由别人开付款单"):
        services.prepare_payment(own, method="cash", by=hands.approver, today=LATER)
    own = services.prepare_payment(own, method="cash", by=hands.cashier, today=LATER)
    for hand in (hands.cashier, hands.approver):
        with pytest.raises(DomainError, match="由别人确认"):
            services.confirm_payment(own, by=hand, today=LATER)
    assert services.confirm_payment(own, by=hands.checker, today=LATER).state == rules.SIGNING


def test_nobody_handles_their_own_case_or_a_relatives(programme, member, assembly, secretary, tree, committee, go):
    from tests.factories import make_grant

    make_grant(member.user, tree.township, "committee")
    case = make_case(programme, member, by=secretary, recused=[committee])
    with pytest.raises(DomainError, match="自己的事项"):
        vote(case, by=member.user)
    case = vote(case, by=secretary)
    with pytest.raises(DomainError, match="自己的事项"):
        services.review(case, by=member.user, today=TODAY)
    with pytest.raises(DomainError, match="回避"):
        services.review(case, by=committee, today=TODAY)


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        (("recorded_by", "reviewed_by"), "reviewed_by_another"),
        (("recorded_by", "approved_by"), "approved_by_another"),
        (("reviewed_by", "approved_by"), "approved_by_a_third"),
        (("approved_by", "prepared_by"), "prepared_by_another"),
        (("prepared_by", "confirmed_by"), "confirmed_by_another"),
        (("approved_by", "confirmed_by"), "confirmed_by_another"),
    ],
)
def test_the_database_too_keeps_maker_and_checker_apart(case, department, columns, name):
    with pytest.raises(IntegrityError, match=f"aid_case_{name}"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**dict.fromkeys(columns, department))


# ── The notice ──────────────────────────────────────────────────────────────
def test_while_the_notice_hangs_nothing_is_paid(case, go, hands, secretary, committee):
    case = go(case, rules.PUBLICITY)
    with pytest.raises(DomainError, match="第二天起才能付款"):
        services.prepare_payment(case, method="cash", by=hands.cashier, today=date(2026, 11, 26))
    assert services.close_notices(today=date(2026, 11, 26)) == 0
    one = services.receive_objection(case, words="他家有车", by=secretary, today=date(2026, 11, 26))
    assert services.receive_objection(case, words="他家有车 ", by=secretary, today=date(2026, 11, 26)) == one, "a double tap"
    assert services.close_notices(today=LATER) == 0
    with pytest.raises(DomainError, match="还没有答复"):
        services.prepare_payment(case, method="cash", by=hands.cashier, today=LATER)
    services.answer_objection(one, upheld=False, answer="车是借的", by=committee, today=LATER)
    with pytest.raises(DomainError, match="已经答复过"):
        services.answer_objection(one, upheld=False, answer="车是借的", by=committee, today=LATER)
    assert (services.close_notices(today=LATER), services.close_notices(today=LATER)) == (1, 0)
    case.refresh_from_db()
    assert case.state == rules.PAYING


def test_an_objection_is_answered_by_another_and_when_it_stands_the_money_is_free(case, go, secretary, committee, deputy):
    case = go(case, rules.PUBLICITY)
    with pytest.raises(DomainError, match="已经过了"):
        services.receive_objection(case, words="他家有车", by=secretary, today=LATER)
    one = services.receive_objection(case, words="他家有车", by=committee, today=TODAY)
    with pytest.raises(DomainError, match="由别人答复"):
        services.answer_objection(one, upheld=True, answer="属实", by=committee, today=TODAY)
    two = services.receive_objection(case, words="他家有车", by=deputy, today=TODAY)
    services.answer_objection(two, upheld=True, answer="属实", by=committee, today=TODAY)
    case.refresh_from_db()
    assert (case.state, acts(case)[-1], held("free")) == (rules.REFUSED, "revoke", D(10000))
    with pytest.raises(IntegrityError, match="answered_by_another"), transaction.atomic():
        Objection.objects.filter(pk=two.pk).update(answered_by=deputy)


# ── Money ───────────────────────────────────────────────────────────────────
def test_what_the_funds_own_room_does_becomes_a_step(case, go, hands):
    case = go(case, rules.CONFIRMING, later=LATER)
    fund.send_back(case.payment, by=hands.checker, today=LATER, reason="账号不对")
    assert (follow_fund(today=LATER), follow_fund(today=LATER)) == (1, 0)
    case.refresh_from_db()
    assert (case.state, case.payment) == (rules.PAYING, None)
    case = go(case, rules.CONFIRMING, later=LATER)
    voucher = fund.confirm(case.payment, by=hands.checker, today=LATER)
    follow_fund(today=LATER)
    case.refresh_from_db()
    assert (case.state, case.paid_on, case.confirmed_by) == (rules.SIGNING, LATER, hands.checker)
    fund.reverse(voucher, by=hands.approver, today=LATER, reason="银行退汇")
    assert follow_fund(today=LATER) == 1
    case.refresh_from_db()
    assert (case.state, case.paid_on, acts(case)[-1]) == (rules.PAYING, None, "unpay")
    assert go(case, rules.DONE, later=LATER).paid_on == LATER


@pytest.mark.parametrize("state", [rules.PUBLICITY, rules.PAYING])
def test_money_released_in_the_funds_own_room_ends_the_case(case, go, hands, state):
    case = go(case, rules.PUBLICITY)
    if state == rules.PAYING:
        services.close_notices(today=LATER)
    claims.release(case.claim, by=hands.checker, today=LATER, reason="本人放弃")
    assert (follow_fund(today=LATER), follow_fund(today=LATER)) == (1, 0)
    case.refresh_from_db()
    assert (case.state, case.amount, case.closed_on, acts(case)[-1]) == (rules.REFUSED, None, LATER, "revoke")
    assert services.reveal(case, by=hands.checker)["notes"][case.steps.last().pk] == "本人放弃"


def test_another_signs_with_name_and_relation(case, go, secretary):
    case = go(case, rules.SIGNING, later=LATER)
    with pytest.raises(DomainError, match="代签"):
        services.sign(case, day=LATER, relation="child", by=secretary, today=LATER)
    case = services.sign(case, day=LATER, relation="child", proxy="刘小明", by=secretary, today=LATER)
    step = Step.objects.get(case=case, act="sign")
    assert (step.relation, services.reveal(case, by=secretary)["notes"][step.pk]) == ("child", "代签人：刘小明")


def test_many_are_decided_and_paid_all_or_none(programme, assembly, secretary, committee, hands, line, go):
    cases = [go(make_case(programme, one, by=secretary), rules.APPROVING) for one in assembly[:3]]
    with pytest.raises(DomainError, match="一件也没有办"):
        decide_many(
            [*cases, go(make_case(programme, assembly[3], by=secretary), rules.REVIEWING)],
            "approve",
            line=line,
            by=hands.approver,
            today=TODAY,
        )
    assert not Claim.objects.exists()
    decide_many(cases, "approve", line=line, by=hands.approver, today=TODAY)
    services.close_notices(today=LATER)
    cases = list(Case.objects.filter(state=rules.PAYING))
    pay_many(cases, "prepare", method="transfer", by=hands.cashier, today=LATER)
    pay_many(cases, "pay", by=hands.checker, today=LATER)
    assert (Case.objects.filter(state=rules.SIGNING).count(), held("cash")) == (3, D(4000))


def test_from_a_list_one_act_opens_many_and_tells_whom_it_passed_over(member, assembly, secretary, tree, django_assert_num_queries):
    gift = make_programme("new_year", name="春节慰问", amount="500", is_fixed=True, needs_vote=False)
    make_case(gift, member, by=secretary, amount="500")
    record([deed(assembly[0], date(2026, 1, 10), kind="appraisal.result", grade="unqualified")], by=None)
    elsewhere = make_member(tree.neighbours, "袁强明")
    opened = services.open_from_list(gift, members=[member, *assembly, elsewhere], by=secretary, today=TODAY)
    assert {one.member.name for one in opened.cases} == {"王二", "王三", "王四", "王五"}
    assert {(one.name, why) for one, why in opened.passed_over} == {
        ("刘明", "今年已有这个项目的救助"),
        ("王一", "最近一次民主评议不合格"),
        ("袁强明", "组织关系不在你管的支部"),
    }
    assert AuditEntry.objects.filter(code="aid.case.apply").count() == 5
    assert {one.amount_asked for one in opened.cases} == {D(500)}
