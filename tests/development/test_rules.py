"""发展党员工作细则: each numbered rule on the day before, the day itself and the day after; tests named after the article."""

from datetime import date

import pytest

from members.development.rules import path, people, votes
from members.development.rules.path import CaseFacts, day_fault, outlook
from members.development.rules.procedure import RULES_2014, RULES_2026, STAGES, governing, in_force
from members.development.rules.steps import MATERIALS
from members.rules import votes as franchise

TODAY = date(2026, 11, 22)


def facts(**days) -> CaseFacts:
    extra = {name: days.pop(name) for name in list(days) if name in CaseFacts.__dataclass_fields__ and name != "days"}
    return CaseFacts(birth_on=date(1998, 3, 1), days=days, **extra)


def fault_of(step: str, day: date, known: CaseFacts, *, rules=RULES_2026, reason: str = "", today: date = TODAY):
    return day_fault(rules, rules.by_code[step], known, day=day, today=today, reason=reason)


# ── The data ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("rules", [RULES_2014, RULES_2026], ids=lambda rules: rules.code)
def test_twenty_five_steps_in_five_stages_each_with_its_article(rules):
    assert [step.number for step in rules.steps] == list(range(1, 26))
    assert [sum(step.stage == stage for step in rules.steps) for stage in STAGES] == [2, 4, 5, 7, 7]
    assert all(step.article.startswith("第") and step.article.endswith("条") and step.rule for step in rules.steps)
    codes = [step.code for step in rules.steps]
    for at, step in enumerate(rules.steps):
        assert set(step.after) <= set(codes[:at]), "counted only from what came before"
        assert not (step.maximum or step.minimum) or step.since in codes[:at]
        assert set(step.materials) <= MATERIALS.keys()


def test_article_44_the_new_text_from_the_day_it_was_issued():
    assert [in_force(date(2026, 5, day)).code for day in (10, 11, 12)] == ["2014", "2026", "2026"]
    assert in_force(date(2010, 1, 1)) is RULES_2014


def test_a_case_keeps_the_text_it_began_under_unless_the_county_says_otherwise():
    assert governing("2014", on=date(2026, 11, 1), follows_new=False) is RULES_2014
    assert governing("2014", on=date(2026, 11, 1), follows_new=True) is RULES_2026
    assert governing("2014", on=date(2026, 5, 10), follows_new=True) is RULES_2014
    assert governing("2026", on=date(2026, 5, 10), follows_new=True) is RULES_2026


def test_what_2026_asks_and_2014_did_not():
    old, new = RULES_2014.by_code, RULES_2026.by_code
    assert (RULES_2014.publicity_workdays, RULES_2026.publicity_workdays) == (0, 5)
    assert (old["assembly"].maximum, new["assembly"].maximum) == (0, 1)
    assert (old["oath"].maximum, new["oath"].maximum) == (0, 1)
    assert "joint_review" in new["review"].materials and "joint_review" not in old["review"].materials
    assert RULES_2014.introducer_bars == {"probation"} < RULES_2026.introducer_bars


# ── The articles ────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("applied_on", "may"), [(date(2016, 2, 29), False), (date(2016, 3, 1), True), (date(2016, 3, 2), True)])
def test_article_5_eighteen_years(applied_on, may):
    assert (path.age_fault(birth_on=date(1998, 3, 1), applied_on=applied_on) is None) is may


@pytest.mark.parametrize(("day", "late"), [(date(2026, 6, 30), False), (date(2026, 7, 1), False), (date(2026, 7, 2), True)])
def test_article_7_a_talk_within_a_month(day, late):
    known = facts(apply=date(2026, 6, 1))
    fault = fault_of("talk", day, known)
    assert bool(fault) is late
    if late:
        assert (fault.field, "晚了 1 天" in fault.message) == ("note", True)
        assert fault_of("talk", day, known, reason="本人在外地") is None


@pytest.mark.parametrize("step", ["cultivate", "candidate"])
@pytest.mark.parametrize(("day", "may"), [(date(2025, 5, 31), False), (date(2025, 6, 1), True), (date(2025, 6, 2), True)])
def test_article_13_cultivated_for_a_year(step, day, may):
    known = facts(
        apply=date(2024, 3, 1),
        activist=date(2024, 6, 1),
        contacts=date(2024, 6, 2),
        **({"cultivate": date(2025, 5, 30)} if step == "candidate" else {}),
    )
    fault = fault_of(step, day, known, reason="急")
    assert (fault is None) is may
    if not may:
        assert "满 12 个月要到 2025-06-01" in fault.message


def test_article_13_publicised_where_they_left_and_where_they_live():
    here, there = ("home", date(2026, 7, 1), date(2026, 7, 7)), ("host", date(2026, 7, 1), date(2026, 7, 8))
    agreed = {"candidate_agreed": date(2026, 6, 30)}
    assert "公示还没有满 5 个工作日" in fault_of("introducers", date(2026, 7, 9), facts(**agreed)).message
    assert fault_of("introducers", date(2026, 7, 7), facts(publicised=(here,), **agreed)), "on the last day it is not over"
    assert fault_of("introducers", date(2026, 7, 8), facts(publicised=(here,), **agreed)) is None
    mobile = facts(publicised=(here,), is_mobile=True, **agreed)
    assert "流入地公示" in fault_of("introducers", date(2026, 7, 9), mobile).message
    both = facts(publicised=(here, there), is_mobile=True, **agreed)
    assert fault_of("introducers", date(2026, 7, 8), both)
    assert fault_of("introducers", date(2026, 7, 9), both) is None
    assert fault_of("introducers", date(2026, 7, 1), facts(**agreed), rules=RULES_2014) is None


def test_article_14_two_introducers_and_who_is_barred():
    day, full = date(2026, 9, 1), date(2010, 1, 1)
    assert [people.introducer_count_fault(n) is None for n in (1, 2, 3)] == [False, True, False]
    assert [people.contact_count_fault(n) is None for n in (0, 1, 2, 3)] == [False, True, True, False]

    def fault(rules, **own):
        told = {"full_on": full, "sanctions": (), "suspended": False} | own
        return people.introducer_fault(rules, name="张三", day=day, **told)

    assert fault(RULES_2026) is None
    for kind in ("warning", "serious_warning", "posts_removed", "probation"):
        assert "影响期" in fault(RULES_2026, sanctions=(kind,)).message
        assert (fault(RULES_2014, sanctions=(kind,)) is not None) is (kind == "probation")
    assert fault(RULES_2026, suspended=True)
    assert [fault(RULES_2026, full_on=date(2026, 9, d)) is None for d in (1, 2)] == [True, False]


@pytest.mark.parametrize(("days", "hours", "enough"), [(2, 23, False), (3, 0, True), (0, 24, True), (None, 24, True), (2, None, False)])
def test_article_17_three_days_or_twenty_four_hours(days, hours, enough):
    assert (path.training_fault(RULES_2026, days=days, hours=hours) is None) is enough


@pytest.mark.parametrize(
    ("leaving_on", "handled"),
    [(date(2026, 8, 31), False), (date(2026, 9, 1), True), (date(2026, 9, 2), True), (None, True)],
)
def test_article_18_who_leaves_within_three_months_is_not_handled(leaving_on, handled):
    assert (path.leaving_fault(RULES_2026, leaving_on=leaving_on, day=date(2026, 6, 1)) is None) is handled


@pytest.mark.parametrize(("day", "late"), [(date(2026, 7, 9), False), (date(2026, 7, 10), False), (date(2026, 7, 11), True)])
def test_article_19_the_assembly_within_a_month_of_the_preview(day, late):
    known = facts(prereview=date(2026, 6, 10), volunteer_form=date(2026, 6, 12))
    assert bool(fault_of("assembly", day, known)) is late
    assert fault_of("assembly", date(2026, 9, 1), known, rules=RULES_2014) is None


@pytest.mark.parametrize(
    ("entitled", "present", "written", "in_favour", "quorum", "passes"),
    [
        (20, 10, 0, 10, False, False),  # half is not more than half
        (20, 11, 0, 10, True, False),
        (20, 11, 0, 11, True, True),
        (21, 11, 0, 10, True, False),
        (21, 11, 0, 11, True, True),
        (20, 11, 5, 11, True, True),  # written opinions count as votes …
        (20, 10, 6, 16, False, False),  # … and not as presence
    ],
)
def test_article_19_and_20_more_than_half_present_and_in_favour(entitled, present, written, in_favour, quorum, passes):
    rest = present + written - in_favour
    count = votes.Count(entitled=entitled, present=present, written=written, in_favour=in_favour, against=rest, abstained=0)
    assert (count.has_quorum, count.passes) == (quorum, passes)
    fault = votes.count_fault(count)
    assert (fault is None) is quorum
    if not quorum:
        assert "至少 11 人" in fault.message


def test_a_count_that_cannot_be():
    def count(**changes):
        told = {"entitled": 10, "present": 8, "written": 1, "in_favour": 9, "against": 0, "abstained": 0} | changes
        return votes.count_fault(votes.Count(**told))

    assert count() is None
    assert count(present=10).field == "present"
    assert "现在是 8 票" in count(in_favour=8).message
    assert count(entitled=0).field == "day"


def test_who_has_no_vote():
    day, full = date(2026, 6, 1), date(2020, 1, 1)
    assert franchise.disfranchised(full_on=full, sanctions=(), suspended=False, day=day) == ""
    assert franchise.disfranchised(full_on=full, sanctions=("warning",), suspended=False, day=day) == "", "a warning takes no vote"
    assert franchise.disfranchised(full_on=full, sanctions=("probation",), suspended=False, day=day) == franchise.ON_PROBATION
    assert franchise.disfranchised(full_on=None, sanctions=(), suspended=False, day=day) == franchise.PROBATIONARY
    assert franchise.disfranchised(full_on=full, sanctions=(), suspended=True, day=day) == franchise.SUSPENDED
    assert [bool(franchise.disfranchised(full_on=date(2026, 6, d), sanctions=(), suspended=False, day=day)) for d in (1, 2)] == [
        False,
        True,
    ]


def test_article_25_three_months_six_with_a_reason_then_it_has_lapsed():
    known = facts(assembly=date(2026, 3, 10), party_talk=date(2026, 3, 20))
    assert fault_of("approval", date(2026, 6, 9), known) is None
    assert fault_of("approval", date(2026, 6, 10), known) is None
    late = fault_of("approval", date(2026, 6, 11), known)
    assert late.field == "note"
    assert fault_of("approval", date(2026, 6, 11), known, reason="疫情") is None
    assert fault_of("approval", date(2026, 9, 10), known, reason="疫情") is None
    assert "不能再批" in fault_of("approval", date(2026, 9, 11), known, reason="疫情").message


@pytest.mark.parametrize(("day", "late"), [(date(2026, 7, 14), False), (date(2026, 7, 15), False), (date(2026, 7, 16), True)])
def test_article_29_the_oath_within_a_month_of_the_approval(day, late):
    assert bool(fault_of("oath", day, facts(approval=date(2026, 6, 15)))) is late
    assert fault_of("oath", day, facts(approval=date(2025, 6, 15)), rules=RULES_2014) is None


@pytest.mark.parametrize(("day", "may"), [(date(2026, 6, 14), False), (date(2026, 6, 15), True), (date(2026, 6, 16), True)])
def test_article_31_a_year_of_probation_from_the_assembly(day, may):
    until = path.probation_until(RULES_2026, assembly_on=date(2025, 6, 15))
    assert until == date(2026, 6, 15)
    known = facts(full_application=date(2026, 6, 1), probation_until=until)
    assert (fault_of("full_assembly", day, known) is None) is may


@pytest.mark.parametrize(("months", "may"), [(None, False), (5, False), (6, True), (12, True), (13, False)])
def test_article_31_extended_once_by_six_to_twelve_months(months, may):
    assert (path.extension_fault(RULES_2026, months=months, extended=False) is None) is may
    assert "只能延长一次" in path.extension_fault(RULES_2026, months=6, extended=True).message
    assert path.probation_until(RULES_2026, assembly_on=date(2025, 8, 31), extension=6) == date(2027, 2, 28)


@pytest.mark.parametrize(("day", "late"), [(date(2026, 9, 14), False), (date(2026, 9, 15), False), (date(2026, 9, 16), True)])
def test_article_33_decided_within_three_months(day, late):
    assert bool(fault_of("full_approval", day, facts(full_assembly=date(2026, 6, 15)))) is late


@pytest.mark.parametrize(
    ("until", "may"),
    [(date(2026, 6, 15), False), (date(2026, 6, 16), True), (date(2026, 12, 15), True), (date(2026, 12, 16), False)],
)
def test_article_34_who_came_from_elsewhere_up_to_six_months_later(until, may):
    assert (path.postponement_fault(RULES_2026, probation_until=date(2026, 6, 15), until=until) is None) is may


# ── Order and outlook ───────────────────────────────────────────────────────
def test_only_the_next_step_may_be_done():
    known = facts(apply=date(2026, 6, 1))
    assert path.order_fault(RULES_2026, "talk", known) is None
    assert "先办第 2 步“派人谈话”" in path.order_fault(RULES_2026, "approval", known).message
    assert "已经办过" in path.order_fault(RULES_2026, "apply", known).message


def test_nothing_is_recorded_of_tomorrow():
    assert fault_of("talk", date(2026, 11, 23), facts(apply=TODAY)).field == "day"
    assert fault_of("talk", TODAY, facts(apply=TODAY)) is None


def test_the_outlook_says_when_and_what_is_missing():
    ahead = outlook(RULES_2026, facts(apply=date(2026, 11, 1)), usual_days=30)
    assert (ahead.step.code, ahead.due_on, ahead.is_limit) == ("talk", date(2026, 12, 1), True)
    ahead = outlook(RULES_2026, facts(apply=date(2026, 6, 1), talk=date(2026, 6, 10)), usual_days=30)
    assert (ahead.step.code, ahead.due_on, ahead.missing) == ("activist", None, ("党员推荐（群团推优）材料还没有",))
    known = {"apply": date(2026, 6, 1), "talk": date(2026, 6, 10), "activist": date(2026, 6, 20)}
    ahead = outlook(RULES_2026, facts(**known), usual_days=30)
    assert (ahead.step.code, ahead.due_on, ahead.is_limit) == ("activist_filed", date(2026, 7, 20), False)


def test_article_11_a_look_every_half_year():
    known = {"apply": date(2025, 1, 1), "talk": date(2025, 1, 2), "activist": date(2025, 3, 1), "activist_filed": date(2025, 3, 2)}
    ahead = outlook(RULES_2014, facts(contacts=date(2025, 3, 3), **known), usual_days=30)
    assert (ahead.step.code, ahead.due_on) == ("cultivate", date(2025, 9, 1))
    assert "还没有半年考察的记录" in ahead.missing
    seen = facts(contacts=date(2025, 3, 3), inspections=(date(2025, 8, 20),), **known)
    assert outlook(RULES_2014, seen, usual_days=30).due_on == date(2026, 2, 20)


def test_a_probationary_member_of_the_roster_begins_with_the_fifth_stage():
    known = CaseFacts(birth_on=date(1998, 3, 1), begins_at=21, probation_until=date(2026, 12, 1))
    ahead = outlook(RULES_2014, known, usual_days=30)
    assert ahead.step.code == "observe"
    done = CaseFacts(
        birth_on=date(1998, 3, 1), begins_at=21, days={"observe": TODAY, "full_application": TODAY}, probation_until=date(2026, 12, 1)
    )
    ahead = outlook(RULES_2014, done, usual_days=30)
    assert (ahead.step.code, ahead.due_on, ahead.earliest) == ("full_assembly", date(2026, 12, 1), date(2026, 12, 1))
