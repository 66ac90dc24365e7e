"""What a statement pays in leaves a slip until it is sealed (ADR 20)."""

from django.db import migrations

SLIPS = """
CREATE TRIGGER leaves_slip AFTER INSERT ON dues_payment REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
SELECT core_slip_standing_rows('dues_payment');
CREATE TRIGGER leaves_slip AFTER INSERT ON dues_paidmonth REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
SELECT core_slip_standing_rows('dues_paidmonth');
"""

BACK = """
DROP TRIGGER leaves_slip ON dues_paidmonth;
DROP TRIGGER leaves_slip ON dues_payment;
"""


class Migration(migrations.Migration):
    dependencies = [("dues", "0003_sheets"), ("core", "0006_ledgers_leave_slips")]
    operations = [migrations.RunSQL(SLIPS, BACK)]
