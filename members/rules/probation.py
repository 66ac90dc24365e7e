"""预备期: one year from the 支部大会 that admitted the member (2026 细则 Art31). Pure."""

from datetime import date, timedelta

from partyportal.core.days import years_after

NOTICE = timedelta(days=30)  # the branch is told this long before, in time for the written application (Art32)


def probation_ends(joined_on: date) -> date:
    """The day a year is full; of a 29 February the 28th."""
    return years_after(joined_on, 1)


def decision_is_near(ends: date, today: date) -> bool:
    """Whether 转正 is to be discussed now, the 预备期 being full on a day."""
    return ends - NOTICE <= today
