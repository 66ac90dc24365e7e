"""What ended before reasons were kept was a move; from here the database asks for one. What a member's row said is kept at every change."""

from django.db import migrations, models

PAST = """
CREATE FUNCTION members_keep_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The first change of a day keeps what held until that day; a later one of the same day changes nothing about it.
    INSERT INTO members_memberpast (member_id, "end", sex, ethnicity, birth_on, education, post, is_mobile, is_lost)
    SELECT o.id, (now() AT TIME ZONE 'Asia/Shanghai')::date, o.sex, o.ethnicity, o.birth_on, o.education, o.post, o.is_mobile, o.is_lost
    FROM before o JOIN after n ON n.id = o.id
    WHERE (o.sex, o.ethnicity, o.birth_on, o.education, o.post, o.is_mobile, o.is_lost)
        IS DISTINCT FROM (n.sex, n.ethnicity, n.birth_on, n.education, n.post, n.is_mobile, n.is_lost)
    ON CONFLICT (member_id, "end") DO NOTHING;
    RETURN NULL;
END $$;
ALTER FUNCTION members_keep_past() SET plan_cache_mode = force_custom_plan;

CREATE TRIGGER keeps_past AFTER UPDATE ON members_member REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION members_keep_past();
"""

PAST_BACK = """
DROP TRIGGER keeps_past ON members_member;
DROP FUNCTION members_keep_past();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0007_reasons_suspensions_and_past")]
    operations = [
        migrations.RunSQL(
            """UPDATE members_affiliation SET end_reason = 'moved' WHERE "end" IS NOT NULL AND end_reason = ''""", migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            model_name="affiliation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end", None), ("end_reason", "")),
                    models.Q(("end__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="affiliation_end_has_reason",
                violation_error_message="组织关系终止要写明缘由。",
            ),
        ),
        migrations.RunSQL(PAST, PAST_BACK),
    ]
