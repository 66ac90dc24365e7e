"""The triggers on a person's rows are planned at every statement, for the rows it changed.

Their statements take no parameter, and for such `plan_cache_mode` (0006) is not asked: a session that had moved one member kept the plan
for one and took many minutes over a roster. `EXECUTE` plans anew, for a fraction of a millisecond.
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
    EXECUTE $sql$
        UPDATE members_member m SET branch_id = latest.organisation_id, left_on = latest."end"
        FROM (
            SELECT DISTINCT ON (a.member_id) a.member_id, a.organisation_id, a."end"
            FROM members_affiliation a
            WHERE a.member_id IN (SELECT member_id FROM changed)
            ORDER BY a.member_id, a.start DESC
        ) latest
        WHERE m.id = latest.member_id
          AND (m.branch_id, m.left_on) IS DISTINCT FROM (latest.organisation_id, latest."end")
    $sql$;
    RETURN NULL;
END $$;
"""

ONE_A_DAY = """
CREATE OR REPLACE FUNCTION members_one_a_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE twice boolean;
BEGIN
    -- Writers of one member's rows wait for each other here, so the check below sees what the other committed.
    EXECUTE 'SELECT FROM members_member WHERE id IN (SELECT member_id FROM changed) ORDER BY id FOR NO KEY UPDATE';
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM changed c JOIN %I.%I a ON a.member_id = c.member_id AND a.id <> c.id
                        WHERE a.start < coalesce(c."end", ''infinity'') AND c.start < coalesce(a."end", ''infinity''))',
        TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO twice;
    IF twice THEN
        RAISE EXCEPTION '% holds two rows of one member on one day', TG_TABLE_NAME USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END $$;
"""

PAST = """
CREATE OR REPLACE FUNCTION members_keep_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The first change of a day keeps what held until that day; a later one of the same day changes nothing about it.
    EXECUTE $sql$
        INSERT INTO members_memberpast (member_id, "end", sex, ethnicity, birth_on, education, post, is_mobile, is_lost)
        SELECT o.id, (now() AT TIME ZONE 'Asia/Shanghai')::date, o.sex, o.ethnicity, o.birth_on, o.education, o.post, o.is_mobile, o.is_lost
        FROM before o JOIN after n ON n.id = o.id
        WHERE (o.sex, o.ethnicity, o.birth_on, o.education, o.post, o.is_mobile, o.is_lost)
            IS DISTINCT FROM (n.sex, n.ethnicity, n.birth_on, n.education, n.post, n.is_mobile, n.is_lost)
        ON CONFLICT (member_id, "end") DO NOTHING
    $sql$;
    RETURN NULL;
END $$;
"""

# What the functions do is as before; going back leaves them so.
NAMES = ("members_follow_affiliation", "members_one_a_day", "members_keep_past")


class Migration(migrations.Migration):
    dependencies = [("members", "0019_suspensions_recorded")]
    operations = [
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (FOLLOW, ONE_A_DAY, PAST)),
        *(
            migrations.RunSQL(
                f"ALTER FUNCTION {name}() RESET plan_cache_mode", f"ALTER FUNCTION {name}() SET plan_cache_mode = force_custom_plan"
            )
            for name in NAMES
        ),
    ]
