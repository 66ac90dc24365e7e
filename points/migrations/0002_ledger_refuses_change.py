"""The ledger is append-only, and a published scheme is frozen, in the database itself."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON points_entry
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON points_entry
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();

CREATE FUNCTION points_scheme_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE frozen boolean;
BEGIN
    IF TG_TABLE_NAME = 'points_scheme' THEN
        frozen := OLD.published_at IS NOT NULL;
    ELSIF TG_OP = 'INSERT' THEN
        frozen := (SELECT published_at IS NOT NULL FROM points_scheme WHERE id = NEW.scheme_id);
    ELSE
        frozen := (SELECT published_at IS NOT NULL FROM points_scheme WHERE id = OLD.scheme_id);
    END IF;
    IF frozen THEN
        RAISE EXCEPTION 'a published scheme is frozen: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON points_scheme FOR EACH ROW EXECUTE FUNCTION points_scheme_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON points_category FOR EACH ROW EXECUTE FUNCTION points_scheme_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON points_item FOR EACH ROW EXECUTE FUNCTION points_scheme_frozen();
"""

BACKWARD = """
DROP TRIGGER frozen ON points_item;
DROP TRIGGER frozen ON points_category;
DROP TRIGGER frozen ON points_scheme;
DROP FUNCTION points_scheme_frozen();
DROP TRIGGER append_only_truncate ON points_entry;
DROP TRIGGER append_only ON points_entry;
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0001_initial"), ("core", "0002_append_only_audit")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
