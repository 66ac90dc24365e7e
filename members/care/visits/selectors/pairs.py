"""结对 as pages and duties show them: when each was last in touch and when it is due again."""

from datetime import date

from django.db.models import DateField, F, Func, Max, Q, QuerySet
from django.db.models.functions import Cast, Coalesce

from branches.models import Organisation
from members.care.visits.models import Pair
from members.models import Member

SHOWS = (("", "在帮扶"), ("late", "该联系没联系"), ("ended", "已结束"))


def with_contact(rows: QuerySet[Pair]) -> QuerySet[Pair]:
    """Each with `last` (the last standing contact or None) and `next_on`, the same day so many months on (`core.days.months_after`; a test compares)."""
    last = Max("contacts__outing__day", filter=Q(contacts__voided_at=None))
    months = Func(F("every_months"), function="make_interval", template="%(function)s(months => %(expressions)s)")
    rows = rows.annotate(last=last)
    return rows.annotate(next_on=Cast(Coalesce(F("last"), F("start")) + months, DateField()))


def listed(user, *, within: Organisation | None, show: str, text: str, today: date) -> QuerySet[Pair]:
    """The pairs looked after by the user's organisations: the longest without a word first."""
    rows = Pair.objects.where(user, "care.see")
    rows = rows.within(within) if within else rows
    if text:
        people = Member.objects.visible_to(user).matching(text).order_by().values("pk")
        rows = rows.filter(Q(member__in=people) | Q(helper__in=people))
    rows = with_contact(rows.filter(end__isnull=show != "ended")).select_related("member__branch", "helper__branch", "helping")
    rows = rows.defer("member__id_number", "helper__id_number")
    if show == "late":
        rows = rows.filter(next_on__lt=today)
    return rows.order_by("-end", "-id") if show == "ended" else rows.order_by("next_on", "id")


def counts(user, *, within: Organisation | None, today: date) -> dict[str, int]:
    """How many stand behind each tab: two statements."""
    rows = Pair.objects.where(user, "care.see")
    rows = rows.within(within) if within else rows
    running = with_contact(rows.open())
    return {"": rows.open().count(), "late": running.filter(next_on__lt=today).count(), "ended": rows.exclude(end=None).count()}


def own(user) -> QuerySet[Pair]:
    """我的结对: whom the user helps, the most pressing first."""
    rows = Pair.objects.open().filter(helper__user=user)
    return with_contact(rows).select_related("member__branch").defer("member__id_number").order_by("next_on", "id")
