"""What a keeper tells its holders: one small file per server, written whole."""

import fcntl
import json
import os
import socket
from pathlib import Path

from partyportal.embedded.faults import EmbeddedFault


class State:
    """The files of one server in a home: its lock, its holders, its pid and what the keeper last said."""

    def __init__(self, place: Path, name: str):
        self.name = name
        self.lock = place / f"{name}.lock"
        self.holders = place / f"{name}.holders"
        self.pid = place / f"{name}.pid"
        self.said = place / f"{name}.json"
        self.pinned = place / f"{name}.pinned"
        self.log = place / f"{name}.log"

    def read(self) -> dict:
        try:
            return json.loads(self.said.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}

    def write(self, **said) -> None:
        replace(self.said, json.dumps(said, ensure_ascii=False))

    def clear(self) -> None:
        self.said.unlink(missing_ok=True)
        self.pid.unlink(missing_ok=True)

    def try_lock(self) -> int | None:
        """The keeper's lock, or None while a keeper (or another who is about to start one) has it."""
        return take(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def answers(self, said: dict) -> bool:
        """Whether the keeper that said this lives and its server takes connections."""
        if not said.get("url") or not alive(said["keeper"]):
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            try:
                probe.connect(said["socket"])
            except OSError:
                return False
        return True


def take(path: Path, how: int) -> int | None:
    """Lock the file and return its descriptor; None if it is taken and `how` does not wait."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:  # another user's, or a disk that cannot be written
        raise EmbeddedFault(f"打不开 {path}（{os.strerror(error.errno)}）。请用 PARTYPORTAL_HOME 另指定一个自己能写的目录。") from error
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def replace(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old or the new, never half."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def alive(pid: int) -> bool:
    """Whether the process runs. A dead one that nobody has reaped yet, as in a container whose first process reaps none, does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return not Path("/proc/self").exists()
