"""A source and a payment are decided once and never rewritten; of 党建经费 nothing is spent without its document."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION fund_only_decided() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE decision text[] := '{state,decided_by_id,decided_at,return_reason,certificate,confirmed_by_id,confirmed_at}';
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state NOT IN ('recorded', 'prepared') OR to_jsonb(OLD) - decision <> to_jsonb(NEW) - decision THEN
        RAISE EXCEPTION 'decided once and never rewritten' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_decided BEFORE UPDATE OR DELETE ON fund_source FOR EACH ROW EXECUTE FUNCTION fund_only_decided();
CREATE TRIGGER only_decided BEFORE UPDATE OR DELETE ON fund_payment FOR EACH ROW EXECUTE FUNCTION fund_only_decided();

CREATE FUNCTION fund_claim_has_its_paper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.document_id IS NULL AND EXISTS (SELECT FROM fund_book WHERE id = NEW.book_id AND kind = 'operating') THEN
        RAISE EXCEPTION 'an expense has its document' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER has_its_paper BEFORE INSERT ON fund_claim FOR EACH ROW EXECUTE FUNCTION fund_claim_has_its_paper();

-- Certificates of one book and year run from 1.
CREATE UNIQUE INDEX source_certificate_once ON fund_source (book_id, (extract(year FROM day)), certificate) WHERE certificate IS NOT NULL;
"""

BACKWARD = """
DROP INDEX source_certificate_once;
DROP TRIGGER has_its_paper ON fund_claim;
DROP FUNCTION fund_claim_has_its_paper();
DROP TRIGGER only_decided ON fund_payment;
DROP TRIGGER only_decided ON fund_source;
DROP FUNCTION fund_only_decided();
"""


class Migration(migrations.Migration):
    dependencies = [("fund", "0002_journal")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
