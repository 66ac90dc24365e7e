"""What every act of a transfer begins and ends with: the row held, the turn asked, a dated step and an audit row left."""

from datetime import date

from django.db.models import Value

from branches.access import can
from branches.models import Organisation
from members.models import Member
from members.transfers import rules
from members.transfers.models import Letter, Step, Transfer, handlers
from partyportal.core import audit
from partyportal.core.days import chinese_day
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User

Act, State = Step.Act, Transfer.State
LEVELS = {rules.OUT_BRANCH: "转出支部", rules.OUT_COMMITTEE: "转出党委", rules.IN_BRANCH: "转入支部", rules.IN_COMMITTEE: "接收党委"}


def held(transfer: Transfer, *, version: int | None = None) -> Transfer:
    """The row as it is now, kept against another act until this transaction ends."""
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("member__branch", "from_branch", "to_branch", "arrival")
    row = rows.defer("member__id_number").get(pk=transfer.pk)
    if version is not None and row.version != version:
        raise Stale(f"这次转接刚才有人办过，{_stands(row)}。看过再办。")
    return row


def good_letter(transfer: Transfer) -> Letter | None:
    """The letter that is travelling, if there is one."""
    return transfer.letters.filter(used_on=None, voided_on=None).first()


def is_expired(transfer: Transfer, on: date) -> bool:
    """Whether the letter that is travelling is past its last day."""
    letter = good_letter(transfer) if transfer.state == State.TRAVELLING else None
    return letter is not None and rules.has_expired(letter.valid_until, on)


def require_turn(transfer: Transfer, act: str, *, today: date) -> None:
    """Refuse an act whose turn it is not: in the wrong order, done already, or over."""
    expired = is_expired(transfer, today)
    found = rules.next_act(transfer.kind, transfer.state, expired=expired)
    if found is not None and found[0] == act:
        return
    if expired and act == Act.RECEIVE:
        letter = good_letter(transfer)
        raise DomainError(
            f"介绍信 {letter.number} 的有效期到 {letter.valid_until:%Y-%m-%d}，已经过期，不能接收。请转出支部证明后重开一封。"
        )
    waits = f"，等{LEVELS[found[1]]}{Act(found[0]).label}" if found else ""
    raise DomainError(f"{_stands(transfer)}{waits}，现在不能办“{Act(act).label}”。")


def _stands(transfer: Transfer) -> str:
    last = transfer.steps.select_related("by").order_by("-id").first()
    done = f"{last.by}在 {chinese_day(last.on)}已办“{last.get_act_display()}”，" if last else ""
    return f"{done}这次转接{'' if transfer.is_over else '现在'}是“{transfer.get_state_display()}”"


def handler_of(branch: Organisation, today: date) -> Organisation:
    """The organisation that issues and receives for a branch on a day (条例 Art25)."""
    return handlers(Value(branch.path), today).first()


def require_handler(branch: Organisation, *, by: User, today: date, what: str) -> Organisation:
    """The organisation in whose name a letter is issued or received; whoever may decide only below it is told where to go."""
    above = handler_of(branch, today)
    if not can(by, "transfer.decide", above):
        raise DomainError(f"{what}要由有审批预备党员权限的基层党委办，党总支和支部不能办。{branch}归{above}，报它办理。")
    return above


def require_second_person(transfer: Transfer, *, by: User, what: str) -> None:
    """Two steps that check each other are two persons' work."""
    last = transfer.steps.order_by("-id").first()
    if last is not None and last.by_id == by.pk:
        raise DomainError(f"上一步“{last.get_act_display()}”是你办的，{what}要由另一个人办。")


def require_living(branch: Organisation) -> None:
    """Refuse a branch nobody can be placed in."""
    if not branch.is_branch:
        raise DomainError("组织关系只能转到党支部。", field="to_branch")
    if branch.dissolved_on is not None:
        raise DomainError("这个党支部已经撤销，选别的支部。", field="to_branch")


def require_still_there(transfer: Transfer) -> Member:
    """The member as they are; one who left the branch meanwhile cannot be transferred out of it."""
    member = transfer.member
    if member.left_on is not None or member.branch_id != transfer.from_branch_id:
        raise DomainError(f"{member}已经不在{transfer.from_branch}，这次转接办不下去。撤销它，需要的话重新申请。")
    if member.standing == Member.Standing.SUSPENDED:
        raise DomainError(f"{member}停止党籍，恢复以后才能转接组织关系。")
    return member


def take(
    transfer: Transfer,
    act: str,
    state: str,
    *,
    by: User,
    on: date,
    organisation: Organisation | None,
    refusal: str = "",
    note: str = "",
    **data,
) -> Transfer:
    """Move the case on: its new state, the dated step, the audit row (no names, no words)."""
    transfer.state, transfer.acted_on = state, on
    transfer.version += 1
    transfer.save()
    return record(transfer, act, by=by, on=on, organisation=organisation, refusal=refusal, note=note, **data)


def record(
    transfer: Transfer, act: str, *, by: User, on: date, organisation: Organisation | None, refusal: str = "", note: str = "", **data
) -> Transfer:
    Step.objects.create(
        transfer=transfer, act=act, state=transfer.state, on=on, by=by, organisation=organisation, refusal=refusal, note=note.strip()
    )
    place = organisation or transfer.from_branch or transfer.to_branch
    audit.record(
        f"transfers.transfer.{act}",
        transfer,
        by=by,
        path=place.path,
        subject=transfer.member.uid if transfer.member else None,
        kind=transfer.kind,
        state=transfer.state,
        on=on,
        **({"refusal": refusal} if refusal else {}),
        **data,
    )
    return transfer
