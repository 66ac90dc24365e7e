"""What is published, closed or done on an objection leaves a slip until it is sealed (ADR 20)."""

from django.db import migrations

TABLES = ("publicity_publication", "publicity_sheetline", "publicity_step", "publicity_closing")

FORWARD = "".join(
    f"""
    CREATE TRIGGER leaves_slip AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
    SELECT core_slip_standing_rows('{table}');
    """
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER leaves_slip ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("publicity", "0002_published_is_published"), ("core", "0006_ledgers_leave_slips")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
