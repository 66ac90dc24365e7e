"""The county's heat table of 三会一课: a year of 3,300 branches and 40,000 members, asked as the department asks it.

Server time is processor time, of this process and of its backend in the database, so a busy machine does not lie about it.
"""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median

from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from bench.scratch import scratch_database
from branches.models import Organisation
from partyportal.core.models import User
from partyportal.dashboard.demo import county, people
from partyportal.dashboard.demo.doors import open_doors
from partyportal.dashboard.demo.logins import LOGINS

PLAN = county.Plan(towns=county.TOWNS, villages=240, offices=60, firms=40, members=40_000, groups_above=33)
DATABASE, ROUNDS, TARGET = "partyportal_bench_compliance", 15, 150
_TICK = 10.0  # milliseconds of a tick of /proc/PID/stat

# What each kind is held on, of whom: a theme day and, of a larger branch, a committee meeting each month; assemblies, lectures; groups. Two in a hundred are missed.
MEETINGS = """
INSERT INTO education_meeting (uid, organisation_id, group_id, kind, held_on, place, topic, minutes, decisions, study_hours, state, return_reason,
                               version, recorded_by_id, recorded_at, confirmed_by_id, confirmed_at)
SELECT gen_random_uuid(), CASE o.kind WHEN 'group' THEN o.parent_id ELSE o.id END, CASE o.kind WHEN 'group' THEN o.id END, k.kind,
       day::date, '村党员活动室', '学习和议事', repeat('会议按议程进行，与会党员讨论并形成一致意见。', 8), '', 2, 'confirmed', '', 1, u.id, now(), u.id, now()
FROM branches_organisation o
JOIN (VALUES ('theme_day', 'branch', 1, 20), ('committee', 'branch', 1, 8), ('assembly', 'branch', 3, 26), ('lecture', 'branch', 3, 12),
             ('group', 'group', 1, 6)) AS k(kind, of_kind, every, day_of_month) ON k.of_kind = o.kind
CROSS JOIN generate_series(date_trunc('year', %(today)s::date), %(today)s::date, interval '1 month') AS month
CROSS JOIN LATERAL (SELECT month + (k.day_of_month - 1) * interval '1 day' AS day) AS d
JOIN partyportal_user u ON u.username = 'secretary'
WHERE day < %(today)s AND date_part('month', month)::int %% k.every = 0 AND (o.id * 31 + date_part('month', month)::int * 17 + k.day_of_month) %% 50 <> 0
"""


def run() -> list[dict]:
    """The row of `make bench` about the heat table."""
    with scratch_database(DATABASE), override_settings(ALLOWED_HOSTS=["*"]):
        branches, meetings = load()
        spent = measure("/education/compliance/")
        print(f"{branches} branches, {meetings} meetings: {spent:.0f} ms")
        return [{"name": "compliance_county_ms", "value": round(spent, 1), "unit": "ms", "target": f"<= {TARGET}", "ok": spent <= TARGET}]


def load() -> tuple[int, int]:
    """A county-year with its rolls left out, which the table never reads; (branches, meetings)."""
    today, random = timezone.localdate(), Random("compliance")
    county.found_county(PLAN, random)
    people.fill(list(Organisation.objects.branches().order_by("code")), plan=PLAN, today=today, random=random)
    open_doors(LOGINS)
    table = User._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(MEETINGS.replace("partyportal_user", table), {"today": today})
        meetings = cursor.rowcount
        cursor.execute("VACUUM ANALYZE")
    return Organisation.objects.branches().count(), meetings


def measure(address: str) -> float:
    """The median processor milliseconds of the department's request."""
    client = Client()
    client.force_login(User.objects.get(username="department"))

    def ask() -> None:
        assert client.get(address).status_code == 200

    for _ in range(3):
        ask()
    return median(_processor_ms(ask) for _ in range(ROUNDS))


def _processor_ms(ask: Callable[[], None]) -> float:
    """Of this process and of the one that answers for the database, asked some times over, for a tick is coarse."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    own, theirs, times = time.process_time(), _ticks(backend), 5
    for _ in range(times):
        ask()
    return ((time.process_time() - own) * 1000 + (_ticks(backend) - theirs) * _TICK) / times


def _ticks(process: int) -> int:
    """User and system ticks a process has spent."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
