"""The pages of 服务阵地: what each says, what is refused stays typed, and what a page costs at one row and at many."""

from datetime import datetime, time, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from members.care.stations.duties import due
from members.care.stations.models import Booking, ServiceRequest, Station
from members.care.stations.services import requests, standards
from members.care.stations.services.times import put_on_duty
from partyportal.core.errors import DomainError
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member
from tests.stations.makers import ask, found, make_room, make_station, take


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def station(tree, today):
    return make_station(tree.ours, today=today)


def page(client, name, *args, **query):
    return client.get(reverse(f"stations:{name}", args=args), query)


def test_the_list_says_open_or_not_and_costs_the_same_at_thirty(client, tree, committee, station, today):
    client.force_login(committee)
    make_room(station)
    take(station, committee, on=today)
    standards.check(station, found=found(station), day=today, by=committee, today=today)
    with fits_budget("stations:stations"):
        told = page(client, "stations").content.decode()
    assert station.name in told and ("开着" in told or "还没开" in told or "今天" in told)
    for number in range(30):
        one = make_station(tree.neighbours, name=f"{number} 号点", today=today)
        standards.check(one, found=found(one), day=today, by=committee, today=today)
        take(one, committee, on=today)
    with fits_budget("stations:stations"):
        assert "符合" in page(client, "stations").content.decode()
    with fits_budget("stations:standards"):
        assert "31" in page(client, "standards").content.decode()
    with fits_budget("stations:requests"):
        assert "王**" in page(client, "requests").content.decode()
    sheet = openpyxl.load_workbook(BytesIO(b"".join(page(client, "stations", format="xlsx").streaming_content))).active
    assert sheet.max_row == 32 and sheet["A1"].value == "党组织"
    both = sum(page(client, "stations", now=now).context["page"].paginator.count for now in ("open", "closed"))
    assert both == 31


def test_a_station_tells_its_week_and_costs_the_same_when_full(client, tree, secretary, station, today):
    client.force_login(secretary)
    room = make_room(station)
    with fits_budget("stations:station"):
        page(client, "station", station.uid)
    for n in range(6):
        put_on_duty(station, member=make_member(tree.ours, f"高{n}"), weekday=n, start=today, by=secretary)
        take(station, secretary, on=today)
    with fits_budget("stations:station"):
        told = page(client, "station", station.uid).content.decode()
    assert "高0" in told and "办事登记" in told
    for hour in range(9, 18):
        ask(room, secretary, day=today + timedelta(days=1), begins=hour, ends=hour + 1, now=timezone.now())
    week = (today + timedelta(days=1)).isoformat()
    with fits_budget("stations:bookings"):
        assert "主题党日" in page(client, "bookings", station.uid, week=week).content.decode()


def test_a_member_asks_from_home_and_reads_how_far_it_is(client, tree, secretary, member, station, today):
    client.force_login(member.user)
    ask_url = reverse("stations:request_ask", args=[station.uid])
    assert ask_url in page(client, "station", station.uid).content.decode()
    empty = client.post(ask_url, {"kind": "hardship", "matter": "  "})
    assert empty.status_code == 422 and not ServiceRequest.objects.exists()
    assert client.post(ask_url, {"kind": "hardship", "matter": "母亲住院"}).status_code == 302
    held = ServiceRequest.objects.get()
    assert (held.member, held.taken_by, held.taken_on, held.steps.get().act) == (member, None, today, "ask")
    again = client.post(ask_url, {"kind": "hardship", "matter": "再问一次"})
    assert again.status_code == 422 and "还有一件困难申请没有办结" in again.content.decode() and "再问一次" in again.content.decode()
    shown = page(client, "request", held.uid).content.decode()
    assert "网上申请" in shown and "不办了" in shown
    assert [duty.title for duty in due(secretary, today) if "困难申请" in duty.title] == [f"办结{station}的困难申请"]

    client.force_login(secretary)
    client.post(reverse("stations:request_act", args=[held.uid, "note"]), {"words": "带诊断书来", "on": today.isoformat()})
    assert member.user.notices.get().title == "困难申请：补记"
    client.force_login(member.user)
    assert "带诊断书来" in page(client, "request", held.uid).content.decode()
    gone = client.post(reverse("stations:request_act", args=[held.uid, "withdraw"]), {"words": "", "on": today.isoformat()})
    assert gone.status_code == 422 and "写上为什么不办了" in gone.content.decode()
    client.post(reverse("stations:request_act", args=[held.uid, "withdraw"]), {"words": "已经出院", "on": today.isoformat()})
    held.refresh_from_db()
    assert held.state == "withdrawn" and member.user.notices.count() == 1


def test_a_member_finishes_nothing_and_asks_no_station_that_does_not_serve_them(client, tree, member, station, secretary, today):
    held = take(station, secretary, on=today, member=member, asker="", asker_phone="")
    far = make_station(tree.far, today=today)
    client.force_login(member.user)
    for act in ("finish", "note"):
        done = client.post(reverse("stations:request_act", args=[held.uid, act]), {"words": "办好了", "on": today.isoformat()})
        assert done.status_code == 403
    assert client.get(reverse("stations:request_ask", args=[far.uid])).status_code == 404
    with pytest.raises(DomainError, match="不管你的支部"):
        requests.ask(far, kind=held.kind, matter="问一件事", member=member, by=member.user, today=today)
    with pytest.raises(DomainError, match="只能为自己"):
        requests.ask(station, kind=held.kind, matter="问一件事", member=make_member(tree.ours), by=member.user, today=today)


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31", "2026-13-45", "x"])
def test_a_week_out_of_the_calendar_is_this_week(client, secretary, station, week):
    make_room(station)
    client.force_login(secretary)
    answer = page(client, "bookings", station.uid, week=week)
    assert answer.context["monday"] <= timezone.localdate() <= answer.context["sunday"]


def test_under_a_township_somebody_is_put_on_duty_by_name(client, tree, committee, today):
    """Of a branch's few one is chosen; of a township's thousands one is named, and the page lists none of them."""
    one, _ = make_member(tree.ours, "徐淑珍"), make_member(tree.ours, "白灵")
    centre = make_station(tree.township, kind="township_station", today=today)
    client.force_login(committee)
    url = reverse("stations:roster", args=[centre.uid])
    assert "白灵" not in client.get(url).content.decode()
    refused = client.post(url, {"member": "徐淑真", "start": today.isoformat()})
    assert refused.status_code == 422 and "没有找到徐淑真" in refused.content.decode()
    assert client.post(url, {"member": "徐淑珍", "start": today.isoformat()}).status_code == 302
    assert centre.spells.get().member == one
    late = client.post(url, {"member": "白灵", "start": today.isoformat(), "last": "9999-12-31"})
    assert late.status_code == 422 and "年份不对" in late.content.decode()


def test_a_member_books_reads_that_it_is_taken_and_sees_no_names(client, tree, secretary, member, station, today):
    room = make_room(station)
    day = next(today + timedelta(days=n) for n in range(3, 12) if (today + timedelta(days=n)).weekday() == 2)
    other = make_member(tree.ours, "袁强明")
    Booking.objects.create(
        room=room, organisation=tree.ours, member=other, purpose="支委会谈", people=5, asked_by=secretary,
        starts_at=timezone.make_aware(datetime.combine(day, time(9))), ends_at=timezone.make_aware(datetime.combine(day, time(11))),
    )  # fmt: skip
    client.force_login(member.user)
    told = page(client, "bookings", station.uid, week=day.isoformat()).content.decode()
    assert "已有人约" in told and "支委会谈" not in told and "袁强明" not in told
    said = {"room": room.uid, "day": day, "begins": "10:00", "ends": "11:30", "purpose": "学习小组", "people": 6}
    refused = client.post(reverse("stations:booking_new", args=[station.uid]), said)
    assert refused.status_code == 422 and 'value="学习小组"' in refused.content.decode()
    assert "最近的空当" in refused.content.decode()
    made = client.post(reverse("stations:booking_new", args=[station.uid]), said | {"begins": "15:00", "ends": "16:00"})
    assert made.status_code == 302
    booking = Booking.objects.get(purpose="学习小组")
    assert (booking.state, booking.organisation, booking.member) == ("asked", tree.ours, member)


def test_a_check_is_filled_in_refused_and_reported(client, secretary, station, today):
    client.force_login(secretary)
    url = reverse("stations:check_new", args=[station.uid])
    items = list(found(station))
    said = {"day": today} | {f"item_{pk}": "present" for pk in items[1:]} | {f"item_{items[0]}": "absent"}
    refused = client.post(url, said)
    assert refused.status_code == 422 and "写上缺什么" in refused.content.decode()
    assert client.post(url, said | {f"note_{items[0]}": "没有牌子", f"mend_{items[0]}": today + timedelta(days=20)}).status_code == 302
    told = client.get(reverse("stations:check", args=[station.checks.get().uid])).content.decode()
    assert "没有牌子" in told and "等审核" in told


def test_the_hours_are_set_on_the_page_and_a_fault_stands_at_its_day(client, secretary, station, today):
    client.force_login(secretary)
    url = reverse("stations:hours", args=[station.uid])
    refused = client.post(url, {"start": today, "am_open_0": "09:00"})
    assert refused.status_code == 422 and "开和关都要写" in refused.content.decode()
    assert client.post(url, {"start": today, "am_open_0": "09:00", "am_close_0": "12:00"}).status_code == 302
    assert "09:00–12:00" in client.get(url).content.decode()


def test_empty_pages_say_what_to_do(client, tree, secretary, member):
    client.force_login(secretary)
    assert "启用阵地" in page(client, "stations").content.decode()
    assert "还没有办事登记" in page(client, "requests").content.decode()
    client.force_login(member.user)
    assert "还没有登记阵地" in page(client, "stations").content.decode()
    assert not Station.objects.exists()


def test_a_villager_is_named_whole_only_on_asking(client, secretary, station, today):
    held = take(station, secretary, on=today)
    client.force_login(secretary)
    told = page(client, "request", held.uid).content.decode()
    assert "王**" in told and "139****1234" in told and "王桂兰" not in told
    told = client.post(reverse("stations:request_reveal", args=[held.uid])).content.decode()
    assert "王桂兰" in told and "13900001234" in told


def test_only_whom_a_station_serves_is_offered_to_ask_there(client, tree, member, station, today):
    """Who sees more of the tree by a post is still served by their own branch's station."""
    make_grant(member.user, tree.county, "reader")
    far = make_station(tree.far, today=today)
    client.force_login(member.user)
    assert [page(client, "station", one.uid).context["may_ask"] for one in (station, far)] == [True, False]
    member.left_on = today
    assert not station.answers_to(member), "who has left is no longer served"
