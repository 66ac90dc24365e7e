"""What is done at a station, what is refused with which words, and who must not."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction

from members.care.stations import rules
from members.care.stations.duties import due, due_for, due_for_committees
from members.care.stations.models import Booking, BookingStep, Checklist, DutySpell, OpeningHours, ServiceRequest, Station, StationChange
from members.care.stations.selectors.standards import overview, standings
from members.care.stations.selectors.times import times_of
from members.care.stations.services import bookings, displays, places, requests, standards, times
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from tests.factories import make_member, make_user
from tests.stations.makers import OPENED, TODAY, WEEK, ask, at, found, make_room, make_station, take

JPEG = b"\xff\xd8\xff\xe0 a wall"
NEXT = TODAY + timedelta(days=1)


@pytest.fixture
def station(tree):
    return make_station(tree.ours)


def titles(duties) -> list[str]:
    return [duty.title for duty in duties]


# ── Places ──────────────────────────────────────────────────────────────────
def test_a_station_is_registered_changed_and_closed_and_what_it_said_stays(tree, secretary, station):
    with pytest.raises(ValidationError, match="同名"):
        make_station(tree.ours)
    with pytest.raises(DomainError, match="启用日期还没到"):
        make_station(tree.ours, name="新点", opened_on=NEXT)
    said = {"by": secretary, "today": TODAY, "why": "搬到新址"}
    places.change(station, version=1, address="老学校", **said)
    with pytest.raises(Stale, match="刚才有人改过"):
        places.change(station, version=1, address="戏台旁", **said)
    with pytest.raises(DomainError, match="没有改动"):
        places.change(station, version=2, address="老学校", **said)
    with pytest.raises(DomainError, match="为什么改"):
        places.change(station, version=2, address="戏台旁", **(said | {"why": " "}))
    assert StationChange.objects.get(act="change").before == {"address": "村委会旁"}
    held = take(station, secretary)
    with pytest.raises(DomainError, match="1 件事没有办结"):
        places.close(station, on=TODAY, why="并入镇站", by=secretary, today=TODAY)
    requests.finish(held, words="已告知", on=TODAY, by=secretary, today=TODAY)
    places.close(station, on=TODAY, why="并入镇站", by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已经停用"):
        take(station, secretary)
    assert not Station.objects.open().exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE stations_stationchange SET why = ''")


def test_hours_change_from_a_day_and_the_past_keeps_its_own(secretary, station):
    set_hours = lambda week, start, today=TODAY: times.set_hours(station, week=week, start=start, by=secretary, today=today)  # noqa: E731
    for week, start, words in (
        ({}, NEXT, "一周一天都不开"),
        ({0: [(time(9), time(9))]}, NEXT, "关门要晚于开门"),
        ({0: [(time(9), time(12)), (time(11), time(13))]}, NEXT, "不要重叠"),
        (WEEK, TODAY - timedelta(days=1), "最早从今天起"),
        (WEEK, OPENED - timedelta(days=1), "不能更早"),
    ):
        with pytest.raises(DomainError, match=words):
            set_hours(week, start)
    set_hours({0: [(time(9), time(10))]}, NEXT)
    set_hours({0: [(time(9), time(11))]}, NEXT)  # the same day again corrects it
    assert OpeningHours.objects.count() == 2
    monday = TODAY + timedelta(days=1)
    found = times_of([station], monday - timedelta(days=7), monday)
    assert len(found.on(station, monday - timedelta(days=7))) == 2
    assert found.on(station, monday) == ((time(9), time(11)),)
    assert found.on(station, OPENED - timedelta(days=1)) == ()


def test_one_day_differs_until_it_is_taken_back(secretary, station):
    said = {"by": secretary, "today": TODAY}
    row = times.make_exception(station, day=NEXT, opens=None, closes=None, why="防汛演练", **said)
    with pytest.raises(ValidationError, match="这一天已经登记过"):
        times.make_exception(station, day=NEXT, opens=time(9), closes=time(10), why="改了", **said)
    for fields, words in (
        ({"day": TODAY - timedelta(days=1), "opens": None}, "已经过去"),
        ({"day": NEXT, "opens": time(9)}, "从几点到几点"),
    ):
        with pytest.raises(DomainError, match=words):
            times.make_exception(station, closes=None, why="x", **fields, **said)
    assert times_of([station], NEXT, NEXT).on(station, NEXT) == ()
    assert times_of([station], NEXT, NEXT).why(station, NEXT) == "防汛演练"
    times.drop_exception(row, **said)
    with pytest.raises(DomainError, match="已经取消"):
        times.drop_exception(row, **said)
    assert times_of([station], NEXT, NEXT).on(station, NEXT)


def test_the_national_holiday_is_a_day_of_rest_where_the_station_says_so(tree, station):
    day = date(2026, 10, 1)
    other = make_station(tree.neighbours, rests_on_holidays=False)
    found = times_of([station, other], day, day)
    assert (found.on(station, day), found.why(station, day)) == ((), "法定节假日")
    assert found.on(other, day) and found.why(other, day) == ""


def test_whoever_is_put_on_duty_belongs_under_the_station(tree, secretary, station):
    ours, theirs = make_member(tree.ours, "高明"), make_member(tree.neighbours)
    spell = times.put_on_duty(station, member=ours, weekday=0, start=TODAY, by=secretary)
    with pytest.raises(ValidationError, match="已经排了班"):
        times.put_on_duty(station, member=ours, weekday=0, start=NEXT, by=secretary)
    with pytest.raises(DomainError, match="排本组织里的党员"):
        times.put_on_duty(station, member=theirs, start=TODAY, by=secretary)
    assert [duty.due_on for duty in due_for([tree.ours], TODAY) if "排班" in duty.title] == [NEXT + timedelta(days=1)]  # Tuesday
    times.put_on_duty(station, member=ours, start=TODAY, by=secretary)
    assert "排班" not in str(titles(due_for([tree.ours], TODAY)))
    assert times.take_off_duty(spell, on=NEXT, by=secretary).end == NEXT
    with pytest.raises(DomainError, match="已经排到头"):
        times.take_off_duty(spell, on=NEXT, by=secretary)
    later = times.put_on_duty(station, member=ours, weekday=1, start=NEXT, by=secretary)
    assert times.take_off_duty(later, on=NEXT, by=secretary) is None  # never held for a day
    assert DutySpell.objects.count() == 2


# ── Standards ───────────────────────────────────────────────────────────────
def test_a_check_is_made_once_a_period_reviewed_by_another_and_what_lacks_is_mended(tree, secretary, committee, station):
    assert f"按标准自查{station}" in titles(due_for([tree.ours], date(2026, 12, 1)))
    assert not [t for t in titles(due_for([tree.ours], date(2026, 11, 30))) if "按标准自查" in t]  # 30 days ahead
    check = lambda **fields: standards.check(station, by=secretary, today=TODAY, **({"day": TODAY, "found": found(station)} | fields))  # noqa: E731
    short = found(station, missing=[1])
    first = next(iter(short))
    for fields, words in (
        ({"day": NEXT}, "还没到"),
        ({"found": {}}, "还没有选"),
        ({"found": found(station) | {first: standards.Found(False)}}, "写上缺什么"),
        ({"found": found(station, missing=[1], mend_by=TODAY - timedelta(days=1))}, "不早于今天"),
    ):
        with pytest.raises(DomainError, match=words):
            check(**fields)
    made = check(found=short)
    with pytest.raises(DomainError, match="这一期已经自查过"):
        check()
    state = lambda: standings([station], today=TODAY)[station.pk]  # noqa: E731
    assert (state().state, state().missing, state().due_by) == (rules.WAITING, 1, date(2027, 12, 31))
    with pytest.raises(DomainError, match="由别人审核"):
        standards.accept(made, by=secretary, today=TODAY)
    assert titles(due_for_committees([tree.township], TODAY)) == [f"审核{station}的自查"]
    assert titles(due(committee, TODAY)) == [f"审核{station}的自查"]
    standards.accept(made, by=committee, today=TODAY)
    with pytest.raises(DomainError, match="刚才有人审核过"):
        standards.send_back(made, note="x", by=committee, today=TODAY)
    assert state().state == rules.SHORT and not due_for_committees([tree.township], TODAY)
    line = made.lines.get(is_met=False)
    assert [(duty.due_on, duty.act) for duty in due_for([tree.ours], TODAY) if "补上" in duty.title] == [(line.mend_by, "登记补上")]
    with pytest.raises(DomainError, match="怎么补的"):
        standards.mend(line, how=" ", on=TODAY, by=secretary, today=TODAY)
    standards.mend(line, how="挂了牌子", on=TODAY, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已经登记补上"):
        standards.mend(line, how="又挂", on=TODAY, by=secretary, today=TODAY)
    assert state().state == rules.MEETS
    counted = overview(Station.objects.all(), today=TODAY)
    assert (counted.whole.total, counted.whole.meets) == (1, 1)
    assert [(one.label, one.meets) for one in counted.by_township] == [(tree.township.short_name, 1)]


def test_a_check_sent_back_opens_its_period_again(secretary, committee, station):
    made = standards.check(station, found=found(station), day=TODAY, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="哪里要重查"):
        standards.send_back(made, note="", by=committee, today=TODAY)
    standards.send_back(made, note="值班表没有上墙", by=committee, today=TODAY)
    assert standings([station], today=TODAY)[station.pk].state == rules.UNCHECKED
    assert standards.check(station, found=found(station), day=TODAY, by=secretary, today=TODAY).pk != made.pk


def test_a_new_standard_holds_from_its_day_and_checks_keep_theirs(department, secretary, station):
    made = standards.check(station, found=found(station), day=TODAY, by=secretary, today=TODAY)
    said = {"required": ["有牌子"], "others": ["有花"], "every": 6, "source": "清组〔2026〕9号", "by": department, "today": TODAY}
    publish = lambda **fields: standards.publish_checklist(station.kind, **({"start": NEXT} | said | fields))  # noqa: E731
    for fields, words in (
        ({"required": [" "]}, "至少写一条必备"),
        ({"others": ["有牌子"]}, "一样的"),
        ({"required": ["长" * 81]}, "太长"),
        ({"start": TODAY - timedelta(days=1)}, "最早从今天起"),
        ({"source": ""}, "写上依据"),
    ):
        with pytest.raises(DomainError, match=words):
            publish(**fields)
    assert publish().number == 2
    with pytest.raises(DomainError, match="新的要晚于那天"):
        publish()
    assert [Checklist.objects.on(day).get(kind=station.kind).number for day in (TODAY, NEXT)] == [1, 2]
    made.refresh_from_db()
    assert made.checklist.number == 1


# ── Bookings ────────────────────────────────────────────────────────────────
def test_a_member_asks_the_keeper_answers_and_the_time_is_held_meanwhile(tree, secretary, member, station):
    room = make_room(station)
    one = ask(room, member.user, member=member)
    assert one.state == "asked" and f"确认{tree.ours}约活动室" in titles(due(secretary, TODAY))
    with pytest.raises(DomainError, match=r"已经有人约了（09:00–11:00）。最近的空当从 11月24日 14:30 起"):
        ask(room, secretary, begins=10, ends=12)
    assert ask(room, secretary, begins=11, ends=12).state == "confirmed"  # the keeper's own, beginning when the other ends
    bookings.confirm(one, by=secretary)
    with pytest.raises(DomainError, match="现在是“已约好”"):
        bookings.refuse(one, why="占了", by=secretary)
    with pytest.raises(DomainError, match="为什么取消"):
        bookings.cancel(one, why="", by=member.user, now=at(TODAY, 10))
    one.refresh_from_db()
    bookings.cancel(one, why="改期", by=member.user, now=at(TODAY, 10))
    assert ask(room, member.user, member=member).state == "asked"  # free again
    assert list(BookingStep.objects.filter(booking=one).values_list("state", flat=True)) == ["asked", "confirmed", "cancelled"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"begins": 11, "ends": 11}, "结束要晚于开始"),
        ({"day": TODAY - timedelta(days=1)}, "已经过去"),
        ({"day": TODAY + timedelta(days=61)}, "最早提前 60 天"),
        ({"people": 41}, "坐得下 40 人"),
        ({"begins": 12, "ends": 13}, "这个时间不开门。这一天开 08:30–12:00、14:30–17:30"),
        ({"day": TODAY, "begins": 10, "ends": 11}, "这一天不开，换一天"),
        ({"purpose": " "}, "写上做什么"),
    ],
)
def test_a_booking_that_cannot_be(member, station, fields, words):
    room = make_room(station)
    with pytest.raises(DomainError, match=words):
        ask(room, member.user, **fields)
    assert not Booking.objects.exists()


def test_the_keeper_may_open_in_the_evening_and_a_full_fortnight_says_so(secretary, member, station):
    room = make_room(station)
    assert ask(room, secretary, begins=19, ends=21).state == "confirmed"
    for n in range(15):
        ask(room, secretary, day=NEXT + timedelta(days=n), begins=8, ends=18)
    with pytest.raises(DomainError, match="往后 14 天也没有这么长的空当"):
        ask(room, member.user, day=NEXT)


def test_the_database_itself_refuses_a_second_booking_of_one_time(secretary, station):
    room = make_room(station)
    one = ask(room, secretary)
    row = {"room": room, "organisation": station.organisation, "purpose": "x", "people": 1}
    with pytest.raises(IntegrityError, match="room_booked_once"), transaction.atomic():
        Booking.objects.create(starts_at=one.ends_at - timedelta(minutes=1), ends_at=one.ends_at + timedelta(hours=1), **row)
    Booking.objects.create(starts_at=one.ends_at, ends_at=one.ends_at + timedelta(hours=1), **row)
    Booking.objects.create(starts_at=one.starts_at, ends_at=one.ends_at, state="cancelled", **row)


def test_a_room_with_bookings_ahead_is_not_closed(secretary, station):
    room = make_room(station)
    one = ask(room, secretary)
    with pytest.raises(DomainError, match="还有预约"):
        places.close_room(room, on=NEXT, by=secretary)
    bookings.cancel(one, why="停用", by=secretary, now=at(TODAY, 10))
    places.close_room(room, on=NEXT, by=secretary)
    with pytest.raises(DomainError, match="这一天不外借"):
        ask(room, secretary)


# ── Walls and requests ──────────────────────────────────────────────────────
def test_what_hangs_on_the_wall_is_changed_on_its_day(tree, secretary, station):
    put = lambda **fields: displays.put_up(  # noqa: E731
        station,
        **(
            {"title": "值班表", "spot": "进门", "since": TODAY, "until": TODAY + timedelta(days=8), "by": secretary, "today": TODAY}
            | fields
        ),
    )
    old = put(photos=[SimpleUploadedFile("墙.jpg", JPEG)])
    assert old.photos.count() == 1
    with pytest.raises(ValidationError, match="已经在墙上"):
        put()
    with pytest.raises(DomainError, match="晚于上墙"):
        put(title="x", until=TODAY)
    walls = lambda day: [duty.due_on for duty in due_for([tree.ours], day) if "墙上" in duty.title]  # noqa: E731
    assert (walls(TODAY), walls(NEXT)) == ([], [old.until])  # seven days ahead
    new = put(replaces=old, until=TODAY + timedelta(days=90))
    old.refresh_from_db()
    assert old.down_on == TODAY and new.replaces == old and not walls(NEXT)
    with pytest.raises(DomainError, match="已经取下"):
        displays.take_down(old, on=TODAY, by=secretary, today=TODAY)


def test_a_matter_is_taken_and_finished_within_its_working_days(tree, secretary, station, member):
    with pytest.raises(DomainError, match="只填一个"):
        take(station, secretary, member=member)
    with pytest.raises(DomainError, match="只填一个"):
        take(station, secretary, asker=" ")
    held = take(station, secretary, on=date(2026, 11, 20))  # a Friday; three working days after it
    assert held.due_on == date(2026, 11, 25)
    (duty,) = [duty for duty in due_for([tree.ours], TODAY) if "办结" in duty.title]
    assert duty.due_on == held.due_on and "王" not in f"{duty.title}{duty.reason}"
    requests.note(held, words="已问县社保局", on=TODAY, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="办的结果"):
        requests.finish(held, words="", on=TODAY, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="到今天之间"):
        requests.finish(held, words="好", on=NEXT, by=secretary, today=TODAY)
    requests.finish(held, words="已认证", on=TODAY, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="现在是“办结”"):
        requests.withdraw(held, words="不来了", on=TODAY, by=secretary, today=TODAY)
    assert [step.act for step in held.steps.all()] == ["take", "note", "finish"]


def test_who_came_and_why_is_sealed_and_in_no_audit_row(secretary, station):
    held = take(station, secretary, kind="hardship", matter="老伴住院，交不起押金")
    requests.finish(held, words="已转救助申请", on=TODAY, by=secretary, today=TODAY)
    requests.reveal(held, by=secretary)
    told = "".join(f"{row.data}{row.code}" for row in AuditEntry.objects.filter(code__startswith="stations"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_to_string(array_agg(r::text), '') FROM stations_servicerequest r")
        stored = cursor.fetchone()[0]
    for secret in ("王桂兰", "13900001234", "押金", "已转救助"):
        assert secret not in told and secret not in stored
    assert "stations.request.revealed" in told
    assert (held.asker_masked, held.phone_masked) == ("王**", "139****1234")


# ── Sight ───────────────────────────────────────────────────────────────────
def test_a_member_sees_the_stations_of_branch_township_and_county_and_no_others(tree, member, neighbour, reader):
    of = (tree.county, tree.township, tree.ours, tree.neighbours, tree.far)
    county, township, ours, theirs, far = [make_station(place, name=f"{place.code}点") for place in of]
    seen = lambda user: set(Station.objects.visible_to(user))  # noqa: E731
    assert seen(member.user) == {county, township, ours}
    assert seen(neighbour) == {county, township, theirs}
    assert seen(reader) == {county, township, ours, theirs, far}
    assert seen(make_user("外人")) == set()


def test_requests_are_for_who_keeps_the_station_and_who_came(tree, station, secretary, member, reader, neighbour):
    own, other = take(station, secretary, asker="", asker_phone="", member=member), take(station, secretary)
    seen = lambda user: set(ServiceRequest.objects.visible_to(user))  # noqa: E731
    assert seen(secretary) == {own, other} and seen(member.user) == {own}
    assert seen(reader) == seen(neighbour) == set()
