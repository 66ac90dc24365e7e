"""What was done about a comment and what was answered is append-only; of a comment only its state moves, never its words or who said them."""

from django.db import migrations

TABLES = ("openness_commentstep", "openness_answer")
FORWARD = "".join(
    f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
    """
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER append_only_truncate ON {table}; DROP TRIGGER append_only ON {table};" for table in TABLES)
WORDS = """
    CREATE TRIGGER words_stay BEFORE UPDATE OF text, by_id, piece_id, kind, is_named, "on", at ON openness_comment
        FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER words_stay_whole BEFORE DELETE ON openness_comment FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("openness", "0004_comments"), ("core", "0002_append_only_audit")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(WORDS, "DROP TRIGGER words_stay ON openness_comment; DROP TRIGGER words_stay_whole ON openness_comment;"),
    ]
