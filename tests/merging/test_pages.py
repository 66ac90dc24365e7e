"""Merging on its pages: compared, chosen, refused, taken back."""

from datetime import date

from django.urls import reverse as reverse_url

from members.models import Member, Merge, NotSame
from members.services import membership
from members.services.people import edit
from partyportal.dashboard.workflows.merging import merge
from tests.budgets import fits_budget
from tests.factories import id_number, make_member
from tests.members.test_import_roster import imported, row
from tests.merging.makers import BORN, TODAY, absent, meet, world


def merge_url(kept, gone):
    return reverse_url("members:merge", args=[kept.uid, gone.uid])


def test_the_page_shows_both_files_and_what_will_follow_and_changes_nothing(client, tree, secretary, committee, kept, gone):
    meet(tree.ours, secretary, date(2026, 3, 20), roll=absent(kept))
    client.force_login(committee)
    before = world()
    page = client.get(merge_url(kept, gone)).content.decode()
    assert "现在只是预览" in page and kept.id_masked in page and gone.id_masked in page
    assert "1 次会议两份档案都在名单上" in page and "有一份到会就算到会" in page
    assert f'href="{merge_url(gone, kept)}"' in page, "the other file may be the one to keep"
    assert kept.id_number not in page and gone.id_number not in page
    assert world() == before


def test_the_chosen_values_are_taken_and_the_reader_lands_on_the_kept_file(client, committee, kept, gone):
    client.force_login(committee)
    answer = client.post(merge_url(kept, gone), {"mobile_phone": "gone", "id_number": "kept"}, follow=True)
    kept.refresh_from_db()
    assert answer.redirect_chain[-1][0] == reverse_url("members:member", args=[kept.uid])
    assert "已合成一份" in answer.content.decode() and kept.mobile_phone == gone.mobile_phone


def test_a_choice_that_contradicts_the_rest_is_refused_and_what_was_chosen_stays(client, tree, committee, gone):
    """The number of the other file says a birth after the kept file's day of joining."""
    kept = make_member(tree.ours, "潘山洋", birth_on=date(1950, 1, 1), joined_on=date(1970, 1, 1), full_on=date(1970, 1, 1))
    client.force_login(committee)
    answer = client.post(merge_url(kept, gone), {"id_number": "gone", "category": "kept"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "入党日期须晚于出生日期" in page
    assert 'name="id_number" value="gone" checked' in page
    assert not Merge.objects.exists()


def test_a_merge_that_may_not_be_says_why_and_offers_no_button(client, tree, committee, kept, gone):
    membership.leave(gone, on=date(2026, 5, 1), reason="died", by=committee)
    client.force_login(committee)
    page = client.get(merge_url(kept, gone)).content.decode()
    assert "先核实" in page and "正在合并" not in page
    assert client.post(merge_url(kept, gone)).status_code == 422


def test_both_files_must_be_in_scope(client, tree, committee, neighbour, kept):
    far = make_member(tree.far, "潘山洋", birth_on=BORN)
    client.force_login(committee)
    for one, other in ((kept, far), (far, kept)):
        assert client.get(merge_url(one, other)).status_code == 404
        assert client.post(merge_url(one, other)).status_code == 404
        assert client.post(reverse_url("members:not_same"), {"one": one.uid, "other": other.uid}).status_code == 404
    assert not Merge.objects.exists()


def test_a_merge_across_the_committees_is_listed_to_the_department_alone(client, tree, committee, department, kept):
    far = make_member(tree.far, "潘山洋", birth_on=BORN)
    done = merge(kept, far, by=department, on=TODAY).merge
    client.force_login(committee)
    assert "潘山洋" not in client.get(reverse_url("members:merged")).content.decode()
    assert client.post(reverse_url("members:merge_reverse", args=[done.uid])).status_code == 404
    client.force_login(department)
    assert "潘山洋" in client.get(reverse_url("members:merged")).content.decode()


def test_taking_back_shows_what_was_changed_since_and_then_does_it(client, committee, kept, gone):
    done = merge(kept, gone, chosen=["mobile_phone"], by=committee, on=TODAY).merge
    kept.refresh_from_db()
    edit(kept, version=kept.version, by=committee, on=TODAY, mobile_phone="13911112222")
    client.force_login(committee)
    url = reverse_url("members:merge_reverse", args=[done.uid])
    page = client.get(url).content.decode()
    assert "撤销后到档案里核对" in page and "档案资料" in page
    assert Merge.objects.get().reversed_at is None, "looking changes nothing"
    assert "合并以后又改过的 1 条没有动" in client.post(url, follow=True).content.decode()
    assert client.post(url).status_code == 409
    assert "这次合并已经撤销" in client.get(url).content.decode()


def test_links_to_the_file_that_went_lead_to_the_kept_one(client, tree, secretary, committee, kept, gone):
    number = gone.id_number
    merge(kept, gone, by=committee, on=TODAY)
    client.force_login(secretary)
    assert client.get(reverse_url("members:member", args=[gone.uid])).url == reverse_url("members:member", args=[kept.uid])
    told = client.get(reverse_url("api:member-detail", args=[gone.uid]))
    assert told.status_code == 307 and told["Location"].endswith(reverse_url("api:member-detail", args=[kept.uid]))
    listed = client.get(reverse_url("api:member-list"), {"q": number}).json()["results"]
    assert [row["uid"] for row in listed] == [str(kept.uid)], "its number finds the kept file"
    answer = client.post(reverse_url("members:edit", args=[gone.uid]), {"name": "潘山洋"})
    assert answer.status_code != 302 or answer.url == reverse_url("members:member", args=[kept.uid])


def test_a_roster_that_names_the_number_of_the_file_that_went_finds_the_kept_one(committee, kept, gone):
    merge(kept, gone, by=committee, on=TODAY)
    went = Member.objects.filter(pk=gone.pk).values()[0]
    branch = kept.branch.name
    answer = imported(row(id_number=gone.id_number, name="潘山阳", branch=branch, post="教师"), row(id_number=id_number(), name="吴山军"))
    assert (answer.batch.new, answer.batch.refused, answer.errors) == (1, 0, [])
    kept.refresh_from_db()
    assert (kept.name, kept.post) == ("潘山阳", "教师")
    assert Member.objects.filter(pk=gone.pk).values()[0] == went and not gone.affiliations.filter(end=None).exists(), (
        "nobody comes back to life by an import"
    )


def test_the_list_costs_the_same_for_one_pair_and_for_nine(client, tree, department):
    def pair(name):
        for phone in ("13800000001", "13800000002"):
            make_member(tree.ours, name, birth_on=BORN, mobile_phone=phone)

    pair("汤秀颖")
    client.force_login(department)
    client.get(reverse_url("members:duplicates"))
    with fits_budget("members:duplicates"):
        client.get(reverse_url("members:duplicates"))
    for at in range(8):
        pair(f"汤秀{'一二三四五六七八'[at]}")
    with fits_budget("members:duplicates"):
        assert "共 9 对" in client.get(reverse_url("members:duplicates")).content.decode()


def test_a_pair_is_told_apart_and_compared_again_from_the_page(client, committee, kept, gone):
    client.force_login(committee)
    url = reverse_url("members:duplicates")
    assert "潘山洋" in client.get(url).content.decode()
    assert (
        "以后不再提示" in client.post(reverse_url("members:not_same"), {"one": kept.uid, "other": gone.uid}, follow=True).content.decode()
    )
    assert "没有看着像同一人的档案" in client.get(url).content.decode()
    said = NotSame.objects.get()
    assert "重新比对" in client.get(url, {"tab": "apart"}).content.decode()
    client.post(reverse_url("members:not_same"), {"withdraw": said.uid})
    assert "潘山洋" in client.get(url).content.decode()
    for wrong in ({"one": "nonsense", "other": gone.uid}, {"withdraw": "nonsense"}, {}):
        assert client.post(reverse_url("members:not_same"), wrong).status_code == 404
