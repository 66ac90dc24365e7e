"""`make pictures [ARGS="secretary roster"]`: a PNG of every page at 1280 and 360 px for each kind of user, into pictures/.

Pages are not listed: each demo login starts at the home page and follows links, and one page of every URL name is taken, so
a page that no link reaches is missed by its picture too. Every form is taken refused as well (tests/refusals.py), a page to
print as paper shows it too, and some in large text. Words narrow the run to pictures whose name holds one of them. Uses the
demo's data (made if there is none) and a server of its own; prints what the console complains of and what is too wide.
"""

import os
import sys
from html.parser import HTMLParser
from pathlib import Path
from threading import Thread
from urllib.parse import urljoin, urlsplit

from tests.browser import chromium, complaints, missing, on_paper, resize, whole_page
from tests.refusals import Refusal, refusals, show

FOLDER = Path(__file__).resolve().parent.parent / "pictures"
WIDTHS = {1280: 1.25, 360: 2}  # width in CSS pixels: density, as in the pictures the look was drawn with
LOGGED_OUT = "guest"
# Pages whose picture is also taken in large text, of the first login that comes to them
LARGE = ("dashboard-home", "members-roster", "members-member", "members-new", "transfers-transfers", "transfers-transfer")
LARGE += ("care-lists", "care-list", "care-person", "care-draft", "visits-visits", "visits-record", "visits-mine", "aid-case", "aid-mine")
LARGE += ("mobility-register", "mobility-contact", "dues-dues", "dues-mine", "development-case", "outreach-outreach")
LARGE += ("fund-books", "fund-book")
LARGE += ("stations-stations", "stations-station", "stations-bookings", "stations-request-ask", "planning-plan")
LARGE += ("planning-talks", "motions-motion", "motions-motions", "motions-vote", "study-course", "study-lesson", "openness-board")
LARGE += ("documents-books", "documents-book", "signals-questions", "signals-question", "education-meeting", "education-record")
PRINTED = (
    "transfers-letter",
    "dues-publication",
    "fund-statement",
    "fund-certificate",
    "fund-disclosure",
    "outreach-card",
    "stations-roster",
    "members-annual-tables",
    "members-slips",
    "education-meeting",
    "education-sign-in",
    "openness-board",
    "openness-identity",
    "visits-birthday-card",
)
PAPER = 643  # pixels between the margins of an A4 sheet
AT_MOST = 200


class Links(HTMLParser):
    """The addresses a page links to, in their order."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        href = dict(attrs).get("href")
        if tag == "a" and href and "download" not in dict(attrs):
            self.found.append(href)


def walk(client) -> dict[str, str]:
    """URL name → the first address of it that the client's user reaches by links and that is a page."""
    from django.urls import Resolver404, resolve, reverse

    pages: dict[str, str] = {}
    tried: set[str] = set()
    queue = ["/", reverse("core:more")]
    while queue and len(tried) < AT_MOST:
        address = queue.pop(0)
        name = _name(address, resolve, Resolver404)
        if not name or name in tried:
            continue
        response = client.get(address, follow=True)
        tried.add(name)
        if response.redirect_chain:
            queue.insert(0, response.redirect_chain[-1][0])
            continue
        if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html") or response.streaming:
            if response.status_code >= 400:
                print(f"  {response.status_code} {address}")
            continue
        pages[name] = address
        queue += [urljoin(address, href) for href in Links(response.content.decode()).found]
    return pages


def states_of_imports(user) -> dict[str, str]:
    """A roster to look through by tab, one written, one taken back: of one address the walk takes only the first."""
    from django.urls import reverse

    from branches.access import can
    from members.models import ImportBatch

    pages: dict[str, str] = {}
    if not can(user, "member.import"):
        return pages
    for batch in ImportBatch.objects.visible_to(user).order_by("id"):
        page = reverse("members:import_batch", args=[batch.uid])
        if batch.state == ImportBatch.State.READY:
            pages |= {f"members-import-batch-{tab}": f"{page}?tab={tab}" for tab in ("new", "changed", "moved", "missing", "refused")}
        else:
            pages[f"members-import-batch-{batch.state}"] = page
        if batch.state in (ImportBatch.State.COMMITTED, ImportBatch.State.UNDONE):
            pages[f"members-import-undo-{batch.state}"] = reverse("members:import_undo", args=[batch.uid])
    return pages


def states_of_honours(user) -> dict[str, str]:
    """A call at each stage, its nominations and its notice: the walk takes one address of each name alone."""
    from django.urls import reverse
    from django.utils import timezone

    from points.honours.models import Call, Nomination

    pages: dict[str, str] = {}
    today = timezone.localdate()
    for call in Call.objects.visible_to(user).order_by("id"):
        pages.setdefault(f"honours-call-{call.stage(today)}".replace("_", "-"), reverse("honours:call", args=[call.uid]))
        if call.public_from:
            pages.setdefault("honours-notice", reverse("honours:notice", args=[call.uid]))
    for row in Nomination.objects.visible_to(user).filter(call__state__in=[Call.State.OPEN, Call.State.PUBLIC]).order_by("-id"):
        state = "objected" if row.objections.exists() else row.state
        pages.setdefault(f"honours-nomination-{state}", reverse("honours:nomination", args=[row.uid]))
    return pages


def states_of_stations(user) -> dict[str, str]:
    """A check that lacks something, a booking to answer, a matter in hand: what a list reaches only after the first row."""
    from django.urls import reverse

    from members.care.stations.models import Booking, SelfCheck, ServiceRequest
    from partyportal.core.navigation import verbs_of

    pages: dict[str, str] = {}
    if "station.keep" not in verbs_of(user):
        return pages
    for state in ServiceRequest.State.values:
        if row := ServiceRequest.objects.visible_to(user).filter(state=state).first():
            pages[f"stations-request-{state}"] = reverse("stations:request", args=[row.uid])
    if row := Booking.objects.visible_to(user).filter(state=Booking.State.ASKED).first():
        pages["stations-booking-asked"] = reverse("stations:booking", args=[row.uid])
        pages["stations-bookings-full"] = f"{reverse('stations:bookings', args=[row.room.station.uid])}?week={row.starts_at:%Y-%m-%d}"
    if row := SelfCheck.objects.visible_to(user).filter(lines__is_met=False).first():
        pages["stations-check-lacking"] = reverse("stations:check", args=[row.uid])
    return pages


def states_of_care(user) -> dict[str, str]:
    """A case at each step, a claim and a source in each state, a list to open cases from, one member's calls, somebody ill to visit."""
    from django.urls import reverse

    from members.care.aid.models import Case
    from members.care.fund.models import Claim, Source
    from members.care.fund.selectors.claims import WORDS, in_state
    from members.care.visits.models import Pair, Visit, VisitDue
    from partyportal.core.navigation import verbs_of

    pages: dict[str, str] = {}
    verbs = verbs_of(user)
    for state in Case.State.values:
        if row := Case.objects.visible_to(user).filter(state=state).first():
            pages[f"aid-case-{state}"] = reverse("aid:case", args=[row.uid])
    if "fund.see" in verbs:
        for state in WORDS:
            if row := in_state(Claim.objects.where(user, "fund.see"), state).first():
                pages[f"fund-claim-{state}"] = reverse("fund:claim", args=[row.uid])
        for state in Source.State.values:
            if row := Source.objects.where(user, "fund.see").filter(state=state).first():
                pages[f"fund-source-{state}"] = reverse("fund:source", args=[row.uid])
    if "care.record" in verbs:
        pages["aid-from-list-chosen"] = f"{reverse('aid:from_list')}?list=hardship"
        pages["visits-visits-illness"] = f"{reverse('visits:visits')}?on=illness"
        if row := Visit.objects.where(user, "care.see").standing().filter(needs=True).select_related("member").first():
            pages["visits-visit-needs"] = reverse("visits:visit", args=[row.uid])
            pages["visits-log-of-one"] = f"{reverse('visits:log')}?member={row.member.uid}"
        if row := Pair.objects.where(user, "care.see").exclude(end=None).first():
            pages["visits-pair-ended"] = reverse("visits:pair", args=[row.uid])
        if row := VisitDue.objects.where(user, "care.record").waiting().first():
            pages["visits-waive"] = reverse("visits:waive", args=[row.uid])
    return pages


EMPTY = (
    "care:conditions",
    "visits:pairs",
    "visits:log",
    "visits:birthdays",
    "aid:cases",
    "planning:plan",
    "planning:talks",
    "planning:campaigns",
    "motions:motions",
    "openness:pledges",
    "openness:disclosures",
    "stations:stations",
)


def empty_pages(user) -> dict[str, str]:
    """The lists of a branch that has entered nothing: what they say to do first."""
    from django.urls import reverse

    from branches.models import Organisation

    branch = Organisation.objects.visible_to(user).branches().existing().filter(year_plans=None, campaigns=None, stations=None).first()
    if branch is None:
        return {}
    return {f"{name.replace(':', '-')}-empty": f"{reverse(name)}?organisation={branch.code}" for name in EMPTY}


def _name(address: str, resolve, missing) -> str:
    """A page's name from its URL name; nothing for what is not ours to picture."""
    parts = urlsplit(address)
    if parts.netloc:
        return ""
    try:
        match = resolve(parts.path)
    except missing:
        print(f"  no such address: {address}")
        return ""
    return "" if match.view_name.startswith(("admin", "api")) else match.view_name.replace(":", "-").replace("_", "-")


def enter(driver, base: str, cookies: dict) -> None:
    driver.get(base + "/login/")  # a cookie can only be set for a site that is open
    driver.delete_all_cookies()
    for name, value in cookies.items():
        driver.add_cookie({"name": name, "value": value, "path": "/"})


def take(driver, base: str, who: str, pages: dict[str, str | Refusal], *, wanted, widths=WIDTHS) -> None:
    for name, page in pages.items():
        if not wanted(f"{who}-{name}"):
            continue
        for width, scale in widths.items():
            resize(driver, width, 900 if width > 700 else 740, scale=scale)
            driver.get(base + (page if isinstance(page, str) else "/login/"))
            if not isinstance(page, str):
                show(driver, page)
            too_wide = whole_page(driver, FOLDER / f"{who}-{name}-{width}.png", width=width, scale=scale)
            notes = ([f"{too_wide} px too wide"] if too_wide > 0 else []) + complaints(driver)
            print(f"  {who}-{name}-{width}" + "".join(f"\n    ! {note}" for note in notes), flush=True)


def take_large(driver, base: str, who: str, client, pages: dict[str, str], *, wanted) -> None:
    """Some pages as somebody with weak eyes sees them; the switch is put back."""
    from django.urls import reverse

    switch, back = reverse("core:large_text"), {"next": reverse("core:more")}
    large = {f"{name}-large": page for name, page in pages.items() if name in LARGE}
    if not any(wanted(f"{who}-{name}") for name in large):
        return
    client.post(switch, back | {"large": "1"})
    try:
        take(driver, base, who, large, wanted=wanted)
    finally:
        client.post(switch, back | {"large": "0"})


def main(words: list[str]) -> int:
    if lack := missing():
        print(lack, file=sys.stderr)
        return 2
    from django.conf import settings
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.test import Client
    from django.urls import reverse

    from partyportal.core.models import User
    from partyportal.dashboard.demo.logins import LOGINS

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args):
            pass

    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_demo", size="small", stdout=sys.stderr)
    FOLDER.mkdir(exist_ok=True)
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"

    pictured: set[str] = set()  # in large text, refused, on paper: once is enough, whoever it is

    def wanted(name):
        return not words or any(word in name for word in words)

    def fresh(pages: dict) -> dict:
        new = {name: page for name, page in pages.items() if name not in pictured}
        pictured.update(new)
        return new

    with chromium() as driver:
        open_pages = {
            "login": reverse("core:login"),
            "404": "/no-such-page/",
            "transfers-verify": f"{reverse('transfers:verify')}?code=K7MN-2QXR",
        }
        enter(driver, base, {})
        take(driver, base, LOGGED_OUT, open_pages, wanted=wanted)
        for login in {login.role: login for login in reversed(LOGINS)}.values():  # the first of each kind
            user, who = User.objects.get(username=login.username), login.username
            client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
            client.force_login(user)
            print(who)
            enter(driver, base, {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value})
            pages = walk(client)
            take(
                driver,
                base,
                who,
                pages
                | states_of_imports(user)
                | states_of_honours(user)
                | states_of_stations(user)
                | states_of_care(user)
                | empty_pages(user),
                wanted=wanted,
            )
            take_large(driver, base, who, client, fresh({name: page for name, page in pages.items() if name in LARGE}), wanted=wanted)
            with on_paper(driver):
                printed = fresh({f"{name}-printed": page for name, page in pages.items() if name in PRINTED})
                take(driver, base, who, printed, wanted=wanted, widths={PAPER: 2})
            if any("refused" in word for word in words) or not words:
                take(driver, base, who, fresh(refusals(client, pages)), wanted=wanted)
    server.shutdown()
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partyportal.settings")
    import django

    django.setup()
    sys.exit(main(sys.argv[1:]))
