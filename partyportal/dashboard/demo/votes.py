"""The demo's votes, in the showcase branch: one passed on paper, one passed by a show of hands, one waiting for its second count.

All through the services: a handful of rows, so nothing is gained by a second way of making them.
"""

from datetime import date

from education.models import Meeting
from education.motions import services
from education.motions.models import Motion
from education.motions.rules import Figures, Tally
from education.motions.selectors.rolls import roll_of
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import SHOWCASE


def vote_on_some(*, today: date) -> int:
    """Put, open and count; returns how many motions there are."""
    users = {user.username: user for user in User.objects.filter(username__in=("secretary", "deputy", "member"))}
    held = Meeting.objects.confirmed().filter(organisation__code=SHOWCASE, held_on__lte=today).select_related("organisation")
    last = {kind: held.filter(kind=kind).order_by("-held_on").first() for kind in ("assembly", "committee")}
    if last["assembly"]:
        _on_paper(last["assembly"], users, "同意修通村到组道路，每户筹工两天", today=today, finished=True)
        _on_paper(last["assembly"], users, "同意党费结余补助困难党员三户", today=today, finished=False)
    if last["committee"]:
        _by_hands(last["committee"], users, "同意冬季防火值守安排", against=0, today=today)
    return Motion.objects.count()


def _put(meeting: Meeting, users: dict[str, User], title: str, method: str, *, today: date) -> Motion:
    kind = "decision" if meeting.kind == Meeting.Kind.ASSEMBLY else "committee"
    said = {"organisation": meeting.organisation, "meeting": meeting, "kind": kind, "method": method, "title": title}
    return services.move(**said, by=users["secretary"], today=today)


def _on_paper(meeting: Meeting, users: dict[str, User], title: str, *, today: date, finished: bool) -> None:
    """郑月 watches and 刘明 counts, each with a login of their own."""
    motion = _put(meeting, users, title, "paper", today=today)
    roll = roll_of(motion)
    watchers = {name: users[name].member for name in ("deputy", "member")}
    if roll.fault or not {one.pk for one in watchers.values()} <= {line.member_id for line in roll.voting}:
        return
    services.open_vote(motion, by=users["secretary"], today=today, teller=watchers["deputy"], counter=watchers["member"])
    against, spoilt = 2, 1
    figures = Figures(roll.present, roll.present, spoilt, (Tally(roll.present - against - spoilt, against, 0),))
    services.enter_count(motion, role="teller", figures=figures, by=users["deputy"], today=today)
    if finished:
        services.enter_count(motion, role="counter", figures=figures, by=users["member"], today=today)


def _by_hands(meeting: Meeting, users: dict[str, User], title: str, *, against: int, today: date) -> None:
    motion = _put(meeting, users, title, "hands", today=today)
    roll = roll_of(motion)
    if not roll.fault:
        services.open_vote(motion, by=users["secretary"], today=today)
        services.count_hands(motion, in_favour=roll.present - against, against=against, abstained=0, by=users["secretary"], today=today)
