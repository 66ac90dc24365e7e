"""What a statement posts leaves a slip until it is sealed (ADR 20)."""

from django.db import migrations

SLIPS = """
CREATE TRIGGER leaves_slip AFTER INSERT ON points_entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
SELECT core_slip_standing_rows('points_entry');
"""

BACK = """
DROP TRIGGER leaves_slip ON points_entry;
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0007_drafts_are_edited"), ("core", "0006_ledgers_leave_slips")]
    operations = [migrations.RunSQL(SLIPS, BACK)]
