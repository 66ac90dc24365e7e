"""A round of three calls on a phone of 360 pixels: ticked on the list, one form, and the list shows them done."""

from datetime import date

from members.care.visits.models import Outing, Visit
from members.models import Fact, Office
from tests.browser import as_, axe, browser_marks, complaints
from tests.factories import make_member
from tests.visits.makers import make_due

pytestmark = browser_marks()


def test_three_calls_are_recorded_on_a_phone_in_one_go(phone, tree, secretary):
    people = [make_member(tree.ours, name) for name in ("徐淑珍", "白灵", "汤艳岚", "唐林永")]
    goer = make_member(tree.ours, "高强")
    Office.objects.create(member=goer, organisation=tree.ours, position="secretary", start=date(2020, 1, 1))
    dues = [make_due(person) for person in people]

    as_(phone, secretary, "/care/visits/")
    assert phone.shows(".pp-number[aria-current]", "0/4 已走访")
    before = phone.taps
    for person in people[:3]:
        phone.tap(f"input[name=member][value='{person.uid}']")
    phone.tap("button[form=go]")
    assert phone.shows("h1", "走访 3 人")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    assert not axe(phone.driver)
    phone.tap(f"input[name=goers][value='{goer.uid}']")
    phone.tap(f"[name=found_{people[0].uid}]").send_keys("腿疼，要去县医院")
    phone.tap("[name=brought]").send_keys("米、油各一份")
    phone.tap("button[form=record]")
    assert phone.shows(".pp-message", "已记下走访 3 人")
    assert phone.shows(".pp-number[aria-current]", "3/4 已走访")
    assert phone.taps - before <= 8, "three households in a minute"
    assert Outing.objects.get().round == dues[0].round and Visit.objects.filter(due__isnull=False).count() == 3
    assert Fact.objects.filter(kind="care.visit", member=goer).count() == 3
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    assert not axe(phone.driver) and not complaints(phone.driver)
