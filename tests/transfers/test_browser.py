"""A whole transfer between two townships in a real browser, by the four who act: 高家杨村 → 山门镇 → 白驼镇 → 石柳村."""

import pytest
from django.utils import timezone
from selenium.webdriver.common.by import By

from members.transfers.models import Transfer
from tests.browser import AXE, as_, axe, browser_marks, complaints, resize
from tests.transfers.makers import applied, arrived, travelling

pytestmark = browser_marks()


def test_a_whole_transfer_between_two_townships_by_the_roles_that_act(phone, tree, cast, person):
    month = timezone.localdate().replace(day=1)

    # 支部书记 A finds the member and applies; that is the branch's consent as well.
    as_(phone, cast.secretary, "/members/transfers/apply/?q=psy")
    phone.tap(f"a[href*='{person.uid}']")
    phone.tap("[name=to_branch]").send_keys("石柳村党支部")
    phone.tap("[name=reason] option[value=work]")
    phone.driver.execute_script("document.querySelector('[name=dues_until]').value = arguments[0]", f"{month:%Y-%m}")
    phone.tap("[name=note]").send_keys("调到白驼镇中心小学")
    phone.tap("main form button.btn-primary")
    assert phone.shows(".pp-message", "等党委审批") and phone.shows("#turn", "等山门镇党委审批")

    # 基层党委 A finds it on its home, writes the letter, and looks at it.
    as_(phone, cast.committee)
    phone.tap("#own-duties .pp-duty a")
    assert phone.wait("[name=days]").get_attribute("value") == "10"
    phone.tap("#act-approve button.btn-primary")
    assert phone.shows("#turn", "等白驼镇党委审核接收")
    transfer = Transfer.objects.get()
    phone.driver.get(f"{phone.url}/members/transfers/{transfer.uid}/letter/")
    assert phone.shows(".pp-letter", "中国共产党党员组织关系介绍信")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360

    # Somebody at the counter asks whether the paper is true, without logging in.
    phone.driver.delete_all_cookies()
    phone.driver.get(f"{phone.url}/members/transfers/verify/")
    phone.tap("[name=code]").send_keys(transfer.letters.get().shown_code)
    phone.tap("main button.btn-primary")
    assert phone.shows("#answer h2", "真", whole=True) and phone.shows("#answer", "潘**")

    # 基层党委 B receives it.
    as_(phone, cast.far_committee)
    phone.tap("#own-duties .pp-duty a")
    phone.tap("#act-receive button.btn-primary")
    assert phone.shows("#turn", "等石柳村党支部编入支部")
    person.refresh_from_db()
    assert person.branch == tree.ours, "the old branch is responsible until the member is placed"

    # 支部书记 B places the member.
    as_(phone, cast.far_secretary)
    phone.tap(f"a[href='/members/transfers/{transfer.uid}/']")
    phone.tap("#act-place button.btn-primary")
    assert phone.shows(".pp-message", "已编入支部")
    person.refresh_from_db()
    assert person.branch == tree.far

    # 基层党委 A files the receipt; 书记 A sees the end of it.
    as_(phone, cast.committee)
    phone.tap("#own-duties .pp-duty a")
    phone.tap("#act-archive button.btn-primary")
    assert phone.shows(".pp-message", "办结")
    as_(phone, cast.secretary, "/members/transfers/?tab=done")
    assert phone.shows("#transfers tbody", "潘山洋") and phone.shows("#transfers tbody", "已办结")
    assert not complaints(phone.driver)


def test_names_of_branches_are_offered_and_the_other_places_fields_are_hidden(phone, tree, cast, person):
    as_(phone, cast.secretary, f"/members/transfers/apply/?member={person.uid}")
    assert not phone.wait("[name=elsewhere]").is_displayed()
    phone.tap("[name=to_branch]").send_keys("石柳")
    phone.wait(f"#branch-names option[value='{tree.far.name}']")
    phone.tap("[name=where][value=outside]")
    assert phone.wait("[name=elsewhere]").is_displayed() and not phone.wait("[name=to_branch]").is_displayed()
    assert not complaints(phone.driver)


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core (make setup)")
def test_every_page_is_for_everybody(phone, tree, cast, person, member):
    day = timezone.localdate()
    transfer = travelling(person, tree.far, cast, today=day)
    own = applied(member, tree.neighbours, by=member.user, today=day, dues_until=None)
    coming = arrived(tree.ours, by=cast.committee, today=day)
    code, found = transfer.letters.get().code, {}
    pages = (
        (cast.committee, "/members/transfers/?tab=out"),
        (cast.far_committee, f"/members/transfers/{transfer.uid}/"),
        (cast.secretary, f"/members/transfers/{own.uid}/"),
        (cast.secretary, f"/members/transfers/{coming.uid}/"),
        (cast.secretary, f"/members/transfers/apply/?member={person.uid}"),
        (cast.secretary, "/members/transfers/apply/?q=ps"),
        (cast.committee, "/members/transfers/arrive/"),
        (cast.committee, f"/members/transfers/{transfer.uid}/letter/"),
        (cast.neighbour, f"/members/transfers/verify/?code={code}"),
    )
    for user, url in pages:
        as_(phone, user, url)
        for width in (360, 1280):
            resize(phone.driver, width, 800)
            phone.driver.get(phone.url + url)
            phone.driver.execute_script("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
            too_wide = phone.driver.execute_script("return document.documentElement.scrollWidth") - width
            faults = axe(phone.driver) + complaints(phone.driver) + ([f"{too_wide} px too wide"] if too_wide > 0 else [])
            if faults:
                found[f"{url} at {width}"] = faults
    assert not found
    assert phone.driver.find_elements(By.CSS_SELECTOR, "#answer")
