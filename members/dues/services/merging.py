"""党费 of two files of one person: what either paid is paid by the one that stays, and nobody owes a month twice.

The ledger is append-only, so a payment goes over by being taken back under the one and recorded under the other, in the same
collection, of the same day and sum: the collection's total and the branch's books stay what they were. Branches are locked by
the caller, before the members.
"""

from collections import Counter
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from members.dues.models import Base, Collection, DueMonth, PaidMonth, Payment
from members.dues.services import collecting
from members.models import Fact, Member
from members.rules.spans import Span, outside
from members.services import facts
from partyportal.core.days import month_of, months_after, quarter_of
from partyportal.core.models import User

REASON = "同一人的两份档案合并，改记到另一份名下"
ARREARS = "dues.arrears"


@transaction.atomic
def hand_over(*, kept: Member, gone: Member, by: User) -> dict:
    """Bases, payments and arrears; returns what `give_back` needs, how many payments both had made, and the keys of revised facts."""
    added = _fill_bases(kept, gone)
    payments, twice = [], 0
    for payment in _standing(gone):
        months = {line.month for line in payment.months.all()}
        if months & _paid_months(kept):
            twice += 1  # the same month under both: the money stays where it came in
            continue
        payments.append(_again(payment, kept, by=by).pk)
    superseded = list(Base.objects.in_force().filter(member=gone).values_list("pk", flat=True))
    Base.objects.filter(pk__in=superseded).update(superseded_at=timezone.now())
    return {"bases": added, "superseded": superseded, "payments": payments, "twice": twice, "facts": _judge_arrears(kept, gone)}


@transaction.atomic
def give_back(done: dict, *, gone: Member, by: User) -> Counter:
    """The payments and bases of the one that went are its own again; returns what was changed since and let alone."""
    left: Counter = Counter()
    standing = {payment.pk: payment for payment in _standing_rows().filter(pk__in=done["payments"])}
    for pk in reversed(done["payments"]):
        if pk in standing:
            _again(standing[pk], gone, by=by)
        else:
            left[Payment._meta.label] += 1
    now = timezone.now()
    ended = Base.objects.in_force().filter(pk__in=done["bases"]).update(superseded_at=now)
    left[Base._meta.label] += len(done["bases"]) - ended
    for base in Base.objects.filter(pk__in=done["superseded"]).order_by("pk"):
        try:
            with transaction.atomic():
                _copy(base, gone, Span(base.start, base.end))
        except IntegrityError:
            left[Base._meta.label] += 1
    return +left


def _fill_bases(kept: Member, gone: Member) -> list[int]:
    """Months for which the file that stays has no base take the other's; years apart, for a base ends with its year."""
    added = []
    held = list(Base.objects.in_force().filter(member=kept))
    for base in Base.objects.in_force().filter(member=gone).order_by("start"):
        ours = [Span(row.start, row.end) for row in held if row.year == base.year]
        added += [_copy(base, kept, part).pk for part in outside(Span(base.start, base.end), ours)]
    return added


def _copy(base: Base, member: Member, span: Span) -> Base:
    said = {name: getattr(base, name) for name in ("year", "kind", "amount", "band_id", "monthly", "set_by_id", "set_at")}
    return Base.objects.create(member=member, start=span.start, end=span.end, **said)


def _standing_rows():
    rows = Payment.objects.filter(reverses=None, reversal=None).select_related("collection__recorded_by", "collection__decided_by")
    return rows.prefetch_related("months").order_by("pk")


def _standing(member: Member) -> list[Payment]:
    return list(_standing_rows().filter(member=member))


def _paid_months(member: Member) -> set[date]:
    """Months whose last posting paid: postings alternate, so their number is odd."""
    rows = PaidMonth.objects.filter(member=member).values("month").annotate(many=Count("pk"))
    return {row["month"] for row in rows if row["many"] % 2}


def _again(payment: Payment, member: Member, *, by: User) -> Payment:
    """Take a payment back and record it for another member: collection, day and sum stay, the receipt is the branch's next."""
    lines = [(line.month, line.organisation_id, line.amount) for line in payment.months.all()]
    collecting._take_back([payment], reason=REASON, by=by)
    year = Payment.objects.filter(organisation=payment.organisation_id, day__year=payment.day.year, reverses=None)
    fresh = Payment.objects.create(
        collection_id=payment.collection_id,
        member=member,
        organisation_id=payment.organisation_id,
        day=payment.day,
        amount=payment.amount,
        voluntary=payment.voluntary,
        to_centre=payment.to_centre,
        receipt=f"{payment.organisation.code}-{payment.day.year}-{year.count() + 1:04d}",
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    collecting._post([(fresh, month, organisation, amount) for month, organisation, amount in lines])
    collection = payment.collection
    if collection.state == Collection.State.CONFIRMED:
        collecting._leave_facts(collection, confirmed_by=collection.decided_by, only=[fresh.pk])
    return fresh


def _judge_arrears(kept: Member, gone: Member) -> list[list]:
    """Quarters either file was late in are judged again by what both paid; of the file that goes nothing is owed. Returns [key, revision]."""
    told = list(Fact.objects.standing().filter(kind=ARREARS, member__in=(kept, gone)).order_by("day", "pk"))
    lines, void = [], {fact.key for fact in told}
    for fact in {fact.day: fact for fact in told}.values():
        late = DueMonth.objects.filter(member=kept, month__gte=months_after(month_of(fact.day), -2), month__lte=fact.day, due__gt=0)
        many = late.filter(Q(payment=None) | Q(payment__day__gt=fact.day)).count()
        if many:
            lines.append(_arrears(fact, kept, Decimal(many)))
    void -= {line.key for line in lines}
    facts.void(void, by=None)
    facts.record(lines, by=None)
    touched = void | {line.key for line in lines}
    return [[key, revision] for key, revision in Fact.objects.filter(key__in=touched, superseded_at=None).values_list("key", "revision")]


def _arrears(fact: Fact, kept: Member, units: Decimal) -> facts.FactLine:
    word = fact.key.rpartition(":")[2]
    return facts.FactLine(
        key=f"{ARREARS}:{kept.uid}:{word}",
        kind=fact.kind,
        member_id=kept.pk,
        organisation_id=fact.organisation_id,
        member_class=fact.member_class,
        day=fact.day,
        units=units,
        title=fact.title if fact.units == units else f"{fact.day.year} 年第 {quarter_of(fact.day)} 季度有 {units:.0f} 个月的党费没有按时交",
        evidence=fact.evidence,
    )
