"""收党费: recorded by one person, confirmed by another, taken back only by a row of its own.

Every act takes the branch, then its members by id, and reads what is due only then: two collectors of one branch are
taken one after the other, and what the first recorded the second finds paid. A killed act leaves nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from branches.models import Organisation
from members.dues.models import Collection, DueMonth, PaidMonth, Payment
from members.dues.parameters import BACK_PAY_MONTHS, LARGE_VOLUNTARY, PARAMETERS
from members.dues.rules import earliest_payable, goes_to_the_centre, month_words
from members.dues.services.locks import lock_branch, lock_members, refuse_strangers
from members.models import Member
from members.selectors.days import places_on
from members.services import facts
from partyportal.core import audit
from partyportal.core.days import month_of
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User
from partyportal.core.parameters import values_on

State = Collection.State
NOTHING = Decimal(0)
TOLD = 3  # people named in one refusal


@transaction.atomic
def collect(
    *,
    organisation: Organisation,
    expected: Mapping[int, Decimal],
    until: date,
    day: date,
    method: str,
    by: User,
    today: date,
    uid: UUID | None = None,
) -> Collection:
    """Record that members (by id) of a branch paid all they owe up to a month. `expected` is what the page showed of each.

    `uid` lets one page, sent twice, be told apart from two collections: the second finds the first.
    """
    branch, sent = _open(organisation, uid, by=by)
    if sent:
        return sent
    _check_day(day, until, today)
    members = lock_members(expected)
    refuse_strangers(members.values(), branch)
    owed = _owed(members, until=until, day=day)
    paid_meanwhile = [members[pk].name for pk in expected if not owed.get(pk)]
    if paid_meanwhile:
        raise Stale(f"{_named(paid_meanwhile)}到这个月已经没有要交的，可能刚才有人登记过。去掉再记。")
    changed = [members[pk].name for pk, sum_shown in expected.items() if sum(row.due for row in owed[pk]) != sum_shown]
    if changed:
        raise Stale(f"{_named(changed)}应交的数刚才变了，看过新的数再记。")
    sums = {pk: sum(row.due for row in rows) for pk, rows in owed.items()}
    return _record(branch, owed, sums, day=day, method=method, by=by, uid=uid)


@transaction.atomic
def pay(
    member: Member, *, until: date, amount: Decimal, day: date, method: str, by: User, today: date, uid: UUID | None = None
) -> Collection:
    """Record one member's sum: it covers what is owed up to a month, and anything above is voluntary (自愿多交)."""
    return record_sums(
        organisation=member.branch, sums={member.pk: amount}, until=until, day=day, method=method, by=by, today=today, uid=uid
    )


@transaction.atomic
def record_sums(
    *,
    organisation: Organisation,
    sums: Mapping[int, Decimal],
    until: date,
    day: date,
    method: str,
    by: User,
    today: date,
    uid: UUID | None = None,
) -> Collection:
    """Record what members (by id) of a branch gave: each sum covers what is owed up to a month, the rest of it is voluntary."""
    branch, sent = _open(organisation, uid, by=by)
    if sent:
        return sent
    _check_day(day, until, today)
    members = lock_members(sums)
    refuse_strangers(members.values(), branch)
    owed = _owed(members, until=until, day=day)
    assessed = set(DueMonth.objects.of_year(day.year).filter(member__in=members).values_list("member", flat=True))
    for pk, amount in sums.items():
        due = sum((row.due for row in owed.get(pk, ())), NOTHING)
        whom = f"{members[pk].name}：" if len(sums) > 1 else ""
        if amount <= 0:
            raise DomainError(f"{whom}收到的金额要大于 0。", field="amount")
        if amount < due:
            raise DomainError(f"{whom}到这个月应交 {due:.2f} 元，收到的不够。收齐再记，或者选早一些的月份。", field="amount")
        if not due and pk not in assessed:
            raise DomainError(f"{members[pk].name}今年还没有核定党费基数，先核定再收。", field="until")
    return _record(branch, owed, sums, day=day, method=method, by=by, uid=uid)


@transaction.atomic
def confirm(collections: Iterable[Collection], *, by: User) -> int:
    """A second person's word on any number of collections: their money was counted. Each leaves its facts. Confirmed twice, it counts once."""
    asked = [collection.pk for collection in collections]
    held = list(
        Collection.objects.select_for_update(of=("self",)).select_related("organisation", "recorded_by").filter(pk__in=asked).order_by("pk")
    )
    for collection in held:
        if collection.state == State.RETURNED:
            raise DomainError(f"{collection.day:%Y-%m-%d} 的这一批已经退回，不能再核对。")
        if collection.state == State.RECORDED and collection.recorded_by_id == by.pk:
            raise DomainError("自己登记的要由另一个人核对。找支部另一位收党费的同志，或者请上级党委核对。")
    waiting = [collection for collection in held if collection.state == State.RECORDED]
    now = timezone.now()
    Collection.objects.filter(pk__in=[c.pk for c in waiting]).update(state=State.CONFIRMED, decided_by=by, decided_at=now)
    for collection in waiting:
        count = _leave_facts(collection, confirmed_by=by)
        audit.record("dues.collection.confirmed", collection, by=by, path=collection.organisation.path, payments=count)
    return len(waiting)


@transaction.atomic
def return_collection(collection: Collection, *, reason: str, by: User) -> Collection:
    """The second person sends a collection back: the money is not what it says. All its payments are taken back."""
    branch = lock_branch(collection.organisation)
    held = Collection.objects.select_for_update(of=("self",)).get(pk=collection.pk)
    if held.state != State.RECORDED:
        raise DomainError(f"这一批{held.get_state_display()}，不能再退回。要改的逐笔冲正。")
    if held.recorded_by_id == by.pk:
        raise DomainError("自己登记的不用退回，哪一笔错了就冲正哪一笔。")
    if not reason.strip():
        raise DomainError("写上退回原因，登记的人才知道改什么。", field="reason")
    standing = Payment.objects.filter(collection=held, reverses=None, reversal=None)
    lock_members(standing.values_list("member_id", flat=True))
    _take_back(list(standing.select_related("collection")), reason=reason.strip(), by=by)
    held.state, held.decided_by, held.decided_at, held.return_reason = State.RETURNED, by, timezone.now(), reason.strip()
    held.save(update_fields=["state", "decided_by", "decided_at", "return_reason"])
    audit.record("dues.collection.returned", held, by=by, path=branch.path)
    return held


@transaction.atomic
def reverse(payment: Payment, *, reason: str, by: User) -> Payment:
    """冲正: take a payment back whole, by a row of its own. Once confirmed, by another person than the one who recorded it."""
    branch = lock_branch(payment.organisation)
    members = lock_members([payment.member_id])
    held = Payment.objects.select_related("collection", "reverses").get(pk=payment.pk)
    if held.reverses_id:
        raise DomainError("这一笔本身就是冲正，不能再冲正。要重新收就重新登记。")
    if Payment.objects.filter(reverses=held).exists():
        raise DomainError("这一笔已经冲正过。")
    if held.collection.state == State.CONFIRMED and held.recorded_by_id == by.pk:
        raise DomainError("已经核对过的，要由登记人以外的人冲正。")
    if not reason.strip():
        raise DomainError("写上冲正原因，如“金额记错”“记到了别人名下”。", field="reason")
    [row] = _take_back([held], reason=reason.strip(), by=by)
    subject = members[held.member_id].uid
    audit.record("dues.payment.reversed", row, by=by, path=branch.path, subject=subject, payment=held.uid, amount=row.amount)
    return row


def _open(organisation: Organisation, uid: UUID | None, *, by: User) -> tuple[Organisation, Collection | None]:
    """The branch, held; and the collection this very form has already become."""
    branch = lock_branch(organisation)
    sent = Collection.objects.filter(uid=uid).first() if uid else None
    if sent and (sent.organisation_id, sent.recorded_by_id) != (branch.pk, by.pk):
        raise DomainError("这一页已经登记成别的收缴，重新打开再记。")
    return branch, sent


def _check_day(day: date, until: date, today: date) -> None:
    if day > today:
        raise DomainError("收款日还没到，写实际收到钱的日子。", field="day")
    if month_of(day) < earliest_payable(today, back_pay_months=12):
        raise DomainError("收款日太早，看看年份写对没有。", field="day")
    if until != month_of(until) or until.year > today.year:
        raise DomainError("只能交到今年 12 月，明年的等核定了再交。", field="until")


def _owed(members: Mapping[int, Member], *, until: date, day: date) -> dict[int, list[DueMonth]]:
    """What each owes and may still pay, oldest first."""
    limit = values_on(day, PARAMETERS)[BACK_PAY_MONTHS.key]
    first = earliest_payable(day, back_pay_months=limit)
    rows = DueMonth.objects.owing().filter(member__in=list(members), month__gte=first, month__lte=until)
    owed: dict[int, list[DueMonth]] = {}
    for row in rows.filter(year__gte=first.year, year__lte=until.year).order_by("member_id", "month"):
        owed.setdefault(row.member_id, []).append(row)
    return owed


def _record(
    branch: Organisation,
    owed: Mapping[int, list[DueMonth]],
    sums: Mapping[int, Decimal],
    *,
    day: date,
    method: str,
    by: User,
    uid: UUID | None,
) -> Collection:
    if not sums:
        raise DomainError("还没有选人，勾上已经交了的再记。", field="members")
    now, large = timezone.now(), values_on(day, PARAMETERS)[LARGE_VOLUNTARY.key]
    collection = Collection.objects.create(
        **({"uid": uid} if uid else {}), organisation=branch, day=day, method=method, recorded_by=by, recorded_at=now
    )
    number = Payment.objects.filter(organisation=branch, day__year=day.year, reverses=None).count()
    payments = []
    for number, (pk, amount) in enumerate(sums.items(), number + 1):  # noqa: B020 (it goes on from what stands)
        voluntary = amount - sum((row.due for row in owed.get(pk, ())), NOTHING)
        payments.append(
            Payment(
                collection=collection,
                member_id=pk,
                organisation=branch,
                day=day,
                amount=amount,
                voluntary=voluntary,
                to_centre=goes_to_the_centre(voluntary, large=large),
                receipt=f"{branch.code}-{day.year}-{number:04d}",
                recorded_by=by,
                recorded_at=now,
            )
        )
    Payment.objects.bulk_create(payments)
    _post([(payment, row.month, row.organisation_id, row.due) for payment in payments for row in owed.get(payment.member_id, ())])
    total = sum(payment.amount for payment in payments)
    audit.record(
        "dues.collection.recorded",
        collection,
        by=by,
        path=branch.path,
        organisation=branch.code,
        day=day,
        payments=len(payments),
        amount=total,
    )
    return collection


def _post(lines: list[tuple[Payment, date, int, Decimal]]) -> None:
    """Post months one after another's last posting; the members are locked, and the database counts as well."""
    members = {payment.member_id for payment, *_ in lines}
    months = {month for _, month, *_ in lines}
    postings: dict[tuple[int, date], int] = {}
    for member, month in PaidMonth.objects.filter(member__in=members, month__in=months).values_list("member_id", "month"):
        postings[member, month] = postings.get((member, month), 0) + 1
    PaidMonth.objects.bulk_create(
        [
            PaidMonth(
                payment=payment,
                member_id=payment.member_id,
                organisation_id=organisation_id,
                month=month,
                posting=postings.get((payment.member_id, month), 0) + 1,
                amount=amount,
            )
            for payment, month, organisation_id, amount in lines
        ]
    )


def _take_back(payments: list[Payment], *, reason: str, by: User) -> list[Payment]:
    """The reversing rows of payments and of the months they cover; the facts they left are voided."""
    now = timezone.now()
    rows = [
        Payment(
            collection_id=payment.collection_id,
            member_id=payment.member_id,
            organisation_id=payment.organisation_id,
            day=payment.day,
            amount=-payment.amount,
            voluntary=-payment.voluntary,
            to_centre=payment.to_centre,
            receipt=payment.receipt,
            reverses=payment,
            reason=reason,
            recorded_by=by,
            recorded_at=now,
        )
        for payment in payments
    ]
    Payment.objects.bulk_create(rows)
    back = {row.reverses_id: row for row in rows}
    covered = PaidMonth.objects.filter(payment__in=payments).order_by("member_id", "month")
    _post([(back[line.payment_id], line.month, line.organisation_id, -line.amount) for line in covered])
    facts.void([fact_key(payment) for payment in payments], by=by)
    return rows


def fact_key(payment: Payment) -> str:
    return f"dues.paid:{payment.uid}"


def _leave_facts(collection: Collection, *, confirmed_by: User, only: Iterable[int] | None = None) -> int:
    """One fact a payment, worth its months: a scheme may give points for dues paid, and none asks how much they were."""
    standing = Payment.objects.filter(collection=collection, reverses=None, reversal=None).prefetch_related("months").order_by("pk")
    if only is not None:
        standing = standing.filter(pk__in=only)
    payments = [(payment, [line.month for line in payment.months.all()]) for payment in standing]
    places = places_on([payment.member_id for payment, _ in payments], collection.day)
    facts.record(
        [
            facts.FactLine(
                key=fact_key(payment),
                kind="dues.paid",
                member_id=payment.member_id,
                organisation_id=places[payment.member_id].organisation_id,
                member_class=places[payment.member_id].member_class,
                day=collection.day,
                units=Decimal(len(months)),
                title=f"交纳党费：{months[0].year} 年 {month_words(months)}"
                if months[0].year == months[-1].year
                else f"交纳党费：{month_words(months)}",
                evidence=f"收据 {payment.receipt}",
            )
            for payment, months in payments
            if months and payment.member_id in places
        ],
        by=collection.recorded_by,
        confirmed_by=confirmed_by,
    )
    return len(payments)


def _named(names: list[str]) -> str:
    return "、".join(names[:TOLD]) + (f"等 {len(names)} 人" if len(names) > TOLD else "")
