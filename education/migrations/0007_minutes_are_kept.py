"""Each text of the minutes, and each approval, is a row that is never changed."""

from django.db import migrations

TABLES = ("education_minutesrevision", "education_minutesapproval")

FORWARD = "".join(
    f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
    """
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER append_only_truncate ON {table}; DROP TRIGGER append_only ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("education", "0006_a_meeting_whole"), ("core", "0002_append_only_audit")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
