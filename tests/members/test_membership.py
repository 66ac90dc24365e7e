"""Where a member belongs: each act of the one door, what it refuses, two acts at once, and the past that stays."""

from datetime import date
from itertools import pairwise

import pytest
from django.db import transaction

from members.models import Affiliation, GroupMembership, Member, MemberPast, Office, Suspension
from members.services import membership
from members.services.people import edit
from members.services.reorganisation import dissolve, move_all
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.at_once import at_once
from tests.factories import make_member, make_organisation

TODAY = date(2026, 11, 22)
DAY = date(2026, 11, 1)


def days_of(person) -> list[tuple]:
    return list(person.affiliations.order_by("start").values_list("organisation__code", "start", "end", "reason", "end_reason"))


def post(person, organisation, position="secretary"):
    return Office.objects.create(member=person, organisation=organisation, position=position, start=date(2024, 1, 1))


# ── Move ────────────────────────────────────────────────────────────────────
def test_a_move_closes_one_affiliation_and_opens_the_next_the_same_day(tree, member, committee):
    moved = membership.move(member, to=tree.neighbours, on=DAY, by=committee, basis="山组转〔2026〕1号")
    assert days_of(member) == [
        (tree.ours.code, date(2010, 7, 1), DAY, "opening", "moved"),
        (tree.neighbours.code, DAY, None, "moved", ""),
    ]
    assert moved.branch == tree.neighbours and moved.left_on is None
    entry = AuditEntry.objects.get(code="members.member.moved")
    assert (entry.data["from"], entry.data["to"], entry.subject) == (tree.ours.code, tree.neighbours.code, member.uid)


def test_a_move_on_the_day_the_affiliation_began_corrects_it(tree, committee):
    person = make_member(tree.ours, start=DAY)
    membership.move(person, to=tree.neighbours, on=DAY, by=committee)
    assert days_of(person) == [(tree.neighbours.code, DAY, None, "opening", "")]


def test_groups_end_with_the_branch(tree, member, committee):
    group = make_organisation("中共清源县山门镇高家杨村第一党小组", "group", tree.ours)
    GroupMembership.objects.create(member=member, organisation=group, start=date(2024, 1, 1))
    membership.move(member, to=tree.neighbours, on=DAY, by=committee)
    assert member.group_memberships.get().end == DAY


def test_posts_of_what_is_left_behind_end_and_others_go_along(tree, member, committee):
    works = make_organisation("中共清源县直属机关工作委员会", "work_committee", tree.county)
    here, township, county, elsewhere = (post(member, o) for o in (tree.ours, tree.township, tree.county, works))
    membership.move(member, to=tree.neighbours, on=DAY, by=committee)
    assert set(member.offices.open()) == {township, county, elsewhere}
    here.refresh_from_db()
    assert (here.end, here.end_reason) == (DAY, "moved")
    membership.move(member, to=tree.far, on=date(2026, 11, 10), by=committee)
    assert set(member.offices.open()) == {county, elsewhere}


@pytest.mark.parametrize(
    ("to", "on", "field", "words"),
    [
        ("ours", DAY, "to", "已经在这个支部"),
        ("township", DAY, "to", "只能编入党支部"),
        ("neighbours", date(2010, 6, 30), "on", "转移的日子不能更早"),
        ("gone", DAY, "to", "已经撤销"),
    ],
)
def test_a_wrong_move_is_refused_and_changes_nothing(tree, member, committee, to, on, field, words):
    gone = make_organisation("中共清源县山门镇旧村支部委员会", "branch", tree.township)
    gone.dissolved_on = date(2026, 1, 1)
    gone.save()
    before = days_of(member)
    with pytest.raises(DomainError) as refusal:
        membership.move(member, to={"gone": gone}.get(to) or getattr(tree, to), on=on, by=committee)
    assert refusal.value.field == field and words in refusal.value.message
    assert days_of(member) == before and not AuditEntry.objects.filter(code="members.member.moved").exists()


# ── Leave and come back ─────────────────────────────────────────────────────
def test_who_leaves_belongs_nowhere_from_that_day_with_a_reason(tree, member, committee):
    post(member, tree.ours)
    left = membership.leave(member, on=DAY, reason="withdrew", by=committee, basis="山委〔2026〕2号")
    assert days_of(member) == [(tree.ours.code, date(2010, 7, 1), DAY, "opening", "withdrew")]
    assert left.left_on == DAY and left.branch == tree.ours
    assert not Member.objects.at_home().filter(pk=member.pk).exists() and not member.offices.open().exists()
    for act in (
        lambda: membership.leave(member, on=TODAY, reason="died", by=committee),
        lambda: membership.move(member, to=tree.far, on=TODAY, by=committee),
        lambda: membership.suspend(member, on=TODAY, reason="abroad", basis="〔1〕", by=committee),
        lambda: membership.restore(member, on=TODAY, basis="〔1〕", by=committee),
    ):
        with pytest.raises(DomainError, match="组织关系已经不在本县"), transaction.atomic():
            act()


def test_nobody_leaves_on_the_day_they_came(tree, committee):
    person = make_member(tree.ours, start=DAY)
    with pytest.raises(DomainError, match="离开的日子要晚于那天"):
        membership.leave(person, on=DAY, reason="died", by=committee)
    assert days_of(person)[0][2] is None


def test_a_suspension_ends_with_the_affiliation(tree, member, committee):
    membership.suspend(member, on=date(2026, 1, 1), reason="lost_contact", basis="〔1〕", by=committee)
    membership.leave(member, on=DAY, reason="removed", by=committee)
    row = member.suspensions.get()
    assert (row.end, row.outcome) == (DAY, "removed")


def test_coming_back_opens_a_new_affiliation_and_keeps_the_gap(tree, member, committee):
    membership.leave(member, on=DAY, reason="transferred_out", by=committee)
    with pytest.raises(DomainError, match="才离开"):
        membership.come_back(member, to=tree.far, on=date(2026, 10, 31), reason="transferred_in", by=committee)
    back = membership.come_back(member, to=tree.far, on=TODAY, reason="transferred_in", by=committee)
    assert back.branch == tree.far and back.left_on is None
    assert not member.affiliations.on(date(2026, 11, 10)).exists()
    with pytest.raises(DomainError, match="组织关系在本县"):
        membership.come_back(member, to=tree.ours, on=TODAY, reason="transferred_in", by=committee)


@pytest.mark.parametrize("reason", ["died", "merged"])
def test_a_closed_file_is_not_opened_again(tree, member, committee, reason):
    membership.leave(member, on=DAY, reason=reason, by=committee)
    with pytest.raises(DomainError, match="已经了结"):
        membership.come_back(member, to=tree.ours, on=TODAY, reason="restored", by=committee)


def test_a_death_by_mistake_is_corrected_by_a_row_and_no_day_is_lost(tree, member, committee):
    with pytest.raises(DomainError, match="没有登记去世"):
        membership.correct_death(member, basis="", by=committee)
    membership.suspend(member, on=date(2026, 1, 1), reason="lost_contact", basis="〔1〕", by=committee)
    membership.leave(member, on=DAY, reason="died", by=committee)
    back = membership.correct_death(member, basis="同名误登", by=committee)
    assert days_of(member) == [
        (tree.ours.code, date(2010, 7, 1), DAY, "opening", "died"),
        (tree.ours.code, DAY, None, "corrected", ""),
    ]
    assert back.left_on is None and back.standing == "suspended"
    assert list(member.suspensions.order_by("start").values_list("start", "end")) == [(date(2026, 1, 1), DAY), (DAY, None)]
    with pytest.raises(DomainError, match="没有登记去世"):
        membership.correct_death(member, basis="", by=committee)


# ── 停止党籍 ────────────────────────────────────────────────────────────────
def test_article_24_suspension_keeps_the_affiliation_and_ends_posts(tree, member, committee):
    post(member, tree.ours)
    membership.suspend(member, on=DAY, reason="lost_contact", basis="山委〔2026〕3号", by=committee)
    member.refresh_from_db()
    assert member.standing == "suspended" and member.left_on is None
    assert member.offices.get().end_reason == "suspended"
    with pytest.raises(DomainError, match="已经停止党籍"):
        membership.suspend(member, on=TODAY, reason="lost_contact", basis="〔1〕", by=committee)
    with pytest.raises(DomainError, match="恢复的日子要晚于那天"):
        membership.restore(member, on=DAY, basis="〔1〕", by=committee)
    membership.restore(member, on=date(2026, 11, 2), basis="〔1〕", by=committee)
    member.refresh_from_db()
    assert member.standing == "normal" and member.suspensions.get().outcome == "restored"
    with pytest.raises(DomainError, match="没有停止党籍"):
        membership.restore(member, on=TODAY, basis="〔1〕", by=committee)


def test_nobody_is_suspended_before_they_came(tree, committee):
    person = make_member(tree.ours, start=DAY)
    with pytest.raises(DomainError, match="停止的日子不能更早"):
        membership.suspend(person, on=date(2026, 10, 31), reason="abroad", basis="〔1〕", by=committee)
    assert not Suspension.objects.exists()


# ── The past ────────────────────────────────────────────────────────────────
def test_what_a_row_said_is_kept_by_the_database_once_a_day(member, committee):
    member.refresh_from_db()
    edit(member, version=member.version, by=committee, on=TODAY, education="30")
    member.refresh_from_db()
    edit(member, version=member.version, by=committee, on=TODAY, education="20")
    kept = MemberPast.objects.get(member=member)
    assert kept.education == "", "what held until today, not what was written a minute ago"


def test_what_changes_no_kept_column_keeps_nothing(tree, member, committee):
    member.refresh_from_db()
    edit(member, version=member.version, by=committee, on=TODAY, mobile_phone="15400000000")
    membership.move(member, to=tree.neighbours, on=DAY, by=committee)
    membership.leave(member, on=TODAY, reason="died", by=committee)
    assert not MemberPast.objects.exists()


# ── Everybody at once ───────────────────────────────────────────────────────
def gathered(branch, names="一二三四五"):
    return [make_member(branch, f"党员{name}", post="农民") for name in names]


def rows_of(people):
    """What the two ways must agree on: affiliations, classes and groups, by name."""
    pks = [person.pk for person in people]
    return (
        sorted(Affiliation.objects.filter(member__in=pks).values_list("member__name", "organisation__code", "start", "end", "end_reason")),
        sorted(Member.objects.filter(pk__in=pks).values_list("name", "classes__name", "classes__start"), key=str),
        sorted(GroupMembership.objects.filter(member__in=pks).values_list("member__name", "start", "end")),
        sorted(Member.objects.filter(pk__in=pks).values_list("name", "branch__code", "left_on")),
    )


def test_moving_all_writes_what_moving_each_would(tree, department):
    office = make_organisation("中共清源县山门镇机关支部委员会", "branch", tree.township, unit_type="office")
    group = make_organisation("中共清源县山门镇高家杨村第一党小组", "group", tree.ours)
    people = [*gathered(tree.ours), make_member(tree.ours, "新来", start=DAY), make_member(tree.ours, "老人")]
    people[-1].classes.update(name="exempt")
    GroupMembership.objects.create(member=people[0], organisation=group, start=date(2024, 1, 1))
    post(people[1], tree.ours)
    Member.objects.filter(pk=people[2].pk).update(post="")
    with transaction.atomic():
        for person in people:
            membership.move(person, to=office, on=DAY, by=department)
        one_by_one, posts = rows_of(people), list(Office.objects.values_list("end", "end_reason"))
        transaction.set_rollback(True)
    assert move_all(tree.ours, to=office, on=DAY, basis="县组发〔2026〕9号", by=department, today=TODAY) == 7
    assert rows_of(people) == one_by_one
    assert list(Office.objects.values_list("end", "end_reason")) == posts
    assert set(Affiliation.objects.filter(start=DAY).values_list("reason", flat=True)) == {"reorganised", "opening"}
    assert AuditEntry.objects.filter(code="members.member.moved").count() == 7
    assert AuditEntry.objects.get(code="members.branch.moved_all").data["members"] == 7


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"to": "ours"}, "to", "就是这个支部"),
        ({"to": "township"}, "to", "党支部之间"),
        ({"on": date(2026, 11, 23)}, "on", "还没有到"),
        ({"on": date(2010, 6, 30)}, "on", "才编入这个支部"),
        ({"basis": " "}, "basis", "文号"),
    ],
)
def test_a_wrong_merger_is_refused_whole(tree, department, said, field, words):
    people = gathered(tree.ours)
    before = rows_of(people)
    asked = {"to": "neighbours", "on": DAY, "basis": "县组发〔2026〕9号"} | said
    with pytest.raises(DomainError) as refusal:
        move_all(tree.ours, to=getattr(tree, asked.pop("to")), by=department, today=TODAY, **asked)
    assert refusal.value.field == field and words in refusal.value.message
    assert rows_of(people) == before


@pytest.mark.parametrize("size", [3, 12])
def test_a_merger_costs_the_same_for_few_and_many(tree, department, size, django_assert_max_num_queries):
    gathered(tree.ours, "一二三四五六七八九十百千"[:size])
    with django_assert_max_num_queries(24):
        move_all(tree.ours, to=tree.neighbours, on=DAY, basis="〔9〕", by=department, today=TODAY)


def test_a_merged_branch_is_dissolved_when_it_is_empty(tree, department):
    people = gathered(tree.ours)
    group = make_organisation("中共清源县山门镇高家杨村第一党小组", "group", tree.ours)
    office = post(people[0], tree.township)
    local = Office.objects.create(member=people[1], organisation=tree.ours, position="secretary", start=date(2024, 1, 1))
    with pytest.raises(DomainError, match="还有 5 名党员"), transaction.atomic():
        dissolve(tree.ours, on=TODAY, basis="〔9〕", by=department, today=TODAY)
    local.refresh_from_db()
    assert local.end is None
    move_all(tree.ours, to=tree.neighbours, on=DAY, basis="〔9〕", by=department, today=TODAY)
    dissolve(tree.ours, on=TODAY, basis="〔9〕", by=department, today=TODAY)
    tree.ours.refresh_from_db()
    office.refresh_from_db()
    group.refresh_from_db()
    assert tree.ours.dissolved_on == group.dissolved_on == TODAY and office.end is None
    with pytest.raises(DomainError, match="没有党员可转"):
        move_all(tree.ours, to=tree.neighbours, on=TODAY, basis="〔9〕", by=department, today=TODAY)
    with pytest.raises(DomainError, match="已经撤销"):
        move_all(tree.neighbours, to=tree.ours, on=TODAY, basis="〔9〕", by=department, today=TODAY)


# ── Two at once ─────────────────────────────────────────────────────────────
def one_branch_a_day(person):
    """Each day from the first has one home branch, or none with a reason."""
    rows = list(person.affiliations.order_by("start"))
    assert all(a.end is not None and a.end <= b.start for a, b in pairwise(rows))
    assert all(bool(row.end_reason) == (row.end is not None) for row in rows)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["move", "leave", "suspend"])
def test_two_acts_on_one_member_are_taken_one_after_the_other(tree, member, committee, department, second):
    acts = {
        "move": lambda: membership.move(member, to=tree.far, on=DAY, by=department),
        "leave": lambda: membership.leave(member, on=DAY, reason="died", by=department),
        "suspend": lambda: membership.suspend(member, on=DAY, reason="abroad", basis="〔1〕", by=department),
    }
    told = at_once(lambda: membership.move(member, to=tree.neighbours, on=DAY, by=committee), acts[second])
    assert all(not isinstance(one, Exception) or isinstance(one, DomainError) for one in told), told
    one_branch_a_day(member)


@pytest.mark.django_db(transaction=True)
def test_the_same_death_twice_at_once_is_one_end(tree, member, committee, department):
    told = at_once(*(lambda by=by: membership.leave(member, on=DAY, reason="died", by=by) for by in (committee, department)))
    assert [type(one) for one in told].count(DomainError) == 1
    assert AuditEntry.objects.filter(code="members.member.left").count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_is_moved_into_a_branch_dissolved_at_the_same_moment(tree, member, committee, department):
    at_once(
        lambda: membership.move(member, to=tree.neighbours, on=DAY, by=committee),
        lambda: dissolve(tree.neighbours, on=TODAY, basis="〔9〕", by=department, today=TODAY),
    )
    member.refresh_from_db()
    tree.neighbours.refresh_from_db()
    assert tree.neighbours.dissolved_on is None or member.branch == tree.ours
