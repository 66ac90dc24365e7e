"""What a branch's book tells: its confirmed meetings with their rolls, hours of study, and what is missing. Some eight statements a branch."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from branches.models import Organisation
from education.documents.models import Book
from education.documents.rules import digest_of, is_judged, last_of, told_reason
from education.models import Attendance, Meeting
from education.rules import HOURS_DUE, chinese_day, clock, month_of, period_words, plain, tally
from education.selectors.cells import ORDER, Cell, cells
from members.models import Fact, MemberClass
from members.selectors.days import roll_of

State = Attendance.State


@dataclass(frozen=True, kw_only=True)
class Record:
    """One confirmed meeting, as every form of a book prints it."""

    uid: str
    version: int
    kind: str
    label: str
    group: str
    held_on: date
    hours: str
    ordinal: int
    place: str
    host: str
    scribe: str
    topic: str
    minutes: str
    decisions: str
    study_hours: Decimal
    expected: int
    present: int
    excused_count: int
    came: tuple[str, ...]
    guests: tuple[str, ...]
    leave: tuple[str, ...]
    absent: tuple[str, ...]
    excused: tuple[str, ...]
    confirmed: str
    digest: str

    @property
    def name(self) -> str:
        return f"{self.label}（{self.group}）" if self.group else self.label

    @property
    def day(self) -> str:
        return self.held_on.isoformat()


@dataclass(frozen=True, kw_only=True)
class StudyLine:
    """A member's hours of 集中学习 within the span; `due` is None of whoever nothing is demanded, or where the span is no year."""

    name: str
    times: int
    hours: Decimal
    due: int | None

    @property
    def note(self) -> str:
        if self.due is None:
            return ""
        return f"还差 {plain(self.due - self.hours)} 学时" if self.hours < self.due else "已达标"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Something that was due and is not there, or is there and does not count yet."""

    when: str
    what: str
    state: str


@dataclass(frozen=True, kw_only=True)
class KindLine:
    """A kind of meeting over the span: how many were due and held, and how many people came."""

    label: str
    due: int
    done: int
    held: int
    expected: int
    present: int


@dataclass(frozen=True, kw_only=True)
class BranchBook:
    """Everything a branch's book says."""

    branch: str
    short: str
    code: str
    span: str
    title: str
    as_of: date
    records: tuple[Record, ...]
    kinds: tuple[KindLine, ...]
    study: tuple[StudyLine, ...]
    gaps: tuple[Gap, ...]
    due: int
    done: int
    is_whole_year: bool

    @property
    def is_one_meeting(self) -> bool:
        return self.span == Book.Span.MEETING


def branches_of(book: Book) -> list[Organisation]:
    """The branches a book is of, by code: those in sight below its organisation that existed within the span."""
    rows = Organisation.objects.branches().within(book.organisation).filter(founded_on__lte=last_of(book.span, book.start))
    return list(rows.filter(Q(dissolved_on=None) | Q(dissolved_on__gt=book.start)).order_by("code"))


def branch_book(book: Book, branch: Organisation) -> BranchBook:
    """A branch's records within the book's span."""
    last = last_of(book.span, book.start)
    held = Meeting.objects.filter(organisation=branch)
    wanted = held.filter(pk=book.meeting_id) if book.span == Book.Span.MEETING else held.filter(held_on__range=(book.start, last))
    records = _records(wanted.confirmed(), _ordinals(branch, book.start.year))
    one = book.span == Book.Span.MEETING
    owed = [] if one else _judged(branch, book, last)
    return BranchBook(
        branch=branch.name,
        short=branch.short_name,
        code=branch.code,
        span=book.span,
        title=f"{book.start.year} 年{f' {book.start.month} 月' if book.span == Book.Span.MONTH else '度'}",
        as_of=book.as_of,
        records=records,
        kinds=() if one else _kinds(owed, records),
        study=() if one else _study(branch, book, last),
        gaps=() if one else (*_missing(owed), *_unconfirmed(wanted)),
        due=sum(cell.due for cell in owed),
        done=sum(cell.done for cell in owed),
        is_whole_year=book.span == Book.Span.YEAR,
    )


def _records(meetings: QuerySet, ordinals: dict[int, int]) -> tuple[Record, ...]:
    roll = Attendance.objects.select_related("member__branch").defer("member__id_number").order_by("member__pinyin", "member_id")
    rows = meetings.select_related("group", "host", "scribe", "confirmed_by").prefetch_related(Prefetch("attendances", roll))
    found = [_record(row, ordinals.get(row.pk, 1)) for row in rows.order_by("held_on", "pk")]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.kind)))


def _record(row: Meeting, ordinal: int) -> Record:
    everybody = list(row.attendances.all())
    own = [line for line in everybody if not line.is_guest]
    count = tally(line.state for line in own)
    said = {
        "group": row.group.short_name if row.group else "",
        "hours": clock(row.starts_at, row.ends_at),
        "place": row.place,
        "host": row.host.name if row.host else "",
        "scribe": row.scribe.name if row.scribe else "",
        "topic": row.topic,
        "minutes": row.minutes,
        "decisions": row.decisions,
        "came": tuple(line.member.name for line in own if line.state == State.PRESENT),
        "guests": tuple(f"{line.member.name}（{line.member.branch}）" for line in everybody if line.is_guest),
        "leave": _absences(own, State.LEAVE),
        "absent": _absences(own, State.ABSENT),
        "excused": _absences(own, State.EXCUSED),
    }
    content = said | {
        "uid": str(row.uid),
        "kind": row.kind,
        "day": row.held_on.isoformat(),
        "study_hours": plain(row.study_hours),
        "version": row.version,
    }
    return Record(
        **said,
        uid=str(row.uid),
        version=row.version,
        kind=row.kind,
        label=row.get_kind_display(),
        held_on=row.held_on,
        ordinal=ordinal,
        study_hours=row.study_hours,
        expected=count.expected,
        present=count.present,
        excused_count=count.excused,
        confirmed=f"{row.confirmed_by} {timezone.localtime(row.confirmed_at):%Y-%m-%d %H:%M} 确认",
        digest=digest_of(content),
    )


def _absences(rows: list[Attendance], state: str) -> tuple[str, ...]:
    """Names by what a book may say of the reason, in the roll's order."""
    told: dict[str, list[str]] = {}
    for row in rows:
        if row.state == state:
            told.setdefault(told_reason(row.reason), []).append(row.member.name)
    return tuple(f"{'、'.join(names)}{f'（{why}）' if why else ''}" for why, names in told.items())


def _ordinals(branch: Organisation, year: int) -> dict[int, int]:
    """Which one of its kind (and 党小组) in the year each meeting was, as its own page says."""
    rows = Meeting.objects.filter(organisation=branch, held_on__year=year).exclude(state=Meeting.State.VOID).order_by("held_on", "pk")
    count: dict[tuple, int] = {}
    found = {}
    for pk, kind, group in rows.values_list("pk", "kind", "group"):
        found[pk] = count[kind, group] = count.get((kind, group), 0) + 1
    return found


def _judged(branch: Organisation, book: Book, last: date) -> list[Cell]:
    """What fell due in the months that are over, wherever in the tree the branch hung then."""
    owed = cells(first=month_of(book.start), last=month_of(last), paths=[f"%/{branch.pk}/"])
    return [cell for cell in owed if is_judged(cell.month, book.as_of)]


def _kinds(owed: list[Cell], records: tuple[Record, ...]) -> tuple[KindLine, ...]:
    lines = []
    for kind in ORDER:
        due, held = [cell for cell in owed if cell.kind == kind], [record for record in records if record.kind == kind]
        if due or held:
            lines.append(
                KindLine(
                    label=Meeting.Kind(kind).label,
                    due=sum(cell.due for cell in due),
                    done=sum(cell.done for cell in due),
                    held=len(held),
                    expected=sum(record.expected for record in held),
                    present=sum(record.present for record in held),
                )
            )
    return tuple(lines)


def _missing(owed: list[Cell]) -> list[Gap]:
    groups = Organisation.objects.in_bulk({cell.group_id for cell in owed if cell.group_id and cell.done < cell.due})
    return [
        Gap(
            when=period_words(cell.period, cell.month),
            what=f"{cell.label}（{groups[cell.group_id].short_name}）" if cell.group_id else cell.label,
            state=f"应开 {cell.due} 次，已开 {cell.done} 次" if cell.due > 1 else "没有记录",
        )
        for cell in owed
        if cell.done < cell.due
    ]


def _unconfirmed(meetings: QuerySet) -> list[Gap]:
    """What was written down and does not count: told, so that nobody takes the book for more than it is."""
    rows = meetings.filter(state__in=[Meeting.State.DRAFT, Meeting.State.RETURNED]).order_by("held_on", "pk")
    says = {Meeting.State.DRAFT: "有草稿，还没有确认", Meeting.State.RETURNED: "已退回更正，还没有再确认"}
    return [
        Gap(when=chinese_day(row.held_on), what=row.get_kind_display(), state=says[row.state])
        for row in rows.only("held_on", "kind", "state")
    ]


def _study(branch: Organisation, book: Book, last: date) -> tuple[StudyLine, ...]:
    """The hours of whoever belonged to the branch at the end of the span, wherever they studied."""
    people = roll_of(branch, min(last, book.as_of))
    facts = Fact.objects.standing().filter(
        member__in=[line.member_id for line in people], kind="study.hours", day__range=(book.start, last)
    )
    sums = {member: (times, hours) for member, times, hours in facts.values_list("member").annotate(Count("pk"), Sum("units")).order_by()}
    whole = book.span == Book.Span.YEAR
    return tuple(
        StudyLine(
            name=line.name,
            times=sums.get(line.member_id, (0, 0))[0],
            hours=sums.get(line.member_id, (0, Decimal(0)))[1],
            due=HOURS_DUE if whole and line.member_class != MemberClass.Name.EXEMPT else None,
        )
        for line in people
    )
