"""What is due of 请核实: a branch answers what it was asked; a committee looks at what was found, and at the answers."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.db.models import QuerySet
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from education.signals import rules
from education.signals.models import Question
from education.signals.parameters import ANSWER_DAYS, LOOK_DAYS
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on
from partyportal.core.workdays import calendar

_OF_COMMITTEE = {
    rules.OPEN: ("看 {} 处请核实", "记录里有看着一样或者集中补记的，问清楚或者写明原因", "去看"),
    rules.ANSWERED: ("看 {} 个支部的答复", "请支部核实的已经答复", "去看"),
}


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to answer, and their committees to look at."""
    asked = _waiting(rules.ASKED).filter(organisation__path__in=paths_for(user, "education.record"))
    looked = _waiting(rules.OPEN, rules.ANSWERED).filter(organisation__parent__path__in=paths_for(user, "education.question"))
    return sorted([*_answers(asked, today), *_looks(looked, today)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to answer."""
    return sorted(_answers(_waiting(rules.ASKED).filter(organisation__in=[one.pk for one in organisations]), today))


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to look at."""
    waiting = _waiting(rules.OPEN, rules.ANSWERED).filter(organisation__parent__in=[one.pk for one in organisations])
    return sorted(_looks(waiting, today))


def _waiting(*states: str) -> QuerySet[Question]:
    return (
        Question.objects.filter(state__in=states)
        .select_related("organisation__parent")
        .order_by("organisation__parent", "state", "acted_on")
    )


def _answers(asked: QuerySet[Question], today: date) -> list[Duty]:
    rows = list(asked)
    if not rows:
        return []
    days, known = values_on(today, [ANSWER_DAYS])[ANSWER_DAYS.key], calendar()
    return [
        _duty(
            one.organisation,
            f"answer:{one.uid}",
            f"答复上级的请核实：{one.get_kind_display()}",
            f"{one.asked_on:%-m月%-d日}请支部核实，照实说明，不扣分",
            "去答复",
            reverse("signals:question", args=[one.uid]),
            known.last_of(one.asked_on, days + 1),
        )
        for one in rows
    ]


def _looks(waiting: QuerySet[Question], today: date) -> list[Duty]:
    rows = list(waiting)
    if not rows:
        return []
    days, known, found = values_on(today, [LOOK_DAYS])[LOOK_DAYS.key], calendar(), []
    for (committee, state), group in groupby(rows, key=lambda one: (one.organisation.parent, one.state)):
        several = list(group)
        title, reason, act = _OF_COMMITTEE[state]
        number = len(several) if state == rules.OPEN else len({one.organisation_id for one in several})
        url = f"{reverse('signals:questions')}?organisation={committee.code}&tab={state}"
        due_on = known.last_of(several[0].acted_on, days + 1)
        found.append(_duty(committee, f"{state}:{committee.code}", title.format(number), reason, act, url, due_on))
    return found


def _duty(organisation: Organisation, key: str, title: str, reason: str, act: str, url: str, due_on: date) -> Duty:
    return Duty.of(organisation, due_on=due_on, key=f"signals.{key}", title=title, reason=reason, act=act, url=url)
