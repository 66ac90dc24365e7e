"""欠交的记实: what was not paid by its quarter's end, as a fact a scheme may take points for."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q

from members.dues.models import DueMonth
from members.dues.rules import due_on
from members.models import Fact, Member
from members.selectors.days import places_on
from members.services import facts
from partyportal.core.days import months_after, quarter_of


def last_quarter(today: date) -> tuple[date, date]:
    """The first month and the last day of the last quarter that is over. Dues may be paid by the quarter with the branch's consent."""
    first = months_after(date(today.year, quarter_of(today) * 3 - 2, 1), -3)
    return first, due_on(months_after(first, 2))


@transaction.atomic
def note_arrears(*, today: date) -> int:
    """Make the facts of the last quarter say who had not paid by its end; run twice, it writes nothing. Returns how many were written.

    A payment after that day leaves the fact (it was late), an exemption or a corrected base takes it away.
    """
    first, ends = last_quarter(today)
    late = DueMonth.objects.filter(year=first.year, month__gte=first, month__lte=ends, due__gt=0).filter(
        Q(payment=None) | Q(payment__day__gt=ends)
    )
    owing = dict(late.values("member").annotate(months=Count("month")).values_list("member", "months"))
    uids = Member.objects.in_bulk(owing)
    places = places_on(owing, ends)
    word = f"{first.year}-Q{quarter_of(first)}"
    lines = [
        facts.FactLine(
            key=_key(uids[member].uid, word),
            kind="dues.arrears",
            member_id=member,
            organisation_id=places[member].organisation_id,
            member_class=places[member].member_class,
            day=ends,
            units=Decimal(months),
            title=f"{first.year} 年第 {quarter_of(first)} 季度有 {months} 个月的党费没有按时交",
        )
        for member, months in owing.items()
        if member in places
    ]
    wanted = {line.key for line in lines}
    standing = Fact.objects.standing().filter(kind="dues.arrears", day=ends).values_list("key", flat=True)
    gone = [key for key in standing if key not in wanted]
    return facts.record(lines, by=None) + (facts.void(gone, by=None) if gone else 0)


def _key(member_uid, word: str) -> str:
    return f"dues.arrears:{member_uid}:{word}"
