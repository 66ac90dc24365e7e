"""`manage.py embedded start|stop|status|drop`: the embedded servers by hand. Kept out of Django: settings would start what `stop` ends."""

import argparse
import os
import shutil
import signal
import sys
import time

from partyportal.embedded.faults import EmbeddedFault
from partyportal.embedded.holder import hold, in_use, running_keeper
from partyportal.embedded.places import make_home
from partyportal.embedded.servers import SERVERS
from partyportal.embedded.state import State


def start() -> int:
    """Start both servers, or join them; they stay until `stop`."""
    for state in states():
        state.pinned.touch()
        try:
            print(f"{state.name}：已启动，{hold(state.name)}")
        except BaseException:
            state.pinned.unlink()
            raise
    return 0


def stop() -> int:
    """Stop both servers at once, whoever uses them."""
    for state in states():
        state.pinned.unlink(missing_ok=True)
        used = in_use(state)
        if keeper := running_keeper(state):
            os.kill(keeper, signal.SIGTERM)
        give_up = time.monotonic() + 90
        while (lock := state.try_lock()) is None:
            if time.monotonic() > give_up:
                raise EmbeddedFault(f"{state.name} 在 90 秒内没有停下，详见 {state.log}。")
            time.sleep(0.05)
        os.close(lock)
        print(f"{state.name}：已停止" + ("（仍有进程在使用它，它们再次访问时会重新启动）" if used else ""))
    return 0


def status() -> int:
    """Exit 0 when both run."""
    running = 0
    for state in states():
        said = state.read() if running_keeper(state) else {}
        if state.answers(said):
            running += 1
            print(f"{state.name}：运行中，进程 {said['pid']}，{said['url']}")
        else:
            print(f"{state.name}：{'正在启动' if said else '未运行'}")
    return 0 if running == len(SERVERS) else 1


def drop() -> int:
    """Stop both and delete the embedded data; the keys stay, they harm nobody and open old backups."""
    stop()
    place = make_home()
    for path in (*place.glob("postgres-*"), place / "redis", place / "media"):
        shutil.rmtree(path, ignore_errors=True)
    print(f"{place} 里的数据已清除。")
    return 0


def states() -> list[State]:
    place = make_home()
    return [State(place, name) for name in SERVERS]


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="manage.py embedded", description="内置的 PostgreSQL 和 Redis")
    acts = {"start": start, "stop": stop, "status": status, "drop": drop}
    parser.add_argument("act", choices=acts)
    try:
        return acts[parser.parse_args(words).act]()
    except EmbeddedFault as fault:
        print(fault, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
