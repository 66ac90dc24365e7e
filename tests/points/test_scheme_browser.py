"""An officer copies the rules, raises one cap, sees whom it moves, and publishes from a day, in a real browser."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from points.models import Scheme
from points.settlement import Scope, settle
from tests.browser import AXE, axe, browser_marks, complaints, cookie
from tests.factories import make_member
from tests.live.processes import wait_until
from tests.points.makers import deed, happened, make_scheme, total

pytestmark = browser_marks(databases=["default", "progress"])

TODAY = timezone.localdate()
YEAR = TODAY.year


def test_an_officer_raises_one_cap_and_sees_whom_it_moves(phone, tree, member, department):
    """Four days of 2 under a cap of 4; one of 2. Raised to 6, the first has two more and the other what they had."""
    other = make_member(tree.far, "石不动")
    base = {"code": "base", "name": "基础分", "fact_kind": "scheme.base", "value": Decimal(5)}
    make_scheme(tree.county, base, {"article": "第二条", "cap": Decimal(4), "cap_period": "year"}, start=date(YEAR, 1, 1))
    happened(*(deed(member, date(YEAR, 1, day)) for day in (1, 2, 3, 4)), deed(other, date(YEAR, 1, 1)))
    settle(Scope(YEAR))
    assert (total(member), total(other)) == (4, 2)

    cookie(phone, department)
    phone.driver.get(f"{phone.url}/points/schemes/")
    phone.tap("table a[href*='/points/schemes/']")
    phone.tap("a[href*='origin=']")
    phone.wait("[name=start]")
    phone.driver.execute_script("document.querySelector('[name=start]').value = arguments[0]", f"{YEAR}-01-02")
    phone.tap("main form button.btn-primary")
    wait_until(lambda: Scheme.objects.filter(published_at=None).exists(), what="the draft")
    draft = Scheme.objects.get(published_at=None)

    phone.driver.get(f"{phone.url}/points/schemes/{draft.uid}/")
    phone.tap("#item-theme_day a[href*='/item/theme_day/']")
    field = phone.wait("[name=cap]")
    field.clear()
    field.send_keys("6")
    phone.tap("main form button.btn-primary")
    assert phone.shows("#item-theme_day", "6")

    phone.driver.get(f"{phone.url}/points/schemes/{draft.uid}/simulation/")
    phone.tap("main form button.btn-primary")
    assert phone.shows(".pp-numbers", "多得分")
    assert phone.shows("#simulated", member.name)
    phone.driver.get(f"{phone.url}/points/schemes/{draft.uid}/simulation/?show=gain")
    assert phone.shows("#simulated", "+2.00") and other.name not in phone.text("#simulated")
    phone.tap(f"#simulated a[href*='{member.uid}']")
    assert phone.shows("main", "项目封顶")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    if AXE.exists():
        assert axe(phone.driver) == []

    phone.driver.get(f"{phone.url}/points/schemes/{draft.uid}/publish/")
    assert phone.shows("#trial", "没有人吃亏")
    phone.tap(".pp-bar button.btn-primary, form button.btn-primary")
    wait_until(lambda: Scheme.objects.filter(pk=draft.pk, published_at__isnull=False).exists(), what="the publication")
    settle(Scope(YEAR))
    assert (total(member), total(other)) == (6 + 5, 2 + 5), "what the trial said, and the base that the publication opened"
    assert complaints(phone.driver) == []
