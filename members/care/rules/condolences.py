"""Who owes what to the family of a member who died, and until when. Pure: no Django, no clock."""

from datetime import date, timedelta

# DOMAIN §12 (row 004): 去世党员赠送花圈并委派人员参加悼念; 走访家属. The branch does the first and the last, the committee sends somebody.
BY_COMMITTEE = frozenset({"delegate"})


def due_days(died_on: date, *, recorded_on: date, funeral_days: int, visit_days: int) -> dict[str, date]:
    """The last day of each step. A death told late is counted from the day it was told, or everything would be overdue at once."""
    since = max(died_on, recorded_on)
    return {
        "wreath": since + timedelta(days=funeral_days),
        "delegate": since + timedelta(days=funeral_days),
        "visit": since + timedelta(days=visit_days),
    }


def first_day_away(died_on: date) -> date:
    """The day of death is the last day of membership."""
    return died_on + timedelta(days=1)
