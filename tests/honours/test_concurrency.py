"""Twenty approvals at once on five places give five; two decisions at once confer once."""

import pytest

from members.models import Fact
from partyportal.core.errors import DomainError
from points.honours import services
from points.honours.models import Call, Honour, Nomination
from tests.at_once import at_once
from tests.factories import make_member
from tests.honours.makers import DECIDED, PUBLIC_FROM, REVIEWED, issued, nominated, public

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_approvals_at_once_on_five_places_give_exactly_five(tree, secretary, committee, department):
    call = issued(tree.county, by=department, quota=5)
    rows = [nominated(call, make_member(tree.ours, f"候选人{n}"), by=secretary) for n in range(20)]
    told = at_once(*(lambda pk=row.pk: services.approve(Nomination.objects.get(pk=pk), by=committee, today=REVIEWED) for row in rows))
    refusals = [one for one in told if isinstance(one, Exception)]
    assert len(refusals) == 15 and all(isinstance(one, DomainError) and "5 个名额已经用完" in one.message for one in refusals), refusals
    call.refresh_from_db()
    assert call.taken == Nomination.objects.holding().count() == 5


def test_a_share_and_the_whole_are_kept_at_once(tree, secretary, committee, department):
    call = issued(tree.county, by=department, quota=3, shares=[(tree.ours, 1), (tree.neighbours, 1)])
    rows = [
        nominated(call, make_member(branch, f"候选人{n}"), by=secretary)
        for branch in (tree.ours, tree.neighbours, tree.far)
        for n in range(3)
    ]
    at_once(*(lambda pk=row.pk: services.approve(Nomination.objects.get(pk=pk), by=department, today=REVIEWED) for row in rows))
    call.refresh_from_db()
    assert (call.taken, call.free, call.free_taken) == (3, 1, 1)  # nobody without a share takes another's place
    assert [share.taken for share in call.shares.all()] == [1, 1]


def test_two_decisions_at_once_confer_once(tree, secretary, committee, department):
    call = issued(tree.county, by=department)
    row = nominated(call, make_member(tree.ours, "潘山洋"), by=secretary)
    services.approve(row, by=committee, today=REVIEWED)
    public(call, by=department, today=PUBLIC_FROM)
    said = {"decision_number": "清委〔2026〕12号", "day": DECIDED, "by": department, "today": DECIDED}
    told = at_once(*(lambda: services.decide(Call.objects.get(pk=call.pk), **said) for _ in range(4)))
    assert sum(isinstance(one, list) for one in told) == 1 and sum(isinstance(one, DomainError) for one in told) == 3, told
    assert Honour.objects.count() == Fact.objects.filter(kind="honour.county").count() == 1


def test_two_nominations_of_one_member_at_once_make_one(tree, secretary, deputy, department):
    call = issued(tree.county, by=department)
    person = make_member(tree.ours, "潘山洋")
    told = at_once(*(lambda by=by: nominated(call, person, by=by) for by in (secretary, deputy)))
    assert {type(one) for one in told} == {Nomination, DomainError}
