"""What a notice may tell: the first sign of the name, the programme and the sum. No number, no illness, no address, no reason."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from branches.models import Organisation
from members.care.aid import rules
from members.care.aid.models import Case
from partyportal.core.masks import mask_name


@dataclass(frozen=True)
class Line:
    """One line of a notice."""

    name: str
    programme: str
    amount: Decimal
    notice_from: date
    notice_until: date


def on_notice(organisation: Organisation, today: date) -> list[Line]:
    """What hangs in a branch on a day, by the last day; taken down when its days are over (PIPL 第十九条)."""
    rows = Case.objects.filter(organisation=organisation, state=rules.PUBLICITY, notice_from__lte=today, notice_until__gte=today)
    told = rows.order_by("notice_until", "id").values_list("member__name", "programme__name", "amount", "notice_from", "notice_until")
    return [Line(mask_name(name), *rest) for name, *rest in told]


def branches_on_notice(user, today: date) -> list[tuple[Organisation, int]]:
    """The branches in which something hangs, of those whose cases the user may see, with how many."""
    rows = Case.objects.where(user, "care.see").filter(state=rules.PUBLICITY, notice_until__gte=today)
    counts: dict[int, int] = {}
    for pk in rows.order_by().values_list("organisation", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    return [(one, counts[one.pk]) for one in Organisation.objects.filter(pk__in=counts).order_by("code")]
