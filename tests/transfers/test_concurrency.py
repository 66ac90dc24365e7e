"""Two at once: one receives, one applies, one number each."""

import pytest
from django.db import transaction

from members.models import Affiliation, Member
from members.transfers import services
from members.transfers.models import Letter, LetterBook, Step, Transfer
from partyportal.core.errors import DomainError
from tests.at_once import at_once
from tests.factories import make_grant, make_member, make_user
from tests.transfers.makers import TODAY, applied, arrived, from_outside, received, travelling

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def second(tree):
    """Another person of 白驼镇党委."""
    user = make_user("杜玉兰", username="far_committee_2")
    make_grant(user, tree.other_township, "committee")
    return user


def test_of_two_receipts_at_once_one_wins_and_the_other_is_told(tree, cast, person, second):
    transfer = travelling(person, tree.far, cast)
    told = at_once(
        *(lambda by=by: services.receive(Transfer.objects.get(pk=transfer.pk), by=by, today=TODAY) for by in (cast.far_committee, second))
    )
    assert {type(one) for one in told} == {Transfer, DomainError}, told
    assert "已办“接收党委审核”" in str(next(one for one in told if isinstance(one, DomainError)))
    assert Step.objects.filter(act="receive").count() == Letter.objects.filter(used_on=TODAY).count() == 1


def test_of_two_placements_at_once_one_moves_the_member(tree, cast, person):
    transfer = received(person, tree.far, cast)
    told = at_once(*(lambda: services.place(Transfer.objects.get(pk=transfer.pk), by=cast.far_secretary, today=TODAY) for _ in range(2)))
    assert {type(one) for one in told} == {Transfer, DomainError}, told
    assert Affiliation.objects.filter(member=person).count() == 2


def test_a_receipt_and_a_withdrawal_at_once_leave_one_truth(tree, cast, person):
    transfer = travelling(person, tree.far, cast)
    told = at_once(
        lambda: services.receive(Transfer.objects.get(pk=transfer.pk), by=cast.far_committee, today=TODAY),
        lambda: services.withdraw(Transfer.objects.get(pk=transfer.pk), by=cast.secretary, today=TODAY),
    )
    assert {type(one) for one in told} == {Transfer, DomainError}, told
    letter = Letter.objects.get()
    assert (letter.used_on is None) != (letter.voided_on is None)


def test_of_two_applications_at_once_one_is_kept(tree, cast, person, deputy):
    told = at_once(
        *(
            lambda to=to, by=by: applied(Member.objects.get(pk=person.pk), to, by=by)
            for to, by in ((tree.far, cast.secretary), (tree.neighbours, deputy))
        )
    )
    assert {type(one) for one in told} == {Transfer, DomainError}, told
    assert Transfer.objects.count() == 1


def test_of_two_registrations_of_one_arrival_at_once_one_is_kept(tree, cast, second):
    bearer = from_outside()
    told = at_once(*(lambda by=by: arrived(tree.far, by=by, person=bearer) for by in (cast.far_committee, second)))
    assert {type(one) for one in told} == {Transfer, DomainError}, told
    assert Transfer.objects.count() == 1


def test_letters_written_at_once_have_numbers_without_a_gap_though_one_comes_to_nothing(tree, cast):
    waiting = [applied(make_member(tree.ours), tree.far, by=cast.secretary) for _ in range(6)]

    def write(transfer):
        return services.approve(Transfer.objects.get(pk=transfer.pk), by=cast.committee, today=TODAY)

    def fail(transfer):
        with transaction.atomic():
            write(transfer)
            raise RuntimeError("a power cut")

    told = at_once(*(lambda at=at, one=one: (fail if at == 2 else write)(one) for at, one in enumerate(waiting)))
    assert [type(one) for one in told].count(RuntimeError) == 1 and [type(one) for one in told].count(Transfer) == 5, told
    assert sorted(Letter.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5]
    assert LetterBook.objects.get(year=2026).last == 5
    assert len(set(Letter.objects.values_list("code", flat=True))) == 5
    write(waiting[2])
    assert Letter.objects.order_by("-serial").first().serial == 6
