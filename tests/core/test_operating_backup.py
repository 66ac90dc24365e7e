"""Backup and restore: what comes back is what was, row for row; what was touched, cut short or lacks its keys is refused."""

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection

from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, LedgerSlip
from partyportal.core.operating import backup, manifest, programs
from partyportal.core.operating.doctor import State, place
from partyportal.core.operating.restore import NotProven, _swap, restore
from points.models import Entry, Standing
from points.services import Scope, publish_default, settle
from tests.factories import make_member
from tests.live.processes import ROOT, database_url, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "visits").mkdir(parents=True)
    (settings.MEDIA_ROOT / "visits" / "照片 1.jpg").write_bytes(os.urandom(200_000))
    (settings.MEDIA_ROOT / "empty.txt").write_bytes(b"")
    return settings.MEDIA_ROOT


@pytest.fixture
def county(tree, secretary):
    """A little of everything: people, sealed numbers, facts, a ledger, audit rows."""
    publish_default(tree.county, start=date(2026, 1, 1), by=None)
    for number in range(3):
        make_member(tree.ours, f"党员{number}")
    settle(Scope(2026))
    return tree


@pytest.fixture
def made(county, tmp_path) -> Path:
    return backup.make(tmp_path / "backup").folder


@contextmanager
def another_database():
    """This process's connection led to a new, empty database of the same server."""
    here = connection.settings_dict["NAME"]
    there = f"{here}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {there} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {there} TEMPLATE template0")
    connection.close()
    connection.settings_dict["NAME"] = there
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {there} WITH (FORCE)")


def state() -> dict[str, str]:
    """Every row of every table, and every sequence, as one digest each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
            found[table] = cursor.fetchone()
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        return found | dict(cursor.fetchall())


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def quiet(_line: str) -> None:
    pass


def rewritten(folder: Path, **changes) -> None:
    said = json.loads((folder / manifest.NAME).read_text()) | changes
    (folder / manifest.NAME).write_text(json.dumps(said))


def test_what_comes_back_is_what_was_row_for_row_and_its_triggers_stand_guard(county, tmp_path, media, settings):
    before, photos = state(), files(media)
    folder = backup.make(tmp_path / "backup").folder
    settings.MEDIA_ROOT = tmp_path / "new" / "media"
    with another_database():
        done = restore(folder, force=False, tell=quiet)
        after = state()
        assert AuditEntry.objects.latest("id").code == "core.backup.restored"
        # The restore's own audit row is the one difference, with the slip that every row of a ledger leaves until it is sealed.
        changed = {name for name in before if before[name] != after.get(name)}
        own = {"core_auditentry", "core_ledgerslip"}
        assert changed <= own | {f"{table}_id_seq" for table in own} and set(after) == set(before)
        for table in own:
            assert after[table][0] == before[table][0] + 1
        newest = LedgerSlip.objects.latest("id")
        assert (newest.ledger, newest.ids) == ("core_auditentry", [AuditEntry.objects.latest("id").pk])
        assert Member.objects.latest("id").id_number.startswith("6299")
        with pytest.raises(Exception, match=r"append-only|refused|core_auditentry"), connection.cursor() as cursor:
            cursor.execute("UPDATE core_auditentry SET code = 'other'")
    assert files(settings.MEDIA_ROOT) == photos and done.files == 2


def test_a_place_in_use_is_not_overwritten_unless_forced(made, media, tree):
    make_member(tree.ours, "后来人")
    with pytest.raises(DomainError, match="--force"):
        restore(made, force=False, tell=quiet)
    assert Member.objects.filter(name="后来人").exists()
    (media / "later.txt").write_text("later")
    restore(made, force=True, tell=quiet)
    assert not Member.objects.filter(name="后来人").exists()
    assert sorted(path.name for path in media.iterdir()) == ["empty.txt", "visits"]


@pytest.mark.parametrize("part", ["database.dump", "files/visits/照片 1.jpg"])
def test_a_changed_part_is_refused_before_anything_is_touched(made, part):
    with (made / part).open("r+b") as file:
        file.seek(1000)
        byte = file.read(1)
        file.seek(1000)
        file.write(bytes([byte[0] ^ 1]))
    before = state()
    with pytest.raises(DomainError, match=f"{part} 已损坏"):
        restore(made, force=True, tell=quiet)
    assert state() == before


def test_a_part_changed_together_with_its_hash_is_refused(made):
    said = json.loads((made / manifest.NAME).read_text())
    (made / "files" / "empty.txt").write_bytes(b"forged")
    for part in said["parts"]:
        if part["path"] == "files/empty.txt":
            part |= manifest.copy(made / "files" / "empty.txt", None)
    rewritten(made, parts=said["parts"])
    with pytest.raises(DomainError, match="被改动过"):
        restore(made, force=True, tell=quiet)


def test_a_missing_part_and_a_path_that_leads_outside_are_refused(made):
    (made / "files" / "empty.txt").unlink()
    with pytest.raises(DomainError, match=r"缺少 files/empty\.txt"):
        restore(made, force=True, tell=quiet)
    for name in ("../x", "/etc/passwd", "files/../../x", "files", "other/x"):
        with pytest.raises(DomainError, match="不是正当的路径"):
            manifest.part_path(name)


def test_missing_keys_are_named_by_fingerprint(made, settings):
    other = base64.b64encode(bytes(range(32))).decode()
    kept = settings.FIELD_KEYS
    print_ = json.loads((made / manifest.NAME).read_text())["keys"]["FIELD_KEYS"]["k1"]
    settings.FIELD_KEYS, settings.INDEX_KEY = f"k1:{other}", other
    with pytest.raises(DomainError) as refusal:
        restore(made, force=True, tell=quiet)
    assert f"FIELD_KEYS 里的 k1（指纹 {print_}）" in str(refusal.value) and "INDEX_KEY（指纹" in str(refusal.value)
    assert "SEAL_KEY" not in str(refusal.value)
    assert other not in str(refusal.value) and kept.split(":")[1] not in (made / manifest.NAME).read_text()


def test_a_backup_of_newer_code_is_refused(made, settings):
    said = {name: value for name, value in json.loads((made / manifest.NAME).read_text()).items() if name != "digest"}
    said["migrations"].append(["points", "9999_of_tomorrow"])
    (made / manifest.NAME).unlink()
    manifest.write(made, said)
    with pytest.raises(DomainError, match=r"points\.9999_of_tomorrow"):
        restore(made, force=True, tell=quiet)


def test_a_dump_with_too_few_rows_changes_nothing(made):
    said = {name: value for name, value in json.loads((made / manifest.NAME).read_text()).items() if name != "digest"}
    said["tables"]["members_member"] += 1
    (made / manifest.NAME).unlink()
    manifest.write(made, said)
    before = state()
    with pytest.raises(DomainError, match=r"原来的数据没有动.*members_member"):
        restore(made, force=True, tell=quiet)
    assert state() == before


def test_a_ledger_that_does_not_verify_fails_loudly(county, tmp_path):
    Standing.objects.create(member=Member.objects.first(), year=2026, quarter=1, category="life", points=5, as_of="2026-01-01T00:00Z")
    folder = backup.make(tmp_path / "backup").folder
    with pytest.raises(NotProven, match="账本核对没有通过"):
        restore(folder, force=True, tell=quiet)


def test_an_interrupted_backup_never_looks_complete(county, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "_dump", lambda *args, **kwargs: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        backup.make(tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir()] == ["media"]
    (tmp_path / "half").mkdir()
    with pytest.raises(DomainError, match="不是完整的备份"):
        restore(tmp_path / "half", force=True, tell=quiet)


def test_a_backup_that_is_killed_leaves_no_folder_of_its_name(county, tmp_path, settings):
    """The lock holds pg_dump up in the middle."""
    environment = os.environ | {"DATABASE_URL": database_url(), "MEDIA_ROOT": str(settings.MEDIA_ROOT), "DEMO_KEYS": "1"}
    other = psycopg2.connect(database_url())
    other.cursor().execute("LOCK TABLE points_entry IN ACCESS EXCLUSIVE MODE")
    child = subprocess.Popen(
        [sys.executable, "manage.py", "backup", str(tmp_path / "backup")], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    )
    try:
        wait_until(lambda: list(tmp_path.glob("backup.partial-*")), what="the draft")
        time.sleep(0.5)
        child.send_signal(signal.SIGKILL)
        child.communicate()
    finally:
        other.rollback()
        other.close()
    assert not (tmp_path / "backup").exists()
    draft = next(tmp_path.glob("backup.partial-*"))
    with pytest.raises(DomainError, match="不是完整的备份"):
        restore(draft, force=True, tell=quiet)


def test_a_backup_is_of_one_moment(county, tmp_path, monkeypatch):
    """What is written while the dump runs is not in it, and the counts still agree."""
    dump = backup._dump

    def slow(*args, **kwargs):
        make_member_elsewhere()
        dump(*args, **kwargs)

    def make_member_elsewhere():
        with psycopg2.connect(database_url()) as other, other.cursor() as cursor:
            cursor.execute("INSERT INTO core_personkey (subject, wrapped) VALUES (gen_random_uuid(), '\\x01')")
        other.close()

    before = state()["core_personkey"][0]
    monkeypatch.setattr(backup, "_dump", slow)
    folder = backup.make(tmp_path / "backup").folder
    assert json.loads((folder / manifest.NAME).read_text())["tables"]["core_personkey"] == before


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_restore_killed_among_its_files_is_named_by_doctor_and_done_again(media, monkeypatch, moved):
    """The database is the backup's by then: what the folder lacks comes back with the same command."""
    rename, done = Path.rename, []

    def swap():
        draft = Path(tempfile.mkdtemp(prefix=manifest.DRAFT, dir=media))
        (draft / "of the backup.txt").write_text("党费收据")
        _swap(media, draft)
        draft.rmdir()

    def until_killed(path, target):
        if len(done) == moved:
            raise KeyboardInterrupt
        done.append(rename(path, target))

    def faults():
        return [finding.said for finding in place.folders() if finding.state is State.FAULT]

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "rename", until_killed)
        swap()
    assert faults() == ["有一次恢复没有做完，附件可能不全"]
    swap()
    assert [path.name for path in media.iterdir()] == ["of the backup.txt"] and not faults()


def test_a_backup_goes_into_a_folder_of_its_own(county, tmp_path, media):
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "something").write_text("")
    for folder in (tmp_path / "used", media / "backup"):
        with pytest.raises(DomainError):
            backup.make(folder)


def test_only_its_owner_can_read_a_backup(made):
    assert made.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in made.rglob("*"))


def test_the_commands_speak_json_and_leave_audit_rows(county, tmp_path, capsys):
    call_command("backup", str(tmp_path / "backup"), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == 2 and told["rows"] > Entry.objects.count()
    assert AuditEntry.objects.filter(code="core.backup.made").count() == 1
    call_command("restore", str(tmp_path / "backup"), force=True, as_json=True)
    assert json.loads(capsys.readouterr().out)["rows"] == told["rows"]
    with pytest.raises(SystemExit) as end:
        call_command("restore", str(tmp_path / "nothing"))
    assert end.value.code == 2 and "不是完整的备份" in capsys.readouterr().err


def test_the_programs_fit_the_server(db):
    folder, major = programs.folder_for(programs.server_major())
    assert major >= programs.server_major() and (folder / "pg_dump").exists()
    with pytest.raises(DomainError, match="没有找到 99 版"):
        programs.folder_for(99)


def test_the_password_stands_on_no_command_line(monkeypatch):
    words = {"host": "db", "dbname": "it's", "user": "app", "gssencmode": "prefer"}
    held = SimpleNamespace(info=SimpleNamespace(dsn_parameters=words, password="geheim"))
    monkeypatch.setattr(programs, "connection", SimpleNamespace(ensure_connection=lambda: None, connection=held))
    assert programs.address() == r"host='db' user='app' dbname='it\'s'"
    assert programs.environment()["PGPASSWORD"] == "geheim"
