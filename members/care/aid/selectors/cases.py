"""Cases as pages show them: the tabs with their numbers, the list, and what one user may do about one case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from branches.access import can, paths_for
from branches.models import Organisation
from members.care.aid import rules
from members.care.aid.models import Case, Objection
from members.care.aid.services.decisions import verb_of
from members.care.aid.services.steps import CHECKING, barred
from members.care.fund.models import Book, BudgetLine
from members.models import Member

# tab → (label, its states)
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("在办", rules.OPEN),
    "vote": ("等评议", (rules.VOTING,)),
    "review": ("等审核", (rules.REVIEWING,)),
    "approve": ("等审批", (rules.APPROVING,)),
    "notice": ("公示中", (rules.PUBLICITY,)),
    "pay": ("等付款", (rules.PAYING, rules.CONFIRMING)),
    "sign": ("等签收", (rules.SIGNING,)),
    "follow": ("等回访", (rules.FOLLOWING,)),
    "returned": ("退回", (rules.RETURNED,)),
    "over": ("办结", rules.OVER),
}
# Where somebody is expected to act within the limit: a notice hangs its days, a return visit has days of its own.
HURRIED = (rules.VOTING, rules.REVIEWING, rules.APPROVING, rules.PAYING, rules.CONFIRMING, rules.SIGNING, rules.RETURNED)
# What may be done to many at once, and by which verb
BULK = {rules.REVIEW: "care.review", rules.APPROVE: "care.approve", rules.PREPARE: "fund.record", rules.PAY: "fund.confirm"}
_RELATED = ("programme", "member", "organisation")


def listed(
    user, *, tab: str = "open", within: Organisation | None = None, text: str = "", programme: str = "", year: int | None = None
) -> QuerySet[Case]:
    """The cases a user may see: those that wait, who has waited longest first; those that are over, the latest first."""
    rows = narrowed(user, within=within, text=text, programme=programme, year=year).filter(state__in=TABS[tab][1])
    rows = rows.select_related(*_RELATED).defer("member__id_number", "sealed_need", "sealed_asker")
    return rows.order_by("-closed_on", "-id") if tab == "over" else rows.order_by("acted_on", "id")


def narrowed(user, *, within: Organisation | None, text: str, programme: str, year: int | None) -> QuerySet[Case]:
    """What the address asks for, of whatever state."""
    rows = Case.objects.visible_to(user)
    rows = rows.within(within) if within else rows
    rows = rows.filter(member__in=Member.objects.where(user, "care.see").matching(text).order_by().values("pk")) if text else rows
    rows = rows.filter(programme_code=programme) if programme else rows
    return rows.filter(year=year) if year else rows


def counted(rows: QuerySet[Case]) -> dict[str, int]:
    """How many stand under each tab: one statement."""
    sums = {tab: Count("pk", filter=Q(state__in=states)) for tab, (_, states) in TABS.items()}
    return rows.order_by().aggregate(**sums)


@dataclass(frozen=True)
class Turn:
    """What may be done about a case: the acts this user may do, the next first; and why not, if only their own hand keeps them."""

    acts: tuple[str, ...]
    why_not: str


_NEXT = {
    rules.VOTING: (rules.VOTE, rules.RETURN),
    rules.REVIEWING: (rules.REVIEW, rules.RETURN, rules.REFUSE),
    rules.APPROVING: (rules.APPROVE, rules.RETURN, rules.REFUSE),
    rules.PUBLICITY: (),
    rules.PAYING: (rules.PREPARE,),
    rules.CONFIRMING: (rules.PAY,),
    rules.SIGNING: (rules.SIGN,),
    rules.FOLLOWING: (rules.FOLLOW_UP,),
    rules.RETURNED: (rules.RESUBMIT,),
}


def turn_of(user, case: Case, today: date) -> Turn:
    """Whose turn it is, as this user sees it. `case` comes with steps and recused prefetched."""
    acts, why_not = [], ""
    wanted = _NEXT.get(case.state, ())
    if (
        case.state == rules.PUBLICITY
        and rules.notice_is_over(case.notice_until, today)
        and not any(one.answered_on is None for one in case.objections.all())
    ):
        wanted = (rules.PREPARE,)
    for act in wanted:
        if not _has_verb(user, act, case):
            continue
        positive = wanted[0] if act in {rules.RETURN, rules.REFUSE} else act
        if sentence := barred(case, positive, user):
            why_not = sentence
        else:
            acts.append(act)
    if case.state in rules.SOURCES[rules.WITHDRAW] and _has_verb(user, rules.WITHDRAW, case):
        acts.append(rules.WITHDRAW)
    return Turn(tuple(acts), why_not)


def _has_verb(user, act: str, case: Case) -> bool:
    if act in {rules.RESUBMIT, rules.WITHDRAW} and user.pk == case.member.user_id:
        return True
    verb, where = verb_for(act, case)
    return can(user, verb, where)


def verb_for(act: str, case: Case) -> tuple[str, Organisation]:
    """The verb an act asks for, and where: money is the fund's own organisation's to pay."""
    if act in {rules.RETURN, rules.REFUSE} and case.state in rules.DECIDING:
        return verb_of(case.state), case.organisation
    if act in {rules.PREPARE, rules.PAY}:
        return (
            "fund.record" if act == rules.PREPARE else "fund.confirm"
        ), case.claim.book.organisation if case.claim else case.organisation
    return {rules.REVIEW: "care.review", rules.APPROVE: "care.approve"}.get(act, "care.record"), case.organisation


def lines_for(user, organisations: Iterable[Organisation], today: date) -> QuerySet[BudgetLine]:
    """The budget lines this year's help may come from: of a fund over every one of these organisations, which the user may see."""
    over = [set(organisation.path.strip("/").split("/")) for organisation in organisations]
    above = [int(pk) for pk in set.intersection(*over)] if over else []
    rows = BudgetLine.objects.where(user, "fund.see").filter(year=today.year, book__kind=Book.Kind.AID, book__organisation__in=above)
    return rows.select_related("book__organisation").order_by("book__organisation__path", "book", "code")


def for_bulk(user, act: str, today: date) -> QuerySet[Case]:
    """Those this user may review, approve, prepare or confirm now: nobody's own case, nothing they had a hand in."""
    earlier, _ = CHECKING[act]
    rows = Case.objects.visible_to(user).exclude(member__user=user).exclude(recused=user)
    rows = rows.exclude(pk__in=Case.objects.filter(steps__by=user, steps__act__in=earlier).order_by().values("pk"))
    where = "organisation" if act in {rules.REVIEW, rules.APPROVE} else "claim__book__organisation"
    held = Q(pk__in=[])
    for path in paths_for(user, BULK[act]):
        held |= Q(**{f"{where}__path__startswith": path})
    ready = Q(state__in=rules.SOURCES[act])
    if act == rules.PREPARE:
        open_ones = Objection.objects.open().filter(case=OuterRef("pk"))
        ready |= Q(~Exists(open_ones), state=rules.PUBLICITY, notice_until__lt=today)
    rows = rows.filter(ready, held).select_related(*_RELATED).defer("member__id_number", "sealed_need", "sealed_asker")
    return rows.order_by("acted_on", "id")


def help_received(member: Member, user) -> list[Case]:
    """困难档案: every case of a member over the years, wherever it was applied for; which of them may be opened is `is_open`."""
    seen = set(Case.objects.visible_to(user).filter(member=member).values_list("pk", flat=True))
    rows = list(Case.objects.filter(member=member).select_related("programme", "organisation").order_by("-applied_on", "-id"))
    for row in rows:
        row.is_open = row.pk in seen
    return rows
