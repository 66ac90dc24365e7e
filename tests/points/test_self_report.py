"""报一件事: a member's own deed with a photo, many confirmed together, refused and filed again, revoked, vetoed, too late."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from members.models import Fact
from partyportal.core.attachments import LARGEST
from partyportal.core.errors import DomainError
from partyportal.core.models import Attachment, AuditEntry
from points.models import Award, Category, Entry, Item, Scheme
from points.rules.years import may_correct_freely
from points.services import confirm_award, confirm_awards, file_award, publish_default, refuse_award, revoke_award, settle_owed
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member, make_user
from tests.points.makers import total
from tests.points.test_concurrency import at_once

TODAY = timezone.localdate()
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 400


def photo(content=JPEG, name="合影.jpg"):
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


@pytest.fixture
def scheme(tree):
    return publish_default(tree.county, start=date(2020, 1, 1), by=None)


@pytest.fixture
def veto(tree, scheme):
    """A version of today's year that also knows a veto and an item by grade."""
    version = Scheme.objects.create(organisation=tree.county, name="积分办法", version=2, start=date(TODAY.year, 1, 1))
    category = Category.objects.create(scheme=version, code="conduct", name="遵规守纪")
    Item.objects.create(
        scheme=version, category=category, code="veto", name="受处分", fact_kind="manual.veto", value=0, manual=True, is_veto=True
    )
    praised = Item.objects.create(
        scheme=version, category=category, code="praise", name="受表彰", fact_kind="manual.praise", value=1, manual=True
    )
    praised.grades.create(code="county", name="县级", value=3)
    Scheme.objects.filter(pk=version.pk).update(published_at=timezone.now())
    return version


def filed(member, by, *, code="volunteer", **changed):
    usual = {
        "item": Item.objects.filter(code=code).latest("scheme__start"),
        "day": TODAY,
        "units": Decimal(4),
        "title": "护林巡查",
        "evidence": "值班表",
        "today": TODAY,
    }
    return file_award(member=member, by=by, **(usual | changed))


# ── Reporting ───────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_member_reports_with_a_photo_and_another_confirms(client, scheme, member, secretary, django_capture_on_commit_callbacks):
    client.force_login(member.user)
    form = {"item": "volunteer", "day": TODAY.isoformat(), "units": "4", "title": "在后山护林", "evidence": ""}
    refused = client.post(reverse("points:report"), form)
    assert refused.status_code == 422 and "在后山护林" in refused.content.decode(), "without any evidence it is refused and kept"
    assert client.post(reverse("points:report"), form | {"files": [photo(), photo(b"%PDF-1.7")]}).status_code == 302
    award = Award.objects.get()
    assert (award.member, award.filed_by, award.state) == (member, member.user, "filed")
    assert sorted(award.files.values_list("kind", flat=True)) == ["application/pdf", "image/jpeg"]
    stored = award.files.get(kind="image/jpeg")
    assert JPEG not in bytes(stored.sealed), "what is handed in is sealed"
    with pytest.raises(DomainError, match="另一个人"):
        confirm_award(award, by=member.user)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_award(award, by=secretary)
    assert total(member) == 4
    shown = client.get(reverse("points:award_file", args=[award.uid, stored.uid]))
    assert (shown.content, shown["Content-Type"], shown["X-Content-Type-Options"]) == (JPEG, "image/jpeg", "nosniff")
    assert "合影" not in shown["Content-Disposition"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("uploads", "sentence"),
    [
        ([photo(b"MZ\x90 not a photo")], "只收照片"),
        ([photo(b"<svg onload=alert(1)>", "x.svg")], "只收照片"),
        ([photo(JPEG + b"0" * LARGEST)], "8 MB"),
        ([photo()] * 4, "最多传 3 个"),
    ],
)
def test_only_small_photos_and_pdfs_are_taken(scheme, member, uploads, sentence):
    with pytest.raises(DomainError, match=sentence) as refusal:
        filed(member, member.user, files=uploads)
    assert refusal.value.field == "files"
    assert not Award.objects.exists() and not Attachment.objects.exists()


@pytest.mark.django_db
def test_a_member_is_offered_nothing_that_takes_away(client, veto, scheme, member):
    client.force_login(member.user)
    offered = client.get(reverse("points:report")).content.decode()
    assert "受表彰" in offered and "受处分" not in offered and "县级" in offered


@pytest.mark.django_db
def test_who_is_no_member_has_nothing_to_report(client, outsider):
    client.force_login(outsider)
    assert 'id="report"' not in client.get(reverse("points:report")).content.decode()
    assert client.post(reverse("points:report"), {}).status_code == 200 and not Award.objects.exists()


@pytest.mark.django_db
def test_a_grade_is_chosen_where_there_are_grades(veto, member, secretary, deputy, django_capture_on_commit_callbacks):
    with pytest.raises(DomainError, match="选一个档次"):
        filed(member, secretary, code="praise")
    award = filed(member, secretary, code="praise", grade="county", units=Decimal(1))
    with django_capture_on_commit_callbacks(execute=True):
        confirm_award(award, by=deputy)
    assert Fact.objects.get().grade == "county" and total(member) == 3


# ── Refused, and put right ──────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_refused_deed_is_filed_again_once_and_filled_in(client, scheme, member, secretary, neighbour):
    award = refuse_award(filed(member, member.user, title="巡山"), reason="写清楚时间", by=secretary)
    client.force_login(member.user)
    url = f"{reverse('points:report')}?again={award.uid}"
    shown = client.get(url).content.decode()
    assert "巡山" in shown and "写清楚时间" in shown
    form = {"item": "volunteer", "day": TODAY.isoformat(), "units": "4", "title": "上午巡山", "evidence": "老杨"}
    assert client.post(url, form).status_code == 302
    assert Award.objects.get(title="上午巡山").again_of == award
    assert client.post(url, form).status_code == 422, "once"
    assert Award.objects.count() == 2
    client.force_login(neighbour)
    assert client.get(reverse("points:award_new") + f"?again={award.uid}").status_code == 404


# ── Many together ───────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_many_are_confirmed_and_the_rest_told_why(client, tree, scheme, member, secretary, deputy, django_capture_on_commit_callbacks):
    theirs = [filed(make_member(tree.ours, f"党员{n}"), secretary) for n in range(3)]
    own, done = filed(member, deputy), confirm_award(filed(make_member(tree.ours), secretary), by=deputy)
    far = filed(make_member(tree.far), secretary)
    client.force_login(deputy)
    url = reverse("points:awards_confirm")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url, {"chosen": [str(award.uid) for award in (*theirs, own, done, far)]})
    text = answer.content.decode()
    assert "已认定 3 笔" in text and "自己登记的" in text and "别人刚才已经认定" in text
    assert Award.objects.filter(state="confirmed").count() == 4
    assert not Award.objects.filter(pk__in=[own.pk, far.pk], state="confirmed").exists()
    assert [total(award.member) for award in theirs] == [4, 4, 4]
    assert AuditEntry.objects.filter(code="points.award.confirmed").count() == 4
    filed(member, secretary)
    client.post(url + "?q=刘明", {"all": "1"})
    assert Award.objects.filter(member=member, state="confirmed").count() == 1
    assert client.post(url, {}).status_code == 302, "nothing ticked: back with a sentence"


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 50])
def test_confirming_fifty_costs_what_one_costs(tree, scheme, secretary, deputy, many):
    chosen = [filed(make_member(tree.ours), secretary) for _ in range(many)]
    deputy._held_grants = ()
    del deputy._held_grants
    with fits_budget("points:awards_confirm service"):
        assert len(confirm_awards(chosen, by=deputy).confirmed) == many


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 50])
def test_the_list_costs_the_same(client, tree, scheme, secretary, deputy, many):
    for n in range(many):
        filed(make_member(tree.ours, f"党员{n}"), secretary)
    client.force_login(deputy)
    with fits_budget("points:awards"):
        assert client.get(reverse("points:awards")).status_code == 200


# ── Revoked ─────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_wrong_confirmation_is_revoked_above_and_the_correction_posts_itself(
    client, scheme, member, secretary, deputy, committee, django_capture_on_commit_callbacks
):
    award = filed(member, secretary)
    with pytest.raises(DomainError, match="还没有认定"):
        revoke_award(award, reason="重复", by=committee)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_award(award, by=deputy)
    url = reverse("points:award_revoke", args=[award.uid])
    client.force_login(deputy)
    assert client.post(url, {"reason": "重复"}).status_code == 403, "above the branch"
    client.force_login(committee)
    assert client.post(url, {"reason": ""}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"reason": "同一次巡查登记了两回"}).status_code == 302
    assert total(member) == 0 and [entry.points for entry in Entry.objects.order_by("id")] == [4, -4]
    client.force_login(member.user)
    assert "同一次巡查登记了两回" in client.get(reverse("points:award", args=[award.uid])).content.decode()
    with pytest.raises(DomainError, match="已经撤销"):
        revoke_award(award, reason="再来", by=committee)
    with pytest.raises(DomainError, match="已经撤销"):
        confirm_award(award, by=deputy)


@pytest.mark.django_db
def test_the_database_wants_a_reason_for_a_revocation(scheme, member, secretary, deputy):
    award = confirm_award(filed(member, secretary), by=deputy)
    with pytest.raises(IntegrityError, match="award_revoked_for_a_reason"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(state="revoked")


# ── Vetoes ──────────────────────────────────────────────────────────────────
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"document_number": " "}, "document_number"),
        ({"expires_on": None}, "expires_on"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expires_on"),
        ({"evidence": "", "files": [photo()]}, "evidence"),
    ],
)
def test_a_veto_needs_its_document_its_evidence_and_its_end(veto, member, secretary, changed, field):
    usual = {"code": "veto", "units": Decimal(1), "document_number": "清纪〔4〕", "expires_on": date(TODAY.year + 1, 3, 1)}
    with pytest.raises(DomainError) as refusal:
        filed(member, secretary, **(usual | changed))
    assert refusal.value.field == field and not Award.objects.exists()


@pytest.mark.django_db
def test_a_veto_is_a_fact_of_each_year_it_touches_and_revoking_gives_all_back(veto, member, secretary, deputy, committee):
    award = filed(member, secretary, code="veto", units=Decimal(1), document_number="清纪〔4〕", expires_on=date(TODAY.year + 2, 1, 1))
    confirm_award(award, by=deputy)
    years = [TODAY.year, TODAY.year + 1, TODAY.year + 2]
    assert [(fact.key, fact.day) for fact in Fact.objects.order_by("day")] == [
        (f"points.veto:{award.uid}:{year}", TODAY if year == TODAY.year else date(year, 1, 1)) for year in years
    ]
    revoke_award(award, reason="处分撤销了", by=committee)
    assert not Fact.objects.standing().exists()


# ── After the year's end ────────────────────────────────────────────────────
@pytest.mark.parametrize(("today", "free"), [(date(2026, 12, 31), True), (date(2027, 1, 31), True), (date(2027, 2, 1), False)])
def test_a_year_is_corrected_freely_until_the_end_of_january(today, free):
    assert may_correct_freely(2026, today, days=31) is free


@pytest.mark.django_db
def test_later_the_department_consents_by_doing_it(scheme, member, secretary, deputy, department):
    award = filed(member, secretary)
    later = date(TODAY.year + 1, 2, 1)
    with pytest.raises(DomainError, match="组织部"):
        confirm_award(award, by=deputy, today=later)
    assert not Fact.objects.exists()
    assert confirm_award(award, by=department, today=later).state == "confirmed"
    with pytest.raises(DomainError, match="组织部"):
        revoke_award(award, reason="错了", by=make_chief(member), today=later)


def make_chief(member):
    user = make_user("另一位党委", username="chief")
    make_grant(user, member.branch.parent, "committee")
    return user


# ── At once ─────────────────────────────────────────────────────────────────
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_confirm_one_and_a_bulk_meets_singles(tree, scheme, secretary, deputy, committee):
    people = [make_member(tree.ours, f"党员{n}") for n in range(6)]
    chosen = [filed(person, secretary) for person in people]
    outcomes, guard = [], threading.Lock()

    def single(award, by):
        confirm_award(award, by=by)

    def bulk(by, order):
        done = confirm_awards(order, by=by)
        with guard:
            outcomes.append(len(done.confirmed))

    at_once(
        *(lambda a=a: single(a, deputy) for a in chosen[:3]),
        lambda: single(chosen[0], committee),
        lambda: bulk(committee, chosen),
        lambda: bulk(deputy, chosen[::-1]),
    )
    assert connection.vendor == "postgresql"
    settle_owed()
    assert Award.objects.filter(state="confirmed").count() == 6 and Fact.objects.count() == 6, "each counted once"
    assert [total(person) for person in people] == [4] * 6
    assert sum(outcomes) <= 6
