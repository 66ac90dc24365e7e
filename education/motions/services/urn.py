"""The online ballot (ADR 26): one voter one vote, and after the close nothing by which a ballot is led back to its voter.

Each cast stirs the urn: every sealed ballot is opened, sealed anew under a new random name and written again in random order, so
that live rows share one transaction and no order from the second vote on. No message, session, key store or audit row holds a choice.
"""

import secrets
import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from django.db import IntegrityError, transaction

from education.motions import rules
from education.motions.models import Motion, OpenedBallot, Result, SealedBallot, Voted
from education.motions.rules import Figures
from education.motions.selectors.rolls import candidates_of, others_of, roll_of, voter_of
from education.motions.services.counts import decide, tally_of, write_in
from education.motions.services.motions import held_open
from partyportal.core import audit, crypto
from partyportal.core.errors import DomainError
from partyportal.core.models import User

# One letter a choice and, for each seat of an election, room for one 另选他人, so that sealed ballots of a motion are all of one length.
_LETTERS = {rules.FOR: "f", rules.AGAINST: "g", rules.ABSTAIN: "h"}
_CHOICES = {letter: choice for choice, letter in _LETTERS.items()}
_ROOM = 19  # digits of the longest row number


@transaction.atomic
def cast(motion: Motion, *, choices: Mapping[int, str], by: User, others: Collection[str] = ()) -> None:
    """投票: mark the voter and put the ballot into the urn, both or neither. `choices`: 0, or each candidate's ordinal → choice;
    `others`: whom the voter names instead (另选他人), by uid.

    The motion's lock makes votes of one urn come one after the other and before its close; the mark's unique key is the judge of once.
    """
    held = held_open(motion, rules.ONLINE)
    voter = voter_of(held, by)
    wrote = voter is not None and held.opinions.filter(member=voter.member_id).exists()
    if fault := rules.casting_fault(
        on_roll=voter is not None,
        why_not=voter.why_not if voter else "",
        is_present=bool(voter and voter.is_present),
        has_written=wrote,
    ):
        raise DomainError(fault)
    letters = _letters(held, choices, others)
    try:
        with transaction.atomic():
            Voted.objects.create(voter=voter)
    except IntegrityError:
        raise DomainError("你已经投过票了，一人一票，投出不改。") from None
    _stir(held, letters)
    audit.record("motions.vote.cast", held, by=by, path=held.organisation.path, subject=voter.member.uid)


def _letters(held: Motion, choices: Mapping[int, str], others: Collection[str]) -> str:
    wanted = [at for at, _ in enumerate(candidates_of(held), 1)] or [0]
    if sorted(choices) != wanted or set(choices.values()) - rules.CHOICES.keys():
        raise DomainError("每一项都要选：赞成、反对或者弃权。", field=f"choice_{wanted[0]}")
    able = {person.uid: person.member_id for person in others_of(held)} if others else {}
    if set(others) - able.keys():
        raise DomainError("另选他人要从有被选举权、选票上没有的人里选；选举才可以另选。", field="others")
    tally = tally_of(list(choices.values()))
    fault = rules.ballot_fault(seats=held.seats, in_favour=tally.in_favour, against=tally.against, others=len(set(others)))
    if held.seats and fault:
        raise DomainError(fault.message, field=fault.field or f"choice_{wanted[0]}")
    named = [able[uid] for uid in set(others)]
    return "".join([*(_LETTERS[choices[at]] for at in wanted), *(f"{pk:0{_ROOM}d}" for pk in named + [0] * (held.seats - len(named)))])


def _read(letters: str, candidates: int) -> tuple[list[str], list[int]]:
    """A ballot's choices, and whom it names beside the candidates."""
    rest = letters[candidates:]
    named = [int(rest[at : at + _ROOM]) for at in range(0, len(rest), _ROOM)]
    return [_CHOICES[one] for one in letters[:candidates]], [pk for pk in named if pk]


def _stir(held: Motion, letters: str) -> None:
    standing = list(held.sealed_ballots.all())
    ballots = [*(_opened(one) for one in standing), letters]
    SealedBallot.objects.filter(pk__in=[one.pk for one in standing]).delete()
    secrets.SystemRandom().shuffle(ballots)
    SealedBallot.objects.bulk_create([_sealed(held, ballot) for ballot in ballots])


def _sealed(held: Motion, letters: str) -> SealedBallot:
    name = uuid.uuid4()
    return SealedBallot(pk=name, motion=held, sealed=crypto.encrypt(letters.encode(), context=name.bytes))


def _opened(ballot: SealedBallot) -> str:
    return crypto.decrypt(bytes(ballot.sealed), context=ballot.pk.bytes).decode()


@transaction.atomic
def close_urn(motion: Motion, *, by: User, today: date) -> Result:
    """结束投票: open every ballot, write them anew in random order in this one transaction, and count."""
    held = held_open(motion, rules.ONLINE)
    sealed = list(held.sealed_ballots.all())
    ordinals = [at for at, _ in enumerate(candidates_of(held), 1)] or [0]
    ballots = [_read(_opened(one), len(ordinals)) for one in sealed]
    secrets.SystemRandom().shuffle(ballots)
    votes = Counter(pk for _, named in ballots for pk in named)
    others = tuple(sorted(votes.items()))
    at_of = {one.member_id: one.ordinal for one in write_in(held, dict(others))}
    OpenedBallot.objects.bulk_create(
        [
            OpenedBallot(
                motion=held,
                choices={str(at): choice for at, choice in zip(ordinals, choices, strict=True)}
                | {str(at_of[pk]): rules.FOR for pk in named},
            )
            for choices, named in ballots
        ]
    )
    held.sealed_ballots.all().delete()
    lines = tuple(tally_of([choices[at] for choices, _ in ballots]) for at in range(len(ordinals)))
    figures = Figures(issued=roll_of(held).present, returned=len(ballots), invalid=0, lines=lines, others=others)
    return decide(held, list(lines), by=by, today=today, figures=figures)


def casting_fault(motion: Motion, user: User) -> str:
    """What the voting page says before anything is chosen."""
    if motion.state != Motion.State.OPEN:
        return {"draft": "还没有开始表决。", "decided": "表决已经结束。"}.get(motion.state, "这次表决已经作废。")
    voter = voter_of(motion, user)
    wrote = voter is not None and motion.opinions.filter(member=voter.member_id).exists()
    fault = rules.casting_fault(
        on_roll=voter is not None, why_not=voter.why_not if voter else "", is_present=bool(voter and voter.is_present), has_written=wrote
    )
    if not fault and Voted.objects.filter(voter=voter).exists():
        return "你已经投过票了，一人一票，投出不改。"
    return fault
