"""Who was hung under other rules is settled: a year's caps, ratios and floor are those of where the branch hangs on the year's last day.

Facts of the day itself would find them anyway; whoever has none after it kept the old bounds until their next.
"""

from django.db import migrations

OWES = """
CREATE FUNCTION points_owe_hung_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Planned for the rows of each statement: a branch, or the county's organisations from a file. A new name alone changes no rules.
    EXECUTE $sql$
        INSERT INTO members_owed (member_id, year, since)
        SELECT DISTINCT fact.member_id, extract(year FROM fact.day)::int, now()
        FROM changed
        JOIN members_fact fact ON fact.organisation_id = changed.organisation_id AND fact.day >= date_trunc('year', changed.start)::date
        WHERE fact.superseded_at IS NULL AND NOT EXISTS (
            SELECT FROM branches_organisationspan past
            WHERE past.organisation_id = changed.organisation_id AND past."end" = changed.start AND past.path = changed.path
        )
    $sql$;
    RETURN NULL;
END $$;

CREATE TRIGGER owes_hung_elsewhere AFTER INSERT ON branches_organisationspan REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION points_owe_hung_elsewhere();
"""

BACK = """
DROP TRIGGER owes_hung_elsewhere ON branches_organisationspan;
DROP FUNCTION points_owe_hung_elsewhere();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0004_term_lengths"),
        ("members", "0020_triggers_planned_each_time"),
        ("points", "0015_years_of_organisations"),
    ]
    operations = [migrations.RunSQL(OWES, BACK)]
