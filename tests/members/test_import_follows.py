"""What follows from an import beside the values: posts end, 停止党籍 has its row, a merged number finds its person. One door, two ways in."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from branches.models import Grant, Organisation, Term
from branches.services.organisations import dissolve
from members.models import ImportBatch, ImportedRow, Member, Office, Suspension
from members.selectors.imports import tally
from members.services import import_choices, membership, people
from members.services.import_choices import RowChoice
from members.services.imports import write_file
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from partyportal.dashboard.workflows.merging import merge
from partyportal.dashboard.workflows.merging import reverse as take_apart
from tests.factories import make_grant, make_member, make_user
from tests.members.test_import_pages import one_connection, run_on_commit, upload  # noqa: F401
from tests.members.test_import_roster import NEIGHBOURS, OURS, TODAY, counts, imported, row, sheet
from tests.members.test_import_undo import counts as taken
from tests.members.test_import_undo import undone

FAR = "中共清源县白驼镇石柳村支部委员会"
LONG_AGO = date(2024, 3, 1)


def said(member: Member, **changes) -> dict:
    """The row a file has of somebody held, as they are but for the changes."""
    return row(name=member.name, id_number=member.id_number, mobile_phone=member.mobile_phone) | changes


def seat(member: Member, organisation: Organisation, position: str, *, start=LONG_AGO, role: str = "", **said) -> Office:
    grant = None
    if role:
        member.user = make_user(f"{member.name}{position}{organisation.code}")
        member.save()
        grant = make_grant(member.user, organisation, role)
    return Office.objects.create(member=member, organisation=organisation, position=position, start=start, grant=grant, **said)


def posts_of(member: Member) -> list[tuple]:
    rows = member.offices.order_by("organisation__path", "position")
    return list(rows.values_list("organisation__short_name", "position", "start", "end", "end_reason", "grant__end"))


# ── Posts ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("to", [NEIGHBOURS, FAR], ids=["within the township", "out of it"])
def test_a_move_ends_the_posts_that_do_not_go_along_by_either_way(tree, to):
    """`membership.move` moves one, the import many: the same posts end on the same day with their grants."""
    one, other = make_member(tree.ours, "程勇庆"), make_member(tree.ours, "郝琴")
    for member in (one, other):
        seat(member, tree.ours, "publicity", role="secretary")
        seat(member, tree.township, "member")
        seat(member, tree.county, "member")
        seat(member, tree.other_township, "member", way="appointed")
    membership.move(one, to=Organisation.objects.get(name=to), on=TODAY, by=None)
    assert counts(imported(said(other, branch=to))) == {"moved": 1, "missing": 1}
    assert posts_of(one) == posts_of(other)
    ended = {where: end for where, _, _, end, _, _ in posts_of(other)}
    assert ended[tree.ours.short_name] == TODAY
    assert (ended[tree.township.short_name] is None) == (to == NEIGHBOURS)
    assert ended[tree.county.short_name] is None
    assert AuditEntry.objects.filter(code="members.office.ended", data__end=str(TODAY)).count() == sum(map(bool, ended.values())) * 2


def test_a_post_of_the_very_day_is_taken_back_and_comes_again_with_the_undo(tree):
    member = make_member(tree.ours, "程勇庆")
    seat(member, tree.ours, "publicity", start=TODAY, way="appointed", basis="山组〔2026〕3号")
    before = posts_of(member)
    batch = imported(said(member, branch=NEIGHBOURS)).batch
    assert not member.offices.exists()
    assert taken(undone(batch)) == {"restored": 1, "returned": 1}
    assert posts_of(member) == before and member.offices.get().basis == "山组〔2026〕3号"


def test_the_undo_seats_them_again_but_gives_no_grant_back(tree):
    member = make_member(tree.ours, "程勇庆")
    office = seat(member, tree.ours, "secretary", role="secretary")
    batch = imported(said(member, branch=NEIGHBOURS)).batch
    office.refresh_from_db()
    assert (office.end, office.end_reason) == (TODAY, "moved")
    assert Grant.objects.get().end == TODAY
    undone(batch)
    office.refresh_from_db()
    assert (office.end, office.end_reason, office.ended_by) == (None, "", None)
    assert Grant.objects.get().end == TODAY, "a grant is proposed anew by somebody"
    assert AuditEntry.objects.get(code="members.office.reopened").subject == member.uid


@pytest.mark.parametrize("since", ["another secretary", "a new term", "dissolved"])
def test_a_chair_that_is_taken_since_makes_the_whole_row_a_conflict(tree, since):
    member, heir = make_member(tree.ours, "程勇庆"), make_member(tree.ours, "郝琴")
    seat(member, tree.ours, "secretary")
    batch = imported(said(member, branch=NEIGHBOURS)).batch
    if since == "another secretary":
        seat(heir, tree.ours, "secretary", start=TODAY)
    elif since == "a new term":
        Term.objects.create(organisation=tree.ours, number=9, start=TODAY, due_on=date(2029, 11, 22), basis="山组〔2026〕9号")
    else:
        Organisation.objects.filter(pk=tree.ours.pk).update(dissolved_on=TODAY)
    assert taken(undone(batch)) == {"conflicts": 1}
    assert "chair" in ImportedRow.objects.get().why
    member.refresh_from_db()
    assert member.branch == tree.neighbours and member.offices.get().end == TODAY


def test_the_preview_says_how_many_posts_end_as_it_is_chosen(tree, committee, client, upload):  # noqa: F811
    one, other, third = (make_member(tree.ours, name) for name in ("程勇庆", "郝琴", "刘明"))
    seat(one, tree.ours, "secretary")
    seat(one, tree.township, "member")  # goes along within the township
    seat(other, tree.ours, "publicity")
    seat(third, tree.ours, "organisation")
    batch = upload(said(one, branch=NEIGHBOURS), said(other, standing="停止党籍"), said(third, post="教师"))
    shown = client.get(reverse("members:import_batch", args=[batch.uid])).content.decode()
    assert "有 2 项职务随之终止" in shown
    import_choices.choose_rows(batch, choices={3: RowChoice(True, frozenset({"standing"}))}, by=committee)
    assert {key: one.posts for key, one in tally(ImportBatch.objects.get(pk=batch.pk)).items() if one.posts} == {"moved": 1}


def test_who_comes_back_from_outside_keeps_what_they_hold_elsewhere(tree):
    member = make_member(tree.ours, "程勇庆")
    membership.leave(member, on=LONG_AGO, reason="transferred_out", by=None)
    seat(member, tree.county, "member", way="appointed")
    imported(said(member))
    assert member.offices.get().end is None


def test_a_file_opens_nobody_in_a_branch_that_is_dissolved(tree):
    dissolve(tree.ours, on=TODAY, basis="山组〔2026〕9号", by=make_user("组织部"), today=TODAY)
    answer = imported(row())
    assert [error["code"] for error in answer.errors] == ["unknown_branch"]


# ── 停止党籍 ────────────────────────────────────────────────────────────────
def rows_of(member: Member) -> list[tuple]:
    return list(member.suspensions.order_by("start").values_list("start", "end", "reason", "outcome"))


def test_a_file_that_says_suspended_leaves_a_dated_row_that_names_the_batch(tree, committee):
    member = make_member(tree.ours, "程勇庆")
    seat(member, tree.ours, "publicity", role="secretary")
    answer = imported(said(member, standing="停止党籍"))
    assert counts(answer) == {"changed": 1}
    member.refresh_from_db()
    row_ = member.suspensions.get()
    assert (member.standing, row_.start, row_.end, row_.reason) == ("suspended", TODAY, None, "recorded")
    assert str(answer.batch.uid) in row_.basis
    office = member.offices.get()
    assert (office.end, office.end_reason) == (TODAY, "suspended")
    act = AuditEntry.objects.get(code="members.member.suspended")
    assert (act.subject, act.data["batch"]) == (member.uid, str(answer.batch.uid))


def test_the_bulk_way_and_the_single_way_suspend_alike(tree, committee):
    one, other = make_member(tree.ours, "程勇庆"), make_member(tree.ours, "郝琴")
    for member in (one, other):
        seat(member, tree.ours, "publicity")
    people.edit(one, version=1, by=committee, on=TODAY, standing="suspended")
    imported(said(other, standing="停止党籍"))
    assert rows_of(one) == rows_of(other) == [(TODAY, None, "recorded", "")]
    assert [post[1:] for post in posts_of(one)] == [post[1:] for post in posts_of(other)]


def test_a_new_person_under_suspension_has_the_row_and_goes_with_it(tree):
    batch = imported(
        row(name="莫萍", standing="停止党籍"), row(name="廖山明", joined_on="2026-11-01", category="预备党员", full_on="")
    ).batch
    member = Member.objects.get(name="莫萍")
    assert rows_of(member) == [(TODAY, None, "recorded", "")]
    assert taken(undone(batch)) == {"removed": 2}
    assert not Suspension.objects.exists()


@pytest.mark.parametrize("first", [TODAY - timedelta(days=1), TODAY], ids=["the day before", "on the day"])
def test_a_file_that_says_normal_ends_what_a_file_had_said(tree, first):
    member = make_member(tree.ours, "程勇庆")
    imported(said(member, standing="停止党籍"), on=first)
    before = rows_of(member)
    batch = imported(said(member, standing="正常")).batch
    member.refresh_from_db()
    assert member.standing == "normal"
    assert rows_of(member) == ([(first, TODAY, "recorded", "restored")] if first < TODAY else [])
    assert taken(undone(batch)) == {"restored": 1}
    member.refresh_from_db()
    assert (member.standing, rows_of(member)) == ("suspended", before)


def test_the_undo_takes_the_row_and_the_end_of_the_post_back(tree):
    member = make_member(tree.ours, "程勇庆")
    seat(member, tree.ours, "secretary")
    before = posts_of(member)
    batch = imported(said(member, standing="停止党籍", post="教师")).batch
    undone(batch)
    member.refresh_from_db()
    assert (member.standing, rows_of(member), posts_of(member)) == ("normal", [], before)


def test_batches_undone_latest_first_leave_the_rows_as_they_were(tree):
    member = make_member(tree.ours, "程勇庆")
    seat(member, tree.ours, "secretary")
    before = (rows_of(member), posts_of(member))
    first = imported(said(member, standing="停止党籍"), on=TODAY - timedelta(days=3)).batch
    between = (rows_of(member), posts_of(member))
    second = imported(said(member, standing="正常", branch=NEIGHBOURS)).batch
    assert taken(undone(second)) == {"restored": 1, "returned": 1}
    assert (rows_of(member), posts_of(member)) == between
    assert taken(undone(first)) == {"restored": 1}
    assert (rows_of(member), posts_of(member)) == before


def decided(member: Member, on=LONG_AGO) -> None:
    membership.suspend(member, on=on, reason=Suspension.Reason.LOST_CONTACT, basis="山党〔2024〕1号", by=None)


def test_what_the_party_committee_decided_no_file_and_no_form_takes_back(tree, committee):
    member = make_member(tree.ours, "程勇庆")
    decided(member)
    member.refresh_from_db()
    answer = imported(said(member, standing="正常"))
    assert [(e["column"], e["code"]) for e in answer.errors] == [("党籍状态", "suspension_decided")]
    with pytest.raises(DomainError, match="恢复也要有决定"):
        people.edit(member, version=member.version, by=committee, on=TODAY, standing="normal")
    assert rows_of(member) == [(LONG_AGO, None, "lost_contact", "")]
    assert counts(imported(said(member))) == {"unchanged": 1}, "a blank says nothing"


@pytest.mark.parametrize(("on", "left"), [(TODAY - timedelta(days=9), 0), (TODAY, 0), (TODAY + timedelta(days=9), 1)])
def test_the_decision_takes_the_place_of_what_a_file_had_said(tree, on, left):
    member = make_member(tree.ours, "程勇庆")
    imported(said(member, standing="停止党籍"))
    decided(member, on=on)
    open_row = member.suspensions.get(end=None)
    assert (open_row.start, open_row.reason, open_row.basis) == (on, "lost_contact", "山党〔2024〕1号")
    closed = member.suspensions.exclude(end=None)
    assert [(one.start, one.end, one.outcome) for one in closed] == [(TODAY, on, "decided")] * left
    member.refresh_from_db()
    assert member.standing == "suspended"


def test_a_day_before_the_last_suspension_is_refused_and_not_a_crash(tree):
    member = make_member(tree.ours, "程勇庆")
    decided(member)
    membership.restore(member, on=date(2026, 1, 10), basis="山党〔2026〕1号", by=None)
    early = imported(said(member, standing="停止党籍"), on=date(2026, 1, 9))
    assert [(e["column"], e["code"]) for e in early.errors] == [("党籍状态", "date_order")]
    assert counts(imported(said(member, standing="停止党籍"), on=date(2026, 1, 10))) == {"changed": 1}


def test_a_batch_written_before_the_rows_were_kept_is_still_undone(tree):
    """What an older batch remembers says nothing of 停止党籍: that is let alone, not taken for a change."""
    member = make_member(tree.ours, "程勇庆")
    decided(member)
    batch = imported(said(member, branch=NEIGHBOURS)).batch
    written = ImportedRow.objects.get()
    written.dated = {when: {key: value for key, value in kept.items() if key != "suspensions"} for when, kept in written.dated.items()}
    written.save()
    assert taken(undone(batch)) == {"restored": 1, "returned": 1}
    assert rows_of(member) == [(LONG_AGO, None, "lost_contact", "")]


# ── A number of a merged file ───────────────────────────────────────────────
@pytest.fixture
def merged(tree, department):
    """Somebody registered twice; the second file was merged into the first today."""
    kept = make_member(tree.ours, "程勇庆", post="农民", mobile_phone="15111117101")
    gone = make_member(tree.neighbours, "程勇庆", post="农民", mobile_phone="15111117101")
    done = merge(kept, gone, by=department, on=TODAY)
    kept.refresh_from_db()
    gone.refresh_from_db()
    return kept, gone, done.merge


def test_the_number_of_a_merged_file_is_taken_as_the_kept_persons(merged):
    kept, gone, _ = merged
    before = bytes(kept.id_index)
    answer = imported(said(gone, branch=OURS, post="教师"))
    assert counts(answer) == {"changed": 1}, "and the kept one is not missing from the file"
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.post, bytes(kept.id_index), gone.post) == ("教师", before, "农民")
    assert taken(undone(answer.batch)) == {"restored": 1}
    kept.refresh_from_db()
    assert kept.post == "农民"


def test_the_same_person_by_both_numbers_is_told_and_the_own_number_counts(merged):
    kept, gone, _ = merged
    answer = imported(said(kept, post="教师"), said(gone, branch=OURS, post="医生"))
    assert counts(answer) == {"changed": 1, "refused": 1}
    assert [(e["row"], e["column"], e["code"]) for e in answer.errors] == [(3, "公民身份号码", "merged")]
    kept.refresh_from_db()
    assert kept.post == "教师"


def test_two_merged_numbers_of_one_person_are_both_told(tree, merged, department):
    kept, gone, _ = merged
    third = make_member(tree.ours, "程勇庆", mobile_phone="15111117101")
    merge(kept, third, by=department, on=TODAY)
    answer = imported(said(gone, branch=OURS, post="医生"), said(third, post="教师"))
    assert [(e["row"], e["code"]) for e in answer.errors] == [(2, "merged"), (3, "merged")]


def test_after_the_merge_is_taken_back_each_number_is_its_own(merged, department):
    kept, gone, joined = merged
    take_apart(joined, by=department)
    assert counts(imported(said(kept, post="教师"), said(gone, branch=NEIGHBOURS, post="医生"))) == {"changed": 2}
    assert {m.pk: m.post for m in Member.objects.all()} == {kept.pk: "教师", gone.pk: "医生"}


def test_a_merged_number_beyond_the_range_stays_dark(tree, merged, committee, department):
    kept, gone, _ = merged
    membership.move(kept, to=tree.far, on=TODAY, by=department)
    file = sheet(said(gone, branch=OURS))
    answer = write_file(file, "名册.xlsx", organisation=tree.township, day=TODAY, commit=True, today=TODAY, by=committee)
    assert [(e["row"], e["code"]) for e in answer.errors] == [(2, "out_of_scope")]
    kept.refresh_from_db()
    assert kept.branch == tree.far
