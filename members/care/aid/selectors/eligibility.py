"""What keeps a member from a programme: an unqualified appraisal, a case that stands."""

from collections.abc import Iterable

from django.db.models import QuerySet

from members.care.aid import rules
from members.care.aid.models import Case
from members.models import Fact
from members.rules.appraisals import APPRAISAL, UNQUALIFIED


def unqualified(members: Iterable[int]) -> set[int]:
    """Those of the members whose latest appraisal says 不合格: one statement."""
    rows = Fact.objects.standing().filter(kind=APPRAISAL, member__in=list(members)).order_by("member", "-day", "-id")
    return {member for member, grade in rows.distinct("member").values_list("member", "grade") if grade == UNQUALIFIED}


def standing_cases(programme_code: str, members: Iterable[int], year: int) -> set[int]:
    """Those who have a case of this programme and year that was not refused or taken back: one statement."""
    rows = Case.objects.filter(programme_code=programme_code, year=year, member__in=list(members))
    return set(rows.exclude(state__in=[rules.REFUSED, rules.WITHDRAWN]).values_list("member", flat=True))


def helped_in(year: int) -> QuerySet:
    """Ids of the members with a case of a year that was not refused or taken back (settings.CARE_HELP)."""
    return Case.objects.filter(year=year).exclude(state__in=[rules.REFUSED, rules.WITHDRAWN]).order_by().values("member")
