"""Lists: their pages, their filters and what they cost."""

from datetime import date
from urllib.parse import urlsplit

import pytest

from education.services import record_meeting
from members.models import Fact
from members.services import facts
from points import services as points
from tests.api.conftest import TODAY
from tests.budgets import fits_budget
from tests.factories import make_member

FIFTY = 50


def deed(person, day: date, at: int) -> facts.FactLine:
    return facts.FactLine(
        key=f"test.deed:{person.uid}:{at}",
        kind="manual.volunteer",
        member_id=person.pk,
        organisation_id=person.branch_id,
        member_class="village",
        day=day,
        units=1,
        title="清扫街道",
    )


def test_pages_are_capped_and_counted(as_, secretary, tree):
    for at in range(5):
        make_member(tree.ours, f"杨{'一二三四五'[at]}")
    client = as_(secretary)
    first = client.get("/api/v1/members/?page_size=2").json()
    assert first["count"] == 5 and len(first["results"]) == 2 and "page=2" in first["next"]
    assert len(client.get("/api/v1/members/?page_size=100000").json()["results"]) == 5
    names = [row["name"] for page in (1, 2, 3) for row in client.get(f"/api/v1/members/?page_size=2&page={page}").json()["results"]]
    assert len(names) == len(set(names)) == 5


def test_a_ledger_is_read_to_its_end_by_cursor_while_rows_are_added(as_, secretary, tree):
    person = make_member(tree.ours, "杨一")
    facts.record([deed(person, date(2026, 3, 1), at) for at in range(7)], by=None)  # one day: the uid alone tells them apart
    client, found, path = as_(secretary), [], "/api/v1/facts/?page_size=3"
    while path:
        answer = client.get(path).json()
        found += [row["uid"] for row in answer["results"]]
        facts.record([deed(person, TODAY, 100 + len(found))], by=None)  # newer ones, on top
        path = answer["next"] and urlsplit(answer["next"]).path + "?" + urlsplit(answer["next"]).query
    assert len(found) == 7 and set(found) == {str(f.uid) for f in Fact.objects.filter(day=date(2026, 3, 1))}
    assert client.get("/api/v1/facts/?cursor=forged").status_code == 404


def test_members_are_found_as_on_the_roster(as_, secretary, tree):
    make_member(tree.ours, "潘山洋", mobile_phone="18900009777")
    make_member(tree.ours, "袁强明", category="probationary", full_on=None, joined_on=date(2026, 6, 1))
    client = as_(secretary)

    def names(query):
        return [row["name"] for row in client.get(f"/api/v1/members/?{query}").json()["results"]]

    assert names("q=psy") == names("q=9777") == names("q=潘山") == ["潘山洋"]
    assert names("category=probationary") == names("view=probationary") == ["袁强明"]
    assert names("age=-30") == [] and len(names("age=40-50")) == 2
    assert client.get("/api/v1/members/?age=old").status_code == 400


def test_an_entry_explains_itself(world, as_):
    person = world.people["ours"]
    facts.record([deed(person, date(2026, 5, day), day) for day in range(1, 10)], by=None)  # 9 hours in a month that caps 6
    points.settle(points.Scope(2026))
    rows = as_(world.secretary).get(f"/api/v1/points/entries/?member={person.uid}&month=5").json()["results"]
    assert {row["kind"] for row in rows} == {"fact", "item_cap"}
    capped = next(row for row in rows if row["kind"] == "item_cap")
    assert capped["points"] == "-3.00" and capped["item"]["cap"] == "6.00" and capped["item"]["version"] == 1 and capped["fact"] is None
    assert "5 月封顶 6 分" in capped["explanation"]["title"] and "3 分不计" in capped["explanation"]["note"]
    told = next(row for row in rows if row["kind"] == "fact")
    assert told["fact"]["title"] == "清扫街道" and told["item"]["article"] == "第 4.1 条"
    assert told["explanation"]["sums"][0] == {"label": "1 小时 × 每小时 1 分", "value": "+1.00"}
    assert sum(float(row["points"]) for row in rows) == 6
    # The sum of the ledger is the standing.
    standing = as_(world.secretary).get(f"/api/v1/points/standings/?member={person.uid}&category=service&year=2026").json()["results"]
    entries = as_(world.secretary).get(f"/api/v1/points/entries/?member={person.uid}&category=service").json()["results"]
    assert sum(float(row["points"]) for row in standing) == sum(float(row["points"]) for row in entries)


def test_a_category_cap_names_its_category(world, as_):
    person = world.people["ours"]
    facts.record([deed(person, date(2026, month, 1 + at), month * 10 + at) for month in range(1, 5) for at in range(6)], by=None)
    points.settle(points.Scope(2026))
    rows = as_(world.secretary).get(f"/api/v1/points/entries/?member={person.uid}&category=service").json()["results"]
    capped = next(row for row in rows if row["kind"] == "category_cap")
    assert capped["explanation"]["title"].startswith("志愿服务全年封顶 15 分")


LISTS = {
    "api:members": "members/",
    "api:organisations": "organisations/",
    "api:facts": "facts/",
    "api:entries": "points/entries/?year=2026",
    "api:standings": "points/standings/",
    "api:points-members": "points/members/",
    "api:awards": "points/awards/",
    "api:meetings": "education/meetings/",
    "api:cards": "assessments/cards/",
    "api:accounts": "dues/accounts/",
}


@pytest.mark.parametrize("many", [False, True], ids=["one", "fifty"])
def test_a_list_costs_the_same_however_long_it_is(world, as_, many):
    if many:
        people = [make_member(world.tree.ours, f"杨{at}") for at in range(FIFTY)]
        facts.record([deed(person, date(2026, 3, 1), 1) for person in people], by=None)
        points.settle(points.Scope(2026))
    client = as_(world.department)
    for name, path in LISTS.items():
        with fits_budget(name):
            assert client.get(f"/api/v1/{path}").status_code == 200


def test_a_meeting_costs_the_same_however_long_its_roll_is(world, as_):
    client = as_(world.secretary)
    with fits_budget("api:meeting"):
        client.get(f"/api/v1/education/meetings/{world.meetings['ours'].uid}/")
    for at in range(FIFTY):
        make_member(world.tree.ours, f"杨{at}")
    content = {"kind": "assembly", "held_on": date(2026, 11, 7), "topic": "学习"}
    longer = record_meeting(organisation=world.tree.ours, roll={}, by=world.secretary, today=TODAY, **content)
    with fits_budget("api:meeting"):
        assert len(client.get(f"/api/v1/education/meetings/{longer.uid}/").json()["attendances"]) == FIFTY + 2
