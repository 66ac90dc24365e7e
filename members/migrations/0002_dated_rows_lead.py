"""Triggers by which affiliations lead the member's branch, and facts tell the ledger what it owes."""

from django.db import migrations

AFFILIATIONS = """
CREATE FUNCTION members_follow_affiliation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' AND EXISTS (
        SELECT FROM changed c JOIN branches_organisation o ON o.id = c.organisation_id WHERE o.kind <> 'branch'
    ) THEN
        RAISE EXCEPTION 'an affiliation is to a branch only' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE members_member m SET branch_id = latest.organisation_id, left_on = latest."end"
    FROM (
        SELECT DISTINCT ON (a.member_id) a.member_id, a.organisation_id, a."end"
        FROM members_affiliation a
        WHERE a.member_id IN (SELECT member_id FROM changed)
        ORDER BY a.member_id, a.start DESC
    ) latest
    WHERE m.id = latest.member_id
      AND (m.branch_id, m.left_on) IS DISTINCT FROM (latest.organisation_id, latest."end");
    RETURN NULL;
END $$;

CREATE TRIGGER leads_member_insert AFTER INSERT ON members_affiliation REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION members_follow_affiliation();
CREATE TRIGGER leads_member_update AFTER UPDATE ON members_affiliation REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION members_follow_affiliation();
CREATE TRIGGER leads_member_delete AFTER DELETE ON members_affiliation REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION members_follow_affiliation();
"""

AFFILIATIONS_BACK = """
DROP TRIGGER leads_member_insert ON members_affiliation;
DROP TRIGGER leads_member_update ON members_affiliation;
DROP TRIGGER leads_member_delete ON members_affiliation;
DROP FUNCTION members_follow_affiliation();
"""

FACTS = """
CREATE FUNCTION members_owe_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO members_owed (member_id, year, since)
    SELECT member_id, extract(year FROM day), now() FROM changed GROUP BY 1, 2;
    RETURN NULL;
END $$;

CREATE TRIGGER owes_insert AFTER INSERT ON members_fact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION members_owe_settlement();
CREATE TRIGGER owes_update AFTER UPDATE ON members_fact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION members_owe_settlement();

CREATE FUNCTION members_fact_only_superseded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
       OR (to_jsonb(OLD) - 'superseded_at') <> (to_jsonb(NEW) - 'superseded_at') THEN
        RAISE EXCEPTION 'a fact is revised by a new row, never overwritten' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER revised_not_overwritten BEFORE UPDATE ON members_fact
    FOR EACH ROW EXECUTE FUNCTION members_fact_only_superseded();
CREATE TRIGGER never_removed BEFORE DELETE ON members_fact
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON members_fact
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

FACTS_BACK = """
DROP TRIGGER never_truncated ON members_fact;
DROP TRIGGER never_removed ON members_fact;
DROP TRIGGER revised_not_overwritten ON members_fact;
DROP FUNCTION members_fact_only_superseded();
DROP TRIGGER owes_update ON members_fact;
DROP TRIGGER owes_insert ON members_fact;
DROP FUNCTION members_owe_settlement();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("core", "0002_append_only_audit")]
    operations = [migrations.RunSQL(AFFILIATIONS, AFFILIATIONS_BACK), migrations.RunSQL(FACTS, FACTS_BACK)]
