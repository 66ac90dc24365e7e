"""Every app's duties as one list. An app that has duties is one line of SOURCES."""

from collections.abc import Iterable
from datetime import date
from itertools import chain

from branches.models import Organisation
from education import duties as education
from education import waiting as education_waiting
from education.motions import duties as motions
from education.openness import duties as openness
from education.planning import duties as planning
from education.signals import duties as signals
from education.study import duties as study
from members import duties as members
from members.care import duties as care
from members.care.aid import duties as aid
from members.care.fund import duties as fund
from members.care.stations import duties as stations
from members.care.visits import duties as visits
from members.development import duties as development
from members.dues import duties as dues
from members.mobility import duties as mobility
from members.outreach import duties as outreach
from members.transfers import duties as transfers
from partyportal.core.duties import Duty
from points import duties as points
from points.honours import duties as honours
from points.publicity import duties as publicity

SOURCES = (
    education,
    education_waiting,
    planning,
    motions,
    members,
    development,
    dues,
    mobility,
    outreach,
    transfers,
    care,
    fund,
    visits,
    aid,
    stations,
    points,
    honours,
    publicity,
    signals,
    study,
    openness,
)
# Those in which a committee itself has something to do, beside its branches.
OF_COMMITTEES = (
    education_waiting,
    development,
    transfers,
    aid,
    members,
    mobility,
    care,
    visits,
    fund,
    stations,
    points,
    honours,
    publicity,
    signals,
    study,
    openness,
)
# Those in which a member has something to do in person, with no post at all.
OF_MEMBERS = (motions,)


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to do, oldest first."""
    return _merged(source.due(user, today) for source in SOURCES)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do, oldest first; as many statements for one as for three thousand."""
    branches = list(organisations)
    return _merged(source.due_for(branches, today) for source in SOURCES) if branches else []


def _merged(found: Iterable[list[Duty]]) -> list[Duty]:
    """Oldest first; of one key the later source's, which knows more."""
    return sorted({duty.key: duty for duty in chain.from_iterable(found)}.values())


def due_of_member(user, today: date) -> list[Duty]:
    """What waits for the user in person, oldest first."""
    return sorted(chain.from_iterable(source.due_of_member(user, today) for source in OF_MEMBERS))


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to do themselves, oldest first."""
    committees = list(organisations)
    return sorted(chain.from_iterable(source.due_for_committees(committees, today) for source in OF_COMMITTEES)) if committees else []
