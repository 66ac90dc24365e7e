"""Reading a spreadsheet somebody sends: .xlsx, .xlsm, .xls, .ods by calamine, .csv by the standard library.

A `Workbook` gives its sheets, a `SheetRows` its rows under the numbers the spreadsheet itself shows. What a file is,
is told by its first bytes, not by its name. A file nobody can read is `UnusableFile`: one Chinese sentence with the
remedy, exit code 2 of the commands.

Limits stand against files that are small on disk and huge in memory. calamine holds a sheet as a dense table (24 bytes
a cell), so a stray value in XFD1048576 would ask for hundreds of gigabytes and end the process. What a .xlsx says of its
extent is no guide: WPS says a million rows where only borders stand, others say A1 or nothing, so the cells are looked at.
"""

import csv
import io
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from partyportal.core import sheetprobe
from partyportal.core.errors import DomainError

MAX_BYTES = 64 << 20
MAX_UNCOMPRESSED = 600 << 20
MAX_CELLS = 12_000_000
_PATIENCE = 120  # seconds

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_STEP = 1 << 20
_BEYOND_Z = re.compile(rb"""r=["'][A-Z]{2}""")
_ROW = re.compile(rb"""row\s[^<>]*?\br=["'](\d{1,7})""")
_FILLED = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^<>]*(?<!/)>""")
# A formula and no value beside it; with a type there is one, if only an empty text.
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c(?![^<>]*\bt=)[^<>]*><(?:\w+:)?f\b[^<>]*>[^<]*</(?:\w+:)?f>(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></|</(?:\w+:)?c>)"
)
_DELIMITERS = ",\t;|"
_SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\r?\n', re.IGNORECASE)
_AGAIN = "用 Excel 打开后另存为 .xlsx 再传。"
_BROKEN = f"文件已损坏或不是表格，{_AGAIN}"
_LOCKED = "文件有打开密码，去掉密码后再传。"
_END = "\x1e end"  # a line no file has, by which its end is known to be outside of a quote


class UnusableFile(DomainError):
    """The whole file cannot be used; no row of it was read."""


class SheetRows:
    """One sheet: its rows as (spreadsheet row number, list of cells), as often as they are asked for.

    `merged` are its merged ranges as (top, left, bottom, right): rows as numbered here, columns as in the lists.
    """

    def __init__(
        self,
        name: str,
        rows: Callable[[], Iterator[list]],
        *,
        width: int,
        height: int,
        merged: list[tuple[int, int, int, int]] | None = None,
    ):
        self.name, self.width, self.height, self.merged = name, width, height, merged or []
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[int, list]]:
        return enumerate(self._rows(), 1)


class Workbook:
    """A file opened; sheets are read one at a time, when asked for."""

    def __init__(self, calamine: CalamineWorkbook | None = None, text: str = "", *, uncalculated: bool = False):
        self._calamine, self._text = calamine, text
        self.uncalculated = uncalculated  # has formulas whose cells are empty, because nothing has worked them out yet

    def calculated(self) -> "Workbook":
        """Itself, where an empty cell must be one: a sum that nobody worked out is not a sum nobody wrote."""
        if self.uncalculated:
            raise UnusableFile("文件里有公式还没有算出结果，用 Excel 或 WPS 打开，保存一次再传。")
        return self

    def sheets(self) -> Iterator[SheetRows]:
        if self._calamine is None:
            yield _csv_sheet(self._text)
            return
        about = [(place, one) for place, one in enumerate(self._calamine.sheets_metadata) if one.typ == SheetTypeEnum.WorkSheet]
        about.sort(key=lambda numbered: numbered[1].visible != SheetVisibleEnum.Visible)  # what nobody sees comes last
        for place, one in about:
            with _refused(f"工作表“{one.name}”读不出来，{_AGAIN}"):
                sheet = self._calamine.get_sheet_by_index(place)
            yield _calamine_sheet(sheet)
            del sheet  # before the next is read: one that nobody kept is gone by then


def open_workbook(source: str | Path | bytes) -> Workbook:
    """Open a file by its path or its bytes."""
    try:
        return _open(source)
    except FileNotFoundError:
        raise UnusableFile(f"文件打不开：没有这个文件（{source}）。") from None
    except OSError as fault:
        raise UnusableFile(f"文件打不开：{fault.strerror or '读取失败'}。") from None


def _open(source: str | Path | bytes) -> Workbook:
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if not size:
        raise UnusableFile("文件是空的，没有内容。")
    if size > MAX_BYTES:
        raise UnusableFile(f"文件有 {size >> 20} MB，最多收 {MAX_BYTES >> 20} MB，分成几个文件再传。")
    with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
        start = file.read(4)
        file.seek(0)
        if not start.startswith(_ZIP) and start != _OLE:
            return Workbook(text=_decoded(file.read()))
        uncalculated = start != _OLE and _looked_through(file)
        if start == _OLE:
            _tried_elsewhere(file)
        file.seek(0)
        return Workbook(_calamine(file), uncalculated=uncalculated)


def _tried_elsewhere(file: io.BufferedIOBase) -> None:
    """An .xls says where its cells are in a way that cannot be looked through cheaply, so another process opens it first."""
    command = [sys.executable, "-I", sheetprobe.__file__]
    try:
        tried = subprocess.run(command, input=file.read(), capture_output=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise UnusableFile(_BROKEN) from None
    if tried.returncode < 0:  # ended by a signal; what it only could not read is told below, in the words that fit
        raise UnusableFile(_BROKEN)


def _calamine(file: io.BufferedIOBase) -> CalamineWorkbook:
    try:
        with _refused(_BROKEN):
            return CalamineWorkbook.from_filelike(file)
    except UnusableFile:
        file.seek(0)
        # An encrypted .xlsx is an OLE file with this stream; calamine knows it only as a broken .xls.
        if "EncryptedPackage".encode("utf-16-le") in file.read():
            raise UnusableFile(_LOCKED) from None
        raise


@contextmanager
def _refused(words: str) -> Iterator[None]:
    """What calamine cannot read, as one sentence. On some broken files it panics, and that is no `Exception`."""
    try:
        yield
    except PasswordError:
        raise UnusableFile(_LOCKED) from None
    except CalamineError:
        raise UnusableFile(words) from None
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":
            raise
        raise UnusableFile(words) from None


def _looked_through(file: io.BufferedIOBase) -> bool:
    """Refuse a .xlsx that would fill the memory; whether it has formulas that no program has worked out yet."""
    uncalculated = False
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNCOMPRESSED:
                raise UnusableFile(f"表格展开后超过 {MAX_UNCOMPRESSED >> 20} MB，删掉多余的行、列和图片，或分成几个文件再传。")
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    head = part.read(_STEP)
                    if b"worksheet" not in head:  # told by what it holds: a sheet may lie under any name
                        continue
                    uncalculated |= _UNCALCULATED.search(head) is not None  # a column of them begins here
                    part.seek(0)
                    if _may_be_a_desert(part):
                        part.seek(0)
                        _refuse_a_desert(part)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error):
        raise UnusableFile(_BROKEN) from None
    return uncalculated


def _may_be_a_desert(sheet: IO[bytes]) -> bool:
    """Cheap, for every file: whether there are columns beyond Z, or rows so far down that twenty-six columns are too many."""
    last = 0
    for piece in _pieces(sheet):
        if _BEYOND_Z.search(piece):
            return True
        if row := _ROW.search(piece, max(piece.rfind(b"row "), 0)):
            last = int(row[1])
    return last * 26 > MAX_CELLS


def _refuse_a_desert(sheet: IO[bytes]) -> None:
    """Cells that only look like something (borders, colours) do not count."""
    width = height = 0
    for piece in _pieces(sheet):
        filled = _FILLED.findall(piece)
        width = max(width, *(_column_number(letters) for letters in {letters for letters, _ in filled}), 0)
        height = max(height, *(int(row) for _, row in filled), 0)
    if width * height > MAX_CELLS:
        raise UnusableFile(f"表格占到 {height} 行、{width} 列，删掉名单以外的空行空列再传。")


def _pieces(sheet: IO[bytes]) -> Iterator[bytes]:
    """A file in steps, each beginning with the end of the one before, so that no tag is cut."""
    kept = b""
    while step := sheet.read(_STEP):
        yield kept + step
        kept = step[-200:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _calamine_sheet(sheet: CalamineSheet) -> SheetRows:
    if sheet.start is None:
        return SheetRows(sheet.name, lambda: iter(()), width=0, height=0)
    # iter_rows fills up the rows above the first used one, so counting them gives the spreadsheet's numbers; it starts at
    # the first used column.
    left = sheet.start[1]
    merged = [(top + 1, first - left, bottom + 1, last - left) for (top, first), (bottom, last) in sheet.merged_cell_ranges or ()]
    return SheetRows(sheet.name, sheet.iter_rows, width=sheet.width, height=sheet.end[0] + 1, merged=merged)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        if data.lstrip()[:1] == b"<":
            raise UnusableFile("这是网页形式的表格，用 Excel 打开后另存为 .xlsx 再传。")
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise UnusableFile("文件不是表格，或文字编码不是 UTF-8 或 GB18030，用 Excel 另存为 .xlsx 再传。")


def _csv_sheet(text: str) -> SheetRows:
    if match := _SEPARATOR_LINE.match(text):  # Excel takes this line as an instruction and does not number it
        delimiter, text = match[1], text[match.end() :]
    else:
        head = text[:8192]
        delimiter = max(_DELIMITERS, key=head.count)
        if head.count(delimiter) < 2:
            delimiter = "，"  # typed by hand; in any other file it stands within a cell
    return SheetRows("", partial(_read_csv, text, delimiter), width=0, height=text.count("\n") + 1)


def _read_csv(text: str, delimiter: str) -> Iterator[list[str]]:
    # A record over several lines is one row of a spreadsheet, and an empty line is one too: the reader counts the same.
    lines = chain(io.StringIO(text, newline=""), (_END,))
    rows, before = csv.reader(lines, delimiter=delimiter), 0
    try:
        for row in rows:
            if row == [_END]:
                return
            # A lone quote makes one cell of all that follows, up to the next quote or the end: those people would be gone.
            if rows.line_num - before > 1 and any("\n" in cell and cell.count(delimiter) > 2 for cell in row):
                break
            before = rows.line_num
            yield row
    except csv.Error:
        pass
    raise UnusableFile(f"CSV 文件第 {before + 1} 行有一处引号没有成对，或一格太长，{_AGAIN}")
