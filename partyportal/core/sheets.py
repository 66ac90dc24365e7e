"""Writing spreadsheets: exports, templates, and a sent file given back with its faults marked.

Rows are written as they come (xlsxwriter's constant_memory), into a file that stays in memory while it is small. Text is
written as text whatever it begins with, so `=HYPERLINK(…)` in a roster is eighteen harmless letters in its export, and
an ID number keeps its last digits.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

import xlsxwriter
from django.http import FileResponse
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from partyportal.core.cells import EXACT

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_IN_MEMORY = 4 << 20
_LONGEST = 32767  # signs a cell takes
_COMMENTS = 1000  # more make Excel slow to open; the added column has every fault
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_FAULT = {"bg_color": "#F8EAE7", "font_color": "#A8201A"}  # 朱砂 on its wash, as refusals look on the pages


def sheet_response(file: IO[bytes], name: str) -> FileResponse:
    """A sheet as a download under its name; the answer closes the file."""
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def write_xlsx(
    headings: Sequence[str],
    rows: Iterable[Sequence],
    *,
    title: str | None = None,
    sheet: str = "Sheet1",
    text_columns: Iterable[str] = (),
    widths: Mapping[str, float] | None = None,
    notes: Mapping[str, str] | None = None,
) -> IO[bytes]:
    """A sheet with one heading row; the open file stands at its beginning.

    `text_columns` are headings whose whole column is text, also where somebody types into a template; `notes` are
    comments on headings.
    """
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the caller closes it, as FileResponse does)
    with _workbook(file) as book:
        page = book.add_worksheet(sheet)
        cells = _Cells(book, page)
        as_text = set(text_columns)
        for at, heading in enumerate(headings):
            width = (widths or {}).get(heading) or max(10, min(24, _width(heading) + 4))
            page.set_column(at, at, width, cells.text if heading in as_text else cells.body)
        top = 0
        if title:
            page.write_string(0, 0, title[:_LONGEST], cells.title)
            top = 1
        for at, heading in enumerate(headings):
            page.write_string(top, at, heading, cells.heading)
            if note := (notes or {}).get(heading):
                page.write_comment(top, at, note)
        page.freeze_panes(top + 1, 0)
        last = top
        for last, row in enumerate(rows, top + 1):
            for at, value in enumerate(row):
                cells.write(last, at, value, cells.text if headings[at] in as_text else None)
        page.autofilter(top, 0, max(last, top), len(headings) - 1)
        page.repeat_rows(top)
    file.seek(0)
    return file


class Sheet(NamedTuple):
    """One sheet of a book: its title line, its heads, its rows, and a line under them."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence]
    foot: str = ""


def write_book(sheets: Iterable[Sheet]) -> IO[bytes]:
    """Several sheets in one file; the open file stands at its beginning."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the caller closes it, as FileResponse does)
    with _workbook(file) as book:
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            cells = _Cells(book, page)
            for at, heading in enumerate(sheet.headings):
                page.set_column(at, at, 34 if at == 0 else max(12, min(60, _width(heading) + 4)), cells.body)
            page.write_string(0, 0, sheet.title[:_LONGEST], cells.title)
            for at, heading in enumerate(sheet.headings):
                page.write_string(1, at, heading, cells.heading)
            page.freeze_panes(2, 0)
            last = 1
            for last, row in enumerate(sheet.rows, 2):
                for at, value in enumerate(row):
                    cells.write(last, at, value)
            if sheet.foot:
                page.write_string(last + 1, 0, sheet.foot[:_LONGEST], cells.body)
            page.repeat_rows(1)
    file.seek(0)
    return file


def mark_faults(
    rows: Iterable[tuple[int, Sequence]],
    faults: Mapping[int, Sequence[tuple[int | None, str]]],
    *,
    heading_row: int,
    only_faulty: bool = False,
    sheet: str = "名册",
) -> IO[bytes]:
    """A copy of a sheet with its faults marked: the cell red with a comment, and everything in an added column 问题.

    `rows` are (spreadsheet row number, cells), titles and headings among them; `faults` has for a row number what is
    wrong as (place of the cell, sentence), the place None where it belongs to no cell. Row numbers stay as they are,
    except with `only_faulty`, which keeps what stands down to `heading_row` and the faulty rows alone.
    """
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the caller closes it)
    with _workbook(file) as book:
        page = book.add_worksheet(sheet)
        cells = _Cells(book, page)
        width, written, comments = 0, -1, _COMMENTS
        for number, row in rows:
            told = faults.get(number, ())
            if only_faulty and number > heading_row and not told:
                continue
            written = written + 1 if only_faulty else number - 1
            if number <= heading_row:
                width = max(width, len(row))
            wrong = {}
            for at, message in told:
                if at is not None and at >= 0:
                    wrong.setdefault(at, []).append(message)
            for at, value in enumerate(row):
                look = cells.wrong if at in wrong else cells.heading if number == heading_row else None
                cells.write(written, at, value, look)
            for at, messages in wrong.items():
                if at >= len(row) or row[at] in ("", None):
                    page.write_blank(written, at, None, cells.wrong)
                if comments > 0:
                    comments -= 1
                    page.write_comment(written, at, "；".join(messages))
            if number == heading_row:
                page.write_string(written, width, "问题", cells.heading)
                page.set_column(0, max(width - 1, 0), 14, cells.body)
                page.set_column(width, width, 60, cells.body)
                page.freeze_panes(written + 1, 0)
            elif told:
                page.write_string(written, max(width, len(row)), "；".join(message for _, message in told)[:_LONGEST], cells.wrong)
    file.seek(0)
    return file


class _Cells:
    """The looks of a sheet, and the one way a value gets into a cell."""

    def __init__(self, book: xlsxwriter.Workbook, page: Worksheet):
        self._page = page
        self.body = book.add_format(_FONT)
        self.text = book.add_format(_FONT | {"num_format": "@"})
        self.heading = book.add_format(_FONT | {"bold": True, "num_format": "@", "bottom": 1, "text_wrap": True})
        self.title = book.add_format(_FONT | {"bold": True, "font_size": 16})
        self.wrong = book.add_format(_FONT | _FAULT)
        self.wrong_day = book.add_format(_FONT | _FAULT | {"num_format": "yyyy-mm-dd"})
        self.day = book.add_format(_FONT | {"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format(_FONT | {"num_format": "yyyy-mm-dd hh:mm"})

    def write(self, row: int, at: int, value: object, look: Format | None = None) -> None:
        if value is None or value == "":
            return
        page = self._page
        if isinstance(value, str):
            page.write_string(row, at, value[:_LONGEST], look or self.body)
        elif isinstance(value, bool):
            page.write_string(row, at, "是" if value else "否", look or self.body)
        elif isinstance(value, int | Decimal) and abs(value) >= EXACT:
            page.write_string(row, at, str(value), look or self.text)
        elif isinstance(value, int | float | Decimal):
            page.write_number(row, at, value, look or self.body)
        elif isinstance(value, datetime):
            naive = value.replace(tzinfo=None)
            page.write_datetime(row, at, naive, self.day if (naive.hour, naive.minute) == (0, 0) else self.moment)
        elif isinstance(value, date):
            page.write_datetime(row, at, value, self.wrong_day if look is self.wrong else self.day)
        else:
            page.write_string(row, at, str(value)[:_LONGEST], look or self.body)


def _workbook(file: IO[bytes]) -> xlsxwriter.Workbook:
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        },
    )
    # Without the moment of writing, two sheets of the same rows are the same bytes; who took one when is in the audit log.
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    return book


def _width(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)
