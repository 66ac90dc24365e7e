"""Plain makers for 困难救助: a programme, a fund that can bear it, and a case taken as far as a test needs."""

from datetime import date
from decimal import Decimal

from members.care.aid import rules, services
from members.care.aid.models import Case, Programme
from members.care.fund.services import books, sources
from tests.factories import make_grant, make_member, make_user

D = Decimal
TODAY = date(2026, 11, 20)  # a Friday; five working days are full on the 26th


def make_programme(code: str = "illness", *, by=None, amount="3000", start: date = date(2026, 1, 1), **fields) -> Programme:
    fields = {"name": "大病救助", "source": "清组发〔2026〕9号"} | fields
    return services.set_programme(code=code, amount=D(amount), start=start, by=by, today=start, **fields)


def make_line(organisation, *, by, second, money="10000", budget=None, today: date = TODAY):
    """A fund with money in it, and the line of this year's help."""
    book = books.open_book(organisation=organisation, kind="aid", name="困难党员救助基金", by=by, today=today, since=date(today.year, 1, 1))
    source = sources.record(book=book, kind="fiscal", amount=D(money), day=today, by=by, today=today, reference="清财〔2026〕8号")
    sources.confirm(source, by=second, today=today)
    return books.set_line(book, year=today.year, code="01", name="困难救助", amount=D(budget or money), by=by, today=today)


def make_case(programme: Programme, member, *, by, amount="2000", need="肺部手术，自费两万多元", today: date = TODAY, **fields) -> Case:
    return services.apply(programme, member=member, amount=D(amount), need=need, by=by, today=today, **fields)


def fill_branch(branch, count: int = 5) -> list:
    """Members enough for an assembly."""
    return [make_member(branch, name) for name in ("王一", "王二", "王三", "王四", "王五", "王六", "王七")[:count]]


def vote(case: Case, *, by, entitled=5, present=5, in_favour=4, against=1, today: date = TODAY) -> Case:
    counts = {"entitled": entitled, "present": present, "in_favour": in_favour, "against": against}
    return services.record_vote(case, day=today, by=by, today=today, **counts)


class Department:
    """Three of the department: who approves, who prepares, who confirms."""

    def __init__(self, county):
        self.approver, self.cashier, self.checker = (self._one(county, name) for name in ("审批员", "出纳员", "会计员"))

    def _one(self, county, name: str):
        user = make_user(name)
        make_grant(user, county, "department")
        return user


def advance(
    case: Case, to: str, *, secretary, committee, department: Department, line=None, today: date = TODAY, later: date | None = None
) -> Case:
    """Take a new case on until it stands at `to`; after the notice it is `later`."""
    later = later or today
    way = {
        rules.VOTING: lambda one: vote(one, by=secretary, today=today),
        rules.REVIEWING: lambda one: services.review(one, by=committee, today=today),
        rules.APPROVING: lambda one: services.approve(one, line=line, by=department.approver, today=today),
        rules.PUBLICITY: lambda one: services.prepare_payment(one, method="transfer", by=department.cashier, today=later),
        rules.PAYING: lambda one: services.prepare_payment(one, method="transfer", by=department.cashier, today=later),
        rules.CONFIRMING: lambda one: services.confirm_payment(one, by=department.checker, today=later),
        rules.SIGNING: lambda one: services.sign(one, day=later, by=secretary, today=later),
        rules.FOLLOWING: lambda one: services.follow_up(one, day=later, note="已经出院", by=secretary, today=later),
    }
    while case.state != to:
        case = way[case.state](case)
    return case
