"""What is due of votes: one put and not yet opened, figures that wait for somebody, an urn to close, and a vote that waits for oneself."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from education.motions import rules
from education.motions.models import Motion
from education.motions.selectors.rolls import own_open_votes
from partyportal.core.duties import Duty

_WAITING = {
    rules.HANDS: ("录入“{}”的票数", "表决已经开始，还没有结果", "录入"),
    rules.NAMED: ("录入“{}”各人的意见", "表决已经开始，还没有结果", "录入"),
    rules.PAPER: ("录入“{}”点的票", "监票人和计票人各录一遍，两人一样才有结果", "录入"),
    rules.ONLINE: ("结束“{}”的投票", "到会的人投完就结束，结束才有结果", "去结束"),
}


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to do, and the ballots that wait for the user."""
    branches = Organisation.objects.branches().existing().filter(path__in=paths_for(user, "education.record"))
    return sorted([*due_of_member(user, today), *due_for(branches, today)])


def due_of_member(user, today: date) -> list[Duty]:
    """The ballots that wait for the user's own vote, whatever posts the user has: one statement."""
    return sorted(
        _duty(one, f"vote:{one.uid}", f"投票：{one.title}", "网上无记名投票，一人一票", "去投票", reverse("motions:vote", args=[one.uid]))
        for one in own_open_votes(user)
    )


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do: one statement for one as for three thousand."""
    branches = [branch.pk for branch in organisations]
    if not branches:
        return []
    waiting = Motion.objects.filter(organisation__in=branches, state__in=[Motion.State.DRAFT, Motion.State.OPEN], held_on__lte=today)
    return sorted(
        _step(one) for one in waiting.select_related("organisation").only("uid", "title", "method", "state", "held_on", "organisation")
    )


def _step(one: Motion) -> Duty:
    if one.state == Motion.State.DRAFT:
        reason = f"{one.held_on:%-m月%-d日}的会上要表决，还没有开始"
        return _duty(one, f"open:{one.uid}", f"表决“{one.title}”", reason, "去表决", reverse("motions:motion", args=[one.uid]))
    title, reason, act = _WAITING[one.method]
    name = "motions:motion" if one.method == rules.ONLINE else "motions:count"
    return _duty(one, f"count:{one.uid}", title.format(one.title), reason, act, reverse(name, args=[one.uid]))


def _duty(one: Motion, key: str, title: str, reason: str, act: str, url: str) -> Duty:
    here = one.organisation
    return Duty.of(here, due_on=one.held_on, key=f"motions.{key}", title=title, reason=reason, act=act, url=url)
