"""Writing the cards and the weights."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import IO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments import selectors
from assessments.models import Card, CardLine, Indicator
from assessments.rules import NOTHING, card_score, weights_fault
from branches.models import Organisation
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx

BATCH = 2000


@transaction.atomic
def recompute(*, year: int, today: date, organisations: Iterable[Organisation] | None = None, by: User | None = None) -> int:
    """Write each organisation's card of the year anew from its evidence; returns how many.

    Three statements of evidence whatever the size of the county, then two upserts: running it twice changes only `as_of`.
    """
    indicators, measured = selectors.indicators_of(year), selectors.measured(year, today=today)
    wanted = selectors.assessed(year).order_by("pk")
    if organisations is not None:
        wanted = wanted.filter(pk__in=[organisation.pk for organisation in organisations])
    now, shares = timezone.now(), {}
    for pk in wanted.values_list("pk", flat=True):
        shares[pk] = [(indicator, measured[indicator.code].get(pk, NOTHING)) for indicator in indicators]
    cards = Card.objects.bulk_create(
        [
            Card(organisation_id=pk, year=year, as_of=now, score=card_score((i.weight, share) for i, share in held))
            for pk, held in shares.items()
        ],
        update_conflicts=True,
        unique_fields=["organisation", "year"],
        update_fields=["score", "as_of"],
        batch_size=BATCH,
    )
    lines = [
        CardLine(card=card, indicator=i, done=share.done, due=share.due) for card in cards for i, share in shares[card.organisation_id]
    ]
    # New weights of the same indicator are another row of it: the line under the old one goes.
    CardLine.objects.filter(card__in=[card.pk for card in cards]).exclude(indicator__in=indicators).delete()
    CardLine.objects.bulk_create(
        lines, update_conflicts=True, unique_fields=["card", "indicator"], update_fields=["done", "due"], batch_size=BATCH
    )
    audit.record("assessments.cards.recomputed", by=by, year=year, cards=len(cards))
    return len(cards)


def recompute_running(*, today: date) -> int:
    """The cards of the running year; in January also those of the year before, whose December is judged only now."""
    years = [today.year - 1, today.year] if today.month == 1 else [today.year]
    return sum(recompute(year=year, today=today) for year in years)


@transaction.atomic
def set_weights(*, year: int, weights: dict[str, Decimal], today: date, by: User) -> list[Indicator]:
    """Set what each indicator weighs from a year on; together they are 100. Years gone by keep theirs."""
    if year < today.year:
        raise DomainError("过去年度的权重不能再改。", field="year")
    if fault := weights_fault(weights.values()):
        raise DomainError(fault)
    held = {indicator.code: indicator for indicator in selectors.indicators_of(year)}
    if weights.keys() != held.keys():
        raise DomainError("每项指标都要有权重。")
    for code, weight in weights.items():
        before = held[code]
        held[code], _ = Indicator.objects.update_or_create(
            code=code, first_year=year, defaults={"weight": weight, "name": before.name, "definition": before.definition}
        )
    audit.record("assessments.weights.set", by=by, year=year, weights=weights)
    return list(held.values())


@transaction.atomic
def export_cards(cards: QuerySet[Card], *, year: int, path: str, by: User) -> IO[bytes]:
    """The listed cards as a sheet in the list's order: what was reached of what was due, indicator by indicator, and the score."""
    indicators, listed = selectors.indicators_of(year), list(cards)
    audit.record("assessments.cards.exported", by=by, path=path, year=year, cards=len(listed))
    columns = [f"{indicator.name}{part}" for indicator in indicators for part in ("已达", "应达", "（%）")]
    headings = ["党组织代码", "党组织", "类别", *columns, "得分"]
    title = f"{year} 年度考核卡，截至 {timezone.localtime(listed[0].as_of):%Y-%m-%d %H:%M}" if listed else f"{year} 年度考核卡"
    return write_xlsx(headings, _card_lines(selectors.card_rows(listed, indicators)), title=title, sheet="考核卡", widths={"党组织": 40})


def _card_lines(rows: list[selectors.CardRow]) -> Iterator[list]:
    for row in rows:
        figures = [figure for line in row.lines for figure in ((line.done, line.due, line.percent) if line else (None, None, None))]
        place = row.card.organisation
        yield [place.code, place.name, place.get_kind_display(), *figures, row.card.score]
