"""API tokens are kept as digests by knox now; the plain ones end here, for whoever could read the table could use them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0009_leaner_indexes")]

    operations = [migrations.RunSQL("DROP TABLE IF EXISTS authtoken_token", migrations.RunSQL.noop)]
