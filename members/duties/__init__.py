"""What is due about members: 转正 before the 预备期 ends, 换届 on time, a chair not left empty."""

from collections.abc import Iterable
from datetime import date

from branches.models import Organisation
from members.duties import grants, offices, probation
from partyportal.core.duties import Duty


def due(user, today: date) -> list[Duty]:
    """What the user's own organisations have to do."""
    return sorted([*probation.due(user, today), *offices.due(user, today), *grants.due(user)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do, oldest first; as many statements for one as for three thousand."""
    branches = list(organisations)
    return sorted([*probation.due_for(branches, today), *offices.due_for(branches, today)])


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to do themselves: their own elections and chairs."""
    return offices.due_for(organisations, today)
