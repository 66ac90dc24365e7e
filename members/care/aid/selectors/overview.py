"""救助总览: money, cases, time and coverage, each sum of the same rows its link opens. A few statements, whatever the county's size."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from branches.models import Organisation
from members.care.aid import rules
from members.care.aid.models import Case, Programme
from members.care.aid.selectors.cases import TABS
from members.care.fund.models import Book, Source, Voucher
from members.care.fund.selectors.books import flows
from members.care.models import Criterion
from members.care.selectors.lists import eligible, in_force

# How long open cases have waited at their step: (label, from day, to day)
AGES = (("7 天以内", 0, 7), ("8–30 天", 8, 30), ("31–90 天", 31, 90), ("90 天以上", 91, 36500))
ZERO = Decimal(0)


@dataclass(frozen=True)
class Waiting:
    """The open cases of one step: how many, by how long they have waited, and the list behind them."""

    label: str
    tab: str
    count: int
    ages: tuple[int, ...]


@dataclass(frozen=True)
class Time:
    """From application to payment, of the cases paid in a year: median and nine of ten, in days."""

    paid: int
    median: int | None
    ninety: int | None


@dataclass(frozen=True)
class Coverage:
    """Of those whom a criterion makes eligible, how many were helped this year."""

    criterion: Criterion
    eligible: int
    helped: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.helped) / self.eligible if self.eligible else None


@dataclass(frozen=True)
class Township:
    """One organisation beneath: cases, people helped, money given this year."""

    organisation: Organisation
    cases: int
    helped: int
    given: Decimal


def of_year(user, within: Organisation, year: int) -> QuerySet[Case]:
    """The cases of a year in a subtree, of those the user may see as a post."""
    return Case.objects.where(user, "care.see").within(within).filter(year=year)


def waiting(user, within: Organisation, today: date) -> list[Waiting]:
    """The open cases by step and age, of whatever year: one statement."""
    rows = Case.objects.where(user, "care.see").within(within).filter(state__in=rules.OPEN)
    counts: dict[tuple[str, int], int] = {}
    for state, acted_on, count in rows.order_by().values_list("state", "acted_on").annotate(Count("pk")):
        age = next(at for at, (_, _, until) in enumerate(AGES) if (today - acted_on).days <= until)
        counts[state, age] = counts.get((state, age), 0) + count
    found = []
    for tab, (label, states) in TABS.items():
        if tab in {"open", "over"}:
            continue
        ages = tuple(sum(counts.get((state, age), 0) for state in states) for age in range(len(AGES)))
        found.append(Waiting(label, tab, sum(ages), ages))
    return found


def times(rows: QuerySet[Case]) -> Time:
    """Of those paid among the rows: one statement."""
    days = sorted(
        (paid - applied).days for applied, paid in rows.filter(paid_on__isnull=False).order_by().values_list("applied_on", "paid_on")
    )
    return Time(len(days), rules.quantile(days, 0.5), rules.quantile(days, 0.9))


def given(rows: QuerySet[Case]) -> list[tuple[str, str, int, Decimal]]:
    """What was paid among the rows by programme: (code, name, cases, sum)."""
    paid = rows.filter(paid_on__isnull=False).order_by().values("programme_code").annotate(count=Count("pk"), total=Sum("amount"))
    names = {one.code: one.name for one in Programme.objects.order_by("start")}
    return sorted(
        ((row["programme_code"], names[row["programme_code"]], row["count"], row["total"]) for row in paid), key=lambda row: row[0]
    )


def townships(user, within: Organisation, year: int) -> list[Township]:
    """The organisations right beneath, and the organisation's own where cases hang in it: two statements."""
    steps = within.path.strip("/").count("/") + 1
    cases: dict[int, list] = {}
    rows = of_year(user, within, year).order_by().values_list("organisation__path", "member", "amount", "paid_on")
    for path, member, amount, paid_on in rows:
        ids = path.strip("/").split("/")
        key = int(ids[steps] if len(ids) > steps else ids[-1])
        held = cases.setdefault(key, [0, set(), ZERO])
        held[0] += 1
        if paid_on is not None:
            held[1].add(member)
            held[2] += amount
    places = Organisation.objects.filter(pk__in=cases).order_by("code")
    return [Township(one, cases[one.pk][0], len(cases[one.pk][1]), cases[one.pk][2]) for one in places]


def coverage(user, within: Organisation, year: int, today: date) -> list[Coverage]:
    """By list of whom to help: who is on it, and of them who was paid this year; one statement a list."""
    lists = in_force(today)
    paid = Case.objects.filter(member=OuterRef("pk"), year=year, paid_on__isnull=False)
    found = []
    for criterion in Criterion.objects.visible_to(user).filter(pk__in=lists):
        people = eligible(lists[criterion.pk], on=today, within=within).order_by()
        counts = people.aggregate(count=Count("pk"), helped=Count("pk", filter=Q(Exists(paid))))
        found.append(Coverage(criterion, counts["count"], counts["helped"]))
    return found


def money(user, within: Organisation, year: int) -> tuple[list[tuple[str, Decimal]], list[tuple[str, Decimal]]]:
    """What came into the funds of a subtree in a year by source, and went out by budget line; reversals are taken off. Two statements."""
    books = Book.objects.where(user, "fund.see").within(within).filter(kind=Book.Kind.AID).order_by()
    posted = Voucher.objects.filter(book__in=books.values("pk"), year=year)
    moved = posted.filter(claim__isnull=False, kind__in=[Voucher.Kind.PAYMENT, Voucher.Kind.REVERSAL])
    kinds = dict(Source.Kind.choices)
    into = [(kinds[kind], came) for kind, (came, _) in flows(posted.filter(source__isnull=False), "source__kind").items()]
    out = [(line, went) for line, (_, went) in flows(moved, "claim__line__name").items()]
    return sorted(into, key=lambda row: -row[1]), sorted(out, key=lambda row: -row[1])


def disclosed(year: int, *, at_least: int) -> list[tuple[str, int | None, Decimal | None]]:
    """年度公开: by programme how many of the county were helped and with how much; cells that could be laid at a person's door are not told.

    The whole county alone, or one place could be reckoned from the others. Every programme stands there, so that none says by being
    there that somebody was helped.
    """
    rows = Case.objects.filter(year=year, paid_on__isnull=False).order_by()
    held = {
        row["programme_code"]: row
        for row in rows.values("programme_code").annotate(people=Count("member", distinct=True), total=Sum("amount"))
    }
    names = {one.code: one.name for one in Programme.objects.order_by("start")}
    shown = rules.shown_counts([held[code]["people"] if code in held else 0 for code in names], at_least=at_least)
    return [
        (name, count, held[code]["total"] if count is not None else None) for (code, name), count in zip(names.items(), shown, strict=True)
    ]
