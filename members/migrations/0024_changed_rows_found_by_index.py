"""The triggers on a person's dated rows find the changed people by index, whatever the planner was told or believes.

A join with the changed rows was hashed while a roster is written (its rows have no statistics, so nested loops are off): every
part of the file read through all that the parts before had written. An array is looked up by index, each of its members once.
"""

from django.db import migrations

FOLLOW = """
CREATE OR REPLACE FUNCTION members_follow_affiliation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE elsewhere boolean;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        EXECUTE $sql$
            SELECT EXISTS (
                SELECT FROM (SELECT DISTINCT organisation_id FROM changed) c
                LEFT JOIN branches_organisation o ON o.id = c.organisation_id
                WHERE o.kind IS DISTINCT FROM 'branch'
            )
        $sql$ INTO elsewhere;
        IF elsewhere THEN
            RAISE EXCEPTION 'an affiliation is to a branch only' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    -- Of whoever has no affiliation left the comparison is NULL: they stay where they were last.
    EXECUTE $sql$
        UPDATE members_member m SET (branch_id, left_on) = (
            SELECT a.organisation_id, a."end" FROM members_affiliation a WHERE a.member_id = m.id ORDER BY a.start DESC LIMIT 1
        )
        WHERE m.id = ANY (ARRAY(SELECT member_id FROM changed)) AND (
            SELECT (a.organisation_id, a."end") IS DISTINCT FROM (m.branch_id, m.left_on)
            FROM members_affiliation a WHERE a.member_id = m.id ORDER BY a.start DESC LIMIT 1
        )
    $sql$;
    RETURN NULL;
END $$;
"""

# Of rows in the order of their start, two overlap only if one does with the next.
ONE_A_DAY = """
CREATE OR REPLACE FUNCTION members_one_a_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE twice boolean;
BEGIN
    -- Writers of one member's rows wait for each other here, so the check below sees what the other committed.
    EXECUTE 'SELECT FROM members_member WHERE id = ANY (ARRAY(SELECT member_id FROM changed)) ORDER BY id FOR NO KEY UPDATE';
    EXECUTE format(
        'SELECT EXISTS (
            SELECT FROM (
                SELECT start, lag(coalesce("end", ''infinity'')) OVER (PARTITION BY member_id ORDER BY start) AS free_from
                FROM %I.%I WHERE member_id = ANY (ARRAY(SELECT member_id FROM changed))
            ) d WHERE d.start < d.free_from
        )',
        TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO twice;
    IF twice THEN
        RAISE EXCEPTION '% holds two rows of one member on one day', TG_TABLE_NAME USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0023_units_hold_a_year")]
    # What the functions do is as before; going back leaves them so.
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (FOLLOW, ONE_A_DAY)]
