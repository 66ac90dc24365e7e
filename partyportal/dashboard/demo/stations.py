"""The demo's stations: the county's centre, a station in each township, a point in many villages; open, short of something, late, unchecked.

Through the services for the showcase and its superiors; the villages' points set-based, with the rows the services leave (a test compares).
"""

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from branches.models import Organisation
from members.care.stations.models import (
    CheckLine,
    Checklist,
    DutySpell,
    OpeningHours,
    OpeningSpan,
    RequestKind,
    Room,
    SelfCheck,
    Station,
    StationChange,
    StationKind,
)
from members.care.stations.rules import period_end
from members.care.stations.services import bookings, displays, places, requests, standards, times
from members.models import Member
from partyportal.core.models import User
from partyportal.core.workdays import calendar
from partyportal.dashboard.demo.bulk import copy_in
from partyportal.dashboard.demo.logins import SHOWCASE

MORNING, AFTERNOON = (time(8, 30), time(12, 0)), (time(14, 30), time(17, 30))
OFFICE = {weekday: [MORNING, AFTERNOON] for weekday in range(5)}
VILLAGE = {weekday: [(time(8, 0), time(11, 30)), (time(14, 0), time(17, 0))] for weekday in (0, 2, 4)} | {5: [(time(8, 0), time(11, 30))]}
SERVES = "党员组织关系转接、流动党员报到、交党费、困难申请、政策咨询"


def keep_stations(*, today: date) -> None:
    """Make all of it."""
    secretary, deputy, committee, department, member = (
        User.objects.get(username=name) for name in ("secretary", "deputy", "committee", "department", "member")
    )
    random, opened = Random("服务阵地"), date(today.year - 1, 3, 1)
    kinds = {kind.code: kind for kind in StationKind.objects.all()}
    ours = Organisation.objects.select_related("parent").get(code=SHOWCASE)
    county, townships = Organisation.objects.get(parent=None), Organisation.objects.filter(kind="committee").order_by("code")
    said = {"opened_on": opened, "today": today, "serves": SERVES}
    centre = places.register(
        county,
        kind=kinds["county_centre"],
        name="县党员服务中心",
        address="县政务服务大厅一楼",
        phone="0975-8231100",
        by=department,
        **said,
    )
    times.set_hours(centre, week=OFFICE, start=opened, by=department, today=today)
    places.add_room(centre, name="多功能厅", seats=120, start=opened, by=department)
    for township in townships:
        short = township.short_name.removesuffix("党委")
        one = places.register(
            township, kind=kinds["township_station"], name=f"{short}党员服务站", address=f"{short}政府院内", phone="0975-82312" + township.code[-2:], by=None, **said
        )  # fmt: skip
        times.set_hours(one, week=OFFICE, start=opened, by=None, today=today)
        if township.pk == ours.parent_id:
            places.add_room(one, name="大会议室", seats=80, start=opened, by=committee)
            _check(one, by=committee, reviewed_by=department, today=today)
    _villages(kinds["village_point"], ours, today=today, opened=opened, random=random, by=secretary, reviewed_by=department)
    village = ours.short_name.removesuffix("党支部")
    own = places.register(
        ours,
        kind=kinds["village_point"],
        name=f"{village}党员服务点",
        address="村委会一楼，进门左手",
        phone="0975-8231301",
        by=secretary,
        **said,
    )
    times.set_hours(own, week=VILLAGE, start=opened, by=secretary, today=today)
    _check(own, by=secretary, reviewed_by=committee, today=_year_end_before(today))  # this year's is still to be made
    site = places.register(
        ours,
        kind=kinds["activity_site"],
        name=f"{village}党员活动室",
        address="村委会二楼",
        by=secretary,
        **(said | {"serves": "组织生活、学习、放电教片"}),
    )
    times.set_hours(site, week=OFFICE | {5: [MORNING]}, start=opened, by=secretary, today=today)
    _check(site, by=secretary, reviewed_by=committee, missing=[3], today=today)
    room = places.add_room(site, name="大活动室", seats=60, start=opened, by=secretary)
    places.add_room(site, name="小会议室", seats=12, start=opened, by=secretary)
    people = list(Member.objects.at_home().filter(branch=ours).select_related("branch").order_by("pk")[:5])
    for weekday, person in zip((0, 2, 4), people, strict=False):  # Saturday has nobody yet
        times.put_on_duty(own, member=person, weekday=weekday, start=today - timedelta(days=40), by=secretary)
    times.put_on_duty(site, member=people[3], start=today - timedelta(days=40), by=secretary)
    times.make_exception(site, day=today + timedelta(days=3), opens=None, closes=None, why="全镇防火演练", by=secretary, today=today)
    _hang(own, by=secretary, today=today)
    _book(room, member=member, secretary=secretary, deputy=deputy, today=today)
    _serve(own, people, by=deputy, today=today)
    asked = {"kind": RequestKind.objects.get(code="hardship"), "matter": "母亲住院，问救助要准备哪些材料，哪天来方便"}
    requests.ask(own, member=member.member, by=member, today=today - timedelta(days=1), **asked)


def _year_end_before(today: date) -> date:
    return date(today.year - 1, 12, 20)


def _check(station: Station, *, by: User, reviewed_by: User, today: date, missing=()) -> None:
    """A check of this period, looked at by the superior; what lacks has its day."""
    checklist = standards.checklist_on(station.kind, today)
    found = {
        item.pk: standards.Found(item.order not in missing, "投影坏了，等修" if item.order in missing else "", today + timedelta(days=6))
        for item in checklist.items.all()
    }
    made = standards.check(station, found=found, day=today, by=by, today=today)
    standards.accept(made, by=reviewed_by, today=today)


def _hang(station: Station, *, by: User, today: date) -> None:
    for title, spot, days, left in (
        ("值班表", "进门正面", 60, 30),
        ("服务事项和流程", "进门正面", 200, 150),
        ("三季度收支", "公开栏", 95, -5),
    ):
        on = today - timedelta(days=days)
        displays.put_up(station, title=title, spot=spot, since=on, until=today + timedelta(days=left), by=by, today=today)


def _book(room: Room, *, member: User, secretary: User, deputy: User, today: date) -> None:
    """A meeting of the branch, one asked for by a member and not answered yet, one that fell through."""
    now = timezone.make_aware(datetime.combine(today, time(7, 0)))
    known = calendar()
    days = [day for n in range(1, 20) if known.is_working(day := today + timedelta(days=n)) and day.weekday() < 5 and n != 3]
    said = {"organisation": room.station.organisation, "now": now}
    bookings.book(room, day=days[0], begins=time(9), ends=time(11), purpose="主题党日", people=25, by=secretary, **said)
    bookings.book(
        room, day=days[1], begins=time(15), ends=time(16), purpose="学习小组读书", people=8, by=member, member=member.member, **said
    )
    one = bookings.book(room, day=days[2], begins=time(9), ends=time(10), purpose="果树嫁接培训", people=30, by=deputy, **said)
    bookings.cancel(one, why="老师改到下周", by=deputy, now=now)


def _serve(station: Station, people: list[Member], *, by: User, today: date) -> None:
    """Matters done, in hand, and one overdue."""
    kinds = {kind.code: kind for kind in RequestKind.objects.all()}
    rows = (
        ("policy", None, "王桂兰", "13900000321", "问城乡居民养老认证怎么办", 30, "当场用手机办好了", 29),
        ("dues", people[0], "", "", "补交三季度党费", 22, "已交，收据给本人", 22),
        ("transfer", people[1], "", "", "女儿在县城，想把组织关系转到社区", 14, "已开介绍信", 9),
        ("mobile", people[2], "", "", "外出回来报到", 6, "", 0),
        ("policy", None, "李满仓", "", "问低保年审要带什么", 1, "", 0),
    )
    for code, person, asker, phone, matter, days, result, done in rows:
        on = today - timedelta(days=days)
        held = requests.take(
            station, kind=kinds[code], member=person, asker=asker, asker_phone=phone, matter=matter, taken_on=on, by=by, today=today
        )
        if result:
            requests.finish(held, words=result, on=today - timedelta(days=done), by=by, today=today)


def _villages(kind: StationKind, ours: Organisation, *, today: date, opened: date, random: Random, by: User, reviewed_by: User) -> None:
    """A point in three villages of four: the rows `register`, `set_hours`, `put_on_duty`, `check` and `accept` leave, without their audit rows."""
    villages = Organisation.objects.branches().existing().filter(unit_type="village").exclude(pk=ours.pk).order_by("code")
    checklist = Checklist.objects.on(today).get(kind=kind)
    items, first = list(checklist.items.all()), {}
    for member in Member.objects.at_home().filter(category="full", is_mobile=False).order_by("branch_id", "pk").distinct("branch_id"):
        first[member.branch_id] = member
    stations, hours, spans, spells, checks, lines, changes = [], [], [], [], [], [], []
    for at, branch in enumerate(villages):
        if at % 4 == 3:
            continue
        name = branch.short_name.removesuffix("党支部")
        station = Station(kind=kind, organisation=branch, name=f"{name}党员服务点", address="村委会", serves=SERVES, opened_on=opened)
        stations.append(station)
        changes.append(StationChange(station=station, act=StationChange.Act.OPEN, day=opened, at=timezone.now()))
        week = OpeningHours(station=station, start=opened)
        hours.append(week)
        spans += [OpeningSpan(hours=week, weekday=day, opens=a, closes=b) for day, some in VILLAGE.items() for a, b in some]
        if branch.pk in first and random.random() < 0.9:
            spells.append(DutySpell(station=station, member=first[branch.pk], start=opened))
        lately = max(today - timedelta(days=random.randrange(5, 20)), date(today.year, 1, 1))
        day = _year_end_before(today) if at % 4 == 2 else lately
        check = SelfCheck(
            station=station,
            checklist=checklist,
            day=day,
            period_end=period_end(day, checklist.every),
            state=SelfCheck.State.ACCEPTED,
            checked_by=by,
            checked_at=timezone.now(),
            reviewed_by=reviewed_by,
            reviewed_on=today,
        )
        checks.append(check)
        lacks = random.choice(items).order if random.random() < 0.4 else 0
        lines += [
            CheckLine(
                self_check=check,
                item=item,
                is_met=item.order != lacks,
                note="" if item.order != lacks else "还没有配",
                mend_by=None if item.order != lacks else lately + timedelta(days=random.randrange(3, 30)),
            )
            for item in items
        ]
    for rows in (stations, hours, spans, spells, checks, lines):
        copy_in(rows)
    StationChange.objects.bulk_create(changes)
