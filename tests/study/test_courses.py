"""Courses from draft to end, who sees them, and what a lesson becomes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from education.study import services
from education.study.models import Course, Credit, Lesson, Progress
from members.models import Fact
from partyportal.core import media
from partyportal.core.errors import DomainError
from partyportal.core.models import Attachment, AuditEntry, MediaFile
from tests.core.test_files import EXE, MP4, bomb, on_disk
from tests.factories import make_member
from tests.study.makers import NOW, TODAY, finish, make_course, make_tested_course


def add(course, by, **said):
    return services.add_lesson(course, **({"title": "一", "minutes": 45, "by": by, "today": TODAY} | said))


def test_a_course_is_seen_by_everybody_below_once_it_is_open(tree, committee, secretary, neighbour, member, department):
    far = make_course(tree.other_township, title="白驼")
    draft = make_course(tree.township, committee, open_on=None, title="草稿")
    ours = make_course(tree.township, committee, title="山门")
    county = make_course(tree.county, department, title="全县")
    seen = {user: set(Course.objects.visible_to(user)) for user in (committee, secretary, neighbour, member.user, department)}
    assert seen[secretary] == seen[neighbour] == seen[member.user] == {ours, county}
    assert seen[committee] == {ours, county, draft} and seen[department] == {ours, county, draft, far}


def test_an_opened_course_keeps_its_lessons(tree, committee):
    course = make_course(tree.township, committee)
    with pytest.raises(DomainError, match="已经开放"):
        add(course, committee, kind="text", body="新的")
    with pytest.raises(DomainError, match="已经开放"):
        services.remove_lesson(course.lessons.first(), by=committee)
    with pytest.raises(DomainError, match="已经开放"):
        services.open_course(course, by=committee, today=TODAY)
    assert course.lessons.count() == 2


def test_a_course_without_lessons_is_not_opened(tree, committee):
    with pytest.raises(DomainError, match="还没有课"):
        make_course(tree.township, committee, lessons=0)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "text", "body": " "}, "body"),
        ({"kind": "file"}, "file"),
        ({"kind": "film"}, "film"),
        ({"kind": "text", "body": "字", "title": ""}, "title"),
        ({"kind": "text", "body": "字", "minutes": 241}, "minutes"),
        ({"kind": "file", "uploads": [SimpleUploadedFile("课.docx", EXE)]}, "file"),
        ({"kind": "file", "uploads": [SimpleUploadedFile("课.docx", bomb())]}, "file"),
    ],
)
def test_a_lesson_without_its_content_is_refused_and_nothing_is_stored(tree, committee, said, field):
    course = make_course(tree.township, committee, lessons=0, open_on=None)
    with pytest.raises(DomainError) as refusal:
        add(course, committee, **said)
    assert refusal.value.field == field
    assert not Lesson.objects.exists() and not Attachment.objects.exists()


def test_the_database_keeps_a_lesson_without_content_out(tree, committee):
    course = make_course(tree.township, committee, open_on=None)
    with pytest.raises(IntegrityError, match="lesson_has_its_content"), transaction.atomic():
        Lesson.objects.create(course=course, number=9, kind="film", title="空", minutes=1, hours=0)


def test_a_film_comes_and_goes_with_its_lesson(tree, committee, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    course = make_course(tree.township, committee, lessons=1, open_on=None)
    with media.received(SimpleUploadedFile("课.mp4", MP4), field="film") as film:
        add(course, committee, kind="film", film=film)
    with pytest.raises(DomainError), media.received(SimpleUploadedFile("课.mp4", MP4), field="film") as film:
        add(course, committee, kind="film", film=film, title="")
    assert len(on_disk(tmp_path)) == MediaFile.objects.count() == 1
    add(course, committee, kind="text", body="三")
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_lesson(course.lessons.get(kind="film"), by=committee)
    assert not on_disk(tmp_path) and not MediaFile.objects.exists()
    assert list(course.lessons.values_list("number", flat=True)) == [1, 2]


def test_closing_needs_a_reason_and_an_open_course(tree, committee):
    course = make_course(tree.township, committee)
    with pytest.raises(DomainError, match="原因"):
        services.close_course(course, reason=" ", by=committee, today=TODAY)
    services.close_course(course, reason="换新版", by=committee, today=TODAY)
    with pytest.raises(DomainError, match="只有开放的"):
        services.close_course(course, reason="换新版", by=committee, today=TODAY)


def test_a_course_is_required_within_the_tree_of_who_teaches_it_and_once(tree, committee):
    course = make_course(tree.township, committee)
    due = TODAY + timedelta(days=30)
    made = services.assign(course, organisation=tree.ours, due_on=due, by=committee, today=TODAY)
    with pytest.raises(DomainError, match="已经布置过"):
        services.assign(course, organisation=tree.ours, due_on=due, by=committee, today=TODAY)
    with pytest.raises(DomainError, match="只能布置给"):
        services.assign(course, organisation=tree.far, due_on=due, by=committee, today=TODAY)
    with pytest.raises(DomainError, match="期限已经过了"):
        services.assign(course, organisation=tree.neighbours, due_on=TODAY - timedelta(days=1), by=committee, today=TODAY)
    services.assign(course, organisation=tree.neighbours, due_on=TODAY, by=committee, today=TODAY)
    services.end_assignment(made, reason="改期", by=committee, today=TODAY)
    with pytest.raises(DomainError, match="已经撤销"):
        services.end_assignment(made, reason="改期", by=committee, today=TODAY)
    services.assign(course, organisation=tree.ours, due_on=due + timedelta(days=9), by=committee, today=TODAY)


# ── Progress: worth nothing by itself ───────────────────────────────────────
def test_the_place_in_a_film_is_kept_per_member_and_is_no_fact(tree, committee, people):
    lesson = make_course(tree.township, committee).lessons.select_related("course").first()
    for seconds in (30, 95):
        services.keep_position(lesson, member=people[0], position=seconds, by=people[0].user, now=NOW)
    services.keep_position(lesson, member=people[1], position=7, by=people[1].user, now=NOW)
    assert dict(Progress.objects.values_list("member", "position")) == {people[0].pk: 95, people[1].pk: 7}
    services.finish_lesson(lesson, member=people[0], by=people[0].user, now=NOW)
    services.finish_lesson(lesson, member=people[0], by=people[0].user, now=NOW + timedelta(days=1))
    assert Progress.objects.get(member=people[0]).finished_at == NOW
    assert not Fact.objects.exists() and not Credit.objects.exists()


def test_nobody_studies_for_another_or_in_a_closed_course(tree, committee, people):
    course = make_course(tree.township, committee)
    lesson = course.lessons.select_related("course").first()
    with pytest.raises(DomainError, match="本人"):
        services.finish_lesson(lesson, member=people[0], by=people[1].user, now=NOW)
    services.close_course(course, reason="换新版", by=committee, today=TODAY)
    lesson = course.lessons.select_related("course").first()
    with pytest.raises(DomainError, match="已经结束"):
        services.keep_position(lesson, member=people[0], position=1, by=people[0].user, now=NOW)


# ── What the branch confirms ────────────────────────────────────────────────
def test_what_a_member_finished_counts_once_the_branch_confirms(tree, committee, secretary, people):
    course = make_course(tree.township, committee, minutes=90)
    finish(course, people[0])
    services.finish_lesson(course.lessons.select_related("course").first(), member=people[1], by=people[1].user, now=NOW)
    assert services.confirm_lessons(course, members=people, by=secretary, today=TODAY) == 3
    facts = Fact.objects.standing().filter(kind="study.hours")
    assert {(fact.member_id, fact.units) for fact in facts} == {
        (people[0].pk, Decimal(2)),
        (people[1].pk, Decimal(2)),
    } and facts.count() == 3
    assert {fact.key for fact in facts} == {f"study.lesson:{credit.uid}" for credit in Credit.objects.all()}
    assert {(fact.organisation, fact.confirmed_by) for fact in facts} == {(tree.ours, secretary)}
    with pytest.raises(DomainError, match="没有新学完的课"):
        services.confirm_lessons(course, members=people, by=secretary, today=TODAY)
    assert Fact.objects.count() == 3 and AuditEntry.objects.filter(code="study.lessons.confirmed").count() == 1


def test_nobody_confirms_their_own_study(tree, committee, secretary, people):
    course = make_course(tree.township, committee)
    finish(course, people[0])
    with pytest.raises(DomainError, match="自己的学习由别人确认"):
        services.confirm_lessons(course, members=people, by=people[0].user, today=TODAY)
    assert not Fact.objects.exists()


def test_of_a_course_with_a_test_the_test_alone_counts(tree, committee, secretary, people):
    course = make_tested_course(tree.township, committee)
    finish(course, people[0])
    with pytest.raises(DomainError, match="有考试"):
        services.confirm_lessons(course, members=people, by=secretary, today=TODAY)


def test_what_was_confirmed_by_mistake_is_taken_back_with_its_facts(tree, committee, secretary, people):
    course = make_course(tree.township, committee)
    finish(course, people[0])
    services.confirm_lessons(course, members=people, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="写上取消的原因"):
        services.withdraw_credits(course, member=people[0], reason="", by=committee, today=TODAY)
    assert services.withdraw_credits(course, member=people[0], reason="没有学", by=committee, today=TODAY) == 2
    assert not Fact.objects.standing().exists() and Credit.objects.count() == 2
    with pytest.raises(DomainError, match="没有给他记过"):
        services.withdraw_credits(course, member=people[0], reason="没有学", by=committee, today=TODAY)
    assert services.confirm_lessons(course, members=people, by=secretary, today=TODAY) == 2, "and may count again"


def test_what_is_learnt_counts_in_the_branch_of_that_day(tree, committee, secretary, people):
    """Finished in March here, confirmed in November elsewhere: it counts here."""
    from members.services.membership import move

    course = make_course(tree.township, committee, open_on=date(2026, 1, 5))
    finish(course, people[0], now=NOW.replace(month=3))
    move(people[0], to=tree.neighbours, on=date(2026, 6, 1), by=committee)
    services.confirm_lessons(course, members=[people[0]], by=secretary, today=TODAY)
    assert {(fact.organisation, fact.day) for fact in Fact.objects.all()} == {(tree.ours, date(2026, 3, 20))}


def test_who_was_at_home_nowhere_that_day_gets_nothing_and_no_error(tree, committee, secretary, people):
    late = make_member(tree.ours, "后来的", start=date(2026, 11, 1))
    late.user = people[0].user
    course = make_course(tree.township, committee, open_on=date(2026, 1, 5))
    Progress.objects.create(lesson=course.lessons.first(), member=late, opened_at=NOW, finished_at=NOW.replace(month=3))
    with pytest.raises(DomainError, match="没有新学完"):
        services.confirm_lessons(course, members=[late], by=secretary, today=TODAY)
