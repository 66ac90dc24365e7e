"""What either file paid is paid, and nobody owes a month twice."""

from datetime import date

from django.db.models import Sum

from members.dues.models import Collection, Payment
from members.dues.services import confirm, note_arrears
from members.models import Fact, Merge
from partyportal.dashboard.workflows.merging import merge, reverse
from tests.dues.makers import assess, month, months_of, take
from tests.merging.makers import TODAY, world


def test_what_either_file_paid_is_paid_and_nobody_owes_a_month_twice(tree, secretary, committee, kept, gone):
    """Assessed and paid under the second file until March, under the first from April on."""
    assess(gone)
    assess(kept, start=month(4))
    take(gone, by=secretary, until=month(3), day=date(2026, 3, 20), today=date(2026, 3, 20))
    take(kept, by=secretary, until=month(6), day=date(2026, 6, 20), today=date(2026, 6, 20))
    before = months_of(kept), months_of(gone)
    books = Payment.objects.aggregate(total=Sum("amount"))["total"]
    merge(kept, gone, by=committee, on=TODAY)
    assert months_of(gone) == [], "the file that went owes nothing"
    assert [number for number, _, paid in months_of(kept) if paid] == [1, 2, 3, 4, 5, 6]
    assert Payment.objects.aggregate(total=Sum("amount"))["total"] == books
    reverse(Merge.objects.get(), by=committee)
    assert (months_of(kept), months_of(gone)) == before
    assert Payment.objects.aggregate(total=Sum("amount"))["total"] == books


def test_a_month_paid_under_both_stays_where_it_came_in_and_is_told(tree, secretary, committee, kept, gone):
    assess(kept, gone)
    take(kept, gone, by=secretary, until=month(3), day=date(2026, 3, 20), today=date(2026, 3, 20))
    outcome = merge(kept, gone, by=committee, on=TODAY)
    assert any("党费 1 笔两份档案交了同一个月" in line for line in outcome.follows)
    assert Payment.objects.count() == 2 and months_of(gone) == []
    reverse(Merge.objects.get(), by=committee)
    assert months_of(gone) == months_of(kept)


def test_months_only_the_other_file_paid_go_over_with_their_receipt_and_fact(tree, secretary, deputy, committee, kept, gone):
    """潘 paid under the second file; the first was never assessed."""
    assess(gone)
    taken = take(gone, by=secretary, until=month(6), day=date(2026, 6, 20), today=date(2026, 6, 20))
    confirm(Collection.objects.filter(pk=taken.pk), by=deputy)
    before = months_of(gone)
    merge(kept, gone, by=committee, on=TODAY)
    assert months_of(kept) == before and months_of(gone) == []
    assert [(row.member, row.amount > 0) for row in Payment.objects.order_by("pk")] == [(gone, True), (gone, False), (kept, True)]
    assert list(Fact.objects.standing().filter(kind="dues.paid").values_list("member", "units")) == [(kept.pk, 6)]
    reverse(Merge.objects.get(), by=committee)
    assert months_of(kept) == [] and months_of(gone) == before
    assert list(Fact.objects.standing().filter(kind="dues.paid").values_list("member", "units")) == [(gone.pk, 6)]
    receipts = list(Payment.objects.filter(reverses=None).values_list("receipt", flat=True))
    assert len(set(receipts)) == len(receipts) == 3


def test_late_dues_are_judged_again_by_what_both_paid(tree, secretary, committee, kept, gone):
    """The second file was never paid for: its arrears were nobody's."""
    assess(kept, gone)
    take(kept, by=secretary, until=month(6), day=date(2026, 6, 20), today=date(2026, 6, 20))
    note_arrears(today=date(2026, 7, 1))
    before = world()["facts"]
    assert Fact.objects.standing().filter(kind="dues.arrears", member=gone).exists()
    merge(kept, gone, by=committee, on=TODAY)
    assert not Fact.objects.standing().filter(kind="dues.arrears").exists()
    reverse(Merge.objects.get(), by=committee)
    assert world()["facts"] == before
