"""Every app's duties as one list. An app that has duties is one line of ROOMS."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

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

# Each app, and the part of the work its duties are read under.
ROOMS = {
    education: "组织生活",
    education_waiting: "组织生活",
    planning: "组织生活",
    motions: "组织生活",
    members: "党员和班子",
    development: "发展党员",
    dues: "党费",
    mobility: "流动和转接",
    outreach: "三员与网格",
    transfers: "流动和转接",
    care: "关怀帮扶",
    fund: "经费",
    visits: "关怀帮扶",
    aid: "关怀帮扶",
    stations: "服务阵地",
    points: "积分和表彰",
    honours: "积分和表彰",
    publicity: "积分和表彰",
    signals: "请核实",
    study: "学习",
    openness: "党务公开",
}
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
    return _merged((room, source.due(user, today)) for source, room in ROOMS.items())


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do, oldest first; as many statements for one as for three thousand."""
    branches = list(organisations)
    return _merged((room, source.due_for(branches, today)) for source, room in ROOMS.items()) if branches else []


def _merged(found: Iterable[tuple[str, list[Duty]]]) -> list[Duty]:
    """Oldest first, each with its room; of one key the later source's, which knows more."""
    return sorted({duty.key: replace(duty, room=room) for room, duties in found for duty in duties}.values())


def due_of_member(user, today: date) -> list[Duty]:
    """What waits for the user in person, oldest first."""
    return _merged((ROOMS[source], source.due_of_member(user, today)) for source in OF_MEMBERS)


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to do themselves, oldest first."""
    committees = list(organisations)
    return _merged((ROOMS[source], source.due_for_committees(committees, today)) for source in OF_COMMITTEES) if committees else []
