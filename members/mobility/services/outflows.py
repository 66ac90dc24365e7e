"""流出: registering who goes away, following them, and ending it. The open row leads; the member's own columns follow."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from members.mobility.models import Hosting, LostCase, Outflow
from members.mobility.parameters import AWAY_MONTHS
from members.mobility.rules.clocks import is_away
from members.mobility.rules.places import PROVINCES, destination_words
from members.models import Affiliation, Member
from members.services import people
from members.services.membership import locked
from partyportal.core import audit
from partyportal.core.days import months_after
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User
from partyportal.core.parameters import value_on

EndReason = Outflow.EndReason


@transaction.atomic
def register_outflow(member: Member, *, start: date, today: date, by: User | None, uid: UUID | None = None, **content) -> Outflow:
    """Register a member as away. Who will be back before the months that make 流动 is not registered."""
    held = locked(member)
    refuse_not_here(held)
    if LostCase.objects.open().filter(member=held).exists():
        raise DomainError(f"{held.name}正在按失联查找，联系上了先在失联台账里写明，再登记去向。")
    _check_days(start=start, expected=content.get("expected_return"), today=today)
    _check_place(content)
    _check_contact(held, content.get("contact"))
    standing = held.outflows.filter(Q(end=None) | Q(end__gt=start)).order_by("-start").first()
    if standing is not None and standing.end is None:
        raise DomainError(f"{held.name}已经登记外出到{standing.destination}。换了地方，在那一条上改。")
    if standing is not None:
        raise DomainError(f"{held.name}上一次外出 {standing.end:%Y-%m-%d} 才回来，这次的日子不能更早。", field="start")
    outflow = Outflow(member=held, start=start, registered_by=by, **({"uid": uid} if uid else {}), **content)
    outflow.full_clean(exclude=["member", "contact", "registered_by", "ended_by"], validate_constraints=False)
    outflow.save()
    keep_roster(held, outflow=outflow, today=today, by=by)
    _record("registered", outflow, held, by=by, start=start, province=outflow.province)
    return outflow


@transaction.atomic
def revise_outflow(outflow: Outflow, *, version: int, today: date, by: User, **changes) -> Outflow:
    """Change what may change while the member stays where they are: the contact, the return, whether the place is fixed."""
    held = open_row(outflow)
    if held.version != version:
        raise Stale("这条登记刚才被别人改过。看过新的再改，你填的还在下面。")
    if "contact" in changes:
        _check_contact(held.member, changes["contact"])
    if "expected_return" in changes:
        _check_days(start=held.start, expected=changes["expected_return"], today=today)
    for name in ("reported_on", "phone_checked_on"):
        if (day := changes.get(name)) is not None and not held.start <= day <= today:
            raise DomainError("这一天要在外出以后、今天以前。", field=name)
    before_after = {name: [_plain(getattr(held, name)), _plain(value)] for name, value in changes.items() if getattr(held, name) != value}
    if not before_after:
        return held
    for name in before_after:
        setattr(held, name, changes[name])
    held.version += 1
    held.save(update_fields=[*before_after, "version"])
    _record("revised", held, held.member, by=by, changes=before_after, fields=sorted(before_after))
    return held


@transaction.atomic
def move_on(outflow: Outflow, *, on: date, today: date, by: User, **content) -> Outflow:
    """The member went on to another place: this row ends, a new one begins that day; the contact stays unless another is named."""
    held = open_row(outflow)
    content = {"reason": held.reason, "contact": held.contact} | content
    same = ("province", "city", "county")
    if all(content.get(name, "") == getattr(held, name) for name in same):
        raise DomainError("去向没有变，不用改。", field="city")
    _check_place(content)
    _end(held, on=on, reason=EndReason.MOVED_ON, today=today, by=by)
    return register_outflow(held.member, start=on, today=today, by=by, **content)


@transaction.atomic
def end_outflow(outflow: Outflow, *, on: date, reason: str, today: date, by: User | None, version: int | None = None) -> Outflow:
    """End a registration: back home, relation transferred, or written by mistake. Taking part elsewhere ends with it."""
    held = open_row(outflow)
    if version is not None and held.version != version:
        raise Stale("这条登记刚才被别人改过。看过新的再了结。")
    if reason not in {EndReason.RETURNED, EndReason.TRANSFERRED, EndReason.MISTAKEN, EndReason.LOST}:
        raise DomainError("选一个结束的缘由。", field="reason")
    if reason == EndReason.MISTAKEN:
        on = max(min(on, today), held.start + timedelta(days=1))
    _end(held, on=on, reason=reason, today=max(today, on) if reason == EndReason.MISTAKEN else today, by=by)
    keep_roster(held.member, outflow=None, today=today, by=by)
    return held


@transaction.atomic
def close_left(*, today: date) -> int:
    """End what a change of 组织关系 has ended: who left the county, or was moved to another branch after registering. Returns how many.

    Transfers do not know this app, so beat asks once a night; a branch merged into another keeps its people's registrations.
    """
    rows = Outflow.objects.filter(end=None).exclude(registered_at=None).select_related("member__branch").order_by("member_id")
    gone = rows.filter(member__left_on__isnull=False)
    moved = rows.filter(member__left_on=None, member__affiliations__end=None, member__affiliations__reason=Affiliation.Reason.MOVED)
    count = 0
    for outflow in [*gone, *moved]:
        member = locked(outflow.member)
        current = member.affiliations.order_by("-start").first()
        registered = timezone.localdate(outflow.registered_at)
        if member.left_on is None and (current is None or current.start <= max(outflow.start, registered - timedelta(days=1))):
            continue
        day = member.left_on or current.start
        left_out = member.left_on is not None and current.end_reason != Affiliation.EndReason.TRANSFERRED_OUT
        _end(
            outflow,
            on=max(day, outflow.start + timedelta(days=1)),
            reason=EndReason.LEFT if left_out else EndReason.TRANSFERRED,
            today=max(today, outflow.start + timedelta(days=1)),
            by=None,
        )
        if member.left_on is None:
            keep_roster(member, outflow=None, today=today, by=None)
        count += 1
    return count


def keep_roster(member: Member, *, outflow: Outflow | None, today: date, by: User | None) -> None:
    """Make the roster's own columns, and the class from today on, say what the open row says."""
    wanted = {"is_mobile": outflow is not None, "destination": outflow.destination if outflow else ""}
    held = locked(member)
    if all(getattr(held, name) == value for name, value in wanted.items()):
        return
    people.edit(held, version=held.version, by=by, on=today, **wanted)


def end_for(member: Member, *, on: date, reason: str, today: date, by: User | None) -> None:
    """End whatever is open of a member; nothing where nothing is."""
    outflow = Outflow.objects.filter(member=member, end=None).first()
    if outflow is not None:
        end_outflow(outflow, on=max(on, outflow.start + timedelta(days=1)), reason=reason, today=max(today, on), by=by)


def _end(held: Outflow, *, on: date, reason: str, today: date, by: User | None) -> None:
    if on <= held.start:
        raise DomainError(f"{held.member.name} {held.start:%Y-%m-%d} 才外出，结束的日子要晚于那天。", field="on")
    if on > today:
        raise DomainError("这一天还没有到，到了再登记。", field="on")
    held.end, held.end_reason, held.ended_by = on, reason, by
    held.version += 1
    held.save(update_fields=["end", "end_reason", "ended_by", "version"])
    reasons = {EndReason.RETURNED: "returned", EndReason.TRANSFERRED: "transferred", EndReason.LEFT: "transferred"}
    for hosting in Hosting.objects.select_for_update().filter(outflow=held, end=None).exclude(state=Hosting.State.DECLINED):
        hosting.end, hosting.end_reason, hosting.ended_by = max(on, hosting.start + timedelta(days=1)), reasons.get(reason, "moved"), by
        hosting.save(update_fields=["end", "end_reason", "ended_by"])
    _record("ended", held, held.member, by=by, end=on, reason=reason)


def open_row(outflow: Outflow) -> Outflow:
    """The row as it is now, its member locked first: that is the order every act on a person takes."""
    locked(outflow.member)
    held = Outflow.objects.select_for_update(of=("self",)).select_related("member__branch", "contact").get(pk=outflow.pk)
    if held.end is not None:
        raise DomainError(f"这次外出 {held.end:%Y-%m-%d} 已经了结（{held.get_end_reason_display()}），不能再改。")
    return held


def refuse_not_here(member: Member) -> None:
    """Who is no longer ours, or whose 党籍 is stopped, is not registered as away."""
    if member.left_on is not None or member.branch is None:
        raise DomainError(f"{member.name}的组织关系已经不在本县。")
    if member.standing == Member.Standing.SUSPENDED:
        raise DomainError(f"{member.name}已经停止党籍，不登记流动。")


def _check_days(*, start: date, expected: date | None, today: date) -> None:
    if start > today:
        raise DomainError("外出的日子还没有到，走了再登记。", field="start")
    if expected is None:
        return
    months = value_on(today, AWAY_MONTHS)
    if expected <= start:
        raise DomainError("预计返回的日子要晚于外出的日子。", field="expected_return")
    if not is_away(start=start, until=expected, months=months):
        full = months_after(start, months)
        raise DomainError(
            f"到 {expected:%Y-%m-%d} 外出不满 {months} 个月，不登记为流动党员。{full:%Y-%m-%d} 还没有回来再登记。", field="expected_return"
        )


def _check_place(content: dict) -> None:
    if content.get("province") not in PROVINCES:
        raise DomainError("选外出到哪个省份。", field="province")
    if not (content.get("city") or content.get("county")):
        raise DomainError("流动党员要填外出流向，写到县。", field="city")
    destination_words(content["province"], content.get("city", ""), content.get("county", ""))


def _check_contact(member: Member, contact: Member | None) -> None:
    """A named contact in the branch (Art33): a 正式党员 of it who is there."""
    if contact is None:
        raise DomainError("选一位支部联系人。", field="contact")
    if contact.pk == member.pk:
        raise DomainError("联系人要另选一位，不能是本人。", field="contact")
    here = contact.branch_id == member.branch_id and contact.left_on is None
    if not here or contact.category != Member.Category.FULL or contact.is_mobile or contact.is_lost:
        raise DomainError("联系人要是本支部在家的正式党员，另选一位。", field="contact")


def _plain(value):
    return str(value.uid) if isinstance(value, Member) else value


def _record(act: str, outflow: Outflow, member: Member, *, by: User | None, **data) -> None:
    path = member.branch.path if member.branch else ""
    audit.record(f"mobility.outflow.{act}", outflow, by=by, path=path, subject=member.uid, **data)
