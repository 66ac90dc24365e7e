"""A member opens a total on a phone and reads why, in a real browser."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from members.services import facts
from points.settlement import Scope, settle
from tests.browser import AXE, axe, browser_marks, complaints, cookie
from tests.points.makers import deed, make_scheme

pytestmark = browser_marks()

YEAR = timezone.localdate().year - 1


def test_a_member_opens_a_total_and_reads_why(phone, tree, member, secretary, deputy):
    """Two days of 8 of at most 10 a quarter: 10 points, told from the total to the line, to the cap, to who vouches."""
    make_scheme(
        tree.county,
        {"value": Decimal(8), "cap": Decimal(10), "cap_period": "quarter", "article": "第二条"},
        thresholds=[{"name": "一星", "at_least": Decimal(12), "stars": 1}],
        start=date(2020, 1, 1),
    )
    facts.record([deed(member, date(YEAR, 2, 3)), deed(member, date(YEAR, 3, 4))], by=secretary, confirmed_by=deputy)
    settle(Scope(YEAR))
    cookie(phone, member.user)
    phone.driver.get(f"{phone.url}/points/mine/?year={YEAR}")
    assert phone.shows(".pp-total", "10.00") and phone.shows(".pp-grade", "还差 2 分到一星")

    phone.tap("#lines details:nth-of-type(1) summary")  # the latest: what the cap left out
    assert phone.shows("#lines details[open]", "第一季度封顶 10 分") and phone.shows("#lines details[open]", "超出 6 分不计")
    phone.tap("#lines details:nth-of-type(2) summary")
    assert phone.shows("#lines details:nth-of-type(2)", "算上这一笔，theme_day第一季度已用") and phone.shows("#lines", "10/10 分")
    assert phone.shows("#lines details:nth-of-type(2)", "吕山东") and phone.shows("#lines details:nth-of-type(2)", "郑月")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360

    phone.driver.get(f"{phone.url}/points/members/{member.uid}/letter/?period={YEAR}Q1")
    assert phone.shows(".pp-points-letter", "刘明同志") and phone.shows(".pp-points-letter", "10.00")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    if AXE.exists():
        assert axe(phone.driver) == []
    assert complaints(phone.driver) == []
