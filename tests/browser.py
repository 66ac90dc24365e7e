"""Headless Chromium for the browser tests and the pictures."""

import base64
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
AXE = Path(__file__).resolve().parent.parent / "node_modules/axe-core/axe.min.js"
# Nothing a browser does of its own accord may reach the network.
SWITCHES = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-dev-shm-usage --hide-scrollbars --lang=zh-CN"
)


def missing() -> str:
    """What keeps a browser from starting, in words; empty when all is there."""
    if not CHROMIUM:
        return "no Chromium on PATH (make setup-browser)"
    return "" if CHROMEDRIVER else "no chromedriver on PATH (make setup-browser)"


# Passed over where no browser is found, but not in CI, where it must fail.
needs_chromium = pytest.mark.skipif(bool(missing()) and not os.environ.get("CI"), reason=missing())


def browser_marks(databases: list[str] | None = None) -> list:
    """Of tests that drive a browser against the test's own server."""
    return [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True, databases=databases)]


@contextmanager
def chromium():
    """A driver with an empty profile of its own, quit and swept at the end."""
    from selenium import webdriver

    with TemporaryDirectory(prefix="pp-chromium-", ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for switch in [*SWITCHES.split(), f"--user-data-dir={profile}"]:
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(
            options, webdriver.ChromeService(CHROMEDRIVER, env=os.environ | {"TZ": "Asia/Shanghai", "LANGUAGE": "zh_CN"})
        )
        try:
            yield driver
        finally:
            driver.quit()


def resize(driver, width: int, height: int, *, scale: float = 1) -> None:
    """A page of exactly this many CSS pixels; a window cannot be made as narrow as a phone."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
    )


@contextmanager
def on_paper(driver):
    """Pages as their print style shows them."""
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def whole_page(driver, target: Path, *, width: int, scale: float) -> int:
    """A picture of the whole page, bars at its end; returns how many pixels it is too wide."""
    height = driver.execute_script("return document.documentElement.scrollHeight")
    resize(driver, width, max(height, 400), scale=scale)
    picture = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": False})
    target.write_bytes(base64.b64decode(picture["data"]))
    return driver.execute_script("return document.documentElement.scrollWidth") - width


def complaints(driver) -> list[str]:
    """What the console has said since it was asked last: a blocked style, a missing file, a script's error."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]


def axe(driver) -> list[str]:
    """What axe finds wrong with the page, one line for each rule."""
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run(document).then(arguments[0])")
    return [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})" for v in found["violations"]]


class Phone:
    """A browser of 360 × 740 that counts its taps. Typing is no tap, touching the field before it is."""

    def __init__(self, driver, url: str):
        self.driver, self.url, self.taps = driver, url, 0
        resize(driver, 360, 740, scale=2)

    def wait(self, selector: str):
        from selenium.webdriver.common.by import By
        from selenium.webdriver.support import expected_conditions as seen
        from selenium.webdriver.support.wait import WebDriverWait

        return WebDriverWait(self.driver, 20).until(seen.presence_of_element_located((By.CSS_SELECTOR, selector)))

    def tap(self, selector: str):
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.wait import WebDriverWait

        def tapped(driver):
            found = self.wait(selector)
            driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", found)
            found.click()
            return found

        # A fragment may be swapped between finding and touching: a finger would simply touch again.
        found = WebDriverWait(self.driver, 20, ignored_exceptions=[StaleElementReferenceException]).until(tapped)
        self.taps += 1
        self.settle()
        return found

    def settle(self) -> None:
        """Wait until what was sent is answered: a form under way carries its mark (portal.js) until the next page stands in its place.

        Else whoever goes on at once, as another person perhaps, takes the session from under it.
        """
        from selenium.common.exceptions import TimeoutException, WebDriverException
        from selenium.webdriver.support.wait import WebDriverWait

        answered = "return document.readyState === 'complete' && !document.querySelector('form[data-pp-sent], .htmx-request')"
        with suppress(TimeoutException):  # nothing comes back where the network is cut: what the test waits for says so
            WebDriverWait(self.driver, 10, 0.05, [WebDriverException]).until(lambda driver: driver.execute_script(answered))

    def text(self, selector: str) -> str:
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.wait import WebDriverWait

        def read(_):
            return (self.wait(selector).text,)  # a tuple: an empty text is an answer too

        return WebDriverWait(self.driver, 20, ignored_exceptions=[StaleElementReferenceException]).until(read)[0]

    def shows(self, selector: str, words: str, *, whole: bool = False) -> bool:
        """Whether the words come to stand there, alone if `whole`: the page of the last tap may still be on its way."""
        from selenium.common.exceptions import TimeoutException
        from selenium.webdriver.support.wait import WebDriverWait

        def there(_):
            text = self.text(selector)
            return text == words if whole else words in text

        try:
            return WebDriverWait(self.driver, 20).until(there)
        except TimeoutException as late:
            raise AssertionError(f"{selector} never showed {words!r} but {self.text(selector)!r}") from late

    def log_in(self, username: str, password: str) -> None:
        """As another person, with nothing left of the last one."""
        self.driver.delete_all_cookies()
        self.driver.get(self.url + "/login/")
        self.wait("[name=username]").send_keys(username)
        self.wait("[name=password]").send_keys(password)
        self.wait("main button[type=submit]").click()
        self.settle()
        self.wait(".pp-tabs, nav, h1")


def cookie(phone: Phone, user) -> None:
    """Log somebody in without the form: who is logged in already goes on as the other."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    phone.driver.get(phone.url + "/login/")  # a cookie can only be set for a site that is open
    name = settings.SESSION_COOKIE_NAME
    phone.driver.add_cookie({"name": name, "value": client.cookies[name].value, "path": "/"})


def as_(phone: Phone, user, path: str = "/") -> None:
    """A page as somebody sees it who has just logged in."""
    phone.driver.delete_all_cookies()
    cookie(phone, user)
    phone.driver.get(phone.url + path)
