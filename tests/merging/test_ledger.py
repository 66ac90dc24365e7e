"""Two files of one person made one: meetings, facts and ledgers are those of one person from the start."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from education.models import Attendance
from education.services import revise_meeting
from members.models import Affiliation, Fact, Member, Merge, Owed
from members.selectors.days import roll_of
from members.services import membership
from partyportal.dashboard.workflows.merging import merge, reverse
from points.models import Entry
from points.services import open_period
from tests.factories import id_number, make_member
from tests.merging.makers import BORN, TODAY, absent, ledger, meet, settle_all, sound, world


def test_the_ledger_after_a_merge_is_that_of_one_person_from_the_start(tree, scheme, kept, gone, secretary, committee):
    """Another member attends what either file attended; caps bite on the sum, the base score counts once."""
    always = make_member(tree.ours, "汤秀颖", birth_on=BORN)
    make_member(tree.ours, "程勇庆")  # who is always there
    days = [date(2026, month, 20) for month in range(1, 11)]
    for at, day in enumerate(days):
        roll = absent(gone) if at % 2 else absent(kept)
        meet(tree.ours, secretary, day, roll=roll)
        meet(tree.ours, secretary, day, kind="lecture", roll=absent(gone) | absent(kept) | absent(always) if at == 3 else roll)
    for quarter in (1, 4, 7, 10):
        open_period(date(2026, quarter, 1))
    settle_all()
    before, total = ledger(kept), world()
    merge(kept, gone, by=committee, on=TODAY)
    assert set(Owed.objects.values_list("member", flat=True)) == {kept.pk, gone.pk}, "the facts' own trigger notes both"
    sound()
    assert ledger(kept) == ledger(always) != before
    assert ledger(gone) == []
    assert Entry.objects.filter(member=gone).exists(), "lines are reversed, never removed"
    reverse(Merge.objects.get(), by=committee)
    sound()
    assert world() == total
    assert ledger(kept) == before


def test_days_the_kept_file_lacks_become_its_own_and_no_branch_counts_otherwise(tree, scheme, secretary, neighbour, committee):
    """潘 left our branch in 2020 and was registered anew next door, instead of being moved."""
    kept = make_member(tree.ours, "潘山洋", birth_on=BORN, start=date(2010, 7, 1))
    gone = make_member(tree.neighbours, "潘山洋", birth_on=BORN, start=date(2018, 1, 1))
    membership.leave(kept, on=date(2020, 1, 1), reason="transferred_out", by=secretary)
    meet(tree.neighbours, neighbour, date(2026, 3, 20))
    days = [date(year, 6, 1) for year in range(2009, 2027)]
    counted = [sorted(Affiliation.objects.on(day).values_list("organisation__code")) for day in days]
    before = world()
    merge(kept, gone, by=committee, on=TODAY)
    kept.refresh_from_db()
    gone.refresh_from_db()
    rows = [(row.organisation, row.start, row.end) for row in kept.affiliations.order_by("start")]
    assert rows == [(tree.ours, date(2010, 7, 1), date(2020, 1, 1)), (tree.neighbours, date(2020, 1, 1), None)]
    assert [(row.start, row.end, row.end_reason) for row in gone.affiliations.all()] == [(date(2018, 1, 1), date(2020, 1, 1), "merged")]
    assert (kept.branch, kept.left_on, gone.left_on is not None, gone.merged_into) == (tree.neighbours, None, True, kept)
    assert [sorted(Affiliation.objects.on(day).values_list("organisation__code")) for day in days] == counted
    assert Fact.objects.standing().filter(member=kept, kind="meeting.theme_day").count() == 1
    sound()
    reverse(Merge.objects.get(), by=committee)
    assert world() == before
    sound()


def test_two_files_at_home_in_two_branches_leave_the_kept_one_at_home(tree, committee, kept):
    other = make_member(tree.neighbours, "潘山洋", birth_on=BORN)
    outcome = merge(kept, other, by=committee, on=TODAY)
    other.refresh_from_db()
    kept.refresh_from_db()
    assert [(row.end, row.end_reason) for row in other.affiliations.all()] == [(TODAY, "merged")]
    assert (kept.branch, kept.left_on, other.left_on) == (tree.ours, None, TODAY)
    assert "各在高家杨村党支部和袁家店村党支部" in outcome.rules[0][0]


def test_a_file_registered_and_merged_on_one_day_was_never_at_home(tree, committee, kept):
    other = make_member(tree.ours, "潘山洋", birth_on=BORN, start=TODAY)
    merge(kept, other, by=committee, on=TODAY)
    other.refresh_from_db()
    assert not other.affiliations.exists() and other.left_on == TODAY
    assert Member.objects.at_home().filter(name="潘山洋").count() == 1


def test_on_one_roll_present_beats_absent_and_the_line_is_one(tree, secretary, committee, kept, gone):
    first = meet(tree.ours, secretary, date(2026, 3, 20), roll=absent(kept))
    second = meet(tree.ours, secretary, date(2026, 4, 20), roll=absent(gone))
    outcome = merge(kept, gone, by=committee, on=TODAY)
    assert [row.state for row in Attendance.objects.filter(meeting__in=(first, second)).order_by("meeting")] == ["present", "present"]
    assert set(Attendance.objects.values_list("member", flat=True)) == {kept.pk}
    assert {fact.kind for fact in Fact.objects.standing()} == {"meeting.theme_day", "study.hours"}
    assert any("2 次会议两份档案都在名单上" in title for title, _ in outcome.rules)


def test_a_roll_of_the_past_is_written_again_with_the_kept_file(tree, secretary, committee, kept):
    """Whoever corrects a meeting of before the merge finds one line of the person, and loses none."""
    other = make_member(tree.neighbours, "潘山洋", birth_on=BORN)
    make_member(tree.neighbours, "袁强明")
    meeting = meet(tree.neighbours, secretary, date(2026, 3, 20))
    merge(kept, other, by=committee, on=TODAY)
    assert [line.member_id for line in roll_of(tree.neighbours, date(2026, 3, 20))].count(kept.pk) == 1
    assert other.pk not in {line.member_id for line in roll_of(tree.neighbours, date(2026, 3, 20))}
    meeting.refresh_from_db()
    content = {name: getattr(meeting, name) for name in ("kind", "group", "held_on", "study_hours")}
    revise_meeting(meeting, version=meeting.version, roll={}, by=secretary, today=TODAY, topic="改正", **content)
    assert set(meeting.attendances.values_list("member", flat=True)) == {kept.pk, Member.objects.get(name="袁强明").pk}


def test_host_and_suspension_follow(tree, secretary, committee, kept, gone):
    meeting = meet(tree.ours, secretary, date(2026, 3, 20))
    type(meeting).objects.filter(pk=meeting.pk).update(host=gone)
    membership.suspend(gone, on=date(2026, 9, 1), reason="lost_contact", basis="县委〔2026〕9号", by=committee)
    merge(kept, gone, by=committee, on=TODAY)
    meeting.refresh_from_db()
    kept.refresh_from_db()
    assert (meeting.host, kept.standing, kept.suspensions.count()) == (kept, "suspended", 1)


def test_the_database_is_asked_as_often_for_one_meeting_as_for_twelve(tree, secretary, committee):
    counts = []
    for many in (1, 12):
        pair = [make_member(tree.ours, "潘山洋", birth_on=BORN, id_number=id_number(BORN)) for _ in range(2)]
        for number in range(1, many + 1):
            meet(tree.ours, secretary, date(2025 if many == 1 else 2026, 1, number))
        with CaptureQueriesContext(connection) as asked:
            merge(pair[0], pair[1], by=committee, on=TODAY)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 12 * 4, counts
