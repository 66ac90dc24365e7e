"""What a night finds, once; and what it leaves alone."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest

from education.models import Meeting
from education.services import return_meeting, revise_meeting
from education.signals import services
from education.signals.models import Question, QuestionStep
from education.signals.parameters import ALIKE_SHARE, COMMON_BRANCHES
from education.signals.services.looking import PRINTS
from members.models import Fact
from partyportal.core.models import AuditEntry
from partyportal.core.parameters import set_value
from points.models import Entry
from tests.at_once import at_once
from tests.education.test_services import ILL
from tests.factories import make_member, make_organisation
from tests.signals.conftest import MINUTES, OTHER, TODAY, hold

DAY = timedelta(days=1)


def found() -> list[tuple[str, str]]:
    return sorted((q.kind, q.organisation.code) for q in Question.objects.select_related("organisation"))


def test_minutes_alike_across_branches_are_asked_of_the_later(alike, question, tree):
    earlier, later = alike
    assert (question.kind, question.organisation, question.meeting, question.other) == ("alike", tree.ours, later, earlier)
    assert question.numbers == {"share": 100, "own": False}
    assert list(question.steps.values_list("act", "by", "on")) == [("find", None, TODAY)]


def test_looked_twice_it_is_found_once(question):
    again = services.look(today=TODAY + DAY)
    assert (again.found, again.new, again.reopened, again.gone) == (1, 0, 0, 0)
    assert QuestionStep.objects.count() == 1


def test_minutes_alike_across_months_of_one_branch(tree, people, secretary):
    hold(tree.ours, secretary, date(2026, 8, 10), minutes=MINUTES)
    hold(tree.ours, secretary, date(2026, 9, 10), minutes=MINUTES)
    services.look(today=TODAY)
    assert Question.objects.get().numbers == {"share": 100, "own": True}


def test_what_many_branches_have_came_from_above(tree, people, secretary):
    set_value(COMMON_BRANCHES, value=3, start=date(2026, 1, 1), by=secretary)
    branches = [tree.ours, tree.neighbours]
    branches += [make_organisation(f"中共清源县山门镇第{n}村支部委员会", "branch", tree.township) for n in range(2)]
    for at, branch in enumerate(branches):
        make_member(branch, start=date(2020, 1, 1))
        hold(branch, secretary, date(2026, 9, 10 + at), minutes=MINUTES)
    services.look(today=TODAY)
    assert found() == []
    set_value(COMMON_BRANCHES, value=4, start=date(2026, 1, 1), by=secretary)
    services.look(today=TODAY)
    assert len(found()) == 3  # each but the first


def test_a_meeting_two_branches_held_together_may_have_one_text(tree, people, secretary):
    make_member(tree.neighbours, start=date(2020, 1, 1))
    for branch in (tree.ours, tree.neighbours):
        hold(branch, secretary, date(2026, 9, 10), minutes=MINUTES, place="镇党校")
    services.look(today=TODAY)
    assert found() == []


def test_short_minutes_and_drafts_are_not_compared(tree, people, secretary, alike):
    _, later = alike
    for day in (1, 2):
        hold(tree.ours, secretary, date(2026, 8, day), minutes="会议按议程进行，与会党员讨论并形成一致意见。")
    return_meeting(later, reason="日期不对", by=secretary)
    services.look(today=TODAY)
    assert found() == []


@pytest.mark.parametrize(("share", "asked"), [(80, True), (100, False)])
def test_the_share_is_the_countys(tree, people, secretary, share, asked):
    set_value(ALIKE_SHARE, value=share, start=date(2026, 1, 1), by=secretary)
    hold(tree.ours, secretary, date(2026, 8, 10), minutes=MINUTES + "先修护栏。")
    hold(tree.ours, secretary, date(2026, 9, 10), minutes=MINUTES + "再修小桥。")
    services.look(today=TODAY)
    assert bool(found()) is asked


def write_down(tree, secretary, *, on: date, meetings: int = 3, early: int = 0):
    """Meetings of July to September, written down on one day; the early ones the day after."""
    for at in range(meetings):
        hold(tree.ours, secretary, date(2026, 7, 5) + 20 * at * DAY, minutes="", recorded=on)
    for at in range(early):
        hold(tree.ours, secretary, date(2026, 7, 6) + 20 * at * DAY, minutes="")


@pytest.mark.parametrize(
    ("on", "burst"),
    [(date(2026, 9, 20), False), (date(2026, 9, 21), True), (date(2026, 10, 10), True), (date(2026, 10, 11), False)],
)
def test_a_burst_at_the_end_of_a_quarter(tree, people, secretary, on, burst):
    """第三季度 ends on 30 September: ten days before and ten after."""
    write_down(tree, secretary, on=on)
    services.look(today=TODAY)
    assert found() == ([("burst", tree.ours.code)] if burst else [])


def test_late_begins_with_the_fifteenth_day(tree, people, secretary):
    for days in (14, 16):
        hold(tree.ours, secretary, date(2026, 9, 25) - days * DAY, minutes="", recorded=date(2026, 9, 25))
    for kind in ("assembly", "lecture"):
        hold(tree.ours, secretary, date(2026, 9, 10), minutes="", recorded=date(2026, 9, 25), kind=kind)
    services.look(today=TODAY)
    assert Question.objects.get().numbers == {"late": 3, "recorded": 4, "latest": 16}


def test_a_burst_is_half_of_the_quarter_at_least(tree, people, secretary):
    write_down(tree, secretary, on=date(2026, 9, 30), early=4)
    services.look(today=TODAY)
    assert found() == []
    Meeting.objects.filter(held_on=date(2026, 7, 6)).update(state="void")
    services.look(today=TODAY)
    assert found() == [("burst", tree.ours.code)]


def hold_six(tree, secretary, *, people: int, away: int | None = None, meetings: int = 6):
    members = [make_member(tree.ours, f"党员{n:02d}", start=date(2020, 1, 1)) for n in range(people)]
    for at in range(meetings):
        roll = {members[0].pk: ILL} if at == away else {}
        hold(tree.ours, secretary, date(2026, 1 + at, 10), minutes="", roll=roll)
    return members


@pytest.mark.parametrize(
    ("people", "meetings", "away", "asked"),
    [(10, 6, None, True), (9, 6, None, False), (10, 5, None, False), (10, 6, 5, False), (10, 7, 0, True)],
)
def test_a_roll_that_never_changes(tree, secretary, people, meetings, away, asked):
    """Ten people, six meetings, always the same: with one ill at the last of them, or with five meetings, nothing is asked."""
    hold_six(tree, secretary, people=people, meetings=meetings, away=away)
    services.look(today=TODAY)
    assert found() == ([("roll", tree.ours.code)] if asked else [])


def test_a_roll_that_goes_on_is_the_same_question(tree, secretary, committee):
    hold_six(tree, secretary, people=10)
    services.look(today=TODAY)
    services.dismiss(Question.objects.get(), note="都在村里住，走访过", by=committee, today=TODAY)
    hold(tree.ours, secretary, date(2026, 7, 10), minutes="")
    again = services.look(today=TODAY)
    assert (again.new, again.reopened, Question.objects.get().state) == (0, 0, "dismissed")


def test_laid_aside_it_opens_again_only_if_the_facts_change(question, alike, committee, secretary):
    services.dismiss(question, note="同一位驻村干部写的，会都开了", by=committee, today=TODAY)
    assert services.look(today=TODAY + DAY).reopened == 0
    _, later = alike
    said = {"kind": "theme_day", "group": None, "held_on": later.held_on, "topic": "冬季防火", "study_hours": 2}
    revise_meeting(later, version=later.version, roll={}, by=secretary, today=TODAY, minutes=MINUTES + "大家发言踊跃。", **said)
    assert services.look(today=TODAY + DAY).reopened == 1
    question.refresh_from_db()
    assert (question.state, question.steps.last().act) == ("open", "reopen")


def test_rewritten_in_its_own_words_it_is_asked_no_more(question, alike, secretary):
    _, later = alike
    said = {"kind": "theme_day", "group": None, "held_on": later.held_on, "topic": "冬季防火", "study_hours": 2}
    revise_meeting(later, version=later.version, roll={}, by=secretary, today=TODAY, minutes=OTHER, **said)
    assert services.look(today=TODAY).gone == 1
    question.refresh_from_db()
    assert (question.state, question.steps.last().act, question.steps.last().by) == ("gone", "clear", None)


def test_a_committee_looks_under_itself_alone(question, tree):
    done = services.look(today=TODAY, path=tree.other_township.path)
    assert (done.found, done.gone) == (0, 0)
    question.refresh_from_db()
    assert question.state == "open"


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_find_it_once(alike):
    told = at_once(*(lambda: services.look(today=TODAY) for _ in range(3)))
    assert sorted(one.new for one in told) == [0, 0, 1]
    assert QuestionStep.objects.count() == 1


def test_nothing_of_it_is_worth_points(question, committee, secretary):
    facts, entries = Fact.objects.count(), Entry.objects.count()
    services.look(today=TODAY)
    services.ask(question, note="两份纪要一样，请说明", by=committee, today=TODAY)
    services.answer(question, note="抄了样本，已改", by=secretary, today=TODAY)
    assert (Fact.objects.count(), Entry.objects.count()) == (facts, entries)


def test_no_room_of_points_or_reviews_is_known_here_nor_knows_this():
    """No import, no Fact, in either direction; the roof alone joins the duties."""
    root = Path(__file__).resolve().parents[2]

    def imported(folder: str) -> set[str]:
        trees = (ast.parse(file.read_text()) for file in (root / folder).rglob("*.py"))
        return {
            f"{node.module or ''}.{alias.name}"
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    here = imported("education/signals")
    assert not [name for name in here if name.startswith(("points", "assessments", "members"))]
    assert not [name for folder in ("points", "assessments") for name in imported(folder) if name.startswith("education.signals")]


def test_audit_and_numbers_hold_no_words(question):
    row = AuditEntry.objects.filter(code="signals.looked").latest("pk")
    assert row.data == {"found": 1, "new": 1, "reopened": 0, "gone": 0}
    assert "防火" not in str(question.numbers)
    assert PRINTS.count("signals_print") == 2
