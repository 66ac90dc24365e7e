"""What is published, agreed to, answered, done and judged leaves a slip until it is sealed (ADR 20)."""

from django.db import migrations

TABLES = (
    *("openness_edition", "openness_edition_files", "openness_consent", "openness_piecestep", "openness_answer", "openness_commentstep"),
    *("openness_deed", "openness_deed_files", "openness_verdict"),
)

FORWARD = "".join(
    f"""
    CREATE TRIGGER leaves_slip AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
    SELECT core_slip_standing_rows('{table}');
    """
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER leaves_slip ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("openness", "0007_pledged_is_pledged"), ("core", "0006_ledgers_leave_slips")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
