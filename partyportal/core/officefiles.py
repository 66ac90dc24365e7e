"""Word, Excel and PowerPoint files, taken apart before they are taken in. Pure: bytes in, a kind or a sentence out.

Such a file is a ZIP of XML. What a ZIP says of itself (its central directory) is bounded first, so that a bomb is
refused without being opened; what it says may be a lie, so the same bounds hold again while it is inflated.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

AT_MOST_ENTRIES = 2_000
AT_MOST_INFLATED = 100_000_000
AT_MOST_RATIO = 100  # of the whole file; XML of long tables reaches thirty
SMALL = 1_000_000  # what inflates to less than this is no bomb, whatever its ratio
STEP = 65_536

_MAIN = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
_PROGRAMS = re.compile(r"vbaproject|vbadata|/activex/|/macrosheets/|oleobject|\.(exe|dll|js|vbs|bat|cmd|scr)$", re.IGNORECASE)
_FETCHED = re.compile(rb"attachedTemplate|/oleObject|/frame")  # what Word would fetch from elsewhere as it opens the file


class Refused(Exception):
    """Why a file is not taken, as the user reads it."""


@dataclass
class _Allowance:
    """How much may still be inflated."""

    left: int


def kind_of(content: bytes) -> str:
    """docx, xlsx or pptx; `Refused` says why it is none, or none that is taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _require_modest(entries, len(content))
            _require_plain(entries)
            return _looked_through(archive, entries, len(content))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError):
        raise Refused("这个文件坏了，打不开。用 Office 或 WPS 另存一份再传。") from None


def _require_modest(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > AT_MOST_ENTRIES:
        raise Refused(f"这个文件里有 {len(entries)} 个部分，不像正常的文档，没有收。")
    _require_fair(sum(entry.file_size for entry in entries), size)


def _require_fair(inflated: int, size: int) -> None:
    if inflated > AT_MOST_INFLATED or (inflated > SMALL and inflated > size * AT_MOST_RATIO):
        raise Refused("这个文件解开后大得不正常（可能是压缩炸弹），没有收。用 Office 或 WPS 另存一份再传。")


def _require_plain(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename.replace("\\", "/") for entry in entries]
    if len({name.casefold() for name in names}) < len(names):
        raise Refused("这个文件里有重名的部分，没有收。用 Office 或 WPS 另存一份再传。")
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise Refused("这个文件里的路径不正常，没有收。")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("这个文件加了密码，去掉密码再传。")
    if any(_PROGRAMS.search(f"/{name}") for name in names):
        raise Refused("这个文件里带着宏或程序，没有收。另存成不带宏的文档再传。")


def _looked_through(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int) -> str:
    allowance, kind = _Allowance(min(AT_MOST_INFLATED, max(SMALL, size * AT_MOST_RATIO))), None
    for entry in entries:
        text = _inflated(archive, entry, allowance, keep=entry.filename.endswith((".xml", ".rels")))
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise Refused("这个文件里有不正常的定义，没有收。用 Office 或 WPS 另存一份再传。")
        if entry.filename == "[Content_Types].xml":
            kind = _kind_told(text)
        if entry.filename.endswith(".rels") and b"External" in text and _FETCHED.search(text):
            raise Refused("这个文件打开时会从别处取东西，没有收。另存成不带外部模板的文档再传。")
    if kind is None:
        raise Refused("这不是 Word、Excel 或 PowerPoint 文件，换一个文件。")
    return kind


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowance: _Allowance, *, keep: bool) -> bytes:
    """Inflate one part step by step, counting; only the parts that are read are kept."""
    kept = []
    with archive.open(entry) as part:
        while step := part.read(STEP):
            allowance.left -= len(step)
            if allowance.left < 0:
                raise Refused("这个文件解开后大得不正常（可能是压缩炸弹），没有收。用 Office 或 WPS 另存一份再传。")
            if keep:
                kept.append(step)
    return b"".join(kept)


def _kind_told(types: bytes) -> str | None:
    if b"macroEnabled" in types or b"vnd.ms-office.vbaProject" in types:
        raise Refused("这个文件里带着宏或程序，没有收。另存成不带宏的文档再传。")
    return next((kind for main, kind in _MAIN.items() if main in types), None)
