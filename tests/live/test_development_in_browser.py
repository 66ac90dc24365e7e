"""One person's whole way in a real browser, by those who act: the branch, the township's committee, the county's department."""

import re

import pytest

from members.development.models import Case
from members.models import Member
from partyportal.core.models import AuditEntry
from tests.browser import Phone, chromium, complaints, needs_chromium
from tests.development.makers import DAYS, make_branch_people
from tests.factories import id_number

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    needs_chromium,
]
PASSWORD = "Correct-9horse"
BY_DEPARTMENT = {"refiled"}


class Walker(Phone):
    """A phone in the hand of whoever's turn it is."""

    def __init__(self, driver, url: str):
        super().__init__(driver, url)
        self.who = ""

    def as_(self, who: str) -> None:
        if self.who != who:
            self.log_in(who, PASSWORD)
            self.who = who

    def fill(self, name: str, value) -> None:
        """A field by its name; a day is set as the browser's calendar would set it."""
        field = self.wait(f"main [name={name}]")
        if field.get_attribute("type") == "date":
            self.driver.execute_script("arguments[0].value = arguments[1]", field, str(value))
        else:
            field.clear()
            field.send_keys(str(value))

    def has(self, name: str) -> bool:
        return bool(self.driver.find_elements("css selector", f"main [name={name}]"))

    def tick(self, name: str, many: int) -> None:
        for box in self.driver.find_elements("css selector", f"main [name={name}]")[:many]:
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'}); arguments[0].click()", box)

    def send(self) -> None:
        self.tap("main form button.btn-primary[type=submit]")

    def said(self) -> str:
        """What the file says once it has come back: the act's own page has gone by then."""
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.driver, 30).until(lambda driver: re.search(r"/development/[0-9a-f-]{36}/$", driver.current_url))
        return self.text(".pp-message")

    def step(self, case: Case, code: str, *, voters: int) -> None:
        self.driver.get(f"{self.url}/members/development/{case.uid}/")
        self.tap(f"#next a[href$='/step/{code}/']")
        self.fill("day", DAYS[code])
        for name, value in (("by_whom", "吕山东"), ("document_number", "山党〔2024〕12 号"), ("days", 3)):
            if self.has(name):
                self.fill(name, value)
        self.tick("materials", 99)
        self.tick("people", 2 if code == "introducers" else 1)
        self.tick("verdict", 1)
        if self.has("present"):
            self.fill("present", voters)
            self.fill("in_favour", voters)
        self.tap("main button[value=record]")
        assert "已记" in (told := self.said()) or "已编入" in told or "已转为" in told, (code, told)


def test_from_application_to_full_membership_by_the_roles_that_act(transactional_db, live_server, tree, secretary, committee, department):
    people = make_branch_people(tree.ours)
    with chromium() as driver:
        phone = Walker(driver, live_server.url)
        phone.as_("secretary")
        driver.get(f"{live_server.url}/members/development/")
        assert phone.shows("#cases", "还没有人在发展")
        phone.tap("main a[href$='/development/new/']")
        phone.fill("name", "林小禾")
        phone.fill("id_number", id_number(DAYS["apply"].replace(year=1998), "2"))
        phone.fill("applied_on", DAYS["apply"])
        phone.fill("mobile_phone", "15400001234")
        phone.send()
        assert "已登记林小禾的入党申请，按2014 年细则办" in phone.said()
        case = Case.objects.get()

        driver.get(f"{live_server.url}/members/development/{case.uid}/step/approval/")
        assert driver.title.startswith("403") or phone.shows("body", "没有"), "a branch does not approve"
        driver.get(f"{live_server.url}/members/development/{case.uid}/")
        complaints(driver)  # of the refusal; from here on there is nothing to complain of

        for step in case.rules.steps[1:]:
            superior = step.decider.superior
            phone.as_("department" if step.code in BY_DEPARTMENT else "committee" if superior else "secretary")
            if step.code == "cultivate":
                driver.get(f"{live_server.url}/members/development/{case.uid}/inspection/")
                phone.fill("day", "2023-12-01")
                phone.fill("by_whom", "支委会")
                phone.fill("conclusion", "参加活动积极，群众反映好")
                phone.send()
                assert "考察已登记" in phone.said()
            phone.step(case, step.code, voters=len(people))
            assert driver.execute_script("return document.documentElement.scrollWidth") <= 360, step.code

        assert phone.shows(".pp-chips", "已转正归档")
        assert not complaints(driver)
    person = Member.objects.get(name="林小禾")
    assert (person.category, person.joined_on, person.full_on) == ("full", DAYS["assembly"], DAYS["assembly"].replace(year=2025))
    acted = AuditEntry.objects.filter(code="development.step.recorded").values_list("actor__username", flat=True)
    assert set(acted) == {"secretary", "committee", "department"} and len(acted) == 24
