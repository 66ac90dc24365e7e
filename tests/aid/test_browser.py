"""Help on its way in a real browser of 360 px: the branch applies, two levels approve, the notice hangs masked, two pay, it is signed for, the books show it."""

from datetime import timedelta

from django.utils import timezone

from members.care.aid import rules
from members.care.aid.models import Case
from members.care.fund.models import Voucher
from tests.aid.makers import Department, fill_branch, make_line, make_programme
from tests.browser import as_, browser_marks, complaints

pytestmark = browser_marks()


def test_help_goes_its_way_from_the_branch_to_the_hand(phone, tree, member, secretary, committee):
    today, hands = timezone.localdate(), Department(tree.county)
    fill_branch(tree.ours, 4)
    make_programme(start=today)
    make_line(tree.county, by=hands.cashier, second=hands.checker, today=today)

    as_(phone, secretary, "/care/aid/apply/?q=刘明")
    phone.tap(f"a[href*='{member.uid}']")
    phone.tap("[name=programme] option:nth-child(2)")
    phone.tap("[name=amount]").send_keys("2000")
    phone.tap("[name=need]").send_keys("肺部手术，自费两万多元")
    phone.tap("#apply button.btn-primary")
    assert phone.shows(".pp-message", "等党员大会评议")
    case = Case.objects.get()
    page = f"/care/aid/{case.uid}/"
    for name, count in (("entitled", "5"), ("present", "5"), ("in_favour", "5")):
        phone.tap(f"#act-vote [name={name}]").send_keys(count)
    phone.tap("#act-vote button.btn-primary")
    assert phone.shows(".pp-message", "评议结果已登记")

    as_(phone, committee, page)
    phone.tap("#act-review button.btn-primary")
    assert phone.shows(".pp-message", "报县委组织部审批")
    as_(phone, hands.approver, page)
    phone.tap("#act-approve button.btn-primary")
    assert phone.shows(".pp-message", "基金里留出了这笔钱")

    as_(phone, member.user, "/care/aid/notices/")
    assert phone.shows(".pp-record", "刘*") and phone.shows(".pp-record", "2,000.00")
    assert "刘明" not in phone.text(".pp-record") and "手术" not in phone.text("main")

    # The days of the notice go by.
    Case.objects.update(notice_from=today - timedelta(days=9), notice_until=today - timedelta(days=1))
    as_(phone, hands.cashier, page)
    phone.tap("#act-prepare button.btn-primary")
    assert phone.shows(".pp-message", "等另一个人确认")
    as_(phone, hands.checker, page)
    phone.tap("#act-pay button.btn-primary")
    assert phone.shows(".pp-message", "已付款")

    as_(phone, secretary, page)
    phone.tap("#act-sign button.btn-primary")
    assert phone.shows(".pp-message", "签收已登记")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360

    as_(phone, hands.checker, "/care/aid/overview/")
    assert phone.shows("main", "2,000.00")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    case.refresh_from_db()
    as_(phone, hands.checker, f"/care/fund/{case.claim.book.uid}/statement/")
    assert phone.shows("main", "困难救助") and phone.shows("main", "2,000.00")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    assert case.state == rules.FOLLOWING and Voucher.objects.get(kind="payment").amount == 2000
    assert not complaints(phone.driver)
