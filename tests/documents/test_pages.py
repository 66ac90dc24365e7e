"""Pages and API of 台账 as people use them."""

import io
import zipfile
from datetime import date
from urllib.parse import unquote

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from branches.models import Grant
from education.documents import services
from education.documents.models import Book
from partyportal.core.models import AuditEntry, Job
from tests.budgets import fits_budget
from tests.documents.conftest import TODAY, held

BOOKS = "/education/books/"
WISH = {"organisation": "高家杨村党支部", "span": "year", "year": "2026", "month": "", "form": "pdf"}


def test_the_form_starts_with_one_s_own_branch(client, secretary, tree):
    client.force_login(secretary)
    page = client.get(BOOKS)
    assert page.context["form"].initial["organisation"] == tree.ours.name
    assert "还没有生成过" in page.content.decode()


def test_what_is_asked_for_is_made_by_a_job_and_shown(client, secretary, meeting):
    client.force_login(secretary)
    answer = client.post(BOOKS, WISH)
    asked = Book.objects.get()
    assert answer.url == reverse("documents:book", args=[asked.uid])
    assert (asked.job.title, asked.job.kind) == ("生成高家杨村党支部2026年台账", "education.documents.tasks.make_book")
    page = client.get(answer.url).content.decode()
    assert "生成高家杨村党支部2026年台账" in page and reverse("documents:book_file", args=[asked.uid]) not in page


@pytest.mark.parametrize(
    ("wish", "field", "said"),
    [
        ({"span": "month"}, "month", "选一个月"),
        ({"span": "month", "month": "12"}, "month", "还没有到的时间没有台账"),
        ({"organisation": "袁家店村党支部"}, "organisation", "没有找到"),
        ({"form": "exe"}, "form", ""),
        ({"year": "1800"}, "year", ""),
    ],
)
def test_a_refused_wish_comes_back_as_it_was_typed(client, secretary, tree, wish, field, said):
    client.force_login(secretary)
    answer = client.post(BOOKS, WISH | wish)
    assert answer.status_code == 422 and said in answer.context["form"].errors[field][0]
    assert answer.context["form"]["organisation"].value() == (WISH | wish)["organisation"]
    assert not Book.objects.exists()


def test_a_book_is_downloaded_under_its_own_name_and_the_giving_out_is_audited(client, secretary, meeting, book):
    made = book(form="docx")
    client.force_login(secretary)
    page = client.get(reverse("documents:book", args=[made.uid])).content.decode()
    assert made.digest in page
    answer = client.get(reverse("documents:book_file", args=[made.uid]))
    assert unquote(answer["Content-Disposition"]).endswith("高家杨村党支部2026年组织生活台账.docx")
    content = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(content) == made.size
    assert zipfile.is_zipfile(io.BytesIO(content))
    assert AuditEntry.objects.filter(code="documents.book.given_out", actor=secretary, target_uid=made.uid).count() == 1


def test_nobody_else_takes_it_and_who_lost_the_grant_no_longer_does(client, secretary, deputy, committee, meeting, book):
    made = book()
    address = reverse("documents:book_file", args=[made.uid])
    for other in (deputy, committee):
        client.force_login(other)
        assert client.get(address).status_code == 404
    client.force_login(secretary)
    Grant.objects.filter(user=secretary).update(role="reader")
    assert client.get(address).status_code == 403
    Grant.objects.filter(user=secretary).delete()
    assert client.get(address).status_code == 404


def test_what_is_not_ready_or_was_thrown_away_says_so(client, secretary, tree, meeting, book):
    asked = services.ask(organisation=tree.ours, span="year", start=TODAY, form="xlsx", by=secretary, today=TODAY)
    client.force_login(secretary)
    answer = client.get(reverse("documents:book_file", args=[asked.uid]), follow=True)
    assert "还没有做好" in answer.content.decode()
    made = book()
    answer = client.post(reverse("documents:book_throw", args=[made.uid]), follow=True)
    assert "文件已清掉" in answer.content.decode()
    assert "可以再生成一份" in client.get(reverse("documents:book", args=[made.uid])).content.decode()


def test_a_confirmed_meeting_offers_its_sheet_and_a_draft_does_not(client, tree, secretary, reader, people, meeting):
    client.force_login(secretary)
    address = reverse("documents:book_meeting", args=[meeting.uid])
    assert address in client.get(reverse("education:meeting", args=[meeting.uid])).content.decode()
    answer = client.post(address, {"form": "pdf"})
    asked = Book.objects.get()
    assert answer.url == reverse("documents:book", args=[asked.uid])
    assert (asked.meeting, asked.start, asked.organisation) == (meeting, meeting.held_on, tree.ours)
    assert client.post(address, {"form": "exe"}).status_code == 404
    draft = held(tree.ours, secretary, people, kind="lecture", confirm=False)
    assert "台账页" not in client.get(reverse("education:meeting", args=[draft.uid])).content.decode()
    answer = client.post(reverse("documents:book_meeting", args=[draft.uid]), {"form": "pdf"}, follow=True)
    assert "还没有确认" in answer.content.decode() and Book.objects.count() == 1
    client.force_login(reader)
    assert "台账页" not in client.get(reverse("education:meeting", args=[meeting.uid])).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(client, secretary, tree, meeting):
    client.force_login(secretary)
    for many in (1, 15):
        for at in range(many):
            services.ask(organisation=tree.ours, span="year", start=TODAY, form="pdf", by=secretary, today=TODAY)
            Job.objects.update(state=Job.State.FAILED)
            assert at < many
        with fits_budget("documents:books"):
            client.get(BOOKS)


@pytest.fixture
def api(secretary):
    client = APIClient()
    client.force_authenticate(secretary)
    return client


def test_a_book_by_api(api, tree, secretary, meeting):
    wish = {"organisation": tree.ours.code, "span": "year", "start": "2026-01-01", "form": "pdf"}
    answer = api.post("/api/v1/education/books/", wish, format="json", headers={"Idempotency-Key": "one"})
    again = api.post("/api/v1/education/books/", wish, format="json", headers={"Idempotency-Key": "one"})
    assert answer.status_code == 201 and again.json() == answer.json() and Book.objects.count() == 1
    told = answer.json()
    assert (told["is_kept"], told["as_of"], told["organisation"]["code"]) == (False, "2026-11-22", tree.ours.code)
    from members.services.imports import no_progress

    services.make_in_job(Job.objects.get(), no_progress)
    told = api.get(f"/api/v1/education/books/{told['uid']}/").json()
    answer = api.get(f"/api/v1/education/books/{told['uid']}/file/")
    assert told["is_kept"] and len(b"".join(answer.streaming_content)) == told["size"]
    assert [one["uid"] for one in api.get("/api/v1/education/books/").json()["results"]] == [told["uid"]]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"organisation": "001003002", "span": "year", "start": "2026-01-01"}, "organisation"),
        ({"organisation": "001003001", "span": "year"}, "start"),
        ({"span": "meeting"}, "meeting"),
    ],
)
def test_the_api_refuses_at_the_field(api, tree, wish, field):
    answer = api.post("/api/v1/education/books/", wish | {"form": "pdf"}, format="json", headers={"Idempotency-Key": field})
    assert answer.status_code == 400 and field in answer.json()["errors"]


def test_by_api_nobody_sees_another_s_book(api, committee, meeting, book):
    made = book()
    api.force_authenticate(committee)
    assert api.get(f"/api/v1/education/books/{made.uid}/").status_code == 404
    assert api.get(f"/api/v1/education/books/{made.uid}/file/").status_code == 404


def test_a_branch_s_own_page_makes_this_year_s_book_by_one_button(client, secretary, reader, tree, meeting):
    client.force_login(secretary)
    shown = client.get(reverse("branches:organisation", args=[tree.ours.code]))
    assert "生成今年台账" in shown.content.decode()
    answer = client.post(reverse("documents:books"), shown.context["book"])
    asked = Book.objects.get()
    assert answer["Location"] == reverse("documents:book", args=[asked.uid])
    assert (asked.organisation, asked.span, asked.start, asked.form) == (tree.ours, "year", date(2026, 1, 1), "pdf")
    client.force_login(reader)
    assert "生成今年台账" not in client.get(reverse("branches:organisation", args=[tree.ours.code])).content.decode()


def test_a_committee_s_page_makes_the_year_of_its_branches_and_the_county_s_does_not(client, committee, department, tree, meeting):
    client.force_login(committee)
    shown = client.get(reverse("branches:organisation", args=[tree.ours.parent.code]))
    client.post(reverse("documents:books"), shown.context["book"])
    assert Book.objects.get().organisation == tree.ours.parent
    client.force_login(department)
    county = tree.ours.parent.parent
    assert "生成今年台账" not in client.get(reverse("branches:organisation", args=[county.code])).content.decode(), (
        "hours of work by one click"
    )
