"""An objection on its way in a real browser: the member objects on a phone, the secretary hears, the committee decides, the member sees both lines."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from points.publicity import rules, services
from points.publicity.models import Objection
from points.services import confirm_award, file_award, settle_owed
from tests.browser import as_, browser_marks, complaints
from tests.points.makers import make_scheme

pytestmark = browser_marks()


def test_an_objection_travels_to_its_correction(phone, tree, member, secretary, deputy, committee):
    today = timezone.localdate()
    year, quarter = rules.last_ended(today)
    day = rules.first_day(year, quarter) + timedelta(days=9)
    item = {"code": "volunteer", "fact_kind": "manual.volunteer", "value": Decimal(1), "manual": True}
    scheme = make_scheme(tree.county, item, start=rules.first_day(year, 1))
    filed = {"title": "护林巡查", "evidence": "值班表", "item": scheme.items.get(), "units": Decimal(4), "day": day, "today": today}
    confirm_award(file_award(member=member, by=secretary, **filed), by=deputy, today=day)
    services.publish(tree.ours, year=year, quarter=quarter, by=secretary, today=today)

    as_(phone, member.user, f"/points/mine/?year={year}")
    before = phone.taps
    phone.tap(".pp-explain > summary")
    phone.tap(".pp-explain[open] a.btn")  # 这笔有异议
    phone.tap("[name=what]").send_keys("是 6 小时，少记了 2 小时")
    phone.tap("#object button.btn-primary")
    assert phone.taps - before == 4
    assert phone.shows("main", "等支部听取")
    one = Objection.objects.get()

    as_(phone, secretary, f"/points/publications/objections/{one.uid}/")
    phone.tap("#act-hear [name=note]").send_keys("问了林场，值班表上是 6 小时")
    phone.tap("#act-hear button.btn-primary")
    assert phone.shows("main", "要由别人决定")

    as_(phone, committee, f"/points/publications/objections/{one.uid}/")
    units = phone.tap("#act-accept [name=units]")
    units.clear()
    units.send_keys("6")
    phone.tap("#act-accept [name=note]").send_keys("值班表属实")
    phone.tap("#act-accept button.btn-primary")
    assert phone.shows(".pp-message", "已决定成立")
    settle_owed()

    as_(phone, member.user, f"/points/publications/objections/{one.uid}/")
    assert phone.shows("#lines", "+4.00") and phone.shows("#lines", "+2.00") and phone.shows("#lines", "更正")
    phone.driver.get(f"{phone.url}/points/publications/mine/")
    assert phone.shows("#now", "公示 4.00，现为 6.00")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    assert not complaints(phone.driver)
