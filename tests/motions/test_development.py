"""A vote of 发展党员 is counted once: its figures stand filled in on the case's own step."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from education.motions import services
from education.motions.models import Motion
from education.motions.rules import Figures, Tally
from members.development.models import Case
from members.models import MemberClass
from partyportal.core.errors import DomainError
from tests.development.makers import DAYS, later, make_case, walk
from tests.motions.conftest import TODAY, absent, make_assembly, moved, opened
from tests.motions.test_pages import address, as_, words


@pytest.fixture
def case(tree, branch, secretary) -> Case:
    """林小禾, for whom the 支部大会 is the next step."""
    held = make_case(tree.ours, secretary, applied_on=date(2025, 3, 1))
    days = later(prereview=date(2026, 10, 25), volunteer_form=date(2026, 10, 26))
    walk(held, branch.voters, by=secretary, to="volunteer_form", days=days)
    held.refresh_from_db()
    assert held.next_step == "assembly"
    return held


def count(motion, by, second, *line, **papers):
    said = {"issued": 9, "returned": 9, "invalid": 0} | papers
    figures = Figures(**said, lines=(Tally(*line),))
    services.enter_count(motion, role="teller", figures=figures, by=by, today=TODAY)
    return services.enter_count(motion, role="counter", figures=figures, by=second, today=TODAY)


def test_art20_the_figures_of_the_vote_are_filled_in_and_recorded_as_they_stand(tree, branch, case, secretary, deputy):
    MemberClass.objects.filter(member=branch.mobile).update(name="mobile")
    meeting = make_assembly(tree, secretary, roll=absent(branch.voters[9]), host=branch.voters[0])
    motion = moved(meeting, secretary, kind="development", method="paper", title="接收林小禾为预备党员", case=case)
    services.take_opinion(motion, member=branch.voters[9], choice="for", text="同意", received_on=TODAY, by=secretary, today=TODAY)
    services.open_vote(motion, by=secretary, today=TODAY, teller=branch.voters[1], counter=branch.voters[2])
    client = as_(secretary)
    assert "记入发展档案" not in words(client.get(address("motion", motion)))
    count(motion, secretary, deputy, 7, 1, 0, invalid=1)
    url = client.get(address("motion", motion)).context["step_url"]
    assert urlsplit(url).path == reverse("development:step", args=[case.uid, "assembly"])
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked == {
        "day": "2026-11-20",
        "present": "9",
        "written": "1",
        "in_favour": "8",
        "against": "1",
        "abstained": "1",
        "note": "废票和没有交回的 1 张，计入弃权",
        f"exclude-{branch.mobile.uid}": "away",
    }
    shown = client.get(url)
    form = shown.context["form"]
    assert shown.status_code == 200 and [form[name].value() for name in ("present", "in_favour")] == ["9", "8"]
    assert not case.records.standing().filter(step="assembly").exists(), "looked at before it is recorded"
    materials = [kind for kind, _ in form.fields["materials"].choices] if "materials" in form.fields else []
    answer = client.post(url, asked | {"step": "assembly", "act": "record", "materials": materials})
    assert answer.status_code == 302, form.errors
    ballot = case.records.standing().get(step="assembly").ballot
    assert (ballot.entitled, ballot.present, ballot.written, ballot.in_favour) == (10, 9, 1, 8)
    assert client.get(address("motion", motion)).context["step_url"] == "", "once"


def test_only_a_case_of_the_branch_that_waits_for_the_vote_is_put_to_it(tree, branch, case, assembly, secretary, committee):
    elsewhere = make_case(tree.neighbours, committee, name="何苗", birth_on=date(1999, 5, 5))
    early = make_case(tree.ours, committee, name="乔麦", birth_on=date(1997, 7, 7))
    for one in (elsewhere, early):
        with pytest.raises(DomainError, match="不在本支部，或者还没有办到"):
            moved(assembly, secretary, kind="development", method="paper", case=one)
    with pytest.raises(DomainError, match="才选发展谁"):
        moved(assembly, secretary, case=case)
    new = as_(secretary).get(f"{address('motion_new')}?meeting={assembly.uid}")
    assert [value for value, _ in new.context["form"].fields["case"].choices] == ["", str(case.uid)]
    said = {"kind": "development", "method": "paper", "title": "接收林小禾为预备党员", "case": str(case.uid)}
    assert as_(secretary).post(f"{address('motion_new')}?meeting={assembly.uid}", said).status_code == 302
    assert case.motions.count() == 1


def test_who_only_votes_is_offered_no_case(tree, branch, case, assembly, secretary, deputy):
    motion = opened(assembly, secretary, branch=branch, kind="development", method="paper", case=case)
    count(motion, secretary, deputy, 10, 0, 0, issued=10, returned=10)
    assert as_(branch.voters[4].user).get(address("motion", motion)).context["step_url"] == ""
    assert as_(secretary).get(address("motion", motion)).context["step_url"]


def test_a_vote_of_a_step_done_is_not_offered_for_the_next_one(branch, assembly, secretary, deputy):
    """转正 waits for its own vote: the figures of 接收 are not those."""
    held = make_case(assembly.organisation, secretary)
    walk(held, branch.voters, by=secretary, to="full_application")
    motion = opened(assembly, secretary, branch=branch, kind="development", method="paper", case=held)
    count(motion, secretary, deputy, 10, 0, 0, issued=10, returned=10)
    assert "full_assembly" in as_(secretary).get(address("motion", motion)).context["step_url"]
    Motion.objects.filter(pk=motion.pk).update(held_on=DAYS["assembly"])
    assert as_(secretary).get(address("motion", motion)).context["step_url"] == ""


def test_of_two_votes_on_one_step_the_later_is_handed_over(branch, case, assembly, secretary, deputy):
    votes = []
    for in_favour in (3, 9):
        motion = opened(assembly, secretary, branch=branch, kind="development", method="paper", case=case)
        count(motion, secretary, deputy, in_favour, 10 - in_favour, 0, issued=10, returned=10)
        votes.append(as_(secretary).get(address("motion", motion)).context["step_url"])
    assert all(votes), "each as it was counted"
    first = case.motions.order_by("pk").first()
    assert as_(secretary).get(address("motion", first)).context["step_url"] == ""
