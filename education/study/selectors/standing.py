"""A branch's year of study as a table, and one member's transcript."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from education.selectors.hours import LABELS, Expected, Hours, expected_of, hours_of, with_source
from education.study.models import Attempt, Credit
from education.study.selectors.attempts import best_of
from members.models import Fact, Member


@dataclass(frozen=True, kw_only=True)
class Row:
    """One member's year: hours by source against what is asked."""

    member: Member
    by_source: list[Decimal]  # in the order of LABELS
    expected: Expected

    @property
    def total(self) -> Decimal:
        return sum(self.by_source, Decimal(0))

    @property
    def left(self) -> Decimal:
        return Decimal(0) if self.expected.exempt else max(Decimal(0), self.expected.due - self.total)

    @property
    def is_short_of_training(self) -> bool:
        return self.expected.is_leader and not self.expected.exempt and not self.by_source[LABELS.index("培训班")]


def table(members: QuerySet, year: int, *, today: date) -> list[Row]:
    """These members' year, in their order: five statements whatever their number."""
    people = list(members)
    ids = [person.pk for person in people]
    sums: dict[int, dict[str, Decimal]] = {}
    rows = Fact.objects.standing().filter(member__in=ids, kind="study.hours", day__year=year).annotate(source=with_source())
    for member, source, units in rows.order_by().values_list("member", "source").annotate(units=Sum("units")):
        sums.setdefault(member, {})[source] = units
    expected = expected_of(ids, year, today=today)
    return [
        Row(
            member=person,
            by_source=[sums.get(person.pk, {}).get(label, Decimal(0)) for label in LABELS],
            expected=expected[person.pk],
        )
        for person in people
    ]


@dataclass(frozen=True, kw_only=True)
class CourseLine:
    """A course of the transcript: what counted of it that year, and its test."""

    title: str
    lessons: int
    hours: Decimal
    day: date
    way: str
    test: str


@dataclass(frozen=True, kw_only=True)
class Transcript:
    hours: Hours
    courses: list[CourseLine]


def transcript(member: Member, year: int, *, today: date) -> Transcript:
    """学习证明: the year's hours line by line, and the courses with their tests."""
    credits = Credit.objects.standing().filter(member=member, day__year=year).select_related("lesson__course").order_by("day", "pk")
    by_course: dict[int, list[Credit]] = {}
    for credit in credits:
        by_course.setdefault(credit.lesson.course_id, []).append(credit)
    tries: dict[int, list[Attempt]] = {}
    for one in Attempt.objects.filter(member=member, paper__course__in=by_course).select_related("paper"):
        tries.setdefault(one.paper.course_id, []).append(one)
    lines = []
    for course, rows in by_course.items():
        best = best_of(tries.get(course, ()))
        lines.append(
            CourseLine(
                title=rows[0].lesson.course.title,
                lessons=len(rows),
                hours=sum((row.hours for row in rows), Decimal(0)),
                day=max(row.day for row in rows),
                way=rows[0].get_way_display(),
                test=f"{best.correct} / {len(best.questions)}" if best else "",
            )
        )
    return Transcript(hours=hours_of(member, year, today=today), courses=lines)
