"""A criterion in force is frozen but for its last day; fixed lists and reviews are append-only, and leave slips until they are sealed."""

from django.db import migrations

LEDGERS = ("care_conditionreview", "care_listsnapshot", "care_listentry")

FORWARD = """
CREATE FUNCTION care_criterion_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.enacted_at IS NOT NULL AND (
        TG_OP = 'DELETE' OR to_jsonb(OLD) - 'end' - 'ended_by_id' IS DISTINCT FROM to_jsonb(NEW) - 'end' - 'ended_by_id'
    ) THEN
        RAISE EXCEPTION 'a criterion in force is frozen: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON care_criterionversion FOR EACH ROW EXECUTE FUNCTION care_criterion_frozen();
""" + "".join(
    f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER leaves_slip AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
    SELECT core_slip_standing_rows('{table}');
    """
    for table in LEDGERS
)
BACKWARD = (
    "".join(
        f"DROP TRIGGER leaves_slip ON {table}; DROP TRIGGER append_only_truncate ON {table}; DROP TRIGGER append_only ON {table};"
        for table in LEDGERS
    )
    + "DROP TRIGGER frozen ON care_criterionversion; DROP FUNCTION care_criterion_frozen();"
)


class Migration(migrations.Migration):
    dependencies = [("care", "0003_conditions_and_criteria"), ("core", "0006_ledgers_leave_slips")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
