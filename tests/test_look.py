"""Every page that a kind of user reaches by links: axe finds nothing, nothing is too wide at 360 px, the console is silent."""

import os

import pytest
from django.conf import settings
from django.test import Client

from tests.browser import AXE, axe, chromium, complaints, missing, resize
from tests.pictures import walk

LACK = missing() or ("" if AXE.exists() else "no axe-core (make setup)")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(LACK) and not os.environ.get("CI"), reason=LACK),
]


@pytest.fixture(scope="module")
def driver():
    with chromium() as one:
        yield one


# A browser shows the first option of a filter in which none is chosen: the list would seem narrowed when it is not.
UNCHOSEN = "return [...document.querySelectorAll('.pp-select select:not(:has([selected]))')].map(one => one.name)"


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """Pages some earlier kind of user has shown: most are the same for all, and a look costs a second."""
    return set()


def enter(driver, server, user) -> Client:
    """Log the browser in, and a client that walks beside it."""
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    client.force_login(user)
    driver.get(server.url + "/login/")
    driver.delete_all_cookies()
    name = settings.SESSION_COOKIE_NAME
    driver.add_cookie({"name": name, "value": client.cookies[name].value, "path": "/"})
    return client


def faults(driver, url: str) -> list[str]:
    found = []
    for width in (1280, 360):
        resize(driver, width, 800)
        driver.get(url)
        too_wide = driver.execute_script("return document.documentElement.scrollWidth") - width
        found += [f"{too_wide} px too wide at {width}"] if too_wide > 0 else []
        found += [f"at {width}: {fault}" for fault in axe(driver) + complaints(driver)]
    return found + [f"{name} says its first option, which was not chosen" for name in driver.execute_script(UNCHOSEN)]


@pytest.mark.parametrize("who", ["secretary", "committee", "department", "member", "system_admin", "security_admin", "auditor", "reader"])
def test_every_page_of_each_kind_of_user(request, driver, live_server, looked_at, who):
    person = request.getfixturevalue(who)
    pages = walk(enter(driver, live_server, getattr(person, "user", person)))
    fresh = [name for name in pages if name not in looked_at]
    looked_at.update(fresh)
    assert not {name: wrong for name in fresh if (wrong := faults(driver, live_server.url + pages[name]))}
    assert len(pages) > 2


def test_the_parts_themselves_also_in_large_text(driver, live_server, system_admin):
    enter(driver, live_server, system_admin)
    system_admin.is_staff = True
    system_admin.save(update_fields=["is_staff"])
    assert not faults(driver, live_server.url + "/parts/")
    system_admin.large_text = True
    system_admin.save(update_fields=["large_text"])
    assert not faults(driver, live_server.url + "/parts/")


def test_who_is_not_logged_in(driver, live_server):
    assert not faults(driver, live_server.url + "/login/")
