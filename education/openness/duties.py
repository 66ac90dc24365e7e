"""What is due of what is open to the people: the catalogue's next items, and pieces waiting for their review or their change."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache

from django.db.models import Count, Min, Q
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from education.openness import rules
from education.openness.models import Comment, Piece, Pledge
from education.openness.parameters import JUDGED_UNTIL, REVIEW_DAYS
from education.openness.selectors.catalogue import asked_of
from education.openness.services.pieces import written_by
from partyportal.core.duties import Duty
from partyportal.core.parameters import value_on
from partyportal.core.workdays import calendar

Kind = Organisation.Kind


def due(user, today: date) -> list[Duty]:
    """What the user's own organisations have to disclose and to review, less the pieces the user wrote."""
    own = Organisation.objects.existing().exclude(kind=Kind.GROUP)
    branches = own.branches().filter(path__in=paths_for(user, "openness.disclose"))
    committees = own.exclude(kind=Kind.BRANCH).filter(path__in=paths_for(user, "openness.review"))
    found = [*due_for(branches, today), *due_for_committees(committees, today)]
    own_hand = set()
    if reviews := _uids(found, "review"):
        own_hand |= {f"openness.review:{uid}" for uid in written_by(user).filter(uid__in=reviews).values_list("uid", flat=True)}
    if held := _uids(found, "moderate"):
        rows = Comment.objects.filter(uid__in=held).filter(Q(by=user) | Q(piece__written_by=user))
        own_hand |= {f"openness.moderate:{uid}" for uid in rows.values_list("uid", flat=True)}
    return sorted(duty for duty in found if duty.key not in own_hand)


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to disclose, to change, and to review inside themselves."""
    branches = {one.pk: one for one in organisations}
    if not branches:
        return []
    days = _review_by(today)
    found = [*_disclose(branches.values(), today), *_waiting(branches, days, reach=[Piece.Reach.BRANCH])]
    return sorted([*found, *_answer(branches), *_pledges(branches, today, days)])


def due_for_committees(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these committees have to disclose themselves, and what waits for their review."""
    committees = {one.pk: one for one in organisations}
    if not committees:
        return []
    days = _review_by(today)
    found = [*_disclose(committees.values(), today), *_waiting(committees, days, reach=[]), *_answer(committees)]
    found += _moderate(committees, days)
    rows = Piece.objects.filter(state=rules.SUBMITTED).select_related("organisation__parent", "audience", "member").defer("text")
    for piece in rows.order_by("pk"):
        if piece.sort == Piece.Sort.DISCLOSURE and piece.reach == Piece.Reach.BRANCH:
            continue
        if reviewer := _reviewer(piece, committees):
            title = f"审核{piece.get_sort_display()}“{piece.title}”"
            found.append(
                _duty(
                    reviewer,
                    f"review:{piece.uid}",
                    title,
                    f"{piece.organisation}送审，范围{piece.get_reach_display()}",
                    "去审核",
                    _url(piece),
                    days(piece.acted_on),
                )
            )
    return sorted(found)


def _reviewer(piece: Piece, committees: dict[int, Organisation]) -> Organisation | None:
    """The nearest of these at or above whoever will read it; of a branch's own range, its superior."""
    ids = [int(part) for part in piece.organisation.path.strip("/").split("/")]
    above = [committees[pk] for pk in reversed(ids) if pk in committees]
    wanted = {Piece.Reach.COUNTY: {Kind.COUNTY}, Piece.Reach.TOWNSHIP: {Kind.COMMITTEE, Kind.WORK_COMMITTEE}}.get(piece.reach)
    return next((one for one in above if wanted is None or one.kind in wanted), None)


def _disclose(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    new = reverse("openness:piece_new")
    return [
        _duty(
            one.organisation,
            f"disclose:{one.organisation.code}:{one.topic.code}:{one.period.start:%Y-%m}",
            f"公开 {one.words}{one.topic.name}" if one.words else f"公开{one.topic.name}",
            f"目录规定{one.topic.get_often_display()}公开，还没有公开" if one.piece is None else f"稿件{one.piece.get_state_display()}",
            "去公开" if one.piece is None else "看稿件",
            f"{new}?sort=disclosure&organisation={one.organisation.code}&topic={one.topic.pk}" if one.piece is None else _url(one.piece),
            one.period.due_on,
        )
        for one in asked_of(organisations, today)
        if not one.is_done and not (one.piece and one.piece.state == rules.SUBMITTED)
    ]


def _waiting(organisations: dict[int, Organisation], days: Callable[[date], date], *, reach: list[str]) -> list[Duty]:
    """Exemplars to change or to agree to, whatever their range; and what another of the same branch reviews."""
    found: list[Duty] = []
    rows = (
        Piece.objects.filter(state__in=[rules.RETURNED, rules.SUBMITTED], organisation__in=organisations)
        .select_related("topic")
        .defer("text")
    )
    for piece in rows.order_by("pk"):
        here, words = organisations[piece.organisation_id], f"{piece.get_sort_display()}“{piece.title}”"
        if piece.state == rules.RETURNED and piece.period_on is None:  # one of a period is told by its period
            found.append(
                _duty(here, f"change:{piece.uid}", f"改{words}", "审核退回了，改好再送审", "去改", _url(piece), days(piece.acted_on))
            )
        elif piece.state == rules.SUBMITTED and piece.sort == Piece.Sort.DISCLOSURE and piece.reach in reach:
            found.append(
                _duty(
                    here, f"review:{piece.uid}", f"审核{words}", "支部内公开的，由另一个人审核", "去审核", _url(piece), days(piece.acted_on)
                )
            )
    return found


def _answer(organisations: dict[int, Organisation]) -> list[Duty]:
    """Questions that were passed and not yet answered."""
    rows = Comment.objects.filter(kind=Comment.Kind.QUESTION, state=rules.PASSED, answered_on=None, piece__organisation__in=organisations)
    return [
        _duty(
            organisations[one.piece.organisation_id],
            f"answer:{one.uid}",
            f"答复提问“{one.text[:30]}”",
            "公开了的提问要答复",
            "去答复",
            _said_url(one),
            one.answer_by,
        )
        for one in rows.select_related("piece").defer("piece__text").order_by("pk")
    ]


def _pledges(branches: dict[int, Organisation], today: date, days: Callable[[date], date]) -> list[Duty]:
    """Pledges that wait to be confirmed; and from December those of the year that no meeting has judged: one statement."""
    listed, judging, found = reverse("openness:pledges"), reverse("openness:judging"), []
    year = today.year - (today.month < 12)
    until = rules.judged_until(year, months=value_on(today, JUDGED_UNTIL))
    unjudged = Q(state=rules.CONFIRMED, year=year, verdicts=None)
    rows = Pledge.objects.filter(Q(state=rules.WRITTEN) | unjudged, organisation__in=branches).values("organisation", "year", "state")
    for one in rows.annotate(count=Count("pk"), first=Min("written_on")).order_by("organisation", "year", "state"):
        here, count, at = (
            branches[one["organisation"]],
            one["count"],
            f"organisation={branches[one['organisation']].code}&year={one['year']}",
        )
        if one["state"] == rules.WRITTEN:
            key, title, url = f"confirm:{here.code}:{one['year']}", f"确认 {count} 条承诺", f"{listed}?{at}&state={rules.WRITTEN}"
            found.append(_duty(here, key, title, "本人写的，由支部里别人确认", "去确认", url, days(one["first"])))
        elif today <= until:
            key, title, why = f"judge:{here.code}:{year}", f"评 {year} 年的承诺", f"{count} 条还没有在会上评过"
            found.append(_duty(here, key, title, why, "去评", f"{judging}?{at}", until))
    return found


def _moderate(committees: dict[int, Organisation], days: Callable[[date], date]) -> list[Duty]:
    """What waits for a moderator: held comments, and reports; at the nearest of these above the piece."""
    rows = (
        Comment.objects.filter(Q(state=rules.HELD) | Q(reported_on__isnull=False))
        .select_related("piece__organisation")
        .defer("piece__text")
    )
    found = []
    for one in rows.order_by("pk"):
        ids = [int(part) for part in one.piece.organisation.path.strip("/").split("/")]
        if above := next((committees[pk] for pk in reversed(ids) if pk in committees), None):
            what, why = ("处理举报的留言", "有人举报") if one.reported_on else ("审核留言", "审核以后才公开")
            found.append(
                _duty(
                    above, f"moderate:{one.uid}", f"{what}“{one.text[:30]}”", why, "去审核", _said_url(one), days(one.reported_on or one.on)
                )
            )
    return found


def _said_url(comment: Comment) -> str:
    return reverse("openness:comment", args=[comment.uid])


def _review_by(today: date) -> Callable[[date], date]:
    """By when what came on a day is to be looked at; the number and the calendar are asked for when something waits, and once."""

    @cache
    def known():
        return value_on(today, REVIEW_DAYS), calendar()

    def by(since: date) -> date:
        working, days = known()
        return days.last_of(since + timedelta(days=1), working)

    return by


def _uids(duties: list[Duty], act: str) -> list[str]:
    return [duty.key.split(":")[1] for duty in duties if duty.key.startswith(f"openness.{act}:")]


def _url(piece: Piece) -> str:
    return reverse("openness:piece", args=[piece.uid])


def _duty(organisation: Organisation, key: str, title: str, reason: str, act: str, url: str, due_on: date) -> Duty:
    return Duty.of(organisation, due_on=due_on, key=f"openness.{key}", title=title[:60], reason=reason, act=act, url=url)
