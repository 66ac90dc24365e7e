"""Grades, ratios and thresholds of a published version are frozen like its items; no item of mixed sign is ever published."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION points_grade_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE frozen boolean; parents bigint[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN parents := parents || (to_jsonb(OLD) ->> TG_ARGV[1])::bigint; END IF;
    IF TG_OP <> 'DELETE' THEN parents := parents || (to_jsonb(NEW) ->> TG_ARGV[1])::bigint; END IF;
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %I p JOIN points_scheme s ON s.id = p.scheme_id WHERE p.id = ANY($1) AND s.published_at IS NOT NULL)',
        TG_ARGV[0]
    ) INTO frozen USING parents;
    IF frozen THEN
        RAISE EXCEPTION 'a published scheme is frozen: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON points_itemgrade
    FOR EACH ROW EXECUTE FUNCTION points_grade_frozen('points_item', 'item_id');
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON points_multipliergrade
    FOR EACH ROW EXECUTE FUNCTION points_grade_frozen('points_multiplier', 'multiplier_id');
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON points_multiplier FOR EACH ROW EXECUTE FUNCTION points_scheme_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON points_threshold FOR EACH ROW EXECUTE FUNCTION points_scheme_frozen();

CREATE OR REPLACE FUNCTION points_item_in_its_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.category_id IS NOT NULL AND NOT EXISTS (SELECT FROM points_category WHERE id = NEW.category_id AND scheme_id = NEW.scheme_id) THEN
        RAISE EXCEPTION 'what belongs to a category belongs to one of its own scheme' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_its_scheme BEFORE INSERT OR UPDATE ON points_multiplier FOR EACH ROW EXECUTE FUNCTION points_item_in_its_scheme();

CREATE FUNCTION points_scheme_of_one_sign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM points_item i LEFT JOIN points_itemgrade g ON g.item_id = i.id
        WHERE i.scheme_id = NEW.id
        GROUP BY i.id
        HAVING greatest(max(g.value), i.value) > 0 AND least(min(g.value), i.value) < 0
    ) THEN
        RAISE EXCEPTION 'an item is of one sign' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_one_sign BEFORE UPDATE ON points_scheme
    FOR EACH ROW WHEN (OLD.published_at IS NULL AND NEW.published_at IS NOT NULL) EXECUTE FUNCTION points_scheme_of_one_sign();
"""

BACKWARD = """
DROP TRIGGER of_one_sign ON points_scheme;
DROP FUNCTION points_scheme_of_one_sign();
DROP TRIGGER in_its_scheme ON points_multiplier;
CREATE OR REPLACE FUNCTION points_item_in_its_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM points_category WHERE id = NEW.category_id AND scheme_id = NEW.scheme_id) THEN
        RAISE EXCEPTION 'an item belongs to a category of its own scheme' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER frozen ON points_threshold;
DROP TRIGGER frozen ON points_multiplier;
DROP TRIGGER frozen ON points_multipliergrade;
DROP TRIGGER frozen ON points_itemgrade;
DROP FUNCTION points_grade_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0005_grades_ratios_and_thresholds")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
