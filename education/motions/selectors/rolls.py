"""The roll of a vote: worked out from that day's facts until the vote opens, read from its frozen rows afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from education.models import Attendance, RollExclusion
from education.motions import rules
from education.motions.models import Motion, Voter
from education.motions.parameters import COMMITTEE_BASE, COMMITTEE_PRESENT
from members.models import Member, Office
from members.parameters import BALLOT_PRESENT, BALLOT_VOTES
from members.selectors.voters import Voter as Person
from members.selectors.voters import voters_on
from partyportal.core.parameters import values_on


@dataclass(frozen=True, kw_only=True)
class Line:
    """One member of the roll: whether they count, whether they are there, and whether they wrote."""

    member_id: int
    uid: str
    name: str
    why_not: str
    approval: str = ""
    is_present: bool = False
    has_written: bool = False

    @property
    def counts(self) -> bool:
        return not self.why_not

    @property
    def note(self) -> str:
        """Why there is no vote, by what paper not counted, or how the absent voted."""
        if self.why_not:
            return f"{self.why_not}（{self.approval}）" if self.approval else self.why_not
        return "会前交了书面意见" if self.has_written and not self.is_present else ""


@dataclass(frozen=True, kw_only=True)
class Roll:
    """应到, 实到 and the sentence why it may or may not be voted."""

    procedure: rules.Procedure
    lines: tuple[Line, ...]

    @property
    def entitled(self) -> int:
        return sum(line.counts for line in self.lines)

    @property
    def present(self) -> int:
        return sum(line.counts and line.is_present for line in self.lines)

    @property
    def voting(self) -> list[Line]:
        return [line for line in self.lines if line.counts and line.is_present]

    @property
    def absent(self) -> list[Line]:
        return [line for line in self.lines if line.counts and not line.is_present]

    @property
    def outside(self) -> list[Line]:
        return [line for line in self.lines if not line.counts]

    @property
    def fault(self) -> str:
        return rules.quorum_fault(self.procedure, entitled=self.entitled, present=self.present)

    @property
    def words(self) -> str:
        return rules.quorum_words(self.procedure, entitled=self.entitled, present=self.present)

    @property
    def needed(self) -> int:
        """How many in favour pass."""
        base = rules.base_of(self.procedure, entitled=self.entitled, present=self.present)
        return self.procedure.passing.least(base)


def procedure_for(motion: Motion) -> rules.Procedure:
    """The rule of the motion's kind with the county's numbers of its day: one statement."""
    numbers = values_on(motion.held_on, [BALLOT_PRESENT, BALLOT_VOTES, COMMITTEE_PRESENT, COMMITTEE_BASE])
    return rules.procedure_of(
        motion.kind,
        election_present=numbers[BALLOT_PRESENT.key],
        election_votes=numbers[BALLOT_VOTES.key],
        committee_present=numbers[COMMITTEE_PRESENT.key],
        committee_of_present=bool(numbers[COMMITTEE_BASE.key]),
    )


def roll_of(motion: Motion) -> Roll:
    """The frozen roll, or before the vote what it would be now."""
    if motion.state == Motion.State.DRAFT or (motion.state == Motion.State.VOID and not motion.voters.exists()):
        return roll_now(motion)
    written = set(motion.opinions.values_list("member_id", flat=True))
    rows = motion.voters.order_by("member__pinyin", "member_id").values_list(
        "member_id", "member__uid", "member__name", "why_not", "approval", "is_present"
    )
    lines = tuple(
        Line(member_id=pk, uid=str(uid), name=name, why_not=why_not, approval=approval, is_present=is_present, has_written=pk in written)
        for pk, uid, name, why_not, approval, is_present in rows
    )
    return Roll(procedure=procedure_for(motion), lines=lines)


def roll_now(motion: Motion, present: Iterable[int] | None = None) -> Roll:
    """Who would vote if it opened now: full members of the day with 表决权, as the meeting's roll has them; of a 支委会 its members.

    `present` says who came where no meeting's record does; without it everybody is taken to be there.
    """
    roll = {} if motion.meeting_id is None else {row.member_id: row for row in motion.meeting.attendances.select_related("member")}
    written = set(motion.opinions.values_list("member_id", flat=True)) if motion.pk else set()
    came = None if present is None else set(present)
    people = voters_on(motion.organisation, motion.held_on)
    if motion.kind == Motion.Kind.COMMITTEE:
        committee = set(_committee(motion))
        people = [person for person in people if person.member_id in committee]
    agreed = {
        one.member_id: one for one in RollExclusion.objects.on(motion.held_on).filter(organisation=motion.organisation_id).order_by("pk")
    }
    lines = []
    for person in people:
        row, paper = roll.get(person.member_id), agreed.get(person.member_id)
        if motion.meeting_id is None:
            there = came is None or person.member_id in came
        else:
            there = row is not None and row.state == Attendance.State.PRESENT
        excluded = not there and (paper is not None or (row is not None and row.state == Attendance.State.EXCUSED))
        why = rules.why_no_vote(
            full_on=person.full_on, sanctions=person.sanctions, suspended=person.suspended, day=motion.held_on, is_excluded=excluded
        )
        lines.append(
            Line(
                member_id=person.member_id,
                uid=person.uid,
                name=person.name,
                why_not=why,
                approval=_approval(row, paper) if why == rules.EXCLUDED else "",
                is_present=there,
                has_written=person.member_id in written,
            )
        )
    known = {line.member_id for line in lines}
    guests = [row for row in roll.values() if row.is_guest and row.member_id not in known]
    lines += [
        Line(member_id=row.member_id, uid=str(row.member.uid), name=row.member.name, why_not=rules.GUEST, is_present=True) for row in guests
    ]
    return Roll(procedure=procedure_for(motion), lines=tuple(lines))


def _approval(row: Attendance | None, paper: RollExclusion | None) -> str:
    """By what somebody with a vote is not counted: the superior's record, else the meeting's own line (流动党员 and others not expected)."""
    if paper is not None:
        return "，".join(filter(None, (paper.get_reason_display(), paper.superior_number)))
    return row.note or row.get_reason_display()


def _committee(motion: Motion):
    posts = Office.objects.on(motion.held_on).filter(organisation=motion.organisation_id)
    return posts.exclude(position=Office.Position.GROUP_LEADER).values_list("member_id", flat=True)


def voter_of(motion: Motion, user) -> Voter | None:
    """The user's own line of an opened roll."""
    return motion.voters.filter(member__user=user).select_related("member").first()


def people_of(organisation, day) -> list[tuple[str, str]]:
    """Everybody with a vote in the branch on a day, as choices by uid."""
    return [(person.uid, person.name) for person in voters_on(organisation, day) if person.may_vote]


def members_by_uid(uids: Iterable[str]) -> dict[str, Member]:
    return {str(member.uid): member for member in Member.objects.filter(uid__in=list(uids)).defer("id_number")}


def candidates_of(motion: Motion) -> list[tuple[int, str]]:
    """(member id, name) in the order of the ballot."""
    return list(motion.candidates.printed().values_list("member_id", "member__name"))


def others_of(motion: Motion) -> list[Person]:
    """Whom voters of an election may name beside the candidates: everybody of the branch who may be elected that day."""
    if motion.kind != Motion.Kind.ELECTION:
        return []
    printed = {pk for pk, _ in candidates_of(motion)}
    return [person for person in voters_on(motion.organisation, motion.held_on) if person.may_vote and person.member_id not in printed]


def own_open_votes(user) -> list[Motion]:
    """Online votes open now in which the user still has a ballot to cast."""
    voting = Voter.objects.filter(Q(why_not=""), member__user=user, is_present=True, voted=None)
    found = Motion.objects.filter(state=Motion.State.OPEN, method=Motion.Method.ONLINE, voters__in=voting)
    return list(found.select_related("organisation").order_by("held_on", "pk"))
