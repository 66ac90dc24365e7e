"""Each kind of vote at the number before, on and after its thresholds; tests named after the article."""

from datetime import date

import pytest

from education.motions import rules
from education.motions.rules import COMMITTEE, DECISION, DEVELOPMENT, ELECTION, Figures, Tally, procedure_of
from members.rules.votes import HALF, MORE_THAN_HALF, Part


def decided(kind, *, entitled, present, in_favour, against=0, written=0, **numbers):
    counted = Tally(in_favour, against, present - in_favour - against)
    outcome = rules.decide(procedure_of(kind, **numbers), entitled=entitled, present=present, counted=counted, written=Tally(written, 0, 0))
    return outcome.code == rules.PASSED


# ── How many must be there ──────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("kind", "entitled", "short", "enough"),
    [
        (DECISION, 20, 9, 10),  # Art11: 半数以上, the half itself is enough
        (DECISION, 21, 10, 11),
        (COMMITTEE, 5, 2, 3),  # Art12
        (COMMITTEE, 4, 1, 2),
        (DEVELOPMENT, 20, 10, 11),  # 2026 Art19: 超过半数, the half itself is not
        (DEVELOPMENT, 21, 10, 11),
        (ELECTION, 20, 15, 16),  # 五分之四
        (ELECTION, 21, 16, 17),
        (DECISION, 1, 0, 1),
    ],
)
def test_art11_art12_art19_how_many_must_be_there(kind, entitled, short, enough):
    procedure = procedure_of(kind)
    assert f"至少 {enough} 人" in rules.quorum_fault(procedure, entitled=entitled, present=short)
    assert procedure.article in rules.quorum_fault(procedure, entitled=entitled, present=short)
    assert rules.quorum_fault(procedure, entitled=entitled, present=enough) == ""
    assert "可以表决" in rules.quorum_words(procedure, entitled=entitled, present=enough)


def test_a_county_may_ask_more_of_an_election_and_of_a_committee():
    assert rules.quorum_fault(procedure_of(ELECTION, election_present=90), entitled=20, present=17)
    assert not rules.quorum_fault(procedure_of(ELECTION, election_present=90), entitled=20, present=18)
    assert rules.quorum_fault(procedure_of(COMMITTEE, committee_present=67), entitled=6, present=3)
    assert not rules.quorum_fault(procedure_of(COMMITTEE, committee_present=67), entitled=6, present=4)  # 三分之二以上


def test_a_roll_of_nobody_votes_on_nothing():
    assert "没有有表决权的人" in rules.quorum_fault(procedure_of(DECISION), entitled=0, present=0)


# ── What passes ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", [DECISION, DEVELOPMENT, COMMITTEE])
@pytest.mark.parametrize(("entitled", "needed"), [(20, 11), (21, 11), (1, 1), (2, 2)])
def test_art11_more_than_half_of_those_entitled_and_not_of_those_present(kind, entitled, needed):
    assert decided(kind, entitled=entitled, present=entitled, in_favour=needed)
    assert not decided(kind, entitled=entitled, present=entitled, in_favour=needed - 1)


def test_art11_all_of_half_is_not_more_than_half():
    assert not decided(DECISION, entitled=20, present=10, in_favour=10), "ten may vote, and cannot pass"


def test_art12_a_county_may_count_a_committee_by_those_present():
    assert not decided(COMMITTEE, entitled=5, present=3, in_favour=2)
    assert decided(COMMITTEE, entitled=5, present=3, in_favour=2, committee_of_present=True)
    assert not decided(COMMITTEE, entitled=5, present=4, in_favour=2, committee_of_present=True)


@pytest.mark.parametrize(("kind", "passes"), [(DEVELOPMENT, True), (DECISION, False), (COMMITTEE, False)])
def test_art20_written_opinions_count_where_the_rule_says(kind, passes):
    assert decided(kind, entitled=20, present=11, in_favour=8, written=3) is passes


def test_a_written_opinion_is_no_presence():
    assert rules.quorum_fault(procedure_of(DEVELOPMENT), entitled=20, present=10), "ten and five letters are ten"


def test_a_tie_does_not_pass_and_says_so():
    outcome = rules.decide(procedure_of(DECISION), entitled=20, present=20, counted=Tally(10, 10, 0))
    assert outcome.code == rules.FAILED and "票数相等" in outcome.sentence and "要 11 票" in outcome.sentence


# ── Who votes ───────────────────────────────────────────────────────────────
def why(**changes):
    told = {"full_on": date(2020, 6, 1), "sanctions": (), "suspended": False, "day": date(2026, 6, 1)} | changes
    return rules.why_no_vote(**told)


def test_who_has_no_vote_and_why():
    assert why() == ""
    assert "预备党员" in why(full_on=None)
    assert [bool(why(full_on=date(2026, 6, day))) for day in (1, 2)] == [False, True]
    assert "留党察看" in why(sanctions=("probation",)) and why(sanctions=("warning",)) == ""
    assert why(is_guest=True) == rules.GUEST
    assert why(is_excluded=True) == rules.EXCLUDED
    assert "预备党员" in why(full_on=None, is_excluded=True), "who has no vote is not excluded from having one"


def test_who_may_not_cast_a_ballot_is_told_why():
    told = {"on_roll": True, "why_not": "", "is_present": True, "has_written": False}
    assert rules.casting_fault(**told) == ""
    assert "不在这次表决的名单" in rules.casting_fault(**told | {"on_roll": False})
    assert "预备党员" in rules.casting_fault(**told | {"why_not": "预备党员没有表决权"})
    assert "没有到会" in rules.casting_fault(**told | {"is_present": False})
    assert "书面意见" in rules.casting_fault(**told | {"is_present": False, "has_written": True})
    assert rules.casting_fault(**told | {"has_written": True}) == "", "who came after all votes like everybody"


# ── Paper ───────────────────────────────────────────────────────────────────
def fault(present=10, names=(), seats=0, **changes):
    told = {"issued": 10, "returned": 9, "invalid": 1, "lines": (Tally(5, 2, 1),)} | changes
    return rules.figures_fault(Figures(**told), present=present, names=names, seats=seats)


def test_figures_fit_the_roll_and_themselves():
    assert fault() is None
    assert fault(present=9).field == "issued"
    assert "无效" in fault(returned=11).message
    assert fault(invalid=10).field == "invalid"
    assert fault(lines=(Tally(5, 2, 2),)).field == "in_favour_0" and "即 8 票" in fault(lines=(Tally(5, 2, 2),)).message
    two = (Tally(5, 2, 1), Tally(5, 2, 0))
    assert fault(lines=two, names=("白灵", "戴鹏"), seats=1).message.startswith("戴鹏的")


def test_more_in_favour_than_papers_may_choose_is_refused():
    assert fault(lines=(Tally(8, 0, 0), Tally(1, 7, 0)), names=("白灵", "戴鹏"), seats=1).field == "invalid"
    assert fault(lines=(Tally(7, 1, 0), Tally(1, 7, 0)), names=("白灵", "戴鹏"), seats=1) is None


def test_two_counts_are_told_where_they_differ_and_not_by_how_much():
    ours = Figures(10, 9, 1, (Tally(5, 2, 1),))
    assert rules.differences(ours, ours) == []
    assert rules.differences(ours, Figures(10, 9, 0, (Tally(6, 2, 1),))) == ["废票", "赞成、反对、弃权"]


def test_teller_and_counter_are_two_and_neither_host_nor_candidate():
    told = {"teller": 1, "counter": 2, "host": 3, "candidates": [4]}
    assert rules.watchers_fault(**told) is None
    for field, changes in {"counter": {"counter": 1}, "teller": {"teller": None}}.items():
        assert rules.watchers_fault(**told | changes).field == field
    assert "主持人" in rules.watchers_fault(**told | {"teller": 3}).message
    assert "候选人" in rules.watchers_fault(**told | {"counter": 4}).message


# ── Elections ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("votes", "elected", "tied", "vacant"),
    [
        ([18, 16, 11], (0, 1), (), 0),  # three passed for two seats: those with most
        ([11, 10, 3], (0,), (), 1),  # half is not more than half
        ([18, 15, 15], (0,), (1, 2), 1),  # a tie at the last seat
        ([15, 15, 15], (), (0, 1, 2), 2),
        ([10, 10, 10], (), (), 2),
        ([18, 18, 11], (0, 1), (), 0),
    ],
)
def test_who_is_elected_of_three_for_two_seats(votes, elected, tied, vacant):
    procedure = procedure_of(ELECTION)
    election = rules.elect(procedure, entitled=20, present=18, seats=2, votes=votes)
    assert (election.elected, election.tied, election.vacant) == (elected, tied, vacant)
    outcome = rules.election_outcome(procedure, election, entitled=20, present=18, seats=2, names=["白灵", "戴鹏", "程勇庆"])
    assert (outcome.code == rules.ELECTED) is not bool(vacant)
    assert ("重新投票" in outcome.sentence) is bool(tied)


# ── The arithmetic every vote shares ────────────────────────────────────────
@pytest.mark.parametrize("of", range(1, 60))
def test_the_least_number_is_the_first_that_meets(of):
    for part in (HALF, MORE_THAN_HALF, Part(80, False), Part(55, True)):
        assert part.is_met(part.least(of), of=of) and not part.is_met(part.least(of) - 1, of=of)
        reached = part.least(of) * 100 - of * part.percent
        assert 0 < reached <= 100 if part.is_passed else 0 <= reached < 100


@pytest.mark.parametrize(("of", "reached", "passed"), [(2, 2, 2), (3, 2, 3), (4, 3, 3), (9, 6, 7), (30, 20, 21), (300, 200, 201)])
def test_two_thirds_are_two_thirds_and_not_sixty_seven_in_a_hundred(of, reached, passed):
    assert (Part(67, False).least(of), Part(67, True).least(of)) == (reached, passed)
    assert Part(67, False).words == "三分之二以上"
