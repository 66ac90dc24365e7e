"""Opens every sheet of the file on its standard input, and nothing else: run apart, with little memory.

A damaged .xls may say a row number of billions. Whoever makes room for it is ended by the allocator, past any `except`;
so it is this process that is ended, and not the one that asked.
"""

import io
import resource
import sys

from python_calamine import CalamineWorkbook

MEMORY = 2 << 30

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for place in range(len(book.sheet_names)):
        book.get_sheet_by_index(place)
