"""请核实 over a county-year: 3,300 branches with a theme day each month, minutes of some 250 signs, 40,000 members on the rolls.

The first look reads every text; every other night only what is new. A text in 200 is another branch's, one branch in 100 wrote a
quarter down on one day, and one in 50 has a roll that never changes.
"""

import time
from random import Random

from django.db import connection
from django.utils import timezone

from bench.compliance import PLAN
from bench.scratch import scratch_database
from branches.models import Organisation
from education.signals.models import Question
from education.signals.services import look
from partyportal.core.models import User
from partyportal.dashboard.demo import county, people
from partyportal.dashboard.demo.doors import open_doors
from partyportal.dashboard.demo.logins import LOGINS

DATABASE, FIRST, NIGHT = "partyportal_bench_signals", 60, 10

# Texts of 64 phrases out of two thousand, drawn by a digest of branch and month: no two alike but those told to be.
PHRASES = """
CREATE TEMP TABLE phrase AS
SELECT n, string_agg(chr(19968 + ('x' || substr(md5(n || '/' || i), 1, 7))::bit(28)::int %% 4000), '') AS words
FROM generate_series(0, 1999) n, generate_series(1, 4) i GROUP BY n;
ALTER TABLE phrase ADD PRIMARY KEY (n);
ANALYZE phrase
"""
MEETINGS = """
INSERT INTO education_meeting (uid, organisation_id, kind, held_on, place, topic, minutes, decisions, study_hours, state, return_reason,
                               version, recorded_by_id, recorded_at, confirmed_by_id, confirmed_at)
SELECT gen_random_uuid(), o.id, 'theme_day', day::date, '', '学习和议事', text.minutes, '', 2, 'confirmed', '', 1, u.id,
       CASE WHEN o.id %% 100 = 7 THEN date_trunc('quarter', day) + interval '3 months 2 days' ELSE day + interval '1 day' END, u.id, now()
FROM branches_organisation o
JOIN {users} u ON u.username = 'secretary'
CROSS JOIN generate_series(0, 11) AS month
CROSS JOIN LATERAL (SELECT date_trunc('month', %(today)s::date) - month * interval '1 month' AS day) AS d
CROSS JOIN LATERAL (SELECT CASE WHEN (o.id * 12 + month) %% 200 = 0 THEN o.id - o.id %% 5 ELSE o.id * 100 + month END AS seed) AS s
CROSS JOIN LATERAL (
    SELECT string_agg(p.words, '' ORDER BY i) AS minutes
    FROM generate_series(1, 64) i JOIN phrase p ON p.n = ('x' || substr(md5(s.seed || '-' || i), 1, 7))::bit(28)::int %% 2000
) AS text
WHERE o.kind = 'branch'
"""
ROLLS = """
INSERT INTO education_attendance (uid, meeting_id, member_id, state, reason, note)
SELECT gen_random_uuid(), m.id, a.member_id,
       CASE WHEN m.organisation_id %% 50 = 3 OR (m.id * 7 + a.member_id) %% 13 <> 0 THEN 'present' ELSE 'leave' END,
       CASE WHEN m.organisation_id %% 50 = 3 OR (m.id * 7 + a.member_id) %% 13 <> 0 THEN '' ELSE 'ill' END, ''
FROM education_meeting m JOIN members_affiliation a ON a.organisation_id = m.organisation_id AND a."end" IS NULL
"""


def run() -> list[dict]:
    """The rows of `make bench` about a night's look: the first, and every other."""
    with scratch_database(DATABASE):
        branches, meetings = load()
        first, again = _timed(), _timed()
        found = Question.objects.count()
        print(f"{branches} branches, {meetings} meetings, {found} questions: first {first:.1f} s, again {again:.1f} s")
        return [
            {"name": "signals_first_look_s", "value": round(first, 1), "unit": "s", "target": f"<= {FIRST}", "ok": first <= FIRST},
            {"name": "signals_look_s", "value": round(again, 1), "unit": "s", "target": f"<= {NIGHT}", "ok": again <= NIGHT},
        ]


def load() -> tuple[int, int]:
    """A county with a year of meetings and their rolls; (branches, meetings)."""
    today, random = timezone.localdate(), Random("signals")
    county.found_county(PLAN, random)
    people.fill(list(Organisation.objects.branches().order_by("code")), plan=PLAN, today=today, random=random)
    open_doors(LOGINS)
    with connection.cursor() as cursor:
        cursor.execute(PHRASES, {})
        cursor.execute(MEETINGS.format(users=User._meta.db_table), {"today": today})
        meetings = cursor.rowcount
        cursor.execute(ROLLS, {})
        cursor.execute("VACUUM ANALYZE")
    return Organisation.objects.branches().count(), meetings


def _timed() -> float:
    begun = time.perf_counter()
    look(today=timezone.localdate())
    return time.perf_counter() - begun
