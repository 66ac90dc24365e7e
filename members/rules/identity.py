"""公民身份号码, GB 11643-1999: what an 18-place number says, and what is wrong with one. Pure.

Decided here:
- Blanks, full-width digits, a lower-case x, the quotes that keep a cell text are not faults.
- A number held as a number (a numeric cell of more than 15 digits, 6.29923E+17, …824.0) has lost its last digits:
  `id_precision_lost`, and nothing more can be said. Anything else that is not 17 digits and a check digit is `id_length`,
  the 15-digit numbers of before 1999 among them. Both end the checks of the number; a wrong check digit does not.
- The area is not looked up: abolished codes are valid. Its first two digits must be a province (83 stands on Taiwan
  residents' cards). No code of the contract fits an unknown province or an impossible day of birth exactly; they make
  the number as invalid as a wrong check digit does, so they are `id_checksum`, once per number.
"""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from partyportal.core.cells import Unreadable, squeeze

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
PROVINCES = frozenset(
    f"{region}{number}"
    for region, numbers in {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345", 7: "1", 8: "123"}.items()
    for number in numbers
)
MALE, FEMALE = "1", "2"

_FORM = re.compile(r"\d{17}[\dX]", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?0*1\d|\d{16,}\.0+", re.ASCII)
_BORN_EARLIEST = date(1880, 1, 1)
_SIGNS_LIKE_X = str.maketrans("x×Χ", "XXX")


class Identity(NamedTuple):
    """What a number of the right form says. `birth_on` is None where the eight digits are no day."""

    number: str
    birth_on: date | None
    sex: str
    fault: Unreadable | None = None


def read_identity(raw: object) -> Identity | Unreadable:
    """The number in a cell, with the fault of its own it may have; Unreadable where it has not the form of one."""
    if raw.__class__ is str and len(raw) == 18 and raw[17] in CHECK_DIGITS:
        try:
            return _identity(raw)
        except ValueError:
            pass
    number = squeeze(raw).upper().translate(_SIGNS_LIKE_X)
    return _formless(number, held_as_number=isinstance(raw, int | float)) or _identity(number)


def number_in(raw: object) -> str | None:
    """The number alone, as `read_identity` reads it; None where the cell has not the form of one."""
    if raw.__class__ is str and len(raw) == 18 and raw.isascii() and raw[:17].isdecimal() and raw[17] in CHECK_DIGITS:
        return raw
    identity = read_identity(raw)
    return identity.number if identity.__class__ is Identity else None


def _identity(number: str) -> Identity:
    """What 18 places say; ValueError if the first 17 are not digits."""
    province_known, weight = _area(number[:6])
    birth_weight, birth_on = _birth(number[6:14])
    order_weight, sex = _order(number[14:17])
    check = CHECK_DIGITS[(weight + birth_weight + order_weight) % 11]
    fault = None
    if check != number[17]:
        fault = Unreadable("id_checksum", _checksum_message(check, number))
    elif not province_known:
        fault = Unreadable("id_checksum", "前两位不是省级行政区代码，请对照身份证")
    elif birth_on is None:
        fault = Unreadable("id_checksum", "第 7 到 14 位不是出生日期，请对照身份证")
    return _new(Identity, (number, birth_on, sex, fault))


def mask_id_number(number: str) -> str:
    """前6后4, as long as the number is; of a shorter text only its first two, so that a slip cannot show everything."""
    if len(number) <= 10:
        return number[:2] + "*" * (len(number) - 2)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def check_digit(first17: str) -> str:
    """The 18th place that 17 digits ask for."""
    return CHECK_DIGITS[_weigh(first17, 0) % 11]


def _formless(number: str, *, held_as_number: bool) -> Unreadable | None:
    if not number:
        return Unreadable("required", "没有填公民身份号码")
    if _SCIENTIFIC.fullmatch(number) or (held_as_number and len(number) > 15):
        return Unreadable("id_precision_lost", "末几位被 Excel 变成 0，把整列设为文本后重填")
    if _FORM.fullmatch(number):
        return None
    if number.isascii() and number.isdigit() and len(number) == 15:
        return Unreadable("id_length", "是 15 位旧号码，应填 18 位，请对照身份证")
    if "**" in number:
        return Unreadable("id_length", "号码是遮盖过的，认不出是谁，请填全 18 位")
    if len(number) != 18:
        return Unreadable("id_length", f"应为 18 位，现在 {len(number)} 位，请对照身份证")
    return Unreadable("id_length", "应为 17 位数字加一位数字或 X，现有别的字，请对照身份证")


def _checksum_message(check: str, number: str) -> str:
    if number.endswith("000"):
        # A file that went through Excel as numbers and came back as text: nobody can tell the true digits from it.
        return "校验位不对，末三位是 000，可能被 Excel 改过，请对照身份证重填"
    return f"校验位不对，末位应为 {check}，请对照身份证"


# The sum over 17 places is that of three parts, each of which comes back often: 20,000 numbers cost 60,000 look-ups.


@lru_cache(maxsize=8192)
def _area(part: str) -> tuple[bool, int]:
    return part[:2] in PROVINCES, _weigh(part, 0)


@lru_cache(maxsize=65536)
def _birth(part: str) -> tuple[int, date | None]:
    weight = _weigh(part, 6)
    try:
        born = date(int(part[:4]), int(part[4:6]), int(part[6:]))
    except ValueError:
        born = None
    return weight, born if born and born >= _BORN_EARLIEST else None


@lru_cache(maxsize=1024)
def _order(part: str) -> tuple[int, str]:
    return _weigh(part, 14), MALE if part[2] in "13579" else FEMALE


def _weigh(digits: str, start: int) -> int:
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError
    return sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS[start:], strict=False))


# A NamedTuple's own constructor is a Python function; twenty thousand rows feel it.
_new = tuple.__new__
