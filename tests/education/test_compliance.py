"""Done against due: who owes what and when, and that one statement says the same as a slow walk over random calendars."""

from datetime import date, timedelta
from random import Random

import pytest

from branches.services.organisations import rehang
from education.models import MakeUp, Meeting, MeetingTally, Miss, Requirement
from education.selectors import compliance
from education.selectors.cells import cells, done_and_due, done_and_due_by_month
from education.selectors.compliance import rows_behind, year_in_dots
from education.services import rebuild_tallies
from members.models import Affiliation
from partyportal.core.days import month_of, months_after
from tests.education import oracle
from tests.factories import make_member, make_organisation, make_user

YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 1)}
TODAY = date(2026, 11, 22)


@pytest.fixture
def recorder(db):
    return make_user("登记员", username="recorder")


def hold(organisation, kind, day, by, *, group=None, state="confirmed"):
    return Meeting.objects.create(
        organisation=organisation, group=group, kind=kind, held_on=day, topic="学习", state=state, recorded_by=by,
        confirmed_by=by, confirmed_at="2026-01-01T00:00:00Z",
    )  # fmt: skip


def due_of(organisation, kind):
    return [c.month.month for c in cells(**YEAR, paths=[organisation.path]) if c.kind == kind for _ in range(c.due)]


def done_of(organisation, kind):
    return [c.month.month for c in cells(**YEAR, paths=[organisation.path]) if c.kind == kind and c.done]


def test_a_small_branch_owes_no_committee_meeting(tree):
    for _ in range(6):
        make_member(tree.ours)
    assert due_of(tree.ours, "committee") == []
    make_member(tree.ours, start=date(2026, 9, 15))
    assert due_of(tree.ours, "committee") == [9, 10, 11, 12]


def test_each_kind_falls_due_at_its_period_end(tree):
    assert due_of(tree.ours, "theme_day") == list(range(1, 13))
    assert due_of(tree.ours, "assembly") == [3, 6, 9, 12]
    assert due_of(tree.ours, "life_meeting") == due_of(tree.ours, "appraisal") == [12]
    assert due_of(tree.ours, "group") == due_of(tree.ours, "lecture") == []


def test_a_meeting_answers_its_own_period_once(tree, recorder):
    for day in (date(2026, 1, 5), date(2026, 2, 6), date(2026, 10, 9)):
        hold(tree.ours, "assembly", day, recorder)
    hold(tree.ours, "theme_day", date(2026, 5, 20), recorder)
    hold(tree.ours, "theme_day", date(2026, 6, 20), recorder, state="draft")
    assert done_of(tree.ours, "assembly") == [3, 12]
    assert done_of(tree.ours, "theme_day") == [5]


def test_a_later_requirement_takes_over_from_its_month(tree):
    Requirement.objects.create(kind="assembly", organisation_kind="branch", period="month", start=date(2026, 10, 15), source="本县")
    assert due_of(tree.ours, "assembly") == [3, 6, 9, 10, 11, 12]


def test_two_meetings_a_period_are_two_to_hold(tree, recorder):
    Requirement.objects.filter(kind="theme_day").update(times=2)
    hold(tree.ours, "theme_day", date(2026, 5, 20), recorder)
    for day in (4, 20, 21):
        hold(tree.ours, "theme_day", date(2026, 6, day), recorder)
    found = {c.month.month: (c.due, c.done) for c in cells(**YEAR, paths=[tree.ours.path]) if c.kind == "theme_day"}
    assert (found[5], found[6], found[7]) == ((2, 1), (2, 2), (2, 0))


def test_every_group_owes_its_own_meeting(tree, recorder):
    groups = [make_organisation(name, "group", tree.ours) for name in ("第一党小组", "第二党小组")]
    assert len(due_of(tree.ours, "group")) == 24
    hold(tree.ours, "group", date(2026, 3, 6), recorder, group=groups[0])
    (row,) = [row for row in rows_behind(tree.ours, date(2026, 3, 1), kind="group") if row.is_missing]
    assert row.group == groups[1]


def test_a_branch_founded_in_a_month_owes_from_the_next(tree):
    new = make_organisation("中共清源县山门镇新庄村支部委员会", "branch", tree.township, founded_on=date(2026, 4, 2))
    assert due_of(new, "theme_day") == list(range(5, 13))


def test_a_rehung_branch_counts_where_it_hung(tree, recorder, department):
    hold(tree.ours, "theme_day", date(2026, 3, 20), recorder)
    rehang(tree.ours, under=tree.other_township, on=date(2026, 6, 10), by=department)
    table = {row.label: row for row in compliance.compliance(tree.county, 2026, today=TODAY).rows}
    at = {name: [cell.due for cell in row.cells] for name, row in table.items()}
    assert at["山门镇党委"] == [2, 2, 4, 2, 2, 2, 1, 1, 2, 1, 1]
    assert at["白驼镇党委"] == [1, 1, 2, 1, 1, 4, 2, 2, 4, 2, 2]
    assert table["山门镇党委"].cells[2][:2] == (1, 4)


def test_the_heat_table_judges_only_months_that_are_over(tree, recorder):
    hold(tree.ours, "theme_day", date(2026, 11, 20), recorder)
    table = compliance.compliance(tree.township, 2026, today=TODAY)
    assert table.columns[-1] == "11 月"
    assert [cell.running for cell in table.rows[0].cells] == [False] * 10 + [True]
    assert (table.total_label, table.done, table.due) == ("1–10 月", 0, 26)
    assert table.totals == ("山门镇党委", *["0.0%"] * 10, "50.0%", "0.0%")
    assert compliance.compliance(tree.township, 2027, today=TODAY).rows == ()


def test_a_cell_equals_the_rows_behind_it(tree, recorder):
    hold(tree.ours, "theme_day", date(2026, 9, 20), recorder)
    hold(tree.neighbours, "assembly", date(2026, 7, 20), recorder)
    table = compliance.compliance(tree.county, 2026, today=TODAY)
    for row, organisation in zip(table.rows, (tree.township, tree.other_township), strict=True):
        for month, cell in enumerate(row.cells, 1):
            behind = rows_behind(organisation, date(2026, month, 1))
            assert (cell.done, cell.due) == (sum(r.cell.done for r in behind), sum(r.cell.due for r in behind))
            assert cell.done == sum(bool(r.meetings) for r in behind)


def test_the_table_of_a_branch_is_by_kind(tree):
    table = compliance.compliance(tree.ours, 2026, today=TODAY)
    assert [row.label for row in table.rows] == ["党员大会", "主题党日"]


def test_the_year_in_dots(tree, recorder):
    hold(tree.ours, "assembly", date(2026, 2, 26), recorder)
    owed = cells(**YEAR, paths=[tree.ours.path])
    dots = {label: states for label, states, _ in year_in_dots(tree.ours, owed, today=TODAY)}
    assert dots["党员大会"] == ["", "", "held", "", "", "missing", "", "", "missing", "", "", "open"]
    assert dots["主题党日"] == ["missing"] * 10 + ["open", "ahead"]


@pytest.mark.parametrize("seed", range(6))
def test_the_statement_agrees_with_a_slow_walk(tree, recorder, department, seed):
    random = Random(seed)
    day = lambda: date(2025, 1, 1) + timedelta(days=random.randrange(760))  # noqa: E731
    Requirement.objects.filter(kind="committee").update(minimum_full_members=2)
    Requirement.objects.create(
        kind="lecture", organisation_kind="branch", period="quarter", times=2, start=day(), end=date(2027, 6, 1), source="本县"
    )
    Requirement.objects.create(kind="assembly", organisation_kind="branch", period="month", start=day(), source="本县改为每月")
    branches = [tree.ours, tree.neighbours, tree.far]
    branches += [make_organisation(f"中共清源县山门镇第{n}支部委员会", "branch", tree.township, founded_on=day()) for n in range(3)]
    groups = [make_organisation(f"第{n}党小组", "group", random.choice(branches), founded_on=day()) for n in range(4)]
    branches[-1].dissolved_on = (
        date(2026, random.randrange(1, 13), random.randrange(1, 29)) if branches[-1].founded_on.year < 2026 else None
    )
    branches[-1].save()
    for _ in range(18):
        person = make_member(random.choice(branches), start=day(), joined_on=date(2024, 1, 1), full_on=day())
        if random.random() < 0.4:
            end = person.affiliations.get().start + timedelta(days=random.randrange(1, 300))
            person.affiliations.update(end=end, end_reason="moved")
            if random.random() < 0.7:
                Affiliation.objects.create(member=person, organisation=random.choice(branches), start=end, reason="moved")
    for branch in random.sample(branches, 2):
        on = max(day(), branch.founded_on, *(g.founded_on for g in groups))
        rehang(branch, under=random.choice([tree.township, tree.other_township]), on=on, by=department)
    taken = set()
    for _ in range(150):
        group = random.choice([None, None, *groups])
        where = group.parent if group else random.choice(branches)
        kind = "group" if group else random.choice(["assembly", "committee", "theme_day", "lecture", "life_meeting"])
        key = (where.pk, group and group.pk, kind, day())
        if key not in taken:
            taken.add(key)
            hold(where, kind, key[3], recorder, group=group, state=random.choice(["confirmed", "confirmed", "draft"]))
    make_up_some(random, recorder)
    for group in random.choices([None, *groups], k=12):
        where = group.parent if group else random.choice(branches)
        kind = "group" if group else random.choice(["assembly", "theme_day", "lecture", "committee"])
        cell = {"organisation": where, "group": group, "kind": kind, "month": day().replace(day=1)}
        if not Miss.objects.filter(**cell).exists():
            ended_at = random.choice([None, None, "2026-01-01T00:00:00Z"])
            Miss.objects.create(reason="farming", words="农忙", said_by=recorder, ended_at=ended_at, **cell)
    expected = oracle.cells(date(2025, 3, 1), date(2026, 12, 1))
    asked = {"first": date(2025, 3, 1), "last": date(2026, 12, 1)}
    found = {
        (c.organisation_id, c.group_id, c.kind, c.month): (c.due, c.done, c.made_up, c.is_explained) for c in cells(**asked, paths=["/"])
    }
    assert found == expected
    assert rebuild_tallies(check=True) == 0
    assert sum(due for _, due in done_and_due(**asked).values()) == sum(due for due, *_ in expected.values())
    assert sum(done for done, _ in done_and_due_by_month(**asked).values()) == sum(done for _, done, *_ in expected.values())
    within = done_and_due(**asked, within=tree.township)
    assert all(f"/{tree.township.pk}/" in path for path in within)
    table = compliance.compliance(tree.county, 2026, today=date(2026, 12, 31))
    narrow = {t.short_name: compliance.compliance(t, 2026, today=date(2026, 12, 31)) for t in (tree.township, tree.other_township)}
    for month in range(12):
        behind = [value for key, value in expected.items() if key[3] == date(2026, month + 1, 1)]
        assert sum(row.cells[month].due for row in table.rows) == sum(due for due, *_ in behind)
        assert sum(row.cells[month].done for row in table.rows) == sum(done for _, done, *_ in behind)
    assert table.made_up == sum(row.made_up for one in narrow.values() for row in one.rows)
    year = [value for key, value in expected.items() if key[3].year == 2026 and key[3].month < 12]
    assert table.made_up == sum(made_up for *_, made_up, _ in year)
    assert table.explained == sum(due - done - made_up for due, done, made_up, explained in year if explained)


def make_up_some(random, by):
    """Some meetings, confirmed or not, are said to make up for a month; some of it is taken back."""
    for meeting in random.sample(list(Meeting.objects.order_by("pk")), 20):
        ended = random.random() < 0.25
        month = months_after(month_of(meeting.held_on), -random.randrange(1, 4))
        MakeUp.objects.create(
            meeting=meeting, month=month, made_by=by, ended_at="2026-01-01T00:00:00Z" if ended else None, ended_by=by if ended else None
        )
    ended = MakeUp.objects.standing().first()
    MakeUp.objects.filter(pk=ended.pk).update(ended_at="2026-02-01T00:00:00Z", ended_by=by)
    for meeting in random.sample(list(Meeting.objects.order_by("pk")), 8):
        meeting.state = random.choice(["confirmed", "returned", "void"])
        meeting.save(update_fields=["state"])


def test_the_counts_follow_what_is_changed_and_rebuild_to_the_same(tree, recorder):
    meeting = hold(tree.ours, "theme_day", date(2026, 5, 20), recorder)
    hold(tree.ours, "theme_day", date(2026, 5, 21), recorder)
    assert (MeetingTally.objects.get().counts >> 20 & 31, MeetingTally.objects.get().months) == (2, 0b10000)
    meeting.held_on = date(2026, 6, 1)
    meeting.save()
    assert MeetingTally.objects.get().months == 0b110000
    MeetingTally.objects.update(counts=7)
    assert rebuild_tallies(check=True) == 1
    assert rebuild_tallies() == 1
    assert MeetingTally.objects.get().months == 0b110000
    assert rebuild_tallies(check=True) == 0
    Meeting.objects.all().delete()
    assert MeetingTally.objects.get().counts == 0


def test_a_made_up_meeting_counts_where_it_was_missed_and_not_where_it_was_held(tree, recorder):
    late = hold(tree.ours, "theme_day", date(2026, 6, 3), recorder)
    assert done_of(tree.ours, "theme_day") == [6]
    MakeUp.objects.create(meeting=late, month=date(2026, 5, 1), made_by=recorder)
    found = {c.month.month: (c.done, c.made_up) for c in cells(**YEAR, paths=[tree.ours.path]) if c.kind == "theme_day"}
    assert (found[5], found[6]) == ((0, 1), (0, 0))
    table = compliance.compliance(tree.township, 2026, today=TODAY)
    assert (table.missed, table.made_up) == (26, 1)  # what was missed stays missed
    assert table.rows[0].cells[4].note == "补 1"
