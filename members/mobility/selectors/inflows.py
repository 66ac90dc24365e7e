"""流入 and 流动党员党组织: who of elsewhere stays here, and which organisations were founded for those away."""

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from branches.models import Organisation
from members.mobility.models import Inflow, MobileFounding


def inflows(user, *, within: Organisation | None = None, verb: str | None = None) -> QuerySet:
    """Who stays here now, in the branches the user sees (or where the verb holds); the sealed number stays in the database."""
    rows = Inflow.objects.open()
    rows = rows.where(user, verb) if verb else rows.visible_to(user)
    if within:
        rows = rows.within(within)
    return rows.select_related("branch").defer("phone").order_by("branch__code", "pinyin", "id")


def matching(rows: QuerySet, text: str) -> QuerySet:
    """By name, pinyin or the home branch."""
    return rows.filter(Q(name__contains=text) | Q(pinyin__startswith=text.lower()) | Q(home__contains=text))


def foundings(user, *, within: Organisation | None = None) -> QuerySet:
    """The 流动党员党组织 in sight, with how many they host today."""
    rows = MobileFounding.objects.visible_to(user)
    if within:
        rows = rows.within(within)
    today = timezone.localdate()
    now = Q(organisation__hostings__state="accepted", organisation__hostings__start__lte=today) & (
        Q(organisation__hostings__end=None) | Q(organisation__hostings__end__gt=today)
    )
    return (
        rows.select_related("organisation", "approved_by")
        .annotate(hosted=Count("organisation__hostings", filter=now))
        .order_by("province", "organisation__code")
    )
