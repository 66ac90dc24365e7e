"""What the journal promises, kept by the database: numbers, turns, balances, sums, mirrors, closed years, and rows that never change."""

from django.db import migrations

LEDGERS = ("fund_claim", "fund_voucher", "fund_voucherline", "fund_yearend", "fund_linechange")

KEPT = "".join(
    f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
    CREATE TRIGGER leaves_slip AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION core_leave_slip();
    """
    for table in LEDGERS
)

JOURNAL = """
-- The next number of the book's year, taken under the year's row; a closed year gives none. The next turn of the basis, if it may follow.
CREATE FUNCTION fund_voucher_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before text; turns int;
BEGIN
    UPDATE fund_bookyear SET last_number = last_number + 1
    WHERE book_id = NEW.book_id AND year = NEW.year AND closed_at IS NULL RETURNING last_number INTO NEW.number;
    IF NOT FOUND THEN RAISE EXCEPTION 'the year is closed, or not begun' USING ERRCODE = 'check_violation'; END IF;
    SELECT count(*), (array_agg(kind ORDER BY turn DESC))[1] INTO turns, before FROM fund_voucher
    WHERE (claim_id = NEW.claim_id OR source_id = NEW.source_id);
    IF concat(before, '>', NEW.kind) NOT IN ('>receipt', 'receipt>reversal', '>reserve', 'reserve>release', 'reserve>payment',
                                             'payment>reversal', 'reversal>payment', 'reversal>release') THEN
        RAISE EXCEPTION 'a % does not follow a %', NEW.kind, before USING ERRCODE = 'check_violation';
    END IF;
    NEW.turn = turns + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER numbered BEFORE INSERT ON fund_voucher FOR EACH ROW EXECUTE FUNCTION fund_voucher_numbered();

-- The account's balance in its own sense, and what a budget line has approved: one sum each, whose checks refuse.
CREATE FUNCTION fund_line_posted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE posted_to text;
BEGIN
    UPDATE fund_account SET balance = balance + NEW.amount * CASE kind WHEN 'cash' THEN 1 ELSE -1 END
    WHERE id = NEW.account_id RETURNING kind INTO posted_to;
    IF posted_to = 'free' THEN
        UPDATE fund_budgetline b SET used = b.used + NEW.amount FROM fund_claim c, fund_voucher v
        WHERE v.id = NEW.voucher_id AND c.id = v.claim_id AND b.id = c.line_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posted AFTER INSERT ON fund_voucherline FOR EACH ROW EXECUTE FUNCTION fund_line_posted();

-- At the commit: two lines that add to zero, of the book's own accounts and of the shape of their kind, for the very sum of their basis.
CREATE FUNCTION fund_voucher_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v fund_voucher; shape text; total numeric; largest numeric; strangers int;
BEGIN
    SELECT * INTO v FROM fund_voucher WHERE id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    SELECT string_agg(a.kind || CASE WHEN l.amount > 0 THEN '+' ELSE '-' END, ' ' ORDER BY l.amount DESC), sum(l.amount), max(l.amount),
           count(*) FILTER (WHERE a.book_id <> v.book_id)
    INTO shape, total, largest, strangers FROM fund_voucherline l JOIN fund_account a ON a.id = l.account_id WHERE l.voucher_id = v.id;
    IF total IS DISTINCT FROM 0 OR largest IS DISTINCT FROM v.amount OR strangers > 0 THEN
        RAISE EXCEPTION 'voucher % does not add up', v.id USING ERRCODE = 'check_violation';
    ELSIF concat(v.kind, ':', shape) NOT IN ('receipt:cash+ free-', 'reserve:free+ reserved-', 'release:reserved+ free-', 'payment:reserved+ cash-',
                                             'reversal:free+ cash-', 'reversal:cash+ reserved-') THEN
        RAISE EXCEPTION 'voucher % is not of its kind: %', v.id, shape USING ERRCODE = 'check_violation';
    ELSIF NOT EXISTS (SELECT FROM fund_claim c JOIN fund_budgetline b ON b.id = c.line_id AND b.book_id = c.book_id WHERE c.id = v.claim_id
                      AND c.amount = v.amount AND c.book_id = v.book_id AND (v.kind <> 'reserve' OR b.year = v.year))
      AND NOT EXISTS (SELECT FROM fund_source s WHERE s.id = v.source_id AND s.amount = v.amount AND s.book_id = v.book_id AND s.state = 'confirmed')
      OR v.payment_id IS NOT NULL AND NOT EXISTS (SELECT FROM fund_payment p WHERE p.id = v.payment_id AND p.claim_id = v.claim_id
                      AND p.state = 'confirmed' AND p.prepared_by_id = v.made_by_id AND p.confirmed_by_id = v.checked_by_id) THEN
        RAISE EXCEPTION 'voucher % does not rest on its basis', v.id USING ERRCODE = 'check_violation';
    ELSIF v.reverses_id IS NOT NULL AND (EXISTS (
            SELECT account_id, -amount FROM fund_voucherline WHERE voucher_id = v.reverses_id EXCEPT
            SELECT account_id, amount FROM fund_voucherline WHERE voucher_id = v.id)
        OR NOT EXISTS (SELECT FROM fund_voucher r WHERE r.id = v.reverses_id AND r.turn = v.turn - 1 AND r.made_by_id IS DISTINCT FROM v.made_by_id
                       AND (r.claim_id = v.claim_id OR r.source_id = v.source_id))) THEN
        RAISE EXCEPTION 'voucher % does not mirror what it reverses', v.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON fund_voucher DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION fund_voucher_adds_up('id');
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON fund_voucherline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION fund_voucher_adds_up('voucher_id');

-- What the journal keeps nobody writes by hand: a balance, what a line has used, the last number. A closed year stays closed.
CREATE FUNCTION fund_kept_by_the_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE others text[] := ARRAY[TG_ARGV[0], TG_ARGV[1], 'name', 'closed_by_id'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (to_jsonb(NEW) ->> TG_ARGV[0])::numeric = 0 THEN RETURN NEW; END IF;
    ELSIF (pg_trigger_depth() > 1 OR to_jsonb(NEW) -> TG_ARGV[0] = to_jsonb(OLD) -> TG_ARGV[0])
        AND to_jsonb(OLD) ->> 'closed_at' IS NULL AND to_jsonb(NEW) - others = to_jsonb(OLD) - others THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is kept by the journal, and what is closed stays closed', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept BEFORE INSERT OR UPDATE ON fund_account FOR EACH ROW EXECUTE FUNCTION fund_kept_by_the_journal('balance', 'name');
CREATE TRIGGER kept BEFORE INSERT OR UPDATE ON fund_budgetline FOR EACH ROW EXECUTE FUNCTION fund_kept_by_the_journal('used', 'amount');
CREATE TRIGGER kept BEFORE INSERT OR UPDATE ON fund_bookyear FOR EACH ROW EXECUTE FUNCTION fund_kept_by_the_journal('last_number', 'closed_at');
"""

OF_BOTH = ("fund_account", "fund_budgetline", "fund_bookyear")

BACK = """
DROP TRIGGER adds_up ON fund_voucherline; DROP TRIGGER adds_up ON fund_voucher; DROP FUNCTION fund_voucher_adds_up();
DROP TRIGGER posted ON fund_voucherline; DROP FUNCTION fund_line_posted();
DROP TRIGGER numbered ON fund_voucher; DROP FUNCTION fund_voucher_numbered();
""" + "".join(f"DROP TRIGGER kept ON {table};" for table in OF_BOTH)


class Migration(migrations.Migration):
    dependencies = [("fund", "0001_books_claims_and_journal"), ("core", "0006_ledgers_leave_slips")]
    operations = [
        migrations.RunSQL(
            KEPT,
            "".join(
                f"DROP TRIGGER leaves_slip ON {t}; DROP TRIGGER append_only_truncate ON {t}; DROP TRIGGER append_only ON {t};"
                for t in LEDGERS
            ),
        ),
        migrations.RunSQL(JOURNAL, BACK + "DROP FUNCTION fund_kept_by_the_journal();"),
    ]
