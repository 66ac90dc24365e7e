"""An organisation is dissolved, never removed: facts, entries and past statistics point to it for good."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0001_initial"), ("core", "0002_append_only_audit")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER never_removed BEFORE DELETE ON branches_organisation FOR EACH ROW EXECUTE FUNCTION core_refuse_change()",
            "DROP TRIGGER never_removed ON branches_organisation",
        )
    ]
