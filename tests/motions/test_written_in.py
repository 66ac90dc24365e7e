"""另选他人: whom voters name beside the candidates, on paper and online (ADR 26)."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from education.motions import rules, services
from education.motions.models import Candidate, OpenedBallot, SealedBallot, Voted
from education.motions.rules import Figures, Tally
from education.motions.selectors.rolls import others_of
from partyportal.core.errors import DomainError
from tests.motions.conftest import TODAY, opened
from tests.motions.test_pages import address, as_, words
from tests.motions.test_services import refused


def fault(others, *, lines=((5, 3, 1), (4, 4, 1)), seats=2):
    figures = Figures(10, 9, 0, tuple(Tally(*line) for line in lines), others)
    return rules.figures_fault(figures, present=10, names=("白灵", "戴鹏"), seats=seats)


def test_papers_name_no_more_others_than_they_vote_against_nor_more_than_seats():
    assert fault(((7, 7),)) is None
    assert "多于反对票" in fault(((7, 4), (8, 4))).message, "seven against, eight named"
    assert "多于有效票 9 张" in fault(((7, 10),)).message
    assert fault(((7, 4), (8, 3)), seats=1).field == "invalid", "nine in favour and seven named on nine papers for one seat"


@pytest.mark.parametrize(
    ("seats", "in_favour", "against", "others", "field"),
    [(2, 1, 1, 1, ""), (2, 1, 1, 2, "others"), (2, 2, 1, 1, "others"), (1, 2, 0, 0, None), (1, 0, 1, 1, ""), (1, 0, 0, 1, "others")],
)
def test_one_ballot_counts_where_it_names_no_more_than_it_is_against_and_the_seats_hold(seats, in_favour, against, others, field):
    found = rules.ballot_fault(seats=seats, in_favour=in_favour, against=against, others=others)
    assert (found is None) is (field == "") and (found is None or found.field == field)


# ── Paper ───────────────────────────────────────────────────────────────────
@pytest.fixture
def election(assembly, branch, secretary):
    said = {"kind": "election", "method": "paper", "seats": 1, "candidates": branch.voters[3:5], "title": "选举组织委员"}
    return opened(assembly, secretary, branch=branch, **said)


def enter(motion, role, by, *others, lines=((2, 8, 0), (1, 9, 0))):
    figures = Figures(10, 10, 0, tuple(Tally(*line) for line in lines), tuple(sorted((who.pk, votes) for who, votes in others)))
    return services.enter_count(motion, role=role, figures=figures, by=by, today=TODAY)


def test_whoever_is_written_in_by_more_than_half_is_elected(election, branch, secretary, deputy):
    hao = branch.voters[7]
    assert enter(election, "teller", secretary, (hao, 6)) is None
    result = enter(election, "counter", deputy, (hao, 6))
    assert result.outcome == "elected" and "牛犇当选" in result.sentence
    line = result.lines.get(is_elected=True)
    assert (line.candidate.member, line.candidate.is_written_in, line.in_favour) == (hao, True, 6)
    shown = words(as_(secretary).get(address("motion", election)))
    assert "另选" in shown and Candidate.objects.filter(motion=election).count() == 3


def test_counts_that_name_others_differently_are_made_again(election, branch, secretary, deputy):
    hao, ou = branch.voters[7:9]
    enter(election, "teller", secretary, (hao, 6))
    assert enter(election, "counter", deputy, (ou, 6)) is None
    assert election.steps.get(act="recount").note == "第 1 次点票：另选他人不一样"
    enter(election, "teller", secretary, (ou, 5), (hao, 1))
    result = enter(election, "counter", deputy, (hao, 1), (ou, 5))
    assert result.outcome == "failed", "five of ten is not more than half"
    assert list(result.lines.values_list("candidate__member__name", "in_favour").order_by("candidate__ordinal")) == [
        ("郝琴", 2),
        ("孔祥", 1),
        ("牛犇", 1),
        ("欧阳", 5),
    ]


def test_who_cannot_be_elected_or_stands_on_the_paper_is_not_written_in(election, branch, secretary):
    for person in (branch.probationary, branch.watched, branch.voters[3]):
        refused("有被选举权、选票上没有的人", enter, election, "teller", secretary, (person, 1), field="others")
    refused("多于反对票", enter, election, "teller", secretary, (branch.voters[7], 3), lines=((9, 1, 0), (0, 0, 10)), field="others")
    assert Candidate.objects.filter(motion=election).count() == 2


def test_nobody_written_in_becomes_a_candidate_who_may_not_count(election, branch, secretary, deputy):
    """Else a refusal would tell the second recorder what the first had entered."""
    deputy_member = branch.voters[7]
    deputy_member.user = deputy
    deputy_member.save(update_fields=["user"])
    enter(election, "teller", secretary, (deputy_member, 1))
    assert services.counting_fault(election, role="counter", user=deputy) == ""


def test_the_paper_has_a_line_for_each_seat_and_the_form_keeps_what_was_typed(election, branch, secretary, deputy):
    client = as_(secretary)
    paper = words(client.get(address("ballots", election)))
    assert paper.count("另选：") == 10, "one seat, ten papers"
    hao = branch.voters[7]
    said = {"issued": 10, "returned": 10, "invalid": 0, f"other_{hao.uid}": 6}
    for at, line in enumerate(((2, 8, 0), (1, 9, 0))):
        said |= dict(zip((f"in_favour_{at}", f"against_{at}", f"abstained_{at}"), line, strict=True))
    answer = client.post(address("count", election), said | {f"other_{hao.uid}": 11})
    assert answer.status_code == 422 and "多于有效票 10 张" in words(answer) and 'value="11"' in words(answer)
    assert client.post(address("count", election), said).status_code == 302
    assert "牛犇" not in words(as_(deputy).get(address("motion", election))).split("到会有表决权")[0], "nobody reads the other's count"
    assert as_(deputy).post(address("count", election), said).status_code == 302
    election.refresh_from_db()
    assert election.result.outcome == "elected"


# ── Online ──────────────────────────────────────────────────────────────────
@pytest.fixture
def urn(assembly, branch, secretary, online):
    return opened(assembly, secretary, kind="election", method="online", seats=2, candidates=branch.voters[3:5], title="选举委员")


def uid(person):
    return str(person.uid)


def test_a_ballot_names_others_and_all_ballots_are_of_one_length(urn, branch, secretary):
    one, two = branch.voters[7:9]
    cast = services.cast
    cast(urn, choices={1: "against", 2: "against"}, others=[uid(one), uid(two)], by=branch.voters[0].user)
    cast(urn, choices={1: "for", 2: "against"}, others=[uid(one)], by=branch.voters[1].user)
    for person in branch.voters[2:7]:
        cast(urn, choices={1: "against", 2: "abstain"}, others=[uid(one)], by=person.user)
    cast(urn, choices={1: "for", 2: "for"}, by=branch.voters[7].user)
    assert len({len(bytes(ballot.sealed)) for ballot in SealedBallot.objects.all()}) == 1
    result = services.close_urn(urn, by=secretary, today=TODAY)
    assert result.outcome == "partly" and "牛犇当选" in result.sentence
    found = {line.candidate.member.name: (line.in_favour, line.against, line.abstained, line.is_elected) for line in result.lines.all()}
    assert found == {"郝琴": (2, 6, 0, False), "孔祥": (1, 2, 5, False), "牛犇": (7, 0, 0, True), "欧阳": (1, 0, 0, False)}
    again = [ballot.choices for ballot in OpenedBallot.objects.all()]
    at = Candidate.objects.get(motion=urn, member=one).ordinal
    assert sum(str(at) in choices for choices in again) == 7, "what was opened counts again to the same"


def test_a_ballot_that_would_be_spoilt_is_refused_and_leaves_no_mark(urn, branch):
    voter, other = branch.voters[0].user, branch.voters[7]
    for choices, named, why in (
        ({1: "for", 2: "abstain"}, [other], "只反对了 0 人"),
        ({1: "against", 2: "against"}, branch.voters[6:9], "只反对了 2 人"),
        ({1: "against", 2: "for"}, [branch.probationary], "有被选举权"),
        ({1: "against", 2: "for"}, [branch.voters[4]], "有被选举权"),
    ):
        with pytest.raises(DomainError, match=why) as caught:
            services.cast(urn, choices=choices, others=[uid(one) for one in named], by=voter)
        assert caught.value.field == "others"
    assert not Voted.objects.exists() and not SealedBallot.objects.exists()


def test_on_the_page_and_in_the_api_one_is_named_from_a_list(urn, branch, secretary):
    other = branch.voters[7]
    client = as_(branch.voters[0].user)
    shown = words(client.get(address("vote", urn)))
    assert "另选他人" in shown and str(branch.probationary.uid) not in shown
    answer = client.post(address("vote", urn), {"choice_1": "abstain", "choice_2": "for", "others": [uid(other)]})
    assert answer.status_code == 422 and "只反对了 0 人" in words(answer)
    assert client.post(address("vote", urn), {"choice_1": "against", "choice_2": "for", "others": [uid(other)]}).status_code == 302
    api = APIClient()
    api.force_login(branch.voters[1].user)
    url = reverse("api:motion-detail", args=[urn.uid])
    listed = api.get(url).json()["others"]
    assert {one["uid"] for one in listed} == {str(person.uid) for person in others_of(urn)}
    vote = {"choices": {"1": "against", "2": "for"}, "others": [uid(other)]}
    assert api.post(f"{url}vote/", vote, format="json").status_code == 204
    services.close_urn(urn, by=secretary, today=TODAY)
    lines = {line["candidate"]: line for line in api.get(url).json()["result"]["lines"]}
    assert lines["牛犇"]["is_written_in"] and lines["牛犇"]["in_favour"] == 2 and api.get(url).json()["others"] == []


def test_of_a_motion_nobody_is_named(assembly, branch, secretary, online):
    motion = opened(assembly, secretary, method="online")
    assert others_of(motion) == []
    with pytest.raises(DomainError, match="选举才可以另选"):
        services.cast(motion, choices={0: "against"}, others=[uid(branch.voters[7])], by=branch.voters[0].user)


def test_an_election_closes_also_when_somebody_named_has_left_since(urn, branch, secretary):
    gone = branch.voters[7]
    for voter in branch.voters[:7]:
        services.cast(urn, choices={1: "against", 2: "against"}, others=[uid(gone)], by=voter.user)
    gone.affiliations.update(end=TODAY, end_reason="moved")
    assert gone.pk not in {person.member_id for person in others_of(urn)}
    services.close_urn(urn, by=secretary, today=TODAY)
    assert urn.candidates.get(member=gone).is_written_in
