"""Pages of 班子, 换届, leaving and merging as people use them."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from branches.models import Grant, Term, TermChange
from members.duties import due_for_committees, offices
from members.forms.named import NamedMember
from members.models import Member, Office
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member, make_organisation, make_user

TODAY = date(2026, 11, 22)
LIST, TERMS = reverse("members:offices"), reverse("members:terms")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    real = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda value=None, *args: real(value, *args) if value else TODAY)


def term(organisation, due_on, number=1, **fields):
    start = due_on.replace(year=due_on.year - 5)
    return Term.objects.create(organisation=organisation, number=number, start=start, due_on=due_on, basis="〔1〕", **fields)


def post(person, position="secretary", organisation=None, **fields):
    return Office.objects.create(
        member=person, organisation=organisation or person.branch, position=position, **({"start": date(2022, 1, 1)} | fields)
    )


def shown(client, url=LIST, **query):
    return [row.organisation.short_name for row in client.get(url, query).context["rows"]]


# ── Lists ───────────────────────────────────────────────────────────────────
def test_empty_chairs_first_then_what_is_over_soonest(client, tree, committee):
    post(make_member(tree.ours, "吕山东"))
    post(make_member(tree.neighbours, "袁强明"), end=date(2026, 8, 1), end_reason="resigned")
    term(tree.ours, date(2026, 10, 1))
    client.force_login(committee)
    answer = client.get(LIST)
    assert [row.organisation for row in answer.context["rows"]][-1] == tree.ours
    row = next(row for row in answer.context["rows"] if row.organisation == tree.neighbours)
    assert (row.secretary, row.vacant_since, row.vacant_long) == (None, date(2026, 8, 1), True)
    text = answer.content.decode()
    assert "8月1日起空缺" in text and "空缺过久" in text and "届满未换" in text
    assert answer.context["strip"][0].note == "其中 1 个超过 3 个月"


@pytest.mark.parametrize(
    ("due_on", "state"),
    [
        (date(2026, 11, 22), "over"),
        (date(2026, 11, 23), "near"),
        (date(2027, 5, 22), "near"),
        (date(2027, 5, 23), ""),
    ],
)
def test_the_states_of_a_term_are_those_of_the_rule(client, tree, committee, due_on, state):
    term(tree.ours, due_on)
    client.force_login(committee)
    for asked in ("over", "near"):
        assert shown(client, TERMS, state=asked) == (["高家杨村党支部"] if asked == state else [])
    assert "高家杨村党支部" not in shown(client, TERMS, state="none")


def test_each_figure_leads_to_exactly_its_rows(client, tree, committee):
    seven = [make_member(tree.ours, f"党员{n}") for n in range(7)]
    for person, position in zip(seven, ("secretary", "organisation", "publicity"), strict=False):
        post(person, position)
    post(make_member(tree.neighbours), end=date(2026, 11, 1), end_reason="resigned")
    post(seven[0], "member", tree.township, full_time=True)
    term(tree.neighbours, date(2026, 1, 1))
    client.force_login(committee)
    figures = {figure.label: figure for figure in client.get(LIST).context["strip"]}
    assert {label: figure.value for label, figure in figures.items()} == {
        "书记空缺": 1, "班子不全": 1, "届满未换": 1, "即将届满": 0, "身兼数职": 1, "专职": 1,
    }  # fmt: skip
    for figure in figures.values():
        assert client.get(figure.url).context["page"].paginator.count == figure.value, figure.label


def test_found_by_name_kind_and_leader(client, tree, committee):
    post(make_member(tree.ours, "吕山东"))
    client.force_login(committee)
    assert shown(client, q="吕山东") == shown(client, q="高家杨") == ["高家杨村党支部"]
    assert shown(client, kind="committee") == ["山门镇党委"]
    assert "没有符合这些条件的党组织" in client.get(LIST, {"q": "没有这个人"}).content.decode()


def test_a_secretary_sees_the_own_branch_and_may_appoint_nobody(client, tree, secretary):
    post(make_member(tree.ours, "汪辉世"))
    client.force_login(secretary)
    assert shown(client) == ["高家杨村党支部"]
    text = client.get(reverse("members:leaders", args=[tree.ours.code])).content.decode()
    assert "汪辉世" in text and "免职" not in text and "补选、任命" not in text


def test_the_list_goes_out_as_a_sheet_with_its_empty_chairs(client, tree, committee):
    post(make_member(tree.ours, "吕山东"), entitled=20, present=18, votes=15, full_time=True)
    post(make_member(tree.neighbours), end=date(2026, 8, 1), end_reason="resigned")
    term(tree.ours, date(2027, 10, 1), number=4)
    client.force_login(committee)
    answer = client.post(f"{reverse('members:offices_export')}?kind=branch")
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert [(row[1], row[3], row[4], row[6], row[8], row[9]) for row in rows[1:]] == [
        ("袁家店村党支部", "书记", "空缺", None, None, None),
        ("高家杨村党支部", "书记", "吕山东", "是", 15, 4),
    ]
    assert AuditEntry.objects.get(code="members.office.exported").data["organisations"] == 2


@pytest.mark.parametrize("size", [1, 20])
def test_the_lists_cost_the_same(client, tree, committee, size):
    for n in range(size):
        branch = make_organisation(f"中共清源县山门镇第{n}村支部委员会", "branch", tree.township)
        post(make_member(branch), full_time=True)
        post(branch.members.get(), "member", tree.township)
        term(branch, date(2027, 1, 1))
    client.force_login(committee)
    for name in ("members:offices", "members:terms", "members:office_holders"):
        with fits_budget(name):
            assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("size", [1, 7])
def test_one_organisation_costs_the_same(client, tree, committee, size):
    for _ in range(size):
        post(make_member(tree.ours), "member")
        post(make_member(tree.ours), "member", end=date(2025, 1, 1), end_reason="resigned")
    client.force_login(committee)
    with fits_budget("members:leaders"):
        client.get(reverse("members:leaders", args=[tree.ours.code]))


# ── Duties ──────────────────────────────────────────────────────────────────
def test_elections_and_empty_chairs_are_duties_of_branch_and_committee(tree, secretary, committee):
    term(tree.ours, date(2027, 5, 22))
    term(tree.township, date(2026, 1, 1), number=3)
    post(make_member(tree.ours), end=date(2026, 8, 1), end_reason="resigned")
    told = offices.due(secretary, TODAY)
    assert [(duty.title, duty.due_on) for duty in told] == [("补选书记", date(2026, 11, 1)), ("筹备换届选举", date(2027, 5, 22))]
    assert [duty.title for duty in due_for_committees([tree.township], TODAY)] == ["办换届选举"]
    assert [duty.title for duty in offices.due(committee, TODAY)] == ["办换届选举"]
    TermChange.objects.create(
        term=Term.objects.get(organisation=tree.township), kind="extended", until=date(2027, 6, 1), reason="合并", basis="〔2〕"
    )
    assert offices.due(committee, TODAY) == [] and offices.due_for([], TODAY) == []


@pytest.mark.parametrize("size", [1, 20])
def test_the_duties_cost_the_same(tree, committee, size, django_assert_num_queries):
    branches = [make_organisation(f"中共清源县山门镇第{n}村支部委员会", "branch", tree.township) for n in range(size)]
    for branch in branches:
        term(branch, date(2027, 1, 1))
        post(make_member(branch), end=date(2026, 8, 1), end_reason="resigned")
    with django_assert_num_queries(3):
        assert len(offices.due_for(branches, TODAY)) == size * 2


# ── One post ────────────────────────────────────────────────────────────────
def elected(person, **fields):
    asked = {"member": person.uid, "position": "secretary", "start": "2026-11-01", "way": "elected"}
    return asked | {"entitled": 20, "present": 18, "votes": 15, "basis": "山委〔2026〕5号"} | fields


def test_a_by_election_is_entered_by_the_committee(client, tree, committee):
    person = make_member(tree.ours, "汪辉世")
    person.user = make_user("汪辉世")
    person.save(update_fields=["user"])
    client.force_login(committee)
    url = f"{reverse('members:office_new')}?organisation={tree.ours.code}"
    answer = client.post(url, elected(person, with_grant="on"), follow=True)
    office = Office.objects.get()
    assert (office.votes, office.grant.confirmed_by) == (15, None)
    text = answer.content.decode()
    assert "汪辉世已任高家杨村党支部书记" in text and "授权待确认" in text


def test_a_refused_ballot_keeps_what_was_typed(client, tree, committee):
    person = make_member(tree.ours, "汪辉世")
    client.force_login(committee)
    url = f"{reverse('members:office_new')}?organisation={tree.ours.code}"
    answer = client.post(url, elected(person, present="15"))
    text = answer.content.decode()
    assert answer.status_code == 422 and "选举无效" in text and 'value="山委〔2026〕5号"' in text
    answer = client.post(url, elected(person, present=""))
    assert answer.status_code == 422 and "要填全" in answer.content.decode()
    assert not Office.objects.exists()


def test_a_committee_s_post_names_somebody_of_the_whole_county(client, tree, department):
    make_member(tree.ours, "李强")
    other, alone = make_member(tree.far, "李强"), make_member(tree.far, "彭海燕")
    client.force_login(department)
    url = f"{reverse('members:office_new')}?organisation={tree.township.code}"
    text = client.post(url, elected(alone, member="李强")).content.decode()
    assert "叫李强的不止一位" in text and "高家杨村党支部" in text
    assert "没有找到王五" in client.post(url, elected(alone, member="王五")).content.decode()
    assert client.post(url, elected(alone, member="李强 石柳")).status_code == 302
    assert Office.objects.get().member == other


@pytest.fixture
def general_branch(tree):
    """山门镇机关党总支, whose posts the township's committee fills."""
    return make_organisation("中共清源县山门镇机关总支部委员会", "general_branch", tree.township)


def test_somebody_of_the_own_range_is_named_by_name_alone(client, tree, committee, general_branch):
    near = make_member(tree.neighbours, "李强")
    make_member(tree.far, "李强")
    client.force_login(committee)
    url = f"{reverse('members:office_new')}?organisation={general_branch.code}"
    assert client.post(url, elected(near, member="李强")).status_code == 302
    assert Office.objects.get().member == near, "the namesake beyond the range is not even mentioned"
    assert not AuditEntry.objects.filter(code="members.person.named_beyond").exists()


def test_beyond_the_range_only_by_name_and_number_and_never_without_a_trace(client, tree, committee, general_branch):
    far = make_member(tree.far, "彭海燕")
    tail = far.id_number[-4:]
    wrong = f"{(int(tail[:3]) + 1) % 1000:03d}{tail[3]}"
    client.force_login(committee)
    url = f"{reverse('members:office_new')}?organisation={general_branch.code}"
    for said in ("彭海燕", "彭海燕 石柳", f"彭海燕 {wrong}", f"彭海燕 {far.mobile_phone[-4:]}", f"彭海 {tail}"):
        answer = client.post(url, elected(far, member=said))
        assert answer.status_code == 422 and "没有找到" in answer.content.decode() and "石柳村党支部" not in answer.content.decode(), said
    assert not AuditEntry.objects.filter(code="members.person.named_beyond").exists()
    assert client.post(url, elected(far, member=f"彭海燕 {tail}")).status_code == 302
    act = AuditEntry.objects.get(code="members.person.named_beyond")
    assert (act.actor, act.subject, act.organisation_path) == (committee, far.uid, tree.far.path)
    assert "彭海燕" not in str(act.data)


def test_who_holds_a_post_may_be_elected_again_by_name(client, tree, committee, general_branch):
    far = make_member(tree.far, "彭海燕")
    post(far, "secretary", general_branch)
    client.force_login(committee)
    field = NamedMember(verb="office.appoint", by=committee, holding=general_branch)
    assert field.clean("彭海燕") == far
    with pytest.raises(ValidationError, match="没有找到"):
        NamedMember(verb="office.appoint", by=committee, holding=tree.township).clean("彭海燕")


def test_a_post_ends_on_its_page_and_its_grant_can_be_proposed_later(client, tree, committee):
    office = post(make_member(tree.ours, "吕山东"))
    client.force_login(committee)
    grant_url = reverse("members:office_grant", args=[office.uid])
    assert "还没有账号" in client.post(grant_url, follow=True).content.decode()
    Member.objects.filter(pk=office.member_id).update(user=make_user("吕山东"))
    assert "已给吕山东提出授权" in client.post(grant_url, follow=True).content.decode()
    url = reverse("members:office_end", args=[office.uid])
    assert "随职务的授权" in client.get(url).content.decode()
    assert client.post(url, {"on": "2026-11-22", "reason": "removed"}).status_code == 422
    assert client.post(url, {"on": "2026-11-22", "reason": "resigned"}).status_code == 302
    assert not Grant.objects.filter(user__name="吕山东").exists()
    assert client.get(url).status_code == 404, "a post that is over cannot be ended again"


# ── 换届 ────────────────────────────────────────────────────────────────────
def slate(people, **fields):
    asked = {"number": 2, "start": "2026-11-20", "basis": "山委〔2026〕9号", "entitled": 20, "present": 18}
    for person, position in zip(people, ("secretary", "organisation", "publicity", "discipline"), strict=False):
        asked |= {f"{position}-0-member": person.uid, f"{position}-0-votes": 15}
    return asked | fields


def test_a_whole_committee_is_elected_on_one_page(client, tree, committee):
    people = [make_member(tree.ours, f"党员{n}") for n in range(8)]
    post(people[0])
    term(tree.ours, date(2026, 11, 1))
    client.force_login(committee)
    url = f"{reverse('members:term_new')}?organisation={tree.ours.code}"
    page = client.get(url)
    assert page.context["form"]["secretary-0-member"].value() == str(people[0].uid), "who holds it now is proposed"
    assert page.context["form"]["number"].value() == 2 and page.context["form"]["entitled"].value() == 8
    refused = client.post(url, slate(people[1:4]))
    assert refused.status_code == 422 and "还缺纪检委员" in refused.content.decode()
    blank = client.post(url, slate(people[1:5], **{"publicity-0-votes": ""}))
    assert blank.status_code == 422 and "写得票数" in blank.content.decode()
    answer = client.post(url, slate(people[1:5]), follow=True)
    assert "第 2 届已登记，2031-11-20 届满" in answer.content.decode()
    assert set(Office.objects.open().values_list("member", flat=True)) == {person.pk for person in people[1:5]}


def test_a_small_branch_is_asked_for_a_secretary_alone(client, tree, committee):
    person = make_member(tree.ours, "吕山东")
    client.force_login(committee)
    url = f"{reverse('members:term_new')}?organisation={tree.ours.code}"
    form = client.get(url).context["form"]
    assert [line.label for line in form.lines] == ["书记", "副书记"]
    assert client.post(url, slate([person], entitled=1, present=1, **{"secretary-0-votes": 1})).status_code == 302


def test_an_extension_is_entered_with_its_document(client, tree, committee):
    held = term(tree.ours, date(2026, 11, 1))
    client.force_login(committee)
    url = reverse("members:term_change", args=[held.uid])
    said = {"kind": "extended", "until": "2027-11-02", "reason": "村改居", "basis": "县组发〔2026〕7号"}
    answer = client.post(url, said)
    assert answer.status_code == 422 and "最迟到 2027-11-01" in answer.content.decode()
    assert "延期换届至 2027-11-01" in client.post(url, said | {"until": "2027-11-01"}, follow=True).content.decode()


# ── Leaving, merging, dissolving ────────────────────────────────────────────
def test_a_withdrawal_is_shown_first_and_ends_posts_and_grants(client, tree, member, deputy):
    post(member)
    grant = make_grant(member.user, tree.ours, "reader")
    client.force_login(deputy)
    url = reverse("members:leave", args=[member.uid])
    page = client.get(url)
    assert "高家杨村党支部书记" in page.content.decode() and "授权：查阅" in page.content.decode()
    assert [label for _, label in page.context["form"].fields["reason"].choices] == ["退党"], "a branch removes nobody"
    assert client.post(url, {"reason": "removed", "on": "2026-11-20", "basis": "〔1〕"}).status_code == 422
    assert client.post(url, {"reason": "withdrew", "on": "2026-11-23", "basis": "〔1〕"}).status_code == 422
    assert client.post(url, {"reason": "withdrew", "on": "2026-11-20", "basis": ""}).status_code == 422
    member.refresh_from_db()
    assert member.left_on is None
    client.post(url, {"reason": "withdrew", "on": "2026-11-20", "basis": "支部大会 11月18日"})
    member.refresh_from_db()
    grant.refresh_from_db()
    assert member.left_on == grant.end == date(2026, 11, 20) and member.user.is_active
    assert "不能再登记" in client.get(url).content.decode()


def test_the_committee_expels_with_a_document(client, tree, member, committee):
    client.force_login(committee)
    url = reverse("members:leave", args=[member.uid])
    client.post(url, {"reason": "expelled", "on": "2026-11-20", "basis": "山纪〔2026〕1号"})
    last = member.affiliations.get()
    assert (last.end_reason, last.basis) == ("expelled", "山纪〔2026〕1号")


def test_two_villages_are_merged_on_one_page(client, tree, department):
    people = [make_member(tree.ours, f"党员{n}") for n in range(3)]
    make_organisation("中共清源县山门镇高家杨村第一党小组", "group", tree.ours)
    client.force_login(department)
    url = f"{reverse('members:move_all')}?organisation={tree.ours.code}"
    assert "转走 3 人" in client.get(url).content.decode()
    said = {"to": "袁家店村党支部", "on": "2026-11-20", "basis": "县组发〔2026〕9号", "dissolve": "on"}
    refused = client.post(url, said | {"basis": " "})
    assert refused.status_code == 422 and 'value="袁家店村党支部"' in refused.content.decode()
    answer = client.post(url, said, follow=True)
    assert "3 名党员已转到袁家店村党支部，高家杨村党支部已撤销" in answer.content.decode()
    assert Member.objects.filter(branch=tree.neighbours, pk__in=[p.pk for p in people]).count() == 3
    assert client.get(url).status_code == 404, "what is dissolved is no place to start from"


def test_a_branch_with_members_says_how_many_before_it_is_dissolved(client, tree, department):
    person = make_member(tree.ours)
    client.force_login(department)
    url = f"{reverse('members:dissolve')}?organisation={tree.ours.code}"
    assert "还有 1 名党员的组织关系在这里" in client.get(url).content.decode()
    assert client.post(url, {"on": "2026-11-20", "basis": "〔9〕"}).status_code == 422
    move = f"{reverse('members:move_all')}?organisation={tree.ours.code}"
    client.post(move, {"to": tree.neighbours.code, "on": "2026-11-19", "basis": "〔9〕"})
    person.refresh_from_db()
    assert person.branch == tree.neighbours
    assert client.post(url, {"on": "2026-11-20", "basis": "〔9〕"}).status_code == 302
    tree.ours.refresh_from_db()
    assert tree.ours.dissolved_on == date(2026, 11, 20)
