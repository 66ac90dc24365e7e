"""学时: a member's hours of 集中学习 in a year, each line from its fact."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from education.models import Attendance
from education.rules import HOURS_DUE, chinese_day, plain
from members.models import Fact, Member, MemberClass
from members.selectors.days import places_on

KEY = "education.hours:"


@dataclass(frozen=True, kw_only=True)
class Line:
    day: date
    title: str
    units: Decimal
    organisation: str
    meeting_uid: UUID | None

    @property
    def note(self) -> str:
        return f"{chinese_day(self.day)}，{self.organisation}"

    @property
    def units_words(self) -> str:
        return f"{plain(self.units)} 学时"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """One member's year. Who is old or ill has no hard number (教育管理条例 Art23)."""

    lines: tuple[Line, ...]
    total: Decimal
    due: int
    exempt: bool

    @property
    def left(self) -> Decimal:
        return max(Decimal(0), self.due - self.total)

    @property
    def note(self) -> str:
        if self.exempt:
            return "年老体弱的党员不作硬性要求（第二十三条）。"
        return f"还差 {plain(self.left)} 学时" if self.left else "已达标"

    @property
    def title(self) -> str:
        return f"已记 {plain(self.total)} 学时"

    @property
    def count_words(self) -> str:
        return f"{len(self.lines)} 次"


def hours_of(member: Member, year: int, *, today: date) -> Hours:
    """The year's hours, newest first: three statements."""
    facts = (
        Fact.objects.standing()
        .filter(member=member, kind="study.hours", day__year=year)
        .select_related("organisation")
        .order_by("-day", "-id")
    )
    facts = list(facts)
    uids = [fact.key.removeprefix(KEY) for fact in facts if fact.key.startswith(KEY)]
    meetings = {str(uid): meeting for uid, meeting in Attendance.objects.filter(uid__in=uids).values_list("uid", "meeting__uid")}
    place = places_on([member.pk], min(today, date(year, 12, 31))).get(member.pk)
    return Hours(
        lines=tuple(
            Line(
                day=fact.day,
                title=fact.title,
                units=fact.units,
                organisation=str(fact.organisation),
                meeting_uid=meetings.get(fact.key.removeprefix(KEY)),
            )
            for fact in facts
        ),
        total=sum((fact.units for fact in facts), Decimal(0)),
        due=HOURS_DUE,
        exempt=place is not None and place.member_class == MemberClass.Name.EXEMPT,
    )


def years_of(member: Member, *, today: date) -> list[int]:
    """The years with any hours, and this one."""
    found = Fact.objects.standing().filter(member=member, kind="study.hours").dates("day", "year", order="DESC")
    return sorted({day.year for day in found} | {today.year}, reverse=True)
