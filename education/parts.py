"""What the rooms beside the meetings add to a meeting's page and sheet: `settings.MEETING_PARTS` names who is asked, for meetings know no such room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from education.models import Meeting
from partyportal.core.models import User


@dataclass(frozen=True, kw_only=True)
class Part:
    """One section of a meeting's page: its heading, its template and what that shows, as `part.context`."""

    title: str
    template: str
    context: Mapping = field(default_factory=dict)
    is_printed: bool = True  # part of the sheet, and not only of the page


def parts_of(meeting: Meeting, user: User) -> list[Part]:
    """In the order of the setting; each asks for itself what the user may see and do."""
    return [part for ask in _asked() for part in ask(meeting, user)]


@cache
def _asked() -> tuple[Callable[[Meeting, User], list[Part]], ...]:
    return tuple(import_string(name) for name in settings.MEETING_PARTS)
