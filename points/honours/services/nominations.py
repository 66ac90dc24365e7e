"""One candidate: put forward by vote, passed or refused by another person above, taken back, or dropped with a reason."""

from datetime import date

from django.db import IntegrityError, transaction

from branches.access import can
from branches.models import Organisation
from members.models import Member
from members.services.membership import locked
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.honours import rules
from points.honours.models import Call, Nomination, Share
from points.honours.selectors.candidates import bars_of, places_of
from points.honours.services.steps import Act, held, held_nomination, record, require_reason, require_stage


@transaction.atomic
def nominate(
    call: Call,
    *,
    member: Member | None = None,
    organisation: Organisation | None = None,
    deeds: str,
    meeting: str,
    met_on: date,
    entitled: int,
    present: int,
    in_favour: int,
    by: User,
    today: date,
    materials: str = "",
) -> Nomination:
    """推荐: of a member by the branch, of an organisation by itself, inside the window, as a meeting voted.

    Who died is put forward by the branch of their last day (追授).
    """
    row = held(call)
    require_stage(row, rules.NOMINATING, today=today, what="推荐")
    field = "member" if row.is_of_members else "organisation"
    if row.is_of_members:
        member, organisation = _fit_member(row, member, by=by, today=today)
    else:
        member, organisation = None, _fit_organisation(organisation)
    share = _share_of(row, organisation, field=field)
    if not row.issued_on <= met_on <= today:
        raise DomainError("会议要在通知印发以后，不晚于今天。", field="met_on")
    if fault := rules.vote_fault(entitled=entitled, present=present, in_favour=in_favour):
        raise DomainError(fault[0], field=fault[1])
    if not deeds.strip():
        raise DomainError("写主要事迹，审核和公示都要看。", field="deeds")
    nomination = Nomination(
        call=row,
        share=share,
        member=member,
        organisation=organisation,
        deeds=deeds.strip(),
        materials=materials.strip(),
        meeting=meeting,
        met_on=met_on,
        entitled=entitled,
        present=present,
        in_favour=in_favour,
        nominated_on=today,
        nominated_by=by,
    )
    try:
        with transaction.atomic():
            nomination.save(force_insert=True)
    except IntegrityError as fault:
        if "once" not in str(fault):
            raise
        raise DomainError(f"{nomination.candidate}已经推荐过了。", field=field) from None
    record(row, Act.NOMINATE, by=by, on=today, nomination=nomination, entitled=entitled, present=present, in_favour=in_favour)
    return nomination


def _fit_member(call: Call, member: Member | None, *, by: User, today: date) -> tuple[Member, Organisation]:
    """The member put forward, locked, and the branch that puts them forward; never by themselves."""
    if member is None:
        raise DomainError("选推荐哪一位党员。", field="member")
    member = locked(member)
    _refuse_unfit(call, member, today, field="member")
    if member.user_id == by.pk:
        raise DomainError("不能登记对自己的推荐，请支部另一位同志登记。", field="member")
    return member, Organisation.objects.get(pk=places_of([member.pk], today)[member.pk].organisation_id)


def _fit_organisation(organisation: Organisation | None) -> Organisation:
    if organisation is None:
        raise DomainError("选推荐哪一个党组织。", field="organisation")
    _refuse_organisation(organisation)
    return organisation


def _share_of(call: Call, organisation: Organisation, *, field: str) -> Share | None:
    """The share of places a nomination counts on; none: those nobody was given."""
    if not organisation.path.startswith(call.organiser.path) or organisation.pk == call.organiser_id:
        raise DomainError(f"{organisation}不在{call.organiser}下面，不能参加这次评选。", field=field)
    share = next((one for one in call.shares.select_related("organisation") if organisation.path.startswith(one.organisation.path)), None)
    if share is None and not call.free:
        raise DomainError(f"名额都分到了单位，{organisation}没有分到。", field=field)
    return share


def _refuse_organisation(organisation: Organisation) -> None:
    if organisation.dissolved_on is not None:
        raise DomainError("这个党组织已经撤销。", field="organisation")
    if organisation.kind == Organisation.Kind.GROUP:
        raise DomainError("党小组不是一级党组织，推荐它所在的党支部。", field="organisation")


def _refuse_unfit(call: Call, member: Member, day: date, *, field: str | None = None) -> None:
    if found := bars_of(call, [member], day)[member.pk]:
        raise DomainError(f"{member.name}{'，'.join(found)}，不符合这次评选的条件。", field=field)


@transaction.atomic
def approve(nomination: Nomination, *, by: User, today: date, note: str = "") -> Nomination:
    """审核通过: by another person than who nominated, of the organisation above; it takes a place if one is left."""
    row = held_nomination(nomination)
    _require_reviewer(row, by=by, today=today, what="审核")
    if row.member_id:
        _refuse_unfit(row.call, row.member, today)
    else:
        _refuse_organisation(row.organisation)
    if row.call.left < 1:
        raise DomainError(f"{row.call.quota} 个名额已经用完。取消一个已通过的，才能再通过。")
    if row.share and row.share.left < 1:
        raise DomainError(f"{row.share.organisation}的 {row.share.places} 个名额已经用完。取消一个已通过的，才能再通过。")
    if row.share is None and row.call.free_taken >= row.call.free:
        raise DomainError(f"没有分到单位的 {row.call.free} 个名额已经用完。取消一个已通过的，才能再通过。")
    return _move(row, Act.APPROVE, Nomination.State.APPROVED, by=by, on=today, note=note, reviewed_by=by)


@transaction.atomic
def refuse(nomination: Nomination, *, note: str, by: User, today: date) -> Nomination:
    """审核没有通过, with the reason the branch reads."""
    row = held_nomination(nomination)
    _require_reviewer(row, by=by, today=today, what="审核")
    note = require_reason(note, what="没有通过")
    return _move(row, Act.REFUSE, Nomination.State.REFUSED, by=by, on=today, note=note, reviewed_by=by)


def _require_reviewer(row: Nomination, *, by: User, today: date, what: str) -> None:
    require_stage(row.call, rules.NOMINATING, rules.REVIEWING, today=today, what=what)
    if row.state != Nomination.State.NOMINATED:
        raise DomainError(f"{row.candidate}的推荐{row.get_state_display()}，不用再审核。")
    if row.nominated_by_id == by.pk:
        raise DomainError("自己登记的推荐要由另一个人审核。")
    if row.member_id and row.member.user_id == by.pk:
        raise DomainError("对自己的推荐要由另一个人审核。")
    if not can(by, "honour.review", row.organisation.parent):
        raise DomainError(f"推荐由上一级审核，请{row.organisation.parent}办。")


@transaction.atomic
def withdraw(nomination: Nomination, *, note: str, by: User, today: date) -> Nomination:
    """撤回推荐: the branch takes back what is not reviewed yet."""
    row = held_nomination(nomination)
    require_stage(row.call, rules.NOMINATING, rules.REVIEWING, today=today, what="撤回推荐")
    if row.state != Nomination.State.NOMINATED:
        raise DomainError(f"{row.candidate}的推荐{row.get_state_display()}，不能撤回。")
    note = require_reason(note, what="撤回")
    return _move(row, Act.WITHDRAW, Nomination.State.WITHDRAWN, by=by, on=today, note=note)


@transaction.atomic
def drop(nomination: Nomination, *, note: str, by: User, today: date) -> Nomination:
    """取消资格 of one who was approved: by the organiser, with the reason; the place is free again."""
    row = held_nomination(nomination)
    require_stage(row.call, rules.NOMINATING, rules.REVIEWING, rules.PUBLIC, rules.DUE, today=today, what="取消资格")
    if row.state != Nomination.State.APPROVED:
        raise DomainError(f"{row.candidate}的推荐{row.get_state_display()}，没有资格可以取消。")
    note = require_reason(note, what="取消资格")
    return _move(row, Act.DROP, Nomination.State.DROPPED, by=by, on=today, note=note)


def _move(row: Nomination, act: str, state: str, *, by: User, on: date, note: str = "", reviewed_by: User | None = None) -> Nomination:
    row.state = state
    if reviewed_by is not None:
        row.reviewed_by = reviewed_by
    row.save(update_fields=["state", "reviewed_by"])
    record(row.call, act, by=by, on=on, nomination=row, note=note)
    return row
