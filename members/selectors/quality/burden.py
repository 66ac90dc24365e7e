"""What keeping the roster costs its branches: fields that must be filled, and changes a month, by hand and by import."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from django.db.models import Case, CharField, Count, F, Func, Q, Value, When
from django.db.models.functions import Length, Substr, TruncMonth
from django.utils import timezone

from branches.models import Organisation
from members.rules.branch_names import BranchIndex
from members.rules.roster import HEADINGS, check_row
from members.selectors.completeness import GAPS
from partyportal.core.days import month_of, months_after
from partyportal.core.models import AuditEntry

MONTHS_SHOWN = 6
RECENT = timedelta(days=30)
# The acts that change a person's file; those of an import name its batch.
CHANGES = ("members.member.registered", "members.member.edited", "members.member.moved")


@dataclass(frozen=True)
class Month:
    """The changes of one month."""

    month: date
    by_hand: int
    imported: int


@dataclass(frozen=True)
class Burden:
    """Counted, not guessed: the form from the code that checks it, the changes from the audit log."""

    fields: int
    required: tuple[str, ...]
    wanted: tuple[str, ...]
    months: tuple[Month, ...]
    recent: dict[str, int]  # row id of the organisation below → changes by hand in the last thirty days

    @property
    def words(self) -> str:
        """采集表 19 项，必填 5 项 …"""
        return (
            f"采集表 {self.fields} 项，必填 {len(self.required)} 项（{'、'.join(self.required)}），"
            f"要补齐 {len(self.wanted)} 项（{'、'.join(self.wanted)}）；性别和出生日期从号码里来。改动从审计记录数出来。"
        )

    @property
    def by_hand(self) -> int:
        return sum(month.by_hand for month in self.months)

    @property
    def imported(self) -> int:
        return sum(month.imported for month in self.months)


@cache
def required_fields() -> tuple[str, ...]:
    """The columns a row cannot do without: those an empty row is refused for."""
    faults = check_row([None] * len(HEADINGS), today=date(2026, 1, 1), branches=BranchIndex([])).faults
    return tuple(fault.column for fault in faults if fault.code == "required")


def burden(organisation: Organisation, *, today: date) -> Burden:
    """Two statements over the audit log, whatever the subtree holds."""
    first = months_after(month_of(today), 1 - MONTHS_SHOWN)
    acts = AuditEntry.objects.filter(code__in=CHANGES, organisation_path__startswith=organisation.path, at__gte=_moment(first))
    rows = (
        acts.annotate(month=TruncMonth("at"), imported=Case(When(data__has_key="batch", then=Value("yes")), default=Value("no")))
        .order_by()
        .values_list("month", "imported")
        .annotate(count=Count("pk"))
    )
    told = {(timezone.localdate(month), imported): count for month, imported, count in rows}
    months = [months_after(first, at) for at in range(MONTHS_SHOWN)]
    tail = Substr(F("organisation_path"), Length(Value(organisation.path)) + 1)
    child = Func(tail, Value("/"), Value(1), function="split_part", output_field=CharField())
    recent = acts.filter(~Q(data__has_key="batch"), at__gte=_moment(today - RECENT)).annotate(child=child).order_by()
    return Burden(
        fields=len(HEADINGS),
        required=required_fields(),
        wanted=tuple(label for label, _ in GAPS),
        months=tuple(Month(month, told.get((month, "no"), 0), told.get((month, "yes"), 0)) for month in months),
        recent=dict(recent.values_list("child").annotate(count=Count("pk"))),
    )


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
