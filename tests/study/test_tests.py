"""Tests: banks from sheets, fair draws that can be made again, tries that count once, answers that do not leak."""

from datetime import timedelta

import pytest

from education.study import services
from education.study.models import Attempt, Credit, Paper, Question
from education.study.selectors import attempts as selectors
from members.models import Fact
from partyportal.core.errors import DomainError
from tests.at_once import at_once
from tests.study.makers import NOW, TODAY, make_bank, make_course, make_tested_course, sheet
from tests.study.test_rules import GOOD


# ── The bank ────────────────────────────────────────────────────────────────
def test_a_sheet_stores_its_good_rows_and_tells_the_others(tree, committee):
    course = make_course(tree.township, committee, open_on=None)
    content = sheet(
        GOOD,
        GOOD | {"题目": "第二题", "题型": "多选", "答案": "ab"},
        GOOD | {"题目": "第三题", "答案": "F"},
        {"题型": "判断", "题目": "第四题", "答案": "√"},
        GOOD,
    )
    told = services.import_questions(course, content=content, by=committee, now=NOW)
    assert (told.rows, told.new, told.unchanged, told.refused) == (5, 3, 1, 1)
    assert [(fault.row, fault.column, fault.code) for fault in told.errors] == [(4, "答案", "bad_answer")]
    assert dict(Question.objects.values_list("text", "answer")) == {"党章共几章？": "B", "第二题": "AB", "第四题": "A"}
    again = services.import_questions(course, content=content, by=committee, now=NOW)
    assert (again.new, again.unchanged) == (0, 4) and Question.objects.count() == 3


def test_a_question_that_is_there_with_another_answer_is_refused(tree, committee):
    course = make_course(tree.township, committee, open_on=None)
    told = services.import_questions(course, content=sheet(GOOD, GOOD | {"答案": "Ａ"}), by=committee, now=NOW)
    assert (told.new, told.unchanged, [(fault.row, fault.code) for fault in told.errors]) == (1, 0, [(3, "differs")])
    assert Question.objects.get().answer == "B"


def test_a_sheet_with_other_headings_is_understood_or_refused(tree, committee):
    course = make_course(tree.township, committee, open_on=None)
    told = services.import_questions(
        course, content=sheet(("单选题", "题", "甲", "乙", "A"), headings=("类型", "题干", "A", "B", "正确答案")), by=committee, now=NOW
    )
    assert told.new == 1
    with pytest.raises(DomainError, match="没有找到表头"):
        services.import_questions(course, content=sheet(("x",), headings=("姓名",)), by=committee, now=NOW)


def test_a_question_is_retired_and_stays(tree, committee):
    course = make_course(tree.township, committee, open_on=None)
    one, *_ = make_bank(course, committee, count=4)
    services.retire_question(one, by=committee, now=NOW)
    with pytest.raises(DomainError, match="已经停用"):
        services.retire_question(one, by=committee, now=NOW)
    assert Question.objects.count() == 4 and sum(map(len, selectors.pool_at(course, NOW).values())) == 3


# ── The paper ───────────────────────────────────────────────────────────────
PAPER = {"parts": {"一般": 4}, "pass_percent": 60, "attempts_allowed": 2, "closes_on": TODAY, "by": None, "today": TODAY}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"parts": {}}, "parts"),
        ({"parts": {"一般": 7}}, "parts"),
        ({"parts": {"别类": 1}}, "parts"),
        ({"closes_on": TODAY - timedelta(days=1)}, "closes_on"),
        ({"minutes": 7}, "minutes"),
    ],
)
def test_a_paper_that_cannot_be_taken_is_refused(tree, committee, said, field):
    course = make_course(tree.township, committee, open_on=None)
    make_bank(course, committee)
    with pytest.raises(DomainError) as refusal:
        services.set_paper(course, **(PAPER | said | {"by": committee}))
    assert refusal.value.field == field and not Paper.objects.exists()


def test_a_bank_never_falls_below_what_is_drawn(tree, committee):
    course = make_tested_course(tree.township, committee, draw=6)
    with pytest.raises(DomainError, match="题库里只有 5 道"):
        services.retire_question(course.questions.first(), by=committee, now=NOW)
    assert not Question.objects.exclude(retired_at=None).exists()


def test_a_paper_is_fixed_once_somebody_has_begun_and_no_test_is_added_to_an_open_course(tree, committee, people):
    course = make_tested_course(tree.township, committee)
    services.set_paper(course, **(PAPER | {"by": committee}))
    services.start_attempt(course.paper, member=people[0], by=people[0].user, now=NOW)
    with pytest.raises(DomainError, match="已经有人考过"):
        services.set_paper(course, **(PAPER | {"by": committee}))
    plain = make_course(tree.township, committee, title="没有考试")
    make_bank(plain, committee)
    with pytest.raises(DomainError, match="不能再加考试"):
        services.set_paper(plain, **(PAPER | {"by": committee}))


# ── Tries ───────────────────────────────────────────────────────────────────
@pytest.fixture
def course(tree, committee):
    return make_tested_course(tree.township, committee)


def start(course, member, now=NOW) -> Attempt:
    return services.start_attempt(course.paper, member=member, by=member.user, now=now)


def submit(attempt, answer="B", now=NOW, count=9) -> Attempt:
    return services.submit_attempt(attempt, answers=dict.fromkeys(attempt.questions[:count], answer), by=attempt.member.user, now=now)


def test_a_passed_test_makes_every_lesson_count_once(course, people):
    attempt = submit(start(course, people[0]))
    assert (attempt.correct, attempt.passed) == (4, True)
    assert Credit.objects.count() == 2 and Fact.objects.standing().count() == 2
    assert {fact.evidence for fact in Fact.objects.all()} == {"考试通过"}
    with pytest.raises(DomainError, match="已经及格"):
        start(course, people[0])


def test_a_failed_try_counts_nothing_and_tries_are_limited(course, people):
    for number in (1, 2):
        attempt = submit(start(course, people[0]), count=2)
        assert (attempt.number, attempt.correct, attempt.passed) == (number, 2, False)
    with pytest.raises(DomainError, match="2 次都考过了"):
        start(course, people[0])
    assert not Fact.objects.exists()


def test_what_is_handed_in_again_is_what_it_was(course, people):
    attempt = submit(start(course, people[0]), answer="A")
    assert submit(attempt).correct == 0, "the right answers came second"
    assert Attempt.objects.get().passed is False and not Fact.objects.exists()


def test_a_try_left_open_is_gone_on_with(course, people):
    one = start(course, people[0])
    assert start(course, people[0], NOW + timedelta(days=3)) == one and Attempt.objects.count() == 1


def test_nobody_sits_for_another_and_nobody_after_the_last_day(course, people):
    attempt = start(course, people[0])
    with pytest.raises(DomainError, match="本人"):
        services.submit_attempt(attempt, answers={}, by=people[1].user, now=NOW)
    with pytest.raises(DomainError, match="本人"):
        services.start_attempt(course.paper, member=people[0], by=people[1].user, now=NOW)
    last = NOW + timedelta(days=30)
    assert start(course, people[1], last)
    with pytest.raises(DomainError, match="截止了"):
        start(course, people[2], last + timedelta(days=1))


def test_a_late_paper_counts_nothing_and_is_a_try(tree, committee, people):
    course = make_tested_course(tree.township, committee, minutes=10, title="限时")
    attempt = start(course, people[0])
    assert submit(attempt, now=attempt.until + timedelta(minutes=5, seconds=1)).correct == 0
    second = start(course, people[0])
    assert second.number == 2 and submit(second, now=second.until + timedelta(minutes=5)).passed


def test_a_try_left_open_past_its_time_is_over(tree, committee, people):
    course = make_tested_course(tree.township, committee, minutes=10, title="限时")
    start(course, people[0])
    assert start(course, people[0], NOW + timedelta(hours=1)).number == 2
    assert Attempt.objects.get(number=1).correct == 0


def test_a_draw_is_made_again_from_its_seed_whatever_became_of_the_bank(course, committee, people):
    attempt = start(course, people[0])
    spare = next(uid for uid in map(str, course.questions.values_list("uid", flat=True)) if uid not in attempt.questions)
    make_bank(course, committee, count=1, stratum="一般　", moment=NOW + timedelta(hours=1))
    services.retire_question(course.questions.get(uid=spare), by=committee, now=NOW + timedelta(hours=2))
    assert selectors.redrawn(Attempt.objects.get()) == attempt.questions and len(set(attempt.questions)) == 4
    assert attempt.seed != start(course, people[1]).seed


def test_answers_are_not_even_read_until_nobody_can_sit_any_more(course, people):
    attempt = start(course, people[0])
    for day in (TODAY, TODAY + timedelta(days=30)):
        assert not any(one.answer or one.explanation for one in selectors.asked(attempt, day))
    attempt = submit(attempt, answer="A")
    assert not any(one.answer for one in selectors.asked(attempt, TODAY + timedelta(days=30)))
    after = selectors.asked(attempt, TODAY + timedelta(days=31))
    assert {(one.answer, one.said, one.is_right, one.explanation) for one in after} == {("B", "A", False, "见党章")}


# ── At once ─────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_two_taps_begin_one_try_and_hand_it_in_once(tree, committee, people):
    course, person = make_tested_course(tree.township, committee), people[0]
    began = at_once(*[lambda: start(course, person)] * 4)
    assert {getattr(one, "pk", one) for one in began} == {Attempt.objects.get().pk}
    done = at_once(*[lambda: submit(Attempt.objects.select_related("member__user").get())] * 4)
    assert [one.correct for one in done] == [4] * 4
    assert Credit.objects.count() == Fact.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_give_one_credit(tree, committee, secretary, deputy, people):
    from tests.study.makers import finish

    course = make_course(tree.township, committee)
    finish(course, people[0])
    told = at_once(*(lambda by=by: services.confirm_lessons(course, members=[people[0]], by=by, today=TODAY) for by in (secretary, deputy)))
    assert sorted(str(one) for one in told)[0] == "2" and any(isinstance(one, DomainError) for one in told)
    assert Credit.objects.count() == Fact.objects.count() == 2
