"""The last sign of a member: 组织生活 or 党费 by the facts, or having been reached. What every clock of 失联 starts from."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from members.mobility.models import Contact
from members.models import Fact, Member

# 组织生活, study and dues; not what tells of staying away or owing.
SIGNS = (Q(kind__startswith="meeting.") | Q(kind="study.hours") | Q(kind__startswith="dues.")) & ~Q(
    kind__in=("meeting.absent", "dues.arrears")
)


@dataclass(frozen=True)
class Sign:
    """The day a member last took part, paid or was reached, and by what."""

    day: date
    title: str
    fact: Fact | None


def last_sign(member: Member) -> Sign | None:
    """A member's last sign: two statements; None where nothing was ever recorded."""
    fact = Fact.objects.standing().filter(SIGNS, member=member).order_by("-day", "-id").first()
    reached = Contact.objects.reached().filter(member=member).order_by("-day", "-id").first()
    signs = [Sign(fact.day, fact.title, fact)] if fact else []
    if reached:
        signs.append(Sign(reached.day, f"{reached.get_way_display()}联系上了", None))
    return max(signs, key=lambda sign: sign.day, default=None)
