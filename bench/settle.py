"""The ledger's figures: a county-year of a million facts under twenty items, against the same rows as bare SQL.

The bare side only inserts rows that are already worked out and moves the projections by them, into copies of the tables
with the same keys, indexes, foreign keys and look-ups. Everything a settle does beyond that (facts × rules, caps, comparing with
what stands, numbering postings, locks) is the difference.
"""

import time
from datetime import date
from decimal import Decimal
from statistics import median

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from bench.scratch import scratch_database
from branches.services.organisations import found_organisation
from members.models import Member
from members.services.facts import FactLine, record
from partyportal.core.models import User
from points.models import Category, Item, Scheme
from points.selectors.accounts import explain_member
from points.services.schemes import begin_from_version
from points.services.simulations import simulate
from points.settlement import Scope, settle

MEMBERS, FACTS, BRANCHES, YEAR = 40_000, 1_000_000, 1_000, 2026
CLASSES = ("village", "office", "retired")

COUNTY = """
INSERT INTO branches_organisation (id, uid, code, name, short_name, pinyin, kind, unit_type, parent_id, path, founded_on)
SELECT 1000 + n, gen_random_uuid(), %(code)s || n, '第' || n || '支部', '第' || n || '支部', '', 'branch', 'village', %(parent)s,
       %(path)s || (1000 + n) || '/', '2000-01-01'
FROM generate_series(1, %(branches)s) n;

INSERT INTO branches_organisationspan (organisation_id, parent_id, path, name, kind, start)
SELECT id, parent_id, path, name, kind, founded_on FROM branches_organisation WHERE kind = 'branch';

INSERT INTO members_member (uid, name, pinyin, initials, sex, ethnicity, id_number, id_masked, id_index, id_tail_index, birth_on, education,
    category, joined_on, full_on, post, mobile_phone, landline, address, standing, is_lost, is_mobile, destination, branch_id, version,
    created_at, updated_at)
SELECT gen_random_uuid(), '党员' || n, 'dangyuan' || n, 'dy', '1', '01', '\\x00', '', decode(md5('id' || n), 'hex'), '\\x00', '1970-01-01', '',
    'full', '2000-07-01', '2001-07-01', '', '', '', '', 'normal', false, false, '', 1001 + n %% %(branches)s, 1, now(), now()
FROM generate_series(1, %(members)s) n;

INSERT INTO members_fact (uid, kind, key, revision, member_id, organisation_id, member_class, day, units, title, evidence, is_void, recorded_at)
SELECT gen_random_uuid(), 'bench.' || g %% 12, 'bench:' || g, 1, m.id, m.branch_id, (%(classes)s::text[])[1 + m.id %% 3],
       date '2026-01-01' + g %% 330, 1, '记录', '', false, now()
FROM generate_series(1, %(facts)s) g JOIN members_member m ON m.id = 1 + (g::bigint * 7919) %% %(members)s;
"""

COPIES = """
CREATE TABLE bare_entry (LIKE points_entry INCLUDING ALL);
CREATE TABLE bare_standing (LIKE points_standing INCLUDING ALL);
CREATE TABLE bare_month (LIKE points_organisationmonth INCLUDING ALL);
CREATE TABLE bare_year (LIKE points_organisationyear INCLUDING ALL);
ALTER TABLE bare_entry ADD FOREIGN KEY (member_id) REFERENCES members_member DEFERRABLE INITIALLY DEFERRED;
CREATE TRIGGER points_at AFTER INSERT ON bare_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION points_entry_points_at();
CREATE TRIGGER leaves_slip AFTER INSERT ON bare_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
ALTER TABLE bare_standing ADD FOREIGN KEY (member_id) REFERENCES members_member DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bare_month ADD FOREIGN KEY (organisation_id) REFERENCES branches_organisation DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bare_year ADD FOREIGN KEY (organisation_id) REFERENCES branches_organisation DEFERRABLE INITIALLY DEFERRED;
"""

COLUMNS = "line, posting, kind, member_id, organisation_id, item_id, fact_id, category, period_start, day, points, posted_at"
BARE = f"""
WITH posted AS (
    INSERT INTO bare_entry ({COLUMNS}) SELECT {COLUMNS} FROM points_entry RETURNING member_id, organisation_id, category, day, points
), standings AS (
    INSERT INTO bare_standing AS held (member_id, year, quarter, category, points, as_of)
    SELECT member_id, 2026, extract(quarter FROM day) AS quarter, category, sum(points), now() FROM posted GROUP BY member_id, quarter, category
    ON CONFLICT (member_id, year, quarter, category) DO UPDATE SET points = held.points + excluded.points, as_of = excluded.as_of
), years AS (
    INSERT INTO bare_year AS held (organisation_id, year, category, points, as_of)
    SELECT organisation_id, 2026, category, sum(points), now() FROM posted GROUP BY organisation_id, category
    ON CONFLICT (organisation_id, year, category) DO UPDATE SET points = held.points + excluded.points, as_of = excluded.as_of
)
INSERT INTO bare_month AS held (organisation_id, month, category, points, as_of)
SELECT organisation_id, date_trunc('month', day)::date AS month, category, sum(points), now() FROM posted GROUP BY organisation_id, month, category
ON CONFLICT (organisation_id, month, category) DO UPDATE SET points = held.points + excluded.points, as_of = excluded.as_of
"""


def run() -> list[dict]:
    """The rows of `make bench` about settling."""
    with scratch_database("partyportal_bench_settle"):
        load()
        _execute(COPIES)
        # A B B A: whichever side goes first finds colder tables, so each goes first once and the better time counts.
        first, facts, entries = timed(settle_year)
        bare = min(timed(lambda: _execute(BARE))[0] for _ in range(2) if not _empty("bare_entry, bare_standing, bare_month, bare_year"))
        _empty("points_entry, points_standing, points_organisationmonth, points_organisationyear")
        settled = min(first, timed(settle_year)[0])
        again, _, posted_again = timed(settle_year)
        meeting = median([one_meeting(number) for number in range(12)][3:])  # the first ones warm the connection
        explained = median([one_explanation(number) for number in range(30)][5:])
        simulated = min(timed(simulate_year)[0] for _ in range(2))
    print(f"settle {settled:.1f} s, bare {bare:.1f} s, {entries} entries of {facts} facts; again {again:.1f} s")
    ratio, speed = settled / bare, facts / settled
    return [
        {"name": "settle_1m_vs_sql", "value": round(ratio, 3), "unit": "×", "target": "<= 1.3", "ok": ratio <= 1.3},
        {"name": "settle_1m_facts_per_s", "value": round(speed), "unit": "facts/s", "target": ">= 25000", "ok": speed >= 25_000},
        {"name": "settle_again_entries", "value": posted_again, "unit": "entries", "target": "== 0", "ok": posted_again == 0},
        {"name": "simulate_vs_settle", "value": round(simulated / settled, 3), "unit": "×", "target": "<= 1", "ok": simulated <= settled},
        {"name": "explain_member_ms", "value": round(explained, 1), "unit": "ms", "target": "<= 30", "ok": explained <= 30},
        {"name": "settle_meeting_ms", "value": round(meeting, 1), "unit": "ms", "target": "< 50", "ok": meeting < 50},
    ]


def _empty(tables: str) -> None:
    """The ledger refuses TRUNCATE; a benchmark's scratch database is the one place where it is opened."""
    _execute(f"SET LOCAL session_replication_role = replica; TRUNCATE {tables}")


def load() -> None:
    """A county with its scheme, members and facts."""
    county = found_organisation(code="001", name="中共某县委员会", kind="county", parent=None, founded_on=date(2000, 1, 1), by=None)
    committee = found_organisation(
        code="001001", name="中共某县某镇委员会", kind="committee", parent=county, founded_on=date(2000, 1, 1), by=None
    )
    scheme = Scheme.objects.create(organisation=county, name="积分办法", version=1, start=date(YEAR, 1, 1))
    categories = [
        Category.objects.create(
            scheme=scheme, code=f"c{n}", name=f"类别 {n}", position=n, cap=60 if n == 0 else None, cap_period="year" if n == 0 else ""
        )
        for n in range(5)
    ]
    caps = {"month": 6, "quarter": 12, "year": 20}
    for n in range(1, 21):
        period = (*caps, "")[n % 4]
        Item.objects.create(
            scheme=scheme,
            category=categories[n % 5],
            code=f"i{n:02}",
            name=f"项目 {n}",
            fact_kind=f"bench.{n % 12}",
            value=Decimal(1 + n % 5),
            cap=caps.get(period),
            cap_period=period,
            classes=[CLASSES[n % 3], CLASSES[(n + 1) % 3]],
        )
    Scheme.objects.filter(pk=scheme.pk).update(published_at=timezone.now())
    _execute(
        COUNTY,
        {
            "code": "001001",
            "parent": committee.pk,
            "path": committee.path,
            "branches": BRANCHES,
            "members": MEMBERS,
            "facts": FACTS,
            "classes": list(CLASSES),
        },
    )


def settle_year() -> tuple[int, int]:
    settlement = settle(Scope(YEAR))
    return settlement.facts, settlement.entries


def one_meeting(number: int) -> float:
    """Milliseconds from the facts of a meeting of fifty to committed entries and standings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, branch_id FROM members_member WHERE branch_id IN (%s, %s) ORDER BY id LIMIT 50",
            [1010 + 2 * number, 1011 + 2 * number],
        )
        people = cursor.fetchall()
    lines = [
        FactLine(
            key=f"meeting:{number}:{member}",
            kind="bench.3",
            member_id=member,
            organisation_id=branch,
            member_class=CLASSES[member % 3],
            day=date(YEAR, 11, 20),
            units=Decimal(1),
            title="主题党日",
        )
        for member, branch in people
    ]
    started = time.perf_counter()
    with transaction.atomic():
        record(lines, by=None)
    settlement = settle(Scope.of((line.member_id for line in lines), YEAR))
    spent = (time.perf_counter() - started) * 1000
    assert len(people) == 50 and settlement.entries > 0
    return spent


def simulate_year() -> None:
    """The same million facts under a draft: a copy of the version with the caps of its items raised."""
    published = Scheme.objects.get(published_at__isnull=False)
    officer, _ = User.objects.get_or_create(username="officer")
    draft = Scheme.objects.drafts().first()
    if draft is None:
        draft = begin_from_version(published, organisation=published.organisation, start=date(YEAR, 1, 1), by=officer)
        draft.items.exclude(cap=None).update(cap=F("cap") + 2)
    simulation = simulate(draft, year=YEAR, by=officer)
    assert simulation.members == MEMBERS, simulation.members


def one_explanation(number: int) -> float:
    """Milliseconds until a member's year stands explained, line by line."""
    member = Member.objects.defer("id_number").order_by("pk")[number * 97]
    started = time.perf_counter()
    lines = explain_member(member, YEAR)
    spent = (time.perf_counter() - started) * 1000
    assert len(lines) > 10
    return spent


def timed(work) -> tuple:
    """Seconds until the work is committed, and what it answered. Every side starts from a checkpoint and fresh statistics."""
    for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    started = time.perf_counter()
    answer = work()
    return (time.perf_counter() - started, *(answer or ()))


def _execute(text: str, params: dict | None = None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, params)
