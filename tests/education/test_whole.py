"""What a meeting is besides its roll: agenda, revisions, approval, leave, exclusions, files, draws. Each step's refusals change nothing."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from education.models import Leave, MeetingFile, MinutesApproval, MinutesRevision, RollExclusion
from education.rules import Item
from education.selectors.rolls import is_expected, standing_roll
from education.services import (
    RollLine,
    add_files,
    answer_exclusion,
    answer_leave,
    approve_minutes,
    ask_leave,
    draw_meetings,
    end_exclusion,
    propose_exclusion,
    remove_file,
    return_meeting,
    void_meeting,
    withdraw_leave,
    write_agenda,
)
from members.models import Fact, MemberClass, Office
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import Attachment, AuditEntry
from tests.education.makers import agreed, make_exclusion, make_leave
from tests.education.test_services import DAY, TODAY, record, revise
from tests.factories import make_member, make_user

JPEG = b"\xff\xd8\xff\xe0 a river after rain"


@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]


def photo(content=JPEG, name="1.jpg"):
    return SimpleUploadedFile(name, content)


def standing():
    return sorted(Fact.objects.standing().values_list("member__name", "kind"))


# Late


def test_who_comes_late_is_present_and_leaves_a_fact_of_it(tree, secretary, people):
    late = RollLine(state="present", is_late=True, late_minutes=20)
    meeting = record(tree.ours, secretary, roll={people[0].pk: late}, study_hours=0, confirm=True)
    assert standing() == [
        ("戴鹏", "meeting.theme_day"), ("程勇庆", "meeting.late"), ("程勇庆", "meeting.theme_day"), ("龚莉娜", "meeting.theme_day"),
    ]  # fmt: skip
    revise(meeting, secretary, roll={people[0].pk: RollLine(state="present")})
    assert ("程勇庆", "meeting.late") not in standing()


def test_minutes_of_lateness_are_of_the_late_alone(tree, secretary, people):
    odd = {people[0].pk: RollLine(state="present", late_minutes=9), people[1].pk: RollLine(state="leave", reason="ill", is_late=True)}
    meeting = record(tree.ours, secretary, roll=odd)
    assert set(meeting.attendances.values_list("is_late", "late_minutes")) == {(False, None)}


# Agenda, revisions, approval


def written(tree, by, **content):
    return record(tree.ours, by, minutes="学习条例。", confirm=True, **content)


def test_every_text_is_kept_and_an_idle_save_keeps_none(tree, secretary, deputy, people):
    meeting = written(tree, secretary)
    revise(meeting, deputy, minutes="学习条例。讨论换届。")
    meeting.refresh_from_db()
    revise(meeting, deputy, minutes="学习条例。讨论换届。", place="村部")
    rows = meeting.revisions.values_list("number", "text", "written_by__username")
    assert list(rows) == [(1, "主题：冬季防火\n学习条例。", "secretary"), (2, "主题：冬季防火\n学习条例。讨论换届。", "deputy")]


def test_a_meeting_without_words_has_no_revision(tree, secretary, people):
    meeting = record(tree.ours, secretary, confirm=True)
    assert not meeting.revisions.exists()
    with pytest.raises(DomainError, match="还没有写纪要"):
        approve_minutes(meeting, number=0, by=secretary)


def test_the_items_accepted_are_the_agenda_in_their_order(tree, secretary, people):
    meeting = written(tree, secretary)
    items = [Item("学习条例", "逐条学习", "每户发一份", "张三"), Item("换届")]
    kept = write_agenda(meeting, version=1, agenda=items, minutes="", by=secretary)
    assert list(kept.agenda.values_list("position", "title", "reporter", "decided")) == [
        (1, "学习条例", "张三", "每户发一份"),
        (2, "换届", "", ""),
    ]
    assert (kept.version, kept.minutes, kept.revisions.count()) == (2, "", 2)
    write_agenda(kept, version=2, agenda=items[1:], minutes="", by=secretary)
    assert [(row.position, row.title) for row in kept.agenda.all()] == [(1, "换届")]


def test_an_item_without_a_title_is_refused_and_nothing_changed(tree, secretary, people):
    meeting = written(tree, secretary)
    with pytest.raises(DomainError, match="第 2 个议题没有题目"):
        write_agenda(meeting, version=1, agenda=[Item("换届"), Item(" ", "说了什么")], minutes="", by=secretary)
    meeting.refresh_from_db()
    assert (meeting.version, meeting.minutes, meeting.agenda.count()) == (1, "学习条例。", 0)


def test_an_agenda_over_an_old_version_or_of_a_void_meeting_is_refused(tree, secretary, deputy, people):
    meeting = written(tree, secretary)
    revise(meeting, deputy, place="村部")
    with pytest.raises(Stale):
        write_agenda(meeting, version=1, agenda=[Item("换届")], minutes="", by=secretary)
    void_meeting(meeting, by=secretary)
    meeting.refresh_from_db()
    with pytest.raises(DomainError, match="作废"):
        write_agenda(meeting, version=meeting.version, agenda=[Item("换届")], minutes="", by=secretary)
    assert not meeting.agenda.exists()


def test_minutes_are_approved_by_somebody_who_wrote_none_of_them(tree, secretary, deputy, neighbour, people):
    people[0].user = scribe = make_user("记录员", username="scribe")
    people[0].save(update_fields=["user"])
    people[1].user = host = make_user("主持人", username="host")
    people[1].save(update_fields=["user"])
    meeting = written(tree, secretary, host=people[1], scribe=people[0])
    for who, said in ((secretary, "没有动笔的人"), (scribe, "没有动笔的人"), (neighbour, "主持人或支部书记")):
        with pytest.raises(DomainError, match=said):
            approve_minutes(meeting, number=1, by=who)
    assert not MinutesApproval.objects.exists()
    assert approve_minutes(meeting, number=1, by=host).approved_by == host
    with pytest.raises(DomainError, match="已经审定"):
        approve_minutes(meeting, number=1, by=deputy)


def test_a_correction_opens_the_approval_again(tree, secretary, deputy, people):
    meeting = written(tree, secretary)
    approve_minutes(meeting, number=1, by=deputy)
    revise(meeting, secretary, minutes="学习条例，讨论换届。")
    assert not MinutesApproval.objects.filter(revision__meeting=meeting, revision__number=2).exists()
    with pytest.raises(Stale, match="又改过"):
        approve_minutes(meeting, number=1, by=deputy)
    approve_minutes(meeting, number=2, by=deputy)
    assert MinutesApproval.objects.count() == 2


def test_minutes_of_a_draft_wait_for_its_confirmation(tree, secretary, deputy, people):
    meeting = record(tree.ours, secretary, minutes="学习条例。")
    with pytest.raises(DomainError, match="先确认会议"):
        approve_minutes(meeting, number=1, by=deputy)


@pytest.mark.parametrize("model", [MinutesRevision, MinutesApproval])
def test_the_database_keeps_every_text_and_approval(tree, secretary, deputy, people, model):
    approve_minutes(written(tree, secretary), number=1, by=deputy)
    for act in (lambda rows: rows.update(id=0), lambda rows: rows._raw_delete(rows.db)):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(model.objects.all())
    assert model.objects.count() == 1


# Leave


def test_leave_that_was_granted_is_on_the_roll_of_its_day(tree, secretary, member, people):
    make_leave(member, by=secretary)
    lecture, theme_day = (record(tree.ours, secretary, kind=kind, held_on=TODAY) for kind in ("lecture", "theme_day"))
    for meeting in (lecture, theme_day):
        row = meeting.attendances.get(member=member)
        assert (row.state, row.reason, row.note) == ("leave", "away", "去县城看病")
    came = record(tree.ours, secretary, kind="assembly", held_on=TODAY, roll={member.pk: RollLine(state="present")})
    assert came.attendances.get(member=member).state == "present"


@pytest.mark.parametrize(("kind", "state"), [("lecture", "leave"), ("assembly", "present")])
def test_leave_from_one_kind_is_of_that_kind(tree, secretary, member, kind, state):
    make_leave(member, by=secretary, kind="lecture")
    assert record(tree.ours, secretary, kind=kind, held_on=TODAY).attendances.get(member=member).state == state


def test_leave_that_was_not_granted_is_not_on_the_roll(tree, secretary, member):
    leave = make_leave(member)
    assert record(tree.ours, secretary, held_on=TODAY).attendances.get(member=member).state == "present"
    answer_leave(leave, grant=False, answer="要投票，请到会", by=secretary, today=TODAY)
    assert record(tree.ours, secretary, kind="lecture", held_on=TODAY).attendances.get(member=member).state == "present"


def test_leave_is_asked_by_oneself_before_the_day_and_once(tree, secretary, member):
    asked = {"member": member, "reason": "away", "today": TODAY}
    with pytest.raises(DomainError, match="由本人提"):
        ask_leave(day=TODAY, by=secretary, **asked)
    with pytest.raises(DomainError, match="已经过了"):
        ask_leave(day=TODAY - timedelta(days=1), by=member.user, **asked)
    with pytest.raises(DomainError, match="写一句原因"):
        ask_leave(day=TODAY, by=member.user, **asked | {"reason": "other"})
    ask_leave(day=TODAY, by=member.user, **asked)
    with pytest.raises(DomainError, match="已经请过假"):
        ask_leave(day=TODAY, by=member.user, **asked)
    assert Leave.objects.count() == 1


def test_leave_is_answered_once_by_another_and_refused_with_a_reason(tree, secretary, member):
    leave = make_leave(member)
    with pytest.raises(DomainError, match="另一个人"):
        answer_leave(leave, grant=True, by=member.user, today=TODAY)
    with pytest.raises(DomainError, match="不准假的原因"):
        answer_leave(leave, grant=False, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已经过了"):
        answer_leave(leave, grant=True, by=secretary, today=TODAY + timedelta(days=1))
    leave.refresh_from_db()
    assert leave.state == "asked"
    answer_leave(leave, grant=True, by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已准假"):
        answer_leave(leave, grant=False, answer="不行", by=secretary, today=TODAY)


def test_leave_is_taken_back_by_whoever_asked(tree, secretary, member):
    leave = make_leave(member, by=secretary)
    with pytest.raises(DomainError, match="由本人收回"):
        withdraw_leave(leave, by=secretary, today=TODAY)
    withdraw_leave(leave, by=member.user, today=TODAY)
    with pytest.raises(DomainError, match="已收回"):
        withdraw_leave(leave, by=member.user, today=TODAY)
    assert record(tree.ours, secretary, held_on=TODAY).attendances.get(member=member).state == "present"
    make_leave(member)


# 不计应到 (DOMAIN §1)


def test_a_member_is_left_out_from_the_day_on_record_and_until_its_end(tree, secretary, committee, people):
    make_exclusion(people[0], by=secretary, second=committee, start=date(2026, 11, 10), end=date(2026, 11, 20))
    expected = {
        day: {line.name: is_expected(line, "assembly") for line in standing_roll(organisation=tree.ours, group=None, held_on=day)}["程勇庆"]
        for day in (date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 19), date(2026, 11, 20))
    }
    assert list(expected.values()) == [True, False, False, True]
    meeting = record(tree.ours, secretary, held_on=date(2026, 11, 10), confirm=True)
    row = meeting.attendances.get(member=people[0])
    assert (row.state, row.reason) == ("excused", "grave")
    assert ("程勇庆", "meeting.theme_day") not in standing()


def test_who_is_left_out_may_come_and_then_counts(tree, secretary, committee, people):
    make_exclusion(people[0], by=secretary, second=committee)
    meeting = record(tree.ours, secretary, roll={people[0].pk: RollLine(state="present")}, confirm=True)
    assert meeting.attendances.get(member=people[0]).state == "present"


def test_a_committee_member_who_is_ill_remains_one(tree, secretary, committee, people):
    Office.objects.create(member=people[0], organisation=tree.ours, position="publicity", start=date(2024, 1, 1))
    make_exclusion(people[0], by=secretary, second=committee)
    line = next(line for line in standing_roll(organisation=tree.ours, group=None, held_on=DAY) if line.name == "程勇庆")
    assert (is_expected(line, "committee"), is_expected(line, "assembly")) == (True, False)


def test_what_is_only_reported_leaves_nobody_out(tree, secretary, people):
    row = make_exclusion(people[0], by=secretary)
    assert row.end == date(2027, 11, 2)
    assert record(tree.ours, secretary).attendances.get(member=people[0]).state == "present"


def test_an_exclusion_needs_the_branchs_meeting_the_member_and_room(tree, secretary, committee, people):
    meeting = agreed(tree.ours, secretary)
    draft = record(tree.ours, secretary)
    told = {"reason": "grave", "start": DAY, "by": secretary}
    with pytest.raises(DomainError, match="已确认的会议"):
        propose_exclusion(member=people[0], agreed_at=draft, **told)
    with pytest.raises(DomainError, match="不在本支部"):
        propose_exclusion(member=make_member(tree.far), agreed_at=meeting, **told)
    with pytest.raises(DomainError, match="才同意"):
        propose_exclusion(member=people[0], agreed_at=meeting, **told | {"start": date(2026, 11, 1)})
    with pytest.raises(DomainError, match="什么原因"):
        propose_exclusion(member=people[0], agreed_at=meeting, **told | {"reason": "other"})
    propose_exclusion(member=people[0], agreed_at=meeting, **told)
    with pytest.raises(DomainError, match="已经报过"):
        propose_exclusion(member=people[0], agreed_at=meeting, **told | {"start": date(2026, 12, 1)})
    assert RollExclusion.objects.count() == 1


def test_another_person_puts_it_on_record_once(tree, secretary, committee, people):
    row = make_exclusion(people[0], by=secretary)
    with pytest.raises(DomainError, match="另一个人"):
        answer_exclusion(row, number="1", by=secretary)
    with pytest.raises(DomainError, match="备案号"):
        answer_exclusion(row, by=committee)
    with pytest.raises(DomainError, match="只写一样"):
        answer_exclusion(row, number="1", refusal="能来", by=committee)
    answer_exclusion(row, refusal="病已经好了", by=committee)
    with pytest.raises(DomainError, match="不同意"):
        answer_exclusion(row, number="1", by=committee)
    make_exclusion(people[0], by=secretary, second=committee, meeting=row.agreed_at)


def test_it_is_ended_from_today_on_and_kept_rolls_stay(tree, secretary, committee, people):
    row = make_exclusion(people[0], by=secretary, second=committee)
    before = record(tree.ours, secretary)
    for end, reason, said in ((DAY, "病好了", "过去的会不改"), (date(2028, 1, 1), "病好了", "自己就到期"), (TODAY, " ", "为什么")):
        with pytest.raises(DomainError, match=said):
            end_exclusion(row, end=end, reason=reason, by=secretary, today=TODAY)
    end_exclusion(row, end=TODAY, reason="病好了", by=secretary, today=TODAY)
    assert before.attendances.get(member=people[0]).state == "excused"
    assert record(tree.ours, secretary, held_on=TODAY).attendances.get(member=people[0]).state == "present"


# Files


def test_one_photo_is_kept_once_in_a_meeting_and_found_elsewhere(tree, secretary, people):
    meeting, other = record(tree.ours, secretary), record(tree.ours, secretary, kind="lecture")
    made, twice = add_files(meeting, files=[photo(), photo(name="2.jpg")], by=secretary)
    assert (len(made), twice) == (1, 1)
    assert add_files(meeting, files=[photo()], by=secretary) == ([], 1)
    add_files(other, files=[photo()], by=secretary)
    assert MeetingFile.objects.filter(digest=made[0].digest).count() == 2
    assert Attachment.objects.count() == 2


def test_a_program_that_calls_itself_a_photo_is_refused_and_nothing_stored(tree, secretary, people):
    meeting = record(tree.ours, secretary)
    with pytest.raises(DomainError):
        add_files(meeting, files=[photo(), photo(b"MZ\x90\x00 a program", "2.jpg")], by=secretary)
    assert not MeetingFile.objects.exists() and not Attachment.objects.exists()


def test_a_file_leaves_a_draft_and_stays_in_a_record(tree, secretary, people):
    meeting = record(tree.ours, secretary, confirm=True)
    (row,), _ = add_files(meeting, files=[photo()], by=secretary)
    with pytest.raises(DomainError, match="不能拿掉"):
        remove_file(row, by=secretary)
    return_meeting(meeting, reason="照片不对", by=secretary)
    remove_file(row, by=secretary)
    assert not MeetingFile.objects.exists() and not Attachment.objects.exists()


def test_a_meeting_keeps_nine_files(tree, secretary, people):
    meeting = record(tree.ours, secretary)
    for at in range(3):
        add_files(meeting, files=[photo(JPEG + bytes([at, n])) for n in range(3)], by=secretary)
    with pytest.raises(DomainError, match="最多留 9 个"):
        add_files(meeting, files=[photo()], by=secretary)
    assert add_files(meeting, files=[photo(JPEG + bytes([0, 0]))], by=secretary) == ([], 1)


def test_no_audit_row_of_these_acts_holds_a_name_or_a_word(tree, secretary, committee, deputy, member, people):
    make_leave(member, by=secretary)
    make_exclusion(people[0], by=secretary, second=committee, note="肝癌晚期")
    meeting = written(tree, secretary)
    approve_minutes(meeting, number=1, by=deputy)
    add_files(meeting, files=[photo()], by=secretary)
    draw_meetings(organisation=tree.township, since=date(2026, 11, 1), until=date(2026, 11, 30), count=1, by=committee, today=TODAY)
    rows = AuditEntry.objects.filter(code__startswith="education.")
    assert {"education.leave.granted", "education.exclusion.approved", "education.spot_check.drawn"} <= {row.code for row in rows}
    text = " ".join(str(row.data) for row in rows)
    assert not [word for word in ("刘明", "程勇庆", "肝癌", "去县城", "学习条例", "山门组") if word in text]


def test_the_old_and_exempt_need_no_paper(tree, people):
    MemberClass.objects.filter(member=people[0]).update(name="exempt")
    line = next(line for line in standing_roll(organisation=tree.ours, group=None, held_on=DAY) if line.name == "程勇庆")
    assert (line.excluded, is_expected(line, "assembly")) == ("", False)
