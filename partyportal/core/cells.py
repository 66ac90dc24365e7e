"""What a spreadsheet's cell says: its text, a code without blanks, a day, a sum of money. Pure: no Django, no clock.

A cell arrives as whoever typed it left it, so each reader takes text, numbers and true dates alike. `None` and `""`
are blank; what cannot be read comes back as `Unreadable`, whose sentence says what to write instead and never
repeats the cell (it may be personal).
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

EXACT = 10**15  # from here on a spreadsheet's number loses digits

_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_QUOTES = "'’‘`′\"“”"
_BLANK = re.compile(r"\s+")

# The readable days of a roster. Text and true dates may lie anywhere from 1900 on; a serial number must not be taken
# for a year or an 8-digit day, and 5480 is 1915-01-01.
_EARLIEST = date(1900, 1, 1)
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIALS = range(5480, 80000)

_BETWEEN = r"(?:\s*[-–—−_./\\,，、。]\s*|\s+)"
_YEAR, _MONTH = rf"(?:\s*年\s*|{_BETWEEN})", rf"(?:\s*月\s*|{_BETWEEN})"
_CLOCK = r"(?:[\sT]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
_DAY = re.compile(rf"(\d{{4}}){_YEAR}(\d{{1,2}}){_MONTH}(\d{{1,2}})\s*[日号]?[.。]?{_CLOCK}")
_DAY_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0+)?" + _CLOCK)
_MONTH_ONLY = re.compile(rf"(\d{{4}}){_YEAR}(\d{{1,2}})\s*月?份?")
_MONTH_DIGITS = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(?:\.0+)?")
_NUMBER = re.compile(r"[1-9]\d*(?:\.\d+)?")  # 030405 is a year of two digits, not the serial number of a day in 1983
_HAN_DAY = re.compile(r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号]?)?")
_HAN_DIGITS = {sign: str(digit) for digit, sign in enumerate("〇一二三四五六七八九")} | {"零": "0"}

_SUM = re.compile(r"[+-]?\d{1,12}(?:\.\d*)?", re.ASCII)
_MOST = 10**9
_ORNAMENT = re.compile(r"[(\[【].*?[)\]】]|[*:#★☆]")
_FOOT = re.compile(
    "(?:本[页月季年期日]|贷方|借方|收入|支出|账户)?(?:合计|总计|小计|共计|累计)|承前页|过次页|填表|填报|制表|审核|复核|单位负责人|备注|说明|注[:：]"
)


class Unreadable(NamedTuple):
    """A cell that cannot be taken: the code scripts read, and the Chinese sentence people read."""

    code: str
    message: str


class Month(date):
    """A month where the day is not known, kept as its first."""


def plain(raw: object) -> str:
    """A cell's text: unseen signs away, every run of blanks one blank, ends trimmed; a whole number without its `.0`."""
    if raw.__class__ is str:
        if raw.isprintable() and " " not in raw:  # the common cell: one pass in C (printable means no tab, no 　, no zero width)
            return raw
    elif raw is None:
        return ""
    elif isinstance(raw, float) and raw.is_integer():
        raw = str(int(raw))
    else:
        raw = str(raw.date() if isinstance(raw, datetime) and raw.time() == time() else raw)
    if not raw.isprintable():
        # Blanks first: tab and line feed are control signs too. Signs newer than Python's table are unassigned, and stay.
        raw = "".join(sign for sign in _BLANK.sub(" ", raw) if unicodedata.category(sign) not in _INVISIBLE)
    return " ".join(raw.split())


def squeeze(raw: object) -> str:
    """For numbers and codes: plain text in half-width, without any blank or the quotes that keep a cell text in Excel."""
    text = unicodedata.normalize("NFKC", plain(raw)).replace(" ", "")
    if text[:2] == '="':  # a CSV's way to say: this is text
        text = text[1:]
    return text.strip(_QUOTES)


def heading(raw: object) -> str:
    """What a column is headed, without blanks, asterisks and notes in brackets: `金 额（元）*` is 金额."""
    return _ORNAMENT.sub("", squeeze(raw))


def read_day(raw: object) -> date | Unreadable | None:
    """A day, in any form people type: 2003-01-23, 2003.1.3, 2003/1/3, 2003年1月3日, 二〇〇三年一月三日, 20030103, a true
    date, a spreadsheet's serial number. A year with only a month is not a day: see `read_month`."""
    if raw.__class__ is str and len(raw) == 10 and raw[4] == raw[7] == "-" and raw.isascii():
        try:
            return _dated(date.fromisoformat(raw))
        except ValueError:
            pass
    said = _said(raw)
    return _bad("只写到月，要写到日") if isinstance(said, Month) else said


def read_month(raw: object) -> date | Unreadable | None:
    """A day as in `read_day`, or a `Month` where only year and month are written."""
    return _said(raw)


def day_of(raw: object) -> date | None:
    """A day, or None where there is none to be read."""
    day = read_day(raw)
    return day if isinstance(day, date) else None


def read_money(raw: object) -> Decimal | Unreadable | None:
    """Yuan to the fen: 12.5, "1,234.50", "￥12.50", "12元". A dash is nothing, as sheets of money write it."""
    if isinstance(raw, float):
        raw = f"{raw:.6f}"  # as the sheet shows it: a formula's 0.30000000000000004 is 0.30
    text = squeeze(raw).replace(",", "").lstrip("¥").removesuffix("元")
    if not text.strip("-–—/"):
        return None
    if not _SUM.fullmatch(text) or abs(value := Decimal(text)) >= _MOST:
        return Unreadable("bad_amount", "写成数字，单位是元，如 12.50。")
    if value != round(value, 2):
        return Unreadable("bad_amount", "最多两位小数，写到分。")
    return round(value, 2)


def is_foot(cells: Iterable[object]) -> bool:
    """Whether a row is the foot of a sheet: its first filled cell says 合计, 填表人 and the like."""
    return bool(_FOOT.match(next((text for cell in cells if (text := squeeze(cell))), "")))


def _said(raw: object) -> date | Unreadable | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, datetime):
        return _dated(raw.date())
    if isinstance(raw, date):
        return _dated(raw)
    if isinstance(raw, time | timedelta | bool):
        return _bad("不是日期，写成 2003-01-23 这样")
    if isinstance(raw, int | float):
        return _from_number(float(raw))
    # Blanks stay for now: they may part year, month and day, or the day from the time of day.
    text = unicodedata.normalize("NFKC", plain(raw)).strip(_QUOTES + " ").replace("元月", "1月").replace("○", "〇")
    if not text:
        return None
    for form in (_DAY, _DAY_DIGITS):
        if match := form.fullmatch(text):
            return _made(*map(int, match.groups()))
    if match := _HAN_DAY.fullmatch(text.replace(" ", "")):
        year, month, day = match.groups()
        number = int("".join(_HAN_DIGITS[sign] for sign in year))
        return _made(number, _han_number(month), _han_number(day) if day else None)
    if (match := _MONTH_ONLY.fullmatch(text)) or (match := _MONTH_DIGITS.fullmatch(text)):
        return _made(int(match[1]), int(match[2]), None)
    if _NUMBER.fullmatch(text):
        return _from_number(float(text))
    return _bad("不是日期，写成 2003-01-23 这样")


def _from_number(number: float) -> date | Unreadable:
    """20030103, a serial number (its fraction is the time of day), 200301, or 2003.01 typed into a cell of numbers."""
    if not 0 < number < 1e9:  # NaN too
        return _bad("不是日期，写成 2003-01-23 这样")
    whole = int(number)
    if 19000101 <= whole <= 99991231:
        return _made(whole // 10000, whole // 100 % 100, whole % 100)
    if whole in _SERIALS:
        return _dated(_SERIAL_ORIGIN + timedelta(days=whole))
    if 190001 <= whole <= 299912:
        return _made(whole // 100, whole % 100, None)
    month = round((number - whole) * 100)
    if 1900 <= whole <= 2999 and month % 10 and abs(number - whole - month / 100) < 1e-6:
        # 2024.1 may have been 2024.10 before the cell dropped its last zero; only two places are sure.
        return _made(whole, month, None)
    if 1900 <= whole <= 2999:
        return _bad("只写到年，要写成 2003-01-23 这样" if number == whole else "只写到月，要写到日")
    return _bad("不是日期，写成 2003-01-23 这样")


def _made(year: int, month: int, day: int | None) -> date | Unreadable:
    if not 1 <= month <= 12:
        return _bad(f"没有 {month} 月")
    try:
        return _dated(Month(year, month, 1) if day is None else date(year, month, day))
    except ValueError:
        return _bad(f"{year} 年 {month} 月没有 {day} 日" if year else "年份不对，写成 2003-01-23 这样")


def _dated(day: date) -> date | Unreadable:
    return day if day >= _EARLIEST else _bad(f"年份不对：{day.year}")


def _han_number(text: str) -> int:
    """一 十 十二 二十 二十三 三十一; what is no number of this kind becomes 99, which no month or day is."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(_HAN_DIGITS[sign] for sign in tens)) if len(tens) == 1 else 99
    if len(tens) > 1 or len(ones) > 1:
        return 99
    return int(_HAN_DIGITS.get(tens, "1")) * 10 + int(_HAN_DIGITS.get(ones, "0"))


def _bad(message: str) -> Unreadable:
    return Unreadable("bad_date", message)
