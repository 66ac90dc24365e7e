"""What waits for somebody's answer beside the record itself: leave, minutes, exclusions, drawn meetings. Answered from the facts, like every duty."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from branches.access import paths_for
from branches.models import Organisation
from education.models import DrawnMeeting, Leave, Meeting, MinutesRevision, RollExclusion
from education.parameters import CHECK_DAYS, MINUTES_DAYS
from partyportal.core.days import chinese_day
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on

ANSWER_DAYS = 7  # how long a report of the branch lies before it is late; shown, never counted


def due(user, today: date) -> list[Duty]:
    """What the user's own branches and committees have to answer, less what this very user may not."""
    own = Organisation.objects.existing()
    branches = own.branches().filter(path__in=paths_for(user, "education.record"))
    committees = own.exclude(kind__in=[Organisation.Kind.BRANCH, Organisation.Kind.GROUP]).filter(
        path__in=paths_for(user, "education.return")
    )
    return sorted([*_of_branches(branches, today, but=user.pk), *_of_committees(committees, today, but=user.pk)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to answer: two statements for one as for three thousand."""
    return _of_branches(organisations, today)


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to answer themselves: two statements."""
    return _of_committees(organisations, today)


def _of_branches(organisations: Iterable[Organisation], today: date, *, but: int = 0) -> list[Duty]:
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    leaves = Leave.objects.waiting().filter(organisation__in=branches, day__gte=today).exclude(asked_by=but)
    found = [
        _duty(
            branches[leave.organisation_id],
            f"leave:{leave.uid}",
            leave.day,
            f"答复{leave.member.name}{chinese_day(leave.day)}的请假",
            "会前答复，那天的名单才先填上请假",
            "去答复",
            reverse("education:leave", args=[leave.uid]),
        )
        for leave in leaves.select_related("member").defer("member__id_number")
    ]
    latest = MinutesRevision.objects.filter(meeting=OuterRef("meeting")).order_by("-number").values("number")[:1]
    texts = MinutesRevision.objects.filter(
        approval=None, number=Subquery(latest), meeting__organisation__in=branches, meeting__state=Meeting.State.CONFIRMED
    )
    texts = texts.exclude(written_by=but).exclude(meeting__scribe__user=but).select_related("meeting").defer("text", "meeting__minutes")
    days = values_on(today, [MINUTES_DAYS])[MINUTES_DAYS.key]
    return found + [
        _duty(
            branches[meeting.organisation_id],
            f"minutes:{meeting.uid}",
            meeting.held_on + timedelta(days=days),
            f"审定{chinese_day(meeting.held_on)}{meeting.get_kind_display()}的纪要",
            "写的人不审，由主持人或另一个没有动笔的人审定",
            "去审定",
            reverse("education:meeting", args=[meeting.uid]),
        )
        for meeting in (text.meeting for text in texts)
    ]


def _of_committees(organisations: Iterable[Organisation], today: date, *, but: int = 0) -> list[Duty]:
    committees = {one.pk: one for one in organisations}
    if not committees:
        return []
    reported = RollExclusion.objects.filter(state=RollExclusion.State.PROPOSED, organisation__parent__in=committees)
    found = [
        _duty(
            committees[row.organisation.parent_id],
            f"exclusion:{row.uid}",
            timezone.localdate(row.proposed_at) + timedelta(days=ANSWER_DAYS),
            f"备案{row.organisation.short_name}报的不计应到",
            f"{row.get_reason_display()}，支部已在会上同意；备案前仍计应到",
            "去备案",
            reverse("education:exclusion", args=[row.uid]),
        )
        for row in reported.exclude(proposed_by=but).select_related("organisation")
    ]
    days = values_on(today, [CHECK_DAYS])[CHECK_DAYS.key]
    lots = DrawnMeeting.objects.filter(outcome=DrawnMeeting.Outcome.WAITING, spot_check__organisation__in=committees)
    waiting: dict[int, list[DrawnMeeting]] = {}
    for row in lots.select_related("spot_check").order_by("pk"):
        waiting.setdefault(row.spot_check_id, []).append(row)
    return found + [
        _duty(
            committees[(check := rows[0].spot_check).organisation_id],
            f"spot_check:{check.uid}",
            check.drawn_on + timedelta(days=days),
            f"看完抽中的 {len(rows)} 次会议",
            f"{chinese_day(check.drawn_on)}抽的，没有问题就过，有问题退回",
            "去看",
            reverse("education:check", args=[check.uid]),
        )
        for rows in waiting.values()
    ]


def _duty(organisation: Organisation, key: str, due_on: date, title: str, reason: str, act: str, url: str) -> Duty:
    return Duty.of(organisation, due_on=due_on, key=f"education.{key}", title=title, reason=reason, act=act, url=url)
