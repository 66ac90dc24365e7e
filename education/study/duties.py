"""What is due of study: required courses that run out, what waits to be confirmed, and rolls that wait for a second person."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, F, Min, OuterRef, Subquery, Value
from django.urls import reverse
from django.utils import timezone

from branches.access import paths_for
from branches.models import Organisation
from education.study.models import Credit, Lesson, Paper, Progress, Session
from education.study.parameters import NEAR_DAYS
from education.study.selectors.courses import concerning, fitting
from members.models import Member
from partyportal.core.days import chinese_day
from partyportal.core.duties import Duty
from partyportal.core.parameters import value_on

ASKED_FOR_DAYS = 90  # what ran out longer ago stays readable on the course's page
SOON = timedelta(days=14)  # to confirm what was finished or recorded


def due(user, today: date) -> list[Duty]:
    """What the user's own branches and committees have to do, less the rolls this user recorded: another confirms those."""
    own = Organisation.objects.existing()
    branches = own.branches().filter(path__in=paths_for(user, "study.confirm"))
    committees = own.exclude(kind=Organisation.Kind.BRANCH).filter(path__in=paths_for(user, "study.teach"))
    mine = {
        f"study.session:{uid}"
        for uid in Session.objects.filter(recorded_by=user, state=Session.State.RECORDED).values_list("uid", flat=True)
    }
    return sorted(duty for duty in [*due_for(branches, today), *due_for_committees(committees, today)] if duty.key not in mine)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do: four statements for one as for three thousand."""
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    return sorted([*_running_out(branches, today), *_to_confirm(branches), *_rolls(branches, Session.Kind.SITE)])


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """培训班 that wait for a second person."""
    committees = {one.pk: one for one in organisations}
    return sorted(_rolls(committees, Session.Kind.TRAINING)) if committees else []


def _running_out(branches: dict[int, Organisation], today: date) -> list[Duty]:
    near = today + timedelta(days=value_on(today, NEAR_DAYS))
    rows = concerning(sorted({branch.path for branch in branches.values()}) if len(branches) <= 40 else ["/"])
    asked = {one.pk: one for one in rows.filter(due_on__lte=near, due_on__gte=today - timedelta(days=ASKED_FOR_DAYS))}
    if not asked:
        return []
    # Each asks its own people; together they are one statement, however many are asked for.
    first, *others = [_left(one, branches, today) for one in asked.values()]
    return [
        _duty(
            branches[row["branch"]],
            f"course:{branches[row['branch']].code}:{one.uid}",
            f"{'催学' if one.due_on < today else '提醒学完'}《{one.course}》"[:60],
            f"布置{chinese_day(one.due_on)}前学完，还有 {row['people']} 人没有记上学时",
            "看是谁",
            f"{reverse('study:learners', args=[one.course.uid])}?state=open",
            one.due_on,
        )
        for row in first.union(*others, all=True)
        if (one := asked[row["asked"]])
    ]


def _left(one, branches: dict[int, Organisation], today: date):
    """How many of each branch have not finished what is asked for."""
    lessons = Lesson.objects.filter(course=one.course_id).order_by().values("course").annotate(n=Count("pk")).values("n")
    done = (
        Credit.objects.standing()
        .filter(lesson__course=one.course_id)
        .order_by()
        .values("member")
        .annotate(n=Count("pk"))
        .filter(n__gte=Subquery(lessons))
        .values("member")
    )
    left = Member.objects.filter(fitting(one, today), branch__in=branches).exclude(pk__in=done)
    return left.order_by().values("branch").annotate(people=Count("pk", distinct=True), asked=Value(one.pk))


def _to_confirm(branches: dict[int, Organisation]) -> list[Duty]:
    counted = Credit.objects.standing().filter(member=OuterRef("member"), lesson=OuterRef("lesson"))
    rows = (
        Progress.objects.filter(member__branch__in=branches, member__left_on=None, finished_at__isnull=False)
        .filter(lesson__course__closed_on=None, lesson__hours__gt=0)
        .exclude(lesson__course__in=Paper.objects.values("course"))
        .annotate(counted=Subquery(counted.values("pk")[:1]))
        .filter(counted=None)
        .order_by()
        .values(branch=F("member__branch"), course=F("lesson__course__uid"), title=F("lesson__course__title"))
        .annotate(people=Count("member", distinct=True), since=Min("finished_at"))
    )
    return [
        _duty(
            branches[row["branch"]],
            f"confirm:{branches[row['branch']].code}:{row['course']}",
            f"确认《{row['title']}》的学习"[:60],
            f"{row['people']} 人说学完了，支部确认后记学时",
            "去确认",
            f"{reverse('study:learners', args=[row['course']])}?state=waiting",
            timezone.localdate(row["since"]) + SOON,
        )
        for row in rows
    ]


def _rolls(organisations: dict[int, Organisation], kind: str) -> list[Duty]:
    rows = Session.objects.filter(organisation__in=organisations, kind=kind, state=Session.State.RECORDED)
    return [
        _duty(
            organisations[one.organisation_id],
            f"session:{one.uid}",
            f"确认{one.get_kind_display()}“{one.title}”的名单"[:60],
            "登记的人以外再有一个人看过，学时才记上",
            "去确认",
            reverse("study:session", args=[one.uid]),
            one.ends_on + SOON,
        )
        for one in rows
    ]


def _duty(organisation: Organisation, key: str, title: str, reason: str, act: str, url: str, by: date) -> Duty:
    return Duty.of(organisation, due_on=by, key=f"study.{key}", title=title, reason=reason, act=act, url=url)
