"""What is due of points themselves: deciding on filed deeds, and the second person's consent to a draft of the rules."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone

from branches.access import paths_for
from branches.models import Organisation
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on
from points.models import Award, Scheme
from points.parameters import CONFIRM_DAYS, SCHEME_DAYS
from points.selectors.awards import decidable
from points.selectors.schemes import drafting_places
from points.services.simulations import current_simulation


def due(user, today: date) -> list[Duty]:
    """What this very user may decide: not what they filed, reported of themselves, drafted or tried."""
    own = Organisation.objects.existing()
    branches = own.branches().filter(path__in=paths_for(user, "points.confirm"))
    committees = own.exclude(kind=Organisation.Kind.BRANCH).filter(path__in=paths_for(user, "points.confirm"))
    mine = decidable(Award.objects.all(), user)
    consents = _consents({one.pk: one for one in drafting_places(user, today)}, today)
    return sorted(
        [
            *_awards({one.pk: one for one in branches}, mine, today),
            *_late_awards({one.pk: one for one in committees}, mine, today),
            *(duty for duty in consents if user.pk not in duty.barred),
        ]
    )


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """Branches: one line for the filed deeds nobody has decided on; as many statements for one as for three thousand."""
    return sorted(_awards({one.pk: one for one in organisations}, Award.objects.all(), today))


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """Committees: what their branches left undecided past its day, and the drafts of their own rules that wait for consent."""
    committees = {one.pk: one for one in organisations}
    return sorted([*_late_awards(committees, Award.objects.all(), today), *_consents(committees, today)])


def _awards(branches: dict[int, Organisation], rows: QuerySet[Award], today: date) -> list[Duty]:
    if not branches:
        return []
    days = values_on(today, [CONFIRM_DAYS])[CONFIRM_DAYS.key]
    waiting = _waiting(rows.filter(organisation__in=branches)).values_list("organisation", "count", "first")
    return [
        _duty(
            "award",
            branches[pk],
            due_on=timezone.localdate(first) + timedelta(days=days),
            title=f"认定登记的 {count} 笔加减分",
            reason=f"登记以后 {days} 天内由另一个人认定或者退回，不认定就不计分",
            act="去认定",
            url=f"{reverse('points:awards')}?organisation={branches[pk].code}",
        )
        for pk, count, first in waiting
    ]


def _late_awards(committees: dict[int, Organisation], rows: QuerySet[Award], today: date) -> list[Duty]:
    """A branch with one pair of hands cannot decide on what those hands filed: past its day it is the committee's."""
    if not committees:
        return []
    days = values_on(today, [CONFIRM_DAYS])[CONFIRM_DAYS.key]
    late = rows.filter(organisation__parent__in=committees, filed_at__date__lt=today - timedelta(days=days))
    return [
        _duty(
            "late_award",
            committees[above],
            due_on=timezone.localdate(first) + timedelta(days=days),
            title=f"认定支部过期没有认定的 {count} 笔加减分",
            reason=f"登记超过 {days} 天，支部里还没有另一个人认定",
            act="去认定",
            url=f"{reverse('points:awards')}?organisation={committees[above].code}",
        )
        for above, count, first in _waiting(late, by="organisation__parent").values_list("organisation__parent", "count", "first")
    ]


def _waiting(rows: QuerySet[Award], *, by: str = "organisation") -> QuerySet:
    return rows.filter(state=Award.State.FILED).order_by().values(by).annotate(count=Count("pk"), first=Min("filed_at"))


def _consents(places: dict[int, Organisation], today: date) -> list[Duty]:
    """请人同意: whoever may write the organisation's rules and had no hand in the draft; drafts are few, so each is asked alone."""
    if not places:
        return []
    days = values_on(today, [SCHEME_DAYS])[SCHEME_DAYS.key]
    asked = Scheme.objects.drafts().filter(organisation__in=places, consented_by=None).exclude(consent_asked_at=None)
    duties = []
    for draft in asked.select_related("organisation").order_by("consent_asked_at"):
        tried = current_simulation(draft)
        if tried is None or tried.consented_by_id:
            continue
        duties.append(
            _duty(
                "consent",
                places[draft.organisation_id],
                due_on=min(timezone.localdate(draft.consent_asked_at) + timedelta(days=days), draft.start),
                title=f"看{draft}的试算，同意或者不同意",
                reason=f"按这一稿有 {tried.falls} 人会少得分、降等次或上黄榜，要由起草、试算以外的人看过",
                act="去看试算",
                url=f"{reverse('points:simulation', args=[draft.uid])}?year={tried.year}",
                of=str(draft.uid),
                barred=frozenset({draft.drafted_by_id, tried.made_by_id} - {None}),
            )
        )
    return duties


def _duty(key: str, organisation: Organisation, *, of: str = "", **told) -> Duty:
    return Duty.of(organisation, key=f"points.{key}:{of or organisation.code}", **told)
