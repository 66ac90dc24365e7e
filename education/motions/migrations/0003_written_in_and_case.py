"""另选他人 as candidates the paper did not name, and the case of 发展党员 a meeting votes on."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("motions", "0002_results_are_kept"), ("development", "0002_yearly_analysis")]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="is_written_in",
            field=models.BooleanField(default=False, help_text="选票上没有，投票时另选的", verbose_name="另选"),
        ),
        migrations.AddField(
            model_name="motion",
            name="case",
            field=models.ForeignKey(
                blank=True,
                help_text="发展党员表决才有",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="motions",
                to="development.case",
                verbose_name="发展谁",
            ),
        ),
        migrations.AddConstraint(
            model_name="motion",
            constraint=models.CheckConstraint(
                condition=Q(case=None) | Q(kind="development"),
                name="motion_case_of_development",
                violation_error_message="发展党员的表决才写发展谁。",
            ),
        ),
    ]
