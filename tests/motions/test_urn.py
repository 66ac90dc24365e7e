"""The online ballot: one voter one vote under fifty at once, and no way back from an opened ballot to its voter (ADR 26)."""

import threading

import pytest
from django.db import connection

from education.motions import services
from education.motions.models import OpenedBallot, SealedBallot, Voted
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, IdempotencyKey, Notice, User
from tests.at_once import at_once
from tests.motions.conftest import TODAY, moved, opened

# Four against of ten: a shuffle meets this very order once in 210 times.
PATTERN = ["for", "against", "for", "for", "against", "for", "against", "for", "for", "against"]


def vote(motion, person, choice="for"):
    services.cast(motion, choices={0: choice}, by=User.objects.get(pk=person.user_id))


@pytest.fixture
def urn(assembly, branch, secretary, online):
    return opened(assembly, secretary, method="online")


def test_votes_are_cast_opened_and_counted(urn, branch, secretary):
    for person, choice in zip(branch.voters, PATTERN, strict=True):
        vote(urn, person, choice)
    assert SealedBallot.objects.count() == Voted.objects.count() == 10
    assert len({len(bytes(one.sealed)) for one in SealedBallot.objects.all()}) == 1, "all of one length"
    result = services.close_urn(urn, by=secretary, today=TODAY)
    assert (result.outcome, result.returned) == ("passed", 10)
    line = result.lines.get()
    assert (line.in_favour, line.against, line.abstained) == (6, 4, 0)
    assert SealedBallot.objects.count() == 0 and OpenedBallot.objects.count() == 10


def test_who_may_not_vote_is_refused_with_a_reason(urn, branch, outsider, secretary):
    with pytest.raises(DomainError, match="不在这次表决的名单"):
        services.cast(urn, choices={0: "for"}, by=outsider)
    branch.probationary.user = outsider
    branch.probationary.save(update_fields=["user"])
    with pytest.raises(DomainError, match="预备党员没有表决权"):
        services.cast(urn, choices={0: "for"}, by=outsider)
    with pytest.raises(DomainError, match="每一项都要选"):
        vote(urn, branch.voters[0], "maybe")
    vote(urn, branch.voters[0])
    with pytest.raises(DomainError, match="一人一票"):
        vote(urn, branch.voters[0], "against")
    services.close_urn(urn, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已经结束"):
        vote(urn, branch.voters[1])
    assert OpenedBallot.objects.count() == Voted.objects.count() == 1


def test_who_was_absent_does_not_vote_from_home(tree, branch, secretary, online):
    from tests.motions.conftest import absent, make_assembly

    motion = opened(make_assembly(tree, secretary, roll=absent(branch.voters[9])), secretary, method="online")
    with pytest.raises(DomainError, match="没有到会"):
        vote(motion, branch.voters[9])


def test_an_election_takes_no_more_in_favour_than_seats(assembly, branch, secretary, online):
    motion = opened(assembly, secretary, kind="election", method="online", seats=1, candidates=branch.voters[3:5])
    with pytest.raises(DomainError, match="最多选 1 人"):
        services.cast(motion, choices={1: "for", 2: "for"}, by=branch.voters[0].user)
    for person in branch.voters[:6]:
        services.cast(motion, choices={1: "for", 2: "against"}, by=person.user)
    result = services.close_urn(motion, by=secretary, today=TODAY)
    assert result.outcome == "elected" and result.lines.get(is_elected=True).candidate.member == branch.voters[3]


@pytest.mark.django_db(transaction=True)
def test_one_voter_has_one_vote_under_fifty_tries_at_once(urn, branch, secretary):
    voter = branch.voters[0]
    told = at_once(*(lambda choice=choice: vote(urn, voter, choice) for choice in ["for", "against"] * 25))
    assert sum(one is None for one in told) == 1
    refusals = [one for one in told if one is not None]
    assert len(refusals) == 49 and all(isinstance(one, DomainError) and "一人一票" in one.message for one in refusals)
    assert Voted.objects.count() == SealedBallot.objects.count() == 1
    assert AuditEntry.objects.filter(code="motions.vote.cast").count() == 1


@pytest.mark.django_db(transaction=True)
def test_votes_and_the_close_at_once_lose_and_add_nothing(urn, branch, secretary):
    acts = [lambda person=person: vote(urn, person) for person in branch.voters]
    told = at_once(*acts, *(lambda: services.close_urn(urn, by=secretary, today=TODAY) for _ in range(2)))
    assert all(one is None or isinstance(one, DomainError) or hasattr(one, "outcome") for one in told), told
    assert OpenedBallot.objects.count() == Voted.objects.count() == sum(one is None for one in told[:10])
    assert SealedBallot.objects.count() == 0
    assert sum(hasattr(one, "outcome") for one in told) == 1


# ── Six ways back ───────────────────────────────────────────────────────────
def rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def columns(table):
    sql = "SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    with connection.cursor() as cursor:
        cursor.execute(sql, [table])
        return dict(cursor.fetchall())


def votes_in(order: str) -> list[str]:
    return [choice for (choice,) in rows(f"SELECT choices ->> '0' FROM motions_openedballot ORDER BY {order}")]


def voters_in(order: str) -> list[int]:
    return [pk for (pk,) in rows(f"SELECT r.member_id FROM motions_voted v JOIN motions_voter r ON r.id = v.voter_id ORDER BY {order}")]


@pytest.fixture
def closed_many(urn, branch, secretary):
    """Each vote and the close in a transaction of its own, as in life; who voted what is known to the test alone."""
    truth = {}
    for person, choice in zip(branch.voters, PATTERN, strict=True):
        vote(urn, person, choice)
        truth[person.pk] = choice
    services.close_urn(urn, by=secretary, today=TODAY)
    return truth


@pytest.mark.django_db(transaction=True)
def test_after_the_close_no_way_of_six_leads_from_a_ballot_to_its_voter(closed_many, urn, branch, secretary):
    """By physical order, transaction id, sequence, uid order, time and audit row. Where there is something to order by, that it orders
    the marks truly is asserted first: the way is one that would lead there, had the ballots kept it."""
    truth = closed_many

    # 1. Physical order. The marks lie as they were made (the way works); the ballots were shuffled before they were written.
    assert voters_in("v.ctid") == list(truth), "the marks betray the order of voting: this is what the ballots must not"
    physical = [votes_in("ctid")]
    for _ in range(4):  # the same urn again: a shuffle that is none would meet the truth each time
        physical.append(_again_in_order(urn, branch, secretary))
    assert sum(order == PATTERN for order in physical) < 3, "by chance one of 210"

    # 2. Transaction id. Each mark has one of its own, the ballots share that of the close, which wrote no mark.
    marks = {xmin for (xmin,) in rows("SELECT xmin::text FROM motions_voted")}
    ballots = [xmin for (xmin,) in rows(f"SELECT DISTINCT xmin::text FROM motions_openedballot WHERE motion_id = {urn.pk}")]
    assert len(marks) > 1 and len(ballots) == 1 and not marks & set(ballots)

    # 3. Sequence. None of the three tables has one, nor any number but the keys of motion and voter.
    owned = "SELECT d.refobjid::regclass::text FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'"
    assert not {table for (table,) in rows(owned)} & {"motions_voted", "motions_sealedballot", "motions_openedballot"}
    assert columns("motions_openedballot") == {"id": "uuid", "motion_id": "bigint", "choices": "jsonb"}
    assert columns("motions_sealedballot") == {"id": "uuid", "motion_id": "bigint", "sealed": "bytea"}
    assert columns("motions_voted") == {"id": "uuid", "voter_id": "bigint"}

    # 4. Uid. Random (version 4), so their order tells nothing of time; and none is anywhere else.
    uids = [uid for (uid,) in rows("SELECT id FROM motions_voted UNION ALL SELECT id FROM motions_openedballot")]
    assert {uid.version for uid in uids} == {4} and len(set(uids)) == len(uids)

    # 5. Time. No table has a column of it (seen above: their columns are these and no other); audit rows of votes have, and no ballot does.
    assert AuditEntry.objects.filter(code="motions.vote.cast").values("at").distinct().count() >= 10

    # 6. The audit row, and whatever else is written of a request: no ballot's uid, no choice.
    for entry in AuditEntry.objects.filter(code="motions.vote.cast"):
        assert entry.data == {} and entry.sealed is None and entry.target_kind == "motions.motion"
    names = {str(uid) for uid in OpenedBallot.objects.values_list("pk", flat=True)}
    assert not names & {str(uid) for uid in AuditEntry.objects.values_list("target_uid", flat=True)}
    assert IdempotencyKey.objects.count() == 0 and not Notice.objects.filter(title__contains="赞成").exists()


def _again_in_order(urn, branch, secretary) -> list[str]:
    """Another urn of the same voters and the same choices: its ballots in physical order."""
    motion = opened(urn.meeting, secretary, method="online", title="再来一次")
    for person, choice in zip(branch.voters, PATTERN, strict=True):
        vote(motion, person, choice)
    services.close_urn(motion, by=secretary, today=TODAY)
    return [choice for (choice,) in rows(f"SELECT choices ->> '0' FROM motions_openedballot WHERE motion_id = {motion.pk} ORDER BY ctid")]


@pytest.mark.django_db(transaction=True)
def test_before_the_close_the_urn_has_been_stirred(urn, branch):
    """From the second vote on every live ballot is of the last vote's transaction, sealed anew under another name."""
    seen = set()
    for person in branch.voters[:4]:
        vote(urn, person)
        standing = set(SealedBallot.objects.values_list("pk", "sealed"))
        assert not {(pk, bytes(sealed)) for pk, sealed in standing} & seen
        seen |= {(pk, bytes(sealed)) for pk, sealed in standing}
        assert len({xmin for (xmin,) in rows("SELECT xmin::text FROM motions_sealedballot")}) == 1


def test_the_thread_of_a_refused_vote_leaves_no_ballot(urn, branch):
    vote(urn, branch.voters[0])
    before = set(SealedBallot.objects.values_list("pk", flat=True))
    with pytest.raises(DomainError):
        vote(urn, branch.voters[0])
    assert set(SealedBallot.objects.values_list("pk", flat=True)) == before
    assert threading.active_count() >= 1 and moved
