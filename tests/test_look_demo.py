"""The rooms of members full of the demo's rows: axe, width and console of every page and of every form refused.

Looks at what `tests/test_look.py` sees empty. It takes minutes, so `make look` asks for it, not every `make test`.
"""

import io
import os

import pytest
from django.core.management import call_command

from partyportal.core.models import User
from tests.browser import AXE, axe, chromium, complaints, missing, resize
from tests.pictures import walk
from tests.refusals import Refusal, refusals, show
from tests.test_look import enter

LACK = missing() or ("" if AXE.exists() else "no axe-core (make setup)")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not os.environ.get("LOOK"), reason="minutes long: make look"),
    pytest.mark.skipif(bool(LACK) and not os.environ.get("CI"), reason=LACK),
]
ROOMS = ("members-", "transfers-", "mobility-", "development-", "dues-", "outreach-", "care-", "branches-", "core-settings")
WHO = ("committee", "secretary", "department", "member", "sysadmin", "secadmin")  # who sees most first: a page is looked at once


@pytest.fixture
def demo(transactional_db):
    call_command("seed_demo", stdout=io.StringIO())


def test_every_page_and_every_refusal(demo, live_server):
    seen: set[str] = set()
    wrong: dict[str, list[str]] = {}
    with chromium() as driver:
        for who in WHO:
            client = enter(driver, live_server, User.objects.get(username=who))
            reached = walk(client)
            pages = {name: address for name, address in reached.items() if name.startswith(ROOMS)}
            fresh = {name: page for name, page in (pages | refusals(client, pages)).items() if name not in seen}
            seen.update(fresh)
            wrong |= {f"{who} {name}": found for name, page in fresh.items() if (found := faults(driver, live_server.url, page))}
    assert not wrong
    assert len([name for name in seen if "-refused" in name]) > 40


def faults(driver, base: str, page: str | Refusal) -> list[str]:
    """What is wrong with a page on a desk and on a phone; axe looks at the phone's, which has all the desk's words and targets."""
    found = [] if isinstance(page, str) else page.faults()
    for width in (1280, 360):
        resize(driver, width, 800)
        driver.get(base + (page if isinstance(page, str) else "/login/"))
        if not isinstance(page, str):
            show(driver, page)
        too_wide = driver.execute_script("return document.documentElement.scrollWidth") - width
        found += [f"{too_wide} px too wide at {width}"] if too_wide > 0 else []
    return found + axe(driver) + complaints(driver)
