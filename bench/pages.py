"""The roster page over a bare Django view: what the frame, the parts and the templates cost beside the queries themselves.

The bare view stands behind the same middleware, asks the same questions of the database and writes as many rows as plain
text. Both are asked in turn, in one run, over a county of 40,000 members, as the department sees it.
"""

import time
from collections.abc import Callable
from random import Random
from statistics import median

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone

from bench.scratch import scratch_database
from branches.access import can, require_sight
from branches.models import Organisation
from members.forms.roster import RosterFilters
from members.selectors import roster as selectors
from members.views.roster import MEMBERS_A_PAGE
from partyportal.core.models import User
from partyportal.dashboard.demo import county, people
from partyportal.dashboard.demo.doors import open_doors
from partyportal.dashboard.demo.logins import LOGINS

ROUNDS, EACH, TARGET = 12, 10, 0.7


@login_required
def bare(request):
    """The roster's own queries and as many rows, as plain text."""
    require_sight(request.user)
    filters, today = RosterFilters(request.GET), timezone.localdate()
    everybody = selectors.roster(request.user)
    counts = selectors.view_counts(everybody, today=today)
    found = selectors.narrowed(everybody, today=today, **filters.asked)
    rows = selectors.rows_of(selectors.in_order(found, "")[:MEMBERS_A_PAGE], today=today)
    places = selectors.places(request.user, within=None)
    lines = [f"{counts} {places} {can(request.user, 'member.edit')}"]
    lines += [f"{r.uid} {r.name} {r.sex} {r.age} {r.id_masked} {r.branch} {r.party_age_words} {r.phone}" for r in rows]
    return HttpResponse("\n".join(lines), content_type="text/plain")


urlpatterns = [path("bare/", bare), path("", include("partyportal.urls"))]


def run() -> list[dict]:
    with scratch_database("partyportal_bench_pages"), override_settings(ROOT_URLCONF="bench.pages", ALLOWED_HOSTS=["*"]):
        client = _department_of_a_county()
        page, plain = _in_turn(lambda: client.get("/members/"), lambda: client.get("/bare/"))
    share = plain / page
    return [{"name": "page_roster_vs_bare", "value": round(share, 2), "unit": "of bare", "target": f">= {TARGET}", "ok": share >= TARGET}]


def _department_of_a_county() -> Client:
    """The demo's county, loaded and analysed, and its department logged in."""
    random, plan = Random("pages"), county.PLANS["county"]
    county.found_county(plan, random)
    people.fill(list(Organisation.objects.branches().order_by("code")), plan=plan, today=timezone.localdate(), random=random)
    open_doors(LOGINS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(User.objects.get(username="department"))
    return client


def _in_turn(one: Callable, other: Callable) -> tuple[float, float]:
    """The median seconds of each, a few of one and a few of the other by turns, so that a busy machine is busy for both."""
    spent: tuple[list[float], list[float]] = ([], [])
    for asked in (one, other):
        assert asked().status_code == 200
    for _ in range(ROUNDS):
        for asked, seconds in zip((one, other), spent, strict=True):
            for _ in range(EACH):
                started = time.perf_counter()
                asked()
                seconds.append(time.perf_counter() - started)
    return median(spent[0]), median(spent[1])
