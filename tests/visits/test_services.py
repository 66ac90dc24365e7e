"""Rounds fixed and followed, calls recorded and taken back, pairs in touch, birthdays kept; and what each refusal leaves."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from members.care.visits.duties import due, due_for, due_for_committees
from members.care.visits.models import Birthday, Occasion, Outing, Pair, Round, Visit, VisitDue
from members.care.visits.parameters import BIRTHDAY_EVERY, EVENT_DAYS
from members.care.visits.selectors import dues, events, pairs
from members.care.visits.services import occasions, outings, rounds
from members.care.visits.services.birthdays import keep_birthday, void_birthday
from members.care.visits.services.pairs import end_pair
from members.care.visits.services.pairs import make_pair as begin_pair
from members.models import Affiliation, Fact
from members.services import membership
from partyportal.core.days import months_after
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from partyportal.core.parameters import set_value
from tests.factories import make_member
from tests.visits.makers import make_due, make_ill, make_outing, make_pair, make_round

TODAY = date(2027, 1, 20)
START, LAST = date(2027, 1, 4), date(2027, 2, 5)


@pytest.fixture
def elder(tree):
    """徐淑珍, 83."""
    return make_member(tree.ours, "徐淑珍", birth_on=date(1943, 3, 1), joined_on=date(1965, 1, 20), full_on=date(1966, 1, 20))


@pytest.fixture
def young(tree):
    return make_member(tree.ours, "白灵", birth_on=date(1990, 1, 1))


@pytest.fixture
def spring(db):
    return Occasion.objects.get(code="spring")


def opened(spring, by, **said) -> Round:
    return rounds.open_round(spring, by=by, **({"start": START, "due_on": LAST, "today": TODAY} | said))


def facts_of(person) -> list[Fact]:
    return list(Fact.objects.standing().filter(member=person, kind="care.visit"))


def refused(act, **said) -> DomainError:
    with pytest.raises(DomainError) as told:
        act(**said)
    return told.value


# ── A round ─────────────────────────────────────────────────────────────────
def test_opening_a_round_fixes_who_is_due_and_why(elder, young, spring, department, tree):
    ill = make_member(tree.neighbours, "袁老三", birth_on=date(1940, 1, 1))
    make_ill(ill, start=date(2026, 12, 1))
    one = opened(spring, department)
    assert {(due.member_id, due.organisation_id, due.owed_by_id, tuple(due.why)) for due in one.dues.all()} == {
        (elder.pk, tree.ours.pk, tree.ours.pk, ("eighty",)),
        (ill.pk, tree.neighbours.pk, tree.neighbours.pk, ("eighty", "illness")),
    }
    entry = AuditEntry.objects.get(code="visits.round.opened")
    assert entry.data["members"] == 2 and "徐淑珍" not in str(entry.data)


def test_a_round_is_opened_once_a_year_by_today_for_days_to_come(elder, spring, department):
    assert "最晚按今天" in refused(opened, spring=spring, by=department, start=date(2027, 1, 21)).message
    assert "已经过了" in refused(opened, spring=spring, by=department, due_on=date(2027, 1, 19)).message
    opened(spring, department)
    assert "已经开始" in refused(opened, spring=spring, by=department).message
    assert Round.objects.count() == 1


def test_the_committee_goes_where_the_occasion_says_so(elder, spring, department, tree, committee):
    spring.owed_by = Occasion.OwedBy.COMMITTEE
    spring.save()
    one = opened(spring, department)
    assert one.dues.get().owed_by == tree.township
    assert not [duty for duty in due_for([tree.ours], TODAY) if duty.key.startswith("visits.round")]
    [duty] = due_for_committees([tree.township], TODAY)
    assert (duty.due_on, duty.organisation_code) == (LAST, tree.township.code) and "还有 1 人" in duty.title
    assert duty in due(committee, TODAY)


def test_late_joiners_are_added_nobody_is_taken_off_and_what_is_owed_follows_who_moves(elder, young, spring, department, tree):
    one = opened(spring, department)
    condition = make_ill(young, start=date(2027, 1, 10))
    assert rounds.bring_up_to_date(one, today=TODAY, by=None) == 1
    condition.delete()
    membership.move(elder, to=tree.neighbours, on=date(2027, 1, 15), by=None, reason=Affiliation.Reason.MOVED)
    assert rounds.bring_up_to_date(one, today=TODAY, by=None) == 0
    assert set(one.dues.values_list("member__name", "organisation__code")) == {
        ("白灵", tree.ours.code),
        ("徐淑珍", tree.neighbours.code),
    }
    assert "不再变" in refused(rounds.bring_up_to_date, round=one, today=date(2027, 2, 6), by=None).message
    assert rounds.bring_all_up_to_date(today=date(2027, 2, 6)) == 0


def test_what_changed_in_the_occasion_leaves_an_opened_round(elder, spring, department):
    one = opened(spring, department)
    said = {"name": spring.name, "source": spring.source, "owed_by": "branch", "days": 40, "before": True, "month": None, "day": None}
    changed = occasions.keep_occasion(spring, by=department, criteria=["illness"], is_open=True, **said)
    one.refresh_from_db()
    assert changed.criteria == ["illness"] and "eighty" in one.criteria
    said |= {"month": 2, "day": 30}
    assert (
        "没有这一天" in refused(occasions.keep_occasion, occasion=spring, by=department, criteria=["illness"], is_open=True, **said).message
    )


def test_the_day_of_a_year_is_corrected_until_it_comes(spring, department):
    occasions.set_day(spring, on=date(2031, 1, 23), source="天文年历", today=TODAY, by=department)
    occasions.set_day(spring, on=date(2031, 1, 24), source="更正", today=TODAY, by=department)
    assert spring.festivals.get(on__year=2031).on == date(2031, 1, 24)
    assert "已经过了" in refused(occasions.set_day, occasion=spring, on=date(2027, 1, 19), source="", today=TODAY, by=department).message
    july = Occasion.objects.get(code="july")
    assert (
        "每年都是 7 月 1 日"
        in refused(occasions.set_day, occasion=july, on=date(2031, 7, 2), source="x", today=TODAY, by=department).message
    )


@pytest.mark.parametrize(
    ("today", "festival", "start"),
    [
        (date(2027, 2, 5), date(2027, 2, 6), date(2026, 12, 18)),
        (date(2027, 2, 6), date(2028, 1, 26), date(2027, 12, 7)),
        (date(2030, 2, 3), None, None),
    ],
)
def test_the_next_festival_is_the_one_whose_round_is_not_over(db, today, festival, start):
    one = next(row for row in dues.coming(today) if row.occasion.code == "spring")
    assert (one.festival, one.start) == (festival, start)


def test_the_county_is_told_to_open_a_round_from_its_first_day_on(department):
    def told(day):
        return [duty.key for duty in due(department, day) if duty.key.startswith("visits.open:spring")]

    assert not told(date(2026, 12, 17)) and told(date(2026, 12, 18)) == ["visits.open:spring:2027-02-06"]
    opened(Occasion.objects.get(code="spring"), department)
    assert not told(TODAY)
    assert told(date(2030, 2, 3)) == ["visits.open:spring:2030"], "nobody has written the next day"


# ── A call ──────────────────────────────────────────────────────────────────
def test_one_outing_settles_the_round_for_all_it_called_on_and_leaves_a_fact_for_each_call(
    elder, young, spring, department, secretary, tree
):
    one = opened(spring, department)
    goer = make_member(tree.ours, "高强")
    made = outings.record_outing(
        organisation=tree.ours, kind="call", round=one, day=date(2027, 1, 18), members=[elder, young], goers=[goer],
        found={elder.uid: "腿疼，要去县医院"}, needs={elder.uid}, brought="米、油", signed=True, today=TODAY, by=secretary,
    )  # fmt: skip
    assert {(v.member, v.due_id is not None, v.needs) for v in made.visits.all()} == {(elder, True, True), (young, False, False)}
    assert len(facts_of(goer)) == 2 and {fact.title for fact in facts_of(goer)} == {"走访慰问"}
    assert not VisitDue.objects.waiting().exists()
    assert not [duty for duty in due_for([tree.ours], TODAY) if duty.key.startswith("visits.round")]
    told = AuditEntry.objects.filter(code="visits.visit.recorded")
    assert told.count() == 2 and not any("腿疼" in str(row.data) or "徐淑珍" in str(row.data) for row in told)


def test_what_was_found_is_sealed_in_the_database_and_reading_it_leaves_an_audit_row(elder, secretary, tree):
    made = make_outing(tree.ours, [elder], by=secretary, day=TODAY, today=TODAY, found={elder.uid: "腿疼，要去县医院"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT found FROM visits_visit")
        assert "腿疼".encode() not in bytes(cursor.fetchone()[0])
    assert outings.read_found(made.visits.get(), by=secretary) == "腿疼，要去县医院"
    assert AuditEntry.objects.get(code="visits.visit.read").subject == elder.uid


def test_a_facts_words_never_say_whom(elder, secretary, tree):
    goer = make_member(tree.ours, "高强")
    make_outing(tree.ours, [elder], by=secretary, goers=[goer], day=TODAY, today=TODAY, kind="illness")
    [fact] = facts_of(goer)
    assert "徐淑珍" not in fact.title + fact.evidence


def test_a_call_taken_back_owes_the_round_again_and_voids_its_fact(elder, spring, department, secretary, tree):
    one, goer = opened(spring, department), make_member(tree.ours, "高强")
    visit = make_outing(tree.ours, [elder], by=secretary, goers=[goer], round=one, day=TODAY, today=TODAY).visits.get()
    assert "为什么" in refused(outings.void_visit, visit=visit, why=" ", by=secretary).message
    outings.void_visit(visit, why="记到别人名下", by=secretary)
    assert not facts_of(goer) and VisitDue.objects.waiting().get().member == elder
    assert "已经作废" in refused(outings.void_visit, visit=visit, why="再来", by=secretary).message
    again = make_outing(tree.ours, [elder], by=secretary, goers=[goer], round=one, day=TODAY, today=TODAY)
    assert again.visits.get().due.member == elder and len(facts_of(goer)) == 1


def test_one_form_sent_twice_is_written_once(elder, secretary, tree):
    uid = uuid4()
    first = make_outing(tree.ours, [elder], by=secretary, day=TODAY, today=TODAY, uid=uid)
    assert make_outing(tree.ours, [elder], by=secretary, day=TODAY, today=TODAY, uid=uid) == first and Visit.objects.count() == 1


def test_a_second_call_of_one_round_is_refused_with_who_was_there(elder, young, spring, department, secretary, tree):
    one = opened(spring, department)
    make_outing(tree.ours, [elder], by=secretary, round=one, day=date(2027, 1, 18), today=TODAY)
    told = refused(make_outing, branch=tree.ours, members=[elder, young], by=secretary, round=one, day=TODAY, today=TODAY)
    assert "2027-01-18，吕山东登记" in told.message and Visit.objects.count() == 1 and Outing.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"members": []}, "选走访了谁"),
        ({"day": date(2027, 1, 21)}, "还没到"),
        ({"day": date(2026, 1, 18)}, "一年以前"),
        ({"day": date(2027, 1, 3), "with_round": True}, "更早的走访不算"),
        ({"kind": "talk", "with_round": True}, "只有走访慰问"),
        ({"nobody": True}, "选谁去的"),
        ({"itself": True}, "不能既去走访又被走访"),
        ({"of_neighbours": True}, "由他所在的党支部登记"),
        ({"of_elsewhere": True}, "组织关系不在本县"),
    ],
)
def test_a_call_that_cannot_have_been_is_refused_and_nothing_is_written(said, words, elder, spring, department, secretary, tree):
    goer = elder if said.pop("itself", False) else make_member(tree.ours, "高强")
    asked = {"kind": "call", "members": [elder], "goers": [] if said.pop("nobody", False) else [goer], "day": TODAY}
    if said.pop("with_round", False):
        asked["round"] = opened(spring, department)
    if said.pop("of_neighbours", False):
        asked["members"] = [make_member(tree.neighbours, "袁强")]
    if said.pop("of_elsewhere", False):
        asked["members"] = [make_member(tree.ours, "新来的", start=date(2027, 1, 20))]
        asked["day"] = date(2027, 1, 19)
    told = refused(outings.record_outing, organisation=tree.ours, today=TODAY, by=secretary, **(asked | said))
    assert words in told.message and not Outing.objects.exists() and not Fact.objects.filter(kind="care.visit").exists()


def test_a_call_of_exactly_a_year_ago_is_still_written_down(elder, secretary, tree):
    assert make_outing(tree.ours, [elder], by=secretary, day=TODAY - outings.OLDEST, today=TODAY).pk


def test_who_need_not_be_called_on_is_counted_no_more_but_a_call_still_counts(elder, young, spring, department, secretary, tree):
    one = opened(spring, department)
    make_due(young, round=one)
    held = one.dues.get(member=elder)
    assert "为什么" in refused(rounds.waive, due=held, reason="", today=TODAY, by=secretary).message
    rounds.waive(held, reason="本人婉辞", today=TODAY, by=secretary)
    assert [(c.owed, c.done) for c in dues.coverage(secretary, [one], within=tree.ours)] == [(1, 0)]
    assert "已经登记" in refused(rounds.waive, due=held, reason="又", today=TODAY, by=secretary).message
    make_outing(tree.ours, [elder], by=secretary, round=one, day=TODAY, today=TODAY)
    assert [(c.owed, c.done) for c in dues.coverage(secretary, [one], within=tree.ours)] == [(2, 1)]


def test_who_was_called_on_is_not_dispensed_with(elder, spring, department, secretary, tree):
    one = opened(spring, department)
    make_outing(tree.ours, [elder], by=secretary, round=one, day=TODAY, today=TODAY)
    assert "已经走访过" in refused(rounds.waive, due=one.dues.get(), reason="婉辞", today=TODAY, by=secretary).message


def test_whoever_left_is_owed_no_more(elder, spring, department, tree):
    one = opened(spring, department)
    membership.leave(elder, on=date(2027, 1, 15), reason=Affiliation.EndReason.DIED, by=None)
    assert not VisitDue.objects.waiting().exists() and [(c.owed, c.left) for c in dues.coverage(department, [one], within=tree.county)] == [
        (0, 0)
    ]


def test_the_sums_below_are_the_sum_above(elder, spring, department, secretary, tree):
    make_member(tree.neighbours, "袁老三", birth_on=date(1940, 1, 1))
    make_member(tree.far, "石老五", birth_on=date(1940, 1, 1))
    one = opened(spring, department)
    make_outing(tree.ours, [elder], by=secretary, round=one, day=TODAY, today=TODAY)
    [whole] = dues.coverage(department, [one], within=tree.county)
    below = dues.below(department, one, under=tree.county)
    assert (whole.owed, whole.done) == (sum(b.owed for b in below), sum(b.done for b in below)) == (3, 1)
    assert [(b.name, b.owed, b.done) for b in dues.below(department, one, under=tree.township)] == [
        ("高家杨村党支部", 1, 1),
        ("袁家店村党支部", 1, 0),
    ]


# ── Illness and bereavement ─────────────────────────────────────────────────
def test_who_is_ill_is_seen_within_the_countys_days_counted_from_when_it_was_told(young, secretary, tree):
    told = make_ill(young, start=date(2027, 1, 10))
    type(told).objects.update(recorded_at="2027-01-12T17:00:00Z")  # already the 13th here
    [duty] = [one for one in due_for([tree.ours], TODAY) if one.key.startswith("visits.event")]
    assert duty.due_on == date(2027, 1, 20) and "看望白灵" in duty.title and "病" not in duty.title + duty.reason
    set_value(EVENT_DAYS, value=3, start=TODAY, by=secretary)
    assert [one.due_on for one in due_for([tree.ours], TODAY) if one.key.startswith("visits.event")] == [date(2027, 1, 16)]
    make_outing(tree.ours, [young], by=secretary, day=date(2027, 1, 9), today=TODAY)
    assert events.counts(secretary, within=tree.ours)["illness"] == 1, "a call before it began settles nothing"
    made = make_outing(tree.ours, [young], by=secretary, day=date(2027, 1, 10), today=TODAY, kind="illness")
    assert events.counts(secretary, within=tree.ours)["illness"] == 0
    outings.void_visit(made.visits.get(), why="没有去", by=secretary)
    assert events.counts(secretary, within=tree.ours)["illness"] == 1


# ── Pairs ───────────────────────────────────────────────────────────────────
def test_a_call_by_the_helper_is_a_contact_of_the_pair_and_moves_the_next_day(elder, young, secretary, tree):
    pair = make_pair(elder, helper=young, start=date(2027, 1, 1), every=1, today=TODAY)
    assert pairs.with_contact(Pair.objects.all()).get().next_on == date(2027, 2, 1)
    made = make_outing(tree.ours, [elder], by=secretary, goers=[young], day=date(2027, 1, 15), today=TODAY)
    assert made.visits.get().pair == pair
    assert pairs.with_contact(Pair.objects.all()).get().next_on == date(2027, 2, 15)
    outings.void_visit(made.visits.get(), why="没有去", by=secretary)
    assert pairs.with_contact(Pair.objects.all()).get().last is None


@pytest.mark.parametrize("start", [date(2026, 11, 30), date(2026, 8, 31), date(2024, 2, 29), date(2026, 12, 31)])
@pytest.mark.parametrize("every", [1, 3, 6])
def test_the_database_reckons_the_next_contact_as_the_rule_does(elder, young, start, every):
    pair = make_pair(elder, helper=young, start=start, every=every, today=TODAY)
    assert pairs.with_contact(Pair.objects.filter(pk=pair.pk)).get().next_on == months_after(start, every)


def test_a_pair_out_of_touch_is_told_from_a_week_before(elder, young, secretary, tree):
    make_pair(elder, helper=young, start=date(2026, 10, 27), every=3, today=TODAY)  # due on 27 January

    def told(day):
        return [duty.due_on for duty in due_for([tree.ours], day) if duty.key.startswith("visits.pair")]

    assert not told(date(2027, 1, 19)) and told(TODAY) == [date(2027, 1, 27)]
    asked = {"within": tree.ours, "show": "late", "text": ""}
    assert not pairs.listed(secretary, today=date(2027, 1, 27), **asked) and pairs.listed(secretary, today=date(2027, 1, 28), **asked)


def test_two_are_paired_once_and_again_after_it_ended(elder, young, secretary, tree):
    pair = make_pair(elder, helper=young)
    assert "还没有结束" in refused(make_pair, person=elder, helper=young).message
    with pytest.raises(IntegrityError, match="pair_open_once"), transaction.atomic():
        Pair.objects.create(member=elder, helper=young, purpose="x", start=TODAY)
    day = pair.start
    assert "更早" in refused(end_pair, pair=pair, on=day - timedelta(days=1), reason="done", today=TODAY, by=secretary).message
    end_pair(pair, on=day, reason="done", today=TODAY, by=secretary)
    assert "已经结束" in refused(end_pair, pair=pair, on=day, reason="done", today=TODAY, by=secretary).message
    assert make_pair(elder, helper=young).pk != pair.pk


def test_a_pair_has_one_helper_who_is_somebody_else(elder, young, tree):
    said = {"member": elder, "purpose": "x", "every_months": 1, "start": TODAY, "today": TODAY, "by": None}
    assert "二者选一" in refused(begin_pair, **said).message
    assert "二者选一" in refused(begin_pair, helper=young, helping=tree.ours, **said).message
    assert "自己" in refused(begin_pair, helper=elder, **said).message
    assert "最晚是今天" in refused(begin_pair, helper=young, **(said | {"start": date(2027, 1, 21)})).message
    assert "核对年份" in refused(begin_pair, helper=young, **(said | {"start": elder.joined_on - timedelta(days=1)})).message
    assert begin_pair(helping=tree.township, **said).helping == tree.township


def test_what_a_helper_writes_down_alone_is_a_contact_and_no_fact(elder, young, member):
    pair = make_pair(elder, helper=young, start=date(2027, 1, 1), today=TODAY)
    said = {"pair": pair, "found": "还好", "needs": False, "today": TODAY, "by": member.user}
    assert "更早的不记" in refused(outings.record_contact, day=date(2026, 12, 31), **said).message
    made = outings.record_contact(day=date(2027, 1, 1), **said)
    assert made.visits.get().pair == pair and not facts_of(young)
    end_pair(pair, on=TODAY, reason="done", today=TODAY, by=member.user)
    assert "已经结束" in refused(outings.record_contact, day=TODAY, **said).message
    assert Visit.objects.count() == 1


# ── 政治生日 ─────────────────────────────────────────────────────────────────
def test_a_birthday_is_kept_once_a_year_and_again_after_it_was_taken_back(elder, secretary):
    said = {"held_on": TODAY, "way": "card", "today": TODAY, "by": secretary}
    row = keep_birthday(elder, **said)
    assert (row.year, "已经登记过" in refused(keep_birthday, member=elder, **said).message) == (2027, True)
    void_birthday(row, why="登错了人", by=secretary)
    assert keep_birthday(elder, **said).pk != row.pk and Birthday.objects.count() == 2
    assert "还没到" in refused(keep_birthday, member=elder, **(said | {"held_on": date(2027, 1, 21)})).message


def test_the_year_of_joining_has_no_birthday(tree, secretary):
    new = make_member(tree.ours, "新党员", joined_on=date(2027, 1, 5), full_on=None, category="probationary", start=date(2027, 1, 5))
    assert "还没有政治生日" in refused(keep_birthday, member=new, held_on=TODAY, way="card", today=TODAY, by=secretary).message


def test_only_a_round_number_of_years_is_a_duty_unless_the_county_says_every_year(elder, young, secretary, tree):
    def told():
        return [duty.title for duty in due_for([tree.ours], TODAY) if duty.key.startswith("visits.birthday")]

    elder.joined_on, elder.full_on = date(1967, 1, 31), date(1968, 1, 31)
    elder.save()
    young.joined_on, young.full_on = date(2012, 1, 3), date(2013, 1, 3)
    young.save()
    assert told() == ["给 1 位党员过政治生日"]
    set_value(BIRTHDAY_EVERY, value=1, start=TODAY, by=secretary)
    assert told() == ["给 2 位党员过政治生日"]
    keep_birthday(elder, held_on=TODAY, way="meeting", today=TODAY, by=secretary)
    assert told() == ["给 1 位党员过政治生日"]


# ── What the database keeps ─────────────────────────────────────────────────
def test_the_database_lets_nobody_be_called_on_twice_for_one_item(elder, spring, department, secretary, tree):
    one = opened(spring, department)
    visit = make_outing(tree.ours, [elder], by=secretary, round=one, day=TODAY, today=TODAY).visits.get()
    other = Outing.objects.create(organisation=tree.ours, kind="call", day=TODAY)
    with pytest.raises(IntegrityError, match="visit_due_done_once"), transaction.atomic():
        Visit.objects.create(outing=other, member=elder, organisation=tree.ours, due=visit.due)
    with pytest.raises(IntegrityError, match="outing_round_is_a_call"), transaction.atomic():
        Outing.objects.create(organisation=tree.ours, kind="talk", round=make_round(), day=TODAY)
