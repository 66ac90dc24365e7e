"""The ledger by day: the county's list of entries, latest first, without sorting a year of them for each page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("points", "0010_awards_with_files_and_revocation")]
    operations = [
        migrations.AddIndex(model_name="entry", index=models.Index(fields=["day", "id"], name="entry_by_day")),
    ]
