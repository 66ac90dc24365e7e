"""党员名册: found, narrowed and counted within one's sight."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from branches.models import Organisation
from members.care.rules import criteria
from members.care.selectors.evaluation import met
from members.models import Member
from members.rules.ages import party_age
from members.rules.branch_names import BranchIndex
from members.rules.roster import HEADINGS, Person, check_rows
from members.selectors import roster
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.factories import make_member

TODAY = date(2026, 11, 22)


@pytest.fixture
def people(tree):
    """Six who differ in what the roster asks."""
    return {
        person.name: person
        for person in (
            make_member(
                tree.ours, "潘山洋", birth_on=date(1979, 8, 1), mobile_phone="18900009777", is_mobile=True, destination="陕西省西安市雁塔区"
            ),
            make_member(
                tree.ours,
                "曾国柱",
                birth_on=date(1950, 3, 1),
                joined_on=date(1973, 6, 1),
                full_on=date(1973, 6, 1),
                mobile_phone="",
                post="退休",
            ),
            make_member(
                tree.ours,
                "曹青建",
                category="probationary",
                joined_on=date(2026, 3, 1),
                full_on=None,
                birth_on=date(1996, 11, 22),
                education="21",
            ),
            make_member(
                tree.ours,
                "江芳玲",
                sex="2",
                birth_on=date(1996, 11, 23),
                joined_on=date(2015, 1, 1),
                full_on=date(2016, 1, 1),
                is_lost=True,
                lost_on=date(2026, 3, 1),
            ),
            make_member(tree.neighbours, "袁强明", education="30"),
            make_member(tree.far, "石海燕", sex="2", standing="suspended"),
        )
    }


def names(members):
    return {member.name for member in members}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("潘山洋", {"潘山洋"}),
        ("山洋", {"潘山洋"}),
        ("psy", {"潘山洋"}),
        ("panshan", {"潘山洋"}),
        ("ZGZ", {"曾国柱"}),
        ("zengguo", {"曾国柱"}),
        ("9777", {"潘山洋"}),
        ("18900009777", {"潘山洋"}),
        ("09777", {"潘山洋"}),
        ("777", set()),
        ("%", set()),
        ("_", set()),
    ],
)
def test_people_are_found_by_name_sound_and_the_end_of_a_phone(people, text, found):
    assert names(roster.search(Member.objects.all(), text)) == found


def test_people_are_found_by_the_last_four_of_the_number_and_by_the_whole_of_it(people):
    person = people["江芳玲"]
    assert person.name in names(roster.search(Member.objects.all(), person.id_number[-4:].lower()))
    assert names(roster.search(Member.objects.all(), person.id_number.lower())) == {"江芳玲"}
    assert names(roster.search(Member.objects.all(), f" {person.id_number[:6]} {person.id_number[6:]} ")) == {"江芳玲"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"view": "mobile"}, {"潘山洋"}),
        ({"view": "probationary"}, {"曹青建"}),
        ({"view": "fifty"}, {"曾国柱"}),
        ({"view": "no_phone"}, {"曾国柱"}),
        ({"category": "probationary"}, {"曹青建"}),
        ({"sex": "2"}, {"江芳玲", "石海燕"}),
        ({"age": "-29"}, {"江芳玲"}),
        ({"age": "30-30"}, {"曹青建"}),
        ({"age": "61-"}, {"曾国柱"}),
        ({"age": "nonsense"}, {"潘山洋", "曾国柱", "曹青建", "江芳玲", "袁强明", "石海燕"}),
        ({"education": "2"}, {"曹青建"}),
        ({"education": "none"}, {"潘山洋", "曾国柱", "江芳玲", "石海燕"}),
        ({"state": "lost"}, {"江芳玲"}),
        ({"state": "suspended"}, {"石海燕"}),
        ({"state": "mobile", "destination": "陕西省"}, {"潘山洋"}),
        ({"state": "mobile", "destination": "广东省"}, set()),
        ({"member_class": "mobile"}, {"潘山洋"}),
        ({"member_class": "retired"}, {"曾国柱"}),
        ({"sex": "2", "q": "jf"}, {"江芳玲"}),
    ],
)
def test_the_roster_is_narrowed_by_each_condition(people, asked, found):
    assert names(roster.narrowed(Member.objects.all(), today=TODAY, **asked)) == found


def test_each_view_says_how_many_stand_behind_it(people, department):
    counts = roster.view_counts(roster.roster(department), today=TODAY)
    assert counts == {"all": 6, "mobile": 1, "probationary": 1, "fifty": 1, "no_phone": 1}


@pytest.mark.parametrize(
    ("joined_on", "full_on", "before", "on"),
    [
        (date(1967, 2, 28), date(1968, 2, 29), date(2018, 2, 28), date(2018, 3, 1)),  # from 转正: 细则 2026 Art35
        (date(1969, 3, 31), date(1970, 3, 31), date(2020, 3, 30), date(2020, 3, 31)),
        (date(1969, 4, 1), date(1970, 4, 1), date(2019, 3, 31), date(2019, 4, 1)),  # no 预备期 then: from joining
        (date(1977, 8, 31), date(1978, 8, 31), date(2027, 8, 30), date(2027, 8, 31)),
        (date(1977, 9, 1), date(1978, 9, 1), date(2028, 8, 31), date(2028, 9, 1)),
    ],
)
def test_fifty_years_are_complete_on_the_day_and_not_before(tree, joined_on, full_on, before, on):
    """One truth of 党龄: the saved view, the column beside it, the county's statistics and the criterion of care say the same."""
    person = make_member(tree.ours, birth_on=date(1945, 1, 1), joined_on=joined_on, full_on=full_on)
    leaf = criteria.read({"leaf": "party_age", "at_least": 50})
    for day, reached in ((before, False), (on, True)):
        assert (person in roster.narrowed(Member.objects.all(), today=day, view="fifty")) is reached
        assert Member.objects.filter(met(leaf, on=day)).exists() is reached
        assert [row.party_age for row in roster.rows_of(Member.objects.all(), today=day)] == [50 if reached else 49]
        assert party_age(person.party_since, day) == (50 if reached else 49)


def test_one_who_left_is_on_no_roster(people, department):
    people["袁强明"].affiliations.update(end=date(2026, 6, 1), end_reason="moved")
    assert "袁强明" not in names(roster.roster(department))


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("secretary", {"潘山洋", "曾国柱", "曹青建", "江芳玲"}),
        ("neighbour", {"袁强明"}),
        ("committee", {"潘山洋", "曾国柱", "曹青建", "江芳玲", "袁强明"}),
        ("department", {"潘山洋", "曾国柱", "曹青建", "江芳玲", "袁强明", "石海燕"}),
        ("security_admin", set()),
        ("auditor", set()),
        ("outsider", set()),
    ],
)
def test_everybody_sees_their_own_subtree_alone(request, people, who, seen):
    assert names(roster.roster(request.getfixturevalue(who))) == seen


def test_a_subtree_is_narrowed_within_sight(people, tree, department, secretary):
    assert names(roster.roster(department, within=tree.township)) == {"潘山洋", "曾国柱", "曹青建", "江芳玲", "袁强明"}
    assert names(roster.roster(secretary, within=tree.township)) == {"潘山洋", "曾国柱", "曹青建", "江芳玲"}


@pytest.mark.parametrize("sort", ["", "name", "-name", "age", "-age", "branch", "-branch", "party_age", "-party_age"])
def test_every_order_is_total_and_turns_round(people, department, sort):
    listed = list(roster.in_order(roster.roster(department), sort).values_list("name", flat=True))
    assert len(listed) == 6
    if sort == "age":
        assert (listed[0], listed[-1]) == ("江芳玲", "曾国柱")
    if sort.endswith("party_age"):
        assert listed.index("曾国柱") in {0, 1, 4, 5}


# ── The page ────────────────────────────────────────────────────────────────
def page_of(client, **asked):
    return client.get(reverse("members:roster"), asked).content.decode()


def test_the_page_shows_no_whole_number(client, people, secretary):
    client.force_login(secretary)
    page = page_of(client)
    for person in people.values():
        assert person.id_number not in page
    assert "18900009777" not in page
    assert "189****9777" in page
    assert people["潘山洋"].id_masked[:6] in page and people["潘山洋"].id_masked[-4:] in page


def test_a_neighbours_roster_holds_no_name_and_no_count_of_ours(client, people, neighbour):
    client.force_login(neighbour)
    page = page_of(client)
    assert "袁强明" in page
    assert not [name for name in people if name in page and name != "袁强明"]
    assert "共 1 人" in page


def test_an_organisation_out_of_sight_is_not_found(client, tree, people, neighbour):
    client.force_login(neighbour)
    assert client.get(reverse("members:roster"), {"organisation": tree.ours.code}).status_code == 404
    assert client.get(reverse("members:roster"), {"organisation": tree.township.code}).status_code == 404


def test_conditions_stand_in_the_url_and_can_be_taken_off(client, people, department):
    client.force_login(department)
    page = page_of(client, q="psy", state="mobile", destination="陕西省")
    assert "符合 <b>1</b> 人" in page
    assert "外出流向 陕西省" in page and "找人 psy" in page and "清空条件" in page


def test_a_band_led_here_by_a_chart_is_offered_and_shown(client, people, department):
    client.force_login(department)
    assert "30–30 岁" in page_of(client, age="30-30")


def test_without_matches_the_page_says_how_to_go_on(client, people, secretary):
    client.force_login(secretary)
    assert "没有符合这些条件的党员" in page_of(client, q="没有这个人")


def test_an_empty_branch_says_what_to_do(client, tree, secretary):
    client.force_login(secretary)
    assert "这里还没有党员" in page_of(client)


@pytest.mark.parametrize(
    "asked",
    [
        {"category": "king"},
        {"page": "999"},
        {"page": "x"},
        {"sort": "salary"},
        {"age": "1-2-3"},
        {"education": "42"},
        {"q": "'" * 70},
    ],
)
def test_a_url_nobody_could_have_clicked_is_no_fault(client, people, department, asked):
    client.force_login(department)
    assert client.get(reverse("members:roster"), asked).status_code == 200


def test_htmx_gets_the_list_alone(client, people, department):
    client.force_login(department)
    response = client.get(reverse("members:roster"), headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode() and 'id="roster"' in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_the_page_costs_the_same_at_one_member_and_at_fifty(client, tree, department):
    client.force_login(department)
    for many in (1, 49):
        for _ in range(many):
            make_member(tree.ours)
        with fits_budget("members:roster"):
            client.get(reverse("members:roster"))
        with fits_budget("members:roster narrowed"):
            client.get(reverse("members:roster"), {"organisation": tree.township.code, "sex": "1", "member_class": "village"})


def test_no_branch_falls_out_of_the_places_to_narrow_to(client, people, tree, committee):
    assert roster.places(committee, within=None) == [("", "全部"), ("001003001", "高家杨村党支部"), ("001003002", "袁家店村党支部")]
    assert roster.places(committee, within=tree.ours)[1:] == [("001003001", "高家杨村党支部"), ("001003002", "袁家店村党支部")]


# ── Export ──────────────────────────────────────────────────────────────────
def exported(response):
    return CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()


def test_an_export_holds_what_the_url_narrows_with_numbers_masked_and_is_audited(client, people, tree, secretary):
    client.force_login(secretary)
    heads, *rows = exported(client.post(reverse("members:export") + "?sex=1&view=mobile"))
    assert heads == list(HEADINGS)
    assert [row[0] for row in rows] == ["潘山洋"]
    assert rows[0][3] == people["潘山洋"].id_masked and rows[0][11] == "189****9777"
    row = AuditEntry.objects.get(code="members.roster.exported")
    assert (row.actor, row.organisation_path, row.data) == (secretary, tree.ours.path, {"members": 1, "whole_numbers": False})


def test_whole_numbers_are_for_whom_that_verb_is_held(client, people, secretary, department):
    url = reverse("members:export")
    client.force_login(secretary)
    assert client.post(url, {"numbers": "whole"}).status_code == 403
    client.force_login(department)
    _, *rows = exported(client.post(url, {"numbers": "whole"}))
    assert {row[3] for row in rows} == {person.id_number for person in people.values()}


def test_a_neighbours_export_holds_nobody_of_ours(client, people, neighbour):
    client.force_login(neighbour)
    _, *rows = exported(client.post(reverse("members:export")))
    assert [row[0] for row in rows] == ["袁强明"]


def test_a_whole_export_read_again_says_the_same(client, people, tree, department):
    client.force_login(department)
    _, *rows = exported(client.post(reverse("members:export"), {"numbers": "whole"}))
    index = BranchIndex(Organisation.objects.values_list("code", "name", "kind"))
    for checked in check_rows(enumerate(rows, 2), today=TODAY, branches=index):
        assert not checked.faults
        member = Member.objects.with_id_number(checked.person.id_number).get()
        for field in Person._fields:
            held = member.branch.code if field == "branch" else getattr(member, field)
            assert (getattr(checked.person, field) or None) == (held or None), field


def test_branches_of_one_name_are_exported_by_code(client, people, tree, department):
    Organisation.objects.filter(pk=tree.far.pk).update(name=tree.ours.name)
    client.force_login(department)
    _, *rows = exported(client.post(reverse("members:export")))
    assert {row[7] for row in rows} == {tree.ours.code, tree.far.code, tree.neighbours.name}


def test_what_somebody_wrote_is_escaped_in_every_cell(client, tree, secretary):
    person = make_member(tree.ours, "潘山洋")
    Member.objects.filter(pk=person.pk).update(name="<b>潘</b>", mobile_phone="<i>18900009777</i>", id_masked="<u>921********6939")
    Organisation.objects.filter(pk=tree.ours.pk).update(short_name="<s>高家杨</s>")
    client.force_login(secretary)
    page = page_of(client)
    assert "&lt;b&gt;潘" in page and "&lt;s&gt;高家杨" in page
    assert not [tag for tag in ("<b>潘", "<i>1", "<u>9", "<s>高") if tag in page]
