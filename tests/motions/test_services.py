"""A motion's way over a real roll: who votes, what refuses, what comes of it."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from education.motions import rules, services
from education.motions.models import Count, Motion, NamedVote, Result, Step, Voter
from education.motions.rules import Figures, Tally
from education.motions.selectors.rolls import roll_of
from members.models import MemberClass, Office
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from tests.factories import make_grant, make_member
from tests.motions.conftest import TODAY, absent, make_assembly, moved, opened


def hands(motion, by, *figures):
    return services.count_hands(motion, **dict(zip(("in_favour", "against", "abstained"), figures, strict=True)), by=by, today=TODAY)


def enter(motion, role, by, *line, issued=10, returned=10, invalid=0):
    figures = Figures(issued, returned, invalid, tuple(one if isinstance(one, Tally) else Tally(*one) for one in (line or ((10, 0, 0),))))
    return services.enter_count(motion, role=role, figures=figures, by=by, today=TODAY)


def refused(words, act, *args, field=None, **kwargs):
    """The act is refused with these words and changes nothing."""
    before = [model.objects.count() for model in (Motion, Voter, Count, Result, Step, AuditEntry)]
    with pytest.raises(DomainError, match=words) as caught:
        act(*args, **kwargs)
    assert [model.objects.count() for model in (Motion, Voter, Count, Result, Step, AuditEntry)] == before
    assert field is None or caught.value.field == field


# ── Who is on the roll ──────────────────────────────────────────────────────
def test_the_roll_is_worked_out_from_that_days_facts(assembly, branch, secretary):
    roll = roll_of(moved(assembly, secretary))
    assert (roll.entitled, roll.present) == (10, 10)
    why = {line.name: line.why_not for line in roll.outside}
    assert why == {"白灵": "预备党员没有表决权", "蔡明": "留党察看期间没有表决权", "邓超": rules.EXCLUDED}
    assert next(line.approval for line in roll.outside if line.name == "邓超") == "流动党员"


def test_a_mobile_member_who_comes_has_a_vote(tree, assembly, branch, secretary):
    row = assembly.attendances.get(member=branch.mobile)
    row.state, row.reason = "present", ""
    row.save()
    assert roll_of(moved(assembly, secretary)).entitled == 11


def test_a_guest_of_another_branch_has_no_vote_here(tree, assembly, branch, secretary):
    guest = make_member(tree.neighbours, "客人")
    assembly.attendances.create(member=guest, state="present", is_guest=True)
    line = next(line for line in roll_of(moved(assembly, secretary)).lines if line.member_id == guest.pk)
    assert line.why_not == rules.GUEST and roll_of(moved(assembly, secretary, title="另一件")).entitled == 10


def test_the_roll_is_frozen_when_the_vote_opens(assembly, branch, secretary):
    motion = opened(assembly, secretary)
    assembly.attendances.filter(member=branch.voters[5]).update(state="leave", reason="ill")
    assert roll_of(motion).present == 10
    assert motion.voters.filter(why_not="").count() == 10 and motion.voters.count() == 13


def test_of_a_committee_its_members_vote_with_or_without_a_meeting(tree, branch, committee_of_three, secretary):
    alone = services.move(
        organisation=branch.organisation, meeting=None, kind="committee", method="hands", title="慰问老党员", by=secretary, today=TODAY
    )
    first, second, third = committee_of_three
    refused("至少 2 人", services.open_vote, alone, present=[first.pk], by=secretary, today=TODAY, field="present")
    services.open_vote(alone, present=[first.pk, second.pk], by=secretary, today=TODAY)
    assert hands(alone, secretary, 2, 0, 0).outcome == "passed"
    Office.objects.filter(member=third).update(end=TODAY, end_reason="resigned")  # of the day itself no more in the committee
    meeting = make_assembly(tree, secretary, kind="committee")
    assert roll_of(moved(meeting, secretary, kind="committee")).entitled == 2


# ── Where and how ───────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("said", "words", "field"),
    [
        ({"kind": "committee"}, "要在支委会上表决", "kind"),
        ({"kind": "development"}, "要无记名投票", "method"),
        ({"kind": "election", "method": "hands"}, "要无记名投票", "method"),
        ({"method": "online"}, "没有开通网上投票", "method"),
        ({"title": "  "}, "写上表决什么", "title"),
        ({"kind": "election", "method": "paper", "seats": 1}, "候选人不能少于应选人数", "seats"),
    ],
)
def test_a_motion_that_cannot_be_put_is_refused(assembly, secretary, said, words, field):
    refused(words, moved, assembly, secretary, field=field, **said)


def test_a_decision_of_everybody_needs_a_meeting(branch, secretary):
    refused(
        "要在党员大会上进行",
        services.move,
        organisation=branch.organisation,
        meeting=None,
        kind="decision",
        method="hands",
        title="修路",
        by=secretary,
        today=TODAY,
    )


def test_a_candidate_must_be_eligible(assembly, branch, secretary):
    said = {"kind": "election", "method": "paper", "seats": 1}
    refused("白灵那天没有被选举权", moved, assembly, secretary, candidates=[branch.probationary], **said)
    refused("写了两次", moved, assembly, secretary, candidates=[branch.voters[3]] * 2, **said)


# ── Quorum at the door ──────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("kind", "method", "away", "may"),
    [
        ("decision", "hands", 5, True),  # half is enough (Art11)
        ("decision", "hands", 6, False),
        ("development", "paper", 4, True),
        ("development", "paper", 5, False),  # half is not enough (2026 Art19)
        ("election", "paper", 2, True),
        ("election", "paper", 3, False),
    ],
)
def test_art11_art19_a_vote_opens_with_enough_and_not_with_one_less(tree, branch, secretary, kind, method, away, may):
    MemberClass.objects.filter(member=branch.mobile).update(name="mobile")
    meeting = make_assembly(tree, secretary, roll=absent(*branch.voters[10 - away :]), host=branch.voters[0])
    said = {"kind": kind, "method": method}
    if kind == "election":
        said |= {"seats": 1, "candidates": branch.voters[3:5]}
    if may:
        assert opened(meeting, secretary, branch=branch, **said).state == "open"
    else:
        motion = moved(meeting, secretary, **said)
        refused("这次不能表决", services.open_vote, motion, by=secretary, today=TODAY, teller=branch.voters[1], counter=branch.voters[2])


def test_a_vote_opens_once_and_on_its_day(assembly, secretary):
    motion = moved(assembly, secretary)
    refused("还没到", services.open_vote, motion, by=secretary, today=date(2026, 11, 19))
    with pytest.raises(Stale):
        services.open_vote(motion, by=secretary, today=TODAY, version=7)
    services.open_vote(motion, by=secretary, today=TODAY)
    refused("已经表决过", services.open_vote, motion, by=secretary, today=TODAY)
    assert list(motion.steps.values_list("act", flat=True)) == ["moved", "opened"]


@pytest.mark.parametrize(("teller", "counter", "words"), [(0, 2, "主持人"), (2, 2, "两个人"), (3, 2, "候选人"), (1, None, "1 名计票人")])
def test_watchers_are_two_and_neither_host_nor_candidate(assembly, branch, secretary, teller, counter, words):
    motion = moved(assembly, secretary, kind="election", method="paper", seats=1, candidates=branch.voters[3:5])
    people = {"teller": branch.voters[teller], "counter": None if counter is None else branch.voters[counter]}
    refused(words, services.open_vote, motion, by=secretary, today=TODAY, **people)


# ── In the open ─────────────────────────────────────────────────────────────
def test_a_show_of_hands(assembly, secretary):
    motion = opened(assembly, secretary)
    refused("要等于到会有表决权的 10 人", hands, motion, secretary, 9, 0, 0)
    result = hands(motion, secretary, 6, 3, 1)
    assert (result.outcome, result.entitled, result.present, result.decided_on) == ("passed", 10, 10, TODAY)
    refused("已经结束", hands, motion, secretary, 6, 3, 1)


def test_names_each_of_those_present_and_nobody_else(assembly, branch, secretary):
    motion = opened(assembly, secretary, method="named")
    said = {person.pk: "for" for person in branch.voters}
    refused("名单外的人没有票", services.record_names, motion, choices=said | {branch.watched.pk: "for"}, by=secretary, today=TODAY)
    refused("每个人都要选", services.record_names, motion, choices=dict(list(said.items())[1:]), by=secretary, today=TODAY)
    tie = {person.pk: "for" if at < 5 else "against" for at, person in enumerate(branch.voters)}
    result = services.record_names(motion, choices=tie, by=secretary, today=TODAY)
    assert result.outcome == "failed" and "票数相等" in result.sentence
    assert NamedVote.objects.count() == 10


# ── Written opinions ────────────────────────────────────────────────────────
@pytest.mark.parametrize(("kind", "method", "outcome"), [("development", "paper", "passed"), ("decision", "paper", "failed")])
def test_art20_the_absents_opinions_count_for_development_alone(tree, branch, secretary, deputy, kind, method, outcome):
    """Entitled 11 (the mobile member counts here): 7 there, 5 in favour, and 1 of 4 letters: six is more than half of eleven."""
    meeting = make_assembly(tree, secretary, roll=absent(*branch.voters[6:]), host=branch.voters[0])
    motion = moved(meeting, secretary, kind=kind, method=method)
    for person, choice in ((branch.voters[9], "for"), (branch.voters[1], "against")):
        services.take_opinion(motion, member=person, choice=choice, text="同意", received_on=TODAY, by=secretary, today=TODAY)
    services.open_vote(motion, by=secretary, today=TODAY, teller=branch.voters[1], counter=branch.voters[2])
    assert roll_of(motion).present == 7
    enter(motion, "teller", secretary, (5, 2, 0), issued=7, returned=7)
    result = enter(motion, "counter", deputy, (5, 2, 0), issued=7, returned=7)
    assert result.outcome == outcome
    assert result.written == (1 if kind == "development" else 0), "who wrote and came all the same votes like everybody"


def test_an_opinion_that_cannot_be_taken(assembly, branch, secretary):
    motion = moved(assembly, secretary, kind="development", method="paper")
    said = {"choice": "for", "text": "同意", "received_on": TODAY, "by": secretary, "today": TODAY}
    refused("没有表决权：预备党员", services.take_opinion, motion, member=branch.probationary, **said)
    refused("写上原文", services.take_opinion, motion, member=branch.voters[4], **said | {"text": " "})
    refused("开会以前收到", services.take_opinion, motion, member=branch.voters[4], **said | {"received_on": date(2026, 11, 21)})
    services.take_opinion(motion, member=branch.voters[4], **said)
    refused("已经登记", services.take_opinion, motion, member=branch.voters[4], **said)
    election = moved(assembly, secretary, kind="election", method="paper", seats=1, candidates=branch.voters[3:4])
    refused("选举不收书面意见", services.take_opinion, election, member=branch.voters[4], **said)
    services.open_vote(motion, by=secretary, today=TODAY, teller=branch.voters[1], counter=branch.voters[2])
    refused("要在表决前交", services.take_opinion, motion, member=branch.voters[5], **said)


# ── Paper ───────────────────────────────────────────────────────────────────
@pytest.fixture
def paper(assembly, branch, secretary):
    return opened(assembly, secretary, branch=branch, method="paper")


def test_teller_and_counter_enter_apart_and_agree(paper, branch):
    teller, counter = branch.voters[1].user, branch.voters[2].user
    assert enter(paper, "teller", teller, (6, 3, 0), invalid=1) is None
    refused("已经录了，等另一个人", enter, paper, "teller", teller, (6, 3, 0), invalid=1)
    result = enter(paper, "counter", counter, (6, 3, 0), invalid=1)
    assert (result.outcome, result.issued, result.returned, result.invalid) == ("passed", 10, 10, 1)


def test_two_that_differ_count_again_and_the_first_stays(paper, branch):
    teller, counter = branch.voters[1].user, branch.voters[2].user
    enter(paper, "teller", teller, (6, 4, 0))
    assert enter(paper, "counter", counter, (5, 5, 0)) is None
    assert paper.steps.get(act="recount").note == "第 1 次点票：赞成、反对、弃权不一样"
    enter(paper, "counter", counter, (6, 4, 0))
    assert enter(paper, "teller", teller, (6, 4, 0)).outcome == "passed"
    assert list(paper.counts.order_by("pk").values_list("round", "role")) == [(1, "teller"), (1, "counter"), (2, "counter"), (2, "teller")]


def test_who_may_not_enter_figures(paper, branch, secretary, deputy):
    teller = branch.voters[1].user
    refused("只录自己的数", enter, paper, "counter", teller)
    refused("由监票人、计票人录入", enter, paper, "teller", branch.voters[4].user)
    enter(paper, "teller", secretary)
    refused("由两个人各自录入", enter, paper, "counter", secretary)
    assert enter(paper, "counter", deputy).outcome == "passed"


def test_figures_that_do_not_fit_are_refused(paper, branch):
    teller = branch.voters[1].user
    refused("多于到会有表决权的 10 人", enter, paper, "teller", teller, issued=11, field="issued")
    refused("多于发出的", enter, paper, "teller", teller, returned=11, field="returned")
    refused("要等于收回", enter, paper, "teller", teller, (9, 0, 0), field="in_favour_0")


def test_an_election_on_paper_with_a_tie_and_a_second_round(assembly, branch, secretary, deputy):
    motion = opened(
        assembly, secretary, branch=branch, kind="election", method="paper", seats=2, candidates=branch.voters[3:6], title="选举委员"
    )
    lines = [(9, 1, 0), (5, 5, 0), (5, 5, 0)]
    enter(motion, "teller", secretary, *lines)
    result = enter(motion, "counter", deputy, *lines)
    assert result.outcome == "partly" and list(result.lines.values_list("is_elected", flat=True)) == [True, False, False]


def test_the_host_enters_nobodys_figures(assembly, branch, secretary, tree):
    make_grant(branch.voters[0].user, tree.ours, "secretary")
    motion = opened(assembly, secretary, branch=branch, method="paper")
    refused("主持人不能代录", enter, motion, "teller", branch.voters[0].user)


# ── A result stands ─────────────────────────────────────────────────────────
def test_a_result_is_voided_above_the_branch_and_voted_again(assembly, secretary, committee):
    motion = opened(assembly, secretary)
    hands(motion, secretary, 2, 8, 0)
    refused("由上级党委作废", services.void, motion, reason="不合意", by=secretary, today=TODAY)
    refused("写上为什么", services.void, motion, reason=" ", by=committee, today=TODAY)
    services.void(motion, reason="名单错了", by=committee, today=TODAY)
    assert Result.objects.filter(motion=motion).exists(), "what was found stays readable"
    again = moved(assembly, secretary, again_of=motion)
    assert again.again_of == motion
    refused("只重新一次", moved, assembly, secretary, again_of=motion)


@pytest.mark.parametrize("table", ["motions_result", "motions_resultline", "motions_step"])
def test_the_database_refuses_to_change_a_result(assembly, secretary, table):
    hands(opened(assembly, secretary), secretary, 10, 0, 0)
    with pytest.raises(DatabaseError, match="append"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET id = id")


def test_audit_rows_hold_no_names(assembly, branch, secretary):
    hands(opened(assembly, secretary), secretary, 10, 0, 0)
    rows = AuditEntry.objects.filter(code__startswith="motions.")
    assert [row.code for row in rows.order_by("id")] == ["motions.motion.moved", "motions.motion.opened", "motions.motion.decided"]
    assert not any(word in str(row.data) for row in rows for word in ("修通", "程勇庆"))
