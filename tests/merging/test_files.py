"""Two files of one person made one, and two again: fields, homes and logins kept, nobody's grants widened."""

import json
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db import IntegrityError, transaction

from branches.models import Grant
from education.services import revise_meeting
from members.models import Affiliation, Member, Merge, Office
from members.services import membership
from members.services.people import edit, register
from partyportal.core import personkeys
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from partyportal.dashboard.workflows.merging import merge, preview, reverse
from tests.factories import make_grant, make_member, make_user
from tests.merging.makers import BORN, TODAY, absent, meet, sound, world


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
