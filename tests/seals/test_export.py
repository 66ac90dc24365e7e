"""The exported file and the verifier that needs nothing but it."""

import ast
import base64
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import call_command

from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, LedgerSeal
from partyportal.core.seals.export import export_ledgers
from partyportal.core.seals.rows import ledgers
from partyportal.core.seals.rules import printed
from points.models import Entry
from tests.seals.makers import entries, past_the_triggers, sealed_and_open, stand_alone

pytestmark = pytest.mark.django_db
SCRIPT = Path(configured.BASE_DIR) / "bin/verify_ledger_export.py"


@pytest.fixture
def exported(tree, monkeypatch, tmp_path):
    sealed_and_open(tree, block=1000, monkeypatch=monkeypatch)
    return export_ledgers(tmp_path / "ledgers.zip", by=None)


def alone(*words: object) -> subprocess.CompletedProcess:
    """The script as somebody runs it elsewhere: without the portal's packages, paths and environment."""
    return subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, *map(str, words)], capture_output=True, text=True, env={"PYTHONUTF8": "1"}, cwd="/"
    )


def rewritten(file: Path, **parts: bytes) -> Path:
    """The same file with some parts otherwise."""
    other = file.with_name("other.zip")
    with zipfile.ZipFile(file) as box, zipfile.ZipFile(other, "w") as new:
        for name in box.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], box.read(name)))
    return other


def part(file: Path, name: str) -> bytes:
    with zipfile.ZipFile(file) as box:
        return box.read(name)


def test_everything_is_in_the_file_and_proven_elsewhere(exported):
    done = alone(exported.file, "--head", printed(exported.head))
    assert done.returncode == 0, done.stderr
    assert f"points_entry：{Entry.objects.count()} 行，都与封印相符。" in done.stdout
    filled = {"core_auditentry": AuditEntry.objects.count() - 1, "points_entry": Entry.objects.count()}
    assert exported.rows == dict.fromkeys(ledgers(), 0) | filled
    assert f"是第 {exported.number} 封" in done.stdout and printed(exported.head) in done.stdout
    assert AuditEntry.objects.get(code="core.ledger.exported").data["head"] == exported.head


def test_the_script_is_plain_python_3_9():
    text = SCRIPT.read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= set(sys.stdlib_module_names)


def test_an_old_head_proves_up_to_its_day_and_a_foreign_one_nothing(exported):
    old = LedgerSeal.objects.get(number=2)
    assert "是第 2 封" in alone(exported.file, "--head", old.head[:32], "--head", exported.head).stdout
    refused = alone(exported.file, "--head", "0" * 64)
    assert refused.returncode == 1 and "不在这个文件里" in refused.stderr
    short = alone(exported.file, "--head", "5768")
    assert short.returncode == 2 and "至少输入前 32 位" in short.stderr


def test_without_a_head_the_person_is_told_to_compare(exported):
    assert "请与纸上的封印逐字比对" in alone(exported.file).stdout


def test_who_changes_a_row_and_makes_every_hash_anew_is_found_by_the_paper(exported, monkeypatch):
    """The whole file is made to agree with itself again, as anybody with this script could."""
    verifier = stand_alone()
    lines = part(exported.file, "ledgers/points_entry.jsonl").splitlines(keepends=True)
    first = json.loads(lines[0])
    lines[0] = json.dumps(first | {"points": 99}, separators=(",", ":")).encode() + b"\n"
    blocks, seals, head = [], [], verifier.NO_SEAL
    held = {"points_entry": lines, "core_auditentry": part(exported.file, "ledgers/core_auditentry.jsonl").splitlines(keepends=True)}
    for text in part(exported.file, "seals.jsonl").decode().splitlines():
        seal = json.loads(text)
        own, held[seal["ledger"]] = held[seal["ledger"]][: seal["rows"]], held[seal["ledger"]][seal["rows"] :]
        ids, marks, digest = verifier.block_of(own)
        blocks.append(json.dumps({"seal": seal["number"], "block": 0, "ids": ids, "marks": marks.hex(), "rows_digest": digest.hex()}))
        whole = hashlib.sha256(ids.encode() + b"\n" + marks + digest).digest()
        seal |= {"digest": hashlib.sha256(whole).hexdigest(), "previous": head}
        seals.append(json.dumps(seal, sort_keys=True, separators=(",", ":")))
        head = hashlib.sha256(seals[-1].encode()).hexdigest()
    forged = rewritten(exported.file, points_entry=b"".join(lines), blocks="\n".join(blocks).encode(), seals="\n".join(seals).encode())
    assert alone(forged).returncode == 0, "it agrees with itself"
    refused = alone(forged, "--head", exported.head)
    assert refused.returncode == 1 and "不在这个文件里" in refused.stderr


def test_with_the_key_it_is_proven_who_sealed(exported, settings, tmp_path):
    key = tmp_path / "key"
    key.write_text(settings.SEAL_KEY + "\n")
    assert "都是持有密钥的系统封的" in alone(exported.file, "--key-file", key).stdout
    macs = part(exported.file, "macs.txt").decode()
    forged = rewritten(exported.file, macs=macs.replace(macs.split()[2], "0" * 64).encode())
    assert "第 1 封不是持有密钥的系统封的" in alone(forged, "--key-file", key).stderr
    key.write_text(base64.b64encode(os.urandom(32)).decode())
    assert "不在" in alone(exported.file, "--key-file", key).stderr


@pytest.mark.parametrize(
    ("name", "content", "said", "code"),
    [
        ("blocks", b"", "blocks.jsonl", 1),
        ("blocks", b"{}\n", "blocks.jsonl 有一行读不出来", 1),
        ("seals", b"nonsense\n", "第 1 封读不出来", 1),
        ("seals", b"", "里面没有封账", 2),
        ("points_entry", b"", "行不见了", 1),
        ("points_entry", b"nonsense\n", "被改动", 1),
    ],
)
def test_a_file_that_is_not_whole_is_refused_with_words(exported, name, content, said, code):
    refused = alone(rewritten(exported.file, **{name: content}))
    assert refused.returncode == code and said in refused.stderr and "Traceback" not in refused.stderr


def test_what_is_no_export_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no zip")
    for file in (tmp_path / "a.zip", tmp_path / "nowhere.zip"):
        refused = alone(file)
        assert refused.returncode == 2 and "这个文件不能核对" in refused.stderr and "Traceback" not in refused.stderr


def test_one_ledger_alone_and_what_is_missing_is_said(exported, tmp_path, capsys):
    call_command("export_ledger", str(tmp_path / "one.zip"), ledger=["points_entry"])
    assert "积分流水（points_entry）" in (said := capsys.readouterr().out) and "审计记录" not in said
    done = alone(tmp_path / "one.zip")
    assert done.returncode == 0 and "没有带 core_auditentry 的行" in done.stdout
    with pytest.raises(SystemExit) as ended:
        call_command("export_ledger", str(tmp_path / "two.zip"), ledger=["points_scheme"])
    assert ended.value.code == 2 and "没有账本 points_scheme" in capsys.readouterr().err


def test_a_touched_ledger_is_not_exported_and_leaves_no_half_file(tree, monkeypatch, tmp_path):
    sealed_and_open(tree, block=1000, monkeypatch=monkeypatch)
    with past_the_triggers() as cursor:
        cursor.execute("DELETE FROM points_entry WHERE id = %s", [entries()[-1]])
        with pytest.raises(DomainError, match="没有导出"):
            export_ledgers(tmp_path / "ledgers.zip", by=None)
    with pytest.raises(DomainError, match="换一个能写的目录"):
        export_ledgers(tmp_path / "nowhere" / "ledgers.zip", by=None)
    assert not list(tmp_path.iterdir())
