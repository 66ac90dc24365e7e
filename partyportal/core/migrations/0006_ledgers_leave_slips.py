"""Seals are never changed or removed, and what a statement writes into a ledger leaves a slip until it is sealed.

A new ledger asks for its slips in its own migration: the trigger `leaves_slip`, and `core_slip_standing_rows` if it holds rows already.
"""

from django.db import migrations

SEALS_STAY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_ledgerseal FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON core_ledgerseal FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_sealblock FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON core_sealblock FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
-- Hashes cannot be pressed: trying costs more than it saves.
ALTER TABLE core_sealblock ALTER COLUMN marks SET STORAGE EXTERNAL;
ALTER TABLE core_ledgerslip ALTER COLUMN marks SET STORAGE EXTERNAL;
ALTER TABLE core_ledgerslip ALTER COLUMN ids SET STORAGE EXTERNAL;
"""

SEALS_STAY_BACK = """
DROP TRIGGER append_only_truncate ON core_sealblock;
DROP TRIGGER append_only ON core_sealblock;
DROP TRIGGER append_only_truncate ON core_ledgerseal;
DROP TRIGGER append_only ON core_ledgerseal;
"""

SLIPS = """
-- One slip a statement: half a second for a million rows, where a trigger for each row would take ten.
CREATE FUNCTION core_leave_slip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_ledgerslip (ledger, width, last_id, ids, marks)
    SELECT TG_TABLE_NAME, (SELECT count(*) FROM pg_attribute WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped),
           max(a.id), array_agg(a.id ORDER BY a.id), array_agg(hash_record_extended(a, 0) ORDER BY a.id)
    FROM added a HAVING count(*) > 0;
    RETURN NULL;
END $$;

-- The rows a ledger held before it left slips are taken as they stand.
CREATE FUNCTION core_slip_standing_rows(ledger regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO core_ledgerslip (ledger, width, last_id, ids, marks)
         SELECT %L, (SELECT count(*) FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped),
                max(a.id), array_agg(a.id ORDER BY a.id), array_agg(hash_record_extended(a, 0) ORDER BY a.id)
         FROM %s a GROUP BY a.id / 1000000',
        (SELECT relname FROM pg_class WHERE oid = ledger), ledger::oid, ledger);
END $$;

CREATE TRIGGER leaves_slip AFTER INSERT ON core_auditentry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
SELECT core_slip_standing_rows('core_auditentry');
"""

SLIPS_BACK = """
DROP TRIGGER leaves_slip ON core_auditentry;
DROP FUNCTION core_slip_standing_rows(regclass);
DROP FUNCTION core_leave_slip();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_seals")]
    operations = [migrations.RunSQL(SEALS_STAY, SEALS_STAY_BACK), migrations.RunSQL(SLIPS, SLIPS_BACK)]
