import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0021_leaner_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="notes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                db_default=[],
                default=list,
                help_text="文件里没有读的列和工作表",
                size=None,
                verbose_name="没有读的",
            ),
        ),
    ]
