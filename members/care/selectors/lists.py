"""Who should be cared for, and why: what the pages, the visits and the cases read.

Whom a user may see is not decided here: a page takes `eligible(...)` and narrows it by `.where(user, "care.see")`.
"""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import Q, QuerySet
from django.utils import timezone

from branches.models import Organisation
from members.care.models import Criterion, CriterionVersion, ListEntry
from members.care.selectors.evaluation import at_home, met, reasons_of
from members.models import Member


def in_force(on: date) -> dict[int, CriterionVersion]:
    """The version of each criterion in force on a day, by the criterion's id: one statement."""
    rows = CriterionVersion.objects.in_force(on).select_related("criterion__organisation")
    return {version.criterion_id: version for version in rows.order_by("criterion__position", "criterion__code")}


def version_on(criterion: Criterion | str, on: date) -> CriterionVersion | None:
    """The version of one criterion (or of its code) in force on a day."""
    named = {"criterion__code": criterion} if isinstance(criterion, str) else {"criterion": criterion}
    return CriterionVersion.objects.in_force(on).filter(**named).select_related("criterion__organisation").first()


def eligible(
    criterion: Criterion | CriterionVersion | str, *, on: date, within: Organisation | None = None, since: date | None = None
) -> QuerySet[Member]:
    """Whoever is on the list on a day: one statement, lazily.

    `criterion` is one, its code, or a version of it (a draft too, to see whom it would name). `within` an organisation's subtree.
    With `since` each row carries `is_new`: not on the list on that earlier day, by what was recorded then.
    """
    version = criterion if isinstance(criterion, CriterionVersion) else version_on(criterion, on)
    if version is None:
        return Member.objects.none()
    rows = Member.objects.filter(listed(version, on=on))
    if within is not None:
        rows = rows.within(within)
    if since is not None:
        rows = rows.annotate(is_new=~listed(version, on=since, known=end_of(since)))
    return rows


def listed(version: CriterionVersion, *, on: date, known: datetime | None = None) -> Q:
    """Who a version lists on a day: at home, where it rules, meets its tree, and has not had it where once is enough."""
    return at_home(on) & fits(version, on=on, known=known)


def fits(version: CriterionVersion, *, on: date, known: datetime | None = None) -> Q:
    """The same of members at home that day, who need not be asked again."""
    found = met(version.node, on=on, known=known)
    held = version.criterion
    if held.organisation_id is not None:
        found &= Q(branch__path__startswith=held.organisation.path)
    if held.once:
        had = ListEntry.objects.filter(snapshot__version__criterion=held, left_out__in=["", ListEntry.LeftOut.RECEIVED])
        found &= ~Q(pk__in=(had if known is None else had.filter(snapshot__fixed_at__lte=known)).values("member"))
    return found


def reasons(criterion: Criterion | CriterionVersion | str, members: Iterable[Member | int], on: date) -> dict[int, list[str]]:
    """Of each member why they are on the list, or what keeps them off it, in sentences; a few statements, whatever their number."""
    version = criterion if isinstance(criterion, CriterionVersion) else version_on(criterion, on)
    return {} if version is None else reasons_of(version.node, members, on=on)


def end_of(day: date) -> datetime:
    """The last moment of a day here."""
    return timezone.make_aware(datetime.combine(day, time.max))
