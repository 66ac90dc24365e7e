"""A session that first met these triggers while the tables were nearly empty kept that plan (a sequential scan for each
changed row) and took minutes over a roster: plan them anew each time, for a fraction of a millisecond."""

from django.db import migrations

FUNCTIONS = ("members_follow_affiliation", "members_one_a_day", "members_owe_settlement")


class Migration(migrations.Migration):
    dependencies = [("members", "0005_imports")]
    operations = [
        migrations.RunSQL(
            f"ALTER FUNCTION {name}() SET plan_cache_mode = force_custom_plan", f"ALTER FUNCTION {name}() RESET plan_cache_mode"
        )
        for name in FUNCTIONS
    ]
