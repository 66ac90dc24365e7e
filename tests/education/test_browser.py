"""The meeting form on a phone of 360 px, as a secretary uses it: this month's 主题党日 for 25 people in at most 12 taps."""

from datetime import timedelta

import pytest
from django.utils import timezone
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as seen
from selenium.webdriver.support.wait import WebDriverWait

from education.models import Meeting
from members.models import Fact
from partyportal.core.days import chinese_day
from tests.browser import AXE, axe, browser_marks, complaints, cookie, resize
from tests.education.test_services import SILENT, record
from tests.factories import make_member

pytestmark = browser_marks()


def test_a_meeting_of_25_with_3_absences_takes_at_most_12_taps(phone, tree, secretary):
    people = [make_member(tree.ours, f"党员{n:02d}") for n in range(25)]
    phone.driver.get(phone.url + "/login/")
    phone.wait("[name=username]").send_keys("secretary")
    phone.wait("[name=password]").send_keys("Correct-9horse")
    phone.wait("main button[type=submit]").click()
    today = timezone.localdate()
    phone.taps = 0

    phone.tap(f"main a[href*='kind=theme_day'][href*='month={today:%Y-%m}']")
    for at, state, reason in ((3, "leave", "ill"), (11, "leave", "away"), (19, "absent", None)):
        name = f"roll-{people[at].uid}"
        phone.tap(f"[name='{name}'][value={state}]")
        if reason:
            phone.tap(f"[name='{name}-{state}'][value={reason}]")
    phone.tap("[name=topic]").send_keys("冬季防火和换届准备")
    phone.tap("[name=minutes]").send_keys("学习森林防火条例。")
    assert phone.shows("[value=confirm]", "确认到会 22 人", whole=True)
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    phone.tap("[value=confirm]")

    assert phone.shows(".pp-message", "已确认")
    assert phone.taps <= 12, phone.taps
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.kind, meeting.held_on.month) == ("confirmed", "theme_day", today.month)
    assert Fact.objects.standing().filter(kind="meeting.theme_day").count() == 22
    assert Fact.objects.standing().get(kind="meeting.absent").member == people[19]
    assert not complaints(phone.driver)


def test_reasons_open_under_their_choice_and_another_day_reads_the_roll(phone, tree, secretary):
    today = timezone.localdate()
    earlier = today - timedelta(days=40)
    here, newcomer = make_member(tree.ours, "程勇庆"), make_member(tree.ours, "周春", start=today)
    cookie(phone, secretary)
    phone.driver.get(f"{phone.url}/education/record/?organisation={tree.ours.code}&kind=lecture")
    leave = phone.wait(f"[name='roll-{here.uid}-leave']")
    assert not leave.is_displayed()
    phone.tap(f"[name='roll-{here.uid}'][value=leave]")
    assert leave.find_element(By.XPATH, "..").is_displayed()
    phone.tap(f"[name='roll-{here.uid}-leave'][value=other]")
    note = phone.wait(f"[name='roll-{here.uid}-note']")
    assert note.is_displayed()
    phone.wait("[name=topic]").send_keys("学习党章")
    phone.driver.execute_script(
        "const day = document.querySelector('[name=held_on]'); day.value = arguments[0]; day.dispatchEvent(new Event('change', {bubbles: true}))",
        str(earlier),
    )
    WebDriverWait(phone.driver, 20).until(seen.staleness_of(note))
    assert not phone.driver.find_elements(By.CSS_SELECTOR, f"[name='roll-{newcomer.uid}']")
    assert phone.wait(f"[name='roll-{here.uid}'][value=leave]").is_selected()
    assert phone.wait("[name=topic]").get_attribute("value") == "学习党章"
    assert phone.shows("#shown-day", chinese_day(earlier))
    assert phone.shows("[value=confirm]", "确认到会 0 人", whole=True)
    assert not complaints(phone.driver)


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core (make setup)")
def test_every_page_with_its_rows_is_for_everybody(phone, tree, secretary, deputy):
    """What axe finds, on the pages as they are full: an open exception, a refused form, a sheet, the table, hours."""
    people = [make_member(tree.ours, f"党员{n:02d}") for n in range(8)]
    make_member(tree.ours, "潘山洋", is_mobile=True, destination="陕西省西安市")
    day = timezone.localdate()
    meeting = record(tree.ours, secretary, today=day, held_on=day, roll={people[0].pk: SILENT}, confirm=True)
    cookie(phone, secretary)
    found = {}
    for url in (
        f"/education/record/?organisation={tree.ours.code}&kind=lecture",
        f"/education/{meeting.uid}/",
        f"/education/{meeting.uid}/edit/",
        "/education/",
        "/education/compliance/",
        f"/education/compliance/?month={day:%Y-%m}",
        f"/education/hours/?member={people[1].uid}",
    ):
        for width in (360, 1280):
            resize(phone.driver, width, 800)
            phone.driver.get(phone.url + url)
            if "kind=lecture" in url:
                phone.tap(f"[name='roll-{people[2].uid}'][value=leave]")
                phone.driver.execute_script("document.querySelectorAll('.pp-given details').forEach((one) => { one.open = true; })")
            too_wide = phone.driver.execute_script("return document.documentElement.scrollWidth") - width
            faults = axe(phone.driver) + complaints(phone.driver) + ([f"{too_wide} px too wide"] if too_wide > 0 else [])
            if faults:
                found[f"{url} at {width}"] = faults
    assert not found
