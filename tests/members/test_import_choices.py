"""What a reviewer ticks is what is written: by row, by field, in bulk and by filter, and never what they were not shown."""

import pytest
from django.urls import reverse
from django.utils import timezone

from branches.services.organisations import rehang
from members.models import ImportBatch, ImportedRow, Member, StagedRow
from members.selectors import imports as selectors
from members.services import import_choices, people
from members.services import imports as services
from members.services.import_choices import RowChoice
from members.services.membership import leave, move
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, Job
from tests.factories import id_number, make_member
from tests.members.test_import_pages import commit, one_connection, run_on_commit, text_of, upload  # noqa: F401
from tests.members.test_import_roster import NEIGHBOURS, imported, row


@pytest.fixture
def batch(tree, upload):  # noqa: F811
    """Two new people, two changed in two fields each, one moved and changed."""
    held = [make_member(tree.ours, name, post="农民", mobile_phone="15111117101") for name in ("程勇庆", "郝琴", "刘明")]
    return upload(
        row(name="莫萍"),
        row(name="廖山明"),
        row(name="程勇庆", id_number=held[0].id_number, post="教师", mobile_phone="15422222260"),
        row(name="郝琴", id_number=held[1].id_number, post="教师", mobile_phone="15422222261"),
        row(name="刘明", id_number=held[2].id_number, post="教师", branch=NEIGHBOURS),
    )


def at(batch, name: str) -> StagedRow:
    return StagedRow.objects.get(batch=batch, name=name)


def chosen(batch, by, **choices):
    """Choose for each named person: False leaves the row, a set of fields keeps those."""
    said = {at(batch, name).row: RowChoice(True, frozenset(choice)) if choice else RowChoice(False) for name, choice in choices.items()}
    import_choices.choose_rows(batch, choices=said, by=by)


def test_everything_good_is_ticked_at_first(batch):
    told = selectors.tally(batch)
    assert {key: told[key].chosen for key in told} == {"new": 2, "changed": 2, "moved": 1}


def test_exactly_what_was_ticked_is_written(batch, committee, commit, tree):  # noqa: F811
    chosen(batch, committee, 莫萍=False, 程勇庆={"post"}, 郝琴=False, 刘明={"branch"})
    told = selectors.tally(batch)
    assert {key: told[key].chosen for key in told} == {"new": 1, "changed": 1, "moved": 1}
    commit(batch)
    assert (batch.state, batch.new, batch.changed, batch.moved, batch.left) == ("committed", 1, 2, 0, 2)
    assert batch.rows == batch.new + batch.changed + batch.moved + batch.unchanged + batch.refused + batch.left
    assert {m.name: (m.post, m.mobile_phone, m.branch, m.version) for m in Member.objects.all()} == {
        "廖山明": ("", "", tree.ours, 1),
        "程勇庆": ("农民", "15422222260", tree.ours, 2),
        "郝琴": ("农民", "15111117101", tree.ours, 1),
        "刘明": ("教师", "15111117101", tree.ours, 2),
    }
    assert sorted(ImportedRow.objects.values_list("member__name", "outcome", "fields")) == [
        ("刘明", "changed", ["post"]),
        ("廖山明", "new", []),
        ("程勇庆", "changed", ["mobile_phone"]),
    ]


def test_a_row_of_which_every_difference_is_kept_is_left(batch, committee, commit):  # noqa: F811
    chosen(batch, committee, 程勇庆={"post", "mobile_phone"}, 刘明={"post", "branch"})
    commit(batch)
    assert (batch.changed, batch.moved, batch.left) == (1, 0, 2)
    assert Member.objects.get(name="程勇庆").version == 1


def test_choices_survive_a_reload_and_can_be_taken_back(client, batch, committee):
    chosen(batch, committee, 程勇庆={"post"}, 莫萍=False)
    assert "写入 4 人：新增 1，变更 2，移动 1" in text_of(client, batch)
    chosen(batch, committee, 程勇庆={"none"}, 莫萍={"none"})
    assert "写入 5 人：新增 2，变更 2，移动 1" in text_of(client, batch)
    assert at(batch, "程勇庆").kept == []


def test_a_page_posts_its_ticks_and_a_missing_tick_is_a_no(client, batch):
    url = reverse("members:import_choose", args=[batch.uid]) + "?tab=changed"
    first, second = at(batch, "程勇庆").row, at(batch, "郝琴").row
    said = {"shown": [first, second], "tick": [first], f"post-{first}": "old", f"mobile_phone-{first}": "new"}
    assert client.post(url, said).url.endswith("?tab=changed")
    assert (at(batch, "程勇庆").kept, at(batch, "程勇庆").is_ticked, at(batch, "郝琴").is_ticked) == (["post"], True, False)
    assert at(batch, "莫萍").is_ticked  # not on that page
    told = client.post(url, said, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-swap-oob="true"' in told and "写入 4 人" in told


def test_the_button_of_the_bar_takes_the_ticks_of_its_page_along(client, batch, run_on_commit):  # noqa: F811
    rows = {name: at(batch, name).row for name in ("莫萍", "廖山明")}
    with run_on_commit():
        client.post(reverse("members:import_commit", args=[batch.uid]), {"shown": rows.values(), "tick": [rows["莫萍"]]})
    assert set(Member.objects.values_list("name", flat=True)) == {"莫萍", "程勇庆", "郝琴", "刘明"}


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("tab=changed", {"程勇庆", "郝琴"}),
        ("tab=changed&q=chengyongqing", {"程勇庆"}),
        ("tab=new", {"莫萍", "廖山明"}),
        ("tab=moved&branch={neighbours}", {"刘明"}),
        ("tab=moved&branch={ours}", set()),
    ],
)
def test_all_that_match_a_filter_are_left_and_taken_again(client, tree, batch, query, left):
    url = reverse("members:import_choose", args=[batch.uid])
    url += "?" + query.format(neighbours=tree.neighbours.code, ours=tree.ours.code)
    client.post(url, {"act": "leave"})
    assert set(StagedRow.objects.filter(is_ticked=False).values_list("name", flat=True)) == left
    client.post(url, {"act": "take"})
    assert not StagedRow.objects.filter(is_ticked=False).exists()


def test_one_field_of_all_that_match_keeps_its_old_value(client, batch):
    url = reverse("members:import_choose", args=[batch.uid]) + "?tab=changed&field=post"
    client.post(url, {"act": "leave"})
    assert dict(StagedRow.objects.exclude(kept=[]).values_list("name", "kept")) == {"程勇庆": ["post"], "郝琴": ["post"]}
    assert "写入 5 人" in text_of(client, batch)  # of both the phone is still written
    client.post(url, {"act": "take"})
    assert not StagedRow.objects.exclude(kept=[]).exists()


def test_a_field_that_hangs_on_another_is_chosen_with_it(tree, upload, committee, commit):  # noqa: F811
    held = make_member(tree.ours, "冯玉霞", post="", mobile_phone="")
    batch = upload(row(name="冯玉霞", id_number=held.id_number, is_mobile="是", destination="浙江省杭州市萧山区"))
    chosen(batch, committee, 冯玉霞={"is_mobile"})
    assert at(batch, "冯玉霞").kept == ["destination", "is_mobile"]
    commit(batch)
    held.refresh_from_db()
    assert (held.is_mobile, held.destination, batch.left) == (False, "", 1)


def test_days_that_would_contradict_each_other_are_refused_when_they_are_chosen(client, tree, upload, committee):  # noqa: F811
    held = make_member(tree.ours, "袁红梅", joined_on="1999-10-15", full_on="2000-10-15", post="", mobile_phone="")
    batch = upload(row(name="袁红梅", id_number=held.id_number, joined_on="2005-10-15", full_on="2006-10-15"))
    with pytest.raises(DomainError, match="第 2 行袁红梅：这样选"):
        chosen(batch, committee, 袁红梅={"full_on"})
    assert at(batch, "袁红梅").kept == []
    row_number = at(batch, "袁红梅").row
    said = {"shown": [row_number], "tick": [row_number], f"full_on-{row_number}": "old"}
    refused = client.post(reverse("members:import_choose", args=[batch.uid]), said)
    assert refused.status_code == 422 and "一起用新值" in refused.content.decode()


def test_a_written_batch_is_not_chosen_in_again(client, batch, committee, commit):  # noqa: F811
    commit(batch)
    with pytest.raises(DomainError, match="这一批已写入，不能再改选择"):
        import_choices.choose_rows(batch, choices={2: RowChoice(False)}, by=committee)
    assert client.post(reverse("members:import_choose", args=[batch.uid]), {"act": "leave"}).status_code == 422


def test_a_choice_leaves_its_audit_row_without_names(client, batch):
    client.post(reverse("members:import_choose", args=[batch.uid]) + "?tab=changed&field=post", {"act": "leave"})
    act = AuditEntry.objects.get(code="members.roster.chosen")
    assert act.data == {"rows": 2, "take": False, "field": "post"}


# ── What was not shown is not written ───────────────────────────────────────
def test_a_hand_edit_after_the_preview_is_not_overwritten(client, batch, committee, commit):  # noqa: F811
    held = Member.objects.get(name="程勇庆")
    people.edit(held, version=1, by=committee, on=timezone.localdate(), address="高家杨村8号")
    commit(batch)
    held.refresh_from_db()
    assert (held.post, held.address, batch.refused, batch.changed) == ("农民", "高家杨村8号", 1, 1)
    assert "核对以后，这个人的资料又有改动" in text_of(client, batch, tab="refused")


def test_an_unchanged_row_edited_since_is_not_taken_back_to_what_the_file_says(tree, upload, committee, commit):  # noqa: F811
    held = make_member(tree.ours, "任国柱", post="农民", mobile_phone="")
    batch = upload(row(name="任国柱", id_number=held.id_number, post="农民"))
    people.edit(held, version=1, by=committee, on=timezone.localdate(), post="教师")
    commit(batch)
    held.refresh_from_db()
    assert (held.post, batch.unchanged, batch.refused) == ("教师", 0, 1)


def test_whoever_is_new_in_a_branch_that_left_the_range_since_is_not_registered(tree, upload, committee, department, commit):  # noqa: F811
    batch = upload(row(name="莫萍"), row(name="廖山明", branch=NEIGHBOURS))
    rehang(tree.ours, under=tree.other_township, on=timezone.localdate(), by=department)
    commit(batch)
    assert (batch.new, batch.refused) == (1, 1)
    assert "不在你可以导入的范围内" in at(batch, "莫萍").faults[0]["message"]
    assert [member.name for member in Member.objects.all()] == ["廖山明"]


def test_who_was_moved_after_the_preview_is_not_moved_back(tree, upload, department, commit):  # noqa: F811
    held = make_member(tree.ours, "柳春梅", post="农民", mobile_phone="")
    batch = upload(row(name="柳春梅", id_number=held.id_number, post="教师"))
    move(held, to=tree.neighbours, on=timezone.localdate(), by=department)
    commit(batch)
    held.refresh_from_db()
    assert (held.branch, held.post, batch.refused) == (tree.neighbours, "农民", 1)


def test_an_agreeing_edit_since_is_no_reason_to_refuse(tree, upload, committee, commit):  # noqa: F811
    held = make_member(tree.ours, "柳春梅", post="农民", mobile_phone="")
    batch = upload(row(name="柳春梅", id_number=held.id_number, post="教师"))
    people.edit(held, version=1, by=committee, on=timezone.localdate(), post="教师")
    commit(batch)
    assert (batch.unchanged, batch.refused) == (1, 0)


# ── The chosen subtree ──────────────────────────────────────────────────────
def test_who_sees_where_somebody_is_held_is_told_so_and_still_pulls_nobody_in(client, tree, upload, department, commit):  # noqa: F811
    elsewhere = make_member(tree.far, "石海燕")
    batch = upload(row(name="石海燕", id_number=elsewhere.id_number), by=department)
    told = text_of(client, batch, tab="refused")
    assert f"这个人现在在{tree.far}" in told and "把导入范围选到含两边的党组织" in told
    commit(batch)
    elsewhere.refresh_from_db()
    assert (elsewhere.branch, batch.refused) == (tree.far, 1)
    whole = upload(row(name="石海燕", id_number=elsewhere.id_number), by=department, organisation=tree.county)
    commit(whole)
    elsewhere.refresh_from_db()
    assert (elsewhere.branch, whole.moved) == (tree.ours, 1)


def test_who_died_is_not_brought_back_by_a_file(tree, upload, committee):  # noqa: F811
    held = make_member(tree.ours, "故去人")
    leave(held, on=timezone.localdate(), reason="died", by=committee)
    batch = upload(row(name="故去人", id_number=held.id_number))
    assert (batch.moved, batch.refused) == (0, 1)
    assert StagedRow.objects.get(batch=batch).faults[0]["code"] == "closed"


def test_choosing_at_another_s_batch_is_not_possible(client, batch, secretary, reader, neighbour):
    url = reverse("members:import_choose", args=[batch.uid])
    for user, status in ((secretary, 404), (neighbour, 404), (reader, 403)):
        client.force_login(user)
        assert client.post(url, {"act": "leave"}).status_code == status
    assert not StagedRow.objects.filter(is_ticked=False).exists()


def test_a_file_written_without_a_preview_writes_all_that_is_good(tree):
    number = id_number()
    held = make_member(tree.ours, "程勇庆", id_number=number, post="农民", mobile_phone="")
    answer = imported(row(name="程勇庆", id_number=number, post="教师"), row(name="莫萍"))
    held.refresh_from_db()
    assert (answer.batch.new, answer.batch.changed, answer.batch.left, held.post) == (1, 1, 0, "教师")
    assert not ImportBatch.objects.filter(state="ready").exists() and not Job.objects.exists()
    assert services.sweep_stale(now=timezone.now()) == 0
