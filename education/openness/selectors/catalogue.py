"""The catalogue against what was disclosed: what is asked of an organisation now, and which are late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from branches.models import Organisation
from education.openness import rules
from education.openness.models import Piece, Topic


@dataclass(frozen=True)
class Asked:
    """One item of the catalogue, asked of one organisation for its latest period, and the piece that answers it."""

    organisation: Organisation
    topic: Topic
    period: rules.Period
    piece: Piece | None
    today: date

    @property
    def is_done(self) -> bool:
        return self.piece is not None and self.piece.is_standing

    @property
    def is_late(self) -> bool:
        return not self.is_done and self.period.due_on < self.today

    @property
    def words(self) -> str:
        return rules.period_words(self.topic.often, self.period.start)


def asked_of(organisations: Iterable[Organisation], today: date) -> list[Asked]:
    """What the catalogue asks now: two statements for one organisation as for three thousand."""
    organisations = list(organisations)
    kinds = {one.kind for one in organisations}
    in_force = Topic.objects.exclude(often=Topic.Often.EVENT).filter(
        Q(end=None) | Q(end__gt=today), start__lte=today, organisation_kind__in=kinds
    )
    topics: dict[str, list[tuple[Topic, rules.Period]]] = {}
    for topic in in_force:
        period = rules.period_asked(topic.often, today, days=topic.days, is_ahead=topic.is_ahead)
        topics.setdefault(topic.organisation_kind, []).append((topic, period))
    if not topics:
        return []
    first = min(period.start for listed in topics.values() for _, period in listed)
    rows = Piece.objects.filter(sort=Piece.Sort.DISCLOSURE, period_on__gte=first).exclude(state=rules.WITHDRAWN)
    if len(organisations) <= 400:
        rows = rows.filter(organisation__in=organisations)
    held = {(one.organisation_id, one.topic.code, one.period_on): one for one in rows.select_related("topic").defer("text")}
    return [
        Asked(one, topic, period, held.get((one.pk, topic.code, period.start)), today)
        for one in organisations
        for topic, period in topics.get(one.kind, ())
        if rules.is_asked(period, in_force=topic.start, until=topic.end, founded_on=one.founded_on)
    ]


@dataclass(frozen=True)
class Row:
    """An organisation on the overview: how much was asked, disclosed, and is late."""

    organisation: Organisation
    asked: int
    done: int
    late: int
    missing: str


def overview(organisations: Iterable[Organisation], today: date) -> list[Row]:
    """By code, whoever is late and whoever is not."""
    organisations, found = list(organisations), {}
    for one in asked_of(organisations, today):
        found.setdefault(one.organisation.pk, []).append(one)
    return [
        Row(
            one,
            len(listed := found.get(one.pk, [])),
            sum(each.is_done for each in listed),
            sum(each.is_late for each in listed),
            "、".join(each.topic.name for each in listed if each.is_late),
        )
        for one in organisations
    ]
