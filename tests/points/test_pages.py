"""The account and the rows behind its numbers, as those who read them see them."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from points.models import Entry, OrganisationMonth
from points.selectors.accounts import account_of
from points.settlement import Scope, settle
from tests.budgets import fits_budget
from tests.factories import make_member
from tests.points.makers import deed, happened, make_scheme

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
YEAR = TODAY.year


@pytest.fixture
def scheme(tree):
    return make_scheme(
        tree.county,
        {"category": "life"},
        {"code": "volunteer", "fact_kind": "manual.volunteer", "value": Decimal(1), "category": "service", "unit": "小时"},
        categories={"life": (Decimal(40), "year"), "service": (Decimal(15), "year")},
        start=date(YEAR, 1, 1),
    )


def settled(*deeds):
    happened(*deeds)
    settle(Scope(YEAR))


def test_a_cap_is_a_line_of_its_own_and_facts_keep_their_worth(client, scheme, member):
    """The example of the look: 志愿服务全年封顶 15 分，−3.50."""
    settled(*(deed(member, date(YEAR, 1, n), kind="manual.volunteer", units=u) for n, u in ((5, "8"), (6, "8"), (7, "2.5"))))
    account = account_of(member, YEAR, today=TODAY)
    lines = [line for month in account.months for line in month.lines]
    assert [line.points for line in lines if not line.is_adjustment] == [Decimal("2.5"), 8, 8]
    (adjustment,) = [line for line in lines if line.is_adjustment]
    assert adjustment.points == Decimal("-3.50")
    assert "全年封顶 15 分" in adjustment.title
    assert account.total == 15 == sum(month.points for month in account.months)
    client.force_login(member.user)
    shown = client.get(reverse("points:mine")).content.decode()
    assert "全年封顶 15 分" in shown and "−3.50" in shown


def test_a_cap_that_moved_with_later_facts_is_shown_once(scheme, member):
    for n in range(5, 9):
        settled(deed(member, date(YEAR, 1, n), kind="manual.volunteer", units="8"))
    lines = [line for month in account_of(member, YEAR, today=TODAY).months for line in month.lines]
    assert [line.points for line in lines if line.is_adjustment] == [Decimal(-17)]
    assert Entry.objects.filter(kind=Entry.Kind.CATEGORY_CAP).count() > 1


def test_a_correction_is_a_line_of_its_own(client, scheme, member):
    settled(deed(member, date(YEAR, 1, 5), key="k", kind="manual.volunteer", units="2"))
    settled(deed(member, date(YEAR, 1, 5), key="k", kind="manual.volunteer", units="4"))
    client.force_login(member.user)
    shown = client.get(reverse("points:mine")).content.decode()
    assert "更正：" in shown and "+2.00" in shown
    assert account_of(member, YEAR, today=TODAY).total == 4


def test_mine_costs_the_same_at_one_line_and_at_fifty(client, scheme, member):
    client.force_login(member.user)
    settled(deed(member, date(YEAR, 1, 1)))
    client.get(reverse("points:mine"))
    with fits_budget("points:mine"):
        client.get(reverse("points:mine"))
    settled(*(deed(member, date(YEAR, 1, 1 + n % 28), key=f"k{n}", kind="manual.volunteer") for n in range(50)))
    with fits_budget("points:mine"):
        client.get(reverse("points:mine"))


def test_the_rows_behind_a_number_add_up_to_it(client, scheme, tree, member, department):
    people = [member, *(make_member(branch, f"党员{n}") for n, branch in enumerate((tree.ours, tree.neighbours, tree.far)))]
    settled(
        *(deed(p, date(YEAR, 1, n), key=f"{p.pk}/{n}", kind="manual.volunteer", units="6") for p in people for n in range(1, 5)),
        *(deed(p, date(YEAR, 1, 9)) for p in people),
    )
    client.force_login(department)
    for organisation in (tree.county, tree.township, tree.ours):
        for category in ("life", "service"):
            months = OrganisationMonth.objects.within(organisation).filter(month=date(YEAR, 1, 1), category=category)
            clicked = sum(row.points for row in months)
            shown = client.get(reverse("points:entries"), {"organisation": organisation.code, "month": f"{YEAR}-01", "category": category})
            rows = shown.context["rows"]
            assert clicked == sum(row.points for row in rows) == shown.context["total"] != 0


@pytest.mark.parametrize(
    ("asked", "shown"),
    [(f"{YEAR}-03", (YEAR, 3)), (f"{YEAR}", (YEAR, None)), (f"{YEAR}-13", (YEAR, None)), (f"{YEAR}-0", (YEAR, None))]
    + [(nonsense, (None, None)) for nonsense in ("9999-12", "0001-01", "２０２６", "2026年", "-3", "x" * 99)],
)
def test_a_month_no_calendar_or_ledger_has_is_the_running_year(client, scheme, member, department, asked, shown):
    settled(deed(member, date(YEAR, 3, 1)))
    client.force_login(department)
    context = client.get(reverse("points:entries"), {"month": asked}).context
    assert (context["year"], context["month"]) == (shown[0] or timezone.localdate().year, shown[1])


def test_entries_cost_the_same_at_one_row_and_at_fifty(client, scheme, tree, member, department):
    client.force_login(department)
    url = reverse("points:entries") + f"?organisation={tree.county.code}&year={YEAR}"
    settled(deed(member, date(YEAR, 1, 1)))
    client.get(url)
    with fits_budget("points:entries"):
        client.get(url)
    people = [make_member(branch, f"党员{n}") for n in range(25) for branch in (tree.ours, tree.far)]
    settled(*(deed(p, date(YEAR, 1, 1)) for p in people))
    with fits_budget("points:entries"):
        client.get(url)


def test_a_neighbour_sees_neither_the_member_nor_our_rows(client, scheme, tree, member, neighbour):
    settled(deed(member, date(YEAR, 1, 1)))
    client.force_login(neighbour)
    assert client.get(reverse("points:member", args=[member.uid])).status_code == 404
    assert client.get(reverse("points:entries"), {"organisation": tree.ours.code}).status_code == 404
    assert "刘明" not in client.get(reverse("points:entries")).content.decode()


def test_members_are_listed_by_name_and_never_ranked(client, scheme, tree, secretary, member):
    low, high = make_member(tree.ours, "安一"), make_member(tree.ours, "周二")
    settled(deed(high, date(YEAR, 1, 1)), deed(low, date(YEAR, 1, 1), units="9"))
    client.force_login(secretary)
    shown = client.get(reverse("points:overview"), {"organisation": tree.ours.code}).content.decode()
    assert re.findall("安一|刘明|周二", shown) == ["安一", "刘明", "周二"]


def test_the_rules_are_readable(client, scheme, member):
    client.force_login(member.user)
    shown = client.get(reverse("points:scheme", args=[scheme.uid])).content.decode()
    assert "volunteer" in shown and "15" in shown
