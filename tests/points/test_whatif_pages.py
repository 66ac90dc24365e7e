"""The pages of 试算 and 回放."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from partyportal.core.models import AuditEntry, Job
from points.models import Item, Simulation
from points.services.simulations import simulate, simulate_in_job
from points.settlement import Scope, settle
from tests.budgets import fits_budget
from tests.factories import make_member, make_user
from tests.points.makers import deed, happened, make_scheme

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
YEAR = TODAY.year
START = date(YEAR, 1, 1)


@pytest.fixture
def scheme(tree, member):
    """Four points at most, now; at most two under the draft."""
    make_scheme(tree.county, {"cap": Decimal(4), "cap_period": "year"}, start=START)
    happened(deed(member, START), deed(member, START, key="second"))
    settle(Scope(YEAR))
    return make_scheme(tree.county, {"cap": Decimal(2), "cap_period": "year"}, start=START, version=2, published=False)


def at(name, scheme, *args):
    return reverse(f"points:{name}", args=[scheme.uid, *args])


def test_the_empty_page_offers_to_try(client, scheme, department):
    client.force_login(department)
    assert "还没有试算" in client.get(at("simulation", scheme)).content.decode()


def test_trying_is_a_job_and_the_page_says_who_falls(client, scheme, member, department):
    client.force_login(department)
    assert client.post(at("simulate", scheme), {"year": YEAR}).status_code == 302
    job = Job.objects.get(kind="points.tasks.simulate")
    if job.state != Job.State.DONE:
        simulate_in_job(job, lambda **progress: None)
    text = client.get(at("simulation", scheme)).content.decode()
    assert "会吃亏" in text and "−2.00" in text and "要由起草和试算以外的另一个人" in text
    text = client.get(at("simulated_member", scheme, member.uid)).content.decode()
    assert "项目封顶" in text and "−2.00" in text


def test_another_persons_consent_opens_the_way(client, scheme, department, tree):
    simulate(scheme, year=YEAR, by=make_user("起草人"))
    client.force_login(department)
    assert "看过了，同意发布" in client.get(at("simulation", scheme)).content.decode()
    client.post(at("simulation_consent", scheme), {"year": YEAR})
    assert Simulation.objects.get().consented_by == department


def test_an_edited_draft_says_that_its_numbers_are_old(client, scheme, department):
    simulate(scheme, year=YEAR, by=department)
    Item.objects.filter(scheme=scheme).update(cap=3)
    client.force_login(department)
    assert "草案在这次试算以后改过" in client.get(at("simulation", scheme)).content.decode()


@pytest.mark.parametrize(("asked", "found"), [("", 2), ("show=falls", 1), ("show=gain", 0), ("member_class=village", 2), ("q=潘", 0)])
def test_the_list_is_narrowed_by_the_address(client, scheme, tree, department, asked, found):
    make_member(tree.far, "袁不动")
    tried = simulate(scheme, year=YEAR, by=department)
    client.force_login(department)
    response = client.get(f"{at('simulation', scheme)}?{asked}")
    if asked == "q=潘":
        found = tried.rows.filter(member__name__contains="潘").count()
    assert response.context["page"].paginator.count == found


def test_the_list_goes_out_as_a_sheet_and_leaves_an_audit_row(client, scheme, member, department):
    simulate(scheme, year=YEAR, by=department)
    client.force_login(department)
    response = client.get(f"{at('simulation', scheme)}?format=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.getvalue())).active.values)
    assert rows[0][:2] == ("姓名", "党支部") and rows[1][0] == member.name
    assert AuditEntry.objects.filter(code="points.simulation.exported").count() == 1


def test_the_budget_of_a_simulation(client, scheme, tree, department):
    client.force_login(department)
    simulate(scheme, year=YEAR, by=department)
    with fits_budget("points:simulation"):
        client.get(at("simulation", scheme))
    for number in range(25):
        make_member(tree.far, f"石{number}")
    simulate(scheme, year=YEAR, by=department)
    with fits_budget("points:simulation"):
        client.get(at("simulation", scheme))


def test_the_budget_of_a_replay(client, scheme, tree, department):
    client.force_login(department)
    address = f"{reverse('points:replay')}?organisation={tree.far.code}&period={YEAR}&on={TODAY}"
    for several in (1, 30):
        people = [make_member(tree.far, f"石{several}{n}") for n in range(several)]
        happened(*(deed(person, START) for person in people))
        settle(Scope(YEAR))
        with fits_budget("points:replay"):
            response = client.get(address)
    assert len(response.context["rows"]) == 31


def test_a_day_that_has_not_come_is_refused_at_its_field(client, scheme, member):
    client.force_login(member.user)
    address = reverse("points:member_replay", args=[member.uid])
    response = client.get(address, {"period": f"{YEAR}", "on": (TODAY + timedelta(days=1)).isoformat()})
    assert response.status_code == 422 and "这一天还没到" in response.content.decode()
    assert client.get(address, {"period": f"{YEAR}", "on": TODAY.isoformat()}).status_code == 200
