"""A year of the demo county's dues, set-based: bases, collections, payments, their facts, and what is still to do.

The rows are those the services of dues would have written; a test compares the two. Chance is a digest of the rows' own
numbers, so the same county comes out on every machine.
"""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from branches.models import Organisation
from members.dues.models import Base, PayerKind, RateBand
from members.dues.rules import band_for, monthly_due
from members.dues.selectors.months import owed_up_to
from members.dues.services import approve_exemption, collect, file_exemption
from members.models import Member
from partyportal.core.days import month_of
from partyportal.core.models import User
from partyportal.dashboard.demo.bulk import copy_in
from partyportal.dashboard.demo.county import Plan

# Monthly after-tax pay by post: a few steps, so that every band has somebody.
PAY = {
    "公务员": ("5200.00", "6150.50", "4780.00", "7320.00"),
    "教师": ("4350.00", "5630.80", "3960.00"),
    "专业技术人员": ("4120.00", "5280.00", "3000.00"),
    "企业职工": ("3600.00", "4800.00", "10500.00", "2900.00"),
    "离退休人员": ("4300.00", "5600.00", "3850.00"),
}
FARMERS = ("0.50", "1.00", "0.20", "0.50")
SHOWCASE = "高家杨村党支部"
LONG_UNPAID, UNPAID, EXEMPT, ASKING = "薛荣荣", "姚浩永", "汤艳岚", "唐林永"


def pay_a_year(root: Organisation, *, plan: Plan, today: date) -> int:
    """Assess everybody, collect what was due until last month but for a few, and leave this month to do; returns the payments."""
    secretary, deputy = User.objects.get(username="secretary"), User.objects.get(username="deputy")
    copy_in(_bases(today.year, secretary))
    now = month_of(today)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE dues_base")
        cursor.execute(
            PLAN,
            {"root": root.path, "now": now, "year": today.year, "careless": 13, "ahead": plan.villages_pay_ahead}
            | {"showcase": SHOWCASE, "long": LONG_UNPAID, "short": UNPAID},
        )
        who = {"by": secretary.pk, "second": deputy.pk, "moment": timezone.now()}
        for statement in (COLLECTIONS, PAYMENTS, MONTHS):
            cursor.execute(statement, who)
            cursor.execute("ANALYZE dues_collection, dues_payment, dues_paidmonth")  # what follows joins what was just written
        cursor.execute(FACTS, who)
        paid = cursor.rowcount
        cursor.execute("DROP TABLE demo_dues")
    _leave_something_to_do(today, secretary, deputy)
    return paid


def _bases(year: int, by: User) -> list[Base]:
    start, moment = date(year, 1, 1), timezone.now()
    bands = list(RateBand.objects.on(start))
    bases = []
    for at, (pk, post) in enumerate(Member.objects.at_home().order_by("pk").values_list("pk", "post")):
        steps = PAY.get(post)
        kind = PayerKind.FARMER if steps is None else PayerKind.RETIRED if post == "离退休人员" else PayerKind.SALARIED
        amount = Decimal(steps[at % len(steps)]) if steps else None
        band = band_for(bands, kind=kind, amount=amount)
        monthly = monthly_due(band, amount=amount, fixed=None if steps else Decimal(FARMERS[at % len(FARMERS)]))
        bases.append(
            Base(
                member_id=pk,
                year=year,
                start=start,
                kind=kind,
                amount=None if amount is None else str(amount),
                band=band,
                monthly=monthly,
                set_by=by,
                set_at=moment,
            )
        )
    return bases


def _leave_something_to_do(today: date, secretary: User, deputy: User) -> None:
    """In the branch of the pictures: one exemption granted, one asked for, a collection of this morning that waits for the secretary."""
    branch = Organisation.objects.filter(short_name=SHOWCASE).first()
    committee = User.objects.filter(username="committee").first()
    if branch is None or committee is None:
        return
    people = {member.name: member for member in Member.objects.at_home().filter(branch=branch).select_related("branch")}
    now, december = month_of(today), date(today.year, 12, 1)
    asked = {"start": now, "until": december, "by": secretary, "today": today}
    granted = file_exemption(people[EXEMPT], monthly=Decimal(0), reason="八十岁以上，长期卧病", **asked)
    approve_exemption(granted, by=committee)
    file_exemption(people[ASKING], monthly=Decimal("0.10"), reason="今年秋季受灾减收", **asked)
    early = [people[name] for name in ("孔春琴", "魏英", "薛永云") if name in people]
    owed = owed_up_to(Member.objects.filter(pk__in=[member.pk for member in early]), now, today=today)
    expected = {pk: sum(row.due for row in rows) for pk, rows in owed.items()}
    if expected:
        collect(organisation=branch, expected=expected, until=now, day=today, method="cash", by=deputy, today=today)


_DICE = "(('x' || substr(md5({seed}), 1, 7))::bit(28)::int %% 1000)"

# Who pays which month, in which of the year's collections: the half-year, the third quarter, then monthly; or, ahead, all that is left of the year.
PLAN = f"""
CREATE TEMPORARY TABLE demo_dues AS
SELECT member_id, month, organisation_id, due, code, make_date(%(year)s, period, 1) AS collected
FROM (
    SELECT d.member_id, d.month, d.organisation_id, d.due, o.code, ahead,
           CASE WHEN extract(month FROM d.month) <= 6 THEN 6 WHEN ahead OR extract(month FROM d.month) <= 9 THEN 9
                ELSE extract(month FROM d.month)::int END AS period,
           CASE WHEN o.short_name = %(showcase)s AND m.name = %(long)s THEN 7
                WHEN o.short_name = %(showcase)s AND m.name = %(short)s THEN 3
                WHEN o.short_name = %(showcase)s THEN 0
                WHEN m.is_lost THEN 8 WHEN dice < 8 THEN 7 WHEN dice < 16 THEN 5 WHEN dice < 30 THEN 3 WHEN dice < 60 THEN 1
                WHEN d.organisation_id %% %(careless)s = 5 THEN 1 ELSE 0 END AS late
    FROM dues_duemonth d
    JOIN members_member m ON m.id = d.member_id
    JOIN branches_organisation o ON o.id = d.organisation_id AND o.path LIKE %(root)s || '%%'
    CROSS JOIN LATERAL (
        SELECT {_DICE.format(seed="'dues' || d.member_id")} AS dice, %(ahead)s AND o.unit_type = 'village' AND o.short_name <> %(showcase)s AS ahead
    ) chance
    WHERE d.year = %(year)s AND d.due > 0
) planned
WHERE month < %(now)s::date - make_interval(months => late) OR ahead AND late = 0;
-- A collection lies in the last month of its period; what would lie in this month or later was not collected yet.
DELETE FROM demo_dues WHERE collected >= %(now)s;
ANALYZE demo_dues;
"""

COLLECTIONS = """
INSERT INTO dues_collection (uid, organisation_id, day, method, state, recorded_by_id, recorded_at, decided_by_id, decided_at, return_reason)
SELECT md5('collection' || organisation_id || '/' || collected)::uuid, organisation_id, collected + 19, 'cash', 'confirmed', %(by)s,
       collected + 19 + interval '10 hours', %(second)s, collected + 20 + interval '10 hours', ''
FROM demo_dues GROUP BY organisation_id, collected ORDER BY collected, organisation_id
"""

PAYMENTS = """
INSERT INTO dues_payment (uid, collection_id, member_id, organisation_id, day, amount, voluntary, to_centre, receipt, reverses_id, reason, recorded_by_id, recorded_at)
SELECT md5('dues' || p.member_id || '/' || p.organisation_id || '/' || p.collected)::uuid, c.id, p.member_id, p.organisation_id, c.day, p.amount, 0, false,
       p.code || '-' || extract(year FROM c.day) || '-' || lpad(row_number() OVER (PARTITION BY p.organisation_id ORDER BY p.collected, p.member_id)::text, 4, '0'),
       NULL, '', %(by)s, c.recorded_at
FROM (SELECT member_id, organisation_id, code, collected, sum(due) AS amount FROM demo_dues GROUP BY 1, 2, 3, 4) p
JOIN dues_collection c ON c.organisation_id = p.organisation_id AND c.day = p.collected + 19
"""

MONTHS = """
INSERT INTO dues_paidmonth (payment_id, member_id, organisation_id, month, posting, amount)
SELECT y.id, d.member_id, d.organisation_id, d.month, 1, d.due
FROM demo_dues d
JOIN dues_payment y ON y.member_id = d.member_id AND y.organisation_id = d.organisation_id AND y.day = d.collected + 19
"""

# The same fact as `members.dues.services` leaves on confirmation: one a payment, worth its months, where the payer was at home that day
# (who moved away paid the old branch the months there).
FACTS = """
INSERT INTO members_fact (uid, kind, key, revision, member_id, organisation_id, member_class, day, units, title, evidence, is_void,
                          recorded_by_id, confirmed_by_id, recorded_at, superseded_at)
SELECT md5('fact dues.paid' || y.uid)::uuid, 'dues.paid', 'dues.paid:' || y.uid, 1, y.member_id, coalesce(a.organisation_id, y.organisation_id), c.name, y.day, count(*),
       '交纳党费：' || extract(year FROM y.day) || ' 年 ' || extract(month FROM min(l.month))
           || CASE WHEN count(*) > 1 THEN '–' || extract(month FROM max(l.month)) ELSE '' END || ' 月',
       '收据 ' || y.receipt, false, %(by)s, %(second)s, %(moment)s, NULL
FROM dues_payment y
JOIN dues_paidmonth l ON l.payment_id = y.id
JOIN members_memberclass c ON c.member_id = y.member_id AND c.start <= y.day AND (c."end" IS NULL OR c."end" > y.day)
LEFT JOIN members_affiliation a ON a.member_id = y.member_id AND a.start <= y.day AND (a."end" IS NULL OR a."end" > y.day)
GROUP BY y.id, a.organisation_id, c.name
"""
