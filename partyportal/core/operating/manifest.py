"""What a backup says of itself: its parts and their hashes, how many rows, the keys it needs, all under a digest of SEAL_KEY."""

import hashlib
import hmac
import json
from base64 import b64decode
from pathlib import Path, PurePosixPath

from django.conf import settings

from partyportal.core.errors import DomainError

FORMAT = 1
NAME = "manifest.json"
DUMP, FILES = "database.dump", "files"
CHUNK = 1 << 20
DRAFT, BEFORE = ".restore-", ".before-"  # beside the uploads while a restore puts files in place: those to come, those that were


def copy(source: Path, target: Path | None) -> dict:
    """Copy a file (or only read it) and return its size and SHA-256, taken of the very bytes written."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as incoming:
        outgoing = target.open("xb") if target else None
        try:
            while chunk := incoming.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if outgoing:
                    outgoing.write(chunk)
        finally:
            if outgoing:
                outgoing.close()
    return {"bytes": size, "sha256": digest.hexdigest()}


def write(folder: Path, said: dict) -> None:
    """The last file of a backup: without it, it is none."""
    text = json.dumps(said | {"format": FORMAT, "digest": _digest(said | {"format": FORMAT})}, ensure_ascii=False, indent=1)
    (folder / NAME).write_text(text, encoding="utf-8")


def read(folder: Path) -> dict:
    """What it says, unless it is no backup. The digest is asked for later, once the keys are known to be those of the backup."""
    try:
        said = json.loads((folder / NAME).read_text(encoding="utf-8"))
        said["parts"], said["keys"], said["tables"], said["digest"]
    except FileNotFoundError:
        raise DomainError(f"{folder} 不是完整的备份：没有 {NAME}。中断的备份不能用来恢复。") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise DomainError(f"{folder / NAME} 读不出来，备份已损坏。") from None
    if said.get("format") != FORMAT:
        raise DomainError(f"备份的格式是 {said.get('format')}，这个程序只认 {FORMAT}。请用做备份时的程序版本恢复。")
    return said


def require_untouched(said: dict) -> None:
    """Whoever changed a part and its hash could not make this digest without SEAL_KEY."""
    if not hmac.compare_digest(_digest({name: value for name, value in said.items() if name != "digest"}), str(said["digest"])):
        raise DomainError(f"{NAME} 的校验不符：备份被改动过。请换一份备份。")


def part_path(name: str) -> PurePosixPath:
    """A part's path inside the backup; nothing may lead outside."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not (name == DUMP or (path.parts[0] == FILES and len(path.parts) > 1)):
        raise DomainError(f"备份里的 {name} 不是正当的路径。")
    return path


def _digest(said: dict) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(b64decode(settings.SEAL_KEY), text.encode(), hashlib.sha256).hexdigest()
