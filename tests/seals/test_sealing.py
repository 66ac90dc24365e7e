"""The chain: what a seal holds, what it hangs on, and what is said when it is touched."""

import base64
import hashlib
import json
import os
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from partyportal.core import audit
from partyportal.core.crypto import fingerprint_of
from partyportal.core.models import AuditEntry, LedgerSeal, LedgerSlip, SealBlock, Verification
from partyportal.core.operating.doctor.database import append_only_tables
from partyportal.core.seals import keys, rows, rules, services, slips, verify
from partyportal.core.seals.rows import Unsealable, columns_of, ledgers, line_of
from partyportal.core.seals.services import seal_ledgers
from points.models import Entry
from points.services import verification
from tests.factories import make_member
from tests.points.makers import deed, make_scheme, settled
from tests.seals.makers import entries, live, past_the_triggers, sealed_and_open, skip_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(tree):
    make_scheme(tree.county, {})
    return [make_member(tree.ours, f"党员{n}") for n in range(3)]


def sound() -> verify.Report:
    report = verify.verify()
    assert report.fault is None, str(report.fault)
    return report


def execute(statement: str, params=None) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


# ── What is hashed ──────────────────────────────────────────────────────────
def test_a_seal_in_words_and_its_head():
    link = rules.Link(
        number=1,
        ledger="points_entry",
        columns=("day", "id"),
        after_id=rules.BEFORE_ALL,
        first_id=1,
        last_id=3,
        rows=3,
        digest="ab" * 32,
        previous=rules.NO_SEAL,
        key="0123456789abcdef",
        sealed_at=datetime(2026, 11, 22, 5, 0, tzinfo=UTC),
    )
    assert link.text == (
        '{"after_id":-9223372036854775808,"columns":["day","id"],"digest":"' + "ab" * 32 + '","first_id":1,"format":1,'
        '"key":"0123456789abcdef","last_id":3,"ledger":"points_entry","number":1,"previous":"' + "0" * 64 + '","rows":3,'
        '"sealed_at":"2026-11-22T05:00:00.000000Z"}'
    )
    assert link.head == hashlib.sha256(link.text.encode()).hexdigest()
    assert rules.printed(link.head).count(" ") == 15


@pytest.mark.parametrize(
    ("ids", "numbers"),
    [("{}", []), ("{[1,2)}", [1]), ("{[1,4),[7,8)}", [1, 2, 3, 7]), ("{[-3,-1)}", [-3, -2])],
)
def test_ids_of_a_block(ids, numbers):
    assert rules.ids_in(ids) == numbers


def test_the_first_difference_is_named():
    kept = {1: b"a", 2: b"b", 4: b"d"}
    assert rules.first_difference(kept, dict(kept)) is None
    assert rules.first_difference(kept, {1: b"a", 4: b"d"}) == (2, "removed")
    assert rules.first_difference(kept, kept | {3: b"c"}) == (3, "added")
    assert rules.first_difference(kept, kept | {4: b"x", 5: b"e"}) == (4, "changed")


@pytest.mark.parametrize(
    "settings",
    [
        "SET LOCAL DateStyle = 'SQL, DMY'",
        "SET LOCAL TimeZone = 'America/New_York'",
        "SET LOCAL bytea_output = 'escape'",
        "SET LOCAL extra_float_digits = -5",
        "SET LOCAL IntervalStyle = 'sql_standard'",
        "SET LOCAL lc_monetary = 'C'",
    ],
)
@pytest.mark.parametrize("ledger", ["core_auditentry", "points_entry", "dues_payment"])
def test_a_rows_bytes_hang_on_no_setting_of_the_session(people, ledger, settings):
    settled(deed(people[0], date(2026, 2, 1)))
    audit.record("test.sealed.written", people[0], by=None, subject=people[0].uid, changes={"name": ["甲", "乙\\ \n"]}, words='引号" 和 \\')
    types = columns_of(ledger)
    line = f"SELECT {line_of(types, list(types))} FROM {ledger} ORDER BY id"
    before = execute(line)
    with transaction.atomic():
        execute(settings)
        assert execute(line) == before
        transaction.set_rollback(True)
    for (text,) in before:
        assert "\n" not in text and list(json.loads(text)) == sorted(types)


def test_a_column_whose_text_is_not_stable_is_not_sealed(db):
    with pytest.raises(Unsealable):
        line_of({"id": "int8", "share": "float8"}, ["id", "share"])


def test_every_ledger_can_be_sealed_and_leaves_slips(db):
    """Whoever makes a table append-only gives it the trigger `leaves_slip` (core/migrations/0006), and columns whose text is stable."""
    every = set(append_only_tables()) - {"core_ledgerseal", "core_sealblock"}
    assert set(ledgers()) == every >= {"core_auditentry", "dues_paidmonth", "dues_payment", "points_entry"}
    for ledger in every:
        types = columns_of(ledger)
        assert line_of(types, list(types)) and types["id"] == "int8"
    assert not [ledger for ledger in every if not slips.leaves_slips(ledger)]


# ── The chain ───────────────────────────────────────────────────────────────
def test_seals_follow_one_another_over_all_ledgers(tree, people):
    live(tree, people, (1, 2))
    first = seal_ledgers()
    assert [seal.ledger for seal in first.seals] == ["core_auditentry", "points_entry"]
    assert not seal_ledgers().seals, "nothing new, no seal"
    skip_ids("points_entry", 5)
    live(tree, people, (3,))
    second = seal_ledgers()
    chain = list(LedgerSeal.objects.order_by("number"))
    assert [seal.number for seal in chain] == [1, 2, 3, 4]
    assert [seal.previous for seal in chain] == [rules.NO_SEAL, *(seal.head for seal in chain[:-1])]
    assert second.seals[1].after_id == first.seals[1].last_id
    assert sum(seal.rows for seal in chain if seal.ledger == "points_entry") == Entry.objects.count()
    report = sound()
    assert (report.number, report.head, report.unsealed) == (4, chain[-1].head, 0)
    assert report.rows == Entry.objects.count() + AuditEntry.objects.count()
    assert not LedgerSlip.objects.exists(), "a sealed row needs no slip"


def test_a_long_ledger_is_cut_into_seals_and_blocks(tree, people, monkeypatch):
    monkeypatch.setattr(services, "ROWS_A_SEAL", 8)
    monkeypatch.setattr(rows, "ROWS_A_BLOCK", 3)
    live(tree, people, range(1, 8))
    seal_ledgers()
    own = LedgerSeal.objects.filter(ledger="points_entry").order_by("number")
    assert [seal.rows for seal in own] == [8, 8, 5]
    assert [seal.blocks.count() for seal in own] == [3, 3, 2]
    monkeypatch.setattr(verify, "SEALS_AT_ONCE", 2)
    sound()
    told = []
    verify.verify(lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] and len(told) > 2


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["core_ledgerseal", "core_sealblock"])
def test_seals_refuse_change(tree, people, table, statement):
    live(tree, people, (1,))
    seal_ledgers()
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute(statement.format(table))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE core_ledgerseal SET rows = rows + 1 WHERE number = 2", "第 2 封被改动"),
        ("UPDATE core_ledgerseal SET sealed_at = sealed_at + interval '1 day' WHERE number = 3", "第 3 封被改动"),
        ("UPDATE core_ledgerseal SET mac = repeat('0', 64) WHERE number = 2", "第 2 封不是持有密钥的系统封的"),
        ("DELETE FROM core_ledgerseal WHERE number = 2", "第 2 封不见了"),
        ("UPDATE core_ledgerseal SET previous = repeat('1', 64) WHERE number = 4", "第 4 封接不上前一封"),
        ("UPDATE core_sealblock SET marks = rows_digest", "第 1 封的底册被改动"),
        ("UPDATE core_sealblock SET rows_digest = marks", "第 1 封的底册被改动"),
        ("DELETE FROM core_sealblock", "第 1 封的底册被改动"),
        ("ALTER TABLE points_entry RENAME COLUMN category TO sort", "封过的列 category 不在了"),
        ("ALTER TABLE points_entry RENAME TO points_gone", "整张账表不见了"),
    ],
)
def test_a_touched_seal_is_named(tree, people, statement, said):
    for month in (1, 2):
        live(tree, people, (month,))
        seal_ledgers()
    with past_the_triggers() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
        assert said in str(verify.verify().fault)


def test_who_makes_the_chain_anew_without_the_key_is_found(tree, people, settings):
    """All hashes agree, since anybody can make them; the signatures do not."""
    live(tree, people, (1,))
    settings.SEAL_KEY, held = base64.b64encode(os.urandom(32)).decode(), settings.SEAL_KEY
    seal_ledgers()
    sound()
    settings.SEAL_KEY = held
    assert "不在 SEAL_KEY 和 OLD_SEAL_KEYS 里" in str(verify.verify().fault)


def test_a_key_is_changed_and_the_old_one_still_proves(tree, people, settings):
    live(tree, people, (1,))
    seal_ledgers()
    settings.OLD_SEAL_KEYS, settings.SEAL_KEY = settings.SEAL_KEY, base64.b64encode(os.urandom(32)).decode()
    live(tree, people, (2,))
    seal_ledgers()
    assert set(LedgerSeal.objects.values_list("key", flat=True)) == set(keys.ring())
    assert LedgerSeal.objects.order_by("number").last().key == fingerprint_of(settings.SEAL_KEY)
    sound()
    settings.OLD_SEAL_KEYS = ""
    assert verify.verify().fault.why.startswith("第 1 封用的密钥")


def test_an_end_cut_off_with_its_seals_is_found_by_the_last_verification(tree, people, department):
    live(tree, people, (1,))
    assert verification.verify_ledgers(by=department).is_sound
    live(tree, people, (2,))
    kept = verification.verify_ledgers(by=department)
    assert kept.is_sound and kept.number == LedgerSeal.objects.count()
    with past_the_triggers() as cursor:
        for table in ("points_entry", "core_auditentry"):
            cursor.execute(f"DELETE FROM {table} WHERE id > (SELECT min(last_id) FROM core_ledgerseal WHERE ledger = '{table}')")
        cursor.execute("DELETE FROM core_sealblock WHERE seal_id IN (SELECT id FROM core_ledgerseal WHERE number > 2)")
        cursor.execute("DELETE FROM core_ledgerseal WHERE number > 2; DELETE FROM core_ledgerslip")
        assert f"上次核验时封到第 {kept.number} 封" in str(verify.verify().fault)


# ── Slips ───────────────────────────────────────────────────────────────────
def test_rows_of_before_the_slips_are_taken_as_they_stand(tree, people):
    live(tree, people, (1,))
    execute("DELETE FROM core_ledgerslip")
    assert slips.first_fault("points_entry", after=0).kind == "added"
    execute("SELECT core_slip_standing_rows('points_entry')")
    assert slips.first_fault("points_entry", after=0) is None


def test_touched_rows_are_not_sealed_and_the_others_are(tree, people):
    live(tree, people, (1,))
    row = entries()[1]
    with past_the_triggers() as cursor:
        cursor.execute("UPDATE points_entry SET points = points + 1 WHERE id = %s", [row])
        done = seal_ledgers()
        assert [(fault.ledger, fault.row, fault.kind) for fault in done.faults] == [("points_entry", row, "changed")]
        assert [seal.ledger for seal in done.seals] == ["core_auditentry"]
        said = StringIO()
        with pytest.raises(SystemExit):
            call_command("seal_ledgers", stdout=StringIO(), stderr=said)
        assert f"积分流水（points_entry）：第 {row} 行被改动" in said.getvalue()


def test_a_ledger_that_gains_a_column_is_still_verified_and_sealed(tree, people):
    live(tree, people, (1,))
    seal_ledgers()
    live(tree, people, (2,))
    with transaction.atomic():
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("ALTER TABLE points_entry ADD COLUMN note text DEFAULT 'new'")
        execute("SET CONSTRAINTS ALL DEFERRED")
        sound()
        seal_ledgers()
        assert ["note" in seal.columns for seal in LedgerSeal.objects.filter(ledger="points_entry").order_by("number")] == [False, True]
        sound()
        transaction.set_rollback(True)


# ── The commands and the night ──────────────────────────────────────────────
def test_verify_ledger_speaks_and_counts(tree, monkeypatch, capsys):
    sealed_and_open(tree, block=7, monkeypatch=monkeypatch)
    call_command("verify_ledger")
    assert "流水与记实一致" in capsys.readouterr().out
    call_command("verify_ledger", json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["sound"] and said["seals"] == 4 and said["rows"] + said["unsealed"] == Entry.objects.count() + AuditEntry.objects.count()


def test_a_head_on_paper_is_looked_up_in_the_chain(tree, people, capsys):
    live(tree, people, (1,))
    first = seal_ledgers().seals[0]
    live(tree, people, (2,))
    seal_ledgers()
    call_command("verify_ledger", head=first.printed_head[:39].upper())
    assert "纸上的封印是第 1 封" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("verify_ledger", head="12" * 32)
    assert "纸上的封印不在印链里" in capsys.readouterr().err
    with pytest.raises(CommandError, match="前 32 位"):
        call_command("verify_ledger", head="1234")


def test_the_night_keeps_what_it_found(tree, people):
    live(tree, people, (1,))
    row = entries()[0]
    assert verification.verify_ledgers(by=None).is_sound
    assert AuditEntry.objects.filter(code="points.ledger.verified", actor=None, data__sound=True).count() == 1
    with past_the_triggers() as cursor:
        cursor.execute("UPDATE points_entry SET posted_at = posted_at + interval '1 second' WHERE id = %s", [row])
        kept = verification.verify_ledgers(by=None)
        assert not kept.is_sound and f"第 {row} 行被改动，与第 2 封" in kept.fault
    assert Verification.objects.count() == 1


def test_seal_ledgers_tells_the_heads(tree, people, capsys):
    live(tree, people, (1,))
    call_command("seal_ledgers", json=True)
    said = json.loads(capsys.readouterr().out)
    assert [seal["ledger"] for seal in said["seals"]] == ["core_auditentry", "points_entry"] and not said["busy"] and not said["faults"]
    call_command("seal_ledgers")
    assert "没有新增的行" in capsys.readouterr().out
    assert SealBlock.objects.count() == 2
