"""What every page of the fund asks of its address: the row in sight, the verb on its book, the year."""

from django.shortcuts import get_object_or_404

from branches.access import can, require
from members.care.fund.models import Book
from partyportal.core.forms import refusals

SEE, RECORD, CONFIRM, CLOSE = "fund.see", "fund.record", "fund.confirm", "fund.close"


def in_sight(request, rows, verb: str = SEE, *, of, **where):
    """One row: out of sight 404, without the verb over its book's organisation 403. `of` leads from the row to its book."""
    held = get_object_or_404(rows.visible_to(request.user), **where)
    require(request.user, verb, of(held).organisation)
    return held


def book_asked(request, uid, verb: str = SEE) -> Book:
    return in_sight(request, Book.objects.select_related("organisation"), verb, of=lambda book: book, uid=uid)


def may(user, book: Book) -> dict[str, bool]:
    """What the pages of a book offer its reader."""
    return {
        "may_record": can(user, RECORD, book.organisation),
        "may_confirm": can(user, CONFIRM, book.organisation),
        "may_close": can(user, CLOSE, book.organisation),
    }


def year_asked(request, years: list[int]) -> int:
    """The year in the address if the book has it; else the latest."""
    asked = request.GET.get("year", "")
    return next((year for year in years if str(year) == asked), years[0])


def year_options(years: list[int]) -> list[tuple[str, str]]:
    return [(str(year), f"{year} 年") for year in years]


def done(form, act, **said) -> bool:
    """Whether the service took it; what it refused stands at its field, and what was typed stays."""
    with refusals(form):
        act(**said)
        return True
    return False
