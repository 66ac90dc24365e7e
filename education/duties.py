"""What is due of organisation life: meetings not yet recorded, and records not yet confirmed."""

from collections.abc import Iterable
from datetime import date
from os.path import commonpath

from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from education.models import Meeting, Miss
from education.rules import CATCH_UP_MONTHS, due_month, opens_on, period_words
from education.selectors.cells import Cell, cells
from education.selectors.compliance import record_url
from education.selectors.misses import miss_url
from partyportal.core.days import chinese_day, month_end, month_of, months_after
from partyportal.core.duties import Duty

OFTEN = {"month": "一般每月一次", "quarter": "一般每季度一次", "year": "一般每年一次"}
# More branches than this are read by the path they share and picked out afterwards.
FEW = 40

Last = dict[tuple[int, int | None, str, str], Meeting]  # (branch, group, kind, state) → the latest such meeting


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to do, oldest first."""
    return due_for(Organisation.objects.branches().existing().filter(path__in=paths_for(user, "education.record")), today)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do, oldest first: three statements for one branch as for three thousand.

    Misses of the last three months are asked for; older ones stay readable in the compliance page. What falls due later
    is told when its period has begun (a yearly meeting from October).
    """
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    first, last = months_after(month_of(today), -CATCH_UP_MONTHS), due_month("quarter", today)
    paths = [branch.path for branch in branches.values()]
    if len(paths) > FEW:
        paths = [f"{commonpath(paths).rstrip('/')}/"]
    missing = [
        cell
        for cell in cells(first=first, last=last, paths=paths)
        if cell.organisation_id in branches and cell.is_missing and opens_on(cell.period, cell.month) <= today
    ]
    misses = _misses(branches, missing)
    groups = Organisation.objects.in_bulk({cell.group_id for cell in missing if cell.group_id})
    latest = _latest(branches, since=months_after(month_of(today), -14))
    duties, answered = [], set()
    for cell in missing:
        branch, group = branches[cell.organisation_id], groups.get(cell.group_id)
        pending = _pending(cell, latest)
        if pending:
            answered.add(pending.pk)
            duties.append(_finish(pending, branch, due_on=month_end(cell.month)))
        elif cell.is_explained:
            duties += _make_up(cell, branch, group, misses.get((*_key(cell), cell.month)))
        else:
            duties.append(_hold(cell, branch, group, latest.get((*_key(cell), Meeting.State.CONFIRMED)), today))
    for meeting in latest.values():
        # A record nobody asked for (党课, a second meeting) waits to be finished all the same.
        if meeting.state != Meeting.State.CONFIRMED and meeting.pk not in answered and meeting.held_on >= first:
            duties.append(_finish(meeting, branches[meeting.organisation_id], due_on=month_end(month_of(meeting.held_on))))
    return sorted(duties)


def _misses(branches: dict[int, Organisation], missing: list[Cell]) -> dict[tuple, Miss]:
    """What was said of the missed cells; asked only where something was."""
    if not any(cell.is_explained for cell in missing):
        return {}
    said = Miss.objects.standing().filter(organisation__in=branches, make_up_on__isnull=False)
    return {(miss.organisation_id, miss.group_id, miss.kind, miss.month): miss for miss in said}


def _make_up(cell: Cell, branch: Organisation, group: Organisation | None, miss: Miss | None) -> list[Duty]:
    """Explained, it is asked for again only on the day it was to be made up."""
    if miss is None:
        return []
    words = period_words(cell.period, cell.month)
    return [
        Duty.of(
            branch,
            due_on=miss.make_up_on,
            key=f"education.make_up:{miss.uid}",
            title=f"补开 {words}{cell.label}{f'（{group.short_name}）' if group else ''}",
            reason=f"{miss.get_reason_display()}没有开，计划 {chinese_day(miss.make_up_on)}补",
            act="去补",
            url=miss_url(branch, cell, group),
        )
    ]


def _key(cell: Cell) -> tuple[int, int | None, str]:
    return (cell.organisation_id, cell.group_id, cell.kind)


def _latest(branches: dict[int, Organisation], *, since: date) -> Last:
    rows = (
        Meeting.objects.filter(organisation__in=branches, held_on__gte=since)
        .exclude(state=Meeting.State.VOID)
        .order_by("organisation_id", "group_id", "kind", "state", "-held_on")
        .distinct("organisation_id", "group_id", "kind", "state")
        .only("uid", "organisation_id", "group_id", "kind", "state", "held_on")
    )
    return {(m.organisation_id, m.group_id, m.kind, m.state): m for m in rows}


def _pending(cell: Cell, latest: Last) -> Meeting | None:
    for state in (Meeting.State.RETURNED, Meeting.State.DRAFT):
        meeting = latest.get((*_key(cell), state))
        if meeting and due_month(cell.period, meeting.held_on) == cell.month:
            return meeting
    return None


def _hold(cell: Cell, branch: Organisation, group: Organisation | None, last: Meeting | None, today: date) -> Duty:
    due_on, words = month_end(cell.month), period_words(cell.period, cell.month)
    late = due_on < today
    name = f"{words}{cell.label}" if cell.period == "quarter" else f" {words}{cell.label}"
    verb = "补记" if late else ("记录" if cell.period == "month" else "开")
    return Duty.of(
        branch,
        due_on=due_on,
        key=f"education.{cell.kind}:{group.code if group else branch.code}:{cell.month:%Y-%m}",
        title=f"{verb}{name}{f'（{group.short_name}）' if group else ''}",
        reason=_reason(cell, words, last, today),
        act="补记" if late else "记录会议",
        url=record_url(branch, cell, group),
    )


def _reason(cell: Cell, words: str, last: Meeting | None, today: date) -> str:
    """Rule, then fact: 支委会一般每月一次，10 月还没有记录。上次 9月16日."""
    if cell.kind == Meeting.Kind.THEME_DAY and last and month_of(today) == cell.month:
        usual = cell.month.replace(day=min(last.held_on.day, month_end(cell.month).day))
        return f"固定日 {chinese_day(usual)}{'已过，还没有记录' if usual < today else ''}"
    if last and last.held_on > month_end(cell.month):
        last = None  # held since: it does not tell how long this one has been missing
    before = f"。上次 {chinese_day(last.held_on, year=last.held_on.year != today.year)}" if last else ""
    return f"{cell.label}{OFTEN[cell.period]}，{words}还没有记录{before}"


def _finish(meeting: Meeting, branch: Organisation, *, due_on: date) -> Duty:
    returned = meeting.state == Meeting.State.RETURNED
    return Duty.of(
        branch,
        due_on=due_on,
        key=f"education.{meeting.state}:{meeting.uid}",
        title=f"{'改好' if returned else '确认'} {chinese_day(meeting.held_on)}{meeting.get_kind_display()}",
        reason="上级退回更正，改好再确认前学时和积分不算" if returned else "记录还是草稿，确认后才算数",
        act="更正" if returned else "确认",
        url=reverse("education:meeting_edit", args=[meeting.uid]),
    )
