"""回放: a past period as it stood on a day, against today, with the reason of every difference."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from branches.models import Organisation
from members.models import Fact, Member
from points.models import Entry
from points.selectors.explanations.words import plain
from points.settlement.grades import GradePeriod
from points.settlement.replay import Replayed, replay
from points.settlement.scope import Scope

ZERO = Decimal(0)


@dataclass(frozen=True)
class Row:
    """A member, or an organisation with all its members."""

    name: str
    target: str  # a member's uid or an organisation's code
    stood: Decimal
    recomputed: Decimal
    now: Decimal
    changed: int  # how many members' points have changed since

    @property
    def difference(self) -> Decimal:
        return self.now - self.stood


@dataclass(frozen=True)
class Change:
    """One line of the ledger that says something else now, and why."""

    day: date
    title: str
    then: Decimal
    now: Decimal
    reason: str

    @property
    def difference(self) -> Decimal:
        return self.now - self.then


def end_of(day: date) -> datetime:
    """The last moment of a day in the county."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) - timedelta(microseconds=1)


def replay_of(organisation: Organisation, period: GradePeriod, *, on: date) -> list[Row]:
    """A branch by member in order of name, anything above by what hangs below it in order of code; people where they are today."""
    people = Member.objects.filter(branch__path__startswith=organisation.path).order_by("pinyin", "pk")
    held = {m.pk: m for m in people.select_related("branch").only("uid", "name", "branch__path", "branch_id")}
    scope = Scope(period.year) if organisation.parent_id is None else Scope.of(held, period.year)
    found = {row.member_id: row for row in replay(scope, first=period.first, last=period.last, at=end_of(on)) if row.member_id in held}
    if organisation.is_branch:
        return [_row(member.name, str(member.uid), [found[pk]]) for pk, member in held.items() if pk in found]
    depth = organisation.path.count("/")
    below: dict[str, list[Replayed]] = {}
    for pk, row in found.items():
        below.setdefault(held[pk].branch.path.split("/")[depth], []).append(row)
    children = organisation.children.order_by("code")
    return [_row(str(child), child.code, below[str(child.pk)]) for child in children if str(child.pk) in below]


def _row(name: str, target: str, rows: list[Replayed]) -> Row:
    sums = {field: sum((getattr(row, field) for row in rows), ZERO) for field in ("stood", "recomputed", "now")}
    return Row(name, target, changed=sum(row.is_changed for row in rows), **sums)


def changes_of(member: Member, period: GradePeriod, *, on: date) -> tuple[Row, list[Change]]:
    """A member's sums then and now, and every line that differs, by day."""
    at = end_of(on)
    rows = replay(Scope.of([member.pk], period.year), first=period.first, last=period.last, at=at)
    lines: dict = {}
    related = ("item__scheme", "fact__recorded_by")
    for entry in Entry.objects.filter(member=member, day__range=(period.first, period.last)).select_related(*related).order_by("pk"):
        lines.setdefault(entry.line, []).append(entry)
    moved = {line: postings for line, postings in lines.items() if _sum(postings, until=at) != _sum(postings)}
    revisions = _revisions(entry.fact.key for postings in moved.values() for entry in postings if entry.fact)
    changes = [
        Change(
            day=postings[-1].day,
            title=_title(postings[-1]),
            then=_sum(postings, until=at),
            now=_sum(postings),
            reason=_reason(postings, revisions, at),
        )
        for postings in moved.values()
    ]
    return _row(member.name, str(member.uid), rows), sorted(changes, key=lambda change: (change.day, change.title))


def _sum(postings: list[Entry], *, until: datetime | None = None) -> Decimal:
    return sum((entry.points for entry in postings if until is None or entry.posted_at <= until), ZERO)


def _revisions(keys: Iterable[str]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for fact in Fact.objects.filter(key__in=set(keys)).select_related("recorded_by").order_by("key", "revision"):
        found.setdefault(fact.key, []).append(fact)
    return found


def _title(entry: Entry) -> str:
    if entry.kind == Entry.Kind.FACT:
        return entry.fact.title
    return f"{entry.item.name}{entry.get_kind_display()}" if entry.item else entry.get_kind_display()


def _reason(postings: list[Entry], revisions: dict[str, list[Fact]], at: datetime) -> str:
    """补记, 更正, 作废, 改版 or, of an adjustment, what it follows."""
    last = postings[-1]
    if last.kind != Entry.Kind.FACT:
        return "同一周期里的记录或上限变了，随之重算"
    history = revisions.get(last.fact.key, [])
    late = [fact for fact in history if fact.recorded_at > at]
    if not late:
        scheme = last.item.scheme
        if scheme.published_at > at:
            return f"{scheme}于 {_day(scheme.published_at)}发布，{last.item.name}每{last.item.unit} {plain(last.item.value)} 分"
        return "这天的记录当时还没有结算"
    newest, before = late[-1], next((fact for fact in reversed(history) if fact.recorded_at <= at), None)
    who = f"，{newest.recorded_by}办" if newest.recorded_by else ""
    when = _day(newest.recorded_at)
    if newest.is_void:
        return f"{when}作废{who}"
    if before is None:
        return f"{when}补记{who}"
    if newest.units != before.units:
        return f"{when}更正，数量由 {plain(before.units)} 改为 {plain(newest.units)}{who}"
    return f"{when}更正{who}"


def _day(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日"
