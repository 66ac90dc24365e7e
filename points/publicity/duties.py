"""What is due of 季度公示: publishing a quarter, closing it, and the next step of each objection."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from partyportal.core.days import quarter_words
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on
from partyportal.core.workdays import calendar
from points.publicity import rules
from points.publicity.models import Objection, Publication
from points.publicity.parameters import DECIDE_DAYS, HEAR_DAYS, OPEN_DAYS
from points.publicity.selectors.objections import waiting_elsewhere
from points.publicity.selectors.sheets import unpublished
from points.publicity.services.objections import barred

_DO = {
    rules.FILED: ("听取{}的积分异议", "公示期内提出的，先问清情况", "去听取"),
    rules.HEARD: ("决定{}的积分异议", "情况已经听取，由没有经手的人决定", "去决定"),
    rules.APPEALED: ("复议{}的积分异议", "不服支部的决定，由上级党委复议", "去复议"),
}


def due(user, today: date) -> list[Duty]:
    """What the user's own branches and committees have to do, less what this user may not decide."""
    own = Organisation.objects.existing()
    branches = own.branches().filter(path__in=paths_for(user, "points.publish"))
    committees = own.exclude(kind=Organisation.Kind.BRANCH).filter(path__in=paths_for(user, "points.review"))
    found = [*due_for(branches, today), *due_for_committees(committees, today)]
    decisions = {str(one.uid): one for one in _rows(state=rules.HEARD, uid__in=_uids(found))}
    return sorted(duty for duty in found if not (one := decisions.get(duty.key.split(":")[1])) or not barred(one, user))


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do: as many statements for one as for three thousand."""
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    numbers, known = values_on(today, [OPEN_DAYS, HEAR_DAYS, DECIDE_DAYS]), calendar()
    year, quarter = rules.last_ended(today)
    words = f"{year} 年{quarter_words(quarter)}"
    by = known.last_of(_day_after(year, quarter), numbers[OPEN_DAYS.key])
    duties = [
        _duty(
            branches[pk],
            f"publish:{branches[pk].code}:{year}Q{quarter}",
            f"公示{words}积分",
            "季度末公示，让党员看到自己的积分",
            "去公示",
            f"{reverse('publicity:publication_new')}?organisation={branches[pk].code}&quarter={year}Q{quarter}",
            by,
        )
        for pk in unpublished(branches.values(), year, quarter)
    ]
    disputed = Objection.objects.open(today).order_by().values("publication")
    over = Publication.objects.filter(organisation__in=branches, closing=None, until__lt=today).exclude(pk__in=disputed)
    duties += [
        _duty(
            branches[one.organisation_id],
            f"close:{one.uid}",
            f"关闭{one}",
            "公示期满，没有异议",
            "去关闭",
            reverse("publicity:publication", args=[one.uid]),
            known.last_of(one.until, 2),
        )
        for one in over
    ]
    asked = {rules.FILED, rules.HEARD}
    for one in _rows(Q(state__in=asked) | waiting_elsewhere(), publication__organisation__in=branches):
        branch = branches[one.publication.organisation_id]
        by = known.last_of(one.acted_on, numbers[HEAR_DAYS.key if one.state == rules.FILED else DECIDE_DAYS.key] + 1)
        if one.state in asked:
            duties.append(_step(branch, one, by))
            continue
        url = reverse("publicity:objection", args=[one.uid])
        title = f"更正{one.member.name}的“{one.fact.title}”"[:60] if one.fact else f"补上{one.member.name}少记的一件事"
        reason = "异议成立，在原来的记录里更正" if one.fact else "异议成立，在原来的记录里补上，补上了积分自动跟着变"
        duties.append(_duty(branch, f"correct:{one.uid}", title, reason, "去更正" if one.fact else "去看", url, by))
    return sorted(duties)


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to decide: what went up to them, and what their branches have heard and not decided in time."""
    committees = {one.pk: one for one in organisations}
    if not committees:
        return []
    numbers, known = values_on(today, [DECIDE_DAYS]), calendar()
    found = []
    for one in _rows(state__in=[rules.HEARD, rules.APPEALED], publication__organisation__parent__in=committees):
        by = known.last_of(one.acted_on, numbers[DECIDE_DAYS.key] + 1)
        if one.state == rules.APPEALED or by <= today:
            found.append(_step(committees[one.publication.organisation.parent_id], one, by))
    return sorted(found)


def _day_after(year: int, quarter: int) -> date:
    return rules.first_day(*((year + 1, 1) if quarter == 4 else (year, quarter + 1)))


def _rows(*either: Q, **conditions) -> QuerySet[Objection]:
    rows = Objection.objects.filter(*either, **conditions)
    return rows.select_related("publication__organisation", "member", "fact").defer("member__id_number").order_by("pk")


def _uids(duties: list[Duty]) -> list[str]:
    return [duty.key.split(":")[1] for duty in duties if duty.key.startswith("publicity.heard:")]


def _step(organisation: Organisation, one: Objection, due_on: date) -> Duty:
    title, reason, act = _DO[one.state]
    url = reverse("publicity:objection", args=[one.uid])
    return _duty(organisation, f"{one.state}:{one.uid}", title.format(one.member.name), f"{reason}。{one.publication}", act, url, due_on)


def _duty(organisation: Organisation, key: str, title: str, reason: str, act: str, url: str, due_on: date) -> Duty:
    return Duty.of(organisation, due_on=due_on, key=f"publicity.{key}", title=title, reason=reason, act=act, url=url)
