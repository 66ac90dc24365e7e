"""A written batch taken back: what was as before is so again, what changed since is a conflict, and nothing is lost."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from branches.models import Grant
from members.models import Affiliation, ImportBatch, ImportedRow, ImportUndo, Member, MemberPast, Office
from members.services import facts, import_undo, imports, membership, people
from members.services.exports import export_roster
from members.services.facts import FactLine
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, Job, PersonKey
from tests.budgets import fits_budget
from tests.factories import id_number, make_member, make_user
from tests.members.test_import_pages import one_connection, run_on_commit  # noqa: F401
from tests.members.test_import_roster import NEIGHBOURS, TODAY, imported, row

LATER = date(2026, 12, 5)


def undone(batch: ImportBatch, *, today=LATER, by=None) -> ImportUndo:
    with transaction.atomic():
        return import_undo.undo_batch(batch, today=today, by=by, progress=imports.no_progress)


def counts(done) -> dict[str, int]:
    names = ("removed", "ended", "restored", "returned", "conflicts")
    return {name: getattr(done, name) for name in names if getattr(done, name)}


def edit(member: Member, by, **changes) -> Member:
    member.refresh_from_db()
    return people.edit(member, version=member.version, by=by, on=timezone.localdate(), **changes)


def exported(by, members=None) -> bytes:
    """The roster as it is handed out, whole numbers and all, in an order of its own."""
    with export_roster(
        (Member.objects.all() if members is None else members).order_by("id_index"), whole_numbers=True, path="/", by=by
    ) as file:
        return file.read()


def dated(member: Member) -> list[tuple]:
    return list(member.affiliations.order_by("start").values_list("organisation__short_name", "start", "end", "reason", "end_reason"))


def people_rows(count: int, **said) -> list[dict]:
    return [
        row(name=f"吴山{'军民水木'[n % 4]}", id_number=id_number(date(1970, 1, 1 + n % 28), serial=2000 + n), **said) for n in range(count)
    ]


def test_new_people_nobody_names_are_removed_with_all_that_is_theirs(tree, department):
    kept = make_member(tree.ours, "程勇庆")
    before = exported(department)
    batch = imported(*people_rows(5)).batch
    assert counts(undone(batch)) == {"removed": 5}
    assert list(Member.objects.all()) == [kept]
    assert exported(department) == before
    assert not ImportedRow.objects.exists() and Affiliation.objects.count() == 1 and PersonKey.objects.count() <= 1
    batch.refresh_from_db()
    assert batch.state == "undone"
    assert AuditEntry.objects.filter(code="members.member.registration_undone").count() == 5
    act = AuditEntry.objects.get(code="members.roster.undone")
    assert (act.data["removed"], act.data["batch"]) == (5, str(batch.uid))


def test_changes_are_taken_back_field_by_field_and_byte_for_byte(tree, department):
    held = make_member(tree.ours, "程勇庆", post="农民", mobile_phone="15111117101", address="高家杨村3号")
    before, version = exported(department), held.version
    batch = imported(
        row(name="程勇青", id_number=held.id_number, post="教师", mobile_phone="15422222260", is_mobile="是", destination="杭州市")
    ).batch
    held.refresh_from_db()
    assert (held.name, held.pinyin, held.is_mobile) == ("程勇青", "chengyongqing", True)
    assert counts(undone(batch)) == {"restored": 1}
    held.refresh_from_db()
    assert (held.name, held.post, held.mobile_phone, held.is_mobile, held.destination) == ("程勇庆", "农民", "15111117101", False, "")
    assert held.version == version + 2
    assert exported(department) == before
    assert ImportedRow.objects.get().undone == "restored"


def test_a_class_that_followed_the_import_goes_back_with_it(tree):
    held = make_member(tree.ours, "程勇庆", post="农民", mobile_phone="")
    before = list(held.classes.values_list("name", "start", "end"))
    batch = imported(row(name="程勇庆", id_number=held.id_number, is_mobile="是", destination="杭州市")).batch
    assert held.classes.get(end=None).name == "mobile"
    undone(batch)
    assert list(held.classes.values_list("name", "start", "end")) == before


@pytest.mark.parametrize("on", [TODAY, TODAY - timedelta(days=400)], ids=["today", "in the past"])
def test_a_move_is_taken_back_as_if_it_had_not_been(tree, department, on):
    held = make_member(tree.ours, "程勇庆", post="农民", mobile_phone="")
    before, sheet = dated(held), exported(department)
    batch = imported(row(name="程勇庆", id_number=held.id_number, branch=NEIGHBOURS, post="教师"), on=on).batch
    held.refresh_from_db()
    assert held.branch == tree.neighbours and dated(held) != before
    assert counts(undone(batch)) == {"restored": 1, "returned": 1}
    held.refresh_from_db()
    assert (held.branch, held.left_on, held.post, dated(held)) == (tree.ours, None, "农民", before)
    assert exported(department) == sheet


def test_a_move_that_corrected_its_own_day_is_corrected_back(tree, committee):
    held = make_member(tree.ours, "程勇庆")
    membership.move(held, to=tree.neighbours, on=TODAY, by=committee)
    before = dated(held)
    batch = imported(row(name="程勇庆", id_number=held.id_number, branch=tree.far.code)).batch
    assert [one[0] for one in dated(held)] == ["高家杨村党支部", "石柳村党支部"]
    undone(batch)
    assert dated(held) == before


def test_who_had_left_and_was_brought_back_has_left_again(tree, committee):
    held = make_member(tree.ours, "程勇庆", mobile_phone="", post="")
    membership.leave(held, on=TODAY - timedelta(days=30), reason="transferred_out", by=committee)
    before = dated(held)
    batch = imported(row(name="程勇庆", id_number=held.id_number)).batch
    held.refresh_from_db()
    assert (batch.moved, held.left_on) == (1, None)
    undone(batch)
    held.refresh_from_db()
    assert (dated(held), held.left_on) == (before, TODAY - timedelta(days=30))


def test_rows_changed_since_are_conflicts_and_stay_as_they_are(tree, committee):
    held = [make_member(tree.ours, name, post="农民", mobile_phone="") for name in ("程勇庆", "郝琴")]
    batch = imported(
        *(row(name=one.name, id_number=one.id_number, post="教师") for one in held), row(name="莫萍"), row(name="廖山明")
    ).batch
    edit(held[0], committee, address="高家杨村8号")
    edit(Member.objects.get(name="莫萍"), committee, post="医生")
    assert counts(undone(batch)) == {"removed": 1, "restored": 1, "conflicts": 2}
    assert {m.name: m.post for m in Member.objects.all()} == {"程勇庆": "教师", "郝琴": "农民", "莫萍": "医生"}
    stayed = ImportedRow.objects.filter(undone="conflict").order_by("row")
    assert [(one.member.name, one.why) for one in stayed] == [("程勇庆", ["edited"]), ("莫萍", ["edited"])]


def test_a_batch_that_is_not_the_latest(tree):
    first = imported(*people_rows(4)).batch
    second = imported(*people_rows(2, post="教师")).batch
    assert (second.changed, second.unchanged) == (2, 0)
    assert counts(undone(first)) == {"removed": 2, "conflicts": 2}


def test_batches_undone_latest_first_leave_nothing_in_conflict(tree, department):
    before = exported(department)
    first = imported(*people_rows(4)).batch
    between = exported(department)
    second = imported(*people_rows(4, post="教师", branch=NEIGHBOURS)).batch
    third = imported(*people_rows(4, post="医生")).batch
    assert counts(undone(third)) == {"restored": 4, "returned": 4}
    assert counts(undone(second)) == {"restored": 4, "returned": 4}
    assert exported(department) == between
    assert counts(undone(first)) == {"removed": 4}
    assert exported(department) == before


def test_new_people_whom_other_rows_name_are_ended_and_it_is_said_by_what(tree, committee):
    batch = imported(*people_rows(4)).batch
    worked, chairs, moved, _ = Member.objects.order_by("id")
    Office.objects.create(member=chairs, organisation=tree.ours, position=Office.Position.values[0], start=TODAY)
    membership.move(moved, to=tree.neighbours, on=TODAY, by=committee)
    line = FactLine(
        key="test:1",
        kind="deed",
        member_id=worked.pk,
        organisation_id=tree.ours.pk,
        member_class="village",
        day=TODAY,
        units=1,
        title="义务劳动",
    )
    facts.record([line], by=committee)
    assert counts(undone(batch)) == {"removed": 1, "ended": 3}
    told = {one.member_id: one.why for one in ImportedRow.objects.filter(undone="ended")}
    assert told == {worked.pk: ["members.fact"], chairs.pk: ["members.office"], moved.pk: ["members.affiliation"]}
    for member in (worked, chairs, moved):
        last = member.affiliations.order_by("start").last()
        assert (last.end, last.end_reason) == (LATER, "undone")
        member.refresh_from_db()
        assert member.left_on == LATER
    assert Office.objects.get().end == LATER  # through the one door
    assert AuditEntry.objects.filter(code="members.member.registration_ended").count() == 3


def test_an_account_keeps_its_person(tree):
    batch = imported(row(name="莫萍")).batch
    Member.objects.update(user=make_user("莫萍"))
    assert counts(undone(batch)) == {"ended": 1}
    assert ImportedRow.objects.get().why == ["core.user"]


def test_an_affiliation_of_today_cannot_be_ended_today(tree):
    batch = imported(row(name="莫萍", joined_on="2026-11-20", full_on="", category="预备党员")).batch
    Member.objects.update(user=make_user("莫萍"))
    Affiliation.objects.update(start=TODAY)
    assert counts(undone(batch, today=TODAY)) == {"conflicts": 1}
    assert ImportedRow.objects.get().why == ["today"]


def test_what_stands_on_a_move_holds_it(tree, committee):
    held = make_member(tree.ours, "程勇庆", post="", mobile_phone="")
    batch = imported(row(name="程勇庆", id_number=held.id_number, branch=NEIGHBOURS)).batch
    Office.objects.create(member=held, organisation=tree.neighbours, position=Office.Position.values[0], start=TODAY)
    assert counts(undone(batch)) == {"conflicts": 1}
    assert ImportedRow.objects.get().why == ["worked"]
    held.refresh_from_db()
    assert held.branch == tree.neighbours


def test_who_moved_on_or_left_is_a_conflict(tree, committee):
    held = [make_member(tree.ours, name, post="", mobile_phone="") for name in ("程勇庆", "郝琴")]
    batch = imported(*(row(name=one.name, id_number=one.id_number, branch=NEIGHBOURS) for one in held)).batch
    membership.move(held[0], to=tree.ours, on=TODAY + timedelta(days=3), by=committee)
    membership.leave(held[1], on=TODAY + timedelta(days=3), reason="died", by=committee)
    assert counts(undone(batch)) == {"conflicts": 2}
    assert [one.why for one in ImportedRow.objects.order_by("row")] == [["moved"], ["left"]]


def test_a_branch_dissolved_since_takes_nobody_back(tree):
    held = make_member(tree.ours, "程勇庆", post="", mobile_phone="")
    batch = imported(row(name="程勇庆", id_number=held.id_number, branch=NEIGHBOURS)).batch
    type(tree.ours).objects.filter(pk=tree.ours.pk).update(dissolved_on=TODAY)
    assert counts(undone(batch)) == {"conflicts": 1}
    assert ImportedRow.objects.get().why == ["dissolved"]


def test_it_is_undone_once(tree, department):
    batch = imported(*people_rows(3)).batch
    undone(batch)
    batch.refresh_from_db()
    with pytest.raises(DomainError, match="这一批已经撤销过"):
        import_undo.start_undo(batch, by=department)
    job = Job(params={"batch": str(batch.uid)}, created_by=department)
    assert import_undo.undo_in_job(job, imports.no_progress)["taken"] == 3  # a worker that comes twice is told what was done
    assert ImportUndo.objects.count() == 1


def test_an_undone_batch_is_not_given_up(tree, department):
    batch = imported(*people_rows(2)).batch
    undone(batch)
    with pytest.raises(DomainError, match="已经写入，不能放弃"):
        imports.discard(batch, by=department)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.UNDONE


def test_an_upload_given_up_while_it_waited_is_not_read(tree, department):
    batch = ImportBatch.objects.create(organisation=tree.county, file_name="名册.xlsx", day=TODAY, state="reading")
    imports.discard(batch, by=department)
    with pytest.raises(DomainError, match="已放弃，不再读取"):
        imports.read_in_job(Job(params={"batch": str(batch.uid)}, created_by=department), imports.no_progress)
    batch.refresh_from_db()
    assert (batch.state, batch.staged.count()) == (ImportBatch.State.DISCARDED, 0)


def test_only_what_was_written_can_be_undone(tree, department):
    batch = ImportBatch.objects.create(organisation=tree.county, file_name="名册.xlsx", day=TODAY, state="ready")
    with pytest.raises(DomainError, match="这一批待核对，没有可以撤销的"):
        import_undo.start_undo(batch, by=department)


def test_permission_is_asked_again_when_the_undoing_begins(tree, committee, one_connection):  # noqa: F811
    batch = imported(*people_rows(2), organisation=tree.township).batch
    Grant.objects.filter(user=committee).update(end=timezone.localdate())
    again = type(committee).objects.get(pk=committee.pk)
    with pytest.raises(DomainError, match="没有导入的权限，没有撤销"):
        import_undo.undo_in_job(Job(params={"batch": str(batch.uid)}, created_by=again), imports.no_progress)
    assert Member.objects.count() == 2


def test_who_was_moved_out_of_the_scope_stays_where_they_are(tree, committee, department):
    batch = imported(row(name="莫萍"), organisation=tree.township).batch
    membership.move(Member.objects.get(), to=tree.far, on=TODAY, by=department)
    assert counts(undone(batch, by=committee)) == {"conflicts": 1}
    assert ImportedRow.objects.get().why == ["out_of_scope"]


def test_the_plan_says_what_the_undo_then_does(tree, committee):
    held = make_member(tree.ours, "程勇庆", post="农民", mobile_phone="")
    batch = imported(row(name="程勇庆", id_number=held.id_number, post="教师", branch=NEIGHBOURS), *people_rows(3)).batch
    edit(Member.objects.filter(name="吴山军").first(), committee, post="医生")
    planned = import_undo.plan(batch, by=None, today=LATER)
    assert counts(planned) == counts(undone(batch)) == {"removed": 2, "restored": 1, "returned": 1, "conflicts": 1}


def test_the_past_keeps_what_the_roster_said_meanwhile(tree):
    """A past day's statistics are what was said that day; the undo changes today."""
    held = make_member(tree.ours, "程勇庆", post="农民", mobile_phone="")
    batch = imported(row(name="程勇庆", id_number=held.id_number, post="教师")).batch
    MemberPast.objects.update(end=date(2026, 6, 1))  # as if the import had been in June
    undone(batch)
    assert list(held.past.order_by("end").values_list("post", flat=True)) == ["农民", "教师"]


def test_what_the_acts_leave_names_nobody(tree, committee):
    held = make_member(tree.ours, "程勇庆", post="农民", mobile_phone="")
    batch = imported(row(name="程勇庆", id_number=held.id_number, post="教师")).batch
    undone(batch)
    act = AuditEntry.objects.get(code="members.member.edit_undone")
    assert (act.subject, act.data["fields"], act.sealed) == (held.uid, ["post"], None)
    assert "程勇庆" not in str(AuditEntry.objects.filter(code__contains="undone").values_list("data", flat=True))


@pytest.mark.slow
def test_edited_by_hand_come_back_as_conflicts_and_all_else_is_as_before(tree, department):
    """The promise of the import, smaller: bench/imports.py keeps it with 20,000 rows and 500 edits."""
    old = people_rows(300, post="农民")
    imported(*old)
    old_by_hand = set(Member.objects.order_by("id").values_list("pk", flat=True)[::10])
    untouched = Member.objects.exclude(pk__in=old_by_hand)
    before = exported(department, untouched)
    fresh = [row(name="新人", id_number=id_number(date(1980, 2, 1 + n % 28), serial=7000 + n)) for n in range(100)]
    batch = imported(*(one | {"post": "教师", "branch": NEIGHBOURS if n % 3 else one["branch"]} for n, one in enumerate(old)), *fresh).batch
    assert (batch.new, batch.changed, batch.moved) == (100, 100, 200)
    new_by_hand = set(Member.objects.filter(name="新人").order_by("id").values_list("pk", flat=True)[::10])
    for member in Member.objects.filter(pk__in=old_by_hand | new_by_hand):
        edit(member, department, address="改过的地址")
    assert counts(undone(batch)) == {"removed": 90, "restored": 270, "returned": 180, "conflicts": 40}
    assert set(ImportedRow.objects.filter(undone="conflict").values_list("member", flat=True)) == old_by_hand | new_by_hand
    assert exported(department, untouched.exclude(pk__in=new_by_hand)) == before
    assert set(Member.objects.filter(pk__in=old_by_hand).values_list("post", "address")) == {("教师", "改过的地址")}


# ── The page ────────────────────────────────────────────────────────────────
def written(tree, committee, *rows) -> ImportBatch:
    batch = imported(*rows, organisation=tree.township).batch
    ImportBatch.objects.filter(pk=batch.pk).update(committed_by=committee)
    return batch


def text_of(client, batch, **query) -> str:
    return strip_tags(client.get(reverse("members:import_undo", args=[batch.uid]), query).content.decode())


def test_the_page_shows_what_would_be_done_and_then_what_was(client, tree, committee, one_connection, run_on_commit):  # noqa: F811
    held = make_member(tree.ours, "程勇庆", post="农民", mobile_phone="15111117101")
    batch = written(
        tree, committee, row(name="程勇庆", id_number=held.id_number, post="教师", mobile_phone="15422222260"), row(name="莫萍")
    )
    edit(held, committee, post="医生")
    client.force_login(committee)
    told = text_of(client, batch)
    assert "撤销 1 人：移除新增 1，终止 0，恢复原值 0" in told and "又有改动的 1 人不撤销" in told
    assert "农民" in told and "教师" in told and "医生" in told and "15422222260" not in told
    assert "莫萍" in text_of(client, batch, tab="removed") and "莫萍" not in told
    assert "没有找到这个人" in text_of(client, batch, tab="removed", q="查无此人")
    with run_on_commit():
        answer = client.post(reverse("members:import_undo", args=[batch.uid]))
    assert answer.status_code == 302
    batch.refresh_from_db()
    assert batch.state == "undone" and not Member.objects.filter(name="莫萍").exists()
    done = text_of(client, batch)
    assert "已撤销的导入" in done and "医生" in done
    assert "移除的人没有留下资料" in text_of(client, batch, tab="removed")
    assert "这一批已经撤销" in client.get(reverse("members:import_batch", args=[batch.uid])).content.decode()
    again = client.post(reverse("members:import_undo", args=[batch.uid]))
    assert again.status_code == 409 and "这一批已经撤销过，不能再撤销" in again.content.decode()
    assert ImportUndo.objects.count() == 1


def test_the_page_says_by_what_a_person_is_named(client, tree, committee):
    batch = written(tree, committee, row(name="莫萍"))
    Office.objects.create(member=Member.objects.get(), organisation=tree.ours, position=Office.Position.values[0], start=TODAY)
    client.force_login(committee)
    assert "有党内职务" in text_of(client, batch, tab="ended")


def test_the_page_names_nobody_out_of_sight(client, tree, committee, department):
    batch = written(tree, committee, row(name="莫萍"))
    membership.move(Member.objects.get(), to=tree.far, on=TODAY, by=department)
    client.force_login(committee)
    told = text_of(client, batch, tab="conflict")
    assert "范围外的人" in told and "莫萍" not in told and "石柳" not in told


def test_a_preview_that_is_not_written_has_no_undo(client, tree, committee):
    batch = ImportBatch.objects.create(organisation=tree.township, file_name="名册.xlsx", day=TODAY, state="ready", created_by=committee)
    client.force_login(committee)
    url = reverse("members:import_undo", args=[batch.uid])
    assert client.get(url).url == reverse("members:import_batch", args=[batch.uid])
    assert "没有可以撤销的" in client.post(url, follow=True).content.decode()


@pytest.mark.parametrize("people", [1, 50])
def test_the_page_costs_the_same_at_one_row_and_at_fifty(client, tree, committee, people):
    held = [make_member(tree.ours, "程勇庆", post="农民") for _ in range(people)]
    batch = written(tree, committee, *(row(name="程勇庆", id_number=one.id_number, post="教师") for one in held))
    for one in held:
        edit(one, committee, post="医生")
    client.force_login(committee)
    with fits_budget("members:import_undo"):
        assert client.get(reverse("members:import_undo", args=[batch.uid])).status_code == 200
