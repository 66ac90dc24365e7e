"""Two files of one person made one, and two again: meetings and ledgers kept, nobody's grants widened."""

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from random import Random

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse as reverse_url

from branches.models import Grant
from education.models import Attendance
from education.services import RollLine, record_meeting, revise_meeting
from members.dues.models import Collection, Payment
from members.dues.services import confirm, note_arrears
from members.models import (
    Affiliation,
    Fact,
    Member,
    MemberClass,
    Merge,
    NotSame,
    Office,
    Owed,
    Suspension,
)
from members.selectors.days import roll_of
from members.services import membership
from members.services.people import edit, register
from partyportal.core import personkeys
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from partyportal.dashboard.workflows.merging import merge, preview, reverse
from points.models import Entry, Standing
from points.services import Scope, open_period, publish_default, settle
from tests.budgets import fits_budget
from tests.dues.makers import assess, month, months_of, take
from tests.education.test_concurrency import at_once
from tests.factories import id_number, make_grant, make_member, make_user
from tests.members.test_import_roster import imported, row

TODAY = date(2026, 11, 22)
BORN = date(1979, 8, 1)


@pytest.fixture
def scheme(tree):
    return publish_default(tree.county, start=date(2025, 1, 1), by=None)


@pytest.fixture
def kept(tree):
    return make_member(tree.ours, "潘山洋", birth_on=BORN, id_number=id_number(BORN, serial=40_000))


@pytest.fixture
def gone(tree):
    """One digit of the number off: two numbers in a row may differ in more, and then they are not alike."""
    return make_member(tree.ours, "潘山洋", birth_on=BORN, id_number=id_number(BORN, serial=40_001))


def meet(branch, by, day, *, roll=None, kind="theme_day"):
    return record_meeting(
        organisation=branch, roll=roll or {}, by=by, today=TODAY, confirm=True, kind=kind, group=None, held_on=day, topic="冬季防火", study_hours=Decimal(2)
    )  # fmt: skip


def absent(member):
    return {member.pk: RollLine(state="absent", reason="unexplained")}


def settle_all():
    for year in sorted(set(Owed.objects.values_list("year", flat=True))):
        settle(Scope(year))


def ledger(member) -> list[tuple]:
    """What of a member stands: (year, quarter, category, points)."""
    rows = Standing.objects.filter(member=member).exclude(points=0)
    return sorted(rows.values_list("year", "quarter", "category", "points"))


def world() -> dict:
    """Every row of the merge's concern as it is, ids included; versions, clocks and the append-only tables apart."""
    told = {}
    for model in (Affiliation, MemberClass, Office, Attendance, Suspension, Member):
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in {"version", "updated_at", "id_number"}]
        told[model._meta.label] = [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in model.objects.order_by("pk").values_list(*names)
        ]
    told["numbers"] = [member.id_number for member in Member.objects.order_by("pk")]
    said = ("key", "kind", "member_id", "organisation_id", "member_class", "day", "units", "recorded_by_id", "confirmed_by_id")
    told["facts"] = sorted(Fact.objects.standing().values_list(*said))
    return told


def sound():
    """The ledger agrees with the facts, the projections with the ledger."""
    settle_all()
    call_command("verify_ledger", stdout=StringIO())
    call_command("rebuild_standings", check=True, stdout=StringIO())


# ── The ledger ──────────────────────────────────────────────────────────────
def test_the_ledger_after_a_merge_is_that_of_one_person_from_the_start(tree, scheme, kept, gone, secretary, committee):
    """Another member attends what either file attended; caps bite on the sum, the base score counts once."""
    always = make_member(tree.ours, "汤秀颖", birth_on=BORN)
    make_member(tree.ours, "程勇庆")  # who is always there
    days = [date(2026, month, 20) for month in range(1, 11)]
    for at, day in enumerate(days):
        roll = absent(gone) if at % 2 else absent(kept)
        meet(tree.ours, secretary, day, roll=roll)
        meet(tree.ours, secretary, day, kind="lecture", roll=absent(gone) | absent(kept) | absent(always) if at == 3 else roll)
    for quarter in (1, 4, 7, 10):
        open_period(date(2026, quarter, 1))
    settle_all()
    before, total = ledger(kept), world()
    merge(kept, gone, by=committee, on=TODAY)
    assert set(Owed.objects.values_list("member", flat=True)) == {kept.pk, gone.pk}, "the facts' own trigger notes both"
    sound()
    assert ledger(kept) == ledger(always) != before
    assert ledger(gone) == []
    assert Entry.objects.filter(member=gone).exists(), "lines are reversed, never removed"
    reverse(Merge.objects.get(), by=committee)
    sound()
    assert world() == total
    assert ledger(kept) == before


def test_days_the_kept_file_lacks_become_its_own_and_no_branch_counts_otherwise(tree, scheme, secretary, neighbour, committee):
    """潘 left our branch in 2020 and was registered anew next door, instead of being moved."""
    kept = make_member(tree.ours, "潘山洋", birth_on=BORN, start=date(2010, 7, 1))
    gone = make_member(tree.neighbours, "潘山洋", birth_on=BORN, start=date(2018, 1, 1))
    membership.leave(kept, on=date(2020, 1, 1), reason="transferred_out", by=secretary)
    meet(tree.neighbours, neighbour, date(2026, 3, 20))
    days = [date(year, 6, 1) for year in range(2009, 2027)]
    counted = [sorted(Affiliation.objects.on(day).values_list("organisation__code")) for day in days]
    before = world()
    merge(kept, gone, by=committee, on=TODAY)
    kept.refresh_from_db()
    gone.refresh_from_db()
    rows = [(row.organisation, row.start, row.end) for row in kept.affiliations.order_by("start")]
    assert rows == [(tree.ours, date(2010, 7, 1), date(2020, 1, 1)), (tree.neighbours, date(2020, 1, 1), None)]
    assert [(row.start, row.end, row.end_reason) for row in gone.affiliations.all()] == [(date(2018, 1, 1), date(2020, 1, 1), "merged")]
    assert (kept.branch, kept.left_on, gone.left_on is not None, gone.merged_into) == (tree.neighbours, None, True, kept)
    assert [sorted(Affiliation.objects.on(day).values_list("organisation__code")) for day in days] == counted
    assert Fact.objects.standing().filter(member=kept, kind="meeting.theme_day").count() == 1
    sound()
    reverse(Merge.objects.get(), by=committee)
    assert world() == before
    sound()


def test_two_files_at_home_in_two_branches_leave_the_kept_one_at_home(tree, committee, kept):
    other = make_member(tree.neighbours, "潘山洋", birth_on=BORN)
    outcome = merge(kept, other, by=committee, on=TODAY)
    other.refresh_from_db()
    kept.refresh_from_db()
    assert [(row.end, row.end_reason) for row in other.affiliations.all()] == [(TODAY, "merged")]
    assert (kept.branch, kept.left_on, other.left_on) == (tree.ours, None, TODAY)
    assert "各在高家杨村党支部和袁家店村党支部" in outcome.rules[0][0]


def test_a_file_registered_and_merged_on_one_day_was_never_at_home(tree, committee, kept):
    other = make_member(tree.ours, "潘山洋", birth_on=BORN, start=TODAY)
    merge(kept, other, by=committee, on=TODAY)
    other.refresh_from_db()
    assert not other.affiliations.exists() and other.left_on == TODAY
    assert Member.objects.at_home().filter(name="潘山洋").count() == 1


# ── Meetings ────────────────────────────────────────────────────────────────
def test_on_one_roll_present_beats_absent_and_the_line_is_one(tree, secretary, committee, kept, gone):
    first = meet(tree.ours, secretary, date(2026, 3, 20), roll=absent(kept))
    second = meet(tree.ours, secretary, date(2026, 4, 20), roll=absent(gone))
    outcome = merge(kept, gone, by=committee, on=TODAY)
    assert [row.state for row in Attendance.objects.filter(meeting__in=(first, second)).order_by("meeting")] == ["present", "present"]
    assert set(Attendance.objects.values_list("member", flat=True)) == {kept.pk}
    assert {fact.kind for fact in Fact.objects.standing()} == {"meeting.theme_day", "study.hours"}
    assert any("2 次会议两份档案都在名单上" in title for title, _ in outcome.rules)


def test_a_roll_of_the_past_is_written_again_with_the_kept_file(tree, secretary, committee, kept):
    """Whoever corrects a meeting of before the merge finds one line of the person, and loses none."""
    other = make_member(tree.neighbours, "潘山洋", birth_on=BORN)
    make_member(tree.neighbours, "袁强明")
    meeting = meet(tree.neighbours, secretary, date(2026, 3, 20))
    merge(kept, other, by=committee, on=TODAY)
    assert [line.member_id for line in roll_of(tree.neighbours, date(2026, 3, 20))].count(kept.pk) == 1
    assert other.pk not in {line.member_id for line in roll_of(tree.neighbours, date(2026, 3, 20))}
    meeting.refresh_from_db()
    content = {name: getattr(meeting, name) for name in ("kind", "group", "held_on", "study_hours")}
    revise_meeting(meeting, version=meeting.version, roll={}, by=secretary, today=TODAY, topic="改正", **content)
    assert set(meeting.attendances.values_list("member", flat=True)) == {kept.pk, Member.objects.get(name="袁强明").pk}


def test_host_and_suspension_follow(tree, secretary, committee, kept, gone):
    meeting = meet(tree.ours, secretary, date(2026, 3, 20))
    type(meeting).objects.filter(pk=meeting.pk).update(host=gone)
    membership.suspend(gone, on=date(2026, 9, 1), reason="lost_contact", basis="县委〔2026〕9号", by=committee)
    merge(kept, gone, by=committee, on=TODAY)
    meeting.refresh_from_db()
    kept.refresh_from_db()
    assert (meeting.host, kept.standing, kept.suspensions.count()) == (kept, "suspended", 1)


# ── Fields ──────────────────────────────────────────────────────────────────
def test_the_kept_file_takes_the_number_and_both_stay_known(tree, committee, kept, gone):
    right, wrong = gone.id_number, kept.id_number
    merge(kept, gone, chosen=["id_number", "mobile_phone"], by=committee, on=TODAY)
    kept.refresh_from_db()
    assert (kept.id_number, kept.mobile_phone) == (right, gone.mobile_phone)
    for number in (right, wrong):
        assert Member.objects.with_id_number(number).get() == kept, "either number leads to the kept file"
        with pytest.raises(DomainError, match=r"已合并|登记过"):
            register(branch=tree.ours, start=TODAY, reason="opening", by=None, name="潘山洋", id_number=number)
    reverse(Merge.objects.get(), by=committee)
    assert (Member.objects.get(pk=kept.pk).id_number, Member.objects.get(pk=gone.pk).id_number) == (wrong, right)


def test_nothing_personal_stands_in_the_merge_or_its_audit_row(committee, kept, gone):
    merge(kept, gone, chosen=["id_number", "mobile_phone"], by=committee, on=TODAY)
    done, told = Merge.objects.get(), AuditEntry.objects.get(code="members.files.merged")
    open_words = json.dumps([done.moved, done.left, told.data], ensure_ascii=False)
    for secret in (kept.name, gone.id_number, kept.id_number, gone.mobile_phone):
        assert secret not in open_words and secret.encode() not in bytes(done.sealed)


# ── Grants and logins ───────────────────────────────────────────────────────
@pytest.fixture
def holder(tree, gone):
    """The file that goes is our secretary's: a login, a grant with the office, and a grant beside it."""
    gone.user = make_user("潘山洋", username="pan")
    gone.save(update_fields=["user"])
    with_office = make_grant(gone.user, tree.ours, "secretary")
    Office.objects.create(member=gone, organisation=tree.ours, position="secretary", start=date(2024, 1, 1), grant=with_office)
    make_grant(gone.user, tree.neighbours, "reader")
    return gone


@pytest.mark.parametrize("reopen", [False, True])
def test_a_merge_widens_nobodys_grants(tree, committee, kept, holder, reopen):
    kept.user = make_user("潘山洋", username="kept")
    kept.save(update_fields=["user"])
    before = sorted(Grant.objects.values_list("uid", "user", "organisation", "role"))
    merge(kept, holder, reopen_offices=reopen, by=committee, on=TODAY)
    holder.user.refresh_from_db()
    assert sorted(Grant.objects.values_list("uid", "user", "organisation", "role")) == before
    assert not Grant.objects.filter(user=kept.user).exists()
    assert not holder.user.is_active and Grant.objects.get(organisation=tree.ours, role="secretary", user=holder.user).end == TODAY
    open_now = list(Office.objects.filter(end=None))
    assert [(office.member, office.grant) for office in open_now] == ([(kept, None)] if reopen else [])


def test_a_merge_seats_nobody_whom_the_merger_may_not_seat(tree, committee, kept, gone):
    Office.objects.create(member=gone, organisation=tree.township, position="secretary", start=date(2024, 1, 1))
    with pytest.raises(DomainError, match="不由你任免"):
        merge(kept, gone, reopen_offices=True, by=committee, on=TODAY)
    assert Office.objects.get().end is None and not Merge.objects.exists()


def test_taking_a_merge_back_brings_the_office_and_the_login_but_no_grant(tree, committee, kept, holder):
    merge(kept, holder, reopen_offices=True, by=committee, on=TODAY)
    reverse(Merge.objects.get(), by=committee)
    holder.user.refresh_from_db()
    office = Office.objects.get()
    assert (office.member, office.end, holder.user.is_active) == (holder, None, True)
    assert office.grant.end == TODAY, "a grant is given by the security admin and a second person, never by a merge"


def test_nobody_merges_their_own_file(committee, kept, gone):
    gone.user = committee
    gone.save(update_fields=["user"])
    for one, other in ((kept, gone), (gone, kept)):
        with pytest.raises(DomainError, match="自己的档案"):
            merge(one, other, by=committee, on=TODAY)


def test_no_login_is_closed_that_reaches_beyond_the_mergers_own_place(tree, committee, department, kept, gone):
    gone.user = make_user("潘山洋", username="pan")
    gone.save(update_fields=["user"])
    make_grant(gone.user, tree.county, "department")
    with pytest.raises(DomainError, match="范围以外"):
        merge(kept, gone, by=committee, on=TODAY)
    assert gone.user.is_active and not Merge.objects.exists()
    merge(kept, gone, by=department, on=TODAY)


# ── Refused ─────────────────────────────────────────────────────────────────
def test_a_file_is_merged_once_and_then_closed(tree, committee, kept, gone):
    third = make_member(tree.ours, "潘山洋", birth_on=BORN)
    merge(kept, gone, by=committee, on=TODAY)
    gone.refresh_from_db()
    for act in (
        lambda: merge(kept, gone, by=committee, on=TODAY),
        lambda: merge(gone, third, by=committee, on=TODAY),
        lambda: merge(kept, kept, by=committee, on=TODAY),
        lambda: membership.come_back(gone, to=tree.ours, on=TODAY, reason="restored", by=committee),
        lambda: edit(gone, version=gone.version, by=committee, on=TODAY, post="教师"),
    ):
        with pytest.raises(DomainError):
            act()
    with pytest.raises(IntegrityError, match="merged_is_not_at_home"), transaction.atomic():
        Affiliation.objects.create(member=gone, organisation=tree.ours, start=date(2027, 1, 1), reason="moved")


def test_a_death_in_one_file_and_life_in_the_other_are_looked_into_first(tree, committee, kept, gone):
    membership.leave(gone, on=date(2026, 5, 1), reason="died", by=committee)
    for one, other in ((kept, gone), (gone, kept)):
        with pytest.raises(DomainError, match="去世"):
            merge(one, other, by=committee, on=TODAY)


def test_a_preview_says_what_the_merge_does_and_changes_nothing(tree, scheme, secretary, committee, kept, holder):
    meet(tree.ours, secretary, date(2026, 3, 20), roll=absent(kept))
    before, audited, grants = world(), AuditEntry.objects.count(), sorted(Grant.objects.values_list("pk", "end"))
    told = preview(kept, holder, by=committee, on=TODAY)
    assert (world(), AuditEntry.objects.count(), sorted(Grant.objects.values_list("pk", "end"))) == (before, audited, grants)
    done = merge(kept, holder, by=committee, on=TODAY)
    assert (told.follows, told.rules, told.merge.moved) == (done.follows, done.rules, done.merge.moved)
    assert any("授权不转给任何人" in line for line in done.follows)


# ── Taken back ──────────────────────────────────────────────────────────────
def test_what_changed_since_is_let_alone_and_told(tree, scheme, secretary, committee, kept, gone):
    meeting = meet(tree.ours, secretary, date(2026, 3, 20), roll=absent(kept))
    later = make_member(tree.ours, "汤秀颖")
    merge(kept, gone, chosen=["mobile_phone"], by=committee, on=TODAY)
    kept.refresh_from_db()
    edit(kept, version=kept.version, by=committee, on=TODAY, mobile_phone="13911112222")
    meeting.refresh_from_db()
    content = {name: getattr(meeting, name) for name in ("kind", "group", "held_on", "topic", "study_hours")}
    revise_meeting(meeting, version=meeting.version, roll=absent(kept), by=secretary, today=TODAY, **content)
    back = reverse(Merge.objects.get(), by=committee)
    assert back.left["members.Member"] == 1 and back.left["members.Fact"] >= 1
    assert Member.objects.get(pk=kept.pk).mobile_phone == "13911112222"
    assert Member.objects.at_home().filter(pk__in=(kept.pk, gone.pk, later.pk)).count() == 3
    sound()


def test_a_merge_is_taken_back_once_and_in_order(tree, committee, kept, gone):
    last = make_member(tree.ours, "潘山洋", birth_on=BORN)
    first = merge(kept, gone, by=committee, on=TODAY).merge
    second = merge(last, kept, by=committee, on=TODAY).merge
    assert Member.objects.get(pk=gone.pk).merged_into == last, "links of the first lead on to the last"
    with pytest.raises(DomainError, match="先撤销那一次"):
        reverse(first, by=committee)
    reverse(second, by=committee)
    reverse(first, by=committee)
    assert not Member.objects.exclude(merged_into=None).exists()
    with pytest.raises(DomainError, match="已经撤销"):
        reverse(first, by=committee)


def test_a_destroyed_key_is_told(committee, kept, gone):
    done = merge(kept, gone, by=committee, on=TODAY).merge
    personkeys.destroy(kept.uid)
    with pytest.raises(DomainError, match="密钥已经销毁"):
        reverse(done, by=committee)


# ── At once ─────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_two_merges_that_share_a_file_are_taken_one_after_the_other(tree, committee, department, kept, gone):
    third = make_member(tree.ours, "潘山洋", birth_on=BORN)
    told = at_once(lambda: merge(kept, gone, by=committee, on=TODAY), lambda: merge(third, gone, by=department, on=TODAY))
    assert sorted(type(one).__name__ for one in told) == ["DomainError", "Outcome"]
    assert Merge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_merges_crosswise_end_with_one_file(tree, committee, department, kept, gone):
    told = at_once(lambda: merge(kept, gone, by=committee, on=TODAY), lambda: merge(gone, kept, by=department, on=TODAY))
    assert sorted(type(one).__name__ for one in told) == ["DomainError", "Outcome"]
    assert Member.objects.at_home().filter(name="潘山洋").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_merge_while_a_settle_runs_loses_and_doubles_nothing(tree, secretary, committee, kept, gone):
    publish_default(tree.county, start=date(2025, 1, 1), by=None)
    for number in range(1, 10):
        meet(tree.ours, secretary, date(2026, number, 20), roll=absent(kept) if number % 2 else absent(gone))
    told = at_once(
        lambda: merge(kept, gone, by=committee, on=TODAY),
        lambda: settle(Scope(2026)),
        lambda: settle(Scope.of([kept.pk, gone.pk], 2026)),
    )
    assert not [one for one in told if isinstance(one, Exception)]
    sound()
    assert ledger(gone) == [] and ledger(kept)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_one_merge_back_do_it_once(committee, department, kept, gone):
    done = merge(kept, gone, by=committee, on=TODAY).merge
    told = at_once(lambda: reverse(done, by=committee), lambda: reverse(done, by=department))
    assert sorted(type(one).__name__ for one in told) == ["DomainError", "Merge"]


def test_the_database_is_asked_as_often_for_one_meeting_as_for_twelve(tree, secretary, committee):
    counts = []
    for many in (1, 12):
        pair = [make_member(tree.ours, "潘山洋", birth_on=BORN, id_number=id_number(BORN)) for _ in range(2)]
        for number in range(1, many + 1):
            meet(tree.ours, secretary, date(2025 if many == 1 else 2026, 1, number))
        with CaptureQueriesContext(connection) as asked:
            merge(pair[0], pair[1], by=committee, on=TODAY)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 12 * 4, counts


# ── The pages ───────────────────────────────────────────────────────────────
def merge_url(kept, gone):
    return reverse_url("members:merge", args=[kept.uid, gone.uid])


def test_the_page_shows_both_files_and_what_will_follow_and_changes_nothing(client, tree, secretary, committee, kept, gone):
    meet(tree.ours, secretary, date(2026, 3, 20), roll=absent(kept))
    client.force_login(committee)
    before = world()
    page = client.get(merge_url(kept, gone)).content.decode()
    assert "现在只是预览" in page and kept.id_masked in page and gone.id_masked in page
    assert "1 次会议两份档案都在名单上" in page and "有一份到会就算到会" in page
    assert f'href="{merge_url(gone, kept)}"' in page, "the other file may be the one to keep"
    assert kept.id_number not in page and gone.id_number not in page
    assert world() == before


def test_the_chosen_values_are_taken_and_the_reader_lands_on_the_kept_file(client, committee, kept, gone):
    client.force_login(committee)
    answer = client.post(merge_url(kept, gone), {"mobile_phone": "gone", "id_number": "kept"}, follow=True)
    kept.refresh_from_db()
    assert answer.redirect_chain[-1][0] == reverse_url("members:member", args=[kept.uid])
    assert "已合成一份" in answer.content.decode() and kept.mobile_phone == gone.mobile_phone


def test_a_choice_that_contradicts_the_rest_is_refused_and_what_was_chosen_stays(client, tree, committee, gone):
    """The number of the other file says a birth after the kept file's day of joining."""
    kept = make_member(tree.ours, "潘山洋", birth_on=date(1950, 1, 1), joined_on=date(1970, 1, 1), full_on=date(1970, 1, 1))
    client.force_login(committee)
    answer = client.post(merge_url(kept, gone), {"id_number": "gone", "category": "kept"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "入党日期须晚于出生日期" in page
    assert 'name="id_number" value="gone" checked' in page
    assert not Merge.objects.exists()


def test_a_merge_that_may_not_be_says_why_and_offers_no_button(client, tree, committee, kept, gone):
    membership.leave(gone, on=date(2026, 5, 1), reason="died", by=committee)
    client.force_login(committee)
    page = client.get(merge_url(kept, gone)).content.decode()
    assert "先核实" in page and "正在合并" not in page
    assert client.post(merge_url(kept, gone)).status_code == 422


def test_both_files_must_be_in_scope(client, tree, committee, neighbour, kept):
    far = make_member(tree.far, "潘山洋", birth_on=BORN)
    client.force_login(committee)
    for one, other in ((kept, far), (far, kept)):
        assert client.get(merge_url(one, other)).status_code == 404
        assert client.post(merge_url(one, other)).status_code == 404
        assert client.post(reverse_url("members:not_same"), {"one": one.uid, "other": other.uid}).status_code == 404
    assert not Merge.objects.exists()


def test_a_merge_across_the_committees_is_listed_to_the_department_alone(client, tree, committee, department, kept):
    far = make_member(tree.far, "潘山洋", birth_on=BORN)
    done = merge(kept, far, by=department, on=TODAY).merge
    client.force_login(committee)
    assert "潘山洋" not in client.get(reverse_url("members:merged")).content.decode()
    assert client.post(reverse_url("members:merge_reverse", args=[done.uid])).status_code == 404
    client.force_login(department)
    assert "潘山洋" in client.get(reverse_url("members:merged")).content.decode()


def test_taking_back_shows_what_was_changed_since_and_then_does_it(client, committee, kept, gone):
    done = merge(kept, gone, chosen=["mobile_phone"], by=committee, on=TODAY).merge
    kept.refresh_from_db()
    edit(kept, version=kept.version, by=committee, on=TODAY, mobile_phone="13911112222")
    client.force_login(committee)
    url = reverse_url("members:merge_reverse", args=[done.uid])
    page = client.get(url).content.decode()
    assert "撤销后到档案里核对" in page and "档案资料" in page
    assert Merge.objects.get().reversed_at is None, "looking changes nothing"
    assert "合并以后又改过的 1 条没有动" in client.post(url, follow=True).content.decode()
    assert client.post(url).status_code == 409
    assert "这次合并已经撤销" in client.get(url).content.decode()


def test_links_to_the_file_that_went_lead_to_the_kept_one(client, tree, secretary, committee, kept, gone):
    number = gone.id_number
    merge(kept, gone, by=committee, on=TODAY)
    client.force_login(secretary)
    assert client.get(reverse_url("members:member", args=[gone.uid])).url == reverse_url("members:member", args=[kept.uid])
    told = client.get(reverse_url("api:member-detail", args=[gone.uid]))
    assert told.status_code == 307 and told["Location"].endswith(reverse_url("api:member-detail", args=[kept.uid]))
    listed = client.get(reverse_url("api:member-list"), {"q": number}).json()["results"]
    assert [row["uid"] for row in listed] == [str(kept.uid)], "its number finds the kept file"
    answer = client.post(reverse_url("members:edit", args=[gone.uid]), {"name": "潘山洋"})
    assert answer.status_code != 302 or answer.url == reverse_url("members:member", args=[kept.uid])


def test_a_roster_that_names_the_number_of_the_file_that_went_finds_the_kept_one(committee, kept, gone):
    merge(kept, gone, by=committee, on=TODAY)
    went = Member.objects.filter(pk=gone.pk).values()[0]
    branch = kept.branch.name
    answer = imported(row(id_number=gone.id_number, name="潘山阳", branch=branch, post="教师"), row(id_number=id_number(), name="吴山军"))
    assert (answer.batch.new, answer.batch.refused, answer.errors) == (1, 0, [])
    kept.refresh_from_db()
    assert (kept.name, kept.post) == ("潘山阳", "教师")
    assert Member.objects.filter(pk=gone.pk).values()[0] == went and not gone.affiliations.filter(end=None).exists(), (
        "nobody comes back to life by an import"
    )


def test_the_list_costs_the_same_for_one_pair_and_for_nine(client, tree, department):
    def pair(name):
        for phone in ("13800000001", "13800000002"):
            make_member(tree.ours, name, birth_on=BORN, mobile_phone=phone)

    pair("汤秀颖")
    client.force_login(department)
    client.get(reverse_url("members:duplicates"))
    with fits_budget("members:duplicates"):
        client.get(reverse_url("members:duplicates"))
    for at in range(8):
        pair(f"汤秀{'一二三四五六七八'[at]}")
    with fits_budget("members:duplicates"):
        assert "共 9 对" in client.get(reverse_url("members:duplicates")).content.decode()


def test_a_pair_is_told_apart_and_compared_again_from_the_page(client, committee, kept, gone):
    client.force_login(committee)
    url = reverse_url("members:duplicates")
    assert "潘山洋" in client.get(url).content.decode()
    assert (
        "以后不再提示" in client.post(reverse_url("members:not_same"), {"one": kept.uid, "other": gone.uid}, follow=True).content.decode()
    )
    assert "没有看着像同一人的档案" in client.get(url).content.decode()
    said = NotSame.objects.get()
    assert "重新比对" in client.get(url, {"tab": "apart"}).content.decode()
    client.post(reverse_url("members:not_same"), {"withdraw": said.uid})
    assert "潘山洋" in client.get(url).content.decode()
    for wrong in ({"one": "nonsense", "other": gone.uid}, {"withdraw": "nonsense"}, {}):
        assert client.post(reverse_url("members:not_same"), wrong).status_code == 404


# ── Dues ────────────────────────────────────────────────────────────────────
def test_what_either_file_paid_is_paid_and_nobody_owes_a_month_twice(tree, secretary, committee, kept, gone):
    """Assessed and paid under the second file until March, under the first from April on."""
    assess(gone)
    assess(kept, start=month(4))
    take(gone, by=secretary, until=month(3), day=date(2026, 3, 20), today=date(2026, 3, 20))
    take(kept, by=secretary, until=month(6), day=date(2026, 6, 20), today=date(2026, 6, 20))
    before = months_of(kept), months_of(gone)
    books = Payment.objects.aggregate(total=Sum("amount"))["total"]
    merge(kept, gone, by=committee, on=TODAY)
    assert months_of(gone) == [], "the file that went owes nothing"
    assert [number for number, _, paid in months_of(kept) if paid] == [1, 2, 3, 4, 5, 6]
    assert Payment.objects.aggregate(total=Sum("amount"))["total"] == books
    reverse(Merge.objects.get(), by=committee)
    assert (months_of(kept), months_of(gone)) == before
    assert Payment.objects.aggregate(total=Sum("amount"))["total"] == books


def test_a_month_paid_under_both_stays_where_it_came_in_and_is_told(tree, secretary, committee, kept, gone):
    assess(kept, gone)
    take(kept, gone, by=secretary, until=month(3), day=date(2026, 3, 20), today=date(2026, 3, 20))
    outcome = merge(kept, gone, by=committee, on=TODAY)
    assert any("党费 1 笔两份档案交了同一个月" in line for line in outcome.follows)
    assert Payment.objects.count() == 2 and months_of(gone) == []
    reverse(Merge.objects.get(), by=committee)
    assert months_of(gone) == months_of(kept)


def test_months_only_the_other_file_paid_go_over_with_their_receipt_and_fact(tree, secretary, deputy, committee, kept, gone):
    """潘 paid under the second file; the first was never assessed."""
    assess(gone)
    taken = take(gone, by=secretary, until=month(6), day=date(2026, 6, 20), today=date(2026, 6, 20))
    confirm(Collection.objects.filter(pk=taken.pk), by=deputy)
    before = months_of(gone)
    merge(kept, gone, by=committee, on=TODAY)
    assert months_of(kept) == before and months_of(gone) == []
    assert [(row.member, row.amount > 0) for row in Payment.objects.order_by("pk")] == [(gone, True), (gone, False), (kept, True)]
    assert list(Fact.objects.standing().filter(kind="dues.paid").values_list("member", "units")) == [(kept.pk, 6)]
    reverse(Merge.objects.get(), by=committee)
    assert months_of(kept) == [] and months_of(gone) == before
    assert list(Fact.objects.standing().filter(kind="dues.paid").values_list("member", "units")) == [(gone.pk, 6)]
    receipts = list(Payment.objects.filter(reverses=None).values_list("receipt", flat=True))
    assert len(set(receipts)) == len(receipts) == 3


def test_late_dues_are_judged_again_by_what_both_paid(tree, secretary, committee, kept, gone):
    """The second file was never paid for: its arrears were nobody's."""
    assess(kept, gone)
    take(kept, by=secretary, until=month(6), day=date(2026, 6, 20), today=date(2026, 6, 20))
    note_arrears(today=date(2026, 7, 1))
    before = world()["facts"]
    assert Fact.objects.standing().filter(kind="dues.arrears", member=gone).exists()
    merge(kept, gone, by=committee, on=TODAY)
    assert not Fact.objects.standing().filter(kind="dues.arrears").exists()
    reverse(Merge.objects.get(), by=committee)
    assert world()["facts"] == before


# ── Any two histories ───────────────────────────────────────────────────────
@pytest.mark.parametrize("seed", range(10))
def test_any_two_histories_leave_every_past_day_as_it_was_counted_and_one_home_a_day(tree, committee, seed):
    """Branches keep as many members on every past day, the kept file has one home a day or none, and all of it can be taken back."""
    dice = Random(seed)
    branches = (tree.ours, tree.neighbours)

    def live(member):
        """Moves, departures and returns on random days, as rows."""
        member.affiliations.all().delete()
        day, spans = date(2010, 1, 1) + timedelta(days=dice.randrange(2000)), []
        for _ in range(dice.randint(1, 4)):
            until = day + timedelta(days=dice.randint(1, 1500))
            spans.append((day, min(until, TODAY)))
            day = until + timedelta(days=dice.choice((0, 0, 1, 300)))
            if day >= TODAY:
                break
        for at, (start, end) in enumerate(spans):
            last = at == len(spans) - 1
            still = last and dice.random() < 0.7
            Affiliation.objects.create(
                member=member,
                organisation=dice.choice(branches),
                start=start,
                end=None if still else end,
                reason="opening" if at == 0 else "moved",
                end_reason="" if still else "transferred_out" if last else "moved",
            )

    kept, gone = (make_member(tree.ours, "潘山洋", birth_on=BORN) for _ in range(2))
    live(kept)
    live(gone)
    days = [date(2009, 12, 31) + timedelta(days=k) for k in range(0, (TODAY - date(2010, 1, 1)).days, 37)]
    counted = [sorted(Affiliation.objects.on(day).values_list("organisation_id")) for day in days]
    at_home = Member.objects.at_home().filter(pk__in=(kept.pk, gone.pk)).exists()
    before = world()
    merge(kept, gone, by=committee, on=TODAY)
    assert [sorted(Affiliation.objects.on(day).values_list("organisation_id")) for day in days] == counted
    open_rows = list(Affiliation.objects.filter(end=None))
    assert [row.member_id for row in open_rows] == ([kept.pk] if at_home else [])
    kept.refresh_from_db()
    assert (kept.left_on is None) == at_home
    assert not Affiliation.objects.filter(end__isnull=False, end_reason="").exists()
    ours = kept.affiliations.order_by("start")
    assert all(one.end is not None and one.end <= other.start for one, other in pairwise(ours))
    reverse(Merge.objects.get(), by=committee)
    assert world() == before
