"""The one definition of a due month, a ledger that refuses change, and the rates of 中组发〔2008〕3号 as data."""

from datetime import date
from decimal import Decimal

from django.db import migrations

MONTHS = """
CREATE VIEW dues_duemonth AS
SELECT b.member_id, m.month, m.year, m.due_on, a.organisation_id, b.id AS base_id, x.id AS exemption_id,
       least(b.monthly, coalesce(x.monthly, b.monthly)) AS due, l.payment_id, l.amount AS paid, c.state AS collection_state
FROM (
    SELECT n.month, (n.month + interval '1 month' - interval '1 day')::date AS due_on, extract(year FROM n.month)::int AS year
    FROM (SELECT (date '2008-04-01' + make_interval(months => k))::date AS month FROM generate_series(0, 1100) k) n
) m
JOIN dues_base b ON b.year = m.year AND b.superseded_at IS NULL AND b.start <= m.month AND (b."end" IS NULL OR b."end" > m.month)
-- The branch of the month's last day; nobody who had left by then, nobody before the 支部大会.
JOIN members_affiliation a ON a.member_id = b.member_id AND a.start <= m.due_on AND (a."end" IS NULL OR a."end" > m.due_on)
JOIN members_member p ON p.id = b.member_id AND p.joined_on <= m.due_on
LEFT JOIN dues_exemption x ON x.member_id = b.member_id AND x.state = 'approved' AND x.start <= m.month AND x."end" > m.month
-- What pays the month is its last posting, if that one was not itself a taking back.
LEFT JOIN dues_paidmonth l ON l.member_id = b.member_id AND l.month = m.month AND l.amount > 0
    AND NOT EXISTS (SELECT FROM dues_paidmonth r WHERE r.member_id = l.member_id AND r.month = l.month AND r.posting > l.posting)
LEFT JOIN dues_payment y ON y.id = l.payment_id
LEFT JOIN dues_collection c ON c.id = y.collection_id
WHERE NOT EXISTS (SELECT FROM members_suspension s WHERE s.member_id = b.member_id AND s.start <= m.due_on AND (s."end" IS NULL OR s."end" > m.due_on));
"""

LEDGER = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dues_payment FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON dues_payment FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dues_paidmonth FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON dues_paidmonth FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_removed BEFORE DELETE ON dues_collection FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON dues_collection FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_removed BEFORE DELETE ON dues_base FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON dues_base FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();

-- A month is paid, taken back, paid again: each posting answers the one before it.
CREATE FUNCTION dues_postings_alternate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.posting <> 1 + (SELECT count(*) FROM dues_paidmonth l WHERE l.member_id = NEW.member_id AND l.month = NEW.month)
       OR (NEW.amount > 0) <> (NEW.posting % 2 = 1) OR NEW.amount = 0 THEN
        RAISE EXCEPTION 'a month is paid once, then taken back, then paid again' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alternate BEFORE INSERT ON dues_paidmonth FOR EACH ROW EXECUTE FUNCTION dues_postings_alternate();

-- A collection is decided once; all else about it stands.
CREATE FUNCTION dues_collection_only_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'recorded' OR to_jsonb(OLD) - '{state,decided_by_id,decided_at,return_reason}'::text[]
                               <> to_jsonb(NEW) - '{state,decided_by_id,decided_at,return_reason}'::text[] THEN
        RAISE EXCEPTION 'a collection is decided once and never rewritten' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_decided BEFORE UPDATE ON dues_collection FOR EACH ROW EXECUTE FUNCTION dues_collection_only_decided();

-- A base ends or is superseded, each once; what it said stands. The sealed income alone may change its seal (key rotation).
CREATE FUNCTION dues_base_only_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at
       OR to_jsonb(OLD) - '{end,superseded_at,amount}'::text[] <> to_jsonb(NEW) - '{end,superseded_at,amount}'::text[] THEN
        RAISE EXCEPTION 'a base is ended or superseded, never overwritten' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_ended BEFORE UPDATE ON dues_base FOR EACH ROW EXECUTE FUNCTION dues_base_only_ended();
"""

BACK = """
DROP TRIGGER only_ended ON dues_base;
DROP FUNCTION dues_base_only_ended();
DROP TRIGGER only_decided ON dues_collection;
DROP FUNCTION dues_collection_only_decided();
DROP TRIGGER alternate ON dues_paidmonth;
DROP FUNCTION dues_postings_alternate();
DROP TRIGGER never_truncated ON dues_base;
DROP TRIGGER never_removed ON dues_base;
DROP TRIGGER never_truncated ON dues_collection;
DROP TRIGGER never_removed ON dues_collection;
DROP TRIGGER append_only_truncate ON dues_paidmonth;
DROP TRIGGER append_only ON dues_paidmonth;
DROP TRIGGER append_only_truncate ON dues_payment;
DROP TRIGGER append_only ON dues_payment;
"""

START = date(2008, 4, 1)  # the day 中组发〔2008〕3号 took force
SOURCE = "《关于中国共产党党费收缴、使用和管理的规定》（中组发〔2008〕3号）"
PAID_BY_INCOME = ((None, 3000, "0.005"), (3000, 5000, "0.01"), (5000, 10_000, "0.015"), (10_000, None, "0.02"))
RETIRED = ((None, 5000, "0.005"), (5000, None, "0.01"))
SUMS = (("farmer", "0.2", "1"), ("minimal", "0.2", "0.2"))


def write(apps, schema_editor):
    band = apps.get_model("dues", "RateBand")
    shares = [(kind, *line) for kind in ("salaried", "annual", "self_employed") for line in PAID_BY_INCOME]
    shares += [("retired", *line) for line in RETIRED]
    band.objects.bulk_create(
        [
            *(
                band(kind=kind, above=above, up_to=up_to, rate=Decimal(rate), source=SOURCE, start=START)
                for kind, above, up_to, rate in shares
            ),
            *(band(kind=kind, lowest=Decimal(low), highest=Decimal(high), source=SOURCE, start=START) for kind, low, high in SUMS),
        ]
    )


def take_back(apps, schema_editor):
    apps.get_model("dues", "RateBand").objects.filter(start=START).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0001_initial"),
        ("core", "0002_append_only_audit"),
        ("members", "0008_the_past_stays"),
    ]
    operations = [
        migrations.RunSQL(LEDGER, BACK),
        migrations.RunSQL(MONTHS, "DROP VIEW dues_duemonth;"),
        migrations.RunPython(write, take_back),
    ]
