"""`make demo` from start to Ctrl-C: healthy, its data kept, and no process left, however it is ended."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest

from tests.homes import CHECKOUT, SOON, eventually, make_home

pytestmark = [pytest.mark.slow, pytest.mark.worker]


@pytest.fixture(scope="module")
def home():
    home = make_home()
    yield home
    home.close()


@pytest.fixture
def demo(home):
    """Start a demo and wait until /healthz says that all parts work."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (home.path / "demo.log").open("a+")
    process = subprocess.Popen(
        [sys.executable, "-m", "partyportal.demo"], cwd=CHECKOUT, env=home.environment(PORT=str(port)),
        stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    process.address = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: process.poll() is not None or healthy(process), 300)  # from nothing, beside another worker of the suite
        assert process.poll() is None, log.seek(0) or log.read()
        yield process
    finally:
        process.kill()
        process.wait()
        eventually(lambda: not home.running())


def healthy(process) -> bool:
    try:
        with urllib.request.urlopen(f"{process.address}/healthz", timeout=3) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_ctrl_c_ends_all_it_started_and_a_second_one_does_no_harm(home, demo):
    demo.send_signal(signal.SIGINT)
    time.sleep(0.3)
    demo.send_signal(signal.SIGINT)
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(SOON) == 0
    assert home.running() == []
    assert not healthy(demo)


def test_the_second_start_keeps_the_data_starts_killed_parts_again_however_often_and_killed_leaves_nobody(home, demo):
    log = (home.path / "demo.log").read_text()
    assert log.count("演示县已生成") == 1 and "已有数据" in log
    for word in ("gunicorn", " worker ", " beat ", "gunicorn", "gunicorn"):
        killed = children(demo.pid, word)
        assert len(killed) == 1
        os.kill(killed[0], signal.SIGKILL)
        eventually(lambda word=word, killed=killed: children(demo.pid, word) not in ([], killed), 2 * SOON)
    eventually(lambda: healthy(demo), 2 * SOON)
    demo.kill()
    demo.wait()
    eventually(lambda: not home.running())
    assert not healthy(demo)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"DATABASE_URL": "mysql://127.0.0.1/x"}, "只能是 PostgreSQL"),
        ({"DATABASE_URL": "postgresql://app:x@127.0.0.1:1/x"}, "连不上数据库"),
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "连不上 Redis"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_in_a_sentence(home, setting, said):
    told = subprocess.run(
        [sys.executable, "-m", "partyportal.demo", "prepare"], cwd=CHECKOUT, env=home.environment(DEMO_KEYS="1", **setting),
        capture_output=True, text=True, timeout=2 * SOON,
    )  # fmt: skip
    assert told.returncode == 2 and said in told.stderr and "Traceback" not in told.stderr


def children(parent: int, word: str) -> list[int]:
    """The living children of a process whose command line holds the word."""
    found = []
    for child in psutil.Process(parent).children():
        with contextlib.suppress(psutil.Error):  # a zombie, or gone meanwhile
            if word in " ".join(child.cmdline()):
                found.append(child.pid)
    return found
