"""Every form filled with nonsense, and what its page answers. Nothing is stored: each attempt is rolled back.

The answer is shown in the browser in place of the page it came from, so that a refusal can be pictured and looked at by axe.
"""

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.db import transaction

NONSENSE = {
    "date": "1899-01-01",
    "month": "1899-01",
    "number": "-7",
    "email": "〇",
    "tel": "〇",
    "url": "〇",
}  # what a browser lets through
WORDS = "〇〇"  # too short, or nobody's name, wherever it matters
TYPED = frozenset(NONSENSE) | {"text", "search", "textarea", "select", "radio"}
KEPT = frozenset({"text", "textarea", "number", "date"})  # of which the answer shows what was typed
BUTTONS = frozenset({"submit", "button", "image", "reset"})


@dataclass
class Form:
    """A form of a page that somebody types into: where it goes, and its controls as (name, type, value)."""

    action: str
    controls: list[tuple[str, str, str]]
    get: bool = False

    @property
    def is_typed_into(self) -> bool:
        return not self.get and any(kind in TYPED for _, kind, _ in self.controls)

    def filled(self, *, with_nonsense: bool) -> dict[str, str]:
        """What is sent: hidden values as they stand, the rest nonsense, or nothing at all."""
        sent = {}
        for name, kind, value in self.controls:
            if kind == "hidden":
                sent[name] = value
            elif kind in TYPED and with_nonsense:
                sent[name] = NONSENSE.get(kind, WORDS)
        return sent


class Forms(HTMLParser):
    """The forms of a page, without those of its masthead."""

    def __init__(self, html: str, address: str):
        super().__init__()
        self.address, self.found, self._inside, self._main = address, [], None, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "main":
            self._main = True
        elif tag == "form" and self._main:
            self._inside = Form(urljoin(self.address, given.get("action") or ""), [], (given.get("method") or "get").lower() == "get")
            self.found.append(self._inside)
        elif self._inside and given.get("name") and "disabled" not in given and tag in ("input", "select", "textarea"):
            kind = (given.get("type") or "text") if tag == "input" else tag
            if kind not in BUTTONS:
                self._inside.controls.append((given["name"], kind, given.get("value") or ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = None
        elif tag == "main":
            self._main = False


@dataclass(frozen=True)
class Refusal:
    """What a form's page answered to nonsense, and the words that were typed."""

    address: str
    status: int
    html: str
    typed: list[str]

    def faults(self) -> list[str]:
        """What a refused form must not do: answer something else, say nothing, or forget what was typed."""
        if self.status != 422:
            return [f"answers {self.status}"]
        found = [] if "pp-error" in self.html else ["says nothing"]
        return found + [f"forgets {words}" for words in set(self.typed) if self.html.count(words) < self.typed.count(words)]


def refusals(client, pages: dict[str, str]) -> dict[str, Refusal]:
    """Page name → what its first form answers to nonsense, or, if it takes that, to nothing at all. A second form adds -2."""
    found: dict[str, Refusal] = {}
    for name, address in pages.items():
        page = client.get(address)
        if page.status_code != 200 or page.streaming:
            continue
        forms = [form for form in Forms(page.content.decode(), address).found if form.is_typed_into]
        for number, form in enumerate(forms[:3], start=1):
            answer = next(filter(None, (attempt(client, form, with_nonsense=filled) for filled in (True, False))), None)
            if answer:
                found[f"{name}-refused" + (f"-{number}" if number > 1 else "")] = answer
    return found


def attempt(client, form: Form, *, with_nonsense: bool) -> Refusal | None:
    """Send it and take it back; None if it was not refused."""
    sent = form.filled(with_nonsense=with_nonsense)
    with transaction.atomic():
        answer = client.post(form.action, sent)
        transaction.set_rollback(True)
    client.cookies.pop("messages", None)  # a deed taken back is not announced by the next page
    if answer.status_code in (302, 303) or answer.streaming or not answer.headers["Content-Type"].startswith("text/html"):
        return None
    html = answer.content.decode()
    if answer.status_code == 200 and 'id="form-errors"' not in html:
        return None
    return Refusal(form.action, answer.status_code, html, [sent[name] for name, kind, _ in form.controls if kind in KEPT and name in sent])


def show(driver, refusal: Refusal) -> None:
    """Put the answer in place of the page the browser is on; its styles and scripts are that site's own."""
    driver.execute_script("document.open(); document.write(arguments[0]); document.close()", refusal.html)
    driver.execute_async_script(
        "const done = arguments[0]; document.readyState === 'complete' ? done() : window.addEventListener('load', () => done())"
    )
