"""Where claims stand: their last voucher says it, and a payment that waits."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Subquery

from members.care.fund.models import Claim, Payment, Voucher

_AFTER = {"reserve": "reserved", "release": "released", "payment": "paid", "reversal": "reversed"}
WORDS = {"reserved": "已批未付", "prepared": "付款待复核", "paid": "已付", "reversed": "已冲正，待重付", "released": "已撤销"}


def with_state(claims):
    """Claims with `last`, the kind of their last voucher, and `waiting`, whether a payment waits for its second person."""
    last = Voucher.objects.filter(claim=OuterRef("pk")).order_by("-turn").values("kind")[:1]
    waiting = Payment.objects.filter(claim=OuterRef("pk"), state=Payment.State.PREPARED)
    return claims.annotate(last=Subquery(last), waiting=Exists(waiting))


def state_of(claims: Iterable[Claim]) -> dict[int, str]:
    """reserved, prepared, paid, reversed or released, by claim: one statement."""
    rows = with_state(Claim.objects.filter(pk__in=[claim.pk for claim in claims])).order_by()
    return {pk: "prepared" if waiting else _AFTER[last] for pk, last, waiting in rows.values_list("pk", "last", "waiting")}


def in_state(claims, state: str):
    """Claims with their state, narrowed to one if it is given, latest first."""
    rows = with_state(claims)
    if state == "prepared":
        rows = rows.filter(waiting=True)
    elif state:
        rows = rows.filter(waiting=False, last=next(kind for kind, name in _AFTER.items() if name == state))
    return rows.order_by("-recorded_on", "-id")


_CHIPS = {"reserved": "way", "prepared": "look", "paid": "done", "reversed": "act", "released": "kind"}


def chip_of(state: str) -> tuple[str, str]:
    """The state's word and the kind of its chip."""
    return WORDS[state], _CHIPS[state]


def told(claim) -> tuple[str, str]:
    """The same of a claim that `with_state` read."""
    return chip_of("prepared" if claim.waiting else _AFTER[claim.last])
