"""流出: the register narrowed by the address, its counts, its map by province, and one member's file of being away."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from branches.models import Organisation
from members.mobility.models import Contact, Hosting, Outflow
from members.mobility.parameters import CONTACT_MONTHS
from members.mobility.rules.clocks import ABROAD_CONTACT_MONTHS, TRANSFER_AFTER_MONTHS, contact_due_on, overdue_before
from members.mobility.rules.places import BEYOND_THE_BORDER, province_short
from members.models import Member
from partyportal.core.days import months_after
from partyportal.core.parameters import value_on

SHOWS = (("", "全部"), ("overdue", "该联系没联系"), ("fixed", "应转组织关系"), ("back", "该回来没回来"), ("hosted", "在县内就近参加"))


@dataclass(frozen=True)
class Clock:
    """How often who is where must be reached, as the county set it for a day."""

    today: date
    domestic: int
    abroad: int = ABROAD_CONTACT_MONTHS

    def months_for(self, province: str) -> int:
        return self.abroad if province in BEYOND_THE_BORDER else self.domestic

    def due_on(self, *, last: date, province: str) -> date:
        return contact_due_on(last=last, months=self.months_for(province))

    def often(self, province: str) -> str:
        months = self.months_for(province)
        return {1: "每月", 3: "每季度", 6: "每半年", 12: "每年"}.get(months, f"每 {months} 个月")


def clock_on(today: date) -> Clock:
    return Clock(today, value_on(today, CONTACT_MONTHS))


def with_last_contact(outflows: QuerySet) -> QuerySet:
    """Each row with the day it was last reached (`reached`), and the day the clock runs from (`since`: that or the leaving)."""
    reached = Contact.objects.reached().filter(member=OuterRef("member"), day__gte=OuterRef("start")).order_by("-day")
    rows = outflows.annotate(reached=Subquery(reached.values("day")[:1]))
    return rows.annotate(since=Coalesce("reached", "start"))


def overdue(clock: Clock) -> Q:
    """Whoever should have been reached by yesterday; asks the columns of `with_last_contact`."""
    abroad = Q(province__in=BEYOND_THE_BORDER)
    late_here = Q(since__lt=overdue_before(clock.today, clock.domestic))
    return (~abroad & late_here) | (abroad & Q(since__lt=overdue_before(clock.today, clock.abroad)))


def conditions(clock: Clock) -> dict[str, Q]:
    """What each view of the register asks."""
    hosted = Q(pk__in=Hosting.objects.accepted().on(clock.today).values("outflow"))
    return {
        "overdue": overdue(clock),
        "fixed": Q(place_fixed=True, start__lt=overdue_before(_tomorrow(clock.today), TRANSFER_AFTER_MONTHS)),
        "back": Q(expected_return__lt=clock.today),
        "hosted": hosted,
    }


def _tomorrow(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def outflows(user, *, within: Organisation | None = None, verb: str | None = None) -> QuerySet:
    """Who is away now, in the branches the user sees (or where the verb holds)."""
    branches = Organisation.objects.where(user, verb) if verb else Organisation.objects.visible_to(user)
    return Outflow.objects.open().filter(member__branch__in=branches.within(within) if within else branches)


def narrowed(rows: QuerySet, *, clock: Clock, show: str = "", province: str = "", q: str = "") -> QuerySet:
    """The register with every condition asked; needs `with_last_contact` for 该联系没联系."""
    if asked := conditions(clock).get(show):
        rows = rows.filter(asked)
    if province:
        rows = rows.filter(province=province)
    if q := q.strip():
        rows = rows.filter(member__in=Member.objects.matching(q))
    return rows


@dataclass(frozen=True)
class OutRow:
    """One line of the register."""

    uid: UUID
    member_uid: UUID
    name: str
    branch: str
    place: str
    start: date
    reached: date | None
    due_on: date
    is_late: bool
    contact: str
    note: str


def rows_of(rows: QuerySet, *, clock: Clock) -> list[OutRow]:
    """A page of the register as lines: one statement."""
    columns = (
        *("uid", "member__uid", "member__name", "member__branch__short_name", "province", "city", "county", "start", "reached", "since"),
        *("contact__name", "place_fixed", "expected_return"),
    )
    return [_row(Outflow(province=line[4], city=line[5], county=line[6]), line, clock) for line in rows.values_list(*columns)]


def _row(place: Outflow, line: tuple, clock: Clock) -> OutRow:
    uid, member_uid, name, branch, province, _, _, start, reached, since, contact, fixed, expected = line
    due_on = clock.due_on(last=since, province=province)
    notes = []
    if fixed and months_after(start, TRANSFER_AFTER_MONTHS) <= clock.today:
        notes.append("应转组织关系")
    if expected and expected < clock.today:
        notes.append("该回来了")
    return OutRow(
        uid, member_uid, name, branch, place.destination, start, reached, due_on, due_on < clock.today, contact or "", "，".join(notes)
    )


def counts(rows: QuerySet, *, clock: Clock) -> dict[str, int]:
    """How many stand behind each view: one pass over the open registrations in sight."""
    told = {key or "all": Count("pk", filter=asked) for key, asked in ({"": Q()} | conditions(clock)).items()}
    return with_last_contact(rows).aggregate(**told)


@dataclass(frozen=True)
class Province:
    code: str
    name: str
    count: int


def by_province(rows: QuerySet) -> list[Province]:
    """How many are in each province, most first, then by code: one statement."""
    found = rows.order_by().values_list("province").annotate(count=Count("pk"))
    listed = [Province(code, province_short(code), count) for code, count in found]
    return sorted(listed, key=lambda line: (-line.count, line.code))


def chart_of(provinces: list[Province], *, link) -> tuple[dict, tuple]:
    """The provinces as ECharts options and as the table below it; `link` makes a province's name open its rows."""
    shown = provinces[:15][::-1]
    options = {
        "grid": {"left": 0, "right": 40, "top": 8, "bottom": 0, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1, "axisLabel": {"show": False}, "splitLine": {"show": False}},
        "yAxis": {"type": "category", "data": [line.name for line in shown]},
        "series": [
            {"type": "bar", "data": [line.count for line in shown], "barMaxWidth": 18, "label": {"show": True, "position": "right"}}
        ],
    }
    return options, (("外出省份", "人数"), [(link(line), line.count) for line in provinces])


@dataclass(frozen=True)
class Below:
    """One organisation under the one in view, with its share."""

    code: str
    name: str
    away: int
    late: int


def by_organisation(rows: QuerySet, *, under: Organisation, clock: Clock) -> list[Below]:
    """How the organisations directly under one share its register, by code: two statements."""
    children = list(Organisation.objects.filter(parent=under).existing().exclude(kind=Organisation.Kind.GROUP).order_by("code"))
    if not children:
        return []
    which = Case(*(When(member__branch__path__startswith=child.path, then=Value(child.pk)) for child in children))
    found = with_last_contact(rows).annotate(child=which).order_by().values("child")
    told = {
        line["child"]: line
        for line in found.annotate(away=Count("pk"), late=Count("pk", filter=overdue(clock))).values("child", "away", "late")
    }
    return [Below(child.code, child.short_name, told[child.pk]["away"], told[child.pk]["late"]) for child in children if child.pk in told]


def unregistered(user, *, within: Organisation | None = None) -> QuerySet:
    """On the roster as 流动 without a registration: the roster import writes the columns, not the register."""
    branches = Organisation.objects.visible_to(user)
    members = Member.objects.at_home().filter(branch__in=branches.within(within) if within else branches, is_mobile=True)
    return members.exclude(outflows__end=None, outflows__isnull=False).select_related("branch").order_by("branch__code", "pinyin", "id")


@dataclass(frozen=True)
class Moment:
    """A line of what happened while away."""

    on: date
    title: str
    note: str
    kind: str = "note"
    url: str = ""


def history(outflow: Outflow) -> list[Moment]:
    """Leaving, tries, taking part elsewhere, papers, what the host told, the end: newest first. Four statements."""
    lead = f"外出到{outflow.destination}"
    events = [
        Moment(outflow.start, lead, f"{outflow.get_reason_display()}，{'地点相对固定' if outflow.place_fixed else '地点不固定'}", "change")
    ]
    until = Q() if outflow.end is None else Q(day__lte=outflow.end)
    for row in outflow.member.contacts.filter(until, day__gte=outflow.start).select_related("made_by", "recorded_by"):
        who = row.made_by.name if row.made_by else (row.recorded_by.name if row.recorded_by else "")
        kind = "note" if row.outcome == Contact.Outcome.REACHED else "act"
        events.append(Moment(row.day, f"{who}{row.get_way_display()}：{row.get_outcome_display()}", row.note, kind))
    for row in outflow.hostings.select_related("host"):
        word = {"asked": "请{}接收，等答复", "accepted": "在{}就近参加", "declined": "{}没有接收"}[row.state].format(row.host)
        events.append(Moment(row.start, word, row.answer, "change"))
        if row.end:
            events.append(Moment(row.end, f"不再在{row.host}就近参加", row.get_end_reason_display()))
        for told in row.reports.all():
            grade = f"：{told.get_grade_display()}" if told.grade else ""
            events.append(Moment(told.day, f"{row.host}反馈{told.get_kind_display()}{grade}", told.text))
    if outflow.reported_on:
        events.append(Moment(outflow.reported_on, "到流入地报到", outflow.host_name))
    if outflow.end:
        events.append(Moment(outflow.end, outflow.get_end_reason_display(), "", "change"))
    return sorted(events, key=lambda event: event.on, reverse=True)


def last_contact(outflow: Outflow) -> date | None:
    """The day the member was last reached on this registration."""
    return with_last_contact(Outflow.objects.filter(pk=outflow.pk)).values_list("reached", flat=True).first()


def contact_people(branch: Organisation, *, but: Member | None = None) -> QuerySet:
    """Who may be the named contact: the branch's 正式党员 who are there (Art33)."""
    rows = Member.objects.at_home().filter(branch=branch, category=Member.Category.FULL, is_mobile=False, is_lost=False)
    rows = rows.filter(standing=Member.Standing.NORMAL)
    return (rows.exclude(pk=but.pk) if but else rows).order_by("pinyin", "id")
