"""The demo's meetings, whole: an agenda with its revisions and approval, leave asked, members not counted, a spot check half read.

All through the services, after the year was lived: nothing of it moves a point.
"""

from datetime import date, timedelta

from django.db.models import Q

from branches.models import Organisation
from education import services
from education.models import Meeting
from education.rules import split_minutes
from members.models import Member
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import SHOWCASE, TOWNSHIP

MINUTES = """一、通报上月工作（吕山东汇报）
河道清扫完成，秋粮收储登记到户。
议定：登记表月底前交镇里。
二、讨论冬季森林防火
护林员提出三处要设卡，大家同意轮流值守。
议定：12 月起每天两人，名单贴在活动室。
三、换届准备
学习换届纪律，征求对支委会工作的意见。"""
DECIDED = "名单贴在活动室，缺的由支委补。"
LAST = 3  # meetings of the showcase whose minutes are written out


def make_meetings_whole(*, today: date) -> int:
    """Write, approve, ask, report and draw; returns how many rows of each kind it left."""
    users = {one.username: one for one in User.objects.filter(username__in=("secretary", "deputy", "committee", "member"))}
    branch = Organisation.objects.branches().filter(code=SHOWCASE).first()
    if branch is None or len(users) < 4:
        return 0
    held = Meeting.objects.confirmed().filter(organisation=branch, group=None)
    written = _write(held.exclude(kind=Meeting.Kind.LECTURE).order_by("-held_on", "-pk")[:LAST], users)
    return (
        written
        + _ask(users["member"], users["secretary"], today)
        + _count_out(branch, held, users, today)
        + _draw(users["committee"], today)
    )


def _write(meetings, users: dict[str, User]) -> int:
    """The oldest is approved, the next was corrected after its approval, the latest waits for the deputy."""
    for at, meeting in enumerate(meetings):
        kept = services.write_agenda(meeting, version=meeting.version, agenda=split_minutes(MINUTES), minutes="", by=users["secretary"])
        if at:
            services.approve_minutes(kept, number=1, by=users["deputy"])
        if at == 1:
            agenda = [*services.items_of(kept)[:2], split_minutes(f"一、换届准备\n学习换届纪律。\n议定：{DECIDED}")[0]]
            services.write_agenda(kept, version=kept.version, agenda=agenda, minutes="", by=users["secretary"])
    return len(meetings)


def _ask(asker: User, secretary: User, today: date) -> int:
    """刘明 asked twice: one granted, one waits."""
    member = Member.objects.filter(user=asker).first()
    if member is None:
        return 0
    granted = services.ask_leave(member=member, day=today + timedelta(days=5), reason="away", note="去县城办事", by=asker, today=today)
    services.answer_leave(granted, grant=True, by=secretary, today=today)
    services.ask_leave(member=member, day=today + timedelta(days=12), kind="lecture", reason="ill", by=asker, today=today)
    return 2


def _count_out(branch: Organisation, held, users: dict[str, User], today: date) -> int:
    """One on record from today, one that the committee has to look at."""
    agreed = held.filter(kind__in=[Meeting.Kind.ASSEMBLY, Meeting.Kind.COMMITTEE]).order_by("-held_on").first()
    people = Member.objects.at_home().filter(branch=branch, user=None, is_mobile=False, is_lost=False, category="full")
    people = list(people.exclude(offices__end=None, offices__isnull=False).defer("id_number").order_by("birth_on", "pk")[:2])
    if agreed is None:
        return 0
    for at, person in enumerate(people):
        told = {"member": person, "agreed_at": agreed, "reason": ("aged", "grave")[at], "start": today, "by": users["secretary"]}
        row = services.propose_exclusion(**told)
        if not at:
            services.answer_exclusion(row, number=f"山门组〔{today.year}〕12号", by=users["committee"])
    return len(people)


def _draw(by: User, today: date) -> int:
    """A township's draw of five, two of them read."""
    committee = Organisation.objects.filter(code=TOWNSHIP).get()
    since = today - timedelta(days=90)
    found = Meeting.objects.confirmed().within(committee).filter(held_on__range=(since, today))
    if not found.exists():
        return 0
    check = services.draw_meetings(organisation=committee, since=since, until=today, count=5, by=by, today=today)
    others = check.drawn.exclude(Q(meeting__recorded_by=by) | Q(meeting__confirmed_by=by))
    for row in others.select_related("meeting").order_by("position")[:2]:
        services.pass_drawn(row, by=by, today=today)
    return check.drawn.count()
