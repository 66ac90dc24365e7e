"""班子 of a subtree: per organisation who leads it, which term, until when, and which chairs are empty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, IntegerField, Max, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from branches.models import Organisation, Term
from branches.parameters import TERM_WARNING_MONTHS
from branches.rules import term_state
from branches.selectors import search
from members.models import Member, Office
from members.parameters import COMMITTEE_FROM, VACANT_MONTHS
from members.rules.offices import COMMITTEE_POSTS, LEADING, Sizes, missing_posts, vacancy_is_long
from partyportal.core.days import months_after
from partyportal.core.parameters import values_on

Kind, Position = Organisation.Kind, Office.Position

STATES = (
    ("", "全部"),
    ("vacant", "书记空缺"),
    ("long", "书记空缺过久"),
    ("short", "班子不全"),
    ("over", "届满未换"),
    ("near", "即将届满"),
    ("none", "没有登记届次"),
    ("unknown", "没有登记书记"),
)
ELECTED = (Kind.COMMITTEE, Kind.GENERAL_BRANCH, Kind.BRANCH)


@dataclass(frozen=True)
class Numbers:
    """The county's numbers that tell how a 班子 stands on a day."""

    warning_months: int
    vacant_months: int
    committee_from: int

    @classmethod
    def on(cls, day: date) -> "Numbers":
        return cls(*values_on(day, (TERM_WARNING_MONTHS, VACANT_MONTHS, COMMITTEE_FROM)).values())


@dataclass(frozen=True)
class Leadership:
    """One organisation's 班子 as a row."""

    organisation: Organisation
    secretary: Office | None
    deputies: list[Office]
    others: list[Office]
    missing: list[str]
    vacant_since: date | None  # None: seated, or nobody was ever recorded
    vacant_long: bool
    term: Term | None
    term_state: str  # over, near, running, "" without a term

    @property
    def names(self) -> str:
        """The others with their posts: 汪辉世（组织） 郑月（宣传）."""
        posts: dict[str, list[str]] = {}
        for office in (*self.deputies, *self.others):
            posts.setdefault(office.member.name, []).append(office.get_position_display().removesuffix("委员") or "委员")
        return "　".join(f"{name}（{'、'.join(held)}）" for name, held in posts.items())


def _of(model_rows: QuerySet) -> QuerySet:
    return model_rows.filter(organisation=OuterRef("pk")).order_by()


def with_secretary(rows: QuerySet) -> QuerySet:
    """Organisations with whether the 书记's chair is taken, and the day it was last left: the one truth of a vacancy."""
    secretaries = _of(Office.objects.filter(position=Position.SECRETARY))
    return rows.annotate(
        seated=Exists(secretaries.open()),
        last_end=Subquery(secretaries.values("organisation").annotate(last=Max("end")).values("last")),
    )


def long_vacant(rows: QuerySet, *, today: date) -> dict[int, date]:
    """Of some organisations those whose 书记's chair has been empty for too long, and since when: two statements."""
    told = with_secretary(rows.order_by()).filter(conditions(Numbers.on(today), today=today)["long"])
    return dict(told.values_list("pk", "last_end"))


def organisations(user, *, within: Organisation | None, today: date) -> QuerySet:
    """The organisations in sight that have a committee or a secretary, each with what tells how its 班子 stands: one statement."""
    term = Term.objects.open().with_due()
    posts = (
        _of(Office.objects.open().filter(position__in=COMMITTEE_POSTS)).values("organisation").annotate(n=Count("position", distinct=True))
    )
    full = (
        Member.objects.at_home()
        .filter(branch=OuterRef("pk"), category=Member.Category.FULL)
        .order_by()
        .values("branch")
        .annotate(n=Count("pk"))
    )
    rows = Organisation.objects.visible_to(user).existing().exclude(kind__in=(Kind.GROUP, Kind.COUNTY))
    rows = rows.within(within) if within else rows
    return with_secretary(rows).annotate(
        expires_on=Subquery(_of(term).values("expires_on")[:1]),
        filled=Coalesce(Subquery(posts.values("n"), output_field=IntegerField()), 0),
        full_members=Coalesce(Subquery(full.values("n"), output_field=IntegerField()), 0),
    )


def conditions(numbers: Numbers, *, today: date) -> dict[str, Q]:
    """Each state as a condition on `organisations`."""
    near = months_after(today, numbers.warning_months)
    return {
        "vacant": Q(seated=False, last_end__isnull=False),
        "unknown": Q(seated=False, last_end=None),  # posts nobody recorded are no accusation
        "long": Q(seated=False, last_end__lt=months_after(today, -numbers.vacant_months)),
        "short": Q(kind=Kind.BRANCH, full_members__gte=numbers.committee_from, filled__lt=len(COMMITTEE_POSTS)),
        "over": Q(expires_on__lte=today),
        "near": Q(expires_on__gt=today, expires_on__lte=near),
        "none": Q(expires_on=None, kind__in=ELECTED),
    }


def counts(rows: QuerySet, numbers: Numbers, *, today: date) -> dict[str, int]:
    """How many stand in each state, and all: one statement."""
    asked = {state: Count("pk", filter=condition) for state, condition in conditions(numbers, today=today).items()}
    return rows.order_by().aggregate(all=Count("pk"), **asked)


def narrowed(rows: QuerySet, numbers: Numbers, *, state: str, kind: str, text: str, today: date) -> QuerySet:
    """The organisations a URL asks for."""
    if state:
        rows = rows.filter(conditions(numbers, today=today)[state])
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        by_leader = Office.objects.open().filter(organisation=OuterRef("pk"), member__name__contains=text)
        rows = rows.filter(Q(pk__in=search(Organisation.objects.all(), text).values("pk")) | Exists(by_leader))
    return rows


def vacancies_first(rows: QuerySet) -> QuerySet:
    """Empty chairs first, then terms that are over soonest."""
    return rows.order_by("seated", F("expires_on").asc(nulls_last=True), "code")


def by_expiry(rows: QuerySet) -> QuerySet:
    """Terms that are over soonest first; without a term last."""
    return rows.order_by(F("expires_on").asc(nulls_last=True), "code")


def leaderships(rows: Iterable[Model], numbers: Numbers, *, today: date) -> list[Leadership]:
    """The rows with their people and terms: two statements, whatever their number."""
    listed = list(rows)
    offices: dict[int, list[Office]] = {}
    for office in _seated(listed):
        offices.setdefault(office.organisation_id, []).append(office)
    terms = {term.organisation_id: term for term in Term.objects.open().with_due().filter(organisation__in=[o.pk for o in listed])}
    return [_leadership(o, offices.get(o.pk, []), terms.get(o.pk), numbers, today=today) for o in listed]


def _seated(listed: list) -> list[Office]:
    rank = {position: at for at, position in enumerate(Position.values)}
    rows = Office.objects.open().filter(organisation__in=[o.pk for o in listed]).exclude(position=Position.GROUP_LEADER)
    held = rows.select_related("member", "grant").defer("member__id_number")
    return sorted(held, key=lambda office: (rank[office.position], office.pk))


def _leadership(organisation, offices: list[Office], term: Term | None, numbers: Numbers, *, today: date) -> Leadership:
    by_post = {position: [o for o in offices if o.position == position] for position in Position.values}
    secretary = next(iter(by_post[Position.SECRETARY]), None)
    vacant_since = None if secretary else organisation.last_end
    held = [office.position for office in offices]
    full = organisation.full_members if organisation.kind == Kind.BRANCH else 0
    return Leadership(
        organisation=organisation,
        secretary=secretary,
        deputies=by_post[Position.DEPUTY],
        others=[office for office in offices if office.position not in LEADING],
        missing=missing_posts(held, full_members=full, sizes=Sizes(committee_from=numbers.committee_from)),
        vacant_since=vacant_since,
        vacant_long=vacant_since is not None and vacancy_is_long(vacant_since, today=today, months=numbers.vacant_months),
        term=term,
        term_state=term_state(term.expires_on, today=today, warning_months=numbers.warning_months) if term else "",
    )


# ── Persons ─────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Holder:
    """Somebody with their posts."""

    member: Member
    offices: list[Office]


def _posts(user, within: Organisation | None) -> QuerySet:
    rows = Office.objects.open().visible_to(user)
    return rows.within(within) if within else rows


def several(user, *, within: Organisation | None) -> QuerySet:
    """身兼数职: who holds two posts or more in the organisations in sight."""
    twice = _posts(user, within).order_by().values("member").annotate(n=Count("pk")).filter(n__gte=2)
    return Member.objects.filter(pk__in=twice.values("member")).order_by("pinyin", "id")


def full_timers(user, *, within: Organisation | None) -> QuerySet:
    """专岗: who holds a full-time post in the organisations in sight."""
    return Member.objects.filter(pk__in=_posts(user, within).filter(full_time=True).values("member")).order_by("pinyin", "id")


def holders(user, members: Iterable[Member], *, within: Organisation | None) -> list[Holder]:
    """Each with the posts in sight: one statement."""
    listed = list(members)
    held: dict[int, list[Office]] = {}
    for office in _posts(user, within).filter(member__in=listed).select_related("organisation").order_by("organisation__path", "pk"):
        held.setdefault(office.member_id, []).append(office)
    return [Holder(member, held[member.pk]) for member in listed]


# ── The strip over both lists ───────────────────────────────────────────────
@dataclass(frozen=True)
class Figure:
    """One figure of the strip: its rows are behind it."""

    label: str
    value: int
    unit: str
    note: str = ""
    tone: str = ""
    url: str = ""


def strip(user, rows: QuerySet, numbers: Numbers, *, within: Organisation | None, today: date) -> list[Figure]:
    """What stands in each state, each leading to its rows: three statements."""
    told = counts(rows, numbers, today=today)
    here = {"organisation": within.code} if within else {}

    def to(name: str, **asked: str) -> str:
        return f"{reverse(name)}?{urlencode(asked | here)}"

    long = f"其中 {told['long']} 个超过 {numbers.vacant_months} 个月" if told["long"] else ""
    return [
        Figure("书记空缺", told["vacant"], "个", long, "red" if told["long"] else "", to("members:offices", state="vacant")),
        Figure("班子不全", told["short"], "个", "该设支委会，职务没配齐", url=to("members:offices", state="short")),
        Figure("届满未换", told["over"], "个", tone="red" if told["over"] else "", url=to("members:terms", state="over")),
        Figure("即将届满", told["near"], "个", f"{numbers.warning_months} 个月之内", url=to("members:terms", state="near")),
        Figure("身兼数职", several(user, within=within).count(), "人", url=to("members:office_holders", view="several")),
        Figure("专职", full_timers(user, within=within).count(), "人", url=to("members:office_holders", view="full_time")),
    ]
