"""The tree's pages: what hangs where, and how many stand behind it."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from branches import selectors
from branches.models import Organisation, OrganisationSpan
from branches.rules import outermost
from branches.services.imports import import_organisations, read_sheet
from branches.services.organisations import rehang
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.factories import make_member, make_organisation


@pytest.fixture
def peopled(tree):
    for branch, many in ((tree.ours, 3), (tree.neighbours, 2), (tree.far, 1)):
        for _ in range(many):
            make_member(branch)
    return tree


def places(*organisations):
    return {place.organisation.code: (place.branches, place.members, place.above) for place in selectors.tree_places(organisations)}


def test_every_organisation_sums_its_subtree(peopled):
    assert places(peopled.county, peopled.township, peopled.ours) == {
        "001": (3, 6, ""),
        "001003": (2, 5, "清源县委"),
        "001003001": (1, 3, "清源县委 › 山门镇党委"),
    }


def test_who_moved_away_is_not_counted(peopled):
    member = peopled.ours.members.first()
    member.affiliations.update(end="2026-01-01", end_reason="moved")
    assert places(peopled.ours)["001003001"][1] == 2


def test_the_county_starts_with_its_townships(client, peopled, department):
    client.force_login(department)
    page = client.get(reverse("branches:tree")).content.decode()
    assert "山门镇党委" in page and "白驼镇党委" in page
    assert "高家杨村" not in page


@pytest.mark.parametrize("text", ["高家杨", "gaojiayang", "001003001", " 高家 杨村 "])
def test_a_search_looks_through_all_of_it(client, peopled, department, text):
    client.force_login(department)
    page = client.get(reverse("branches:tree"), {"q": text}).content.decode()
    assert "高家杨村党支部" in page
    assert "袁家店村党支部" not in page


def test_a_committee_sees_its_own_subtree_alone(client, peopled, committee):
    client.force_login(committee)
    page = client.get(reverse("branches:tree"), {"q": "村"}).content.decode()
    assert "袁家店村" in page
    assert "石柳村" not in page


def test_one_organisation_shows_its_past_and_links_its_people(client, peopled, department):
    rehang(peopled.far, under=peopled.township, on=date(2026, 5, 1), by=department)
    client.force_login(department)
    page = client.get(reverse("branches:organisation", args=[peopled.far.code])).content.decode()
    assert "属白驼镇党委" in page and "属山门镇党委" in page and "2026-05-01" in page
    assert f"{reverse('members:roster')}?organisation={peopled.far.code}" in page


def test_a_dissolved_organisation_leaves_the_tree_and_keeps_its_page(client, peopled, department):
    Organisation.objects.filter(pk=peopled.far.pk).update(dissolved_on="2026-06-01")
    client.force_login(department)
    assert "石柳村" not in client.get(reverse("branches:tree"), {"q": "石柳"}).content.decode().split("</form>")[-1]
    assert "已撤销" in client.get(reverse("branches:organisation", args=[peopled.far.code])).content.decode()


def test_the_pages_cost_the_same_at_one_branch_and_at_fifty(client, tree, department):
    client.force_login(department)
    for many in (0, 49):
        for n in range(many):
            make_organisation(f"中共清源县山门镇第{n}村支部委员会", "branch", tree.township)
        with fits_budget("branches:tree"):
            client.get(reverse("branches:tree"), {"q": "村"})
        with fits_budget("branches:organisation"):
            client.get(reverse("branches:organisation", args=[tree.township.code]))


def test_a_re_hang_is_never_dated_before_the_one_that_stands(tree, department):
    rehang(tree.ours, under=tree.other_township, on=date(2026, 5, 1), by=department)
    before = list(OrganisationSpan.objects.filter(organisation=tree.ours).order_by("start").values())
    with pytest.raises(DomainError, match="2026-05-01"):
        rehang(tree.ours, under=tree.township, on=date(2026, 4, 30), by=department)
    assert list(OrganisationSpan.objects.filter(organisation=tree.ours).order_by("start").values()) == before
    tree.ours.refresh_from_db()
    assert tree.ours.parent == tree.other_township
    rehang(tree.ours, under=tree.township, on=date(2026, 5, 1), by=department)  # on its own day it is corrected
    assert OrganisationSpan.objects.get(organisation=tree.ours, end=None).parent == tree.township


def test_the_tree_is_taken_out_as_it_comes_in(client, peopled, committee):
    """A whole sight or what a search leaves, under the headings of an import: brought back in, it changes nothing."""
    client.force_login(committee)
    sheet = b"".join(client.post(reverse("branches:tree")).streaming_content)
    heads, *rows = CalamineWorkbook.from_filelike(BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert [(row[0], *row[-2:]) for row in rows] == [("001003", 2, 5), ("001003001", 1, 3), ("001003002", 1, 2)]
    answer = import_organisations(read_sheet(sheet), commit=True, today=date(2026, 11, 22), by=None)
    assert (answer.unchanged, answer.refused, answer.errors) == (3, 0, [])
    found = b"".join(client.post(f"{reverse('branches:tree')}?q=高家杨").streaming_content)
    assert [row[0] for row in CalamineWorkbook.from_filelike(BytesIO(found)).get_sheet_by_index(0).to_python()] == [heads[0], "001003001"]
    assert [
        act.data["organisations"] for act in AuditEntry.objects.filter(code="branches.tree.exported", actor=committee).order_by("id")
    ] == [3, 1]


@pytest.mark.parametrize(
    ("places", "outer"),
    [
        ([], []),
        (["/1/4/17/", "/1/4/", "/1/40/"], ["/1/4/", "/1/40/"]),  # /1/40/ does not hang under /1/4/
        (["/1/5/", "/1/", "/1/5/"], ["/1/"]),
    ],
)
def test_what_hangs_under_another_place_is_not_outermost(places, outer):
    assert outermost(places) == outer
