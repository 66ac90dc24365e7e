"""What is due at the stations: a check, something missing, a wall, a roster, an answer, a matter; and for superiors the checks to look at."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from branches.access import paths_for
from branches.models import Organisation
from members.care.stations import rules
from members.care.stations.models import Booking, CheckLine, Display, DutySpell, SelfCheck, ServiceRequest, Station
from members.care.stations.parameters import ANSWER_DAYS, CHECK_NOTICE, DISPLAY_NOTICE, PARAMETERS, REVIEW_DAYS, ROSTER_AHEAD
from members.care.stations.selectors.standards import standings
from members.care.stations.selectors.times import days_between, times_of
from partyportal.core.days import chinese_day
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on


def due(user, today: date) -> list[Duty]:
    """What the user's own stations need, and the checks they may look at: not their own."""
    own = Organisation.objects.existing()
    keeping = due_for(own.filter(path__in=paths_for(user, "station.keep")), today)
    looking = due_for_committees(own.filter(path__in=paths_for(user, "care.review")), today)
    return sorted([*keeping, *(duty for duty in looking if user.pk not in duty.barred)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What the stations of these organisations need: as many statements for one as for three thousand."""
    places = {place.pk: place for place in organisations}
    if not places:
        return []
    numbers = values_on(today, PARAMETERS)
    stations = {one.pk: one for one in Station.objects.open().filter(organisation__in=places)}
    if not stations:
        return []
    for one in stations.values():
        one.organisation = places[one.organisation_id]
    return sorted(
        [
            *_checks(stations, today, numbers[CHECK_NOTICE.key]),
            *_missing(stations, today),
            *_rosters(stations, today, numbers[ROSTER_AHEAD.key]),
            *_walls(stations, today, numbers[DISPLAY_NOTICE.key]),
            *_bookings(stations, today, numbers[ANSWER_DAYS.key]),
            *_requests(stations),
        ]
    )


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """The checks these organisations have to look at: of the stations directly under them, and a county's own."""
    places = {place.pk: place for place in organisations}
    if not places:
        return []
    days = values_on(today, [REVIEW_DAYS])[REVIEW_DAYS.key]
    waiting = SelfCheck.objects.filter(state=SelfCheck.State.WAITING, station__closed_on=None).filter(
        Q(station__organisation__parent__in=places) | Q(station__organisation__in=places, station__organisation__parent=None)
    )
    return sorted(
        Duty.of(
            places.get(one.station.organisation.parent_id) or places[one.station.organisation_id],
            due_on=timezone.localdate(one.checked_at) + timedelta(days=days),
            key=f"stations.review:{one.uid}",
            title=f"审核{one.station}的自查",
            reason=f"{one.station.organisation} {one.day:%Y-%m-%d} 报来，{days} 天内审核",
            act="去审核",
            url=reverse("stations:check", args=[one.uid]),
            barred=frozenset({one.checked_by_id}),
        )
        for one in waiting.select_related("station__organisation")
    )


def _checks(stations: dict[int, Station], today: date, notice: int) -> Iterable[Duty]:
    for pk, stood in standings(stations.values(), today=today).items():
        if stood.due_by is None or stood.due_by > today + timedelta(days=notice):
            continue
        yield Duty.of(
            stations[pk].organisation,
            due_on=stood.due_by,
            key=f"stations.check:{stations[pk].uid}:{stood.due_by}",
            title=f"按标准自查{stations[pk]}",
            reason=f"这一期到 {stood.due_by:%Y-%m-%d}，{'上次 ' + format(stood.last.day, '%Y-%m-%d') if stood.last else '还没有自查过'}",
            act="去自查",
            url=reverse("stations:check_new", args=[stations[pk].uid]),
        )


def _missing(stations: dict[int, Station], today: date) -> Iterable[Duty]:
    lines = CheckLine.objects.filter(self_check__station__in=stations, is_met=False, mended_on=None).exclude(self_check__state="returned")
    for line in lines.select_related("self_check", "item"):
        station = stations[line.self_check.station_id]
        yield Duty.of(
            station.organisation,
            due_on=line.mend_by,
            key=f"stations.mend:{line.uid}",
            title=f"补上{station}缺的：{line.item.text}"[:60],
            reason=f"自查时说好 {line.mend_by:%Y-%m-%d} 前补上",
            act="登记补上",
            url=reverse("stations:check", args=[line.self_check.uid]),
        )


def _rosters(stations: dict[int, Station], today: date, ahead: int) -> Iterable[Duty]:
    days = days_between(today, today + timedelta(days=ahead))
    times = times_of(stations.values(), days[0], days[-1])
    spells: dict[int, list] = {}
    rows = DutySpell.objects.filter(Q(end=None) | Q(end__gt=today), station__in=stations, start__lte=days[-1])
    for pk, *row in rows.values_list("station", "weekday", "start", "end"):
        spells.setdefault(pk, []).append(tuple(row))
    for pk, station in stations.items():
        first = rules.uncovered((day for day in days if times.on(station, day)), spells.get(pk, ()))
        if first is not None:
            yield Duty.of(
                station.organisation,
                due_on=first,
                key=f"stations.roster:{station.uid}",
                title=f"给{station}排班",
                reason=f"{chinese_day(first)}开放，还没有人值班",
                act="去排班",
                url=reverse("stations:roster", args=[station.uid]),
            )


def _walls(stations: dict[int, Station], today: date, notice: int) -> Iterable[Duty]:
    for row in Display.objects.filter(station__in=stations, down_on=None, until__lte=today + timedelta(days=notice)):
        station = stations[row.station_id]
        yield Duty.of(
            station.organisation,
            due_on=row.until,
            key=f"stations.display:{row.uid}",
            title=f"换{station}墙上的“{row}”"[:60],
            reason=f"{row.since:%Y-%m-%d} 贴上，说好 {row.until:%Y-%m-%d} 换",
            act="去换",
            url=f"{reverse('stations:display_new', args=[station.uid])}?replaces={row.uid}",
        )


def _bookings(stations: dict[int, Station], today: date, days: int) -> Iterable[Duty]:
    waiting = Booking.objects.filter(room__station__in=stations, state=Booking.State.ASKED, starts_at__date__gte=today)
    for one in waiting.select_related("room", "organisation"):
        station, begins = stations[one.room.station_id], timezone.localtime(one.starts_at)
        yield Duty.of(
            station.organisation,
            due_on=min(timezone.localdate(one.asked_at) + timedelta(days=days), begins.date()),
            key=f"stations.booking:{one.uid}",
            title=f"确认{one.organisation}约{one.room}",
            reason=f"{chinese_day(begins)} {begins:%H:%M} 起，{one.people} 人",
            act="去确认",
            url=reverse("stations:booking", args=[one.uid]),
        )


def _requests(stations: dict[int, Station]) -> Iterable[Duty]:
    """Whoever came is not named: a duty is read by more people than the request."""
    for one in ServiceRequest.objects.open().filter(station__in=stations).select_related("kind"):
        station = stations[one.station_id]
        yield Duty.of(
            station.organisation,
            due_on=one.due_on,
            key=f"stations.request:{one.uid}",
            title=f"办结{station}的{one.kind}",
            reason=f"{one.taken_on:%Y-%m-%d} {'受理' if one.taken_by_id else '网上申请'}，{one.kind.days} 个工作日办结",
            act="去办",
            url=reverse("stations:request", args=[one.uid]),
        )
