"""The whole way once, on real parts: a secretary records on a phone, a worker settles, the member reads why, the county sees it."""

from datetime import date

import pytest
from django.utils import timezone

from points.models import Standing
from points.schemes import default
from points.services import begin_from_template, publish
from tests.browser import Phone, chromium, complaints, needs_chromium
from tests.factories import make_member
from tests.live.processes import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.slow,
    needs_chromium,
]
PASSWORD = "Correct-9horse"


def test_from_a_secretarys_phone_to_the_countys_number(worker, live_server, tree, secretary, department, member):
    draft = begin_from_template(default.TEMPLATE, organisation=tree.county, start=date(2020, 1, 1), by=None)
    draft.items.filter(fact_kind="scheme.base").delete()  # given to all as soon as it is published: here only the meeting counts
    publish(draft, by=None)
    people = [member, *(make_member(tree.ours, f"党员{n:02d}") for n in range(24))]
    today = timezone.localdate()
    with chromium() as driver:
        phone = Phone(driver, live_server.url)
        cockpit = f"{live_server.url}/cockpit/"

        phone.log_in("department", PASSWORD)
        driver.get(cockpit)
        assert phone.shows("main", "还没有积分")

        phone.log_in("secretary", PASSWORD)
        phone.tap(f"main a[href*='kind=theme_day'][href*='month={today:%Y-%m}']")
        for at, state, reason in ((3, "leave", "ill"), (11, "leave", "away"), (19, "absent", None)):
            name = f"roll-{people[at].uid}"
            phone.tap(f"[name='{name}'][value={state}]")
            if reason:
                phone.tap(f"[name='{name}-{state}'][value={reason}]")
        phone.tap("[name=topic]").send_keys("冬季防火和换届准备")
        phone.tap("[value=confirm]")
        assert phone.shows(".pp-message", "已确认")
        wait_until(lambda: Standing.objects.filter(member=member).exists(), what="the member's points")

        phone.log_in("member", PASSWORD)
        driver.get(f"{live_server.url}/points/mine/")
        assert phone.shows(".pp-figure", "3.00", whole=True)  # 2 for the 主题党日, 1 for its two hours of study
        phone.tap(".pp-explain summary")
        opened = phone.text(".pp-explain[open]")
        assert "主题党日：冬季防火和换届准备" in opened
        assert "党员积分管理办法（第 1 版）" in opened
        assert "吕山东" in opened
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 360

        phone.log_in("department", PASSWORD)
        driver.get(cockpit)
        # 22 present × 3 points less one unexplained absence, split into its categories.
        assert phone.shows("#points", "65.00 分")
        assert not complaints(driver)
