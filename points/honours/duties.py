"""What is due of 评比表彰: put somebody forward before the window closes, review, publicise, find out about objections, decide."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Prefetch, Q
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on
from points.honours import rules
from points.honours.models import Call, Nomination, Share
from points.honours.parameters import DECISION_DAYS, REVIEW_DAYS, TALK_DAYS
from points.honours.selectors.yellow import unspoken


def due(user, today: date) -> list[Duty]:
    """What the user's own branches and committees have to do."""
    own = Organisation.objects.existing()
    branches = own.branches().filter(path__in=paths_for(user, "honour.nominate"))
    committees = own.exclude(kind=Organisation.Kind.BRANCH).filter(path__in=paths_for(user, "honour.review"))
    return sorted([*due_for(branches, today), *due_for_committees(committees, today)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """Branches: put somebody forward while places are left, speak to who is on the yellow list; as many statements for one as for three thousand."""
    branches = list(organisations)
    if not branches:
        return []
    asked = [
        _nominate(running.call, branch, left)
        for running in _open(today)
        if running.call.stage(today) == rules.NOMINATING
        for branch in branches
        if (left := running.wanted_from(branch)) and running.asks(branch)
    ]
    return sorted(asked + _talks(branches, today))


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """Committees: their share of the places, the reviews that wait for them, and their own calls' next step."""
    committees = {one.pk: one for one in organisations}
    if not committees:
        return []
    numbers = values_on(today, [REVIEW_DAYS, DECISION_DAYS])
    duties = []
    for running in _open(today):
        call, stage = running.call, running.call.stage(today)
        if stage == rules.NOMINATING:
            for share in running.shares:
                if share.organisation_id in committees and (left := running.wanted_from(share.organisation)):
                    duties.append(_nominate(call, committees[share.organisation_id], left))
        if stage in {rules.NOMINATING, rules.REVIEWING}:
            duties += _reviews(running, committees, numbers)
        if call.organiser_id in committees and stage in {rules.REVIEWING, rules.PUBLIC, rules.DUE}:
            duties += _next(running, stage, committees[call.organiser_id], numbers)
    return sorted(duties)


@dataclass(frozen=True, kw_only=True)
class _Running:
    """A call under way, counted once for however many organisations ask."""

    call: Call
    shares: list[Share]
    standing: list[Nomination]
    taken: Counter  # how many stand, by share (None: those without one)
    nominating: frozenset[int]  # the organisations that have put somebody forward

    def share_of(self, organisation: Organisation) -> Share | None:
        return next((share for share in self.shares if organisation.path.startswith(share.organisation.path)), None)

    def wanted_from(self, organisation: Organisation) -> int:
        """How many more may be put forward from where an organisation's places come from."""
        if not organisation.path.startswith(self.call.organiser.path) or organisation.pk == self.call.organiser_id:
            return 0
        share = self.share_of(organisation)
        return max(0, (share.places if share else self.call.free) - self.taken[share.pk if share else None])

    def asks(self, branch: Organisation) -> bool:
        """A call of the committee right above, or with a share that covers the branch, asks it until it has put one forward.

        A county call that shares nothing out asks the committees by its paper, not three thousand branches by a line each.
        """
        if branch.pk in self.nominating:
            return False
        return self.call.organiser_id == branch.parent_id or self.share_of(branch) is not None


def _open(today: date) -> list[_Running]:
    """Calls under way with their shares and whoever stands in them: three statements, one where there are none."""
    standing = (
        Nomination.objects.standing()
        .select_related("organisation")
        .only(*("call_id", "share_id", "state", "nominated_on", "organisation_id", "organisation__parent_id", "organisation__path"))
    )
    objections = Count("nominations__objections", filter=Q(nominations__objections__closed_on=None))
    calls = Call.objects.open().filter(opens_on__lte=today).select_related("organiser").annotate(open_objections=objections)
    shares = Share.objects.select_related("organisation")
    calls = calls.prefetch_related(Prefetch("shares", shares), Prefetch("nominations", standing, to_attr="standing")).order_by(
        "closes_on", "pk"
    )
    return [
        _Running(
            call=call,
            shares=list(call.shares.all()),
            standing=call.standing,
            taken=Counter(row.share_id for row in call.standing),
            nominating=frozenset(row.organisation_id for row in call.standing),
        )
        for call in calls
    ]


def _nominate(call: Call, organisation: Organisation, left: int) -> Duty:
    due_on = call.closes_on
    what = "一名党员" if call.is_of_members else "本党组织" if organisation.is_branch else "党组织"
    return _duty(
        "nominate",
        call,
        organisation,
        due_on=due_on,
        title=f"推荐{call.title}" if organisation.is_branch else f"组织推荐{call.title}",
        reason=f"{call.document_number}，{due_on.month}月{due_on.day}日截止，还可以推荐 {left} 个。开会讨论通过后推荐{what}，没有合适的就不报",
        act="去推荐",
        url=reverse("honours:nominate", args=[call.uid]) + (f"?organisation={organisation.code}" if organisation.is_branch else ""),
    )


def _reviews(running: _Running, committees: dict[int, Organisation], numbers: dict[str, int]) -> list[Duty]:
    call, waiting = running.call, {}
    for row in running.standing:
        if row.state == Nomination.State.NOMINATED and row.organisation.parent_id in committees:
            waiting.setdefault(row.organisation.parent_id, []).append(row)
    return [
        _duty(
            "review",
            call,
            committees[above],
            due_on=min(row.nominated_on for row in rows) + timedelta(days=numbers[REVIEW_DAYS.key]),
            title=f"审核{call.title}的 {len(rows)} 份推荐",
            reason=f"收到推荐 {numbers[REVIEW_DAYS.key]} 天内审核，由没有经手推荐的人办。{call.document_number}",
            act="去审核",
        )
        for above, rows in waiting.items()
    ]


def _next(running: _Running, stage: str, organiser: Organisation, numbers: dict[str, int]) -> list[Duty]:
    call, days = running.call, timedelta(days=numbers[DECISION_DAYS.key])
    if stage == rules.REVIEWING:
        if any(row.state == Nomination.State.NOMINATED for row in running.standing):
            return []  # who reviews is told; the organiser comes after them
        words = ("公示拟表彰对象", "去公示") if running.standing else ("延长推荐，或者取消", "去看")
        reason = "推荐已经截止，都审核过了" if running.standing else "推荐已经截止，一份推荐也没有"
        return [
            _duty(
                "publicise",
                call,
                organiser,
                due_on=call.closes_on + days,
                title=f"{call.title}：{words[0]}",
                reason=f"{reason}。{call.document_number}",
                act=words[1],
            )
        ]
    if call.open_objections:
        return [
            _duty(
                "objections",
                call,
                organiser,
                due_on=call.public_until,
                title=f"{call.title}：核实 {call.open_objections} 件异议",
                reason="公示中反映的问题，由没有登记它的人核实；核实以前不能作表彰决定",
                act="去核实",
            )
        ]
    if stage == rules.PUBLIC:
        return []
    reason = f"公示到 {call.public_until.month}月{call.public_until.day}日已经期满，没有没核实的异议。{call.document_number}"
    return [
        _duty("decide", call, organiser, due_on=call.public_until + days, title=f"{call.title}：登记表彰决定", reason=reason, act="去登记")
    ]


def _talks(branches: list[Organisation], today: date) -> list[Duty]:
    """谈话: one line a branch and period, for whom the yellow list names and nobody has spoken to since it closed."""
    found = unspoken(branches, today)
    if not found:
        return []
    days, places = values_on(today, [TALK_DAYS])[TALK_DAYS.key], {branch.code: branch for branch in branches}
    counts = Counter((one.member.organisation_code, one.period) for one in found)
    return [
        Duty.of(
            places[code],
            due_on=period.last + timedelta(days=days),
            key=f"honours.talk:{period.value}:{code}",
            title=f"谈话提醒：{period.label}黄榜 {count} 名党员",
            reason=f"{period.label}的积分在黄榜，还没有登记谈话、帮教或整改。谈了就登记一条",
            act="去登记",
            url=f"{reverse('honours:talks')}?organisation={code}",
        )
        for (code, period), count in counts.items()
    ]


def _duty(key: str, call: Call, organisation: Organisation, *, due_on: date, title: str, reason: str, act: str, url: str = "") -> Duty:
    return Duty.of(
        organisation,
        due_on=due_on,
        key=f"honours.{key}:{call.uid}:{organisation.code}",
        title=title,
        reason=reason,
        act=act,
        url=url or reverse("honours:call", args=[call.uid]),
    )
