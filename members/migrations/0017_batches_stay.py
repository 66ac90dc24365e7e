"""A batch is written or given up, never removed: its rows point to it without a check of their own (ADR 11)."""

import django.db.models.deletion
from django.db import migrations, models

STAYS = """
CREATE TRIGGER never_removed BEFORE DELETE ON members_importbatch FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
STAYS_BACK = "DROP TRIGGER never_removed ON members_importbatch;"


class Migration(migrations.Migration):
    dependencies = [("members", "0016_import_tally")]
    operations = [
        migrations.AlterField(
            model_name="stagedrow",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="staged",
                to="members.importbatch",
                verbose_name="批次",
            ),
        ),
        migrations.AlterField(
            model_name="importedrow",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="written",
                to="members.importbatch",
                verbose_name="批次",
            ),
        ),
        migrations.RunSQL(STAYS, STAYS_BACK),
    ]
