"""What is due: a word from somebody sent out, a note on somebody brought up."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.outreach.models import Cultivation, Dispatch
from members.outreach.parameters import PARAMETERS, REVIEW_MONTHS, VISIT_DAYS
from members.outreach.rules import next_review_by, next_visit_by
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on


def due(user, today: date) -> list[Duty]:
    """What the user's own organisations have to record: four statements."""
    return due_for(Organisation.objects.existing().filter(path__in=paths_for(user, "member.edit")), today)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these organisations have to record, oldest first: as many statements for one as for three thousand."""
    places = {place.pk: place for place in organisations}
    if not places:
        return []
    set_to = values_on(today, PARAMETERS)
    return sorted([*_visits(places, today, set_to[VISIT_DAYS.key]), *_reviews(places, today, set_to[REVIEW_MONTHS.key])])


def _visits(places: dict[int, Organisation], today: date, days: int) -> Iterable[Duty]:
    last = Coalesce(Max("visits__day", filter=Q(visits__is_void=False)), F("start"))
    out = Dispatch.objects.on(today).filter(end=None, organisation__in=places).select_related("member").annotate(last=last)
    for row in out.order_by("last", "id"):
        by = next_visit_by(row.last, days=days)
        if by <= today:
            yield Duty.of(
                places[row.organisation_id],
                due_on=by,
                key=f"outreach.visit:{row.uid}:{by}",
                title=f"补记{row.get_kind_display()}{row.member.name}的工作",
                reason=f"派来的人 {days} 天没有记录，上一次是 {row.last:%Y-%m-%d}",
                act="记一次",
                url=reverse("outreach:dispatch", args=[row.uid]),
            )


def _reviews(places: dict[int, Organisation], today: date, months: int) -> Iterable[Duty]:
    last = Coalesce(Max("notes__day"), F("start"))
    running = Cultivation.objects.on(today).filter(end=None, organisation__in=places).select_related("member").annotate(last=last)
    for row in running.order_by("last", "id"):
        by = next_review_by(row.last, months=months)
        if by <= today:
            yield Duty.of(
                places[row.organisation_id],
                due_on=by,
                key=f"outreach.review:{row.uid}:{by}",
                title=f"记{row.name}的培养情况",
                reason=f"{row.get_direction_display()}，{months} 个月记一次，上一次是 {row.last:%Y-%m-%d}",
                act="记情况",
                url=reverse("outreach:cultivation", args=[row.uid]),
            )
