"""Each collection asked by everybody: exactly the rows of their sight, a 404 for the others, and nothing personal in whole."""

from education.models import Meeting
from members.models import Fact
from partyportal.dashboard import api as duties_api
from partyportal.dashboard.duties import due_for
from points.schemes import BY_CODE
from tests.api.conftest import MANY
from tests.budgets import fits_budget
from tests.factories import make_member, make_organisation

# Whose rows each role sees; the member sees their own alone.
SIGHT = {
    "secretary": {"ours"},
    "neighbour": {"neighbours"},
    "committee": {"ours", "neighbours"},
    "department": {"ours", "neighbours", "far"},
    "reader": {"ours", "neighbours", "far"},
    "system_admin": {"ours", "neighbours", "far"},
    "security_admin": set(),
    "auditor": set(),
    "outsider": set(),
    "member": set(),
}


def uids(rows) -> set[str]:
    return {str(row.uid) for row in rows}


def expected(world, role: str, rows: dict, own: set[str] = frozenset()) -> set[str]:
    """The uids of the branches in sight; for the member, what is their own."""
    return {str(rows[name].uid) for name in SIGHT[role]} | (set(own) if role == "member" else set())


def asked(client, path: str, **query) -> set[str]:
    answer = client.get(f"/api/v1/{path}/", query)
    assert answer.status_code == 200, answer.content
    return {row["uid"] for row in answer.json()["results"]}


def test_everybody_reads_the_rows_of_their_sight_and_no_other(world, as_):
    for role in MANY:
        client, own = as_(getattr(world, role)), world.member
        tree = world.tree
        # Members: the branch's people; our branch has the member of the cast beside.
        theirs = uids([own]) if role == "member" or "ours" in SIGHT[role] else set()
        assert asked(client, "members") == expected(world, role, world.people) | theirs
        assert asked(client, "points/members") == asked(client, "members")
        # Organisations: the subtree of the grants.
        codes = {row["code"] for row in client.get("/api/v1/organisations/").json()["results"]}
        below = {"ours": tree.ours.code, "neighbours": tree.neighbours.code, "far": tree.far.code}
        above = {"committee": {tree.township.code}, "department": {"001", "001003", "001004"}}
        above |= {"reader": above["department"], "system_admin": above["department"]}
        assert codes == {below[name] for name in SIGHT[role]} | above.get(role, set())
        # Meetings: the member was on the roll of ours.
        assert asked(client, "education/meetings") == expected(world, role, world.meetings, own=uids([world.meetings["ours"]]))
        assert asked(client, "points/awards") == expected(world, role, world.awards)
        # Facts: of the branches in sight, or one's own.
        rows = Fact.objects.standing()
        seen = rows.filter(member=own) if role == "member" else rows.filter(organisation__code__in=[below[name] for name in SIGHT[role]])
        assert asked(client, "facts") == uids(seen)


def test_the_ledger_and_the_standings_name_nobody_out_of_sight(world, as_):
    for role in MANY:
        client = as_(getattr(world, role))
        names = {name: person.name for name, person in world.people.items()}
        allowed = {names[name] for name in SIGHT[role]} | ({"刘明"} if role == "member" or "ours" in SIGHT[role] else set())
        for path in ("points/entries", "points/standings"):
            told = {row["member"]["name"] for row in client.get(f"/api/v1/{path}/", {"year": 2026}).json()["results"]}
            assert told == allowed, path


def test_one_row_out_of_sight_is_not_found(world, as_):
    for role in MANY:
        client = as_(getattr(world, role))
        fact = Fact.objects.standing().filter(member=world.people["ours"]).first()
        sees = "ours" in SIGHT[role]
        answers = {
            f"members/{world.people['ours'].uid}/": sees,
            f"organisations/{world.tree.ours.code}/": sees,
            f"facts/{fact.uid}/": sees,
            f"points/awards/{world.awards['ours'].uid}/": sees,
            f"education/meetings/{world.meetings['ours'].uid}/": sees or role == "member",
        }
        got = {path: client.get(f"/api/v1/{path}").status_code for path in answers}
        assert got == {path: 200 if seen else 404 for path, seen in answers.items()}


def test_an_organisation_out_of_sight_cannot_be_asked_for(world, as_):
    for role in MANY:
        client = as_(getattr(world, role))
        for path in (
            "organisations/?under=",
            "members/?organisation=",
            "facts/?organisation=",
            "points/entries/?organisation=",
            "points/members/?organisation=",
            "education/meetings/?organisation=",
        ):
            answer = client.get(f"/api/v1/{path}{world.tree.far.code}")
            assert answer.status_code == (200 if "far" in SIGHT[role] else 404), path


CARDS = {"secretary": 1, "neighbour": 1, "committee": 3, "department": 6}


def test_cards_and_weights_are_for_those_who_may_see_assessments(world, as_):
    for role in MANY:
        client = as_(getattr(world, role))
        answer = client.get("/api/v1/assessments/cards/?year=2026")
        assert answer.status_code == (200 if role in CARDS else 403)
        assert client.get("/api/v1/assessments/indicators/").status_code == (200 if role in CARDS else 403)
        if role in CARDS:
            assert answer.json()["count"] == CARDS[role]


DUTIES = {"secretary", "neighbour", "committee", "department"}


def test_duties_are_told_to_those_who_may_see_them(world, as_):
    for role in MANY:
        answer = as_(getattr(world, role)).get("/api/v1/duties/?page_size=200")
        assert answer.status_code == (200 if role in DUTIES else 403)
        if role == "neighbour":
            assert {row["organisation_code"] for row in answer.json()["results"]} == {world.tree.neighbours.code}


def test_a_page_of_duties_is_worked_out_for_its_branches_alone(world, as_, monkeypatch):
    """Of a county no more than the page's branches are asked about, and following `next` leaves none out."""
    asked = []
    monkeypatch.setattr(
        duties_api, "due_for", lambda branches, today: asked.append([one.code for one in branches]) or due_for(branches, today)
    )
    whole = as_(world.department).get("/api/v1/duties/?page_size=200").json()
    address, pages = "/api/v1/duties/?page_size=1", []
    while address:
        answer = as_(world.department).get(address).json()
        pages.append(answer["results"])
        address = answer["next"]
    assert asked[1:] == [[code] for code in asked[0]] and whole["next"] is None
    assert sorted(row["key"] for rows in pages for row in rows) == sorted(row["key"] for row in whole["results"])


def test_duties_cost_the_same_at_one_branch_and_at_fifty(world, as_):
    client = as_(world.department)
    for size in (1, 50):
        if size == 50:
            for n in range(50):
                make_member(make_organisation(f"中共清源县山门镇第{n}新村支部委员会", "branch", world.tree.township))
        with fits_budget("api:duties"):
            assert client.get(f"/api/v1/duties/?page_size={size}").status_code == 200


def test_the_published_rules_are_everybodys(world, as_):
    for role in MANY:
        client = as_(getattr(world, role))
        schemes = client.get("/api/v1/points/schemes/").json()["results"]
        assert [row["version"] for row in schemes] == [1]
        items = client.get(f"/api/v1/points/schemes/{schemes[0]['uid']}/").json()["items"]
        assert sorted(item["code"] for item in items) == sorted(item.code for item in BY_CODE["default"].content.items)
        assert client.get("/api/v1/education/requirements/").json()["count"] > 0


def test_no_answer_tells_a_whole_number(world, as_):
    for role in MANY:
        client, person = as_(getattr(world, role)), world.people["ours"]
        for path in (
            "members/",
            f"members/{person.uid}/",
            "facts/",
            "points/entries/",
            "points/awards/",
            "education/meetings/",
            "duties/",
            "me/",
        ):
            said = client.get(f"/api/v1/{path}").content.decode()
            assert person.id_number not in said and person.mobile_phone not in said, path
            if "ours" not in SIGHT[role]:
                assert person.name not in said and person.id_masked not in said, path


def test_a_draft_and_a_draft_meeting_are_not_the_members(world, as_):
    Meeting.objects.filter(pk=world.meetings["ours"].pk).update(state="draft", confirmed_at=None)
    assert asked(as_(world.member), "education/meetings") == set()


def test_an_address_is_for_who_may_edit_and_for_oneself(world, as_):
    path = f"/api/v1/members/{world.people['ours'].uid}/"
    assert as_(world.secretary).get(path).json()["address"] == "高家杨村 36 号"
    assert as_(world.reader).get(path).json()["address"] is None


def test_nobody_gets_in_without_logging_in(world, client):
    for path in ("members/", "organisations/", "facts/", "points/schemes/", "education/meetings/", "duties/", "notices/", "jobs/", "me/"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 401, path
        assert answer["WWW-Authenticate"] == "Token"


def test_me_says_who_i_am_and_what_i_may_do(world, as_):
    me = as_(world.secretary).get("/api/v1/me/").json()
    assert me["username"] == "secretary" and me["member"] is None
    assert [grant["organisation"]["code"] for grant in me["grants"]] == [world.tree.ours.code]
    assert "education.record" in me["verbs"] and "points.scheme" not in me["verbs"]
    assert as_(world.member).get("/api/v1/me/").json()["member"] == str(world.member.uid)
