"""What a branch's book tells: its confirmed meetings with their rolls, votes and make-ups, hours of study, and what is missing.

Some twenty statements a branch, whatever the number of its meetings.
"""

from datetime import date
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from branches.models import Organisation
from education.documents.models import Book
from education.documents.rules import digest_of, is_judged, last_of, miss_words, told_reason
from education.documents.selectors.content import BranchBook, Gap, Item, KindLine, Record, StudyLine, Vote
from education.models import Attendance, MakeUp, Meeting, Miss
from education.motions.models import Motion, ResultLine
from education.rules import clock, period_words, plain, tally
from education.selectors.cells import ORDER, Cell, cells
from education.selectors.hours import TRAINING, expected_of
from members.models import Fact
from members.selectors.days import roll_of
from partyportal.core.days import chinese_day, month_of

State = Attendance.State


def branches_of(book: Book) -> list[Organisation]:
    """The branches a book is of, by code: those in sight below its organisation that existed within the span."""
    rows = Organisation.objects.branches().within(book.organisation).filter(founded_on__lte=last_of(book.span, book.start))
    return list(rows.filter(Q(dissolved_on=None) | Q(dissolved_on__gt=book.start)).order_by("code"))


def branch_book(book: Book, branch: Organisation) -> BranchBook:
    """A branch's records within the book's span."""
    last = last_of(book.span, book.start)
    held = Meeting.objects.filter(organisation=branch)
    one = book.span == Book.Span.MEETING
    wanted = held.filter(pk=book.meeting_id) if one else held.filter(held_on__range=(book.start, last))
    motions, make_ups = _motions(branch, book, last), _make_ups(branch)
    records = _records(wanted.confirmed(), _ordinals(branch, book.start.year), motions, make_ups)
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
        gaps=() if one else (*_missing(branch, owed, make_ups), *_unconfirmed(wanted), *_undecided(motions, book.as_of)),
        due=sum(cell.due for cell in owed),
        done=sum(cell.done for cell in owed),
        made_up=sum(cell.made_up for cell in owed),
        is_whole_year=book.span == Book.Span.YEAR,
        votes=() if one else tuple(_vote(motion) for motion in motions if motion.state == Motion.State.DECIDED),
    )


def _records(meetings: QuerySet, ordinals: dict[int, int], motions: list[Motion], make_ups: list[MakeUp]) -> tuple[Record, ...]:
    told = (
        "meeting_id",
        "state",
        "reason",
        "is_guest",
        "member__name",
        "member__branch__short_name",
        "member__branch__name",
    )  # five hundred lines a year
    roll = Attendance.objects.select_related("member__branch").only(*told).order_by("member__pinyin", "member_id")
    rows = meetings.select_related("group", "host", "scribe", "confirmed_by").prefetch_related(Prefetch("attendances", roll), "agenda")
    votes: dict[int | None, list[Vote]] = {}
    for motion in motions:
        if motion.state == Motion.State.DECIDED:
            votes.setdefault(motion.meeting_id, []).append(_vote(motion))
    months = {row.meeting_id: row.month for row in make_ups}
    found = [
        _record(row, ordinals.get(row.pk, 1), votes=tuple(votes.get(row.pk, ())), made_up=months.get(row.pk))
        for row in rows.order_by("held_on", "pk")
    ]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.kind)))


def _record(row: Meeting, ordinal: int, *, votes: tuple[Vote, ...], made_up: date | None) -> Record:
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
        "makes_up": f"{made_up.year} 年 {made_up.month} 月" if made_up else "",
    }
    agenda = tuple(
        Item(title=f"{item.title}（{item.reporter}汇报）" if item.reporter else item.title, said=item.said, decided=item.decided)
        for item in row.agenda.all()
    )
    content = said | {
        "uid": str(row.uid),
        "kind": row.kind,
        "day": row.held_on.isoformat(),
        "study_hours": plain(row.study_hours),
        "version": row.version,
        "agenda": [[item.title, item.said, item.decided] for item in agenda],
        "votes": [[vote.title, vote.how, vote.words] for vote in votes],
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
        agenda=agenda,
        votes=votes,
    )


def _motions(branch: Organisation, book: Book, last: date) -> list[Motion]:
    """What the branch voted on in the span (a 支委会 may vote without a meeting's record), void ones left out."""
    lines = ResultLine.objects.exclude(candidate=None).select_related("candidate__member").order_by("candidate__ordinal")
    found = Motion.objects.filter(organisation=branch).exclude(state=Motion.State.VOID)
    of_span = Q(meeting=book.meeting_id) if book.span == Book.Span.MEETING else Q(held_on__range=(book.start, last))
    rows = (
        found.filter(of_span)
        .select_related("result")
        .prefetch_related(Prefetch("result__lines", lines.defer("candidate__member__id_number")))
    )
    return list(rows.order_by("held_on", "pk"))


def _vote(motion: Motion) -> Vote:
    result = motion.result
    figures = [f"应到会有表决权 {result.entitled} 人，实到 {result.present} 人"]
    if motion.is_secret:
        figures.append(f"发出 {result.issued} 张，收回 {result.returned} 张，废票 {result.invalid} 张")
    figures += [
        f"另选{line.candidate.member.name} {line.in_favour} 票"
        if line.candidate.is_written_in
        else f"{line.candidate.member.name} 赞成 {line.in_favour}、反对 {line.against}、弃权 {line.abstained}"
        for line in result.lines.all()
    ]
    return Vote(
        held_on=motion.held_on,
        title=motion.title,
        how=f"{motion.get_kind_display()}，{motion.get_method_display()}",
        words=f"{'；'.join(figures)}。{result.sentence}",
    )


def _make_ups(branch: Organisation) -> list[MakeUp]:
    """Which of the branch's meetings make up for which missed month."""
    rows = MakeUp.objects.standing().filter(meeting__organisation=branch, meeting__state=Meeting.State.CONFIRMED)
    return list(rows.select_related("meeting").defer("meeting__minutes", "meeting__decisions").order_by("meeting__held_on", "pk"))


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
                    made_up=sum(cell.made_up for cell in due),
                )
            )
    return tuple(lines)


def _missing(branch: Organisation, owed: list[Cell], make_ups: list[MakeUp]) -> list[Gap]:
    """What was not held in its time; made up or explained, it stays here with what was said of it."""
    short = [cell for cell in owed if cell.done < cell.due]
    groups = Organisation.objects.in_bulk({cell.group_id for cell in short if cell.group_id})
    said = _said(branch, short)
    later: dict[tuple, list[date]] = {}
    for row in make_ups:
        later.setdefault((row.meeting.group_id, row.meeting.kind, row.month), []).append(row.meeting.held_on)
    return [
        Gap(
            when=period_words(cell.period, cell.month),
            what=f"{cell.label}（{groups[cell.group_id].short_name}）" if cell.group_id else cell.label,
            state=miss_words(
                due=cell.due,
                done=cell.done,
                made_up_on=later.get(_key(cell), ())[: cell.made_up],
                reason=miss.get_reason_display() if (miss := said.get(_key(cell))) else "",
                words=miss.words if miss else "",
                planned=miss.make_up_on if miss else None,
            ),
        )
        for cell in short
    ]


def _key(cell: Cell) -> tuple[int | None, str, date]:
    return (cell.group_id, cell.kind, cell.month)


def _said(branch: Organisation, short: list[Cell]) -> dict[tuple, Miss]:
    """The branch's own words on its misses; asked only where there are any."""
    if not any(cell.is_explained for cell in short):
        return {}
    rows = Miss.objects.standing().filter(organisation=branch, month__in={cell.month for cell in short})
    return {(miss.group_id, miss.kind, miss.month): miss for miss in rows}


def _undecided(motions: list[Motion], as_of: date) -> list[Gap]:
    return [
        Gap(when=chinese_day(motion.held_on), what=f"表决“{motion.title}”", state="还没有结果")
        for motion in motions
        if motion.state != Motion.State.DECIDED and motion.held_on <= as_of
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
    """The hours of whoever belonged to the branch at the end of the span, wherever they studied, against what is asked of each."""
    day = min(last, book.as_of)
    people = roll_of(branch, day)
    pks = [line.member_id for line in people]
    facts = Fact.objects.standing().filter(member__in=pks, kind="study.hours", day__range=(book.start, last))
    rows = (
        facts.order_by()
        .values_list("member")
        .annotate(times=Count("pk"), hours=Sum("units"), trainings=Count("pk", filter=Q(key__startswith=TRAINING)))
    )
    sums = {member: told for member, *told in rows}
    expected = expected_of(pks, book.start.year, today=book.as_of) if book.span == Book.Span.YEAR else {}
    lines = []
    for line in people:
        times, hours, trainings = sums.get(line.member_id, (0, Decimal(0), 0))
        asked = expected.get(line.member_id)
        due = None if asked is None or asked.exempt else asked.due
        is_leader = asked is not None and asked.is_leader
        lines.append(StudyLine(name=line.name, times=times, hours=hours, due=due, is_leader=is_leader, trainings=trainings))
    return tuple(lines)
