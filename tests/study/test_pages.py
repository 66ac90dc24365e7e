"""Pages of study: what each asks and answers, refused with 422 and what was typed kept, the same cost at one row and at fifty."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from education.study import services
from education.study.models import Attempt, Course, Lesson, Session
from members.models import Fact, Office
from partyportal.core.models import Attachment, MediaFile
from tests.budgets import fits_budget
from tests.core.test_files import EXE, MP4, bomb, on_disk
from tests.factories import make_member
from tests.study.makers import finish, make_course, make_tested_course, sheet
from tests.study.test_rules import GOOD


def url(name: str, *args) -> str:
    return reverse(f"study:{name}", args=args)


def today():
    return timezone.localdate()


def words(answer) -> str:
    return answer.content.decode()


# ── Teaching ────────────────────────────────────────────────────────────────
def test_a_course_from_draft_to_required(client, tree, committee):
    client.force_login(committee)
    client.post(url("course_new"), {"organisation": tree.township.code, "title": "防火常识"})
    course = Course.objects.get()
    assert client.post(url("course_open", course.uid)).status_code == 422
    answer = client.post(url("lesson_new", course.uid), {"title": "怎样报", "minutes": "90", "kind": "text", "body": "先报地点。"})
    assert answer.status_code == 302 and Lesson.objects.get().hours == 2
    assert client.post(url("course_open", course.uid)).status_code == 302
    answer = client.post(
        url("assign", course.uid), {"organisation": tree.ours.code, "audience": "all", "due_on": today() - timedelta(days=1)}
    )
    assert answer.status_code == 422 and "期限已经过了" in words(answer)
    client.post(url("assign", course.uid), {"organisation": tree.ours.code, "audience": "all", "due_on": today() + timedelta(days=5)})
    assert "必修" not in words(client.get(url("courses"))), "of the township's own login nothing is asked"
    assert client.post(url("course_close", course.uid), {"reason": ""}).status_code == 422
    assert client.post(url("course_close", course.uid), {"reason": "换新版"}).status_code == 302


@pytest.mark.parametrize(
    ("kind", "field", "name", "content", "told"),
    [
        ("film", "film", "课.mp4", EXE, "只收 MP4 和 WebM"),
        ("file", "file", "课.docx", EXE, "只收照片"),
        ("file", "file", "课.docx", bomb, "压缩炸弹"),
        ("file", "file", "课.pdf", b"", "空"),
    ],
)
def test_a_renamed_program_and_a_bomb_are_refused_with_a_reason_and_nothing_is_stored(
    client, tree, committee, settings, tmp_path, kind, field, name, content, told
):
    settings.MEDIA_ROOT = tmp_path
    course = make_course(tree.township, committee, lessons=0, open_on=None)
    client.force_login(committee)
    upload = SimpleUploadedFile(name, content() if callable(content) else content)
    answer = client.post(url("lesson_new", course.uid), {"title": "怎样报", "minutes": "45", "kind": kind, field: upload})
    assert answer.status_code == 422 and told in words(answer) and "怎样报" in words(answer)
    assert not Lesson.objects.exists() and not Attachment.objects.exists() and not MediaFile.objects.exists() and not on_disk(tmp_path)


def test_a_film_of_200_mb_is_refused_before_it_is_read(client, tree, committee, settings, tmp_path):
    from tests.core.test_files import NeverRead

    settings.MEDIA_ROOT = tmp_path
    course = make_course(tree.township, committee, lessons=0, open_on=None)
    client.force_login(committee)
    more = {"CONTENT_LENGTH": "200000000", "wsgi.input": NeverRead()}
    answer = client.generic("POST", url("lesson_new", course.uid), b"", "multipart/form-data; boundary=x", **more)
    assert answer.status_code == 413 and "一次最多传 100 MB" in words(answer)
    assert not Lesson.objects.exists() and not on_disk(tmp_path)


def test_a_film_is_watched_in_parts_and_gone_on_with(client, tree, committee, member, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    course = make_course(tree.township, committee, lessons=0, open_on=None)
    client.force_login(committee)
    film = SimpleUploadedFile("课.mp4", MP4)
    client.post(url("lesson_new", course.uid), {"title": "怎样报", "minutes": "45", "kind": "film", "film": film})
    services.open_course(course, by=committee, today=today())
    lesson = Lesson.objects.get()
    client.force_login(member.user)
    answer = client.get(url("lesson_file", lesson.uid), HTTP_RANGE="bytes=4-7")
    assert answer.status_code == 206 and b"".join(answer.streaming_content) == b"ftyp"
    assert client.post(url("lesson_position", lesson.uid), {"position": "95"}).status_code == 204
    assert client.post(url("lesson_position", lesson.uid), {"position": "-1"}).status_code == 404
    assert 'data-pp-position="95"' in words(client.get(url("lesson", lesson.uid)))
    assert not Fact.objects.exists()


# ── Learning ────────────────────────────────────────────────────────────────
def test_a_member_learns_and_the_branch_confirms(client, tree, committee, secretary, member):
    course = make_course(tree.township, committee)
    services.assign(course, organisation=tree.ours, due_on=today() + timedelta(days=3), by=committee, today=today())
    client.force_login(member.user)
    assert "必修" in words(client.get(url("courses")))
    for lesson in course.lessons.all():
        assert client.post(url("lesson", lesson.uid)).status_code == 302
    assert "待支部确认" in words(client.get(url("courses")))
    client.force_login(secretary)
    assert "等支部确认" in words(client.get(url("learners", course.uid) + "?state=waiting"))
    answer = client.post(url("learners", course.uid), {"members": [member.uid, "x"]}, follow=True)
    assert "记了 2 课的学时" in words(answer) and Fact.objects.standing().count() == 2
    assert client.get(url("learners", course.uid) + "?format=xlsx")["Content-Type"].endswith("sheet")
    page = words(client.get(url("transcript") + f"?member={member.uid}"))
    assert "党章学习" in page and "支部确认" in page


def test_a_neighbour_cannot_confirm_ours(client, tree, committee, neighbour, people):
    course = make_course(tree.township, committee)
    finish(course, people[0])
    client.force_login(neighbour)
    answer = client.post(url("learners", course.uid), {"members": [people[0].uid]}, follow=True)
    assert "先勾选党员" in words(answer) and not Fact.objects.exists()
    assert "杨春" not in words(client.get(url("learners", course.uid)))


# ── Tests ───────────────────────────────────────────────────────────────────
def test_a_bank_comes_from_a_sheet_and_says_what_is_wrong(client, tree, committee):
    course = make_course(tree.township, committee, open_on=None)
    client.force_login(committee)
    assert client.get(url("bank", course.uid) + "?format=template")["Content-Type"].endswith("sheet")
    upload = SimpleUploadedFile("题库.xlsx", sheet(GOOD, GOOD | {"题目": "第二题", "答案": "F"}))
    answer = client.post(url("bank", course.uid), {"file": upload})
    assert answer.status_code == 422 and "答案写选项的字母" in words(answer) and course.questions.count() == 1
    said = {"part-0": "1", "pass_percent": "60", "attempts_allowed": "2", "closes_on": today()}
    assert client.post(url("paper", course.uid), said | {"part-0": "9"}).status_code == 422
    assert client.post(url("paper", course.uid), said).status_code == 302
    assert "考试 1 道题" in words(client.get(url("course", course.uid)))


def test_a_member_sits_for_the_test_and_no_page_tells_an_answer(client, tree, committee, secretary, member):
    course = make_tested_course(tree.township, committee)
    client.force_login(member.user)
    answer = client.post(url("attempt_new", course.uid), follow=True)
    attempt = Attempt.objects.get()
    assert "见党章" not in words(answer) and "checked" not in words(answer)
    said = dict.fromkeys(attempt.questions[:2], "B")
    assert client.post(url("attempt", attempt.uid), said | {attempt.questions[2]: "Z"}).status_code == 422
    page = words(client.post(url("attempt", attempt.uid), said, follow=True))
    assert "没有及格" in page and "见党章" not in page
    assert client.post(url("attempt", attempt.uid), dict.fromkeys(attempt.questions, "B")).status_code == 302
    assert Attempt.objects.get().correct == 2
    client.force_login(secretary)
    assert client.get(url("attempt", attempt.uid)).status_code == 200
    services.close_course(course, reason="结束", by=committee, today=today())
    client.force_login(member.user)
    page = words(client.get(url("attempt", attempt.uid)))
    assert "正确：B 对的" in page and "见党章" in page and "答的：没有答" in page


def test_the_api_tells_no_answer_either(client, tree, committee, member):
    course = make_tested_course(tree.township, committee)
    client.force_login(member.user)
    listed = client.get("/api/v1/education/courses/").json()["results"]
    assert [row["uid"] for row in listed] == [str(course.uid)]
    key = {"HTTP_IDEMPOTENCY_KEY": "one-try", "content_type": "application/json"}
    made = client.post(f"/api/v1/education/courses/{course.uid}/attempts/", {}, **key)
    assert made.status_code == 201 and {one["answer"] for one in made.json()["questions"]} == {None}
    assert "见党章" not in made.content.decode()
    answers = {"answers": dict.fromkeys([one["uid"] for one in made.json()["questions"]], "b")}
    done = client.post(f"/api/v1/education/attempts/{made.json()['uid']}/submit/", answers, **(key | {"HTTP_IDEMPOTENCY_KEY": "hand-in"}))
    assert done.status_code == 200 and (done.json()["passed"], done.json()["correct"]) == (True, 4)
    assert {one["answer"] for one in done.json()["questions"]} == {None} and Fact.objects.count() == 2
    lesson = client.get(f"/api/v1/education/courses/{course.uid}/").json()["lessons"][0]
    assert lesson["counted"] is True
    assert client.get(f"/api/v1/education/courses/{course.uid}/lessons/{lesson['uid']}/").json()["body"] == "总纲。"


# ── Together ────────────────────────────────────────────────────────────────
def test_a_training_is_written_as_a_list_whose_wrong_lines_are_told(client, tree, committee, second, people):
    make_member(tree.neighbours, "杨春")
    client.force_login(committee)
    said = {"organisation": tree.township.code, "title": "书记培训", "starts_on": today(), "ends_on": today(), "half_days": "2"}
    answer = client.post(url("training_new"), said | {"members": "杨春\n杨夏\n杨夏\n无此人"})
    page = words(answer)
    assert answer.status_code == 422 and not Session.objects.exists()
    assert all(told in page for told in ("第 1 行：有 2 个杨春", "第 3 行：杨夏写了两次", "第 4 行", "没有无此人"))
    answer = client.post(url("training_new"), said | {"members": "杨春 高家杨村\n杨夏，高家杨村"})
    held = Session.objects.get()
    assert answer.status_code == 302 and set(held.lines.values_list("member__name", flat=True)) == {"杨春", "杨夏"}
    assert client.post(url("session_confirm", held.uid)).status_code == 422
    client.force_login(second)
    client.post(url("session_confirm", held.uid))
    assert Fact.objects.standing().count() == 2
    assert client.post(url("session_void", held.uid), {"reason": ""}).status_code == 422
    client.post(url("session_void", held.uid), {"reason": "名单不对"})
    assert not Fact.objects.standing().exists()


def test_a_site_and_its_evening(client, tree, secretary, deputy, people):
    client.force_login(secretary)
    said = {"organisation": tree.ours.code, "name": "远教站点", "place": "村部", "opened_on": today()}
    assert client.post(url("sites"), said).status_code == 302
    assert client.post(url("sites"), said).status_code == 422
    site = tree.ours.sites.get()
    assert client.post(url("site_record", site.uid), {"title": "冬剪", "starts_on": today(), "minutes": "90"}).status_code == 422
    assert url("site_close", site.uid) in words(client.get(url("site_record", site.uid)))
    client.post(url("site_record", site.uid), {"title": "冬剪", "starts_on": today(), "minutes": "90", "members": [people[0].uid]})
    client.force_login(deputy)
    client.post(url("session_confirm", Session.objects.get().uid))
    assert Fact.objects.get().units == 2


def test_what_is_due_is_told_before_it_runs_out(tree, committee, secretary, people):
    from education.study import duties

    course = make_course(tree.township, committee)
    day = today()
    services.assign(course, organisation=tree.ours, due_on=day + timedelta(days=14), by=committee, today=day)
    far = make_course(tree.township, committee, title="还早")
    services.assign(far, organisation=tree.ours, due_on=day + timedelta(days=15), by=committee, today=day)
    (duty,) = duties.due(secretary, day)
    assert "还有 3 人没有记上学时" in duty.reason and duty.due_on == day + timedelta(days=14)
    finish(course, people[0], now=timezone.now())
    assert {duty.title for duty in duties.due(secretary, day)} == {"提醒学完《党章学习》", "确认《党章学习》的学习"}
    services.confirm_lessons(course, members=[people[0]], by=secretary, today=day)
    (duty,) = duties.due(secretary, day)
    assert "还有 2 人" in duty.reason
    assert duties.due(secretary, day + timedelta(days=15 + 91)) == []


def test_a_requirement_means_who_its_words_mean(tree, committee, people):
    from education.study.selectors.courses import required_of
    from members.models import Member

    course, day = make_course(tree.township, committee), today()
    Office.objects.create(member=people[0], organisation=tree.ours, position="secretary", start=day)
    Office.objects.create(member=people[1], organisation=tree.ours, position="publicity", start=day)
    people[2].classes.update(name="retired")
    for audience, name, meant in (("secretaries", "", {0}), ("leaders", "", {0, 1}), ("all", "retired", {2}), ("all", "", {0, 1, 2})):
        one = services.assign(course, organisation=tree.ours, audience=audience, member_class=name, due_on=day, by=committee, today=day)
        assert required_of(Member.objects.all(), [one], day).keys() == {people[at].pk for at in meant}, audience


# ── What a page costs ───────────────────────────────────────────────────────
@pytest.mark.parametrize("size", [1, 50])
def test_the_pages_cost_the_same(client, tree, committee, secretary, size):
    course = make_course(tree.township, committee)
    services.assign(course, organisation=tree.ours, due_on=today(), by=committee, today=today())
    for at in range(size):
        make_member(tree.ours, f"党员{at}")
        if at:
            make_course(tree.township, committee, title=f"课{at}", lessons=1)
    client.force_login(secretary)
    client.get(url("courses"))
    for name, address in (("courses", url("courses")), ("learners", url("learners", course.uid)), ("table", url("table"))):
        with fits_budget(f"study:{name}"):
            client.get(address)
