"""What the plan reminds of before its day, campaign steps whose day has come, and the talks of a year that is ending."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from education.models import Meeting
from education.planning.models import CampaignStep, PlanEntry
from education.planning.parameters import NOTICE_DAYS, PARAMETERS, TALKS_A_YEAR
from education.planning.selectors.plans import entries_due, periods_on, record_url, unanswered_entries
from education.planning.selectors.talks import lacking
from education.rules import due_month
from partyportal.core.days import chinese_day, month_end, month_of
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on

STEP_DAYS = 7  # before a campaign's step is due
TALKS_FROM = 10  # the month from which a branch is told whose talks of the year are still to come


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to do."""
    return due_for(Organisation.objects.branches().existing().filter(path__in=paths_for(user, "education.record")), today)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches planned for the next days: as many statements for one as for three thousand."""
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    numbers = values_on(today, PARAMETERS)
    return sorted(
        [
            *_planned(branches, today, numbers[NOTICE_DAYS.key]),
            *_steps(branches, today),
            *_talks(branches, today, numbers[TALKS_A_YEAR.key]),
        ]
    )


def _planned(branches: dict[int, Organisation], today: date, notice: int) -> list[Duty]:
    """Entries of this period up to the days of notice. Past its day an entry waits until the period ends; then the miss itself is the duty."""
    until = today + timedelta(days=notice)
    entries = entries_due(branches, since=today.replace(month=1, day=1), until=max(until, month_end(month_of(today))))
    left = unanswered_entries(entries, today=today)
    periods = periods_on(today)
    duties, seen = [], set()
    for entry in entries:
        month = due_month(periods[entry.kind], entry.planned_on)
        if entry.pk not in left or entry.planned_on > until or month_end(month) < today:
            continue
        branch = branches[entry.plan.organisation_id]
        # The cell's own key, so that the plan's reminder stands in place of the general one.
        key = f"education.{entry.kind}:{entry.group.code if entry.group else branch.code}:{month:%Y-%m}"
        duties.append(_entry_duty(entry, branch, today, month, key if key not in seen else f"{key}:{entry.planned_on}"))
        seen.add(key)
    return duties


def _entry_duty(entry: PlanEntry, branch: Organisation, today: date, month: date, key: str) -> Duty:
    entry.plan.organisation = branch
    coming = entry.planned_on >= today
    label, group = Meeting.Kind(entry.kind).label, f"（{entry.group.short_name}）" if entry.group else ""
    about = "，".join(words for words in (entry.topic, entry.place) if words)
    said = f"年度计划里的{f'：{about}' if about else ''}" if coming else f"计划 {chinese_day(entry.planned_on)}开，还没有记录"
    return Duty.of(
        branch,
        due_on=entry.planned_on if coming else month_end(month),
        key=key,
        title=f"{chinese_day(entry.planned_on)}{label}{group}" if coming else f"记录 {chinese_day(entry.planned_on)}{label}{group}",
        reason=said,
        act="记录会议",
        url=record_url(entry),
    )


def _steps(branches: dict[int, Organisation], today: date) -> list[Duty]:
    rows = (
        CampaignStep.objects.filter(
            campaign__organisation__in=branches, campaign__state="open", done_on=None, due_on__lte=today + timedelta(days=STEP_DAYS)
        )
        .select_related("campaign", "charge")
        .defer("charge__id_number")
    )
    return [
        Duty.of(
            branches[step.campaign.organisation_id],
            due_on=step.due_on,
            key=f"planning.step:{step.uid}",
            title=step.title,
            reason=f"{step.campaign}的一步，{f'{step.charge.name}负责，' if step.charge else '还没有定人，'}{'已经到期' if step.due_on < today else '快到期了'}",
            act="去办",
            url=reverse("planning:campaign", args=[step.campaign.uid]),
        )
        for step in rows
    ]


def _talks(branches: dict[int, Organisation], today: date, needed: int) -> list[Duty]:
    """谈心谈话: one duty a branch with how many lack one, in the last quarter; asked in every month, so that a page costs the same."""
    short = lacking(branches, today.year, today=today, needed=needed)
    if today.month < TALKS_FROM:
        return []
    return [
        Duty.of(
            branches[pk],
            due_on=date(today.year, 12, 31),
            key=f"planning.talks:{branches[pk].code}:{today.year}",
            title=f"安排 {people} 人谈心谈话",
            reason=f"支委之间、支委和党员、党员之间每年各不少于 {needed} 次，还有 {people} 人没有谈够",
            act="看是谁",
            url=f"{reverse('planning:talks')}?organisation={branches[pk].code}",
        )
        for pk, people in short.items()
    ]
