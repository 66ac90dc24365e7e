"""Keys of a demo or a developer's place: made once, never leave the home. Production takes its keys from the environment."""

import base64
import contextlib
import os
import secrets as random
from pathlib import Path

from partyportal.embedded.faults import EmbeddedFault
from partyportal.embedded.places import make_home


def secrets() -> dict[str, str]:
    """The four keys of this home, made on first need; whoever comes second reads what the first wrote."""
    path = make_home() / "secret.env"
    if not path.exists():
        _make(path)
    lines = path.read_text(encoding="ascii").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _make(path: Path) -> None:
    keys = {
        "SECRET_KEY": random.token_urlsafe(50),
        "FIELD_KEYS": f"k1:{_key()}",
        "INDEX_KEY": _key(),
        "SEAL_KEY": _key(),
    }
    draft = path.with_name(f"secret.env.{os.getpid()}.{random.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.writelines(f"{name}={value}\n" for name, value in keys.items())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename, this never replaces the keys that another process has already used
    except OSError as error:
        raise EmbeddedFault(f"写不下密钥 {path}（{os.strerror(error.errno)}）。请清理磁盘，或用 PARTYPORTAL_HOME 另指定目录。") from error
    finally:
        draft.unlink(missing_ok=True)


def _key() -> str:
    return base64.b64encode(random.token_bytes(32)).decode("ascii")
