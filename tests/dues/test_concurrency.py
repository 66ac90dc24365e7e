"""Two collectors at once: each month is paid once, whoever comes first; a killed act leaves nothing."""

from decimal import Decimal as D

import pytest

from members.dues import services
from members.dues.models import Collection, PaidMonth, Payment
from members.models import Fact
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.at_once import at_once
from tests.dues.makers import TODAY, assess, month, pay_one, take
from tests.factories import make_member


@pytest.mark.django_db(transaction=True)
def test_two_collectors_at_once_take_each_month_once(tree, secretary, deputy):
    people = [make_member(tree.ours) for _ in range(6)]
    assess(*people)
    asked = {"organisation": tree.ours, "until": month(11), "day": TODAY, "method": "cash", "today": TODAY}
    expected = {p.pk: D("280.00") for p in people}
    told = at_once(*(lambda by=by: services.collect(expected=expected, by=by, **asked) for by in (secretary, deputy, secretary)))
    assert sorted(type(one).__name__ for one in told) == ["Collection", "Stale", "Stale"]
    assert (Collection.objects.count(), Payment.objects.count(), PaidMonth.objects.count()) == (1, 6, 42)
    assert AuditEntry.objects.filter(code="dues.collection.recorded").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_member_and_the_whole_branch_at_once(tree, secretary, deputy):
    people = [make_member(tree.ours) for _ in range(4)]
    assess(*people)
    told = at_once(lambda: take(*people, by=secretary), lambda: pay_one(people[2], "280", by=deputy))
    assert len([one for one in told if isinstance(one, Collection)]) >= 1
    assert not [one for one in told if not isinstance(one, Collection | DomainError)], told
    assert PaidMonth.objects.filter(member=people[2], amount__gt=0).count() in {7, 14}
    assert sum(p.amount for p in Payment.objects.filter(member=people[2])) in {D("280.00"), D("560.00")}
    months = PaidMonth.objects.filter(member=people[2]).values_list("month", flat=True)
    assert len(months) == len(set(months)) == 7


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_and_a_return_at_once_decide_once(tree, secretary, deputy, committee):
    person = make_member(tree.ours)
    assess(person)
    collection = take(person, by=secretary)
    told = at_once(
        lambda: services.confirm([collection], by=deputy),
        lambda: services.confirm([collection], by=committee),
        lambda: services.return_collection(Collection.objects.get(pk=collection.pk), reason="少钱", by=committee),
    )
    assert not [one for one in told if isinstance(one, Exception) and not isinstance(one, DomainError)], told
    state = Collection.objects.get().state
    assert state in {"confirmed", "returned"}
    assert Fact.objects.standing().filter(kind="dues.paid").count() == (1 if state == "confirmed" else 0)
    assert Payment.objects.count() == (1 if state == "confirmed" else 2)


@pytest.mark.django_db(transaction=True)
def test_two_reversals_at_once_take_back_once(tree, secretary, deputy):
    person = make_member(tree.ours)
    assess(person)
    take(person, by=secretary)
    payment = Payment.objects.get()
    told = at_once(*(lambda by=by: services.reverse(payment, reason="记错", by=by) for by in (secretary, deputy)))
    assert sorted(type(one).__name__ for one in told) == ["DomainError", "Payment"]
    assert (Payment.objects.count(), sum(p.amount for p in Payment.objects.all())) == (2, 0)


def test_an_act_that_dies_in_the_middle_leaves_nothing(tree, secretary, monkeypatch):
    people = [make_member(tree.ours) for _ in range(3)]
    assess(*people)

    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(PaidMonth.objects, "bulk_create", dies)
    with pytest.raises(KeyboardInterrupt):
        take(*people, by=secretary)
    assert not (Collection.objects.exists() or Payment.objects.exists() or PaidMonth.objects.exists())
