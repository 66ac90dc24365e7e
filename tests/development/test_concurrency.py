"""Two at once: one is taken, the other is told."""

import pytest

from members.development.models import Case, StepRecord
from members.development.services.steps import record_step
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from tests.at_once import at_once
from tests.development.makers import DAYS, TODAY, make_branch_people, make_case, said_of, walk
from tests.factories import id_number


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_admit_one_member(tree, secretary, committee, department):
    people = make_branch_people(tree.ours)
    case = walk(make_case(tree.ours, secretary), people, by=committee, to="party_talk")
    said = said_of("approval", DAYS["approval"], people)

    def approve(by: User):
        return record_step(Case.objects.get(pk=case.pk), step="approval", said=said, by=by, today=TODAY, organisation=tree.township)

    told = at_once(*(lambda by=by: approve(by) for by in (committee, department)))
    assert {type(one) for one in told} == {StepRecord, DomainError}, told
    assert "已经办过" in next(str(one) for one in told if isinstance(one, DomainError))
    assert Member.objects.filter(joined_on=DAYS["assembly"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_applications_of_one_person_at_once_open_one_case(tree, secretary, neighbour):
    number = id_number()
    told = at_once(
        *(
            lambda place=place, by=by: make_case(place, by, id_number=number)
            for place, by in ((tree.ours, secretary), (tree.neighbours, neighbour))
        )
    )
    assert {type(one) for one in told} == {Case, DomainError}, told
    assert Case.objects.count() == 1
