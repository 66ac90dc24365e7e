"""概况: who sees it, what its figures are, and that each is as many as the rows behind it."""

import io
import os
import zipfile
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import services as assessments
from branches.models import Grant, Organisation, OrganisationSpan
from branches.services.organisations import rehang
from members.models import Office
from members.selectors.roster import narrowed, roster
from members.services.imports import no_progress
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, Job
from partyportal.dashboard import services
from partyportal.dashboard.selectors.attention import attention
from partyportal.dashboard.selectors.cockpit import cockpit, points_by_category
from tests.budgets import fits_budget
from tests.factories import make_member, make_organisation
from tests.points.makers import deed, make_scheme, settled

URL = "dashboard:cockpit"
TODAY = date(2026, 11, 22)


def people(tree):
    """Three full members in each branch, so that none is too weak, and a few away."""
    for branch in (tree.ours, tree.neighbours, tree.far):
        for number in range(3):
            make_member(branch, f"{branch.short_name}{number}", education="21")
    make_member(tree.ours, "潘山洋", is_mobile=True, destination="陕西省西安市")
    make_member(tree.neighbours, "潘海", is_lost=True, lost_on=date(2026, 1, 1))


def test_the_county_begins_at_its_top_and_a_township_at_its_own(client, department, committee, tree):
    for user, place in ((department, tree.county), (committee, tree.township)):
        client.force_login(user)
        assert client.get(reverse(URL)).context["cockpit"].organisation == place


def test_a_township_sees_its_own_alone(client, committee, tree):
    people(tree)
    client.force_login(committee)
    shown = client.get(reverse(URL))
    assert shown.context["cockpit"].structure.members == 8
    assert "石柳村" not in shown.content.decode()
    for code in (tree.county.code, tree.far.code, tree.other_township.code, "nowhere"):
        assert client.get(reverse(URL), {"organisation": code}).status_code == 404


def test_whoever_may_not_see_it_is_refused(client, secretary, member, security_admin, auditor, tree):
    for user in (secretary, member.user, security_admin, auditor):
        client.force_login(user)
        assert client.get(reverse(URL)).status_code == 403
        assert client.get(reverse("dashboard:attention")).status_code == 403
        assert client.post(reverse("dashboard:export")).status_code == 403


def test_one_goes_down_the_tree_to_a_branch(client, reader, tree, hold):
    people(tree)
    client.force_login(reader)
    county = client.get(reverse(URL)).context["cockpit"]
    township = client.get(county.heat.rows[0].url).context["cockpit"]
    assert township.organisation == tree.township
    branch = client.get(township.heat.rows[0].url).context["cockpit"]
    assert branch.organisation == tree.ours
    assert all("education" in row.url for row in branch.heat.rows)  # a branch's rows are its kinds of meeting


def test_every_link_of_the_membership_opens_as_many_as_its_figure(client, department, tree):
    people(tree)
    client.force_login(department)
    shown = client.get(reverse(URL)).context["cockpit"]
    today = timezone.localdate()

    def behind(url):
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        within = Organisation.objects.get(code=asked.pop("organisation"))
        assert client.get(url).status_code == 200
        return narrowed(roster(department, within=within), today=today, **asked).count()

    figures = {figure.label: figure for figure in shown.figures(may_assess=True)}
    for label, expected in (("党员", 11), ("流动党员", 1), ("失联党员", 1)):
        assert figures[label].value == behind(figures[label].url) == expected
    for _, men, women, men_url, women_url in shown.age_rows:
        assert (men, women) == (behind(men_url), behind(women_url))
    for _, count, url in (*shown.education_rows, *shown.destination_rows):
        assert count == behind(url)


def test_children_s_figures_add_up_to_the_parent_s(department, tree, hold, month_points):
    people(tree)
    for at, branch in enumerate((tree.ours, tree.neighbours, tree.far)):
        hold(branch, date(2026, 1 + at, 20))
        month_points(branch, date(2026, 1 + at, 1), 5 + at)
    whole = cockpit(department, tree.county, year=2026, today=TODAY)
    parts = [cockpit(department, child, year=2026, today=TODAY) for child in (tree.township, tree.other_township)]
    assert whole.structure.members == sum(part.structure.members for part in parts)
    assert whole.branches == sum(part.branches for part in parts) == 3
    assert (whole.heat.done, whole.heat.due) == (sum(part.heat.done for part in parts), sum(part.heat.due for part in parts))
    assert whole.heat.done == 3
    assert whole.points.total == sum(part.points.total for part in parts) == Decimal(18)


def test_points_stay_where_they_were_earned(tree, month_points, department):
    """A branch re-hung in June: May counts to the former committee, June to the new one."""
    rehang(tree.ours, under=tree.other_township, on=date(2026, 6, 10), by=department)
    month_points(tree.ours, date(2026, 5, 1), 3)
    month_points(tree.ours, date(2026, 6, 1), 4)
    assert points_by_category(tree.township, 2026).total == 3
    assert points_by_category(tree.other_township, 2026).total == 4
    assert points_by_category(tree.county, 2026).total == 7
    assert points_by_category(tree.county, 2025).total == 0


def test_points_of_a_branch_s_last_days_are_not_lost(tree, month_points):
    OrganisationSpan.objects.filter(organisation=tree.ours).update(end=date(2026, 6, 10))
    month_points(tree.ours, date(2026, 6, 1), 4)
    assert points_by_category(tree.township, 2026).total == 4


def test_coverage_is_the_card_s_and_leads_to_its_evidence(client, department, reader, tree):
    people(tree)
    assessments.recompute(year=timezone.localdate().year, today=timezone.localdate())
    for user, linked in ((department, True), (reader, False)):
        client.force_login(user)
        figure = next(f for f in client.get(reverse(URL)).context["figures"] if f.label == "积分覆盖")
        assert figure.value == "0.0" and "0/11 人" in figure.note
        assert bool(figure.url) is linked


# ── Who needs a hand ────────────────────────────────────────────────────────
def reasons(user, organisation, today=TODAY):
    return {one.branch.short_name: one.words for one in attention(user, organisation, today=today)}


def every_month_but(hold, branch, *missed):
    for month in (8, 9, 10):
        if month not in missed:
            hold(branch, date(2026, month, 20))


def test_a_branch_that_does_what_is_due_is_not_named(department, tree, hold):
    people(tree)
    for branch in (tree.ours, tree.neighbours, tree.far):
        every_month_but(hold, branch)
    assert reasons(department, tree.county) == {}


def test_each_reason_is_a_sentence(department, tree, hold):
    people(tree)
    every_month_but(hold, tree.ours, 9, 10)
    every_month_but(hold, tree.neighbours, 10)
    make_member(tree.neighbours, "潘江", is_lost=True, lost_on=date(2026, 2, 1))
    every_month_but(hold, tree.far)
    tree.far.members.filter(name__endswith="2").update(category="probationary", full_on=None)
    holder = tree.far.members.first()
    Office.objects.create(
        member=holder, organisation=tree.far, position="secretary", start=date(2020, 1, 1), end=date(2026, 8, 2), end_reason="resigned"
    )
    assert reasons(department, tree.county) == {
        "高家杨村党支部": "9、10 月没有主题党日",
        "袁家店村党支部": "失联党员 2 人",
        "石柳村党支部": "书记空缺 112 天；正式党员 2 人，不足 3 人，应并入联合党支部",
    }


def test_a_branch_of_members_away_is_not_short_of_members(department, tree, hold):
    """Who is in a 流动党员党支部 belongs to a branch at home: it has none of its own and is merged with nobody."""
    people(tree)
    for branch in (tree.ours, tree.neighbours, tree.far):
        every_month_but(hold, branch)
    name = "中共清源县山门镇驻西安流动党员支部委员会"
    make_organisation(name, "branch", tree.township, unit_type="mobile", founded_on=TODAY)
    assert reasons(department, tree.county) == {}


def test_a_post_that_is_held_again_is_not_vacant(department, tree, hold):
    people(tree)
    every_month_but(hold, tree.far)
    first, second = tree.far.members.all()[:2]
    Office.objects.create(
        member=first, organisation=tree.far, position="secretary", start=date(2020, 1, 1), end=date(2026, 8, 2), end_reason="resigned"
    )
    Office.objects.create(member=second, organisation=tree.far, position="secretary", start=date(2026, 8, 2))
    assert "石柳村党支部" not in reasons(department, tree.county)


def test_a_township_is_told_of_its_own_branches_alone(committee, tree, hold):
    people(tree)
    assert set(reasons(committee, tree.township)) == {"高家杨村党支部", "袁家店村党支部"}
    assert set(reasons(committee, tree.county)) == {"高家杨村党支部", "袁家店村党支部"}


def test_every_reason_opens(client, department, tree, hold):
    people(tree)
    client.force_login(department)
    shown = client.get(reverse("dashboard:attention"))
    named = shown.context["page"].object_list
    assert len(named) == 3
    assert all(client.get(reason.url).status_code == 200 for one in named for reason in one.reasons)


# ── Export and cost ─────────────────────────────────────────────────────────
def test_the_export_is_a_job_with_the_page_s_numbers_and_leaves_a_trace(client, committee, tree):
    people(tree)
    client.force_login(committee)
    asked = client.post(reverse("dashboard:export"))
    job = Job.objects.get()
    assert asked["Location"] == reverse("dashboard:exported", args=[job.uid])
    job.state, job.result = Job.State.DONE, services.export_in_job(job, no_progress)
    job.save()
    file = reverse("dashboard:export_file", args=[job.uid])
    assert file in client.get(asked["Location"]).content.decode()
    answer = client.get(file)
    strings = zipfile.ZipFile(io.BytesIO(answer.getvalue())).read("xl/worksheets/sheet1.xml").decode()
    assert "高家杨村党支部" in strings and "石柳村党支部" not in strings
    assert quote(f"概况-{timezone.localdate()}.xlsx") in answer["Content-Disposition"]
    assert AuditEntry.objects.get(code="dashboard.cockpit.exported").organisation_path == tree.township.path


def test_an_export_under_way_shows_how_far_it_is_and_no_file(client, committee, tree):
    client.force_login(committee)
    page = client.post(reverse("dashboard:export"))["Location"]  # nobody hears the bell: a test commits nothing
    job = Job.objects.get()
    assert job.title in client.get(page).content.decode()
    assert client.get(reverse("dashboard:export_file", args=[job.uid])).status_code == 404


def test_who_lost_the_grant_meanwhile_gets_no_export(client, committee, tree):
    job = services.start_export(tree.township, year=2026, by=committee)
    Grant.objects.filter(user=committee).update(end=date(2026, 1, 1))
    with pytest.raises(DomainError, match="已经没有看概况的权限"):
        services.export_in_job(job, no_progress)
    assert not services.export_file(job).exists()


def test_an_export_nobody_fetched_is_gone_after_a_day(committee, tree):
    job = services.start_export(tree.township, year=2026, by=committee)
    services.export_in_job(job, no_progress)
    file = services.export_file(job)
    services.sweep_exports()
    assert file.exists()
    yesterday = file.stat().st_mtime - services.KEPT.total_seconds() - 1
    os.utime(file, (yesterday, yesterday))
    services.sweep_exports()
    assert not file.exists()


@pytest.mark.parametrize("name", ["dashboard:cockpit", "dashboard:attention"])
def test_it_costs_the_same_at_three_branches_and_at_fifty(client, department, tree, name):
    client.force_login(department)
    people(tree)
    for many in (0, 47):
        for _ in range(many):
            make_member(make_organisation("中共清源县山门镇新村支部委员会", "branch", tree.township))
        with fits_budget(name):
            assert client.get(reverse(name)).status_code == 200


def test_a_category_s_bar_opens_into_entries_of_the_same_sum(client, department, committee, tree):
    """The branch earned 3 in May under one township and 4 in June under another; each bar opens into its own lines."""
    make_scheme(tree.county, {"value": Decimal(1)})
    person = make_member(tree.ours, "刘明")
    settled(deed(person, date(2026, 5, 20), units="3"), deed(person, date(2026, 6, 20), units="4"))
    rehang(tree.ours, under=tree.other_township, on=date(2026, 6, 10), by=department)
    for place, expected in ((tree.township, 3), (tree.other_township, 4), (tree.county, 7)):
        line = points_by_category(place, 2026).lines[0]
        client.force_login(department)
        shown = client.get(line.url)
        assert line.points == shown.context["total"] == sum(entry.points for entry in shown.context["rows"]) == expected
    # the former township keeps the sum and loses the name
    client.force_login(committee)
    shown = client.get(points_by_category(tree.township, 2026).lines[0].url)
    assert shown.context["total"] == 3 and "刘明" not in shown.content.decode()
