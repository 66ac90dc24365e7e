"""Where transfers stand: whose turn it is, what this user may do, and the list narrowed by its address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from branches.access import can, paths_for
from branches.models import Organisation
from members.transfers import rules
from members.transfers.models import Letter, Step, Transfer

Act, State, Kind = Step.Act, Transfer.State, Transfer.Kind

# What each act is called on its button, by kind where it differs.
BUTTONS = {
    Act.AGREE: "同意转接",
    Act.APPROVE: "批准，开介绍信",
    Act.RECEIVE: "审核通过，接收",
    Act.PLACE: "编入支部",
    Act.ARCHIVE: "回执归档",
    Act.PROVE: "证明，请党委重开",
    Act.RESUBMIT: "改好再报",
    Act.REFUSE: "退回",
    Act.WITHDRAW: "撤销转接",
}


def button_of(transfer: Transfer, act: str) -> str:
    """The words of an act's button, as this kind of transfer has them."""
    if act == Act.APPROVE and transfer.kind == Kind.INTERNAL:
        return "批准调整"
    if act == Act.ARCHIVE and transfer.kind == Kind.OUT:
        return "登记回执，转出"
    if act == Act.ARCHIVE and transfer.kind == Kind.IN:
        return "回执已寄回"
    return BUTTONS[act]


# The steps a case of a kind goes through, as the page draws them: (word, the states in which it stands there).
WAY = {
    Kind.COUNTY: (
        ("申请", ()),
        ("支部同意", (State.APPLIED, State.RETURNED)),
        ("党委审批", (State.AGREED,)),
        ("接收审核", (State.TRAVELLING,)),
        ("编入支部", (State.RECEIVED,)),
        ("回执归档", (State.PLACED,)),
        ("办结", (State.DONE,)),
    ),
    Kind.INTERNAL: (
        ("申请", ()),
        ("支部同意", (State.APPLIED, State.RETURNED)),
        ("党委审批", (State.AGREED,)),
        ("编入支部", (State.RECEIVED,)),
        ("办结", (State.DONE,)),
    ),
    Kind.OUT: (
        ("申请", ()),
        ("支部同意", (State.APPLIED, State.RETURNED)),
        ("党委审批", (State.AGREED,)),
        ("在途，等回执", (State.TRAVELLING,)),
        ("办结", (State.DONE,)),
    ),
    Kind.IN: (
        ("登记介绍信", (State.RETURNED,)),
        ("编入支部", (State.RECEIVED,)),
        ("寄回执", (State.PLACED,)),
        ("办结", (State.DONE,)),
    ),
}
CHIPS = {State.TRAVELLING: "way", State.RETURNED: "act", State.DONE: "done", State.WITHDRAWN: "grey"}


def letters_ahead(transfers: QuerySet) -> QuerySet:
    """Each with the last day of the letter that is travelling."""
    good = Letter.objects.filter(transfer=OuterRef("pk"), used_on=None, voided_on=None)
    return transfers.annotate(good_until=Subquery(good.values("valid_until")[:1]))


def expired(today: date) -> Q:
    """On the way with a letter past its last day; asks for `letters_ahead`."""
    return Q(state=State.TRAVELLING, good_until__lt=today)


def at_level(level: tuple[str, str], today: date) -> Q:
    """Transfers whose next act is of this side and level: the rule of `rules.next_act`, asked of the database."""
    found = Q(pk=None)
    for kind in Kind.values:
        for state in State.values:
            for late in (False, True):
                turn = rules.next_act(kind, state, expired=late)
                if turn is None or turn[1] != level or (late and state != State.TRAVELLING):
                    continue
                one = Q(kind=kind, state=state)
                if state == State.TRAVELLING:
                    one &= Q(good_until__lt=today) if late else Q(good_until__gte=today)
                found |= one
    return found


def waiting_for(user, today: date) -> QuerySet:
    """Open transfers whose next act is the user's own: of the branch or of the committee they were granted, not of all below it."""
    branches, committees = paths_for(user, "transfer.apply"), paths_for(user, "transfer.decide")
    mine = (
        at_level(rules.OUT_BRANCH, today) & Q(from_branch__path__in=branches)
        | at_level(rules.IN_BRANCH, today) & Q(to_branch__path__in=branches)
        | at_level(rules.OUT_COMMITTEE, today) & Q(out_handler__in=committees)
        | at_level(rules.IN_COMMITTEE, today) & Q(in_handler__in=committees)
    )
    return letters_ahead(Transfer.objects.visible_to(user).open().with_handlers(today)).filter(mine)


TABS = (("waiting", "等我办"), ("out", "转出"), ("in", "转入"), ("done", "办结"))


def tabbed(user, *, today: date, within: Organisation | None = None) -> dict[str, QuerySet]:
    """The four lists of the page. One's own transfer is among those going out."""
    seen = letters_ahead(Transfer.objects.visible_to(user).with_handlers(today))
    waiting = waiting_for(user, today)
    if within is not None:
        seen, waiting = seen.within(within), waiting.within(within)
    out_of, into = Q(member__user=user), Q(pk=None)
    for path in [within.path] if within else paths_for(user):
        out_of |= Q(from_branch__path__startswith=path)
        into |= Q(to_branch__path__startswith=path, approved_on__isnull=False)
    return {
        "waiting": waiting,
        "out": seen.open().filter(out_of),
        "in": seen.open().filter(into),
        "done": seen.filter(state__in=Transfer.OVER),
    }


def counts(lists: dict[str, QuerySet]) -> dict[str, int]:
    """How many stand in each list."""
    return {key: rows.order_by().aggregate(count=Count("pk"))["count"] for key, rows in lists.items()}


STANDS = [("", "不限"), *((value, label) for value, label in State.choices if value not in Transfer.OVER), ("expired", "介绍信过期")]


def narrowed(
    transfers: QuerySet, *, today: date, q: str = "", kind: str = "", stands: str = "", year: int | None = None, member=None
) -> QuerySet:
    """The list as its address asks."""
    if q:
        transfers = transfers.filter(
            Q(member__name__contains=q)
            | Q(member__pinyin__startswith=q.lower())
            | Q(member__initials__startswith=q.lower())
            | Q(arrival__name__contains=q)
        )
    if kind in Kind.values:
        transfers = transfers.filter(kind=kind)
    if stands == "expired":
        transfers = transfers.filter(expired(today))
    elif stands in State.values:
        transfers = transfers.filter(state=stands)
    if year:
        transfers = transfers.filter(applied_on__year=year)
    return transfers.filter(member__uid=member) if member else transfers


@dataclass(frozen=True, kw_only=True)
class Line:
    """One transfer as a list or a page shows it."""

    transfer: Transfer
    expired: bool
    act: str  # the act it waits for, or ""
    turn: str  # whose: 等白驼镇党委接收审核
    until: date | None

    @property
    def state_label(self) -> str:
        return "介绍信过期" if self.expired else self.transfer.get_state_display()

    @property
    def chip(self) -> str:
        return "act" if self.expired else CHIPS.get(self.transfer.state, "look")


def exportable(found: QuerySet, user) -> QuerySet:
    """Of a list, what the user may take out: cases that leave their branches, and those that come to them once they are approved."""
    theirs = Q(pk__in=[])
    for path in paths_for(user, "member.export"):
        theirs |= Q(from_branch__path__startswith=path) | Q(to_branch__path__startswith=path, approved_on__isnull=False)
        theirs |= Q(kind=Transfer.Kind.IN, to_branch__path__startswith=path)
    return found.filter(theirs)


def lines(transfers: Iterable[Transfer], today: date) -> list[Line]:
    """Each with whose turn it is; one statement for the names of the committees."""
    rows = list(transfers)
    paths = {path for row in rows for path in (row.out_handler, row.in_handler) if path}
    names = dict(Organisation.objects.filter(path__in=paths).values_list("path", "short_name")) if paths else {}
    return [line_of(row, names, today) for row in rows]


def line_of(row: Transfer, names: dict[str, str], today: date) -> Line:
    """One row of `letters_ahead` and `with_handlers`; `names` of the committees by path, where they are to be told."""
    late = row.state == State.TRAVELLING and row.good_until is not None and rules.has_expired(row.good_until, today)
    found = rules.next_act(row.kind, row.state, expired=late)
    act, whose = found if found else ("", None)
    who = {
        rules.OUT_BRANCH: row.from_branch.short_name if row.from_branch else "",
        rules.IN_BRANCH: row.to_branch.short_name if row.to_branch else "",
        rules.OUT_COMMITTEE: names.get(row.out_handler, ""),
        rules.IN_COMMITTEE: names.get(row.in_handler, ""),
        None: "",
    }[whose]
    if row.kind == Kind.OUT and row.state == State.TRAVELLING:
        turn = f"等对方回执，{who}登记"
    else:
        turn = f"等{who}{_TO_DO[act]}" if act else ""
    return Line(transfer=row, expired=late, act=act, turn=turn, until=row.good_until)


_TO_DO = {
    Act.AGREE: "同意",
    Act.APPROVE: "审批",
    Act.RECEIVE: "审核接收",
    Act.PLACE: "编入支部",
    Act.ARCHIVE: "把回执归档",
    Act.PROVE: "证明后重办",
    Act.RESUBMIT: "改好再报",
}


# ── What one user may do with one transfer ──────────────────────────────────
def place_of(transfer: Transfer, act: str) -> tuple[str, Organisation]:
    """The verb an act needs, and the branch where it must hold. A refusal is of whoever is asked."""
    if act == Act.REFUSE:
        found = rules.next_act(transfer.kind, transfer.state)
        act = found[0] if found else Act.APPROVE
    comes = transfer.kind == Kind.IN
    branch = transfer.to_branch if comes or act in {Act.RECEIVE, Act.PLACE} else transfer.from_branch
    decides = act in {Act.APPROVE, Act.RECEIVE, Act.ARCHIVE} or (comes and act in {Act.RESUBMIT, Act.WITHDRAW})
    return ("transfer.decide" if decides else "transfer.apply"), branch


def is_own(user, transfer: Transfer, act: str) -> bool:
    """What a member may do with their own transfer without a post: take it back, or report it again."""
    own = transfer.member is not None and transfer.member.user_id == user.pk and transfer.kind != Kind.IN
    return own and act in {Act.WITHDRAW, Act.RESUBMIT}


def may(user, transfer: Transfer, act: str) -> bool:
    """Whether the user holds the verb of an act where it must hold."""
    verb, branch = place_of(transfer, act)
    return branch is not None and (is_own(user, transfer, act) or can(user, verb, branch))


def acts_open(user, line: Line) -> list[str]:
    """The acts the page offers this user, the next one first."""
    row, found = line.transfer, []
    if line.act:
        found.append(line.act)
    if rules.may_prove(row.kind, row.state, expired=line.expired) and Act.PROVE not in found:
        found.append(Act.PROVE)
    if rules.may_refuse(row.kind, row.state, expired=line.expired):
        found.append(Act.REFUSE)
    if rules.may_withdraw(row.kind, row.state):
        found.append(Act.WITHDRAW)
    return [act for act in found if may(user, row, act) and (act in {Act.WITHDRAW, Act.RESUBMIT, Act.PROVE} or _is_theirs(user, line, act))]


def _is_theirs(user, line: Line, act: str) -> bool:
    """Whether a committee's act is offered: to those who may decide for the committee itself, and not to a second step of one person."""
    row = line.transfer
    verb, branch = place_of(row, act)
    if verb != "transfer.decide":
        return True
    handler = row.in_handler if branch == row.to_branch else row.out_handler
    return any(handler.startswith(path) for path in paths_for(user, verb))


def one(user, uid, today: date) -> QuerySet:
    """The rows a page of one transfer reads from."""
    rows = letters_ahead(Transfer.objects.visible_to(user).with_handlers(today))
    return whole(rows).filter(uid=uid)


def whole(rows: QuerySet) -> QuerySet:
    """With the people and places a line names; the encrypted number stays where it is."""
    related = rows.select_related("member", "from_branch", "to_branch", "arrival", "applied_by")
    return related.defer("member__id_number", "member__id_index", "member__id_tail_index", "arrival__id_number", "arrival__details")


def way_of(transfer: Transfer) -> tuple[list[str], str]:
    """The steps as the page draws them, and the one it stands at; one withdrawn stands at its beginning."""
    steps = WAY[transfer.kind]
    current = next((word for word, states in steps if transfer.state in states), steps[0][0])
    return [word for word, _ in steps], current


@dataclass(frozen=True)
class Event:
    """A step as the timeline shows it."""

    on: date
    title: str
    note: str
    kind: str


def history(transfer: Transfer) -> list[Event]:
    """Every step, newest first: who, in whose name, and in which words."""
    found = []
    for step in transfer.steps.select_related("by", "organisation").order_by("-id"):
        who = f"{step.organisation} {step.by}" if step.organisation else f"本人 {step.by}"
        title = step.get_act_display() + (f"：{step.get_refusal_display()}" if step.refusal else "")
        found.append(Event(step.on, title, f"{who}。{step.note}" if step.note else who, "act" if step.refusal else "change"))
    return found


@dataclass(frozen=True)
class Verdict:
    """What a code on paper is worth today: the answer in a word, and of whom without naming them."""

    answer: str
    kind: str
    words: str
    letter: Letter | None = None


def verdict(code: str, today: date) -> Verdict:
    """真, 已用, 已过期, 已作废 or 不真: all that the public page tells, with the name masked."""
    letter = Letter.objects.filter(code=code).select_related("transfer__member").defer("transfer__member__id_number").first()
    if letter is None:
        return Verdict("不真", "need", "没有这个校验码的介绍信。核对一下有没有抄错；没抄错，这封介绍信就不是从这里开出的。")
    if letter.voided_on is not None:
        return Verdict("已作废", "need", "这封介绍信已经作废，不能凭它接收。", letter)
    if letter.used_on is not None:
        return Verdict("已用", "look", "这封介绍信是真的，已经接收过，不能再用。", letter)
    if rules.has_expired(letter.valid_until, today):
        return Verdict("已过期", "need", "这封介绍信是真的，有效期已过。请原党支部证明后重开一封。", letter)
    return Verdict("真", "done", "这封介绍信是真的，还在有效期内，没有用过。", letter)
