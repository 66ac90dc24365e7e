"""What was changed, answered and done is append-only in the database itself, and leaves a slip until it is sealed (ADR 20)."""

from django.db import migrations

TABLES = ("stations_stationchange", "stations_bookingstep", "stations_requeststep")
FORWARD = "".join(
    f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER leaves_slip AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
    SELECT core_slip_standing_rows('{table}');
    """
    for table in TABLES
)
BACKWARD = "".join(
    f"DROP TRIGGER leaves_slip ON {table}; DROP TRIGGER append_only_truncate ON {table}; DROP TRIGGER append_only ON {table};"
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("stations", "0002_kinds_and_standards"), ("core", "0006_ledgers_leave_slips")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
