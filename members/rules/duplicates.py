"""Whether two files look like one person. Pure.

Decided here, for want of a text that says it:
- Only files of one name are compared: a name is read from the card, numbers are typed.
- An ID number says the same as another if it is its 15-place form of before 1999 (GB 11643-1989: no century, no check digit), or
  if one of its first 17 digits is wrong, or two neighbours changed places. The check digit is left out: who mistypes a digit
  is told which check digit "belongs" to it, and types that.
- Else name and birth are the same and a phone is similar: the same, one digit off, or the same last eight.
- Namesakes are not duplicates: another birth; or the same one, but another phone and another area or sex in the number.
"""

from dataclasses import dataclass
from datetime import date

from members.rules.identity import check_digit

NUMBER, UPGRADED, PHONE = "number", "upgraded", "phone"
WORDS = {
    NUMBER: "姓名相同，公民身份号码只差一位或颠倒了相邻两位",
    UPGRADED: "姓名相同，公民身份号码一个是 15 位旧号、一个是 18 位",
    PHONE: "姓名和出生日期相同，手机号相同或相近",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What of a file tells whose it is."""

    name: str
    id_number: str
    birth_on: date
    sex: str
    phone: str = ""


def likeness(one: Known, other: Known) -> str | None:
    """Why two files look like one person's (a key of WORDS), or None: 张伟 born on another day is another 张伟."""
    if one.name != other.name:
        return None
    phones_alike = similar_phones(one.phone, other.phone)
    if one.birth_on == other.birth_on and one.phone and other.phone and not phones_alike and _elsewhere(one, other):
        return None
    first, second = upgraded(one.id_number), upgraded(other.id_number)
    if first == second:
        return UPGRADED
    if one_slip(first[:17], second[:17]):
        return NUMBER
    return PHONE if one.birth_on == other.birth_on and phones_alike else None


def upgraded(number: str) -> str:
    """The 18 places of a number; a 15-place one gets its century and check digit (GB 11643-1999: born in the 1900s)."""
    if len(number) != 15:
        return number.upper()
    body = f"{number[:6]}19{number[6:]}"
    return body + check_digit(body)


def one_slip(one: str, other: str) -> bool:
    """Whether two texts differ by exactly one wrong sign or by two neighbours that changed places."""
    if len(one) != len(other):
        return False
    at = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(at) == 1:
        return True
    return len(at) == 2 and at[1] == at[0] + 1 and one[at[0]] == other[at[1]] and one[at[1]] == other[at[0]]


def similar_phones(one: str, other: str) -> bool:
    """The same, one digit off, or the same last eight (a landline with and without its area code)."""
    if not one or not other:
        return False
    first, second = "".join(filter(str.isdigit, one)), "".join(filter(str.isdigit, other))
    if first == second or (len(first) >= 8 and first[-8:] == second[-8:]):
        return True
    return len(first) == len(second) and sum(a != b for a, b in zip(first, second, strict=True)) == 1


def _elsewhere(one: Known, other: Known) -> bool:
    return one.sex != other.sex or one.id_number[:6] != other.id_number[:6]
