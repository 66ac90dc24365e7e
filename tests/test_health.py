"""GET /healthz answers within a second, whatever is away or hangs, and says which part."""

import socket
import threading
import time

import pytest
from django.db import connections

from partyportal import health


@pytest.fixture
def healthy(monkeypatch):
    monkeypatch.setattr(health, "CHECKS", {"database": lambda: True, "redis": lambda: True, "worker": lambda: True})
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
    assert (status, answer) == (200, {"database": "ok", "redis": "ok", "worker": "ok"})


@pytest.mark.parametrize("part", ["database", "redis", "worker"])
def test_a_part_that_raises_fails_alone(client, healthy, part):
    def broken():
        raise OSError("away")

    healthy[part] = broken
    status, answer, _ = ask(client)
    assert status == 503
    assert answer == {"database": "ok", "redis": "ok", "worker": "ok"} | {part: "fail"}


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
    monkeypatch.setattr(health, "CHECKS", {"database": health.database})
    monkeypatch.setattr(health, "_running", {})
    status, answer, seconds = ask(client)
    assert (status, answer) == (503, {"database": "fail"})
    assert seconds < 1


def test_nothing_is_written_by_asking(client, healthy):
    assert client.post("/healthz").status_code == 405
    assert client.get("/healthz")["Cache-Control"].startswith("max-age=0")
