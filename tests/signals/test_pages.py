"""The pages of 请核实, as a committee and a branch see them."""

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from rest_framework.test import APIClient

from education.models import Meeting, MeetingFile
from education.services import add_files, revise_meeting
from education.signals import duties, services
from education.signals.models import Question
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member, make_user
from tests.signals.conftest import MINUTES, OTHER, TODAY, hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, committee):
    client.force_login(committee)
    return client


def body(response) -> str:
    return response.content.decode()


def test_a_committee_sees_both_texts_beside_each_other_asks_and_lays_aside(page, question, secretary, tree):
    listed = body(page.get(reverse("signals:questions")))
    assert "10月8日主题党日的纪要全文和袁家店村党支部 9月10日主题党日一样" in listed
    address = reverse("signals:question", args=[question.uid])
    shown = body(page.get(address))
    assert shown.count("<mark>") == 2 and "不扣分" in shown
    refused = page.post(reverse("signals:question_act", args=[question.uid, "ask"]), {"note": "", "version": 1})
    assert refused.status_code == 422 and "写上说明" in body(refused)
    sent = page.post(
        reverse("signals:question_act", args=[question.uid, "ask"]), {"note": "两份纪要为什么一样？", "version": 1}, follow=True
    )
    assert "已请支部核实" in body(sent)
    late = page.post(reverse("signals:question_act", args=[question.uid, "dismiss"]), {"note": "看过", "version": 1})
    assert late.status_code == 422 and "刚才有人办过" in body(late) and "看过" in body(late)

    page.force_login(secretary)
    (duty,) = duties.due(secretary, timezone.localdate())
    asked = body(page.get(duty.url))
    assert "两份纪要为什么一样？" in asked and "县内另一个支部" in asked
    assert "袁家店" not in asked, "a branch is not told whose the other text is"
    answered = page.post(
        reverse("signals:question_act", args=[question.uid, "answer"]), {"note": "照样本写的，已改", "version": 2}, follow=True
    )
    assert "已答复" in body(answered)


def test_once_one_side_was_rewritten_the_page_does_not_say_that_anything_is_marked(page, question):
    address = reverse("signals:question", args=[question.uid])
    assert "底色标出的" in body(page.get(address))
    Meeting.objects.filter(pk=question.meeting_id).update(minutes="河堤又塌了一段，定了谁去修。", decisions="")
    shown = body(page.get(address))
    assert "<mark>" not in shown and "底色标出的" not in shown and "提示以后有一边改过" in shown


def test_a_branch_sees_nothing_before_it_is_asked(client, question, secretary):
    client.force_login(secretary)
    assert "上级没有请支部核实的事" in body(client.get(reverse("signals:questions")))
    assert client.get(reverse("signals:question", args=[question.uid])).status_code == 403


def test_the_list_is_narrowed_exported_and_empty_in_words(page, question, tree):
    there = reverse("signals:questions")
    assert "没有这样的" in body(page.get(there, {"kind": "photo"}))
    assert "没有这样的" in body(page.get(there, {"q": "石柳"}))
    assert "高家杨村党支部" in body(page.get(there, {"q": "高家杨", "kind": "alike", "organisation": tree.township.code}))
    assert "还没有办完的" in body(page.get(there, {"tab": "done"}))
    rows = list(load_workbook(BytesIO(b"".join(page.get(there, {"format": "xlsx"})))).active.values)
    assert rows[1][1:3] == (tree.ours.name, "纪要相似") and len(rows) == 2


def test_looked_again_at_once(page, alike, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)
    assert "新提示 1 处" in body(page.post(reverse("signals:look"), follow=True))
    assert "没有新的提示" in body(page.post(reverse("signals:look"), follow=True))


def test_a_burst_and_a_roll_show_the_records_they_are_made_of(page, tree, secretary):
    for n in range(10):
        make_member(tree.ours, f"党员{n:02d}", start=TODAY.replace(year=2020))
    for month in range(1, 7):
        hold(tree.ours, secretary, TODAY.replace(month=month, day=10), minutes="", recorded=TODAY.replace(month=7, day=1))
    services.look(today=TODAY)
    told = {q.kind: body(page.get(reverse("signals:question", args=[q.uid]))) for q in Question.objects.all()}
    assert sorted(told) == ["burst", "roll"]
    assert "2026 年第二季度的 3 次记录里有 3 次是季度末前后集中补记的，最晚的隔了 82 天" in told["burst"]
    assert "主题党日连续 6 次到会的都是同样的人（应到 10 人）" in told["roll"]
    assert told["roll"].count("冬季防火") == 6 and told["burst"].count("冬季防火") == 3


def photo(name: str, content: bytes):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, b"\xff\xd8\xff" + content, content_type="image/jpeg")


def test_the_same_photo_under_two_meetings(page, tree, alike, secretary, neighbour):
    earlier, later = alike
    said = {"kind": "theme_day", "group": None, "held_on": later.held_on, "topic": "冬季防火", "study_hours": 2}
    revise_meeting(later, version=later.version, roll={}, by=secretary, today=TODAY, minutes=OTHER, **said)
    add_files(earlier, files=[photo("a.jpg", b"one"), photo("b.jpg", b"two")], by=neighbour)
    add_files(later, files=[photo("c.jpg", b"one"), photo("d.jpg", b"three")], by=secretary)
    services.look(today=TODAY)
    found = Question.objects.get()
    assert (found.kind, found.organisation, found.other) == ("photo", tree.ours, earlier)
    assert "10月8日主题党日和袁家店村党支部 9月10日主题党日用了同一张照片" in body(page.get(reverse("signals:questions")))
    shown = body(page.get(reverse("signals:question", args=[found.uid])))
    assert shown.count("<img") == 2 and "<mark>" not in shown
    assert MeetingFile.objects.count() == 4


def test_text_in_the_agenda_is_compared_too(tree, people, secretary):
    from education.rules import Item
    from education.services import write_agenda

    for day in (1, 20):
        meeting = hold(tree.ours, secretary, TODAY.replace(month=9, day=day), minutes="")
        write_agenda(meeting, version=meeting.version, agenda=[Item("防火", MINUTES, "", "")], minutes="", by=secretary)
    services.look(today=TODAY)
    assert Question.objects.get().numbers["share"] == 100


def test_the_api_tells_each_what_the_pages_tell(question, committee, secretary):
    client = APIClient()
    client.force_authenticate(committee)
    (one,) = client.get("/api/v1/education/questions/?kind=alike").json()["results"]
    assert (one["uid"], one["state"], [step["act"] for step in one["steps"]]) == (str(question.uid), "open", ["find"])
    client.force_authenticate(secretary)
    assert client.get("/api/v1/education/questions/").json()["results"] == []
    assert client.get(f"/api/v1/education/questions/{question.uid}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 50])
def test_pages_cost_the_same_at_one_and_at_fifty(client, question, tree, rows):
    Question.objects.bulk_create(
        Question(
            kind="alike", key=f"alike:{n}", organisation=tree.ours, meeting=question.meeting, other=question.other, since=question.since,
            until=question.until, digest="", numbers=question.numbers, found_on=TODAY, acted_on=TODAY,
        )
        for n in range(rows - 1)
    )  # fmt: skip
    other = make_user("方明", username="second")
    make_grant(other, tree.township, "committee")
    client.force_login(other)
    with fits_budget("signals:questions"):
        client.get(reverse("signals:questions"))
    with fits_budget("signals:question"):
        client.get(reverse("signals:question", args=[question.uid]))
    other.refresh_from_db()
    with fits_budget("signals:duties"):
        duties.due(other, TODAY)
