from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("education", "0003_meeting_once_a_day"),
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
                fields=["kind", "held_on"],
                include=("organisation", "group"),
                name="meeting_by_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["-held_on", "-id"], name="meeting_newest_first"),
        ),
    ]
