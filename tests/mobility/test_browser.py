"""A mobile member's meeting at the host counting at home, driven on a phone by those who act: home asks, the host accepts and records, home sees it."""

from datetime import date

import pytest
from django.utils import timezone
from selenium.webdriver.common.by import By

from members.mobility.models import Hosting
from members.models import Fact
from points.models import Entry
from points.services import Scope, publish_default, settle
from tests.browser import AXE, axe, browser_marks, complaints, resize
from tests.factories import make_grant, make_member, make_user
from tests.mobility.makers import make_case, make_hosting, make_outflow

PASSWORD = "Correct-9horse"
pytestmark = browser_marks()


def test_what_the_host_records_counts_at_home_once(phone, tree, secretary):
    today = timezone.localdate()
    publish_default(tree.county, start=date(2020, 1, 1), by=None)
    guest = make_member(tree.ours, "潘山洋", user=make_user("潘山洋", username="pan"))
    outflow = make_outflow(guest, secretary, today=today)
    host = make_user("石书记", username="host")
    make_grant(host, tree.far, "secretary")
    for name in ("石强", "石大方"):
        make_member(tree.far, name)

    phone.log_in("secretary", PASSWORD)
    phone.driver.get(f"{phone.url}/members/mobility/out/{outflow.uid}/")
    phone.tap("a[href$='/hosting/']")
    phone.wait("[name=host]").send_keys("石柳村党支部")
    phone.tap("main button[type=submit]")
    assert phone.shows(".pp-message", "已请石柳村党支部接收")

    phone.log_in("host", PASSWORD)
    hosting = Hosting.objects.get()
    phone.tap("main details.pp-later summary")  # due in a fortnight: folded on a phone
    phone.tap(f"main a[href='/members/mobility/hosting/{hosting.uid}/']")
    phone.tap("form[action$='/accept/'] button")
    assert phone.shows(".pp-message", "已接收")
    phone.driver.get(f"{phone.url}/education/record/?organisation={tree.far.code}&kind=theme_day")
    name = f"roll-{guest.uid}"
    assert phone.shows("[value=confirm]", "确认到会 2 人", whole=True)
    phone.tap(f"[name='{name}'][value=guest]")
    assert phone.shows("[value=confirm]", "确认到会 2 人", whole=True), "a guest is outside 应到 and 实到"
    phone.tap("[name=topic]").send_keys("清理河道")
    phone.tap("[value=confirm]")
    assert phone.shows(".pp-message", "已确认")
    assert phone.shows("main", "潘山洋（高家杨村党支部）")
    settle(Scope(today.year))

    phone.log_in("secretary", PASSWORD)
    phone.driver.get(f"{phone.url}/members/{guest.uid}/")
    assert phone.shows("main", "主题党日：清理河道（在石柳村党支部参加）")

    phone.log_in("pan", PASSWORD)
    phone.driver.get(f"{phone.url}/points/mine/")
    assert "清理河道（在石柳村党支部参加）" in phone.wait("main").get_attribute("textContent")

    fact = Fact.objects.standing().get(kind="meeting.theme_day", member=guest)
    assert fact.organisation == tree.ours
    assert Entry.objects.filter(member=guest, fact=fact).count() == 1
    assert not complaints(phone.driver)


def test_a_contact_is_logged_in_two_taps(phone, tree, secretary):
    today = timezone.localdate()
    outflow = make_outflow(make_member(tree.ours, "潘山洋"), secretary, today=today)
    phone.log_in("secretary", PASSWORD)
    phone.driver.get(f"{phone.url}/members/mobility/out/{outflow.uid}/contact/")
    phone.taps = 0
    phone.tap("[name=outcome][value=reached]")
    phone.tap("button[form=contact-form]")
    assert phone.shows(".pp-message", "已记下")
    assert phone.taps == 2
    assert outflow.member.contacts.get().day == today


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core (make setup)")
def test_every_page_is_for_everybody(phone, tree, secretary):
    today = timezone.localdate()
    outflow = make_outflow(make_member(tree.ours, "潘山洋"), secretary, today=today, place_fixed=True)
    make_outflow(make_member(tree.ours, "陈辉文"), secretary, today=today, province="44", city="东莞市", county="")
    hosting = make_hosting(outflow, tree.far, secretary, today=today)
    case = make_case(make_member(tree.ours, "唐林永"), secretary, today=today)
    phone.log_in("secretary", PASSWORD)
    base, found = "/members/mobility/", {}
    pages = ["", "?tab=in", "?tab=lost", "?tab=silent", "?tab=mobile", "out/new/", f"out/{outflow.uid}/", f"out/{outflow.uid}/contact/"]
    pages += [f"out/{outflow.uid}/end/", f"out/{outflow.uid}/attest/", f"hosting/{hosting.uid}/", "in/new/", f"lost/{case.uid}/"]
    for page in pages:
        for width in (360, 1280):
            resize(phone.driver, width, 800)
            phone.driver.get(phone.url + base + page)
            phone.driver.execute_script("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
            too_wide = phone.driver.execute_script("return document.documentElement.scrollWidth") - width
            faults = axe(phone.driver) + complaints(phone.driver) + ([f"{too_wide} px too wide"] if too_wide > 0 else [])
            if faults:
                found[f"{page} at {width}"] = faults
    assert not found
    assert phone.driver.find_element(By.TAG_NAME, "main")
