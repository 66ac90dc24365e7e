"""Who has been helped: the rooms to the right (visits, cases) say it of themselves, `settings.CARE_HELP` names who is asked.

A provider takes a year and answers a QuerySet of member ids (`values("member")`); the lists know no such room.
"""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string


def is_told() -> bool:
    """Whether any room says who was helped; without one the lists do not offer to ask."""
    return bool(settings.CARE_HELP)


def helped_in(year: int) -> Q:
    """Members with a visit or a case in a year."""
    found = Q(pk__in=[])
    for ask in _asked():
        found |= Q(pk__in=ask(year))
    return found


@cache
def _asked() -> tuple[Callable[[int], QuerySet], ...]:
    return tuple(import_string(name) for name in settings.CARE_HELP)
