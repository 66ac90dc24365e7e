"""The counts of meetings are moved by statement triggers, in the transaction that moves a meeting."""

from django.db import migrations

# A difference is added to the row as it stands, so two writers of one branch's year wait for each other and both count.
ADD = """
INSERT INTO education_meetingtally (organisation_id, group_id, kind, year, counts)
SELECT organisation_id, group_id, kind, year, sum(step) FROM (
{rows}
) AS steps
GROUP BY 1, 2, 3, 4 HAVING sum(step) <> 0 ORDER BY 1, 2, 3, 4
ON CONFLICT (organisation_id, group_id, kind, year) DO UPDATE SET counts = education_meetingtally.counts + excluded.counts;
"""
COUNTED = """
    SELECT e.organisation_id, e.group_id, e.kind, date_part('year', e.held_on)::int AS year,
           {sign} * (1::bigint << 5 * (date_part('month', e.held_on)::int - 1)) AS step
    FROM {rows} WHERE e.state = 'confirmed' AND {condition}"""
IN_ITS_OWN_MONTH = "NOT EXISTS (SELECT FROM education_makeup m WHERE m.meeting_id = e.id AND m.ended_at IS NULL)"
COME = COUNTED.format(sign="1", rows="come e", condition=IN_ITS_OWN_MONTH)
GONE = COUNTED.format(sign="-1", rows="gone e", condition=IN_ITS_OWN_MONTH)
SAID = COUNTED.format(sign="-1", rows="come c JOIN education_meeting e ON e.id = c.meeting_id", condition="c.ended_at IS NULL")
UNSAID = COUNTED.format(sign="1", rows="gone c JOIN education_meeting e ON e.id = c.meeting_id", condition="c.ended_at IS NULL")

WHEN = (
    ("insert", "NEW TABLE AS come", 0),
    ("update", "OLD TABLE AS gone NEW TABLE AS come", None),
    ("delete", "OLD TABLE AS gone", 1),
)


def triggers() -> str:
    """Of both tables, for each way to write them: what came is added, what went is taken away."""
    made = []
    for table, steps in (("meeting", (COME, GONE)), ("makeup", (SAID, UNSAID))):
        for act, tables, which in WHEN:
            rows = "\nUNION ALL\n".join(steps) if which is None else steps[which]
            name = f"education_{table}_counts_{act}"
            made.append(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {ADD.format(rows=rows)} RETURN NULL; END $$;"
                f"CREATE TRIGGER counts_{act} AFTER {act.upper()} ON education_{table} REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
            )
    return "\n".join(made)


def take_back() -> str:
    return "\n".join(
        f"DROP TRIGGER counts_{act} ON education_{table}; DROP FUNCTION education_{table}_counts_{act}();"
        for table in ("meeting", "makeup")
        for act, _, _ in WHEN
    )


FILL = ADD.format(rows=COUNTED.format(sign="1", rows="education_meeting e", condition=IN_ITS_OWN_MONTH))


class Migration(migrations.Migration):
    dependencies = [("education", "0009_tallies")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop), migrations.RunSQL(triggers(), take_back())]
