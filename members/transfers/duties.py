"""What is due of transfers: the next act of each case, from the branch or the committee whose turn it is, and letters about to run out."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.transfers import rules
from members.transfers.models import Transfer
from members.transfers.parameters import STEP_DAYS, WARNING_DAYS
from members.transfers.selectors import Act, Kind, Line, State, at_level, letters_ahead, line_of, whole
from partyportal.core.days import chinese_day
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on

_DO = {
    Act.AGREE: ("看看{}的转接申请", "支部同意后报党委审批", "去同意"),
    Act.APPROVE: ("审批{}的组织关系转出", "支部已经同意，等党委开介绍信", "去审批"),
    Act.RECEIVE: ("接收{}的组织关系", "介绍信在途，核对材料后接收", "去接收"),
    Act.PLACE: ("把{}编入支部", "党委已经接收，编入那天起算本支部的党员", "去编入"),
    Act.ARCHIVE: ("把{}的回执归档", "已经编入支部，回执归入存根", "去归档"),
    Act.PROVE: ("为{}证明，重开介绍信", "介绍信过期了，支部证明后重办", "去证明"),
    Act.RESUBMIT: ("改好{}的转接再报", "被退回了，照缘由改好，不转了就撤销", "去改"),
}


def due(user, today: date) -> list[Duty]:
    """What the user's own branches and committees have to do."""
    own = Organisation.objects.existing()
    branches = own.branches().filter(path__in=paths_for(user, "transfer.apply"))
    committees = own.exclude(kind=Organisation.Kind.BRANCH).filter(path__in=paths_for(user, "transfer.decide"))
    return sorted([*due_for(branches, today), *due_for_committees(committees, today)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do, oldest first: as many statements for one as for three thousand."""
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    asked = at_level(rules.OUT_BRANCH, today) & Q(from_branch__in=branches) | at_level(rules.IN_BRANCH, today) & Q(to_branch__in=branches)
    running_out = Q(kind=Kind.COUNTY, state=State.TRAVELLING, from_branch__in=branches)
    duties = []
    for line, numbers in _open(asked | running_out, today):
        row = line.transfer
        if line.act in {Act.RECEIVE, Act.ARCHIVE}:
            if _is_near(line, today, numbers):
                duties.append(_hurry(line, branches[row.from_branch_id], today))
            continue
        duties.append(_next(line, branches[row.to_branch_id if line.act == Act.PLACE else row.from_branch_id], numbers))
    return sorted(duties)


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to do: letters to write, to receive, to file, and their own about to run out."""
    committees = {one.path: one for one in organisations}
    if not committees:
        return []
    asked = (
        at_level(rules.OUT_COMMITTEE, today) & Q(out_handler__in=committees)
        | at_level(rules.IN_COMMITTEE, today) & Q(in_handler__in=committees)
        | Q(kind=Kind.COUNTY, state=State.TRAVELLING, out_handler__in=committees)
    )
    duties = []
    for line, numbers in _open(asked, today):
        row = line.transfer
        theirs = row.in_handler if line.act == Act.RECEIVE or row.kind == Kind.IN else row.out_handler
        if line.act != Act.PROVE and theirs in committees:
            duties.append(_next(line, committees[theirs], numbers))
        if row.out_handler in committees and line.act == Act.RECEIVE and _is_near(line, today, numbers):
            duties.append(_hurry(line, committees[row.out_handler], today))
    return sorted(duties)


def _open(asked: Q, today: date) -> Iterator[tuple[Line, dict[str, int]]]:
    """The open cases asked for, each with the county's numbers; one statement where there are none."""
    rows = list(whole(letters_ahead(Transfer.objects.open().with_handlers(today)).filter(asked)))
    numbers = values_on(today, [STEP_DAYS, WARNING_DAYS]) if rows else {}
    return ((line_of(row, {}, today), numbers) for row in rows)


def _is_near(line: Line, today: date, numbers: dict[str, int]) -> bool:
    return line.until is not None and rules.is_near_expiry(line.until, today, warning_days=numbers[WARNING_DAYS.key])


def _next(line: Line, organisation: Organisation, numbers: dict[str, int]) -> Duty:
    row = line.transfer
    title, reason, act = _DO[line.act]
    due_on = row.acted_on + timedelta(days=numbers[STEP_DAYS.key])
    if row.kind == Kind.OUT and row.state == State.TRAVELLING:
        title, reason, act, due_on = "登记{}的回执", "介绍信已经开出，对方回执到了就登记；没有接收就撤销", "去登记", line.until
        reason = f"{reason}。{_until(line)}"
    elif line.until is not None:
        due_on, reason = min(due_on, line.until), f"{reason}。{_until(line)}"
    if row.kind == Kind.INTERNAL and line.act == Act.APPROVE:
        reason = "支部已经同意。同一个党委内部调整，不用介绍信"
    if row.kind == Kind.IN and line.act == Act.ARCHIVE:
        title, reason = "寄回{}的回执", "已经编入支部，回执寄回原党委"
    return _duty(line, organisation, title.format(row.person_name), f"{reason}。{row.leaves} → {row.goes_to}", act, due_on)


def _hurry(line: Line, organisation: Organisation, today: date) -> Duty:
    row = line.transfer
    left = (line.until - today).days
    words = "今天是最后一天" if not left else f"还有 {left} 天"
    return _duty(
        line,
        organisation,
        f"催{row.person_name}报到，介绍信快过期",
        f"{_until(line)}，{words}。过期要支部证明重办。{row.leaves} → {row.goes_to}",
        "去看",
        line.until,
        key="expiring",
    )


def _until(line: Line) -> str:
    return f"介绍信 {chinese_day(line.until)}到期"


def _duty(line: Line, organisation: Organisation, title: str, reason: str, act: str, due_on: date, *, key: str = "") -> Duty:
    return Duty.of(
        organisation,
        due_on=due_on,
        key=f"transfers.{key or line.act}:{line.transfer.uid}:{line.transfer.version}",
        title=title,
        reason=reason,
        act=act,
        url=reverse("transfers:transfer", args=[line.transfer.uid]),
    )
