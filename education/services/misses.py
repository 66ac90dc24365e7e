"""What was not held in its time: why, when it is to be made up, and which later meeting made up for it. What was missed stays missed."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Organisation
from education.models import MakeUp, Meeting, Miss
from education.rules import period_words
from education.selectors.cells import Cell, cells
from partyportal.core import audit
from partyportal.core.days import month_end
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def explain_miss(
    *,
    organisation: Organisation,
    kind: str,
    month: date,
    reason: str,
    words: str,
    by: User,
    today: date,
    group: Organisation | None = None,
    make_up_on: date | None = None,
) -> Miss:
    """Say why a meeting was not held, and perhaps when it is to be made up. Said again, the new words stand and the old stay as a row."""
    cell = _missing(organisation, group, kind, month)
    if month_end(month) >= today:
        raise DomainError(f"{period_words(cell.period, month)}还没过完，还来得及开。", field="reason")
    if not words.strip():
        raise DomainError("写一句说明，上级看了就明白。", field="words")
    if make_up_on and make_up_on < today:
        raise DomainError("补课的日子要从今天起。已经补开的，先记录那次会，再算作补课。", field="make_up_on")
    at = {"organisation": organisation, "group": group, "kind": kind, "month": month}
    standing = Miss.objects.select_for_update(of=("self",)).standing().filter(**at).first()
    if standing:
        standing.ended_at = timezone.now()
        standing.save(update_fields=["ended_at"])
    try:
        with transaction.atomic():
            miss = Miss.objects.create(reason=reason, words=words.strip(), make_up_on=make_up_on, said_by=by, **at)
    except IntegrityError as refusal:
        if "miss_said_once" not in str(refusal):
            raise
        raise DomainError("刚才有人写过说明。看过再改。", field="words") from None
    _record("explained", miss, organisation, by=by, kind=kind, month=month, reason=reason, make_up_on=make_up_on)
    return miss


@transaction.atomic
def make_up(meeting: Meeting, *, month: date, by: User) -> MakeUp:
    """A later meeting of the same kind makes up for a missed month; for its own month it no longer counts."""
    held = Meeting.objects.select_for_update(of=("self",)).select_related("organisation", "group").get(pk=meeting.pk)
    if held.state != Meeting.State.CONFIRMED:
        raise DomainError("这次会还没有确认。确认以后再算作补课。", field="meeting")
    if MakeUp.objects.standing().filter(meeting=held).exists():
        raise DomainError("这次会已经算作补课。要换，先取消。", field="meeting")
    # Two meetings at once for one missed month: the branch's row lets the second see the first.
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=held.organisation_id)
    _missing(held.organisation, held.group, held.kind, month)
    if held.held_on <= month_end(month):
        raise DomainError("补课要在那个周期过了以后开。", field="meeting")
    made = MakeUp.objects.create(meeting=held, month=month, made_by=by)
    _record("made_up", made, held.organisation, by=by, kind=held.kind, month=month, day=held.held_on)
    return made


@transaction.atomic
def take_back_make_up(made: MakeUp, *, by: User) -> MakeUp:
    """The meeting counts for its own month again."""
    held = MakeUp.objects.select_for_update(of=("self",)).select_related("meeting__organisation").get(pk=made.pk)
    if held.ended_at:
        return held
    Meeting.objects.select_for_update(of=("self",)).get(pk=held.meeting_id)
    held.ended_at, held.ended_by = timezone.now(), by
    held.save(update_fields=["ended_at", "ended_by"])
    _record("make_up_taken_back", held, held.meeting.organisation, by=by, kind=held.meeting.kind, month=held.month)
    return held


def _missing(organisation: Organisation, group: Organisation | None, kind: str, month: date) -> Cell:
    """The cell as it stands; refused where nothing is missing."""
    group_id = group.pk if group else None
    for cell in cells(first=month, last=month, paths=[organisation.path]):
        if (cell.organisation_id, cell.group_id, cell.kind) == (organisation.pk, group_id, kind) and cell.is_missing:
            return cell
    raise DomainError("这一项没有缺，不用说明，也不用补。")


def _record(act: str, row, organisation: Organisation, *, by: User, **data) -> None:
    audit.record(f"education.miss.{act}", row, by=by, path=organisation.path, organisation=organisation.code, **data)
