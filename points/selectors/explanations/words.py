"""Numbers and periods as a member reads them."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from partyportal.core.days import quarter_of, quarter_words
from points.models import Period


def plain(number: Decimal) -> str:
    """2.00 → 2, 0.50 → 0.5."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def signed(number: Decimal) -> str:
    """2 → +2.00, with a true minus."""
    return f"{number:+.2f}".replace("-", "−")


def times(ratio: Decimal) -> str:
    """1.20 → ×1.2."""
    return f"×{plain(ratio)}"


def day(on: date) -> str:
    """11月20日; a moment is told by the day it was here."""
    if isinstance(on, datetime):
        on = timezone.localtime(on)
    return f"{on:%-m月%-d日}"


def stretch(period: str, start: date) -> str:
    """第三季度, 上半年, 全年, 5 月: the stretch a cap counts over."""
    if period == Period.MONTH:
        return f" {start.month} 月"
    if period == Period.QUARTER:
        return quarter_words(quarter_of(start))
    if period == Period.HALF_YEAR:
        return "上半年" if start.month == 1 else "下半年"
    return "全年"
