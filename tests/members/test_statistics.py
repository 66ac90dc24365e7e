"""历年结构: a past day's numbers against a plain count in Python, against today's roster, and against whatever happens later."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import OrganisationSpan
from branches.services.organisations import rehang
from members.models import Affiliation, Member, MemberPast
from members.rules.ages import whole_years
from members.rules.eras import ERAS, era
from members.selectors.roster import narrowed, roster
from members.services import membership
from members.services.people import edit
from members.statistics import days
from members.statistics.traits import TRAITS
from partyportal.core.errors import DomainError
from partyportal.dashboard.selectors.structure import structure
from tests.budgets import fits_budget
from tests.factories import make_member, make_organisation, make_user

TODAY = date(2026, 11, 22)
STATISTICS = "members:statistics"


def tell(organisation, day):
    """Everything a snapshot says of a day, comparable."""
    shown = days.snapshot(organisation, on=day, versus=day)
    told = {(division.code, line.key): line.now for division in shown.divisions.values() for line in division.lines}
    return told | {("below", line.key): line.now for line in shown.below} | {("", ""): shown.total.now}


def people(tree):
    """One of each kind, in two branches of one township and in another township."""
    make_member(tree.ours, "甲", birth_on=date(1950, 1, 1), education="61", joined_on=date(1975, 1, 1), full_on=date(1975, 1, 1))
    make_member(tree.ours, "乙", birth_on=date(1996, 11, 22), sex="2", education="21", ethnicity="04", joined_on=date(2020, 1, 1), full_on=date(2021, 1, 1), start=date(2020, 1, 1))  # fmt: skip
    make_member(tree.neighbours, "丙", birth_on=date(1990, 5, 1), sex="2", joined_on=date(2026, 1, 1), category="probationary", full_on=None, start=date(2026, 1, 1))  # fmt: skip
    make_member(tree.neighbours, "丁", post="退休教师", is_mobile=True, destination="广东省")
    make_member(tree.far, "戊", post="教师", is_lost=True, lost_on=date(2026, 1, 1))


# ── One day ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("day", [date(2015, 1, 1), date(2020, 12, 31), date(2025, 12, 31), TODAY])
def test_every_division_adds_up_to_everybody_at_home_that_day(tree, day):
    people(tree)
    shown = days.snapshot(tree.county, on=day, versus=day)
    at_home = Affiliation.objects.on(day).count()
    assert shown.total.now.count == at_home > 0
    assert all(sum(line.now.count for line in division.lines) == at_home for division in shown.divisions.values())
    assert len(shown.divisions) == len(TRAITS)
    assert sum(line.now.count for line in shown.below) == at_home
    for measure in ("women", "minority", "young", "college", "probationary"):
        for division in shown.divisions.values():
            assert sum(line.now.of[measure] for line in division.lines) == shown.total.now.of[measure], (division.code, measure)


def test_a_day_is_counted_as_a_person_would_count_it(tree):
    people(tree)
    day = date(2021, 6, 30)
    there = [a.member for a in Affiliation.objects.on(day).select_related("member")]
    shown = days.snapshot(tree.county, on=day, versus=day)

    def told(code):
        return {line.key: line.now.count for line in shown.divisions[code].lines}

    assert told("sex") == Counter(m.sex for m in there)
    assert told("education") == Counter(m.education[:1] or "none" for m in there)
    assert told("era") == Counter(era(m.joined_on) for m in there)
    assert told("category") == Counter("full" if m.full_on and m.full_on <= day else "probationary" for m in there)
    assert shown.total.now.young == sum(whole_years(m.birth_on, day) <= 35 for m in there)
    assert told("occupation") == {"farmer": 2, "retired": 1, "technician": 1}


def test_the_age_bands_turn_on_the_birthday(tree):
    make_member(tree.ours, birth_on=date(1996, 2, 29), sex="2")
    for day, band in [(date(2027, 2, 28), "-30"), (date(2027, 3, 1), "31-35")]:
        assert [line.key for line in days.snapshot(tree.ours, on=day, versus=day).divisions["age"].lines] == [band], day


@pytest.mark.parametrize(("day", "band"), [(date(2025, 12, 31), "40-49"), (date(2026, 1, 1), "50-")])
def test_who_joined_without_a_probation_has_party_age_from_joining(tree, day, band):
    make_member(tree.ours, birth_on=date(1950, 1, 1), joined_on=date(1976, 1, 1), full_on=date(1977, 1, 1))
    lines = days.snapshot(tree.county, on=day, versus=day).divisions["party_age"].lines
    assert {line.key for line in lines if line.now.count} == {band}


def test_a_probationary_member_is_full_from_the_day_of_full_membership(tree):
    make_member(tree.ours, joined_on=date(2020, 7, 1), full_on=date(2021, 7, 1), start=date(2020, 7, 1))
    for day, kind in [(date(2021, 6, 30), "probationary"), (date(2021, 7, 1), "full"), (date(2021, 7, 2), "full")]:
        assert [line.key for line in days.snapshot(tree.ours, on=day, versus=day).divisions["category"].lines] == [kind], day


@pytest.mark.parametrize(("day", "code"), [(start, code) for start, code, _ in ERAS[1:]])
def test_the_periods_of_joining_begin_on_their_first_day(day, code):
    before = next(known for (_, known, _), (start, *_) in pairwise(ERAS) if start == day)
    assert (era(day - timedelta(days=1)), era(day)) == (before, code)


def test_today_says_what_the_cockpit_and_the_roster_say(tree, department):
    people(tree)
    today = timezone.localdate()
    past, now = days.snapshot(tree.county, on=today, versus=today), structure(department, tree.county, today=today)
    assert past.total.now.count == now.members
    assert {line.key: (line.now.men, line.now.women) for line in past.divisions["age"].lines} == {
        band.key: (band.men, band.women) for band in now.bands if band.men or band.women
    }
    assert {line.key: line.now.count for line in past.divisions["education"].lines} == {line.key: line.count for line in now.education}
    assert {line.key: line.now.count for line in past.divisions["category"].lines} == {
        one.key: one.count for one in now.categories if one.count
    }
    everybody = roster(department, within=tree.county)
    for line in past.divisions["age"].lines:
        assert line.now.count == narrowed(everybody, today=today, age=line.key).count()


def test_every_figure_opens_into_as_many_people(tree, department):
    people(tree)
    day = date(2026, 6, 1)
    shown = days.snapshot(tree.county, on=day, versus=day)
    for division in shown.divisions.values():
        for line in division.lines:
            behind = days.people(department, tree.county, trait=division.code, key=line.key, day=day)
            assert behind.count() == line.now.count == days.figure(tree.county, trait=division.code, key=line.key, day=day)
    assert days.people(department, tree.county, trait="", key="", day=day).count() == shown.total.now.count


# ── What later events must not change ───────────────────────────────────────
DAY = date(2024, 6, 30)


def test_education_corrected_later_leaves_the_past_as_it_was(tree, secretary):
    person = make_member(tree.ours, education="61")
    before = tell(tree.ours, DAY)
    edit(person, version=1, by=secretary, on=timezone.localdate(), education="21")
    assert tell(tree.ours, DAY) == before
    assert [line.key for line in days.snapshot(tree.ours, on=timezone.localdate(), versus=DAY).divisions["education"].lines if line.now.count] == ["2"]  # fmt: skip


def test_of_several_changes_a_day_reads_the_first_that_ended_after_it(tree):
    person = make_member(tree.ours, education="10")
    for end, education in [(date(2022, 1, 1), "61"), (date(2024, 7, 1), "31"), (date(2025, 1, 1), "21")]:
        MemberPast.objects.create(
            member=person, end=end, sex="1", ethnicity="01", birth_on=person.birth_on, education=education, is_mobile=False, is_lost=False
        )
    said = {day: days.snapshot(tree.ours, on=day, versus=day).divisions["education"].lines[0].key for day in (
        date(2021, 12, 31), date(2022, 1, 1), date(2024, 6, 30), date(2024, 7, 1), date(2024, 12, 31), date(2025, 1, 1),
    )}  # fmt: skip
    assert list(said.values()) == ["6", "3", "3", "2", "2", "1"]


def test_a_branch_hung_elsewhere_stays_in_last_year_s_sums(tree, system_admin):
    make_member(tree.ours)
    rehang(tree.ours, under=tree.other_township, on=date(2026, 1, 1), by=system_admin)
    count = {day: [days.snapshot(o, on=day, versus=day).total.now.count for o in (tree.township, tree.other_township)] for day in (
        date(2025, 12, 31), date(2026, 1, 1),
    )}  # fmt: skip
    assert list(count.values()) == [[1, 0], [0, 1]]


def test_a_former_committee_counts_whom_it_may_no_longer_read_of(client, tree, committee, system_admin):
    make_member(tree.ours, "潘山洋")
    rehang(tree.ours, under=tree.other_township, on=date(2026, 1, 1), by=system_admin)
    client.force_login(committee)
    shown = client.get(reverse("members:statistics_rows"), {"on": "2025-12-31", "trait": "sex", "key": "1"})
    assert (shown.context["figure"], shown.context["hidden"]) == (1, 1)
    assert "潘山洋" not in shown.content.decode() and "只计数" in shown.content.decode()


AFTER = st.integers(1, 800)
ACTS = st.lists(
    st.tuples(st.sampled_from(["move", "leave", "back", "suspend", "restore", "edit", "rehang", "new"]), st.integers(0, 5), AFTER),
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_later_event_changes_a_past_day_and_each_member_has_one_home_a_day_or_none_with_a_reason(acts, tree):
    with transaction.atomic():
        by = make_user(f"书记{Member.objects.count()}")
        persons = [
            make_member(branch, education="61") for branch in (tree.ours, tree.ours, tree.neighbours, tree.neighbours, tree.far, tree.far)
        ]
        third = make_organisation("中共清源县第三镇委员会", "committee", tree.county)
        places = (tree.county, tree.township, tree.other_township, tree.ours, tree.neighbours)
        before = [tell(place, DAY) for place in places]
        for act, who, later in acts:
            try:
                with transaction.atomic():
                    happen(act, persons[who], DAY + timedelta(days=later), by, tree, third)
            except DomainError:
                pass  # refused in words: nothing changed
        assert [tell(place, DAY) for place in places] == before
        for person in persons:
            rows = list(person.affiliations.order_by("start"))
            assert all(a.end is not None and a.end <= b.start for a, b in pairwise(rows)), "one home a day"
            assert all((row.end is None) == (row.end_reason == "") for row in rows), "or none with a reason"
        transaction.set_rollback(True)


def happen(act, person, on, by, tree, third):
    """One later event, through the same door as a user's."""
    person.refresh_from_db()
    if act == "move":
        membership.move(person, to=tree.far if person.branch_id != tree.far.pk else tree.ours, on=on, by=by)
    elif act == "leave":
        membership.leave(person, on=on, reason=("died", "transferred_out", "removed")[on.day % 3], by=by)
    elif act == "back":
        membership.come_back(person, to=tree.neighbours, on=on, reason="transferred_in", by=by)
    elif act == "suspend":
        membership.suspend(person, on=on, reason="lost_contact", basis="党发〔2026〕1号", by=by)
    elif act == "restore":
        membership.restore(person, on=on, basis="党发〔2026〕2号", by=by)
    elif act == "edit":
        edit(person, version=person.version, by=by, on=timezone.localdate(), education=("21", "31", "61")[on.day % 3], post="教师")
    elif act == "rehang":
        tree.neighbours.refresh_from_db()
        rehang(tree.neighbours, under=third if on.day % 2 else tree.other_township, on=on, by=by)
    elif act == "new":
        make_member(tree.ours, start=on, joined_on=on, full_on=on)


def test_the_test_above_can_fail(tree):
    """Had a past row been lost, the day would read otherwise: the oracle sees it."""
    person = make_member(tree.ours, education="61")
    before = tell(tree.ours, DAY)
    Member.objects.filter(pk=person.pk).update(education="21")
    assert tell(tree.ours, DAY) == before
    MemberPast.objects.filter(member=person).delete()
    assert tell(tree.ours, DAY) != before


def test_the_two_days_are_told_in_one_statement_at_any_size(tree, django_assert_num_queries):
    people(tree)
    for _ in range(2):
        with django_assert_num_queries(2):  # the count, the names below
            days.snapshot(tree.township, on=TODAY, versus=DAY)
        people(tree)
    assert OrganisationSpan.objects.exists() and connection.vendor == "postgresql"


# ── The page ────────────────────────────────────────────────────────────────
def test_two_days_stand_side_by_side(client, tree, committee):
    people(tree)
    client.force_login(committee)
    shown = client.get(reverse(STATISTICS), {"on": "2026-06-01", "versus": "2025-12-31"})
    total = shown.context["shown"].total
    assert (total.now.count, total.then.count, total.change) == (4, 3, 1)
    assert "2026-06-01" in shown.content.decode() and "高家杨村" in shown.content.decode()
    assert f"?organisation={tree.ours.code}&amp;on=2026-06-01&amp;versus=2025-12-31" in shown.content.decode()


def test_a_day_to_come_is_read_as_today(client, tree, committee):
    client.force_login(committee)
    assert client.get(reverse(STATISTICS), {"on": "2099-01-01"}).context["shown"].on == timezone.localdate()
    assert client.get(reverse(STATISTICS), {"on": "昨天"}).context["shown"].on == timezone.localdate()


def test_a_day_before_the_organisation_says_so(client, tree, committee):
    client.force_login(committee)
    assert "还没有这个党组织" in client.get(reverse(STATISTICS), {"on": "1999-12-31"}).content.decode()


def test_a_trait_nobody_has_is_not_found(client, tree, committee):
    client.force_login(committee)
    for asked in ({"trait": "height"}, {"trait": "sex", "key": "9' OR 1=1"}):
        assert client.get(reverse("members:statistics_rows"), asked).status_code == 404


def test_the_page_costs_the_same_at_one_and_at_fifty(client, tree, committee):
    client.force_login(committee)
    for many in (1, 49):
        for _ in range(many):
            make_member(tree.ours)
        with fits_budget(STATISTICS):
            client.get(reverse(STATISTICS), {"organisation": tree.township.code, "on": "2025-12-31"})
        with fits_budget("members:statistics_rows"):
            client.get(reverse("members:statistics_rows"), {"organisation": tree.township.code, "on": "2025-12-31"})
