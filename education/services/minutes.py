"""What was said at a meeting: agenda and text, each save kept as a revision, and the approval of one."""

from collections.abc import Iterable

from django.db import transaction

from branches.access import can
from education.models import AgendaItem, Meeting, MinutesApproval, MinutesRevision
from education.rules import Item, whole_text
from education.services.held import locked, record_act
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User


@transaction.atomic
def write_agenda(meeting: Meeting, *, version: int, agenda: Iterable[Item], minutes: str, by: User) -> Meeting:
    """Accept the items a text was cut into, or as they were edited; what was approved before is to be approved again."""
    held = locked(meeting)
    if held.version != version:
        raise Stale("这次会议刚才被别人改过。你填的还在，看过新的再存。")
    if held.state == Meeting.State.VOID:
        raise DomainError("这次会议已经作废，不能再改。")
    held.minutes = minutes
    held.version += 1
    held.save(update_fields=["minutes", "version"])
    keep_minutes(held, agenda, by=by)
    record_act("agenda_written", held, by=by, items=held.agenda.count())
    return held


def keep_minutes(meeting: Meeting, agenda: Iterable[Item] | None, *, by: User) -> None:
    """Make the agenda say what was given (None leaves it), and keep the text as a revision if it is another one."""
    if agenda is None:
        items = items_of(meeting)
    else:
        items = _checked(agenda)
        meeting.agenda.all().delete()
        AgendaItem.objects.bulk_create(
            [
                AgendaItem(meeting=meeting, position=at, title=item.title, reporter=item.reporter, said=item.said, decided=item.decided)
                for at, item in enumerate(items, 1)
            ]
        )
    text = whole_text(topic=meeting.topic, minutes=meeting.minutes, decisions=meeting.decisions, agenda=items)
    last = meeting.revisions.order_by("-number").first()
    if text != (last.text if last else ""):
        MinutesRevision.objects.create(meeting=meeting, number=last.number + 1 if last else 1, text=text, written_by=by)


def items_of(meeting: Meeting) -> list[Item]:
    """The agenda as the rules know it."""
    return [Item(row.title, row.said, row.decided, row.reporter) for row in meeting.agenda.all()]


def _checked(agenda: Iterable[Item]) -> list[Item]:
    items = [Item(one.title.strip(), one.said.strip(), one.decided.strip(), one.reporter.strip()) for one in agenda]
    for at, item in enumerate(items, 1):
        if not item.title:
            raise DomainError(f"第 {at} 个议题没有题目。写上题目，或者整项清空。", field="agenda")
    return items


@transaction.atomic
def approve_minutes(meeting: Meeting, *, number: int, by: User) -> MinutesApproval:
    """Stand for the text as it is now. A correction makes a new revision, which nobody has approved yet."""
    held = locked(meeting)
    last = held.revisions.order_by("-number").first()
    if last is None:
        raise DomainError("还没有写纪要，没有可以审定的。")
    if held.state != Meeting.State.CONFIRMED:
        raise DomainError("先确认会议，再审定纪要。")
    if last.number != number:
        raise Stale("纪要刚才又改过。看过新的一稿再审定。")
    if MinutesApproval.objects.filter(revision=last).exists():
        raise DomainError("这一稿已经审定。")
    if reason := why_not_approve(held, last, by):
        raise DomainError(reason)
    approval = MinutesApproval.objects.create(revision=last, approved_by=by)
    record_act("minutes_approved", held, by=by, revision=last.number)
    return approval


def why_not_approve(meeting: Meeting, revision: MinutesRevision, user: User) -> str:
    """Why a user may not stand for a text; empty if they may. Whoever wrote it down is never who approves it."""
    host = meeting.host.user_id if meeting.host_id else None
    scribe = meeting.scribe.user_id if meeting.scribe_id else None
    if user.pk in {scribe, revision.written_by_id}:
        return "纪要由没有动笔的人审定：主持人，或者另一个负责记录的人。"
    if user.pk != host and not can(user, "education.record", meeting.organisation):
        return "纪要由主持人或支部书记审定。"
    return ""
