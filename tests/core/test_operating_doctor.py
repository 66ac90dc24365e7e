"""The doctor: each part's fault is found, named with its mend, and hides no other."""

import base64
import json

import pytest
from django.core.management import call_command
from django.db import connection

from partyportal.core.operating import doctor, pulse
from partyportal.core.operating.doctor import State, database, keys, place, servers
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def faults(findings) -> list[str]:
    found = [finding for finding in findings if finding.state is State.FAULT]
    assert all(finding.mend for finding in found), "every fault comes with its mend"
    return [finding.said for finding in found]


def new_key() -> str:
    return base64.b64encode(bytes(range(1, 33))).decode()


def test_a_sound_place_has_nothing_to_mend(member, settings, capsys):
    settings.SILENCED_SYSTEM_CHECKS = ["templates.E002"]  # pytest's own --fail-on-template-vars
    with pytest.raises(SystemExit) as end:
        call_command("doctor", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert not [finding for finding in told["findings"] if finding["state"] == "fault"]
    assert (end.value.code, told["faults"]) == (0, 0)
    assert {"数据库", "迁移", "触发器", "密钥", "检索值", "Redis"} <= {finding["part"] for finding in told["findings"]}


def test_every_trigger_the_migrations_make_is_known(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal")
        assert set(cursor.fetchall()) == database.expected_triggers()


def test_a_disabled_trigger_and_a_missing_one_are_told_apart(db):
    execute("ALTER TABLE core_auditentry DISABLE TRIGGER append_only")
    execute("DROP TRIGGER append_only ON points_entry")
    assert faults(database.triggers()) == ["points_entry 上缺少 append_only", "core_auditentry 上的 append_only 被停用"]


def test_production_as_superuser_or_owner_is_refused(db, settings):
    settings.EMBEDDED = False
    said = faults(database.roles())
    assert "超级用户" in said[0] and any("points_entry" in line for line in said)


def test_the_products_own_role_is_found_sound(db, settings):
    settings.EMBEDDED = False
    execute("CREATE ROLE portal_doctor_test")
    call_command("app_privileges", role="portal_doctor_test")
    execute("SET LOCAL ROLE portal_doctor_test")
    assert faults(database.roles()) == []
    execute("RESET ROLE")
    execute("GRANT UPDATE ON points_entry TO portal_doctor_test")
    execute("SET LOCAL ROLE portal_doctor_test")
    assert faults(database.roles()) == ["portal_doctor_test 能对 points_entry UPDATE"]


def test_a_migration_left_out_or_unknown_is_named(db):
    execute("DELETE FROM django_migrations WHERE app = 'points' AND name LIKE '0002%'")
    execute("INSERT INTO django_migrations (app, name, applied) VALUES ('points', '9999_from_later', now())")
    missing, unknown = faults(database.migrated())
    assert "points.0002" in missing and "points.9999_from_later" in unknown


def test_a_lost_key_is_named_with_what_it_closes(member, settings):
    settings.FIELD_KEYS = f"k2:{new_key()}"
    said = faults(keys.keys())
    assert said and all("密钥 k1" in line for line in said)


def test_another_key_under_the_same_name_is_found(member, settings):
    name = settings.FIELD_KEYS.split(":")[0]
    settings.FIELD_KEYS = f"{name}:{new_key()}"
    assert any("members.Member.id_number 的抽样打不开" in line for line in faults(keys.keys()))


@pytest.mark.parametrize("value", ["", "k1", "k1:abc", f"k1:{base64.b64encode(b'short').decode()}"])
def test_malformed_keys_are_said_and_nothing_else_breaks(member, settings, value):
    settings.FIELD_KEYS = value
    assert any("FIELD_KEYS" in line for line in faults(keys.keys()))


def test_one_key_for_two_purposes_is_refused(db, settings):
    settings.SEAL_KEY = settings.INDEX_KEY
    assert faults(keys.keys()) == ["几把密钥是同一把"]


def test_another_index_key_is_found_before_anybody_is_registered_twice(tree, settings):
    make_member(tree.ours)
    assert faults(keys.look_ups()) == []
    settings.INDEX_KEY = new_key()
    assert len(faults(keys.look_ups())) == 2


def test_unsafe_production_settings_are_said_in_chinese(db, settings):
    settings.EMBEDDED, settings.DEBUG = False, True
    settings.ALLOWED_HOSTS = ["*"]
    said = faults(place.settings_are_safe())
    assert any("DEBUG 开着" in line for line in said) and any("任何域名" in line for line in said)


def test_production_without_a_fresh_backup_is_told(db, settings):
    settings.EMBEDDED = False
    assert faults(place.last_backup()) == ["还没有做过"]


def test_a_folder_that_cannot_be_written_is_named(db, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    assert any("不能写" in line for line in faults(place.folders()))


def test_redis_away_is_a_finding(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert any("连不上" in line for line in faults(servers.redis()))


def test_beats_pulse_is_heard(db, settings):
    settings.EMBEDDED = False
    pulse.cache.clear()
    assert faults(servers.beat()) == ["没有听到过"]
    pulse.heard()
    assert faults(servers.beat()) == []


def test_a_check_that_breaks_hides_no_other(db, monkeypatch):
    def broken():
        raise RuntimeError("身份证 110101…")
        yield

    monkeypatch.setattr(servers, "redis", broken)
    found = list(doctor.examine())
    broken_one = next(finding for finding in found if finding.part == "Redis")
    assert broken_one.state is State.FAULT and "110101" not in str(broken_one)
    assert found[-1].part == "定时进程"


def test_a_database_that_is_away_is_said_and_the_rest_is_looked_at(monkeypatch):
    from django.db import OperationalError

    def away():
        raise OperationalError("connection refused\nmore")

    monkeypatch.setattr(connection, "cursor", away)
    found = list(doctor.examine())
    assert faults(found)[0] == "连不上：connection refused"
    assert {"设置", "Redis"} <= {finding.part for finding in found}
