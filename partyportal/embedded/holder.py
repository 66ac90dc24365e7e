"""A process's hold on a server: a shared lock that the kernel releases when the process ends, however it ends."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from partyportal.embedded.faults import EmbeddedFault
from partyportal.embedded.places import CHECKOUT, lack_of_room, make_home
from partyportal.embedded.servers import wanted_source
from partyportal.embedded.state import State, take

# Seconds without a word in the server's log. A first start makes the database cluster, which on a slow disk takes a while; one that
# recovers what a crash has left undone says every ten seconds how far it is, and is waited for.
PATIENCE = 120.0
WORDS_EVERY = 15.0

_held: dict[str, int] = {}
_one_at_a_time = threading.Lock()


def hold(name: str, meanwhile: Callable[[], None] = lambda: None) -> str:
    """Hold the server for the life of this process, starting it if it does not run; returns its URL. `meanwhile` is called while it waits."""
    with _one_at_a_time:
        state = State(make_home(), name)
        if name in _held and running_keeper(state) and (url := state.read().get("url")):
            return url
        if name not in _held:
            # Waits while a keeper is stopping its server: that keeper has this lock to itself until the server is gone.
            _held[name] = take(state.holders, fcntl.LOCK_SH)
        try:
            return _join(state, meanwhile)["url"]
        except BaseException:
            os.close(_held.pop(name))
            raise


def leave() -> None:
    """Let go of every server and, where nobody else holds it, wait until it has stopped: for a demo that leaves nothing behind."""
    with _one_at_a_time:
        states = [State(make_home(), name) for name in _held]
        while _held:
            os.close(_held.popitem()[1])
    for state in states:
        _hurry(state)
    for state in states:
        _wait_until_gone(state)


def in_use(state: State) -> bool:
    """Whether any process holds the server; a keeper that has the file to itself to stop the server is no user."""
    for how, answer in ((fcntl.LOCK_EX, False), (fcntl.LOCK_SH, True)):
        probe = take(state.holders, how | fcntl.LOCK_NB)
        if probe is not None:
            os.close(probe)
            return answer
    return False


def _join(state: State, meanwhile: Callable[[], None]) -> dict:
    began, patience = time.time(), Patience(state)
    keepers = 0
    while patience.lasts():
        meanwhile()
        lock = state.try_lock()
        said = state.read()
        if lock is not None:
            if hopeless := _hopeless(state, said, began=began, keepers=keepers):
                os.close(lock)
                raise EmbeddedFault(hopeless)
            keepers += 1
            state.clear()
            _start_keeper(state, lock)
        elif state.answers(said):
            if said["source"] == wanted_source(state.name):
                return said
            _step_aside(state, said)
        time.sleep(0.02)
    raise EmbeddedFault(f"{state.name} 在 {PATIENCE:.0f} 秒内没有动静，没有启动，详见 {state.log}。")


class Patience:
    """How long a server is waited for: as long as its log grows. Who waits is told."""

    def __init__(self, state: State):
        self.state = state
        self.began = self.heard = self.told = time.monotonic()
        self.size = 0

    def lasts(self) -> bool:
        now, size = time.monotonic(), self.state.log.stat().st_size if self.state.log.exists() else 0
        if size != self.size:
            self.size, self.heard = size, now
        if now - self.told >= WORDS_EVERY:
            self.told = now
            words = f"{self.state.name} 还在启动，已等 {now - self.began:.0f} 秒。上次若是突然断的，它要先把数据恢复好，请等它做完。"
            print(words, file=sys.stderr, flush=True)
        return now - self.heard < PATIENCE


def _hopeless(state: State, said: dict, *, began: float, keepers: int) -> str:
    """Why it is no use to start a keeper, or another; empty when it is. On a full disk no keeper could even say what is wrong."""
    if lacking := lack_of_room(state.lock.parent):
        return lacking
    if said.get("error") and said["at"] >= began:
        return said["error"]
    return f"{state.name} 的看护进程起不来，详见 {state.log}。" if keepers == 3 else ""


def _start_keeper(state: State, lock: int) -> None:
    """The keeper inherits the lock, so there is no moment at which a second one could start."""
    with open(state.log, "ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "partyportal.embedded.keeper", state.name, str(lock)],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C at the terminal is not for it
            pass_fds=(lock,),
        )
    os.close(lock)  # closing is not unlocking: the keeper's copy keeps it


def _step_aside(state: State, said: dict) -> None:
    """Another PostgreSQL runs in this home. If its last holder has just left it will stop soon, unless we hold it up."""
    holders = _held[state.name]
    fcntl.flock(holders, fcntl.LOCK_UN)
    _hurry(state)
    gone = _wait_until_gone(state)
    fcntl.flock(holders, fcntl.LOCK_SH)
    if not gone:
        raise EmbeddedFault(
            f"这个目录里正在运行另一套数据库程序（{said['source'] or '随包'}）。请先结束使用它的进程，或用 PARTYPORTAL_HOME 另指定目录。"
        )


def _hurry(state: State) -> None:
    """Tell the keeper not to wait for a next command."""
    if keeper := running_keeper(state):
        os.kill(keeper, signal.SIGUSR1)


def _wait_until_gone(state: State) -> bool:
    """Wait for the keeper's end; at once False when somebody else holds the server or it was started by hand."""
    for _ in range(600):
        if running_keeper(state) is None:
            return True
        if state.pinned.exists() or in_use(state):
            return False
        time.sleep(0.05)
    return False


def running_keeper(state: State) -> int | None:
    """The pid of the keeper, if one runs: the lock says that it does, the file says who."""
    lock = state.try_lock()
    if lock is not None:
        os.close(lock)
        return None
    return state.read().get("keeper")


def _forget_in_child() -> None:
    """A forked child shares its parent's lock. It must not carry the hold on: a pool process may outlive its killed parent."""
    global _one_at_a_time
    _one_at_a_time = threading.Lock()
    while _held:
        os.close(_held.popitem()[1])


os.register_at_fork(after_in_child=_forget_in_child)
