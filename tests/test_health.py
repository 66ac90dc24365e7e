"""GET /healthz answers within a second, whatever is away or hangs, and says which part."""

import socket
import threading
import time

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from partyportal import health
from partyportal.core import schema
from partyportal.core.operating import pulse

WELL = {"database": "ok", "redis": "ok", "worker": "ok"}  # the contract with monitors outside: this and no more


@pytest.fixture
def healthy(monkeypatch):
    monkeypatch.setattr(health, "CHECKS", {part: lambda: True for part in health.CHECKS})
    monkeypatch.setattr(health, "_running", {})
    return health.CHECKS


@pytest.fixture
def silent(tmp_path):
    """A server that takes connections and never says a word."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    yield listener.getsockname()[1]
    listener.close()


def ask(client) -> tuple[int, dict, float]:
    began = time.monotonic()
    response = client.get("/healthz")
    return response.status_code, response.json(), time.monotonic() - began


def test_all_parts_ok_is_200_and_needs_no_login(client, healthy):
    status, answer, _ = ask(client)
    assert (status, answer) == (200, WELL)


@pytest.mark.parametrize("part", health.CHECKS)
def test_a_part_that_raises_fails_alone(client, healthy, part):
    def broken():
        raise OSError("away")

    healthy[part] = broken
    status, answer, _ = ask(client)
    assert status == 503
    assert answer == WELL | {part: "fail"}


def test_a_part_that_hangs_is_reported_within_a_second_and_holds_one_thread(client, healthy):
    wake = threading.Event()
    healthy["database"] = wake.wait
    before = threading.active_count()
    try:
        for _ in range(3):
            status, answer, seconds = ask(client)
            assert (status, answer["database"], answer["redis"]) == (503, "fail", "ok")
            assert seconds < 1
        assert threading.active_count() == before + 1
    finally:
        wake.set()


def test_a_silent_broker_fails_within_a_second(client, settings, silent, monkeypatch):
    settings.REDIS_URL = f"redis://127.0.0.1:{silent}/0"
    monkeypatch.setattr(health, "CHECKS", {"redis": health.broker})
    status, answer, seconds = ask(client)
    assert (status, answer) == (503, {"redis": "fail"})
    assert seconds < 1


def test_a_silent_database_fails_within_a_second(client, silent, monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connections["default"].settings_dict, "PORT", silent)
    monkeypatch.setattr(health, "CHECKS", {"database": health.is_migrated})
    monkeypatch.setattr(health, "_running", {})
    status, answer, seconds = ask(client)
    assert (status, answer) == (503, {"database": "fail"})
    assert seconds < 1


def test_a_database_without_a_migration_of_this_code_is_not_well(db):
    assert schema.migrations() <= MigrationRecorder(connection).applied_migrations().keys()
    MigrationRecorder(connection).record_unapplied("core", "0001_initial")
    assert not schema.migrations() <= MigrationRecorder(connection).applied_migrations().keys()


@pytest.fixture
def passing(monkeypatch):
    """The clocks of the process and of the day, moved on together."""
    moments = {"monotonic": time.monotonic(), "time": time.time()}
    for name in moments:
        monkeypatch.setattr(health.time, name, lambda name=name: moments[name])

    def on(seconds: float) -> None:
        for name in moments:
            moments[name] += seconds

    return on


def test_beat_is_well_while_it_rings_and_not_when_it_is_silent(passing):
    beat = health.Beat()
    assert beat(), "a web that has just begun gives it time"
    pulse.heard()
    passing(pulse.LATE - 1)
    assert beat()
    passing(2)
    assert not beat()
    pulse.heard()
    assert beat()


def test_a_cache_that_lost_its_memory_is_no_silence(passing):
    beat = health.Beat()
    pulse.heard()
    assert beat()
    passing(pulse.LATE + 1)
    cache.clear()
    assert beat()
    passing(pulse.LATE + 1)
    assert not beat()


def test_a_disk_without_room_is_not_well(settings, monkeypatch, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"
    assert health.disk()
    monkeypatch.setattr(health, "LEAST_ROOM", 1 << 60)
    assert not health.disk()


def test_nothing_is_written_by_asking(client, healthy):
    refused = client.post("/healthz")
    assert refused.status_code == 405 and not refused.content, "the page about buttons is for whoever opens a button's address"
    assert client.get("/healthz")["Cache-Control"].startswith("max-age=0")
