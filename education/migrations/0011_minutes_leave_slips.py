"""Versions of minutes and their approvals leave a slip until they are sealed (ADR 20)."""

from django.db import migrations

TABLES = ("education_minutesrevision", "education_minutesapproval")

FORWARD = "".join(
    f"""
    CREATE TRIGGER leaves_slip AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
    SELECT core_slip_standing_rows('{table}');
    """
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER leaves_slip ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("education", "0010_tallies_follow"), ("core", "0006_ledgers_leave_slips")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
