"""走访, 结对 and 政治生日 of the demo county: rows as the services leave them, facts by their own door; a test compares.

One round is over, one is under way on any day the demo is made; of each some branches are done, some are not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from branches.models import Organisation
from members.care.visits.models import Birthday, Goer, Occasion, OccasionDay, Outing, Pair, Round, Visit, VisitDue
from members.care.visits.rules import anniversary, first_day
from members.care.visits.selectors.birthdays import in_month
from members.care.visits.services.outings import fact_lines
from members.care.visits.services.rounds import fill
from members.models import Member
from members.selectors.days import places_on
from members.services import facts
from partyportal.core import audit
from partyportal.core.models import User
from partyportal.dashboard.demo.bulk import copy_in
from partyportal.dashboard.demo.logins import SHOWCASE

BROUGHT = ("米、油各一份", "棉被一床、慰问信", "米、面、药箱", "水果、慰问信")
FOUND = (
    "身体还好，儿子在外，饭能自己做。",
    "腿脚不便，想装个扶手。",
    "刚从县医院回来，药要按月取。",
    "老两口都好，关心村里修路。",
    "血压高，嘱咐按时吃药。",
)
PURPOSES = ("帮着看病、代买药", "帮着收种、卖粮", "常去说说话，代办手续", "帮着照看房屋、送学习材料")


@dataclass
class Called:
    """One outing to be written: who went, and on whom."""

    branch: Organisation
    kind: str
    day: date
    goers: list[Member]
    on: list[tuple[Member, VisitDue | None, Pair | None]]
    round: Round | None = None
    brought: str = ""
    outing: Outing | None = None
    visits: list[Visit] = field(default_factory=list)


def visit_some(*, today: date) -> None:
    """Rounds, calls, pairs and birthdays; a dozen inserts, whatever the size of the county."""
    random = Random(f"走访 {today.year}")
    by = User.objects.get(username="secretary")
    people: dict[int, list[Member]] = {}
    at_home = (
        Member.objects.at_home().filter(is_lost=False, is_mobile=False, category="full").defer("id_number").order_by("branch_id", "pk")
    )
    for person in at_home:
        people.setdefault(person.branch_id, []).append(person)
    branches = {branch.pk: branch for branch in Organisation.objects.branches().existing().order_by("code")}
    calls = [*_rounds(branches, people, today=today, random=random), *_pairs(branches, people, today=today, by=by, random=random)]
    calls += _talks(branches, people, today=today, random=random)
    _write(calls, by=by, random=random)
    _birthdays(today=today, by=by)


def _rounds(branches: dict, people: dict, *, today: date, random: Random) -> list[Called]:
    """七一 as it was, and a round of the county's own that is under way."""
    july = Occasion.objects.get(code="july")
    last = date(today.year if today >= date(today.year, 7, 1) else today.year - 1, 7, 1)
    own = Occasion.objects.create(
        code="elders-week",
        name="老党员集中走访",
        source=f"清组通〔{today.year}〕31号",
        criteria=["duty", "eighty", "fifty-years", "pre-1949"],
        days=30,
    )
    festival = today + timedelta(days=18)
    OccasionDay.objects.create(occasion=own, on=festival, source=own.source)
    calls: list[Called] = []
    for occasion, due_on, most in ((july, last, 0.97), (own, festival, 0.55)):
        start = first_day(due_on, occasion.days)
        one = Round.objects.create(occasion=occasion, year=due_on.year, start=start, due_on=due_on, criteria=occasion.criteria)
        fill(one, on=start)
        calls += _calls_of(one, branches, people, last=min(due_on, today), most=most, random=random)
    return calls


def _calls_of(one: Round, branches: dict, people: dict, *, last: date, most: float, random: Random) -> Iterable[Called]:
    """Each branch goes out once or twice; the showcase leaves two of its list to be recorded."""
    owed: dict[int, list[VisitDue]] = {}
    for due in VisitDue.objects.filter(round=one).select_related("member").defer("member__id_number").order_by("organisation_id", "pk"):
        owed.setdefault(due.organisation_id, []).append(due)
    for branch_id, dues in owed.items():
        here = [person for person in people.get(branch_id, ()) if person.pk not in {due.member_id for due in dues}]
        if branch_id not in branches or not here:
            continue
        showcase = branches[branch_id].code == SHOWCASE
        done = dues[: max(1, len(dues) - 2)] if showcase and most < 0.9 else [due for due in dues if random.random() < most]
        for at in range(0, len(done), 3):
            yield Called(
                branches[branch_id], Outing.Kind.CALL, one.start + timedelta(days=random.randrange((last - one.start).days + 1)),
                here[:2], [(due.member, due, None) for due in done[at : at + 3]], one, random.choice(BROUGHT),
            )  # fmt: skip


def _pairs(branches: dict, people: dict, *, today: date, by: User, random: Random) -> Iterable[Called]:
    """In the showcase one of each: in touch, soon due, overdue, never in touch, ended; elsewhere one in two branches."""
    made: list[tuple[Pair, int | None]] = []
    for branch_id, here in people.items():
        branch = branches.get(branch_id)
        if branch is None or len(here) < 10:
            continue
        oldest = sorted(here, key=lambda person: (person.birth_on, person.pk))
        helpers = [person for person in here if person not in oldest[:5]]
        if branch.code == SHOWCASE:
            helpers.sort(key=lambda person: (person.name != "刘明", person.pk))
            for at, (every, ago) in enumerate(((3, 20), (3, 85), (1, 45), (3, None))):
                made.append((_pair(oldest[at], helpers[at], every, today - timedelta(days=120 if ago else 30), by, random), ago))
            ended = _pair(oldest[4], helpers[0], 3, today - timedelta(days=300), by, random)
            ended.end, ended.end_reason, ended.end_note, ended.ended_by = today - timedelta(days=60), "done", "办了医保，病也稳住了", by
            made.append((ended, 70))
        elif random.random() < 0.5:
            made.append((_pair(oldest[0], helpers[0], 3, today - timedelta(days=200), by, random), random.randrange(5, 120)))
    copy_in([pair for pair, _ in made])
    audit.record_many(
        "visits.pair.made",
        (
            {
                "path": branches[pair.member.branch_id].path,
                "target_kind": "visits.pair",
                "target_uid": pair.uid,
                "subject": pair.member.uid,
                "data": {"organisation": branches[pair.member.branch_id].code, "start": pair.start, "every": pair.every_months},
            }
            for pair, _ in made
        ),
        by=by,
    )
    for pair, ago in made:
        if ago is not None:
            branch = branches[pair.member.branch_id]
            yield Called(branch, Outing.Kind.PAIR, today - timedelta(days=ago), [pair.helper], [(pair.member, None, pair)])


def _pair(member: Member, helper: Member, every: int, start: date, by: User, random: Random) -> Pair:
    return Pair(member=member, helper=helper, purpose=random.choice(PURPOSES), every_months=every, start=start, made_by=by)


def _talks(branches: dict, people: dict, *, today: date, random: Random) -> Iterable[Called]:
    """家访谈心, a few in each second branch."""
    for branch_id, here in people.items():
        branch = branches.get(branch_id)
        if branch is None or len(here) < 6 or (branch.code != SHOWCASE and random.random() < 0.5):
            continue
        for person in here[3:5]:
            yield Called(branch, Outing.Kind.TALK, today - timedelta(days=random.randrange(3, 60)), here[:1], [(person, None, None)])


def _write(calls: list[Called], *, by: User, random: Random) -> None:
    """The rows `record_outing` would have left, all at once."""
    places = {day: places_on(_everybody(some), day) for day, some in _by_day(calls).items()}
    calls = [call for call in calls if all(person.pk in places[call.day] for person in _of(call))]
    for call in calls:
        call.outing = Outing(
            organisation=call.branch, kind=call.kind, round=call.round, day=call.day, brought=call.brought, recorded_by=by, companions=""
        )
        call.visits = [
            Visit(
                outing=call.outing, member=person, organisation_id=places[call.day][person.pk].organisation_id, due=due, pair=pair,
                found=random.choice(FOUND) if random.random() < 0.6 else None, needs=random.random() < 0.08, signed=bool(call.brought),
            )
            for person, due, pair in call.on
        ]  # fmt: skip
    copy_in([call.outing for call in calls])
    copy_in([Goer(outing=call.outing, member=person) for call in calls for person in sorted(call.goers, key=lambda one: one.pk)])
    copy_in([visit for call in calls for visit in call.visits])
    facts.record(
        [line for call in calls for line in fact_lines(call.visits, call.outing, [p.pk for p in call.goers], places[call.day])], by=by
    )
    audit.record_many(
        "visits.visit.recorded",
        (
            {
                "path": call.branch.path,
                "target_kind": "visits.visit",
                "target_uid": visit.uid,
                "subject": visit.member.uid,
                "data": {"day": call.day, "visit": call.kind, "outing": call.outing.uid, "organisation": call.branch.code},
            }
            for call in calls
            for visit in call.visits
        ),
        by=by,
    )


def _by_day(calls: list[Called]) -> dict[date, list[Called]]:
    found: dict[date, list[Called]] = {}
    for call in calls:
        found.setdefault(call.day, []).append(call)
    return found


def _of(call: Called) -> list[Member]:
    return [*call.goers, *(person for person, _, _ in call.on)]


def _everybody(calls: list[Called]) -> set[int]:
    return {person.pk for call in calls for person in _of(call)}


def _birthdays(*, today: date, by: User) -> None:
    """Those of the month that are past: two in three are marked."""
    rows = in_month(Member.objects.defer("id_number"), today.year, today.month)
    past = [person for person in rows if anniversary(person.joined_on, today.year) < today]
    copy_in(
        [
            Birthday(
                member=person,
                year=today.year,
                held_on=anniversary(person.joined_on, today.year),
                way=(Birthday.Way.CARD, Birthday.Way.MEETING)[at % 2],
                recorded_by=by,
            )
            for at, person in enumerate(past)
            if at % 3
        ]
    )
