"""Counting: a show of hands, names, or papers that teller and counter each count; and the result that follows."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from branches.access import can
from education.motions import rules
from education.motions.models import Candidate, Count, CountLine, Motion, NamedVote, Result, ResultLine, Step
from education.motions.rules import Figures, Tally
from education.motions.selectors.rolls import candidates_of, others_of, roll_of
from education.motions.services.motions import held_open, note_step
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

Watcher = Count.Watcher


@transaction.atomic
def count_hands(motion: Motion, *, in_favour: int, against: int, abstained: int, by: User, today: date) -> Result:
    """举手: the figures of a vote in the open; everybody present is in one of them."""
    held = held_open(motion, rules.HANDS)
    present, tally = roll_of(held).present, Tally(in_favour, against, abstained)
    if tally.total != present:
        raise DomainError(
            f"赞成、反对、弃权加起来是 {tally.total} 人，要等于到会有表决权的 {present} 人。没有举手的算弃权。", field="in_favour"
        )
    return decide(held, [tally], by=by, today=today)


@transaction.atomic
def record_names(motion: Motion, *, choices: Mapping[int, str], by: User, today: date) -> Result:
    """记名: what each one present said, by member."""
    held = held_open(motion, rules.NAMED)
    voters = {voter.member_id: voter for voter in held.voters.filter(why_not="", is_present=True)}
    if choices.keys() != voters.keys() or set(choices.values()) - rules.CHOICES.keys():
        raise DomainError("到会有表决权的每个人都要选一项，名单外的人没有票。", field="choices")
    NamedVote.objects.bulk_create([NamedVote(voter=voters[member], choice=choice) for member, choice in choices.items()])
    return decide(held, [tally_of(list(choices.values()))], by=by, today=today)


def tally_of(choices: Sequence[str]) -> Tally:
    return Tally(choices.count(rules.FOR), choices.count(rules.AGAINST), choices.count(rules.ABSTAIN))


def round_of(motion: Motion) -> int:
    """Which count is under way: the first, and one more after each that disagreed."""
    return 1 + motion.steps.filter(act=Step.Act.RECOUNT).count()


def role_of(motion: Motion, user: User) -> str:
    """Teller or counter, if the user is one of them."""
    if motion.teller and motion.teller.user_id == user.pk:
        return Watcher.TELLER
    return Watcher.COUNTER if motion.counter and motion.counter.user_id == user.pk else ""


def counting_fault(motion: Motion, *, role: str, user: User) -> str:
    """Why this person may not enter these figures: teller and counter each their own; a recorder for one of them who has no login at hand.

    Nobody enters both, nor does the host, a candidate or the other watcher: who acts is never who confirms.
    """
    if role not in Watcher.values:
        return "选是监票人的数，还是计票人的数。"
    own = role_of(motion, user)
    if own:
        return "" if own == role else f"你是{Watcher(own).label}，只录自己的数。"
    if not can(user, "education.record", motion.organisation):
        return "由监票人、计票人录入。"
    if motion.host and motion.host.user_id == user.pk:
        return "主持人不能代录票数。"
    if motion.candidates.printed().filter(member__user=user).exists():
        return "候选人不能代录票数。"
    return ""


@transaction.atomic
def enter_count(motion: Motion, *, role: str, figures: Figures, by: User, today: date) -> Result | None:
    """录入票数: one of two counts made apart. When both are there and agree the result follows; when they differ both count again."""
    held = held_open(motion, rules.PAPER)
    if fault := counting_fault(held, role=role, user=by):
        raise DomainError(fault)
    number, names, roll = round_of(held), [name for _, name in candidates_of(held)], roll_of(held)
    if fault := rules.figures_fault(figures, present=roll.present, names=names, seats=held.seats):
        raise DomainError(fault.message, field=fault.field)
    if dict(figures.others).keys() - {person.member_id for person in others_of(held)}:
        raise DomainError("另选他人要从那天有被选举权、选票上没有的人里选。", field="others")
    written_in = write_in(held, dict(figures.others))
    standing = list(held.counts.filter(round=number).prefetch_related("lines__candidate"))
    if any(one.role == role for one in standing):
        raise DomainError(f"{Watcher(role).label}的数已经录了，等另一个人的。")
    if any(one.entered_by_id == by.pk for one in standing):
        raise DomainError("监票人和计票人的数要由两个人各自录入，你已经录了一个。")
    made = Count.objects.create(
        motion=held,
        role=role,
        round=number,
        issued=figures.issued,
        returned=figures.returned,
        invalid=figures.invalid,
        entered_on=today,
        entered_by=by,
    )
    lines = [*figures.lines, *(Tally(votes, 0, 0) for _, votes in figures.others)]
    CountLine.objects.bulk_create(
        [
            CountLine(count=made, candidate=one, in_favour=line.in_favour, against=line.against, abstained=line.abstained)
            for one, line in zip([*_on_the_paper(held), *written_in], lines, strict=True)
        ]
    )
    audit.record("motions.count.entered", held, by=by, path=held.organisation.path, role=role, round=number)
    if not standing:
        return None
    if differ := rules.differences(figures_of(standing[0]), figures, names):
        words = f"第 {number} 次点票：{'、'.join(differ)}不一样"
        note_step(held, Step.Act.RECOUNT, by=by, today=today, note=words, round=number)
        return None
    return decide(held, list(figures.lines), by=by, today=today, figures=figures)


def figures_of(count: Count) -> Figures:
    lines = list(count.lines.all())  # in the order of the ballot
    return Figures(
        count.issued,
        count.returned,
        count.invalid,
        tuple(Tally(line.in_favour, line.against, line.abstained) for line in lines if not _is_written_in(line)),
        tuple(sorted((line.candidate.member_id, line.in_favour) for line in lines if _is_written_in(line))),
    )


def _is_written_in(line: CountLine) -> bool:
    return line.candidate is not None and line.candidate.is_written_in


def _on_the_paper(held: Motion) -> list[Candidate | None]:
    """Whom the lines of a count are of: the candidates, or the motion itself."""
    return list(held.candidates.printed().select_related("member").defer("member__id_number")) or [None]


def write_in(held: Motion, votes: Mapping[int, int]) -> list[Candidate]:
    """另选他人 as candidates after those of the paper, in the order given: the same row whoever's count names somebody. Called with the motion held.

    Whether somebody may be named was asked when they were: an election must close also when they have left since.
    """
    if not votes:
        return []
    known = set(held.candidates.values_list("member_id", flat=True))
    last = held.candidates.aggregate(last=Max("ordinal"))["last"]
    new = [pk for pk in votes if pk not in known]
    Candidate.objects.bulk_create(
        [Candidate(motion=held, member_id=pk, ordinal=last + at, is_written_in=True) for at, pk in enumerate(new, 1)]
    )
    rows = held.candidates.filter(member__in=votes).select_related("member").defer("member__id_number")
    return sorted(rows, key=lambda one: list(votes).index(one.member_id))


def decide(held: Motion, lines: list[Tally], *, by: User, today: date, figures: Figures | None = None) -> Result:
    """The result by the rule of the kind, as a row of its day. Called with the motion held."""
    roll, ballot = roll_of(held), _on_the_paper(held)
    procedure, same = roll.procedure, {"entitled": roll.entitled, "present": roll.present}
    written, chosen = Tally(0, 0, 0), frozenset()
    if held.kind == Motion.Kind.ELECTION:
        others = dict(figures.others) if figures else {}
        ballot += write_in(held, others)
        lines += [Tally(votes, 0, 0) for votes in others.values()]
        names = [one.member.name for one in ballot]
        election = rules.elect(procedure, seats=held.seats, votes=[line.in_favour for line in lines], **same)
        outcome = rules.election_outcome(procedure, election, seats=held.seats, names=names, **same)
        chosen = frozenset(election.elected)
    else:
        if procedure.counts_written:
            absent = [line.member_id for line in roll.absent]
            written = tally_of(list(held.opinions.filter(member__in=absent).values_list("choice", flat=True)))
        outcome = rules.decide(procedure, counted=lines[0], written=written, **same)
        lines = [lines[0] + written]
    result = Result.objects.create(
        motion=held,
        outcome=outcome.code,
        issued=figures.issued if figures else 0,
        returned=figures.returned if figures else 0,
        invalid=figures.invalid if figures else 0,
        written=written.total,
        sentence=outcome.sentence,
        decided_on=today,
        decided_by=by,
        **same,
    )
    ResultLine.objects.bulk_create(
        [
            ResultLine(
                result=result,
                candidate=one,
                in_favour=line.in_favour,
                against=line.against,
                abstained=line.abstained,
                is_elected=at in chosen,
            )
            for at, (one, line) in enumerate(zip(ballot, lines, strict=True))
        ]
    )
    held.state = Motion.State.DECIDED
    held.version += 1
    held.save(update_fields=["state", "version"])
    note_step(held, Step.Act.DECIDED, by=by, today=today, outcome=outcome.code, **same)
    return result
