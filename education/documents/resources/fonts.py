"""The font of printed books: Noto Sans SC, fetched at set-up (ADR 28), with all of GB 18030's CJK extension A. What a book uses of it is embedded.

A subset is made here by copying glyphs as they are, which takes milliseconds; fontTools compiles each anew and takes
seconds a book, hours a county.
"""

import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from partyportal.core.errors import DomainError

FAMILY = "Noto Sans SC"
REGULAR, BOLD = "NotoSansSC", "NotoSansSC-Bold"
FILES = {REGULAR: "regular", BOLD: "bold"}  # in settings.DOCUMENT_FONTS
# What a font without layout rules needs; everything else is left out of a subset.
_KEPT = (b"OS/2", b"cmap", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"name", b"post")
_ARGS_ARE_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO = 0x1, 0x8, 0x20, 0x40, 0x80


def missing() -> list[Path]:
    """Font files that are not where they should be."""
    return [path for path in settings.DOCUMENT_FONTS.values() if not path.is_file()]


def require() -> None:
    if missing():
        raise DomainError("服务器上缺少文档用的字体，台账做不了。请管理员运行 manage.py doctor，按提示装好再试。")


@cache
def face(name: str) -> TTFont:
    """A font as reportlab knows it, read once a process."""
    font = TTFont(name, str(settings.DOCUMENT_FONTS[FILES[name]]))
    pdfmetrics.registerFont(font)
    return font


def undrawn(signs: Iterable[str]) -> list[str]:
    """Signs the font has no picture of: CJK extensions B and later, and private ones."""
    known = face(REGULAR).face.charToGlyph
    return sorted(sign for sign in signs if ord(sign) not in known and not sign.isspace())


def subset(name: str, signs: Iterable[str]) -> bytes:
    """A font file with the pictures of these signs alone. Glyphs keep their numbers, so composites need no rewriting."""
    tables, offsets = _source(name)
    glyphs = {ord(sign): face(name).face.charToGlyph[ord(sign)] for sign in signs if ord(sign) in face(name).face.charToGlyph}
    glyphs = {code: glyph for code, glyph in glyphs.items() if code < 0xFFFF}
    used = _with_parts({0, *glyphs.values()}, tables[b"glyf"], offsets)
    places, drawn = [], bytearray()
    for glyph in range(len(offsets) - 1):
        places.append(len(drawn))
        if glyph in used:
            drawn += tables[b"glyf"][offsets[glyph] : offsets[glyph + 1]]
            drawn += bytes(-len(drawn) % 4)
    places.append(len(drawn))
    head = bytearray(tables[b"head"])
    struct.pack_into(">h", head, 50, 1)  # long offsets
    return _file(
        {tag: tables[tag] for tag in _KEPT if tag in tables}
        | {
            b"head": bytes(head),
            b"glyf": bytes(drawn),
            b"loca": struct.pack(f">{len(places)}I", *places),
            b"hmtx": _widths(tables, used),
            b"cmap": _map(glyphs),
            b"post": struct.pack(">I", 0x00030000) + tables[b"post"][4:32],
        }
    )


@cache
def _source(name: str) -> tuple[dict[bytes, bytes], list[int]]:
    """A font's tables and where its glyphs begin, read once a process."""
    tables = _tables(settings.DOCUMENT_FONTS[FILES[name]].read_bytes())
    return {tag: content for tag, content in tables.items() if tag in _KEPT}, _offsets(tables)


def _tables(source: bytes) -> dict[bytes, bytes]:
    count = struct.unpack_from(">H", source, 4)[0]
    entries = (struct.unpack_from(">4sIII", source, 12 + 16 * at) for at in range(count))
    return {tag: source[offset : offset + length] for tag, _, offset, length in entries}


def _offsets(tables: dict[bytes, bytes]) -> list[int]:
    count = struct.unpack_from(">H", tables[b"maxp"], 4)[0] + 1
    if struct.unpack_from(">h", tables[b"head"], 50)[0]:
        return list(struct.unpack_from(f">{count}I", tables[b"loca"]))
    return [offset * 2 for offset in struct.unpack_from(f">{count}H", tables[b"loca"])]


def _with_parts(glyphs: set[int], drawn: bytes, offsets: list[int]) -> set[int]:
    """The glyphs and those they are put together from."""
    found, queue = set(), list(glyphs)
    while queue:
        glyph = queue.pop()
        if glyph in found:
            continue
        found.add(glyph)
        at, end = offsets[glyph], offsets[glyph + 1]
        if at == end or struct.unpack_from(">h", drawn, at)[0] >= 0:
            continue
        at, more = at + 10, True
        while more:
            flags, part = struct.unpack_from(">HH", drawn, at)
            queue.append(part)
            at += 4 + (4 if flags & _ARGS_ARE_WORDS else 2)
            at += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _TWO_BY_TWO else 0
            more = bool(flags & _MORE)
    return found


def _widths(tables: dict[bytes, bytes], used: set[int]) -> bytes:
    """Widths of what is used; the others are nought, which packs to nothing."""
    count = struct.unpack_from(">H", tables[b"hhea"], 34)[0]
    kept = bytearray(len(tables[b"hmtx"]))
    for glyph in used:
        at, size = (glyph * 4, 4) if glyph < count else (count * 4 + (glyph - count) * 2, 2)
        kept[at : at + size] = tables[b"hmtx"][at : at + size]
    at = (count - 1) * 4  # the last full width is that of every glyph after it
    kept[at : at + 2] = tables[b"hmtx"][at : at + 2]
    return bytes(kept)


def _map(glyphs: dict[int, int]) -> bytes:
    """A format 4 cmap, one segment a sign."""
    codes = sorted(glyphs)
    count = len(codes) + 1
    power = 1 << (count.bit_length() - 1)
    body = struct.pack(">4H", count * 2, power * 2, power.bit_length() - 1, (count - power) * 2)
    body += struct.pack(f">{count}H", *codes, 0xFFFF) + bytes(2) + struct.pack(f">{count}H", *codes, 0xFFFF)
    body += struct.pack(f">{count}H", *((glyphs[code] - code) & 0xFFFF for code in codes), 1) + bytes(2 * count)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + struct.pack(">HHH", 4, len(body) + 6, 0) + body


def _file(tables: dict[bytes, bytes]) -> bytes:
    """The tables as a font file, its sums of check in place."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    start = 12 + 16 * count
    entries, body = b"", bytearray()
    head_at = 0
    for tag in sorted(tables):
        content = tables[tag]
        if tag == b"head":
            head_at = start + len(body)
            content = content[:8] + bytes(4) + content[12:]
        entries += struct.pack(">4sIII", tag, _sum(content), start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    whole = bytearray(struct.pack(">IHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16) + entries + body)
    struct.pack_into(">I", whole, head_at + 8, (0xB1B0AFBA - _sum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)


def _sum(content: bytes) -> int:
    padded = content + bytes(-len(content) % 4)
    return sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
