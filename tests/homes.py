"""A home of a test's own for the embedded servers, and the processes that hold them."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import redis

from partyportal.embedded.servers import command_line
from partyportal.embedded.state import State

CHECKOUT = Path(__file__).resolve().parents[1]
HOLDER = """
import os, sys
from partyportal import embedded
print(embedded.database_url(), embedded.redis_url(), flush=True)
if sys.argv[1:] == ["fork"]:
    if (child := os.fork()) == 0:
        sys.stdin.read()
        os._exit(0)
    print(child, flush=True)
sys.stdin.read()
"""
SOON = 60.0  # waited for, not slept: a loaded machine gets its time, a quiet one loses none


class Home:
    """A home of the test's own, and the processes that hold its servers."""

    def __init__(self, path: Path):
        self.path = path
        self.processes: list[subprocess.Popen] = []

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "PARTYPORTAL_PG_BIN"}}
        return kept | {"PARTYPORTAL_HOME": str(self.path)} | more

    def start_holder(self, *words: str, **environment: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, *words], cwd=CHECKOUT, env=self.environment(**environment),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def hold(self, *words: str, **environment: str) -> tuple[subprocess.Popen, str, str]:
        holder = self.start_holder(*words, **environment)
        said = holder.stdout.readline().split()
        assert len(said) == 2, holder.stderr.read()
        return holder, *said

    def by_hand(self, act: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", "embedded", act],
            cwd=CHECKOUT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def pid(self, name: str) -> int:
        return int((self.path / f"{name}.pid").read_text().splitlines()[0])

    def keeper(self, name: str) -> int:
        return State(self.path, name).read()["keeper"]

    def running(self) -> list[str]:
        """The command lines of whatever runs for this home, holders apart."""
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        lines = {pid: command_line(pid) for pid in pids}
        keepers = {State(self.path, name).read().get("keeper") for name in ("postgres", "redis")}
        return [line for pid, line in lines.items() if str(self.path) in line or (pid in keepers and line)]

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()
        self.by_hand("stop")
        shutil.rmtree(self.path, ignore_errors=True)


def make_home() -> Home:
    """Not below pytest's tmp_path: root's is private, and root's servers run as nobody."""
    path = Path(tempfile.mkdtemp(prefix="pp-test-", dir="/var/tmp"))
    path.chmod(0o755)
    return Home(path)


def eventually(question, seconds: float = SOON):
    """Wait until the answer is true; what a broken connection raises on the way counts as not yet."""
    give_up = time.monotonic() + seconds
    while True:
        with contextlib.suppress(psycopg2.Error, redis.RedisError, FileNotFoundError, KeyError):
            if question():
                return
        assert time.monotonic() < give_up, f"not within {seconds} s"
        time.sleep(0.05)
