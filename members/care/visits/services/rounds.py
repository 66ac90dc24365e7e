"""一轮走访 opened, kept up to date, and somebody on its list dispensed with."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from branches.models import Organisation
from members.care.selectors.lists import eligible
from members.care.visits.models import Occasion, Round, Visit, VisitDue
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

_COMMITTEES = (Organisation.Kind.COMMITTEE, Organisation.Kind.WORK_COMMITTEE)


@transaction.atomic
def open_round(occasion: Occasion, *, start: date, due_on: date, today: date, by: User | None) -> Round:
    """Fix who is due: everybody who is on the occasion's lists on `start`. Later joiners are added each night, nobody is taken off."""
    held = Occasion.objects.select_for_update().get(pk=occasion.pk)
    year = due_on.year
    if not held.is_open:
        raise DomainError(f"{held.name}已经停用。先改成“还在用”。")
    if not held.criteria:
        raise DomainError(f"{held.name}还没有选名单。先选走访哪些名单上的人。")
    if start > today:
        raise DomainError("名单最晚按今天的定，到那天再开始。", field="start")
    if due_on < today:
        raise DomainError("最后一天已经过了，写一个还没到的日子。", field="due_on")
    if Round.objects.filter(occasion=held, year=year).exists():
        raise DomainError(f"{year} 年的{held.name}已经开始了。")
    opened = Round(occasion=held, year=year, start=start, due_on=due_on, criteria=held.criteria, opened_by=by)
    opened.full_clean(exclude=["occasion", "opened_by"])
    opened.save()
    named = fill(opened, on=start)
    audit.record(
        "visits.round.opened", opened, by=by, occasion=held.code, start=start, due_on=due_on, criteria=held.criteria, members=named
    )
    return opened


@transaction.atomic
def bring_up_to_date(round: Round, *, today: date, by: User | None) -> int:
    """Add whoever has come onto its lists since, and let what is still owed follow those who moved; returns how many were added."""
    held = Round.objects.select_for_update(of=("self",)).select_related("occasion").get(pk=round.pk)
    if today > held.due_on:
        raise DomainError(f"{held}已经过了最后一天 {held.due_on:%Y-%m-%d}，名单不再变。")
    moved = _follow(held)
    added = fill(held, on=today)
    if added or moved:
        audit.record("visits.round.refreshed", held, by=by, added=added, moved=moved)
    return added


def bring_all_up_to_date(*, today: date) -> int:
    """Every round under way, each by itself."""
    under_way = Round.objects.filter(start__lte=today, due_on__gte=today)
    return sum(bring_up_to_date(one, today=today, by=None) for one in under_way)


@transaction.atomic
def waive(due: VisitDue, *, reason: str, today: date, by: User) -> VisitDue:
    """Somebody on the list need not be called on, and why. A call made all the same still counts."""
    held = VisitDue.objects.select_for_update(of=("self",)).select_related("member", "organisation", "round__occasion").get(pk=due.pk)
    if held.waived_on is not None:
        raise DomainError(f"{held.member.name}已经登记为不用走访。")
    if Visit.objects.standing().filter(due=held).exists():
        raise DomainError(f"{held.member.name}这一轮已经走访过，不用再登记。")
    if not reason.strip():
        raise DomainError("写上为什么不用走访。", field="reason")
    held.waived_on, held.waive_reason, held.waived_by = today, reason.strip(), by
    held.save(update_fields=["waived_on", "waive_reason", "waived_by"])
    place = held.organisation
    audit.record("visits.due.waived", held, by=by, path=place.path, subject=held.member.uid, organisation=place.code, round=held.round.uid)
    return held


def fill(round: Round, *, on: date) -> int:
    """The rows of everybody on the lists that day who has none: one statement a list, and one that writes them all."""
    why: dict[int, list[str]] = {}
    branch_of: dict[int, int] = {}
    for code in round.criteria:
        for pk, branch in eligible(code, on=on).order_by().values_list("pk", "branch_id"):
            why.setdefault(pk, []).append(code)
            branch_of[pk] = branch
    held = set(VisitDue.objects.filter(round=round).values_list("member_id", flat=True))
    owing = _owing(round.occasion, {branch for branch in branch_of.values() if branch})
    rows = [
        VisitDue(round=round, member_id=pk, organisation_id=branch_of[pk], owed_by_id=owing[branch_of[pk]], why=codes, since=on)
        for pk, codes in sorted(why.items())
        if pk not in held and branch_of[pk]
    ]
    VisitDue.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    return len(rows)


def _owing(occasion: Occasion, branches: Iterable[int]) -> dict[int, int]:
    """Who goes, for each branch: itself, or the nearest 党委 above it. Two statements."""
    if occasion.owed_by == Occasion.OwedBy.BRANCH:
        return {branch: branch for branch in branches}
    seats = dict(Organisation.objects.filter(kind__in=_COMMITTEES).values_list("path", "pk"))
    found = {}
    for pk, path in Organisation.objects.filter(pk__in=branches).values_list("pk", "path"):
        above = [seat for seat in seats if path.startswith(seat)]
        found[pk] = seats[max(above, key=len)] if above else pk
    return found


def _follow(round: Round) -> int:
    """What nobody has done yet goes with those who moved to another branch: one statement for them, one each for the few there are."""
    rows = list(VisitDue.objects.waiting().filter(round=round).select_related("member").defer("member__id_number"))
    gone = [due for due in rows if due.member.branch_id != due.organisation_id]
    owing = _owing(round.occasion, {due.member.branch_id for due in gone})
    for due in gone:
        due.organisation_id, due.owed_by_id = due.member.branch_id, owing[due.member.branch_id]
    VisitDue.objects.bulk_update(gone, ["organisation", "owed_by"])
    return len(gone)
