"""The roster in a real browser: narrowed again and again without leaving the page, a file taken out twice, a number looked at once."""

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from partyportal.core.models import AuditEntry
from tests.browser import axe, browser_marks, complaints
from tests.factories import make_member

pytestmark = browser_marks()


def until(phone, condition):
    """Wait for it; a fragment may be swapped while it is being looked at."""
    patient = WebDriverWait(phone.driver, 20, ignored_exceptions=[StaleElementReferenceException])
    return patient.until(lambda driver: condition())


def choose(phone, value: str) -> None:
    """Choose a state; the bar itself is swapped with the list."""
    until(phone, lambda: Select(phone.wait("select[name=state]")).select_by_value(value) or True)


def test_the_roster_is_narrowed_twice_exported_twice_and_a_number_is_revealed(phone, tree, secretary):
    person = make_member(tree.ours, "江芳玲", sex="2", is_mobile=True, destination="陕西省西安市雁塔区")
    for name in ("潘山洋", "曹青建"):
        make_member(tree.ours, name)
    phone.log_in("secretary", "Correct-9horse")
    phone.driver.get(phone.url + "/members/")

    def names():
        return phone.driver.execute_script("return [...document.querySelectorAll('.pp-name')].map((cell) => cell.innerText.trim())")

    # Each change swaps the list and leaves its address; the swapped bar must work like the first.
    choose(phone, "mobile")
    until(phone, lambda: names() == ["江芳玲"])
    choose(phone, "")
    until(phone, lambda: len(names()) == 3)
    choose(phone, "mobile")
    until(phone, lambda: names() == ["江芳玲"] and "state=mobile" in phone.driver.current_url)
    phone.driver.back()
    until(phone, lambda: len(names()) == 3)
    assert len(phone.driver.find_elements(By.ID, "roster")) == 1

    for times in (1, 2):
        phone.tap("form[data-pp-file] button")
        until(phone, lambda: AuditEntry.objects.filter(code="members.roster.exported").count() == times)  # noqa: B023

    phone.tap(f"a[href='/members/{person.uid}/']")
    assert person.id_number not in phone.driver.page_source
    assert not axe(phone.driver)
    phone.tap("form[action*=reveal] button")
    until(phone, lambda: person.id_number in phone.driver.page_source)
    assert AuditEntry.objects.filter(code="members.id_number.revealed").count() == 1
    assert not complaints(phone.driver)
