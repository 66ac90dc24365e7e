"""An online vote of two on a phone of 360 px: told at home, cast, closed, and its figures read; no page says who chose what."""

import pytest
from django.urls import reverse
from django.utils import timezone

from education.motions import services
from education.motions.models import OpenedBallot
from education.services import record_meeting
from tests.browser import Phone, browser_marks, chromium, complaints, cookie
from tests.factories import make_member, make_user

pytestmark = browser_marks()


@pytest.fixture
def voters(tree):
    people = [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏")]
    for person in people:
        person.user = make_user(person.name)
        person.save(update_fields=["user"])
    return people


def test_two_vote_from_their_homes_and_the_urn_is_opened(tree, secretary, voters, online, live_server):
    today = timezone.localdate()
    meeting = record_meeting(
        organisation=tree.ours, kind="assembly", group=None, held_on=today, topic="讨论修路", roll={}, by=secretary, today=today
    )
    said = {"kind": "decision", "method": "online", "title": "修通村公路"}
    motion = services.move(organisation=tree.ours, meeting=meeting, by=secretary, today=today, **said)
    services.open_vote(motion, by=secretary, today=today)
    with chromium() as driver:
        phone = Phone(driver, live_server.url)
        for person, choice in zip(voters, ("for", "against"), strict=True):
            cookie(phone, person.user)
            driver.get(phone.url + "/")
            assert phone.shows("#duties", "投票：修通村公路")
            phone.tap(f"main a[href='{reverse('motions:vote', args=[motion.uid])}']")
            phone.tap(f"#vote input[value={choice}]")
            phone.tap("button[form=vote]")
            assert phone.shows(".pp-message", "已投票")
            assert driver.execute_script("return document.documentElement.scrollWidth") <= 360
        assert phone.taps == 6, "three each"
        cookie(phone, secretary)
        driver.get(phone.url + reverse("motions:motion", args=[motion.uid]))
        assert phone.shows("main", "已投 2 票")
        phone.tap(f"form[action='{reverse('motions:close', args=[motion.uid])}'] button")
        assert phone.shows("main", "发出 2 张，收回 2 张")
        assert phone.shows("main", "没有超过半数")
        assert OpenedBallot.objects.count() == 2
        cookie(phone, voters[0].user)
        driver.get(phone.url + "/")
        assert phone.shows("h1", "积分"), "nothing waits any more"
        assert not complaints(driver)
