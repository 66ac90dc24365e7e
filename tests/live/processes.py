"""Starting and killing the processes a live test needs; each kill is SIGKILL to the whole group."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from partyportal.embedded import places, servers

ROOT = Path(__file__).resolve().parents[2]


def wait_until(true: Callable[[], object], *, seconds: float = 60, what: str = "it") -> None:
    """Poll until `true()`; fails the test with what was awaited."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


def database_url() -> str:
    """The test database as a URL for another process."""
    held = connection.settings_dict
    host = held["HOST"] or held["OPTIONS"].get("host", "")
    login = held["USER"] + (f":{quote(held['PASSWORD'])}" if held["PASSWORD"] else "")
    place = f"/{held['NAME']}?host={quote(host)}" if host.startswith("/") else f"{host}:{held['PORT'] or 5432}/{held['NAME']}"
    return f"postgresql://{login}@{place}"


class Process:
    """A child in a group of its own."""

    def __init__(self, *command: str, env: dict[str, str] | None = None, log: Path):
        self.log = log
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | (env or {}), stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self.pid = self._child.pid

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    def kill(self) -> None:
        """SIGKILL, no last words."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._child.poll() is None:
            os.killpg(self.pid, how)
            try:
                self._child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self._child.wait(5)


class RedisServer:
    """A Redis of the test's own on a socket, to be stopped and started at will."""

    def __init__(self, folder: Path):
        self._folder, self._server = folder, None
        self.socket = folder / "r.sock"
        self.url = f"unix://{self.socket}"

    def start(self) -> None:
        program = servers.redis_program(places.home(), places.account())
        self._server = Process(
            str(program),
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--save",
            "",
            "--dir",
            str(self._folder),
            log=self._folder / "redis.log",
        )
        wait_until(self._answers, what="Redis answering")

    def stop(self) -> None:
        if self._server:
            self._server.kill()
            self.socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def start_worker(redis_url: str, folder: Path, *, log: Path) -> Process:
    """A Celery worker with beat on the test database; beat looks every second for what was left undone."""
    keys = {name: getattr(settings, name) for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "SEAL_KEY")}
    env = keys | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": "tests.live.settings",
        "SETTLE_OWED_EVERY": "1",
        "RESUME_JOBS_EVERY": "1",
    }
    return Process(
        sys.executable, "-m", "celery", "-A", "partyportal", "worker", "-B", "-s", str(folder / "beat"), "-c", "2", "-l", "warning",
        "--without-gossip", "--without-mingle", "--without-heartbeat",  # workers tell each other nothing; a new start does not wait for it
        env=env, log=log,
    )  # fmt: skip
