"""A record survives a dead network: written on a phone without one, it arrives once when it is back."""

import re
import socket
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from selenium.webdriver.support.wait import WebDriverWait

from education.models import Meeting
from members.models import Fact
from partyportal.core.errors import DomainError
from tests.at_once import at_once
from tests.browser import Phone, chromium, complaints, cookie, needs_chromium
from tests.education.test_services import record
from tests.factories import make_member


class Wire:
    """The cable between the phone and the server. Cut, nothing passes, the worker's own requests neither (which CDP's emulation lets through)."""

    def __init__(self, url: str):
        self.target = (urlsplit(url).hostname, urlsplit(url).port)
        self.is_cut, self.open = False, set()
        self.door = socket.create_server(("localhost", 0))
        self.url = f"http://localhost:{self.door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self):
        self.is_cut = True
        for one in list(self.open):
            self._end(one)

    def mend(self):
        self.is_cut = False

    def close(self):
        self.cut()
        self.door.close()

    def _serve(self):
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:  # closed: the test is over
                return
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(self.target)
            self.open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source, sink):
        try:
            while some := source.recv(65536):
                sink.sendall(some)
        except OSError:
            pass  # cut on the way
        for one in (source, sink):
            self._end(one)

    def _end(self, one):
        self.open.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@pytest.fixture
def wire(live_server):
    wire = Wire(live_server.url)
    yield wire
    wire.close()


@contextmanager
def no_network(phone, wire):
    """The phone knows it is offline, and nothing passes."""
    wire.cut()
    emulate(phone, offline=True)
    yield
    wire.mend()
    emulate(phone, offline=False)


def emulate(phone, *, offline):
    phone.driver.execute_cdp_cmd("Network.enable", {})
    phone.driver.execute_cdp_cmd(
        "Network.emulateNetworkConditions", {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    )


def kept(phone) -> list[str]:
    return phone.driver.execute_script("return Object.keys(localStorage).filter((key) => key.startsWith('pp-draft:'))")


def until(phone, script: str):
    return WebDriverWait(phone.driver, 20).until(lambda driver: driver.execute_script(f"return {script}"))


@needs_chromium
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_draft_written_with_the_network_off_arrives_once_when_it_is_back(live_server, wire, tree, secretary, deputy):
    people = [make_member(tree.ours, f"党员{n:02d}") for n in range(6)]
    form = f"{wire.url}/education/record/?organisation={tree.ours.code}&kind=theme_day"
    with chromium() as driver:
        phone = Phone(driver, wire.url)
        cookie(phone, secretary)
        driver.get(form)
        phone.wait("form[data-pp-shell=kept]")  # opened once with a network

        with no_network(phone, wire):
            driver.get(form)
            assert phone.shows("#pp-offline", "没有网络也能记")
            phone.wait("[name=topic]").send_keys("冬季防火")
            phone.tap(f"[name='roll-{people[2].uid}'][value=leave]")
            phone.tap(f"[name='roll-{people[2].uid}-leave'][value=ill]")
            until(phone, "Object.keys(localStorage).some((key) => key.startsWith('pp-draft:') && localStorage[key].includes('ill'))")

            driver.refresh()  # the page is put away and opened again, still without
            assert phone.shows("#pp-offline", "接着上次没写完的")
            assert phone.wait("[name=topic]").get_attribute("value") == "冬季防火"
            assert phone.wait(f"[name='roll-{people[2].uid}'][value=leave]").is_selected()
            assert driver.execute_script("return document.documentElement.scrollWidth") <= 360
            phone.tap("[value=confirm]")
            assert phone.shows("#pp-offline", "没有网络，已存在这台手机上，有网后会自动发送")
            assert not Meeting.objects.exists()
            complaints(driver)  # a browser tells of each request that found no network

        # Back: it goes by itself, and leads to the record.
        assert phone.shows("main", "主题党日记录")
        meeting = Meeting.objects.get()
        assert (meeting.state, meeting.topic, meeting.attendances.get(member=people[2]).reason) == ("confirmed", "冬季防火", "ill")
        assert not kept(phone)
        assert Fact.objects.standing().filter(kind="meeting.theme_day").count() == 5

        # Opened again without a network the kept page is another record; another user of the phone sees nothing of it.
        with no_network(phone, wire):
            driver.get(form)
            assert phone.wait("[name=topic]").get_attribute("value") == ""
            phone.wait("[name=topic]").send_keys("还没开完")
            until(phone, "Object.keys(localStorage).some((key) => key.startsWith('pp-draft:') && localStorage[key].includes('还没开完'))")
        driver.delete_all_cookies()
        cookie(phone, deputy)
        driver.get(form)
        assert phone.wait("[name=topic]").get_attribute("value") == ""
        assert "还没开完" not in driver.page_source
        assert len(kept(phone)) == 1  # it waits for whoever wrote it

        # Logging out empties the phone: the kept pages, one's own drafts, and by the server's word all else.
        driver.get(f"{wire.url}/more/")
        phone.tap("main form[action='/logout/'] button")
        phone.wait("[name=password]")
        assert until(phone, "caches.keys().then((names) => names.length === 0)")
        assert not kept(phone)
        driver.get("about:blank")
    assert Meeting.objects.count() == 1


@needs_chromium
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_only_looks_alive_loses_nothing_and_a_refusal_shows_what_was_typed(live_server, wire, tree, secretary):
    make_member(tree.ours, "程勇庆")
    form = f"{wire.url}/education/record/?organisation={tree.ours.code}&kind=lecture"
    with chromium() as driver:
        phone = Phone(driver, wire.url)
        cookie(phone, secretary)
        driver.get(form)
        phone.wait("form[data-pp-shell=kept]")
        until(phone, "navigator.serviceWorker.controller !== null")
        phone.wait("[name=topic]").send_keys("学习党章")
        wire.cut()  # the phone believes it is online
        phone.tap("[value=confirm]")
        assert phone.shows("#pp-offline", "没有网络，已存在这台手机上")
        assert phone.wait("[name=topic]").get_attribute("value") == "学习党章"

        # Meanwhile somebody else has recorded that meeting: sent by the button, it is refused in words and nothing typed is lost.
        record(tree.ours, secretary, kind="lecture", held_on=timezone.localdate(), today=timezone.localdate(), topic="别人记的")
        wire.mend()
        phone.tap("#pp-offline button")
        assert phone.shows("#pp-offline", "没有收下")
        assert phone.shows("#pp-offline", "已经有记录")
        assert phone.wait("[name=topic]").get_attribute("value") == "学习党章"
        assert len(kept(phone)) == 1
        driver.get("about:blank")
    assert Meeting.objects.count() == 1


def asked(tree, client, **said):
    """What the form sends, as its page proposes it."""
    url = f"{reverse('education:record')}?organisation={tree.ours.code}&kind=theme_day"
    uid = re.search(r'name="uid" value="([^"]+)"', client.get(url).content.decode())[1]
    return url, {"uid": uid, "held_on": f"{timezone.localdate()}", "topic": "冬季防火", "study_hours": "2", "act": "confirm"} | said


def test_sent_twice_one_meeting_and_the_page_says_so(tree, secretary):
    make_member(tree.ours)
    client = Client()
    client.force_login(secretary)
    url, said = asked(tree, client)
    first, second = (client.post(url, said) for _ in range(2))
    assert first.url == second.url
    assert "已经收到过，没有再记一次" in client.get(second.url).content.decode()
    assert Meeting.objects.count() == 1


def test_a_form_used_up_in_another_branch_is_refused(tree, secretary):
    make_member(tree.ours)
    make_member(tree.neighbours)
    uid = uuid4()
    record(tree.ours, secretary, uid=uid)
    assert record(tree.ours, secretary, uid=uid, topic="又一次").topic == "冬季防火"
    with pytest.raises(DomainError, match="用在别的支部"):
        record(tree.neighbours, secretary, uid=uid)
    assert Meeting.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_by_two_phones_at_the_same_moment_is_one_meeting(tree, secretary):
    make_member(tree.ours)
    uid = uuid4()
    told = at_once(*(lambda: record(tree.ours, secretary, uid=uid, confirm=True) for _ in range(3)))
    assert {one.pk for one in told} == {Meeting.objects.get().pk}
    assert Fact.objects.standing().count() == 2


def test_the_worker_is_served_for_the_room_alone(client):
    answer = client.get(reverse("education:worker"))
    assert (answer.headers["Content-Type"].partition(";")[0], answer.headers["Service-Worker-Allowed"]) == (
        "text/javascript",
        "/education/",
    )


def test_logging_out_empties_the_phone(tree, secretary):
    client = Client()
    client.force_login(secretary)
    assert client.post(reverse("core:logout")).headers["Clear-Site-Data"] == '"storage"'
