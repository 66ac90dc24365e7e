"""What each kind of vote asks: who may vote, how many must be there, what passes, how paper is counted. Pure: no Django, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from members.rules.votes import HALF, MORE_THAN_HALF, Part, disfranchised

DECISION, COMMITTEE, DEVELOPMENT, ELECTION = "decision", "committee", "development", "election"
HANDS, NAMED, PAPER, ONLINE = "hands", "named", "paper", "online"
SECRET = frozenset({PAPER, ONLINE})
FOR, AGAINST, ABSTAIN = "for", "against", "abstain"
CHOICES = {FOR: "赞成", AGAINST: "反对", ABSTAIN: "弃权"}
PASSED, FAILED, ELECTED, PARTLY = "passed", "failed", "elected", "partly"

GUEST, EXCLUDED = "就近参加，表决在自己的党支部", "支部同意，不计应到会"


@dataclass(frozen=True)
class Fault:
    """What is wrong, then the remedy; `field` is the form's."""

    message: str
    field: str | None = None


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """The rule of one kind of vote: the part of the entitled that must be there, the part in favour that passes and of whom."""

    kind: str
    meeting: str  # the kind of meeting it belongs to
    present: Part
    passing: Part
    of_present: bool = False  # the base of what passes: those present instead of those entitled (应到会)
    counts_written: bool = False  # whether the absent may vote in writing before the meeting
    is_secret: bool = False
    article: str

    @property
    def methods(self) -> tuple[str, ...]:
        return (PAPER, ONLINE) if self.is_secret else (HANDS, NAMED, PAPER, ONLINE)


def procedure_of(
    kind: str, *, election_present: int = 80, election_votes: int = 50, committee_present: int = 50, committee_of_present: bool = False
) -> Procedure:
    """The rule of a kind; the numbers a county may set are arguments.

    党支部工作条例 Art11: 表决必须有半数以上有表决权的党员到会方可进行，赞成人数超过应到会有表决权的党员的半数为通过. Art12: 支委会须有半数以上
    委员到会; of whom a majority is taken is not in the text we have, so the base is a county's setting. 发展党员工作细则（2026）Art19–20:
    到会超过半数, secret, one at a time, 会前书面意见 counted. Elections: at least 4/5 present (secondary text), more than half of
    应到会 in favour; nobody votes by writing or for another.
    """
    return {
        DECISION: Procedure(
            kind=DECISION, meeting="assembly", present=HALF, passing=MORE_THAN_HALF, article="党支部工作条例（试行）第十一条"
        ),
        COMMITTEE: Procedure(
            kind=COMMITTEE,
            meeting="committee",
            present=Part(committee_present, False),
            passing=MORE_THAN_HALF,
            of_present=committee_of_present,
            article="党支部工作条例（试行）第十二条",
        ),
        DEVELOPMENT: Procedure(
            kind=DEVELOPMENT,
            meeting="assembly",
            present=MORE_THAN_HALF,
            passing=MORE_THAN_HALF,
            counts_written=True,
            is_secret=True,
            article="发展党员工作细则（2026）第十九条、第二十条",
        ),
        ELECTION: Procedure(
            kind=ELECTION,
            meeting="assembly",
            present=Part(election_present, False),
            passing=Part(election_votes, True),
            is_secret=True,
            article="基层组织选举工作条例",
        ),
    }[kind]


# ── Who votes ───────────────────────────────────────────────────────────────
def why_no_vote(
    *, full_on: date | None, sanctions: Iterable[str], suspended: bool, day: date, is_guest: bool = False, is_excluded: bool = False
) -> str:
    """Why somebody on the roll does not count among 应到会有表决权 that day; "" for who does.

    A 流动党员 keeps the vote of the home branch and counts like anybody, unless the branch agreed not to count the absent one;
    where a guest is taken on there is no vote.
    """
    if is_guest:
        return GUEST
    return disfranchised(full_on=full_on, sanctions=sanctions, suspended=suspended, day=day) or (EXCLUDED if is_excluded else "")


def quorum_fault(procedure: Procedure, *, entitled: int, present: int) -> str:
    """Why it may not be voted now, with the number that is missing; "" if it may."""
    if entitled < 1:
        return "这一天没有有表决权的人，看看日期和名单对不对。"
    least = procedure.present.least(entitled)
    if present < least:
        return (
            f"应到会有表决权 {entitled} 人，实到 {present} 人，{procedure.article}要{procedure.present.words}到会，"
            f"至少 {least} 人。这次不能表决，另外开会。"
        )
    return ""


def quorum_words(procedure: Procedure, *, entitled: int, present: int) -> str:
    """Why it may be voted, and what it takes: the sentence over the roll."""
    return quorum_fault(procedure, entitled=entitled, present=present) or (
        f"应到会有表决权 {entitled} 人，实到 {present} 人，够{procedure.present.words}（{procedure.present.least(entitled)} 人），可以表决。"
        f"{needed_words(procedure, entitled=entitled, present=present)}"
    )


def base_of(procedure: Procedure, *, entitled: int, present: int) -> int:
    return present if procedure.of_present else entitled


def needed_words(procedure: Procedure, *, entitled: int, present: int) -> str:
    base = base_of(procedure, entitled=entitled, present=present)
    return f"赞成{procedure.passing.words}（{'实到' if procedure.of_present else '应到会'} {base} 人，至少 {procedure.passing.least(base)} 票）通过。"


def casting_fault(*, on_roll: bool, why_not: str, is_present: bool, has_written: bool) -> str:
    """Why somebody may not cast a ballot of an open vote; "" if they may."""
    if not on_roll:
        return "你不在这次表决的名单上，没有票。名单照表决那天的名册来，有错请找支部书记。"
    if why_not:
        return f"你这次没有表决权：{why_not}。"
    if has_written and not is_present:
        return "你会前已经交了书面意见，不再投票。"
    return "" if is_present else "你没有到会，不能投票。"


# ── Paper ───────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Tally:
    """赞成, 反对, 弃权 of a motion or of one candidate."""

    in_favour: int
    against: int
    abstained: int

    @property
    def total(self) -> int:
        return self.in_favour + self.against + self.abstained

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.in_favour + other.in_favour, self.against + other.against, self.abstained + other.abstained)


@dataclass(frozen=True)
class Figures:
    """What one person counted: papers given out and taken back, spoilt ones, a line for the motion or for each candidate, and 另选他人."""

    issued: int
    returned: int
    invalid: int
    lines: tuple[Tally, ...]
    others: tuple[tuple[int, int], ...] = ()  # (member, votes) of whom papers named beside the candidates, by member


def figures_fault(figures: Figures, *, present: int, names: Sequence[str] = (), seats: int = 0) -> Fault | None:
    """收回的选票等于或者少于发出的，有效；多于发出的，无效 (选举工作条例, secondary text): the count must fit the roll and itself."""
    if figures.issued > present:
        return Fault(f"发出 {figures.issued} 张，多于到会有表决权的 {present} 人。每人一张，核对发了几张。", "issued")
    if figures.returned > figures.issued:
        return Fault(
            f"收回 {figures.returned} 张，多于发出的 {figures.issued} 张。重新清点；清点后还是多，这次投票无效，作废后重新投票。",
            "returned",
        )
    if figures.invalid > figures.returned:
        return Fault(f"废票 {figures.invalid} 张，多于收回的 {figures.returned} 张，重新清点。", "invalid")
    valid = figures.returned - figures.invalid
    for at, line in enumerate(figures.lines):
        if line.total != valid:
            who = f"{names[at]}的" if names else ""
            return Fault(
                f"{who}赞成、反对、弃权加起来是 {line.total} 票，要等于收回 {figures.returned} 张减废票 {figures.invalid} 张，"
                f"即 {valid} 票。重新清点。",
                f"in_favour_{at}",
            )
    if seats:
        return _chosen_fault(figures, seats=seats, valid=valid)
    return None


def _chosen_fault(figures: Figures, *, seats: int, valid: int) -> Fault | None:
    """What the papers of an election may add up to; `ballot_fault` says the same of one of them."""
    written_in = sum(votes for _, votes in figures.others)
    if any(votes > valid for _, votes in figures.others):
        return Fault(f"另选他人有人的票多于有效票 {valid} 张，重新清点。", "others")
    if written_in > sum(line.against for line in figures.lines):
        return Fault("另选他人的票加起来多于反对票。投反对票的才可以另选他人，反对一人另选一人，重新清点。", "others")
    if sum(line.in_favour for line in figures.lines) + written_in > seats * valid:
        return Fault(
            f"赞成票{'和另选的票' if written_in else ''}加起来多于每票最多选 {seats} 人的数。选得多于应选人数的是废票，重新清点。",
            "invalid",
        )
    return None


def ballot_fault(*, seats: int, in_favour: int, against: int, others: int) -> Fault | None:
    """Whether one ballot of an election counts: 选得等于或者少于应选人数的有效; 投不赞成票者可以另选他人 (选举工作条例, secondary text)."""
    if others > against:
        return Fault(f"另选他人 {others} 人，只反对了 {against} 人。反对一人才可以另选一人。", "others")
    if (chosen := in_favour + others) > seats:
        return Fault(
            f"最多选 {seats} 人，现在{'赞成和另选' if others else '赞成'}了 {chosen} 人，超过的话是废票。", "others" if others else None
        )
    return None


def differences(one: Figures, other: Figures, names: Sequence[str] = ()) -> list[str]:
    """In which figures teller and counter differ; nothing of how much, for each counts again alone."""
    found = [word for word, at in (("发出", "issued"), ("收回", "returned"), ("废票", "invalid")) if getattr(one, at) != getattr(other, at)]
    for at, (ours, theirs) in enumerate(zip(one.lines, other.lines, strict=True)):
        if ours != theirs:
            found.append(f"{names[at]}的得票" if names else "赞成、反对、弃权")
    if one.others != other.others:
        found.append("另选他人")
    return found


def watchers_fault(*, teller, counter, host, candidates: Iterable) -> Fault | None:
    """监票人, 计票人: two people who are neither the host nor a candidate (选举工作条例, secondary text)."""
    if teller is None or counter is None:
        return Fault("无记名投票要有 1 名监票人和 1 名计票人，从到会的人里选。", "teller" if teller is None else "counter")
    if teller == counter:
        return Fault("监票人和计票人要是两个人。", "counter")
    for field, one, word in (("teller", teller, "监票人"), ("counter", counter, "计票人")):
        if one == host:
            return Fault(f"主持人不能做{word}，换一个人。", field)
        if one in set(candidates):
            return Fault(f"候选人不能做{word}，换一个人。", field)
    return None


# ── What came of it ─────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Outcome:
    """The result and the sentence that says why."""

    code: str
    sentence: str


def decide(procedure: Procedure, *, entitled: int, present: int, counted: Tally, written: Tally = Tally(0, 0, 0)) -> Outcome:
    """Whether a motion passes: in favour, written opinions with them where the rule counts these, against the base of its kind.

    As many for as against is no majority: it is not passed.
    """
    tally = counted + written if procedure.counts_written else counted
    base = base_of(procedure, entitled=entitled, present=present)
    of = "实到会" if procedure.of_present else "应到会有表决权"
    with_written = f"（含书面意见 {written.in_favour} 票）" if procedure.counts_written and written.total else ""
    said = f"赞成 {tally.in_favour} 票{with_written}，反对 {tally.against} 票，弃权 {tally.abstained} 票。"
    if procedure.passing.is_met(tally.in_favour, of=base):
        return Outcome(PASSED, f"{said}赞成{procedure.passing.words}（{of} {base} 人），通过。")
    tie = "赞成和反对票数相等，" if tally.in_favour and tally.in_favour == tally.against else ""
    least = procedure.passing.least(base)
    return Outcome(FAILED, f"{said}{tie}赞成没有{procedure.passing.words}（{of} {base} 人，要 {least} 票），没有通过。")


@dataclass(frozen=True)
class Election:
    """Who is elected, who is tied for what is left, and how many seats stay empty: indexes into the candidates."""

    elected: tuple[int, ...]
    tied: tuple[int, ...]
    vacant: int


def elect(procedure: Procedure, *, entitled: int, present: int, seats: int, votes: Sequence[int]) -> Election:
    """选举: who has more than half of 应到会; where these are more than the seats, those with most votes; a tie at the last seat is voted again.

    得赞成票超过半数的候选人多于应选名额时，以得票多的当选；票数相等不能确定时，就票数相等的候选人重新投票 [recall].
    """
    base = base_of(procedure, entitled=entitled, present=present)
    passed = sorted((at for at, number in enumerate(votes) if procedure.passing.is_met(number, of=base)), key=lambda at: (-votes[at], at))
    if len(passed) <= seats:
        return Election(tuple(sorted(passed)), (), seats - len(passed))
    edge = votes[passed[seats - 1]]
    if votes[passed[seats]] != edge:
        return Election(tuple(sorted(passed[:seats])), (), 0)
    sure = tuple(sorted(at for at in passed if votes[at] > edge))
    return Election(sure, tuple(sorted(at for at in passed if votes[at] == edge)), seats - len(sure))


def election_outcome(procedure: Procedure, election: Election, *, entitled: int, present: int, seats: int, names: Sequence[str]) -> Outcome:
    """The election's sentence: who, and what is to be done about the seats that stay empty."""
    who = "、".join(names[at] for at in election.elected)
    won = f"{who}当选" if who else "没有人当选"
    if not election.vacant:
        return Outcome(ELECTED, f"应选 {seats} 人，{won}。")
    if election.tied:
        tied = "、".join(names[at] for at in election.tied)
        return Outcome(PARTLY, f"应选 {seats} 人，{won}。{tied}票数相等，不能确定谁当选，就他们重新投票，还选 {election.vacant} 人。")
    base = base_of(procedure, entitled=entitled, present=present)
    least = procedure.passing.least(base)
    code = PARTLY if election.elected else FAILED
    return Outcome(
        code,
        f"应选 {seats} 人，{won}。其余赞成没有{procedure.passing.words}（应到会 {base} 人，要 {least} 票），缺 {election.vacant} 人，另行选举。",
    )
