"""What is due of 关怀: to the families of members who died, of what is recorded of members, and of the list of a yearly honour."""

from collections.abc import Iterable
from datetime import date

from branches.access import paths_for
from branches.models import Organisation
from members.care.duties import condolences, lists
from partyportal.core.duties import Duty


def due(user, today: date) -> list[Duty]:
    """What the user's own branches and committees have to do."""
    paths = paths_for(user, "care.record")
    own = Organisation.objects.existing().filter(path__in=paths) if paths else []
    branches = [place for place in own if place.is_branch]
    committees = [place for place in own if not place.is_branch]
    return sorted([*condolences.due(user, today), *lists.due_for(branches, today), *lists.due_for_committees(committees, today)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do: as many statements for one as for three thousand."""
    branches = list(organisations)
    return sorted([*condolences.due_for(branches, today), *lists.due_for(branches, today)])


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to do themselves."""
    return sorted(lists.due_for_committees(organisations, today))
