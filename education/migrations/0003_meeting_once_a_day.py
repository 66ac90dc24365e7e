from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("education", "0002_requirements"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="meeting",
            name="meeting_by_day",
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(
                condition=models.Q(("state", "confirmed")),
                fields=["held_on", "kind"],
                include=("organisation", "group"),
                name="meeting_by_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "void"), _negated=True),
                fields=("organisation", "group", "kind", "held_on"),
                name="meeting_once_a_day",
                nulls_distinct=False,
                violation_error_message="这一天已经有同一种会议的记录。",
            ),
        ),
    ]
