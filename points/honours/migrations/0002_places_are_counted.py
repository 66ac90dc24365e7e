"""Nominations that hold a place are counted on their call and share by the database, whoever writes; the checks refuse one too many.

The call's row is taken before the share's, always, so two approvals at once wait for each other and neither waits for ever.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION honours_count_places() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held boolean := TG_OP <> 'INSERT' AND OLD.state IN ('approved', 'honoured');
    holds boolean := TG_OP <> 'DELETE' AND NEW.state IN ('approved', 'honoured');
BEGIN
    IF TG_OP = 'UPDATE' AND held = holds AND OLD.call_id = NEW.call_id AND OLD.share_id IS NOT DISTINCT FROM NEW.share_id THEN
        RETURN NULL;
    END IF;
    IF held THEN
        UPDATE honours_call SET taken = taken - 1, free_taken = free_taken - (OLD.share_id IS NULL)::int WHERE id = OLD.call_id;
        UPDATE honours_share SET taken = taken - 1 WHERE id = OLD.share_id;
    END IF;
    IF holds THEN
        UPDATE honours_call SET taken = taken + 1, free_taken = free_taken + (NEW.share_id IS NULL)::int WHERE id = NEW.call_id;
        UPDATE honours_share SET taken = taken + 1 WHERE id = NEW.share_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_places AFTER INSERT OR DELETE OR UPDATE OF state, call_id, share_id ON honours_nomination
    FOR EACH ROW EXECUTE FUNCTION honours_count_places();

-- A share is of the nomination's own call.
CREATE FUNCTION honours_share_of_its_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.share_id IS NOT NULL AND NOT EXISTS (SELECT FROM honours_share WHERE id = NEW.share_id AND call_id = NEW.call_id) THEN
        RAISE EXCEPTION 'a nomination takes a share of its own call' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER share_of_its_call BEFORE INSERT OR UPDATE OF call_id, share_id ON honours_nomination
    FOR EACH ROW EXECUTE FUNCTION honours_share_of_its_call();
"""

BACKWARD = """
DROP TRIGGER share_of_its_call ON honours_nomination;
DROP FUNCTION honours_share_of_its_call();
DROP TRIGGER count_places ON honours_nomination;
DROP FUNCTION honours_count_places();
"""


class Migration(migrations.Migration):
    dependencies = [("honours", "0001_honours")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
