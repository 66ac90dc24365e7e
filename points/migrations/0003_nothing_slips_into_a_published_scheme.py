"""The freeze looks at where a row goes as well as where it was, and an item's category is one of its own version."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION points_scheme_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE frozen boolean;
BEGIN
    IF TG_TABLE_NAME = 'points_scheme' THEN
        frozen := OLD.published_at IS NOT NULL;
    ELSIF TG_OP = 'INSERT' THEN
        frozen := EXISTS (SELECT FROM points_scheme WHERE id = NEW.scheme_id AND published_at IS NOT NULL);
    ELSIF TG_OP = 'UPDATE' THEN
        frozen := EXISTS (SELECT FROM points_scheme WHERE id IN (OLD.scheme_id, NEW.scheme_id) AND published_at IS NOT NULL);
    ELSE
        frozen := EXISTS (SELECT FROM points_scheme WHERE id = OLD.scheme_id AND published_at IS NOT NULL);
    END IF;
    IF frozen THEN
        RAISE EXCEPTION 'a published scheme is frozen: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION points_item_in_its_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM points_category WHERE id = NEW.category_id AND scheme_id = NEW.scheme_id) THEN
        RAISE EXCEPTION 'an item belongs to a category of its own scheme' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_its_scheme BEFORE INSERT OR UPDATE ON points_item FOR EACH ROW EXECUTE FUNCTION points_item_in_its_scheme();
"""

BACKWARD = """
DROP TRIGGER in_its_scheme ON points_item;
DROP FUNCTION points_item_in_its_scheme();
CREATE OR REPLACE FUNCTION points_scheme_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0002_ledger_refuses_change")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
