"""抽查: a committee draws confirmed meetings by lot, reads them, lets each pass or sends it back."""

import secrets
from datetime import date

from django.db import transaction

from branches.models import Organisation
from education.models import DrawnMeeting, Meeting, SpotCheck
from education.rules import drawn
from education.services.held import locked
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

Outcome = DrawnMeeting.Outcome


@transaction.atomic
def draw_meetings(*, organisation: Organisation, since: date, until: date, kind: str = "", count: int, by: User, today: date) -> SpotCheck:
    """Draw so many of the confirmed meetings of a period that were never drawn. The portal chooses the seed, nobody else.

    The organisation is held, so that two draws at once never take one meeting twice.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if until < since:
        raise DomainError("止日不能早于起日。", field="until")
    if count < 1:
        raise DomainError("至少抽一次。", field="count")
    found = Meeting.objects.confirmed().within(organisation).filter(held_on__range=(since, until), drawn=None)
    found = found.filter(kind=kind) if kind else found
    at = dict(found.order_by().values_list("uid", "pk"))
    if not at:
        raise DomainError("这段时间没有还能抽的会议：要已确认、没有抽过。换一段时间。", field="since")
    seed = secrets.token_hex(16)
    check = SpotCheck.objects.create(
        organisation=organisation, since=since, until=until, kind=kind, seed=seed, population=len(at), drawn_on=today, drawn_by=by
    )
    lots = drawn(at, seed=seed, count=count)
    DrawnMeeting.objects.bulk_create(
        [DrawnMeeting(spot_check=check, meeting_id=at[uid], position=position) for position, uid in enumerate(lots, 1)]
    )
    audit.record(
        "education.spot_check.drawn",
        check,
        by=by,
        path=organisation.path,
        organisation=organisation.code,
        population=len(at),
        drawn=len(lots),
        seed=seed,
    )
    return check


@transaction.atomic
def pass_drawn(row: DrawnMeeting, *, by: User, today: date) -> DrawnMeeting:
    """The committee read a drawn meeting and found nothing wrong."""
    meeting = locked(row.meeting)
    held = DrawnMeeting.objects.select_for_update().get(pk=row.pk)
    if held.outcome != Outcome.WAITING:
        raise DomainError(f"这一次已经有结果：{held.get_outcome_display()}。")
    if meeting.state != Meeting.State.CONFIRMED:
        raise DomainError("这次会议现在不是已确认，等支部确认后再看。")
    if by.pk in {meeting.recorded_by_id, meeting.confirmed_by_id}:
        raise DomainError("自己登记或确认的会议由另一个人看。")
    answer_draw(meeting, Outcome.PASSED, by=by, on=today)
    held.refresh_from_db()
    return held


def answer_draw(meeting: Meeting, outcome: str, *, by: User, on: date, reason: str = "") -> None:
    """Write what came of a drawn meeting that still waits; of any other there is nothing to write."""
    waiting = DrawnMeeting.objects.filter(meeting=meeting, outcome=Outcome.WAITING)
    if waiting.update(outcome=outcome, reason=reason, checked_by=by, checked_on=on):
        path, code = meeting.organisation.path, meeting.organisation.code
        audit.record(f"education.drawn_meeting.{outcome}", meeting, by=by, path=path, organisation=code, day=meeting.held_on)
