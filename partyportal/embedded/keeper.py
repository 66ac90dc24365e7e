"""The keeper of one server: starts it, restarts it if it dies, stops it when the last holder has left. One process per server and home.

Run as `python -m partyportal.embedded.keeper NAME LOCK_DESCRIPTOR` by a holder that has taken the lock.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time

from partyportal.embedded.faults import EmbeddedFault
from partyportal.embedded.parents import end_with_parent
from partyportal.embedded.places import account, make_home
from partyportal.embedded.servers import SERVERS, plain_environment
from partyportal.embedded.state import State, replace, take

GRACE = 2.0  # so that commands in a row need not start the server again
PULSE = 0.15
LOG_LIMIT = 5_000_000


class Keeper:
    """Start, watch, stop."""

    def __init__(self, name: str):
        self.state = State(make_home(), name)
        self.server = SERVERS[name](make_home(), account())
        self.child: subprocess.Popen | None = None
        self.told_to_stop = False
        self.hurried_until = 0.0

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._stop_soon)
        signal.signal(signal.SIGUSR1, self._hurry)
        for ignored in (signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)
        try:
            self.server.prepare()
            self._start()
            self._watch()
        except EmbeddedFault as fault:
            self.state.write(error=str(fault), at=time.time())
            return 1
        except Exception as error:
            self.state.write(error=f"{self.state.name} 启动失败：{error!r}，详见 {self.state.log}。", at=time.time())
            raise
        finally:
            self._end_child()
            self.state.pid.unlink(missing_ok=True)
            if "error" not in self.state.read():
                self.state.clear()
        return 0

    def _watch(self) -> None:
        """Until told to stop, or until nobody has held the server for a while."""
        idle_since = None
        while not self.told_to_stop:
            if self.child.poll() is not None:
                self.state.clear()
                if self._alone() is not None:
                    return  # it died and nobody misses it
                print(f"{self.server.name} ended with {self.child.returncode}, starting it again", flush=True)
                self._start()
            alone = None if self.state.pinned.exists() else self._alone()
            if alone is None:
                idle_since = None
            else:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since >= GRACE or time.monotonic() < self.hurried_until:
                    return  # still holding the file: whoever comes now waits until the server is gone, and starts the next
                os.close(alone)
            time.sleep(PULSE)

    def _alone(self) -> int | None:
        return take(self.state.holders, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _start(self) -> None:
        """Start the server and wait until it takes connections; a killed one may need a moment before it can start again."""
        self.state.write(keeper=os.getpid())
        give_up = time.monotonic() + self.server.restart_patience
        while not self.told_to_stop:
            self.child = subprocess.Popen(
                self.server.command(),
                cwd="/",
                env=plain_environment(),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=end_with_parent(self.server.stop_signals[0]),
                **self.server.who.popen_arguments(),
            )
            replace(self.state.pid, f"{self.child.pid}\n")
            while self.child.poll() is None and not self.told_to_stop:
                if self.server.ready(self.child.pid):
                    self.state.write(
                        url=self.server.url, socket=self.server.socket, source=self.server.source, keeper=os.getpid(), pid=self.child.pid
                    )
                    return
                time.sleep(0.02)
            if time.monotonic() > give_up and self.child.returncode != -signal.SIGKILL:  # killed from outside, it is not broken
                raise EmbeddedFault(f"{self.server.name} 启动失败，详见 {self.state.log}。")
            time.sleep(0.3)

    def _end_child(self) -> None:
        if self.child is None:
            return
        for how in self.server.stop_signals:
            with contextlib.suppress(ProcessLookupError):
                self.child.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(30)
                return

    def _stop_soon(self, *_) -> None:
        self.told_to_stop = True

    def _hurry(self, *_) -> None:
        self.hurried_until = time.monotonic() + 5


def main() -> int:
    name, lock = sys.argv[1], int(sys.argv[2])
    os.set_inheritable(lock, False)  # the server must not carry the keeper's lock on
    log = State(make_home(), name).log
    if log.stat().st_size > LOG_LIMIT:
        os.truncate(log, 0)
    return Keeper(name).run()


if __name__ == "__main__":
    sys.exit(main())
