"""Telephone numbers. Pure.

A mobile is 1[3-9] and nine digits, whatever stands between them and with or without +86; a number that came through a
numeric cell is whole again. A landline keeps its area code, separators made one hyphen; Excel eats the 0 of an area
code typed as a number, and it is given back. No phone at all is allowed.
"""

import re

from partyportal.core.cells import Unreadable, squeeze

_COMMON = re.compile(r"1[3-9]\d{9}", re.ASCII).fullmatch
_BETWEEN = re.compile(r"[-‐–—−_.·()\[\]]+")
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1[3-9]\d{9}$)")
_LANDLINE = re.compile(r"(0\d{2,3})?-?(\d{7,8})(?:-(\d{1,6}))?", re.ASCII)
_SERVICE = re.compile(r"(?:400|800)\d{7}", re.ASCII)
_EXTENSION = re.compile(r"(?:转|分机|#|EXT\.?|X)", re.IGNORECASE)


def read_mobile(raw: object) -> str | Unreadable | None:
    """The mobile number in a cell."""
    if raw.__class__ is str and _COMMON(raw):
        return raw
    text = squeeze(raw)
    if not text:
        return None
    if text.endswith(".0"):
        text = text[:-2]
    digits = _COUNTRY.sub("", _BETWEEN.sub("", text))
    if _COMMON(digits):
        return digits
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", text, re.IGNORECASE):
        return Unreadable("bad_phone", "手机号码被 Excel 变成科学计数，把整列设为文本后重填")
    if digits.isascii() and digits.isdigit():
        if _LANDLINE.fullmatch(digits) and digits[0] == "0":
            return Unreadable("bad_phone", "这是固定电话，移到“固定电话”一列")
        if len(digits) != 11:
            return Unreadable("bad_phone", f"手机号码应为 11 位，现在 {len(digits)} 位")
        return Unreadable("bad_phone", "手机号码以 13 到 19 开头")
    if len(digits) >= 22:
        return Unreadable("bad_phone", "只填一个手机号码")
    return Unreadable("bad_phone", "手机号码应为 11 位数字，没有可不填")


def read_landline(raw: object) -> str | Unreadable | None:
    """The landline in a cell: 0938-7012201, 7012201, 0938-7012201-801; a mobile in its place is taken as it is."""
    text = squeeze(raw)
    if not text:
        return None
    if text.endswith(".0"):
        text = text[:-2]
    if _COMMON(text):
        return text
    text = re.sub(r"^(?:\+|00)86-?(?=[1-9])", "0", text)
    text = _BETWEEN.sub("-", _EXTENSION.sub("-", text)).strip("-")
    if re.fullmatch(r"[1-9]\d{9,10}", text, re.ASCII) and not _SERVICE.fullmatch(text):
        text = "0" + text
    if _SERVICE.fullmatch(text.replace("-", "")):
        return text
    if match := _LANDLINE.fullmatch(text):
        return "-".join(part for part in match.groups() if part)
    return Unreadable("bad_phone", "固定电话写成 区号-号码，没有可不填")
