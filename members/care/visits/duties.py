"""What is due of 走访帮扶: a round, somebody ill or bereaved, a pair out of touch, a round-numbered 政治生日, and a round to open."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.care.models import Condition
from members.care.visits.models import Pair, Round, VisitDue
from members.care.visits.parameters import BIRTHDAY_EVERY, EVENT_DAYS, PAIR_NOTICE, PARAMETERS
from members.care.visits.rules import event_due_on
from members.care.visits.selectors import birthdays, dues, events, pairs
from partyportal.core.days import chinese_day, month_end
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on

Places = dict[int, Organisation]


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to do, what their committees go to themselves, and what the county opens."""
    own = Organisation.objects.existing().filter(path__in=paths_for(user, "care.record"))
    branches = [place for place in own if place.is_branch]
    committees = [place for place in own if not place.is_branch]
    opening = paths_for(user, "care.criteria")
    places = [place for place in committees if place.path in opening]
    return sorted([*due_for(branches, today), *due_for_committees(committees, today), *(_to_open(places[0], today) if places else ())])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do: five statements for one as for three thousand."""
    places = {place.pk: place for place in organisations}
    if not places:
        return []
    set_to = values_on(today, PARAMETERS)
    return sorted(
        [
            *_rounds(places, today),
            *_events(places, today, set_to[EVENT_DAYS.key]),
            *_pairs(places, today, set_to[PAIR_NOTICE.key]),
            *_birthdays(places, today, set_to[BIRTHDAY_EVERY.key]),
        ]
    )


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """The calls a committee makes itself: one statement."""
    places = {place.pk: place for place in organisations if not place.is_branch}
    return sorted(_rounds(places, today)) if places else []


def _rounds(places: Places, today: date) -> Iterator[Duty]:
    """One duty for a round and whoever goes, with how many are left."""
    running = VisitDue.objects.waiting().filter(owed_by__in=places, round__start__lte=today, round__due_on__gte=today - dues.KEPT_IN_VIEW)
    counted = list(running.order_by().values("round", "owed_by").annotate(left=Count("pk")))
    if not counted:
        return
    rounds = {one.pk: one for one in Round.objects.filter(pk__in={row["round"] for row in counted}).select_related("occasion")}
    for row in counted:
        place, one = places[row["owed_by"]], rounds[row["round"]]
        asked = urlencode({"organisation": place.code, "round": one.uid, "show": "open"})
        yield Duty.of(
            place,
            due_on=one.due_on,
            key=f"visits.round:{one.uid}:{place.code}",
            title=f"{one.occasion.name}，还有 {row['left']} 人没走到",
            reason=f"名单上的人 {chinese_day(one.due_on)}以前都要走到",
            act="看名单",
            url=f"{reverse('visits:visits')}?{asked}",
        )


def _events(places: Places, today: date, days: int) -> Iterator[Duty]:
    found = events.waiting(Condition.objects.filter(member__branch__in=places)).select_related("member").defer("member__id_number", "proof")
    for condition in found.order_by("since", "pk"):
        place, person = places[condition.member.branch_id], condition.member
        asked = urlencode({"organisation": place.code, "member": person.uid})
        yield Duty.of(
            place,
            due_on=event_due_on(condition.since, days),
            key=f"visits.event:{condition.uid}",
            title=f"看望{person.name}一家",
            reason=f"登记了要看望的情况，{days} 天内上门",  # which one is not said: reminders outlive the posts of who reads them
            act="记走访",
            url=f"{reverse('visits:record')}?{asked}",
        )


def _pairs(places: Places, today: date, notice: int) -> Iterator[Duty]:
    found = pairs.with_contact(Pair.objects.open().filter(member__branch__in=places, member__left_on=None))
    near = found.filter(next_on__lte=today + timedelta(days=notice)).select_related("member", "helper", "helping")
    for pair in near.defer("member__id_number", "helper__id_number").order_by("next_on", "pk"):
        last = f"上次 {pair.last:%Y-%m-%d}" if pair.last else f"{pair.start:%Y-%m-%d} 结对后还没有联系"
        gone = pair.helper is not None and pair.helper.left_on is not None
        yield Duty.of(
            places[pair.member.branch_id],
            due_on=pair.next_on,
            key=f"visits.pair:{pair.uid}:{pair.next_on}",
            title=f"给{pair.member.name}换一位帮扶人" if gone else f"{pair.helper or pair.helping}联系{pair.member.name}",
            reason=f"{pair.helper}的组织关系已经不在本县" if gone else f"结对帮扶{pair.get_every_months_display()}，{last}",
            act="看结对",
            url=reverse("visits:pair", args=[pair.uid]),
        )


def _birthdays(places: Places, today: date, every: int) -> Iterator[Duty]:
    """One duty a branch and month, only for round numbers of years: the others stand on the list."""
    for branch, number in birthdays.waiting(places, today=today, every=every):
        asked = urlencode({"organisation": places[branch].code, "month": today.month, "show": "open"})
        yield Duty.of(
            places[branch],
            due_on=month_end(today),
            key=f"visits.birthday:{places[branch].code}:{today:%Y-%m}",
            title=f"给 {number} 位党员过政治生日",
            reason=f"{today.month} 月入党满{'整年' if every == 1 else f' {every} 年的倍数'}，还没有登记",
            act="看名单",
            url=f"{reverse('visits:birthdays')}?{asked}",
        )


def _to_open(county: Organisation, today: date) -> Iterator[Duty]:
    """The county opens a round from its first day on, and says on which day a festival falls before nobody knows."""
    for one in dues.coming(today):
        if not one.occasion.is_open or one.opened is not None or (one.start is not None and one.start > today):
            continue
        if one.festival is None:
            title, reason, on = f"写上{one.occasion.name}的日子", "以后的日子还没有写，走访名单定不了", date(today.year, 12, 31)
        else:
            title = f"开始{one.occasion.name}"
            reason = f"{chinese_day(one.due_on)}以前要走完，定了名单支部才看得到"
            on = one.start + timedelta(days=7)
        yield Duty.of(
            county,
            due_on=on,
            key=f"visits.open:{one.occasion.code}:{one.festival or today.year}",
            title=title,
            reason=reason,
            act="去定",
            url=reverse("visits:occasion", args=[one.occasion.uid]),
        )
