"""One member's file: seen by whom, revealed, changed, registered."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from members.models import Member
from members.services import people as services
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.factories import id_number, make_member

DAY = date(2026, 11, 22)


@pytest.fixture
def person(tree):
    return make_member(tree.ours, "潘山洋", birth_on=date(1979, 8, 1), mobile_phone="18900009777", address="高家杨村 36 号")


def file_of(person):
    return reverse("members:member", args=[person.uid])


def typed(person, **changed):
    """What the edit form holds when it is opened and sent."""
    return {
        "version": person.version,
        "name": person.name,
        "ethnicity": person.ethnicity,
        "education": person.education,
        "category": person.category,
        "joined_on": person.joined_on,
        "full_on": person.full_on or "",
        "post": person.post,
        "address": person.address,
        "standing": person.standing,
        "destination": person.destination,
        "lost_on": "",
    } | changed


# ── The file ────────────────────────────────────────────────────────────────
def test_the_file_shows_numbers_masked(client, person, secretary):
    client.force_login(secretary)
    page = client.get(file_of(person)).content.decode()
    assert person.id_number not in page and "18900009777" not in page
    assert person.id_masked in page and "189****9777" in page
    assert "高家杨村 36 号" in page


def test_a_member_without_grants_sees_their_own_file_and_nothing_to_change(client, member, person):
    client.force_login(member.user)
    page = client.get(file_of(member)).content.decode()
    assert "我的资料" in page
    assert "改资料" not in page and "看全号" not in page
    assert client.get(file_of(person)).status_code == 404


def test_a_reader_sees_no_address(client, person, reader):
    client.force_login(reader)
    assert "36 号" not in client.get(file_of(person)).content.decode()


def test_the_timeline_tells_the_dated_rows_newest_first(client, person, secretary):
    client.force_login(secretary)
    page = client.get(file_of(person)).content.decode()
    told = ["组织关系在高家杨村党支部", "转为正式党员", "接收为预备党员"]
    assert [page.index(words) for words in told] == sorted(page.index(words) for words in told)


def test_one_look_at_the_whole_number_is_one_audit_row(client, person, secretary):
    client.force_login(secretary)
    url = reverse("members:reveal", args=[person.uid])
    assert client.get(url).status_code == 405
    response = client.post(url)
    assert person.id_number in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    row = AuditEntry.objects.get(code="members.id_number.revealed")
    assert (row.target_uid, row.actor, row.organisation_path, row.data) == (person.uid, secretary, person.branch.path, {})
    assert person.id_number not in client.get(file_of(person)).content.decode()


def test_a_phone_is_revealed_the_same_way(client, person, secretary):
    client.force_login(secretary)
    page = client.post(reverse("members:reveal", args=[person.uid]), {"what": "phone"}).content.decode()
    assert "18900009777" in page and person.id_number not in page
    assert AuditEntry.objects.filter(code="members.phone.revealed", target_uid=person.uid).count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("neighbour", 404), ("reader", 403), ("security_admin", 404), ("auditor", 404), ("system_admin", 403)]
)
def test_who_may_not_reveal_leaves_no_trace_and_sees_nothing(request, client, person, who, status):
    client.force_login(request.getfixturevalue(who))
    response = client.post(reverse("members:reveal", args=[person.uid]))
    assert response.status_code == status
    assert person.id_number not in response.content.decode()
    assert not AuditEntry.objects.filter(code__endswith="revealed").exists()


def test_the_file_costs_the_same_however_much_is_in_it(client, tree, person, secretary):
    client.force_login(secretary)
    for version in (1, 2, 3):
        with fits_budget("members:member"):
            client.get(file_of(person))
        services.edit(person, version=version, by=secretary, on=DAY, post=f"岗位{version}")


# ── Change ──────────────────────────────────────────────────────────────────
def test_a_change_is_written_audited_and_seals_what_stood_there(client, person, secretary):
    client.force_login(secretary)
    response = client.post(reverse("members:edit", args=[person.uid]), typed(person, post="村医", address="高家杨村 37 号"))
    assert response["Location"] == file_of(person)
    person.refresh_from_db()
    assert (person.post, person.address, person.version) == ("村医", "高家杨村 37 号", 2)
    row = AuditEntry.objects.get(code="members.member.edited")
    assert row.data == {"fields": ["address", "post"]}
    assert row.sealed and "37 号".encode() not in bytes(row.sealed)
    assert "改资料：" in client.get(file_of(person)).content.decode()


def test_numbers_left_empty_stay_and_wu_removes_them(client, person, secretary):
    client.force_login(secretary)
    url, number = reverse("members:edit", args=[person.uid]), person.id_number
    assert "18900009777" not in client.get(url).content.decode()
    client.post(url, typed(person, id_number="", mobile_phone=""))
    person.refresh_from_db()
    assert (person.mobile_phone, person.id_number, person.version) == ("18900009777", number, 1)
    client.post(url, typed(person, mobile_phone="无"))
    person.refresh_from_db()
    assert person.mobile_phone == ""


def test_a_new_number_brings_its_own_birth_and_sex(client, person, secretary):
    client.force_login(secretary)
    number = id_number(date(1980, 2, 3), "2")
    client.post(reverse("members:edit", args=[person.uid]), typed(person, id_number=number))
    person.refresh_from_db()
    assert (person.id_number, person.birth_on, person.sex, person.id_masked[-4:]) == (number, date(1980, 2, 3), "2", number[-4:])
    assert Member.objects.with_id_number(number).get() == person


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"name": "潘3"}, "name", "数字"),
        ({"full_on": ""}, "full_on", "正式党员要填转为正式党员日期"),
        ({"full_on": "2001-01-01"}, "full_on", "早于加入党组织日期"),
        ({"joined_on": "2005-13-01"}, "joined_on", "13"),
        ({"is_mobile": "on"}, "destination", "流动党员要填外出流向，写到县"),
        ({"is_lost": "on"}, "lost_on", "失联党员要填失去联系日期"),
        ({"mobile_phone": "123"}, "mobile_phone", "11 位"),
        ({"id_number": "629921198908019476"}, "id_number", "位"),
        ({"joined_on": "2006-01-01"}, "joined_on", "不满 18 岁"),
    ],
)
def test_the_rosters_own_rules_refuse_at_the_field_and_keep_what_was_typed(client, tree, secretary, changed, field, said):
    person = make_member(tree.ours, "潘山洋", birth_on=date(1989, 8, 1), joined_on=date(2008, 7, 1), full_on=date(2009, 7, 1))
    client.force_login(secretary)
    response = client.post(reverse("members:edit", args=[person.uid]), typed(person, post="村医", **changed))
    assert said in " ".join(response.context["form"].errors[field])
    assert 'value="村医"' in response.content.decode()
    assert Member.objects.get(pk=person.pk).version == 1


def test_what_no_form_has_asked_the_table_refuses_in_all_its_sentences(tree, person, secretary):
    wrong = {"joined_on": date(1979, 7, 1), "full_on": date(1979, 6, 1), "is_lost": True}
    sentences = {"入党日期须晚于出生日期。", "转正日期不得早于入党日期。", "失联党员要填失去联系日期。"}
    with pytest.raises(ValidationError) as refusal:
        make_member(tree.ours, birth_on=date(1979, 8, 1), **wrong)
    assert set(refusal.value.messages) == sentences
    with pytest.raises(ValidationError) as refusal:
        services.edit(person, version=1, by=secretary, on=DAY, **wrong)
    assert set(refusal.value.messages) == sentences
    assert [row.version for row in Member.objects.all()] == [1]


def test_registering_asks_the_tables_promises_of_the_table_alone(tree):
    with fits_budget("members.register"):
        make_member(tree.ours)


def test_who_comes_second_sees_both_and_loses_nothing(client, person, secretary, deputy):
    form = typed(person, post="村医", address="高家杨村 37 号")
    services.edit(person, version=1, by=deputy, on=DAY, post="会计")
    client.force_login(secretary)
    url = reverse("members:edit", args=[person.uid])
    response = client.post(url, form)
    page = response.content.decode()
    assert "刚才被别人改过" in page
    assert ("工作岗位", "会计", "村医") in response.context["theirs"]
    assert 'value="村医"' in page and 'value="高家杨村 37 号"' in page
    assert Member.objects.get(pk=person.pk).post == "会计"
    client.post(url, form | {"version": 2})
    assert Member.objects.get(pk=person.pk).post == "村医"


def test_two_at_once_cannot_both_be_first(person, secretary):
    services.edit(person, version=1, by=secretary, on=DAY, post="村医")
    with pytest.raises(Stale):
        services.edit(person, version=1, by=secretary, on=DAY, post="会计")


# ── A new member ────────────────────────────────────────────────────────────
def newcomer(**changed):
    return {
        "name": "邵松",
        "id_number": id_number(date(2002, 5, 6), "1"),
        "branch": "高家杨村党支部",
        "reason": "moved",
        "start": "2026-11-01",
        "ethnicity": "01",
        "education": "20",
        "category": "probationary",
        "joined_on": "2026-06-01",
        "standing": "normal",
    } | changed


def test_a_secretary_need_not_type_the_only_branch(client, secretary, committee, tree):
    for user, branch in ((secretary, tree.ours.short_name), (committee, "")):
        client.force_login(user)
        assert client.get(reverse("members:new")).context["form"]["branch"].value() == branch
    client.force_login(secretary)
    client.post(reverse("members:new"), newcomer(branch=tree.ours.short_name))
    assert Member.objects.filter(branch=tree.ours, name=newcomer()["name"]).exists()


def test_what_few_have_anything_to_say_of_stands_behind_a_line_that_opens_where_it_says_something(client, secretary, tree):
    client.force_login(secretary)
    for person, shown in (
        (make_member(tree.ours), False),
        (make_member(tree.ours, is_mobile=True, destination="陕西省西安市雁塔区"), True),
    ):
        form = client.get(reverse("members:edit", args=[person.uid])).context["form"]
        assert form.shows_seldom is shown
        assert {one.name for one in (*form.usual, *form.seldom, *form.hidden_fields())} == set(form.fields)
    refused = client.post(reverse("members:new"), newcomer(is_lost="on", lost_on="1899-01-01"))
    assert refused.status_code == 422 and refused.context["form"].shows_seldom


def test_a_new_member_is_registered_with_branch_class_and_audit(client, tree, secretary):
    client.force_login(secretary)
    response = client.post(reverse("members:new"), newcomer())
    person = Member.objects.get(name="邵松")
    assert response["Location"] == file_of(person)
    assert (person.branch, person.sex, person.birth_on, person.initials) == (tree.ours, "1", date(2002, 5, 6), "ss")
    assert person.affiliations.get().start == date(2026, 11, 1)
    assert person.classes.get().name == "village"
    assert AuditEntry.objects.filter(code="members.member.registered", target_uid=person.uid).exists()


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"id_number": ""}, "id_number", "必填"),
        ({"id_number": "110105194912310021"}, "id_number", "校验位"),
        ({"branch": "袁家店村党支部"}, "branch", ""),
        ({"start": "2026-01-01"}, "start", "早于加入党组织日期"),
        ({"start": "2999-01-01"}, "start", "还没有到"),
    ],
)
def test_a_wrong_newcomer_is_refused_at_the_field(client, tree, secretary, changed, field, said):
    client.force_login(secretary)
    response = client.post(reverse("members:new"), newcomer(**changed))
    assert said in " ".join(response.context["form"].errors[field])
    assert 'value="邵松"' in response.content.decode()
    assert not Member.objects.filter(name="邵松").exists()


def test_one_number_is_registered_once(client, person, secretary):
    client.force_login(secretary)
    response = client.post(reverse("members:new"), newcomer(id_number=person.id_number))
    assert "已经登记过" in " ".join(response.context["form"].errors["id_number"])


def test_a_number_registered_meanwhile_is_a_refusal_not_a_fault(tree, person, monkeypatch):
    from members.models.people import MemberQuerySet

    monkeypatch.setattr(MemberQuerySet, "with_id_number", lambda self, number: self.none())
    with pytest.raises(DomainError, match="已经登记过"):
        make_member(tree.ours, "潘山洋", id_number=person.id_number)
    assert Member.objects.count() == 1
