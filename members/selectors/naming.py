"""Who may be named in a form where the list is too long to choose from."""

import re

from django.db.models import QuerySet

from members.models import Member
from partyportal.core import crypto

LAST_FOUR = re.compile(r"\d{3}[\dXx]")


def in_range(user, verb: str) -> QuerySet[Member]:
    """Those at home where the user's verb holds: they may be named by name alone."""
    return Member.objects.at_home().where(user, verb)


def beyond(name: str, tail: str) -> QuerySet[Member]:
    """Anywhere in the county, by the exact name and the last four signs of the ID number; a phone's digits do not do."""
    index = crypto.look_up(tail.upper(), purpose="id_tail")
    return Member.objects.at_home().filter(name=name, id_tail_index=index).select_related("branch").defer("id_number")
