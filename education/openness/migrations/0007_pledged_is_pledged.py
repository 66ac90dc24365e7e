"""What was done about a pledge and how it was judged is append-only; a confirmed pledge keeps its words and its year."""

from django.db import migrations

TABLES = ("openness_deed", "openness_deed_files", "openness_verdict")
FORWARD = "".join(
    f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
    """
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER append_only_truncate ON {table}; DROP TRIGGER append_only ON {table};" for table in TABLES)
WORDS = """
    CREATE TRIGGER words_stay BEFORE UPDATE OF text, year ON openness_pledge
        FOR EACH ROW WHEN (OLD.confirmed_on IS NOT NULL AND (OLD.text <> NEW.text OR OLD.year <> NEW.year)) EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("openness", "0006_pledges"), ("core", "0002_append_only_audit")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(WORDS, "DROP TRIGGER words_stay ON openness_pledge;"),
    ]
