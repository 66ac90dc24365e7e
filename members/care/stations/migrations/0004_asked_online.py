"""A member may ask from home: one kind of step more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stations", "0003_what_happened_stays")]
    operations = [
        migrations.AlterField(
            model_name="requeststep",
            name="act",
            field=models.CharField(
                choices=[("ask", "网上申请"), ("take", "受理"), ("note", "补记"), ("finish", "办结"), ("withdraw", "不办了")],
                max_length=8,
                verbose_name="经过",
            ),
        ),
    ]
