"""Where a member belongs: the one door by which an affiliation opens, moves and ends, and 党籍 stops and returns.

Transfers, outflows, deaths, decisions and merges all come through here, so that on each day a member has one home
branch, or none with a reason. Every act locks the member, so two of them are taken one after the other.
"""

from datetime import date

from django.db import transaction

from branches.models import Organisation
from branches.services.organisations import still_exists
from members.models import Affiliation, GroupMembership, Member, Office, Suspension
from members.services.offices import end_offices
from members.services.people import keep_class
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


def locked(member: Member) -> Member:
    """The member's row as it is now, kept until the transaction ends.

    The branch is read afterwards: joined to a row that was waited for, it would be missing if the row had changed branches meanwhile.
    """
    held = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    if held.merged_into_id is not None:
        raise DomainError(f"{held.name}的这份档案已并入另一份，到保留的那份档案里办。")
    return held


@transaction.atomic
def move(member: Member, *, to: Organisation, on: date, by: User | None, reason: str = Affiliation.Reason.MOVED, basis: str = "") -> Member:
    """Move a member to another 党支部 of the county from a day on. Posts in the branch left behind end with it, and those of
    the organisations above it that are not above the new one: who leaves the township leaves its committee."""
    held, current = _at_home(member)
    _refuse_no_branch(to)
    if current.organisation_id == to.pk:
        raise DomainError(f"{held.name}已经在这个支部。", field="to")
    if on < current.start:
        raise DomainError(f"{held.name}在 {current.start:%Y-%m-%d} 才编入现在的支部，转移的日子不能更早。", field="on")
    left = held.branch
    if on == current.start:  # the row never held for a whole day: it is corrected, not closed
        Affiliation.objects.filter(pk=current.pk).update(organisation=to, basis=basis or current.basis)
    else:
        Affiliation.objects.filter(pk=current.pk).update(end=on, end_reason=Affiliation.EndReason.MOVED)
        Affiliation.objects.create(member=held, organisation=to, start=on, reason=reason, basis=basis)
    _leave_groups(held, on=on)
    end_offices(held, on=on, by=by, reason=Office.EndReason.MOVED, left=left, joined=to)
    refuse_dissolved(to)
    held.refresh_from_db()
    keep_class(held, on=on)
    audit.record(
        "members.member.moved", held, by=by, path=to.path, subject=held.uid, start=on, **{"from": left.code, "to": to.code}, basis=basis
    )
    return held


@transaction.atomic
def leave(member: Member, *, on: date, reason: str, by: User | None, basis: str = "", leave_grants_above: bool = False) -> Member:
    """End a member's affiliation without another: `on` is the first day away. Groups, offices and a suspension end too.

    Who closes the login may leave the grants of posts above the actor to the security admin (`leave_grants_above`).
    """
    held, current = _at_home(member)
    if on <= current.start:
        raise DomainError(f"{held.name}在 {current.start:%Y-%m-%d} 才编入现在的支部，离开的日子要晚于那天。", field="on")
    Affiliation.objects.filter(pk=current.pk).update(end=on, end_reason=reason, basis=basis or current.basis)
    _leave_groups(held, on=on)
    died = reason == Affiliation.EndReason.DIED
    why = Office.EndReason.DIED if died else Office.EndReason.LEFT
    end_offices(held, on=on, by=by, reason=why, leave_grants_above=leave_grants_above)
    outcome = Suspension.Outcome.REMOVED if reason == Affiliation.EndReason.REMOVED else Suspension.Outcome.LEFT
    _end_suspension(held, on=on, outcome=outcome)
    held.refresh_from_db()
    audit.record("members.member.left", held, by=by, path=held.branch.path, subject=held.uid, end=on, reason=reason, basis=basis)
    return held


@transaction.atomic
def come_back(member: Member, *, to: Organisation, on: date, reason: str, by: User | None, basis: str = "") -> Member:
    """Open an affiliation for somebody the county knew before: transferred back in, or restored."""
    held = locked(member)
    _refuse_no_branch(to)
    last = held.affiliations.order_by("-start").first()
    if last is not None and last.end is None:
        raise DomainError(f"{held.name}的组织关系在本县，不用再编入。")
    if last is not None and last.end_reason in {Affiliation.EndReason.DIED, Affiliation.EndReason.MERGED}:
        raise DomainError(f"{held.name}的这份档案已经了结，不能再编入支部。")
    if last is not None and on < last.end:
        raise DomainError(f"{held.name}在 {last.end:%Y-%m-%d} 才离开，编入的日子不能更早。", field="on")
    Affiliation.objects.create(member=held, organisation=to, start=on, reason=reason, basis=basis)
    refuse_dissolved(to)
    held.refresh_from_db()
    keep_class(held, on=on)
    audit.record("members.member.came_back", held, by=by, path=to.path, subject=held.uid, start=on, to=to.code, reason=reason, basis=basis)
    return held


@transaction.atomic
def suspend(member: Member, *, on: date, reason: str, basis: str, by: User | None) -> Suspension:
    """停止党籍 from a day on; the affiliation stays, organisation life and offices do not (教育管理条例 Art24)."""
    held, current = _at_home(member)
    known = held.suspensions.filter(end=None).first()
    if known is not None and known.reason != Suspension.Reason.RECORDED:
        raise DomainError(f"{held.name}已经停止党籍。")
    if on < current.start:
        raise DomainError(f"{held.name}在 {current.start:%Y-%m-%d} 才编入现在的支部，停止的日子不能更早。", field="on")
    if known is not None:  # a roster said so before the decision was written down: the decision takes its place
        _end_suspension(held, on=on, outcome=Suspension.Outcome.DECIDED)
    row = Suspension.objects.create(member=held, start=on, reason=reason, basis=basis, decided_by=by)
    _set_standing(held, Member.Standing.SUSPENDED)
    end_offices(held, on=on, by=by, reason=Office.EndReason.SUSPENDED)
    audit.record("members.member.suspended", held, by=by, path=held.branch.path, subject=held.uid, start=on, reason=reason, basis=basis)
    return row


@transaction.atomic
def restore(member: Member, *, on: date, basis: str, by: User | None) -> Member:
    """恢复党籍 from a day on."""
    held, _ = _at_home(member)
    if not _end_suspension(held, on=on, outcome=Suspension.Outcome.RESTORED):
        raise DomainError(f"{held.name}没有停止党籍。")
    audit.record("members.member.restored", held, by=by, path=held.branch.path, subject=held.uid, end=on, basis=basis)
    return held


@transaction.atomic
def correct_death(member: Member, *, basis: str, by: User | None) -> Member:
    """A death recorded by mistake: the member is back in the same branch from the day they were said to be gone, so no day is lost.

    What was written stays; a row of its own says it was wrong. A suspension that the mistake had ended stands again.
    """
    held = locked(member)
    last = held.affiliations.select_related("organisation").order_by("-start").first()
    if last is None or last.end_reason != Affiliation.EndReason.DIED:
        raise DomainError(f"{held.name}没有登记去世。")
    _refuse_no_branch(last.organisation)
    Affiliation.objects.create(
        member=held, organisation=last.organisation, start=last.end, reason=Affiliation.Reason.CORRECTED, basis=basis
    )
    refuse_dissolved(last.organisation)
    held.refresh_from_db()
    ended = held.suspensions.filter(end=last.end, outcome=Suspension.Outcome.LEFT).first()
    if ended is not None:
        Suspension.objects.create(member=held, start=last.end, reason=ended.reason, basis=ended.basis, decided_by=by)
        _set_standing(held, Member.Standing.SUSPENDED)
    path = last.organisation.path
    audit.record("members.member.came_back", held, by=by, path=path, subject=held.uid, start=last.end, reason="corrected")
    return held


def refuse_dissolved(to: Organisation) -> None:
    """Asked last: it waits for a dissolution under way and sees how that ended; one begun later waits and sees the affiliation."""
    if not still_exists(to):
        raise DomainError("这个党支部已经撤销。", field="to")


@transaction.atomic
def put_off_full(member: Member, *, until: date, by: User | None) -> Member:
    """转正 is to be discussed by another day: the 预备期 was extended, or who came from elsewhere is discussed later."""
    held, _ = _at_home(member)
    held.probation_until, held.version = until, held.version + 1
    held.save(update_fields=["probation_until", "version", "updated_at"])
    audit.record("members.member.full_put_off", held, by=by, path=held.branch.path, subject=held.uid, until=until)
    return held


@transaction.atomic
def make_full(member: Member, *, on: date, basis: str, by: User | None) -> Member:
    """转正: a full member from the day the 预备期 was full; 党龄 counts from it (2026 细则 Art35)."""
    held, _ = _at_home(member)
    if held.category == Member.Category.FULL:
        raise DomainError(f"{held.name}已经是正式党员。")
    if held.standing == Member.Standing.SUSPENDED:
        raise DomainError(f"{held.name}停止党籍，恢复以后再办转正。")
    if on < held.joined_on:
        raise DomainError(f"转正不能早于入党的 {held.joined_on:%Y-%m-%d}。", field="on")
    held.category, held.full_on, held.version = Member.Category.FULL, on, held.version + 1
    held.save(update_fields=["category", "full_on", "version", "updated_at"])
    audit.record("members.member.made_full", held, by=by, path=held.branch.path, subject=held.uid, full_on=on, basis=basis)
    return held


def _at_home(member: Member) -> tuple[Member, Affiliation]:
    held = locked(member)
    current = held.affiliations.filter(end=None).first()
    if current is None:
        raise DomainError(f"{held.name}的组织关系已经不在本县。")
    return held, current


def _refuse_no_branch(to: Organisation) -> None:
    if to.kind != Organisation.Kind.BRANCH:
        raise DomainError("组织关系只能编入党支部。", field="to")
    if to.dissolved_on is not None:
        raise DomainError("这个党支部已经撤销。", field="to")


def _leave_groups(member: Member, *, on: date) -> None:
    GroupMembership.objects.filter(member=member, start__gte=on).delete()
    member.group_memberships.filter(end=None).update(end=on)


def _end_suspension(member: Member, *, on: date, outcome: str) -> bool:
    """Whether one stood. One that would end on its own first day lasts that day."""
    row = member.suspensions.filter(end=None).first()
    if row is None:
        return False
    if on <= row.start and outcome == Suspension.Outcome.RESTORED:
        raise DomainError(f"停止党籍从 {row.start:%Y-%m-%d} 起，恢复的日子要晚于那天。", field="on")
    if on <= row.start:
        row.delete()
    else:
        row.end, row.outcome = on, outcome
        row.save(update_fields=["end", "outcome"])
    _set_standing(member, Member.Standing.NORMAL)
    return True


def _set_standing(member: Member, standing: str) -> None:
    member.standing, member.version = standing, member.version + 1
    member.save(update_fields=["standing", "version", "updated_at"])
