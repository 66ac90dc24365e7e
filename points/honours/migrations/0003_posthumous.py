from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("honours", "0002_places_are_counted")]
    operations = [
        migrations.AddField(
            model_name="honour",
            name="is_posthumous",
            field=models.BooleanField(default=False, editable=False, help_text="表彰时已经去世", verbose_name="追授"),
        ),
        migrations.AddConstraint(
            model_name="honour",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_posthumous", False), ("member__isnull", False), _connector="OR"),
                name="honour_posthumous_is_of_a_member",
                violation_error_message="追授的是党员，党组织没有追授。",
            ),
        ),
    ]
