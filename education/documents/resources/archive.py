"""Zip files whose bytes depend on their contents alone: no moment of packing, no system of the packer."""

import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can tell


def entry(name: str, *, packed: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A small zip in memory."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as box:
        for name, content in files:
            box.writestr(entry(name, packed=True), content)
    return file.getvalue()


def streamed(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A zip piece by piece, never held as a whole. What goes in is packed already, so it is stored as it is."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as box:
        for name, content in files:
            box.writestr(entry(name, packed=False), content)
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """Somewhere to write that cannot be rewound."""

    def __init__(self):
        self._held = bytearray()

    def write(self, content: bytes) -> int:
        self._held += content
        return len(content)

    def flush(self) -> None:
        """Everything is taken as it comes."""

    def taken(self) -> bytes:
        content = bytes(self._held)
        self._held.clear()
        return content
