"""What is due of 困难救助: each case's next act, to whoever must do it, with the days it has waited."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.db.models import Prefetch, Q
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.care.aid import rules
from members.care.aid.models import Case, Step
from members.care.aid.parameters import LIMIT_DAYS
from members.care.aid.services.steps import CHECKING
from partyportal.core.duties import Duty
from partyportal.core.parameters import value_on

# state → (title, what is waited for, the button)
_OF_BRANCH = {
    rules.VOTING: ("把{}的{}交党员大会评议", "申请已收到", "去登记"),
    rules.RETURNED: ("给{}的{}补材料", "上级退回，要补材料", "去补"),
    rules.SIGNING: ("登记{}签收{}", "钱已付出", "去登记"),
    rules.FOLLOWING: ("回访{}，{}已领到", "领到以后要回访", "去登记"),
}
_OF_COMMITTEE = {rules.REVIEWING: ("审核{}的{}", "支部已报来", "去审核")}
_OF_DEPARTMENT = {rules.APPROVING: ("审批{}的{}", "党委已审核", "去审批")}
_OF_FUND = {
    rules.PAYING: ("给{}的{}开付款单", "公示期满，没有异议", "去开"),
    rules.CONFIRMING: ("确认付给{}的{}", "付款单已开，要另一个人确认", "去确认"),
}
_ACT = {rules.REVIEWING: rules.REVIEW, rules.APPROVING: rules.APPROVE, rules.PAYING: rules.PREPARE, rules.CONFIRMING: rules.PAY}


def due(user, today: date) -> list[Duty]:
    """What the user's own branches and committees have to do, less what their own hand keeps them from."""
    own = Organisation.objects.existing()
    branches = own.branches().filter(path__in=paths_for(user, "care.record"))
    committees = own.exclude(kind=Organisation.Kind.BRANCH).filter(path__in=paths_for(user, "care.review"))
    found = [*due_for(branches, today), *due_for_committees(committees, today)]
    return sorted(duty for duty in found if user.pk not in duty.barred)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do: four statements, for one or for three thousand."""
    branches = {one.pk: one for one in organisations}
    if not branches:
        return []
    return _duties(Q(organisation__in=branches, state__in=_OF_BRANCH), lambda case: branches[case.organisation_id], today)


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to review of their branches, and the county's department to approve and to pay: four statements."""
    committees = {one.pk: one for one in organisations}
    county = next((one for one in committees.values() if one.parent_id is None), None)
    if not committees:
        return []
    turn = Q(organisation__parent__in=committees, state__in=_OF_COMMITTEE)
    turn |= Q(claim__book__organisation__in=committees, state__in=_OF_FUND)
    if county is not None:
        turn |= Q(state__in=_OF_DEPARTMENT)

    def whose(case: Case) -> Organisation:
        if case.state in _OF_COMMITTEE:
            return committees[case.organisation.parent_id]
        return committees[case.claim.book.organisation_id] if case.state in _OF_FUND else county

    return _duties(turn, whose, today)


def _duties(turn: Q, whose: Callable[[Case], Organisation], today: date) -> list[Duty]:
    rows = Case.objects.filter(turn).select_related("programme", "member", "organisation", "claim__book")
    rows = rows.defer("member__id_number", "sealed_need", "sealed_asker").prefetch_related(
        Prefetch("steps", Step.objects.only("case_id", "act", "by_id")), "recused"
    )
    limit = value_on(today, LIMIT_DAYS)
    return sorted(_duty(case, whose(case), today, limit) for case in rows)


def _duty(case: Case, organisation: Organisation, today: date, limit: int) -> Duty:
    title, reason, act = (_OF_BRANCH | _OF_COMMITTEE | _OF_DEPARTMENT | _OF_FUND)[case.state]
    waited = (today - case.acted_on).days
    if case.state == rules.FOLLOWING:
        due_on = case.acted_on + timedelta(days=case.programme.follow_up_days)
    else:
        due_on = rules.due_on(case.acted_on, limit=limit)
    since = f"，已等 {waited} 天" if waited else ""
    return Duty.of(
        organisation,
        due_on=due_on,
        key=f"aid.{case.state}:{case.uid}",
        title=title.format(case.member.name, case.programme.name),
        reason=f"{reason}{since}",
        act=act,
        url=reverse("aid:case", args=[case.uid]),
        barred=_barred(case),
    )


def _barred(case: Case) -> frozenset[int]:
    """Whoever may not: whom it is about, their relatives, and the hands before."""
    earlier = CHECKING[_ACT[case.state]][0] if case.state in _ACT else ()
    hands = {step.by_id for step in case.steps.all() if step.act in earlier}
    return frozenset((hands | {one.pk for one in case.recused.all()} | {case.member.user_id}) - {None})
