"""Bases, payments, reversals, exemptions: what each writes, what each refuses and leaves unchanged."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import DatabaseError, connection, transaction

from members.dues import services
from members.dues.models import Base, Collection, DueMonth, Exemption, PaidMonth, Payment
from members.dues.services import BaseLine
from members.models import Fact
from members.services.membership import leave, move
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from tests.dues.makers import DECEMBER, NOVEMBER, TODAY, assess, farmer, month, months_of, pay_one, salaried, take
from tests.factories import make_member


@pytest.fixture
def people(tree):
    people = [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]
    assess(*people)
    return people


def refused(act, *args, **kwargs) -> str:
    """The sentence of a refusal that changed nothing."""
    before = (Payment.objects.count(), PaidMonth.objects.count(), Base.objects.count(), AuditEntry.objects.count())
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        act(*args, **kwargs)
    assert (Payment.objects.count(), PaidMonth.objects.count(), Base.objects.count(), AuditEntry.objects.count()) == before
    return refusal.value.message


def paid_of(member):
    return [number for number, _, paid in months_of(member) if paid]


# ── Bases ───────────────────────────────────────────────────────────────────
def test_an_income_is_sealed_and_in_no_audit_row(tree, secretary, people):
    assess(people[0], line=salaried("8765.43"), by=secretary)
    with connection.cursor() as cursor:
        cursor.execute("SELECT amount FROM dues_base WHERE member_id = %s", [people[0].pk])
        assert all(b"8765" not in bytes(amount) for (amount,) in cursor.fetchall())
    assert Base.objects.in_force().get(member=people[0]).income == D("8765.43")
    row = AuditEntry.objects.filter(code="dues.base.set").latest("id")
    assert row.subject == people[0].uid
    assert "8765" not in str(row.data) and "131.48" not in str(row.data)


def test_set_twice_writes_nothing_and_a_correction_supersedes(tree, secretary, people):
    assert assess(people[0]) == 0
    assert assess(people[0], line=salaried("4100"), by=secretary) == 1
    old, new = Base.objects.filter(member=people[0]).order_by("id")
    assert (old.superseded_at is None, new.superseded_at is None) == (False, True)
    assert months_of(people[0])[0][1] == D("41.00")


def test_a_base_set_before_a_later_one_holds_until_it(tree, people):
    person = people[0]
    assess(person, line=salaried("5000"), start=month(7))
    assess(person, line=salaried("3000"), start=month(3))
    assert [due for _, due, _ in months_of(person)] == [D("40")] * 2 + [D("15")] * 4 + [D("50")] * 6
    late = make_member(tree.ours)
    assess(late, line=salaried("5000"), start=month(9))
    assess(late, line=salaried("3000"), start=month(6))
    assert [due for _, due, _ in months_of(late)] == [D("15")] * 3 + [D("50")] * 4


def test_a_paid_month_keeps_what_it_cost(tree, secretary, people):
    take(people[0], by=secretary, until=month(6))
    told = refused(assess, people[0], line=salaried("4500"), start=month(6))
    assert told == "程勇庆 6 月的党费已经交了 40.00 元。基数从还没交的月份起改，或者先冲正那一笔。"
    assert assess(people[0], line=salaried("4500"), start=month(7)) == 1
    assert [due for _, due, _ in months_of(people[0])][5:7] == [D("40"), D("45")]


def test_a_farmer_outside_the_bounds_and_a_base_of_nothing_are_refused(people):
    assert "0.20 到 1.00 元" in refused(assess, people[0], line=farmer("1.01"))
    assert "交纳基数要大于 0" in refused(assess, people[0], line=salaried("0"))
    assert "每月固定的税后收入" in refused(assess, people[0], line=BaseLine(kind="retired"))
    assert "不到一分钱" in refused(assess, people[0], line=salaried("0.5"))


def test_a_stranger_is_not_assessed(tree, secretary, people):
    stranger = make_member(tree.neighbours, "袁强明")
    told = refused(services.set_bases, organisation=tree.ours, lines={stranger.pk: farmer()}, start=month(1), by=secretary, today=TODAY)
    assert told == "袁强明现在不在高家杨村党支部，由他现在的支部收。"


def test_last_years_bases_are_copied_once_by_this_years_rates(tree, secretary, people):
    copy = lambda: services.copy_from_last_year(tree.ours, year=2027, by=secretary, today=date(2027, 1, 3))  # noqa: E731
    assess(people[1], line=farmer("0.80"), start=month(4))
    assess(people[2], line=salaried("9000"), start=month(9))
    assert copy() == 3
    assert [months_of(p, 2027)[0] for p in people] == [(1, D("40.00"), False), (1, D("0.80"), False), (1, D("135.00"), False)]
    assert "没有可照上年的人" in refused(copy)


# ── Paying ──────────────────────────────────────────────────────────────────
def test_a_whole_branch_pays_what_it_owes_in_one_act(tree, secretary, people):
    collection = take(*people, by=secretary, until=month(11), day=TODAY)
    assert collection.state == "recorded"
    assert [paid_of(p) for p in people] == [list(range(5, 12))] * 3, "six months back and this one"
    assert {p.amount for p in collection.payments.all()} == {D("280.00")}
    assert sorted(p.receipt for p in collection.payments.all()) == [f"001003001-2026-{n:04d}" for n in (1, 2, 3)]
    assert AuditEntry.objects.filter(code="dues.collection.recorded").count() == 1


def test_zhongzufa_2008_3_months_older_than_six_are_not_taken(tree, secretary, people):
    take(people[0], by=secretary, day=date(2026, 11, 1), today=date(2026, 11, 1))
    assert paid_of(people[0])[0] == 5
    take(people[1], by=secretary, day=date(2026, 10, 31), until=month(10), today=date(2026, 11, 1))
    assert paid_of(people[1])[0] == 4


def test_what_changed_since_the_page_was_opened_is_told(tree, secretary, people):
    pay_one(people[0], "280", by=secretary)
    asked = {"organisation": tree.ours, "until": month(11), "day": TODAY, "method": "cash", "by": secretary, "today": TODAY}
    told = refused(services.collect, expected={p.pk: D("280.00") for p in people}, **asked)
    assert told == "程勇庆到这个月已经没有要交的，可能刚才有人登记过。去掉再记。"
    told = refused(services.collect, expected={people[1].pk: D("240.00")}, **asked)
    assert told == "戴鹏应交的数刚才变了，看过新的数再记。"
    assert refused(services.collect, expected={}, **asked) == "还没有选人，勾上已经交了的再记。"
    with pytest.raises(Stale):
        services.collect(expected={people[1].pk: D("240.00")}, **asked)


def test_one_form_sent_twice_is_one_collection(tree, secretary, deputy, people):
    first = take(people[0], by=secretary)
    uid = first.uid
    asked = {"organisation": tree.ours, "until": month(11), "day": TODAY, "method": "cash", "today": TODAY, "uid": uid}
    again = services.collect(expected={people[0].pk: D("280.00")}, by=secretary, **asked)
    assert (again.pk, Payment.objects.count()) == (first.pk, 1)
    assert "登记成别的收缴" in refused(services.collect, expected={people[0].pk: D("280.00")}, by=deputy, **asked)


def test_too_little_is_refused_and_more_is_voluntary(tree, secretary, people):
    told = refused(pay_one, people[0], "279.99", by=secretary)
    assert told == "到这个月应交 280.00 元，收到的不够。收齐再记，或者选早一些的月份。"
    pay_one(people[0], "280.00", by=secretary)
    pay_one(people[1], "300.00", by=secretary)
    assert [(p.amount, p.voluntary) for p in Payment.objects.order_by("id")] == [(D("280"), D("0")), (D("300"), D("20"))]


@pytest.mark.parametrize(("amount", "flagged"), [("1279.99", False), ("1280.00", True), ("1280.01", True)])
def test_zhongzufa_2008_3_a_thousand_voluntary_at_once_is_flagged(tree, secretary, people, amount, flagged):
    pay_one(people[0], amount, by=secretary)
    assert Payment.objects.get().to_centre is flagged


def test_months_may_be_paid_ahead_to_december_and_no_further(tree, secretary, people):
    pay_one(people[0], "320", by=secretary, until=month(12))
    assert paid_of(people[0])[-1] == 12
    assert "只能交到今年 12 月" in refused(pay_one, people[1], "400", by=secretary, until=month(1, 2027))


def test_a_day_ahead_or_long_past_is_refused(tree, secretary, people):
    assert "收款日还没到" in refused(pay_one, people[0], "280", by=secretary, day=date(2026, 11, 23))
    assert "看看年份" in refused(pay_one, people[0], "280", by=secretary, day=date(2025, 10, 31))


def test_nobody_pays_where_he_no_longer_belongs(tree, secretary, committee, people):
    move(people[0], to=tree.neighbours, on=date(2026, 11, 1), by=committee)
    told = refused(take, people[0], people[1], by=secretary)
    assert "由他现在的支部收" in told or "不在这里" in told
    people[0].refresh_from_db()
    pay_one(people[0], "280", by=secretary)
    assert Payment.objects.get().organisation == tree.neighbours
    owed_to = list(PaidMonth.objects.order_by("month").values_list("organisation__code", flat=True))
    assert owed_to == [tree.ours.code] * 6 + [tree.neighbours.code], "the months stay where they were owed"
    leave(people[1], on=date(2026, 11, 20), reason="died", by=committee)
    people[1].refresh_from_db()
    assert "不在本县" in refused(pay_one, people[1], "280", by=secretary)


def test_without_a_base_nothing_can_be_paid(tree, secretary):
    assert "还没有核定党费基数" in refused(pay_one, make_member(tree.ours, "赵峰河"), "10", by=secretary)


# ── The second person ───────────────────────────────────────────────────────
def test_a_payment_counts_once_another_person_confirmed_it(tree, secretary, deputy, people):
    collection = take(*people, by=secretary)
    assert "自己登记的要由另一个人核对" in refused(services.confirm, [collection], by=secretary)
    assert not Fact.objects.filter(kind="dues.paid").exists()
    assert services.confirm([collection], by=deputy) == 1
    assert services.confirm([collection], by=deputy) == 0, "confirmed twice, once"
    facts = Fact.objects.standing().filter(kind="dues.paid")
    assert [(f.units, f.day, f.organisation, f.title) for f in facts][:1] == [(D(7), TODAY, tree.ours, "交纳党费：2026 年 5–11 月")]
    assert (facts.count(), facts[0].recorded_by, facts[0].confirmed_by) == (3, secretary, deputy)


def test_the_database_asks_for_the_second_person_too(tree, secretary, people):
    collection = take(people[0], by=secretary)
    with pytest.raises(DatabaseError, match="collection_needs_a_second_person"), transaction.atomic():
        Collection.objects.filter(pk=collection.pk).update(state="confirmed", decided_by=secretary, decided_at="2026-11-22T00:00:00Z")


def test_what_is_sent_back_is_owed_again(tree, secretary, deputy, people):
    collection = take(*people, by=secretary)
    assert "写上退回原因" in refused(services.return_collection, collection, reason=" ", by=deputy)
    assert "自己登记的不用退回" in refused(services.return_collection, collection, reason="少钱", by=secretary)
    services.return_collection(collection, reason="现金少 10 元", by=deputy)
    assert [paid_of(p) for p in people] == [[], [], []]
    assert sum(p.amount for p in Payment.objects.all()) == 0
    assert "不能再退回" in refused(services.return_collection, collection, reason="少钱", by=deputy)
    assert "已经退回" in refused(services.confirm, [collection], by=deputy)
    take(*people, by=secretary)
    assert paid_of(people[0]) == list(range(5, 12))
    assert PaidMonth.objects.filter(member=people[0], month=month(11)).count() == 3


def test_a_mistake_is_taken_back_by_a_row_of_its_own(tree, secretary, deputy, people):
    take(*people, by=secretary)
    payment = Payment.objects.get(member=people[0])
    services.confirm(Collection.objects.all(), by=deputy)
    assert "由登记人以外的人冲正" in refused(services.reverse, payment, reason="记错了人", by=secretary)
    assert "写上冲正原因" in refused(services.reverse, payment, reason="", by=deputy)
    row = services.reverse(payment, reason="记错了人", by=deputy)
    assert (row.amount, row.receipt, paid_of(people[0])) == (D("-280.00"), payment.receipt, [])
    assert not Fact.objects.standing().filter(kind="dues.paid", member=people[0]).exists()
    assert "已经冲正过" in refused(services.reverse, payment, reason="再来", by=deputy)
    assert "本身就是冲正" in refused(services.reverse, row, reason="再来", by=deputy)


def test_the_recorder_may_mend_what_nobody_confirmed_yet(tree, secretary, deputy, people):
    take(*people, by=secretary)
    services.reverse(Payment.objects.get(member=people[0]), reason="没有交", by=secretary)
    assert services.confirm(Collection.objects.all(), by=deputy) == 1
    assert sorted(Fact.objects.standing().filter(kind="dues.paid").values_list("member__name", flat=True)) == ["戴鹏", "龚莉娜"]


# ── The database itself ─────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dues_payment SET amount = 1",
        "DELETE FROM dues_payment",
        "TRUNCATE dues_payment CASCADE",
        "UPDATE dues_paidmonth SET amount = 1",
        "DELETE FROM dues_paidmonth",
        "TRUNCATE dues_paidmonth",
        "UPDATE dues_collection SET day = day - 1",
        "DELETE FROM dues_collection",
        "TRUNCATE dues_collection CASCADE",
        "UPDATE dues_base SET monthly = 1",
        "DELETE FROM dues_base",
        "TRUNCATE dues_base",
    ],
)
def test_the_ledger_refuses_every_change(tree, secretary, people, statement):
    take(*people, by=secretary)
    with pytest.raises(DatabaseError, match=r"append-only|never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or a deferred check would refuse the TRUNCATE first
        cursor.execute(statement)


def test_a_decided_collection_is_decided_for_good(tree, secretary, deputy, people):
    take(*people, by=secretary)
    services.confirm(Collection.objects.all(), by=deputy)
    with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
        Collection.objects.update(state="recorded", decided_by=None, decided_at=None)


def test_the_database_pays_no_month_twice(tree, secretary, people):
    take(people[0], by=secretary)
    payment, line = Payment.objects.get(), PaidMonth.objects.first()
    same = {"payment": payment, "member": line.member, "organisation": line.organisation, "month": line.month}
    for posting, amount in ((1, "40"), (2, "40"), (3, "40"), (3, "-40")):
        with pytest.raises(DatabaseError), transaction.atomic():
            PaidMonth.objects.create(**same, posting=posting, amount=D(amount))


# ── Exemptions ──────────────────────────────────────────────────────────────
def file(member, by, *, start=NOVEMBER, until=DECEMBER, monthly="0", reason="患病住院", today=TODAY):
    return services.file_exemption(member, start=start, until=until, monthly=D(monthly), reason=reason, by=by, today=today)


def test_the_branch_asks_and_the_committee_above_decides(tree, secretary, committee, people):
    row = file(people[0], secretary)
    assert months_of(people[0])[10][1] == D("40.00"), "asked is not granted"
    assert "另一个人审批" in refused(services.approve_exemption, row, by=secretary)
    services.approve_exemption(row, by=committee)
    assert [due for _, due, _ in months_of(people[0])][9:] == [D("40.00"), D("0.00"), D("0.00")]
    assert services.approve_exemption(row, by=committee).state == "approved", "approved twice, once"
    assert "不能再改" in refused(services.refuse_exemption, row, refusal="不符合", by=committee)
    assert AuditEntry.objects.filter(code="dues.exemption.approved").count() == 1


def test_a_reduction_lowers_what_is_due_and_an_exempt_month_owes_nothing(tree, secretary, committee, people):
    services.approve_exemption(file(people[0], secretary, monthly="5"), by=committee)
    services.approve_exemption(file(people[1], secretary), by=committee)
    take(people[0], by=secretary)
    assert Payment.objects.get().amount == D("245.00")
    assert not DueMonth.objects.owing().filter(member=people[1], month=month(11)).exists()
    assert refused(file, people[2], secretary, monthly="40") == "11 月本来就只交 40.00 元，减免后的要更少。"


def test_a_refused_exemption_says_why_and_changes_nothing(tree, secretary, committee, people):
    row = file(people[0], secretary)
    assert "写上不同意的原因" in refused(services.refuse_exemption, row, refusal=" ", by=committee)
    services.refuse_exemption(row, refusal="收入没有减少", by=committee)
    assert months_of(people[0])[10][1] == D("40.00")
    assert "不能再改" in refused(services.approve_exemption, row, by=committee)
    assert file(people[0], secretary).state == "filed", "and may be asked for again"


def test_paid_months_and_overlaps_are_past_exempting(tree, secretary, committee, people):
    first = file(people[0], secretary)
    assert "已经有一件在等审批" in refused(file, people[0], secretary)
    pay_one(people[0], "280", by=secretary)
    assert refused(services.approve_exemption, first, by=committee) == "11 月的党费已经交了。减免从还没交的月份起。"
    assert Exemption.objects.get().state == "filed"
    services.approve_exemption(file(people[1], secretary, monthly="5"), by=committee)
    second = file(people[1], secretary, start=month(12), until=month(12), monthly="0")
    assert "重在一起" in refused(services.approve_exemption, second, by=committee)


def test_an_exemption_has_its_months_in_order_and_a_reason(tree, secretary, people):
    assert "止的月份" in refused(file, people[0], secretary, start=month(12), until=month(11))
    assert "最长批两年" in refused(file, people[0], secretary, until=month(12, 2028))
    assert "写上理由" in refused(file, people[0], secretary, reason="")


# ── Arrears as facts ────────────────────────────────────────────────────────
def test_a_quarter_not_paid_by_its_end_is_a_fact_of_its_own(tree, secretary, committee, people):
    paid, late, never = people
    take(paid, by=secretary, until=month(9), day=date(2026, 9, 30), today=date(2026, 9, 30))
    take(late, by=secretary, until=month(9), day=date(2026, 10, 1), today=date(2026, 10, 1))
    assert services.note_arrears(today=date(2026, 10, 1)) == 2
    assert services.note_arrears(today=date(2026, 12, 31)) == 0, "run twice, once"
    rows = Fact.objects.standing().filter(kind="dues.arrears").order_by("member_id")
    assert [(f.member, f.units, f.day) for f in rows] == [(late, D(3), date(2026, 9, 30)), (never, D(3), date(2026, 9, 30))]
    row = services.file_exemption(never, start=month(7), until=month(9), monthly=D(0), reason="患病", by=secretary, today=date(2026, 10, 2))
    services.approve_exemption(row, by=committee)
    assert services.note_arrears(today=date(2026, 10, 3)) == 1
    assert [f.member for f in Fact.objects.standing().filter(kind="dues.arrears")] == [late]
