"""The pages beside the record: agenda, revisions, approval, leave, exclusions, draws, files, the sheet to sign."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from education.models import DrawnMeeting, Leave, MeetingFile, RollExclusion, SpotCheck
from education.rules import Item
from education.services import add_files, approve_minutes, draw_meetings, write_agenda
from tests.budgets import fits_budget
from tests.education.makers import agreed, make_exclusion, make_leave
from tests.education.test_pages import RECORD, filled, page_of
from tests.education.test_services import record, revise
from tests.factories import make_member, make_user

JPEG = b"\xff\xd8\xff\xe0 a river after rain"
MINUTES = "一、学习条例（张三汇报）\n逐条学习。\n议定：每户发一份。\n二、讨论换届"


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]


def at(name, one):
    return reverse(f"education:{name}", args=[one.uid])


# The record


def test_a_refused_record_answers_422_and_keeps_what_was_typed(client, tree, secretary, people):
    client.force_login(secretary)
    answer = client.post(RECORD, filled(topic="", minutes="说了很多。", **{f"roll-{people[0].uid}": "leave"}))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "说了很多。" in text and "程勇庆还没有写原因" in text
    assert client.post(RECORD, filled(act="reread")).status_code == 200


def test_late_is_said_on_the_form_and_shown_to_who_keeps_the_record(client, tree, secretary, member, people):
    client.force_login(secretary)
    name = f"roll-{people[0].uid}"
    assert client.post(RECORD, filled(**{name: "late", f"{name}-late": "很久"})).status_code == 422
    answer = client.post(RECORD, filled(**{name: "late", f"{name}-late": "15"}), follow=True)
    assert "其中迟到：程勇庆（15 分钟）" in answer.content.decode()
    meeting = answer.context["meeting"]
    form = client.get(reverse("education:meeting_edit", args=[meeting.uid])).context["form"]
    assert [(entry.shown, entry.late_minutes) for entry in form.expected][0] == ("late", "15")
    assert form.tally.present == 4
    client.force_login(member.user)
    assert "迟到" not in client.get(page_of(meeting)).content.decode()


def test_granted_leave_is_on_the_form_before_anything_was_typed(client, tree, secretary, member, people):
    today = timezone.localdate()
    make_leave(member, day=today, today=today, by=secretary)
    client.force_login(secretary)
    form = client.get(f"{RECORD}&month={today:%Y-%m}").context["form"]
    entry = next(entry for entry in form.expected if entry.line.name == "刘明")
    if form.roll_day == today:
        assert (entry.state, entry.leave, entry.note_words) == ("leave", "away", "事先请了假")


# Agenda and minutes


def test_minutes_are_split_side_by_side_and_kept_only_when_accepted(client, tree, secretary, people):
    meeting = record(tree.ours, secretary, minutes=MINUTES, confirm=True)
    client.force_login(secretary)
    answer = client.get(at("meeting_agenda", meeting))
    assert [one.initial.get("title", "") for one in answer.context["form"].items] == ["学习条例", "讨论换届", "", ""]
    assert not meeting.agenda.exists()
    again = client.post(at("meeting_agenda", meeting), {"act": "split", "version": "1", "minutes": "议题：防火\n议题：防汛\n议题：换届"})
    assert "防汛" in again.content.decode() and not meeting.agenda.exists()
    none = client.post(at("meeting_agenda", meeting), {"act": "split", "version": "1", "minutes": "一段话"})
    assert "拆不开" in none.content.decode()
    items = {"count": "3", "item-0-title": "学习条例", "item-0-reporter": "张三", "item-0-decided": "每户发一份", "item-2-title": "换届"}
    client.post(at("meeting_agenda", meeting), {"act": "save", "version": "1", "minutes": MINUTES, **items})
    text = client.get(page_of(meeting)).content.decode()
    assert [row.title for row in meeting.agenda.all()] == ["学习条例", "换届"]
    assert "张三汇报" in text and "逐条学习" not in text


def test_a_refused_agenda_answers_422_and_keeps_what_was_typed(client, tree, secretary, deputy, people):
    meeting = record(tree.ours, secretary, minutes=MINUTES, confirm=True)
    client.force_login(secretary)
    answer = client.post(at("meeting_agenda", meeting), {"act": "save", "version": "1", "count": "1", "item-0-said": "没有题目的话"})
    assert answer.status_code == 422 and "没有题目的话" in answer.content.decode()
    revise(meeting, deputy, topic="换届")
    answer = client.post(at("meeting_agenda", meeting), {"act": "save", "version": "1", "count": "1", "item-0-title": "防火"})
    assert answer.status_code == 422 and "刚才被别人改过" in answer.content.decode()
    assert not meeting.agenda.exists()


def test_revisions_show_what_changed_and_who_stands_for_which(client, tree, secretary, deputy, people):
    meeting = record(tree.ours, secretary, minutes="学习条例。", confirm=True)
    approve_minutes(meeting, number=1, by=deputy)
    revise(meeting, secretary, minutes="学习条例，讨论换届。")
    client.force_login(secretary)
    text = client.get(at("meeting_minutes", meeting)).content.decode()
    assert "<del>学习条例。</del>" in text and "<ins>学习条例，讨论换届。</ins>" in text
    assert client.get(page_of(meeting)).context["may_approve"] is False
    client.force_login(deputy)
    assert client.get(page_of(meeting)).context["may_approve"] is True
    client.post(at("meeting_approve", meeting), {"number": "1"})
    assert client.get(page_of(meeting)).context["approval"] is None
    client.post(at("meeting_approve", meeting), {"number": "2"})
    assert client.get(page_of(meeting)).context["approval"].approved_by == deputy


def test_the_host_without_a_post_approves_on_the_meetings_page(client, tree, secretary, member, people):
    meeting = record(tree.ours, secretary, minutes="学习条例。", host=member, confirm=True)
    client.force_login(member.user)
    assert "审定纪要" in client.get(page_of(meeting)).content.decode()
    client.post(at("meeting_approve", meeting), {"number": "1"})
    assert meeting.revisions.get().approval.approved_by == member.user


# Leave


def test_a_member_asks_and_the_secretary_answers(client, tree, secretary, member):
    client.force_login(member.user)
    today = timezone.localdate()
    bad = client.post(reverse("education:leave_new"), {"day": today - timedelta(days=1), "reason": "away", "note": "进城"})
    assert bad.status_code == 422 and "进城" in bad.content.decode()
    client.post(reverse("education:leave_new"), {"day": today, "reason": "away", "note": "进城"})
    leave = Leave.objects.get()
    assert "进城" in client.get(reverse("education:leaves")).content.decode()
    client.force_login(secretary)
    assert client.post(at("leave", leave), {"act": "refuse", "answer": ""}).status_code == 422
    client.post(at("leave", leave), {"act": "refuse", "answer": "要投票，请到会"})
    client.force_login(member.user)
    assert "要投票，请到会" in client.get(at("leave", leave)).content.decode()
    client.post(reverse("education:leave_new"), {"day": today, "reason": "ill"})
    second = Leave.objects.get(state="asked")
    client.post(at("leave", second), {"act": "withdraw"})
    second.refresh_from_db()
    assert second.state == "withdrawn"
    assert client.post(at("leave", second), {"act": "grant"}).status_code == 403


# 不计应到


def test_the_branch_reports_and_the_committee_puts_it_on_record(client, tree, secretary, committee, people):
    today = timezone.localdate()
    meeting = agreed(tree.ours, secretary, on=date(2026, 11, 2))
    told = {"member": people[0].uid, "reason": "grave", "agreed_at": meeting.uid, "start": "2026-11-02"}
    client.force_login(secretary)
    assert client.post(reverse("education:exclusion_new"), told | {"start": "2026-11-01"}).status_code == 422
    client.post(reverse("education:exclusion_new"), told)
    row = RollExclusion.objects.get()
    client.force_login(committee)
    assert client.post(at("exclusion", row), {"act": "answer"}).status_code == 422
    client.post(at("exclusion", row), {"act": "answer", "number": "山门组〔2026〕12号"})
    row.refresh_from_db()
    assert (row.state, row.superior_number) == ("approved", "山门组〔2026〕12号")
    assert "山门组〔2026〕12号" in client.get(reverse("education:exclusions")).content.decode()
    assert client.get(f"{reverse('education:exclusions')}?state=proposed").context["page"].paginator.count == 0
    client.force_login(secretary)
    assert client.post(at("exclusion", row), {"act": "end", "end": today + timedelta(days=1)}).status_code == 422
    client.post(at("exclusion", row), {"act": "end", "end": today + timedelta(days=1), "reason": "病好了"})
    row.refresh_from_db()
    assert (row.end, row.end_reason) == (today + timedelta(days=1), "病好了")


# 抽查


def test_the_committee_draws_reads_and_lets_pass_or_returns(client, tree, secretary, committee, people):
    for day in (1, 2):
        record(tree.ours, secretary, held_on=date(2026, 11, day), confirm=True)
    client.force_login(committee)
    asked = {"since": "2026-11-01", "until": "2026-11-30", "count": "2"}
    assert client.post(reverse("education:check_new"), asked | {"kind": "lecture"}).status_code == 422
    client.post(reverse("education:check_new"), asked)
    check = SpotCheck.objects.get()
    assert check.seed in client.get(at("check", check)).content.decode()
    client.post(at("check", check), {"position": "1"})
    second = check.drawn.get(position=2)
    client.post(reverse("education:meeting_return", args=[second.meeting.uid]), {"reason": "没有纪要"})
    assert list(check.drawn.values_list("outcome", flat=True)) == ["passed", "returned"]
    assert client.get(reverse("education:checks")).context["page"].object_list[0].waiting == 0


# Files and the sheet to sign


def test_a_photo_is_added_streamed_and_kept_with_the_record(client, tree, secretary, reader, neighbour, people):
    meeting = record(tree.ours, secretary)
    client.force_login(secretary)
    bad = client.post(at("meeting_files", meeting), {"files": SimpleUploadedFile("1.jpg", b"MZ a program")})
    assert bad.status_code == 422 and not MeetingFile.objects.exists()
    assert client.post(at("meeting_files", meeting), {}).status_code == 422
    client.post(at("meeting_files", meeting), {"files": SimpleUploadedFile("1.jpg", JPEG)})
    row = MeetingFile.objects.get()
    client.force_login(reader)
    answer = client.get(at("meeting_file", row))
    assert (answer.content, answer["X-Content-Type-Options"]) == (JPEG, "nosniff")
    client.force_login(neighbour)
    assert client.get(at("meeting_file", row)).status_code == 404
    client.force_login(secretary)
    client.post(at("meeting_file_remove", row))
    assert not MeetingFile.objects.exists()


def test_the_sheet_to_sign_has_everybody_in_order_with_marks(client, tree, secretary, committee, member, people):
    today = timezone.localdate()
    day = today + timedelta(days=3)
    make_leave(member, day=day, today=today, by=secretary)
    make_exclusion(people[0], by=secretary, second=committee)
    client.force_login(secretary)
    sheet = client.get(f"{reverse('education:sign_in')}?organisation={tree.ours.code}&kind=assembly&day={day}").context["sheet"]
    assert [(name, mark) for _, name, mark in sheet.rows] == [("戴鹏", ""), ("龚莉娜", ""), ("刘明", "请假（外出）")]
    assert sheet.others == (("程勇庆", "重病"),)
    assert [(left[1], right[1]) for left, right in sheet.halves] == [("戴鹏", "刘明"), ("龚莉娜", "")]


def test_every_list_says_what_to_do_when_it_is_empty(client, tree, committee, member):
    client.force_login(committee)
    for name, said in (("checks", "还没有抽查过"), ("exclusions", "在这里报上级备案"), ("leaves", "在自己的手机上提")):
        assert said in client.get(reverse(f"education:{name}")).content.decode()
    client.force_login(member.user)
    assert "还没有请过假" in client.get(reverse("education:leaves")).content.decode()


def test_digests_tell_who_else_kept_the_same_photo(tree, secretary, people):
    first, second = record(tree.ours, secretary), record(tree.ours, secretary, kind="lecture")
    for meeting in (first, second):
        add_files(meeting, files=[SimpleUploadedFile("1.jpg", JPEG)], by=secretary)
    digest = MeetingFile.objects.filter(meeting=first).get().digest
    assert set(MeetingFile.objects.filter(digest=digest).values_list("meeting", flat=True)) == {first.pk, second.pk}


def test_the_sheet_of_a_meeting_prints_its_agenda(client, tree, secretary, people):
    meeting = record(tree.ours, secretary, confirm=True)
    write_agenda(meeting, version=1, agenda=[Item("换届", "说明时间", "同意", "李四")], minutes="", by=secretary)
    client.force_login(secretary)
    text = client.get(page_of(meeting)).content.decode()
    article = text[text.index("<article") : text.index("</article>")]
    assert "李四汇报" in article and "议定" in article and "主要内容" not in article


@pytest.mark.parametrize("size", [1, 30])
def test_every_page_costs_the_same_for_one_and_for_many(client, tree, secretary, committee, size):
    today = timezone.localdate()
    meeting = record(tree.ours, secretary, minutes="学习。", confirm=True) if make_member(tree.ours, "郝琴") else None
    for n in range(size):
        person = make_member(tree.ours, f"党员{n:02d}")
        person.user = make_user(person.name, username=f"m{n}", password=None)
        person.save(update_fields=["user"])
        Leave.objects.create(organisation=tree.ours, member=person, day=today, reason="away", asked_by=person.user)
        make_exclusion(person, by=secretary, second=committee, meeting=meeting)
    check = draw_meetings(organisation=tree.township, since=meeting.held_on, until=meeting.held_on, count=1, by=committee, today=today)
    for n in range(size - 1):
        other = record(tree.ours, secretary, kind="lecture", held_on=date(2026, 1 + n % 10, 1 + n % 28))
        DrawnMeeting.objects.create(spot_check=check, meeting=other, position=n + 2)
    write_agenda(meeting, version=1, agenda=[Item(f"第 {n} 项") for n in range(size)], minutes="", by=secretary)
    client.force_login(committee)
    client.get(page_of(meeting))
    for name, url in {
        "education:meeting_whole": page_of(meeting),
        "education:meeting_agenda": at("meeting_agenda", meeting),
        "education:meeting_minutes": at("meeting_minutes", meeting),
        "education:leaves": reverse("education:leaves"),
        "education:exclusions": reverse("education:exclusions"),
        "education:exclusion_new": f"{reverse('education:exclusion_new')}?organisation={tree.ours.code}",
        "education:checks": reverse("education:checks"),
        "education:check": at("check", check),
        "education:sign_in": f"{reverse('education:sign_in')}?organisation={tree.ours.code}&kind=assembly",
    }.items():
        with fits_budget(name):
            assert client.get(url).status_code == 200


def test_a_committee_meeting_does_not_unroll_the_whole_branch(client, tree, secretary, people):
    """Twenty who are not expected stood between the committee and the button; folded, they are in the form all the same."""
    for n in range(8):
        make_member(tree.ours, f"党员{n}")
    client.force_login(secretary)
    address = RECORD.replace("theme_day", "committee")
    shown = client.get(address)
    others = shown.context["form"].others
    assert len(others) == 11 and not shown.context["form"].shows_others
    assert f'name="{others[0].name}"' in shown.content.decode()
    refused = client.post(address, filled(topic="", **{others[0].name: "present"}))
    assert refused.status_code == 422 and refused.context["form"].shows_others, "who came is not hidden"
