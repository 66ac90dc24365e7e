"""Steps are never changed and leave slips (ADR 20); a programme a case rests on keeps all but its end."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON aid_step FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON aid_step FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER leaves_slip AFTER INSERT ON aid_step REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();

CREATE FUNCTION aid_programme_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM aid_case WHERE programme_id = OLD.id)
       AND to_jsonb(NEW) - 'end' IS DISTINCT FROM to_jsonb(OLD) - 'end' THEN
        RAISE EXCEPTION '已有救助事项用了这个项目，不能改；另设一版' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON aid_programme FOR EACH ROW EXECUTE FUNCTION aid_programme_frozen();
"""
BACKWARD = """
DROP TRIGGER frozen ON aid_programme;
DROP FUNCTION aid_programme_frozen();
DROP TRIGGER leaves_slip ON aid_step;
DROP TRIGGER append_only_truncate ON aid_step;
DROP TRIGGER append_only ON aid_step;
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0001_cases"), ("core", "0006_ledgers_leave_slips")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
