"""What was asked, answered and laid aside is append-only in the database itself, and leaves a slip until it is sealed (ADR 20)."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON signals_questionstep FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON signals_questionstep FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER leaves_slip AFTER INSERT ON signals_questionstep REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
SELECT core_slip_standing_rows('signals_questionstep');
"""
BACKWARD = "DROP TRIGGER leaves_slip ON signals_questionstep; DROP TRIGGER append_only_truncate ON signals_questionstep; DROP TRIGGER append_only ON signals_questionstep;"


class Migration(migrations.Migration):
    dependencies = [("signals", "0001_questions"), ("core", "0006_ledgers_leave_slips")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
