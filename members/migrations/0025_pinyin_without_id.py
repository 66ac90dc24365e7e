"""The roster's order is an index of the names' sounds alone.

With the id behind them it was a second index that held ids: where PostgreSQL believed the roster empty, it looked people up by
going through all of it, once a person (17 to 32 s for an import of twenty thousand).
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0024_changed_rows_found_by_index")]
    operations = [
        migrations.RemoveIndex("member", "member_by_pinyin"),
        migrations.AddIndex("member", models.Index(fields=["pinyin"], name="member_by_pinyin")),
    ]
