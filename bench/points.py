"""Every page of points and the cockpit over a small and a large ledger of the same county: what a hundred times the entries cost.

The county, its members and what the looked-at branch did this year are the same on both sides; the large ledger has ten years of everybody,
the small one a few lines each of this year. Facts are made by one statement a year and settled as ever, so entries, standings and months are
those the product would have written. Each size has a database of its own, both stand at once, and every page is asked in turn of both.
Every query a page asks is explained: none may read the ledger from end to end.

`BENCH_ENTRIES=1000000` makes the large ledger smaller.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from statistics import median

from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from bench.scratch import pointed_at, scratch_database
from branches.models import Organisation
from members.models import Member
from partyportal.core.models import User
from partyportal.dashboard.demo import county, people
from partyportal.dashboard.demo.doors import open_doors
from partyportal.dashboard.demo.logins import LOGINS, SHOWCASE
from points.models import Entry
from points.services import publish_default
from points.settlement import Scope, settle

SMALL, LARGE, YEARS = 100_000, int(os.environ.get("BENCH_ENTRIES", 10_000_000)), 10
ROUNDS, EACH, TARGET = 7, 3, 1.3
SMALL_NAME, LARGE_NAME = "partyportal_bench_points_small", "partyportal_bench_points_large"
LEDGER = Entry._meta.db_table

# The kinds the default scheme counts, as often as a county has them.
KINDS = ("meeting.theme_day", "meeting.theme_day", "meeting.theme_day", "study.hours", "study.hours", "meeting.assembly", "meeting.lecture",
         "meeting.group", "manual.volunteer", "manual.pledge", "meeting.absent", "manual.letter")  # fmt: skip

# One statement a year. In a scratch database alone the rows are spared their look-ups: every one of them is made of rows read here.
FACTS = """
INSERT INTO members_fact (uid, kind, key, revision, member_id, organisation_id, member_class, day, units, title, evidence, is_void, recorded_at)
SELECT gen_random_uuid(), (%(kinds)s::text[])[1 + g %% %(kind_count)s], 'bench:' || %(year)s || ':' || %(part)s || ':' || g, 1, m.id, m.branch_id,
       'village', date %(first)s + (g::bigint * 7 %% %(days)s)::int, 1, '支部活动', '会议记录', false, now()
FROM generate_series(1, %(facts)s) g
JOIN (SELECT id, branch_id, row_number() OVER (ORDER BY id) - 1 AS n FROM members_member WHERE {who}) m
  -- One side of the equation alone, or it is no hash join but forty thousand comparisons a fact.
  ON m.n = (g::bigint * 7919) %% (SELECT count(*) FROM members_member WHERE {who})
"""


def run() -> list[dict]:
    """The rows of `make bench` about a growing ledger."""
    today = timezone.localdate()
    with scratch_database(SMALL_NAME), override_settings(ALLOWED_HOSTS=["*"]):
        small_entries = _county_with_ledger(SMALL, years=1, today=today)
        with scratch_database(LARGE_NAME):
            large_entries = _county_with_ledger(LARGE, years=YEARS, today=today)
            print(f"{small_entries} and {large_entries} entries")
            found = [_compare(name, who, url) for name, who, url in _pages(today)]
    worst = max(found, key=lambda page: page["ratio"])
    scanned = sorted({query for page in found for query in page["scans"]})
    for query in scanned:
        print(f"read from end to end: {query}")
    millions = f"{LARGE // 1_000_000}m" if LARGE >= 1_000_000 else f"{LARGE // 1000}k"
    rows = [_row(f"points_{millions}_{page['name']}", round(page["ratio"], 2), page["ratio"] <= TARGET) for page in found]
    print(f"slowest to grow: {worst['name']}, {worst['small']:.0f} ms → {worst['large']:.0f} ms")
    rows.append({"name": f"points_{millions}_scans", "value": len(scanned), "unit": "queries", "target": "== 0", "ok": not scanned})
    return rows


def _row(name: str, ratio: float, ok: bool) -> dict:
    return {"name": name, "value": ratio, "unit": "× of 100k", "target": f"<= {TARGET}", "ok": ok}


# ── The two counties ────────────────────────────────────────────────────────
def _county_with_ledger(entries: int, *, years: int, today: date) -> int:
    """40,000 members and a ledger of at least so many entries, the looked-at branch with the same year in every size; returns how many."""
    random, plan = Random("points"), county.PLANS["county"]
    root = county.found_county(plan, random)
    people.fill(list(Organisation.objects.branches().order_by("code")), plan=plan, today=today, random=random)
    open_doors(LOGINS)
    publish_default(root, start=date(today.year - YEARS, 1, 1), by=None)
    shown = f"branch_id = (SELECT id FROM branches_organisation WHERE code = '{SHOWCASE}')"
    of_shown = 25 * Member.objects.filter(branch__code=SHOWCASE).count()
    for back in range(years - 1, -1, -1):
        year = today.year - back
        share = entries // years
        if not back:
            share -= of_shown
            _facts(year, of_shown, shown, today=today)
        _facts(year, share, f"NOT ({shown})", today=today)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE members_fact")
        settled = settle(Scope(year))
        print(f"{connection.settings_dict['NAME']} {year}: {settled.entries} entries, settled in {settled.seconds:.0f} s", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return Entry.objects.count()


def _facts(year: int, facts: int, who: str, *, today: date) -> None:
    last = min(today, date(year, 12, 31))
    first = date(year, 1, 1)
    about = {"year": year, "part": who[:3], "facts": facts, "first": first, "days": (last - first).days + 1}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(FACTS.format(who=who), about | {"kinds": list(KINDS), "kind_count": len(KINDS)})


# ── The pages ───────────────────────────────────────────────────────────────
# Name, who asks and the address; `{member}` is somebody of the looked-at branch.
def _pages(today: date) -> list[tuple[str, str, str]]:
    return [
        ("mine", "member", "/points/mine/"),
        ("account", "secretary", "/points/members/{member}/"),
        ("branch", "secretary", "/points/"),
        ("committee", "committee", "/points/"),
        ("county", "department", "/points/"),
        ("entries_branch", "secretary", "/points/entries/"),
        ("entries_committee", "committee", "/points/entries/"),
        ("entries_county", "department", "/points/entries/"),
        ("entries_month", "department", f"/points/entries/?month={today:%Y}-05&category=life"),
        ("entries_page_40", "department", "/points/entries/?page=40"),
        ("schemes", "member", "/points/schemes/"),
        ("awards", "committee", "/points/awards/"),
        ("cockpit_committee", "committee", "/cockpit/"),
        ("cockpit_county", "department", "/cockpit/"),
    ]


def _compare(name: str, who: str, address: str) -> dict:
    """The page's median milliseconds in both counties, asked by turns, and the queries that would read the large ledger whole."""
    spent: dict[str, list[float]] = {SMALL_NAME: [], LARGE_NAME: []}
    for _ in range(ROUNDS):
        for database, times in spent.items():
            with pointed_at(database):
                ask = _asking(who, address)
                ask()  # the connection is new
                for _ in range(EACH):
                    started = time.perf_counter()
                    ask()
                    times.append((time.perf_counter() - started) * 1000)
    with pointed_at(LARGE_NAME):
        scans = _scans(_asking(who, address))
    small, large = (median(times) for times in spent.values())
    print(f"{name:20} {small:7.1f} ms → {large:7.1f} ms", flush=True)
    return {"name": name, "small": small, "large": large, "ratio": large / small, "scans": scans}


def _asking(who: str, address: str) -> Callable[[], None]:
    client = Client()
    client.force_login(User.objects.get(username=who))
    member = Member.objects.filter(branch__code=SHOWCASE).order_by("id")[10]
    url = address.format(member=member.uid)

    def ask() -> None:
        assert client.get(url).status_code == 200, url

    return ask


def _scans(ask: Callable[[], None]) -> list[str]:
    """The queries of a page whose plan reads the ledger from end to end."""
    asked: list[tuple[str, object]] = []

    def note(execute, sql, params, many, context):
        if LEDGER in sql and sql.lstrip().startswith(("SELECT", "WITH")):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    found = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            (plan,) = cursor.fetchone()
            if any(node["Node Type"] == "Seq Scan" and node.get("Relation Name") == LEDGER for node in _nodes(plan[0]["Plan"])):
                found.append(sql)
    return found


def _nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
