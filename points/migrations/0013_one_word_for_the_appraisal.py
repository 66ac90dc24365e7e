"""The result of 民主评议 was `manual.appraisal` before it was a result others ask for too: versions, deeds and facts of then say the one word.

A version is frozen and a fact is never overwritten, so their triggers stand aside for this one statement each. Facts and the items
that count them change together and a line is keyed by neither, so the ledger stays as it is.
"""

from django.db import migrations

RENAMED = {"points_item": "fact_kind", "points_multiplier": "fact_kind", "points_award": "fact_kind", "members_fact": "kind"}
FORWARD = [
    statement
    for table, column in RENAMED.items()
    for statement in (
        f"ALTER TABLE {table} DISABLE TRIGGER USER",
        f"UPDATE {table} SET {column} = 'appraisal.result' WHERE {column} = 'manual.appraisal'",
        f"ALTER TABLE {table} ENABLE TRIGGER USER",
    )
]


class Migration(migrations.Migration):
    dependencies = [("points", "0012_who_falls"), ("members", "0021_leaner_indexes")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
