"""What the back office reads as a sheet, before any row of it is looked at."""

from io import BytesIO

import openpyxl
import pytest

from members.resources import UID, PortalSheet
from partyportal.core.workbook import UnusableFile


def test_a_formula_that_nothing_has_worked_out_is_no_blank():
    book = openpyxl.Workbook()
    for row in ((UID, "工作岗位"), ("0198a000-0000-7000-8000-000000000000", '="教"&"师"')):
        book.active.append(row)
    book.save(file := BytesIO())
    with pytest.raises(UnusableFile, match="公式还没有算出结果"):
        PortalSheet().create_dataset(file.getvalue())
