"""Two hundred random touches of the database with the triggers off, two hundred of an exported file: each is found, and its row named."""

import json
import random
import zipfile
from io import StringIO

import pytest
from django.core.management import call_command

from partyportal.core.models import LedgerSeal
from partyportal.core.seals.export import export_ledgers
from partyportal.core.seals.rows import columns_of
from tests.seals.makers import last_id, past_the_triggers, sealed_and_open, stand_alone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TOUCHES = 200
LEDGERS = ("points_entry", "core_auditentry")

# Another value of a column, whatever it held.
OTHERWISE = {
    "int2": "coalesce({c}, 0) + 1",
    "int4": "coalesce({c}, 0) + 1",
    "int8": "coalesce({c}, 0) + 1",
    "numeric": "{c} + 0.01",
    "date": "coalesce({c} + 1, '2026-01-01')",
    "timestamptz": "{c} + interval '1 microsecond'",
    "uuid": "gen_random_uuid()",
    "varchar": "{c} || 'x'",
    "text": "{c} || 'x'",
    "jsonb": "{c} || '{{\"tampered\": 1}}'",
    "bytea": "coalesce({c}, '') || '\\x00'",
}


@pytest.fixture
def ledger(tree, monkeypatch):
    return sealed_and_open(tree, block=7, monkeypatch=monkeypatch)


def named() -> str:
    """What verify_ledger says; it must not say that all is well."""
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", stdout=StringIO(), stderr=said)
    assert ended.value.code == 1
    return said.getvalue()


def touch(cursor, luck: random.Random, table: str, ids: list[int], free: list[int]) -> tuple[str, int]:
    """One random wrong; returns what was done and the row that must be named."""
    row, columns = luck.choice(ids), columns_of(table)
    done = luck.choice(["changed", "removed", "added", "moved", "swapped"])
    if done == "changed":
        column = luck.choice([name for name in columns if name != "id"])
        cursor.execute(f"UPDATE {table} SET {column} = {OTHERWISE[columns[column]].format(c=column)} WHERE id = %s", [row])
        return f"changed {column}", row
    if done == "removed":
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row])
        return done, row
    if done == "added":
        # A copy of a row under a number nobody had: in a gap, below the first, or beyond the last.
        new, names = luck.choice(free), ", ".join(name for name in columns if name != "id")
        changed = names.replace("posting", "posting + 90 AS posting") if table == "points_entry" else names
        cursor.execute(f"INSERT INTO {table} (id, {names}) SELECT %s, {changed} FROM {table} WHERE id = %s", [new, row])
        return done, new
    if done == "moved":
        cursor.execute(f"UPDATE {table} SET id = %s WHERE id = %s", [new := luck.choice(free), row])
        return done, min(row, new)
    other = luck.choice([one for one in ids if one != row])
    for was, now in ((row, -1000), (other, row), (-1000, other)):
        cursor.execute(f"UPDATE {table} SET id = %s WHERE id = %s", [now, was])
    return done, min(row, other)


def test_two_hundred_touches_of_the_database_are_found_and_named(ledger):
    luck = random.Random(4)
    call_command("verify_ledger", stdout=StringIO())
    ends = {seal.ledger: seal.last_id for seal in LedgerSeal.objects.order_by("number")}
    missed = []
    for turn in range(TOUCHES):
        table, is_open = luck.choice(LEDGERS), turn % 2  # every other of them is not sealed yet
        with past_the_triggers() as cursor:
            cursor.execute(f"SELECT id FROM {table} ORDER BY id")
            ids = [row[0] for row in cursor.fetchall()]
            free = [number for number in range(-9, ids[-1] + 3) if number not in ids and (number > ends[table]) == is_open]
            done, row = touch(cursor, luck, table, [number for number in ids if (number > ends[table]) == is_open], free)
            said = named()
            if f"（{table}）：第 {row} 行" not in said:
                missed.append((table, done, row, said))
    assert not missed, f"{len(missed)} of {TOUCHES}: {missed[:5]}"
    call_command("verify_ledger", stdout=StringIO())


def test_two_hundred_touches_of_an_exported_file_are_found_and_named(ledger, tmp_path, monkeypatch):
    luck, verifier = random.Random(5), stand_alone()
    monkeypatch.setattr(verifier, "BLOCK", 7)
    whole = tmp_path / "ledgers.zip"
    head = export_ledgers(whole, by=None).head
    assert any(head[:8] in line for line in verifier.verify(whole, [head]))
    with zipfile.ZipFile(whole) as box:
        parts = {name: box.read(name) for name in box.namelist()}
    missed = []
    for _ in range(TOUCHES):
        table = luck.choice(LEDGERS)
        lines = parts[f"ledgers/{table}.jsonl"].splitlines(keepends=True)
        done, row = touch_lines(luck, lines)
        touched = tmp_path / "touched.zip"
        with zipfile.ZipFile(touched, "w") as box:
            for name, content in parts.items():
                box.writestr(name, b"".join(lines) if name == f"ledgers/{table}.jsonl" else content)
        try:
            said = str(verifier.verify(touched, [head]))
        except verifier.Fault as fault:
            said = str(fault)
        if not said.startswith(f"{table}：第 {row} 行"):
            missed.append((table, done, row, said))
    assert not missed, f"{len(missed)} of {TOUCHES}: {missed[:5]}"


def touch_lines(luck: random.Random, lines: list[bytes]) -> tuple[str, int]:
    at = luck.randrange(len(lines) - 1)
    row = json.loads(lines[at])
    done = luck.choice(["changed", "removed", "added", "copied", "swapped", "moved on"])
    if done == "changed":
        name = luck.choice([name for name in row if name != "id"])
        lines[at] = line_of(row | {name: f"{row[name]}0" if row[name] is not None else "x"})
    elif done == "removed":
        del lines[at]
    elif done == "added":
        new = row | {"id": luck.choice([last_id("points_entry") + 900, -5])}
        lines.insert(at, line_of(new))
        return done, new["id"]
    elif done == "copied":
        lines.insert(luck.randrange(at + 1, len(lines) + 1), lines[at])
    elif done == "swapped":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        # Of two neighbours the later stands before the earlier; either name would be right, the verifier says the earlier.
        return done, row["id"]
    else:
        lines.insert(luck.randrange(at + 1, len(lines)), lines.pop(at))
    return done, row["id"]


def line_of(row: dict) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
