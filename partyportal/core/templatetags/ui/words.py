"""Filters: days, moments, points and counts as the portal writes them."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from partyportal.core.days import chinese_day
from partyportal.core.templatetags.ui.library import register

MINUS = "−"
NONE = "—"
WEEKDAYS = "一二三四五六日"


def _day(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value or None


def _number(value) -> Decimal | None:
    return None if value is None or value == "" else Decimal(str(value))


@register.filter
def day(value) -> str:
    """11月20日"""
    value = _day(value)
    return chinese_day(value) if value else NONE


@register.filter
def full_day(value) -> str:
    """2026年11月20日"""
    value = _day(value)
    return f"{value.year}年{chinese_day(value)}" if value else NONE


@register.filter
def long_day(value) -> str:
    """11月22日 星期日"""
    value = _day(value)
    return f"{chinese_day(value)} 星期{WEEKDAYS[value.weekday()]}" if value else NONE


@register.filter
def iso(value, missing=NONE) -> str:
    """2026-11-20, for files and timelines; `missing` is said where there is no day: {{ day|iso:"还没有" }}"""
    value = _day(value)
    return value.isoformat() if value else missing


@register.filter
def moment(value) -> str:
    """今天 10:14, 11月19日 10:14, or with the year when it is another"""
    if not value:
        return NONE
    value, today = timezone.localtime(value), timezone.localdate()
    if value.date() == today:
        return f"今天 {value.hour}:{value.minute:02}"
    year = "" if value.year == today.year else f"{value.year}年"
    return f"{year}{chinese_day(value)} {value.hour}:{value.minute:02}"


@register.filter
def as_of(value) -> str:
    """截至今天 6:00: stands beside every projected number"""
    if not value:
        return "还没有汇总"
    if isinstance(value, datetime):
        words = moment(value)
        return f"截至{words}" if words.startswith("今天") else f"截至 {words}"
    return f"截至 {day(value)}"


def remaining(due_on: date, today: date) -> str:
    """逾期 22 天, 今天到期, 还有 8 天"""
    left = (due_on - today).days
    if left < 0:
        return f"逾期 {-left} 天"
    return f"还有 {left} 天" if left else "今天到期"


def _plain(value: Decimal, places: int | None) -> str:
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{abs(value):,f}"


@register.filter
def thousands(value) -> str:
    """6,669, with a real minus"""
    value = _number(value)
    if value is None:
        return NONE
    return (MINUS if value < 0 else "") + _plain(value, None)


@register.filter
def score(value) -> str:
    """A standing sum: 76.50, −3.50"""
    value = _number(value)
    if value is None:
        return NONE
    return (MINUS if value < 0 else "") + _plain(value, 2)


@register.filter
def points(value) -> str:
    """A movement: +1.50, −3.50, 0.00"""
    value = _number(value)
    if value is None:
        return NONE
    return ("+" if value > 0 else MINUS if value < 0 else "") + _plain(value, 2)


@register.filter
def money(value) -> str:
    """Yuan: 1,000.00"""
    return score(value)


@register.filter
def change(value) -> str:
    """A change of a count: +12, −3, 0"""
    value = _number(value)
    if value is None:
        return NONE
    return ("+" if value > 0 else MINUS if value < 0 else "") + _plain(value, None)


@register.filter
def percent(value, places: int = 1) -> str:
    """A ratio: 0.965 → 96.5%; never 100 while something is missing"""
    value = _number(value)
    if value is None:
        return NONE
    shown = _plain(value * 100, places)
    if value < 1 and Decimal(shown.replace(",", "")) == 100:
        shown = _plain(Decimal(100) - Decimal(1).scaleb(-places), places)
    return f"{MINUS if value < 0 else ''}{shown}%"


_UNBROKEN = re.compile(r"\d{4}-\d\d-\d\d|(?:\d{4}年)?\d+月\d+日|\d[\d,.:–]* ?[人件分次个条笔项天月年元岁行处]")


@register.filter
def keep(value) -> SafeString:
    """Dates and number with unit stay on one line, also in large text."""
    return mark_safe(_UNBROKEN.sub(r'<span class="pp-nobr">\g<0></span>', conditional_escape(value)))


@register.filter
def pale_stars(value) -> SafeString:
    """A masked number with its stars pale: the digits that are shown stand out."""
    text = str(value or "")
    first, last = text.find("*"), text.rfind("*")
    if first < 0:
        return conditional_escape(text)
    return format_html('{}<span class="pp-stars">{}</span>{}', text[:first], text[first : last + 1], text[last + 1 :])
