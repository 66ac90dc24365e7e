"""Two at once do it once, and the books balance."""

import pytest

from members.care.aid import rules, services
from members.care.aid.models import Case, Step
from members.care.fund.models import Claim, Voucher
from partyportal.core.errors import DomainError
from tests.aid.makers import TODAY, make_case
from tests.at_once import at_once
from tests.fund.makers import assert_books_add_up

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def test_two_approvals_at_once_set_the_money_aside_once(case, go, line, hands):
    case = go(case, rules.APPROVING)
    told = at_once(*(lambda by=by: services.approve(fresh(case), line=line, by=by, today=TODAY) for by in (hands.approver, hands.cashier)))
    assert {type(one) for one in told} == {Case, DomainError}
    assert Claim.objects.count() == Voucher.objects.filter(kind="reserve").count() == Step.objects.filter(act="approve").count() == 1
    assert_books_add_up()


def test_approved_while_it_is_withdrawn_is_one_or_the_other(case, go, line, hands, secretary):
    case = go(case, rules.APPROVING)
    told = at_once(
        lambda: services.approve(fresh(case), line=line, by=hands.approver, today=TODAY),
        lambda: services.withdraw(fresh(case), note="保险赔了", by=secretary, today=TODAY),
    )
    last = fresh(case)
    assert last.state in (rules.WITHDRAWN, rules.PUBLICITY)
    # Withdrawn before: the approval is refused. Withdrawn after: what was set aside is free again.
    released = Voucher.objects.filter(kind="release").count()
    assert Claim.objects.count() == released or last.state == rules.PUBLICITY
    assert all(isinstance(one, (Case, DomainError)) for one in told)
    assert_books_add_up()


def test_of_a_fund_that_bears_one_of_two_one_is_approved(programme, assembly, secretary, committee, hands, go, tree, line):
    from decimal import Decimal

    from members.care.fund.services import books

    books.set_line(line.book, year=2026, code="01", name="困难救助", amount=Decimal(3000), by=hands.cashier, today=TODAY, reason="压减")
    two = [go(make_case(programme, one, by=secretary), rules.APPROVING) for one in assembly[:2]]
    told = at_once(*(lambda one=one: services.approve(fresh(one), line=line, by=hands.approver, today=TODAY) for one in two))
    assert sorted(type(one).__name__ for one in told) == ["Case", "DomainError"]
    assert Case.objects.filter(state=rules.PUBLICITY).count() == Claim.objects.count() == 1
    assert_books_add_up()


def test_two_applications_at_once_make_one_case(programme, member, secretary, deputy):
    told = at_once(*(lambda by=by: make_case(programme, member, by=by) for by in (secretary, deputy)))
    assert {type(one) for one in told} == {Case, DomainError}
    assert Case.objects.count() == 1
