"""The demo's help: four programmes, and cases at every step, full, waiting and late, through the services, each act on its own day.

They draw on the county's assistance fund (demo/fund); without it, what is not yet approved stands alone.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from branches.models import Organisation
from members.care.aid import rules, services
from members.care.aid.models import Case, Programme
from members.care.fund.models import Book, BudgetLine
from members.models import Member
from members.selectors.voters import voters_on
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import OTHER_BRANCH, SHOWCASE

PROGRAMMES = (
    {"code": "hardship", "name": "困难救助", "amount": "2000"},
    {"code": "illness", "name": "大病救助", "amount": "5000"},
    {"code": "disaster", "name": "灾害救助", "amount": "3000", "needs_vote": False},
    {
        "code": "new-year",
        "name": "春节慰问",
        "amount": "500",
        "is_fixed": True,
        "needs_vote": False,
        "needs_notice": False,
        "needs_follow_up": False,
    },
)
LINE_OF = {"hardship": "01", "illness": "02", "disaster": "01", "new-year": "03"}
# (programme, sum, how far, days since the application); from the latest step on nothing happened, so some are late
PLAN = (
    *(("hardship", "1200", rules.VOTING, 3), ("illness", "4000", rules.VOTING, 16), ("hardship", "1500", rules.REVIEWING, 12)),
    *(("illness", "3000", rules.REVIEWING, 16), ("disaster", "2000", rules.APPROVING, 9), ("hardship", "1000", rules.APPROVING, 13)),
    *(("illness", "5000", rules.PUBLICITY, 14), ("hardship", "1800", rules.PUBLICITY, 12), ("hardship", "1200", rules.PAYING, 17)),
    *(("illness", "2600", rules.CONFIRMING, 19), ("hardship", "900", rules.SIGNING, 20), ("illness", "3500", rules.FOLLOWING, 80)),
    *(("hardship", "1600", rules.DONE, 150), ("new-year", "500", rules.DONE, 180), ("disaster", "2400", rules.DONE, 200)),
    *(("illness", "4800", rules.DONE, 220), ("hardship", "700", rules.RETURNED, 20), ("hardship", "2000", rules.REFUSED, 60)),
)
NEEDS = (
    "夫妻俩都有慢性病，常年吃药，家里没有固定收入，孩子还在上学。",
    "去年底查出重病，手术和化疗自费部分已经借了三万多元。",
    "八月的洪水冲了院墙和半间灶房，修房还差材料钱。",
)


def help_some(*, today: date) -> int:
    """Set the programmes and take the cases as far as PLAN says; returns how many cases there are."""
    users = {one.username: one for one in User.objects.filter(username__in=("secretary", "secretary2", "committee", "committee2"))}
    users |= {one.username: one for one in User.objects.filter(username__in=("department", "department2", "department3"))}
    start = date(today.year, 1, 1)
    for one in PROGRAMMES:
        fields = one | {"amount": Decimal(one["amount"])}
        services.set_programme(**fields, source="清组发〔2026〕9号", start=start, by=None, today=start)
    programmes = {one.code: one for one in Programme.objects.all()}
    book = Book.objects.filter(kind=Book.Kind.AID, organisation__code="001").first()
    lines = {line.code: line for line in BudgetLine.objects.filter(book=book, year=today.year)} if book else {}
    places = ((SHOWCASE, "secretary", "committee"), (OTHER_BRANCH, "secretary2", "committee2"))
    people = {code: list(_people(code, today)) for code, _, _ in places}
    for at, (code, amount, to, ago) in enumerate(PLAN):
        branch, secretary, committee = places[at % len(places)]
        if not people[branch] or (to not in rules.DECIDING and not lines):
            continue
        day = max(today - timedelta(ago), start)
        case = services.apply(
            programmes[code],
            member=people[branch].pop(),
            amount=Decimal(amount),
            need=NEEDS[at % len(NEEDS)],
            by=users[secretary],
            today=day,
        )
        _take(case, to, day, today, users[secretary], users[committee], users, lines.get(LINE_OF[code]))
    return Case.objects.count()


def _people(code: str, today: date) -> list[Member]:
    """The eldest of a branch without a login of the demo's own, the eldest last."""
    branch = Organisation.objects.filter(code=code).first()
    rows = Member.objects.filter(branch=branch, user=None, left_on=None, joined_on__lt=date(today.year - 1, 1, 1))
    return list(rows.defer("id_number").order_by("-birth_on", "pk"))


def _take(case: Case, to: str, day: date, today: date, secretary: User, committee: User, users: dict[str, User], line) -> Case:
    """One step every two days from the application on, until the case stands where it should; the notice takes its own days."""
    approver, cashier, checker = users["department"], users["department2"], users.get("department3", committee)

    def vote(one: Case, on: date) -> Case:
        entitled = sum(voter.may_vote for voter in voters_on(one.organisation, on))
        present = entitled - entitled // 6
        in_favour = present if to != rules.REFUSED else present - 2
        counts = {"entitled": entitled, "present": present, "in_favour": in_favour, "against": present - in_favour}
        return services.record_vote(one, day=on, by=secretary, today=on, **counts)

    acts: dict[str, Callable[[Case, date], Case]] = {
        rules.VOTING: vote,
        rules.REVIEWING: lambda one, on: services.review(one, by=committee, today=on),
        rules.APPROVING: lambda one, on: services.approve(one, line=line, by=approver, today=on),
        rules.PAYING: lambda one, on: services.prepare_payment(one, method="transfer", by=cashier, today=on),
        rules.CONFIRMING: lambda one, on: services.confirm_payment(one, by=checker, today=on),
        rules.SIGNING: lambda one, on: services.sign(one, day=on, by=secretary, today=on),
        rules.FOLLOWING: lambda one, on: services.follow_up(one, day=on, note="钱用在了看病上，精神好多了。", by=secretary, today=on),
    }
    on = day
    while case.state != to:
        if case.state == rules.PUBLICITY:
            on = max(on, case.notice_until) + timedelta(1)
            services.close_notices(today=min(on, today))
            case.refresh_from_db()
            continue
        on = min(on + timedelta(2), today)
        if to == rules.RETURNED and case.state == rules.REVIEWING:
            return services.send_back(case, note="补一份低保证或者病历。", by=committee, today=on)
        if to == rules.REFUSED and case.state == rules.REVIEWING:
            return services.refuse(case, note="已经领了民政的临时救助，同一件事不重复救助。", by=committee, today=on)
        case = acts[case.state](case, on)
    return case
