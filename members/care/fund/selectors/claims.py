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
