"""What is due of the lists: asking whether what is recorded still holds, and fixing the list of 光荣在党50年 before it has to be handed in.

A duty names the branch and how many, never a person: duties are read in more places than hardship may be.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import BooleanField, Count, Value
from django.urls import reverse

from branches.models import Organisation
from members.care.models import Condition
from members.care.parameters import HAND_IN_DAYS, REVIEW_MONTHS
from members.care.rules.criteria import JULY, day_of
from members.care.selectors.conditions import NOTICE, due_for_review
from members.care.selectors.lists import eligible
from partyportal.core.days import chinese_day, months_after
from partyportal.core.duties import Duty
from partyportal.core.parameters import value_on

MEDAL = "fifty-years"
AHEAD = timedelta(days=60)  # a committee is told so long before the list has to be handed in
_COMMITTEES = frozenset({Organisation.Kind.COMMITTEE, Organisation.Kind.WORK_COMMITTEE})


def due_for(branches: Iterable[Organisation], today: date) -> list[Duty]:
    """Conditions to be asked again, one duty for a branch: two statements."""
    places = {place.pk: place for place in branches}
    if not places:
        return []
    months = value_on(today, REVIEW_MONTHS)
    rows = due_for_review(Condition.objects.filter(member__branch__in=places), until=today + NOTICE, months=months)
    asked = {}
    for branch, asked_on in rows.order_by().values_list("member__branch", "asked_on"):
        earliest, count = asked.get(branch, (asked_on, 0))
        asked[branch] = (min(earliest, asked_on), count + 1)
    return [_review(places[pk], count, months_after(earliest, months)) for pk, (earliest, count) in asked.items()]


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """光荣在党50年: whoever fits and is on no fixed list yet, one duty for a committee. As many statements out of season, and then they cost nothing."""
    committees = [place for place in organisations if place.kind in _COMMITTEES]
    if not committees:
        return []
    july = day_of(JULY, today)
    by = july - timedelta(days=value_on(today, HAND_IN_DAYS))
    in_season = Value(by - AHEAD <= today, output_field=BooleanField())
    people = eligible(MEDAL, on=today).filter(in_season).order_by().values("branch__path").annotate(count=Count("pk"))
    counted = list(people.values_list("branch__path", "count"))
    found = []
    for place in committees:
        count = sum(number for path, number in counted if path and path.startswith(place.path))
        if count:
            found.append(_medal(place, count, july, by))
    return found


def _review(branch: Organisation, count: int, due_on: date) -> Duty:
    return Duty.of(
        branch,
        due_on=due_on,
        key=f"care.review:{branch.code}",
        title=f"复核 {count} 条登记的情况",
        reason="每年问一次还是不是这样，不是了就登记结束",
        act="去复核",
        url=f"{reverse('care:conditions')}?{urlencode({'organisation': branch.code, 'only': 'due'})}",
    )


def _medal(place: Organisation, count: int, july: date, by: date) -> Duty:
    return Duty.of(
        place,
        due_on=by,
        key=f"care.medal:{place.code}:{july.year}",
        title=f"定 {july.year} 年“光荣在党50年”名单",
        reason=f"到{chinese_day(july)}党龄满 50 年、还没有定进名单的有 {count} 人",
        act="去定",
        url=f"{reverse('care:list_fix', args=[MEDAL])}?{urlencode({'organisation': place.code, 'on': july.isoformat()})}",
    )
