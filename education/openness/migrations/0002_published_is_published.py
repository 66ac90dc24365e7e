"""What was published, agreed to and done about a piece is append-only in the database itself."""

from django.db import migrations

TABLES = ("openness_edition", "openness_edition_files", "openness_consent", "openness_piecestep")
FORWARD = "".join(
    f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
    """
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER append_only_truncate ON {table}; DROP TRIGGER append_only ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("openness", "0001_pieces"), ("core", "0002_append_only_audit")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
