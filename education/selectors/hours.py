"""学时: a member's hours of 集中学习 in a year, each line from its fact, against what is asked of who they are.

Whoever records hours (a meeting, a 培训班, a lesson, a day at a 站点, a paper from where a mobile member lives) does so as a fact of the
kind study.hours; its key tells the source. This is the one place that adds them up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, CharField, Value, When

from education.models import Attendance
from education.parameters import LEADER_HOURS, NEW_SECRETARY_MONTHS
from education.rules import HOURS_DUE, plain
from members.models import Fact, Member, MemberClass, Office
from members.selectors.days import places_on
from partyportal.core.days import chinese_day, months_after
from partyportal.core.parameters import values_on

KEY = "education.hours:"
TRAINING = "study.training:"
# The beginning of a fact's key → where the hours come from, in the order they are shown.
SOURCES = ((KEY, "会议"), (TRAINING, "培训班"), ("study.site:", "站点"), ("study.lesson:", "课程"))
ELSEWHERE = "其他"
LABELS = (*(label for _, label in SOURCES), ELSEWHERE)


def source_of(key: str) -> str:
    """会议, 培训班, 站点, 课程, or 其他 (a paper from elsewhere)."""
    return next((label for beginning, label in SOURCES if key.startswith(beginning)), ELSEWHERE)


def with_source() -> Case:
    """The same, for a statement that adds up by source."""
    return Case(
        *(When(key__startswith=beginning, then=Value(label)) for beginning, label in SOURCES),
        default=Value(ELSEWHERE),
        output_field=CharField(),
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    day: date
    title: str
    units: Decimal
    organisation: str
    source: str
    meeting_uid: UUID | None

    @property
    def note(self) -> str:
        return f"{chinese_day(self.day)}，{self.source}，{self.organisation}"

    @property
    def units_words(self) -> str:
        return f"{plain(self.units)} 学时"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is asked of one member in a year."""

    due: int = HOURS_DUE
    exempt: bool = False
    is_leader: bool = False
    posted_on: date | None = None  # a new 书记's post began
    train_by: date | None = None  # and their half year ends

    @property
    def words(self) -> str:
        if self.exempt:
            return "不作硬性要求"
        return f"{self.due} 学时{'，至少 1 次集中培训' if self.is_leader else ''}"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """One member's year. Who is old or ill has no hard number (教育管理条例 Art23)."""

    lines: tuple[Line, ...]
    total: Decimal
    expected: Expected
    trained_on: date | None = None  # the year's first 培训班
    trained_in_time: bool = False

    @property
    def due(self) -> int:
        return self.expected.due

    @property
    def exempt(self) -> bool:
        return self.expected.exempt

    @property
    def left(self) -> Decimal:
        return max(Decimal(0), self.due - self.total)

    @property
    def note(self) -> str:
        if self.exempt:
            return "年老体弱的党员不作硬性要求（第二十三条）。"
        return f"还差 {plain(self.left)} 学时" if self.left else "已达标"

    @property
    def training_note(self) -> str:
        """What a 书记 or a member of the 班子 has to know of 集中培训; nothing for others."""
        told = []
        if self.expected.is_leader and not self.exempt:
            told.append(f"今年的集中培训 {chinese_day(self.trained_on)}参加了" if self.trained_on else "今年还没有参加集中培训")
        if self.expected.train_by and not self.trained_in_time:
            told.append(f"新任书记 {chinese_day(self.expected.train_by, year=True)}前要参加一次")
        return "；".join(told) and f"{'；'.join(told)}。"

    @property
    def title(self) -> str:
        return f"已记 {plain(self.total)} 学时"

    @property
    def by_source(self) -> list[tuple[str, Decimal]]:
        """What each source brought, those that brought any."""
        sums = {label: sum((line.units for line in self.lines if line.source == label), Decimal(0)) for label in LABELS}
        return [(label, units) for label, units in sums.items() if units]

    @property
    def count_words(self) -> str:
        return f"{len(self.lines)} 次"


def hours_of(member: Member, year: int, *, today: date) -> Hours:
    """The year's hours, newest first."""
    facts = (
        Fact.objects.standing()
        .filter(member=member, kind="study.hours", day__year=year)
        .select_related("organisation")
        .order_by("-day", "-id")
    )
    facts = list(facts)
    uids = [fact.key.removeprefix(KEY) for fact in facts if fact.key.startswith(KEY)]
    meetings = {str(uid): meeting for uid, meeting in Attendance.objects.filter(uid__in=uids).values_list("uid", "meeting__uid")}
    expected = expected_of([member.pk], year, today=today)[member.pk]
    trained = [fact.day for fact in facts if fact.key.startswith(TRAINING)]
    return Hours(
        lines=tuple(
            Line(
                day=fact.day,
                title=fact.title,
                units=fact.units,
                organisation=str(fact.organisation),
                source=source_of(fact.key),
                meeting_uid=meetings.get(fact.key.removeprefix(KEY)),
            )
            for fact in facts
        ),
        total=sum((fact.units for fact in facts), Decimal(0)),
        expected=expected,
        trained_on=min(trained, default=None),
        trained_in_time=expected.train_by is not None and _trained_in(member, expected.posted_on, expected.train_by),
    )


def expected_of(members: Iterable[int], year: int, *, today: date) -> dict[int, Expected]:
    """What is asked of each in a year, by who they are on its last day (today, in this one): three statements for one as for a branch."""
    members, day = list(members), min(today, date(year, 12, 31))
    numbers = values_on(day, [LEADER_HOURS, NEW_SECRETARY_MONTHS])
    places = places_on(members, day)
    posts: dict[int, list[Office]] = {}
    for post in Office.objects.on(day).filter(member__in=members).exclude(position=Office.Position.GROUP_LEADER):
        posts.setdefault(post.member_id, []).append(post)
    found = {}
    for member in members:
        held, place = posts.get(member, ()), places.get(member)
        new = [
            (months_after(post.start, numbers[NEW_SECRETARY_MONTHS.key]), post.start)
            for post in held
            if post.position == Office.Position.SECRETARY and post.way != Office.Way.OPENING
        ]
        until, since = max((pair for pair in new if pair[0] >= date(year, 1, 1)), default=(None, None))
        found[member] = Expected(
            due=numbers[LEADER_HOURS.key] if held else HOURS_DUE,
            exempt=place is not None and place.member_class == MemberClass.Name.EXEMPT,
            is_leader=bool(held),
            posted_on=since,
            train_by=until,
        )
    return found


def _trained_in(member: Member, since: date, until: date) -> bool:
    """Whether a member was at a 培训班 between two days, both counted."""
    rows = Fact.objects.standing().filter(member=member, kind="study.hours", key__startswith=TRAINING)
    return rows.filter(day__gte=since, day__lte=until).exists()


def years_of(member: Member, *, today: date) -> list[int]:
    """The years with any hours, and this one."""
    found = Fact.objects.standing().filter(member=member, kind="study.hours").dates("day", "year", order="DESC")
    return sorted({day.year for day in found} | {today.year}, reverse=True)
