"""姓名: the characters of an ID card, put into one form. Pure.

An ID card's name is Han characters, with · between the parts of some ethnic names. Blanks inside and around are how
sheets align two-character names, and go; the dots people type for · become ·. Whatever else stands there (a formula,
digits, letters, brackets, markup) is `bad_name`: the roster would carry it into every list and printed register.
A character beyond the basic plane (𠮷) is a character like any other; one from the private area is no standard one,
except the few that GB 18030-2000 put there and later editions moved (䶮 was U+E863), which are moved here too.
"""

import re

from partyportal.core.cells import Unreadable, plain

LONGEST = 50

_HAN = r"[〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_COMMON = re.compile(r"[\u4e00-\u9fff]{2,}").fullmatch
_NAME = re.compile(rf"{_HAN}+(?:·{_HAN}+)*").fullmatch
_DOTS = re.compile(r"[·.•・･‧∙⋅．。﹒᛫●]+")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_VARIATION = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_MOVED = str.maketrans(
    {
        0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7,
        0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE863: 0x4DAE, 0xE864: 0x9FBB,
    }
)  # fmt: skip


def read_name(raw: object) -> str | Unreadable:
    """The name in a cell."""
    if raw.__class__ is str and _COMMON(raw) and len(raw) <= LONGEST:
        return raw
    name = plain(raw).strip("'’‘`").replace(" ", "")
    if not name:
        return Unreadable("required", "没有填姓名")
    name = _VARIATION.sub("", _DOTS.sub("·", name.translate(_MOVED)))
    if not _NAME(name):
        return Unreadable("bad_name", _why(name))
    if len(name) > LONGEST:
        return Unreadable("bad_name", f"姓名最多 {LONGEST} 字")
    return name


def _why(name: str) -> str:
    if name[0] in "=+@":
        return "这是公式，不是姓名，填身份证上的姓名"
    if _PRIVATE.search(name):
        return "姓名里有造字，换成标准汉字"
    if "?" in name or "\ufffd" in name:
        return "生僻字没有读出来，重填这个字，存为 .xlsx"
    if any(sign.isdigit() for sign in name):
        return "姓名里有数字，填身份证上的姓名"
    if any(sign in "()（）[]【】<>" for sign in name):
        return "姓名里有括号，只填身份证上的姓名"
    return "姓名里有汉字以外的字，填身份证上的姓名"
