"""A call from its notice to the register in a real browser of 360 px: five people, each on the day that is theirs."""

import pytest
from django.urls import reverse
from django.utils import timezone

from points.honours.models import Call, Honour, Nomination
from tests.browser import AXE, axe, browser_marks, complaints, cookie
from tests.honours.makers import CLOSES, DECIDED, ISSUED, NOMINATED, PUBLIC_FROM, REVIEWED, VOTE
from tests.live.processes import wait_until

pytestmark = browser_marks(databases=["default", "progress"])


@pytest.fixture
def enters(phone, monkeypatch):
    """Somebody opens an address on a day: the server runs in this process, so its today is ours."""

    def enter(user, day, path):
        monkeypatch.setattr(timezone, "localdate", lambda *args: day)
        cookie(phone, user)
        phone.driver.get(f"{phone.url}{path}")

    return enter


def write(phone, **said):
    """Fill fields by name as a script does; what a finger would type is tested where typing matters."""
    for name, value in said.items():
        phone.wait(f"[name={name}]")
        phone.driver.execute_script(
            "const f = document.querySelector(`[name=${arguments[0]}]`); f.value = arguments[1]; f.dispatchEvent(new Event('change', {bubbles: true}))",
            name,
            str(value),
        )


def test_from_the_notice_to_the_register(phone, enters, tree, cast, person):
    enters(cast.department, ISSUED, reverse("honours:new"))
    write(phone, kind="outstanding_member", title="全县优秀共产党员", document_number="清组通〔2026〕18号", quota=5)
    write(phone, closes_on=CLOSES, words="先锋模范，群众公认")
    phone.tap("main form button.btn-primary")
    assert phone.shows("h1", "全县优秀共产党员")
    call = Call.objects.get()
    place = reverse("honours:call", args=[call.uid])

    enters(cast.secretary, NOMINATED, place)
    phone.tap(".pp-acts a[href$='/nominate/']")
    write(phone, member=person.uid, deeds="带领八户群众种花椒", **{key: VOTE[key] for key in ("met_on", "entitled", "present")})
    write(phone, in_favour=10)  # half of twenty is not more than half
    phone.tap("main form button.btn-primary")
    assert phone.shows(".pp-error, .invalid-feedback", "至少 11 人") and not Nomination.objects.exists()
    assert all("422" in said for said in complaints(phone.driver))
    assert phone.wait("[name=deeds]").get_attribute("value") == "带领八户群众种花椒", "what was typed stays"
    write(phone, in_favour=14)
    phone.tap("main form button.btn-primary")
    assert phone.shows("main", "等上一级")

    enters(cast.committee, REVIEWED, place)
    phone.tap("table a[href*='/nominations/']")
    phone.tap("#turn button.btn-primary")
    assert phone.shows("h1", "审核通过")

    enters(cast.department, PUBLIC_FROM, place)
    write(phone, public_at="各支部公开栏；县委组织部组织股")
    phone.tap("#turn button.btn-primary")
    assert phone.shows("h1", "公示中")
    phone.tap(".pp-acts a[href$='/notice/']")
    assert phone.shows(".pp-sheetpage", person.name) and phone.shows(".pp-sheetpage", "2026年6月9日")
    if AXE.exists():
        assert axe(phone.driver) == []

    enters(cast.department, DECIDED, place)
    write(phone, decision_number="清委〔2026〕12号")
    phone.tap("#turn button.btn-primary")
    wait_until(lambda: Honour.objects.exists(), what="the honour")
    phone.driver.get(phone.url + reverse("honours:register"))
    assert phone.shows("#register", person.name) and phone.shows("#register", "全县优秀共产党员")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    assert complaints(phone.driver) == []
