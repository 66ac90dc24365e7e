"""Asking for a book, making it, giving it out and throwing it away."""

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from branches.models import Grant
from education.documents import services
from education.documents.models import Book, Piece
from education.documents.services import books
from education.documents.services.books import contents
from education.services import return_meeting, revise_meeting
from members.services.imports import no_progress
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, Job
from tests.documents.conftest import TODAY, held
from tests.factories import make_member


def taken(book) -> bytes:
    return b"".join(contents(book))


def test_a_book_is_made_kept_sealed_and_told_by_its_digest(tree, secretary, meeting, book):
    made = book()
    content = taken(made)
    assert content.startswith(b"%PDF-") and content not in bytes(Piece.objects.get().sealed)
    assert (made.files, made.size, made.digest) == (1, len(content), hashlib.sha256(content).hexdigest())
    assert made.expires_at > made.made_at
    assert list(AuditEntry.objects.filter(code__startswith="documents.").values_list("code", flat=True).order_by("pk")) == [
        "documents.book.asked",
        "documents.book.made",
    ]


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx", "all"])
def test_the_same_records_give_the_same_bytes(meeting, book, form):
    assert taken(book(form=form)) == taken(book(form=form))


def test_a_correction_changes_the_record_s_digest_and_nothing_else_s(tree, secretary, people, meeting, book):
    other = held(tree.ours, secretary, people, kind="lecture", day=date(2026, 9, 9))
    before = {one["uid"]: one["sha256"] for one in book().pieces.get().records}
    content = {name: getattr(meeting, name) for name in ("kind", "group", "held_on", "study_hours")} | {"topic": "冬季防火"}
    revise_meeting(meeting, version=meeting.version, roll={}, by=secretary, today=TODAY, **content)
    after = {one["uid"]: one["sha256"] for one in book().pieces.get().records}
    assert before[str(other.uid)] == after[str(other.uid)]
    assert before[str(meeting.uid)] != after[str(meeting.uid)]


def test_a_subtree_is_a_zip_with_a_summary_and_checks_that_hold(tree, committee, secretary, people, meeting, book):
    make_member(tree.neighbours, "袁强明")
    made = book(tree.township, by=committee, form="xlsx")
    with zipfile.ZipFile(io.BytesIO(taken(made))) as box:
        assert box.testzip() is None
        files = {name: box.read(name) for name in box.namelist()}
    assert sorted(files) == [
        "00 汇总.xlsx",
        "001003001 高家杨村党支部/高家杨村党支部2026年组织生活台账.xlsx",
        "001003002 袁家店村党支部/袁家店村党支部2026年组织生活台账.xlsx",
        "校验清单.json",
        "校验清单.txt",
    ]
    told = dict(line.split("  ", 1)[::-1] for line in files["校验清单.txt"].decode().splitlines())
    assert told == {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name.endswith(".xlsx")}
    manifest = json.loads(files["校验清单.json"])
    assert [one["uid"] for one in manifest["records"]] == [str(meeting.uid)]
    assert manifest["records"][0]["organisation"] == tree.ours.code
    assert made.files == 3  # the two branches and the summary


def test_who_lost_the_grant_gets_nothing_made(tree, secretary, meeting):
    asked = services.ask(organisation=tree.ours, span="year", start=TODAY, form="pdf", by=secretary, today=TODAY)
    Grant.objects.filter(user=secretary).update(end=date(2026, 1, 1))
    with pytest.raises(DomainError, match="已经没有出台账的权限"):
        services.make_in_job(Job.objects.get(pk=asked.job_id), no_progress)
    assert not Piece.objects.exists()


def test_the_same_asked_again_while_it_is_made_is_refused(tree, secretary, meeting):
    wish = {"organisation": tree.ours, "span": "year", "start": TODAY, "form": "pdf", "by": secretary, "today": TODAY}
    services.ask(**wish)
    with pytest.raises(DomainError, match="正在生成"):
        services.ask(**wish)
    services.ask(**wish | {"form": "docx"})
    assert Book.objects.count() == Job.objects.count() == 2


@pytest.mark.parametrize(
    ("wish", "said", "field"),
    [
        ({"start": date(2027, 1, 1)}, "还没有到的时间", "year"),
        ({"span": "month", "start": date(2026, 12, 1)}, "还没有到的时间", "month"),
    ],
)
def test_what_cannot_be_made_is_refused_at_its_field(tree, secretary, wish, said, field):
    with pytest.raises(DomainError, match=said) as refusal:
        services.ask(**{"organisation": tree.ours, "span": "year", "start": TODAY, "form": "pdf", "by": secretary, "today": TODAY} | wish)
    assert refusal.value.field == field and not Book.objects.exists()


def test_a_draft_has_no_sheet_and_one_returned_meanwhile_neither(tree, secretary, committee, people):
    draft = held(tree.ours, secretary, people, confirm=False)
    wish = {"organisation": tree.ours, "span": "meeting", "start": TODAY, "form": "pdf", "by": secretary, "today": TODAY}
    with pytest.raises(DomainError, match="还没有确认"):
        services.ask(**wish, meeting=draft)
    confirmed = held(tree.ours, secretary, people, day=date(2026, 9, 1))
    asked = services.ask(**wish, meeting=confirmed)
    return_meeting(confirmed, reason="人数不符", by=committee)
    with pytest.raises(DomainError, match="刚才退回或作废"):
        services.make_in_job(asked.job, no_progress)
    assert not Piece.objects.exists()


def test_without_its_font_no_book_is_begun(tree, secretary, settings, tmp_path):
    settings.DOCUMENT_FONTS = {"regular": tmp_path / "none.ttf"}
    with pytest.raises(DomainError, match="缺少文档用的字体"):
        services.ask(organisation=tree.ours, span="year", start=TODAY, form="pdf", by=secretary, today=TODAY)
    assert not Book.objects.exists()


class Stopped(Exception):
    """As if the worker had been killed."""


def test_a_killed_job_goes_on_with_the_branch_it_stood_at(tree, committee, secretary, meeting, book, monkeypatch):
    whole = book(tree.township, by=committee, form="pdf")
    asked = services.ask(organisation=tree.township, span="year", start=TODAY, form="pdf", by=committee, today=TODAY)

    def dies(done=None, **_):
        if done == 1:
            raise Stopped

    with pytest.raises(Stopped):
        services.make_in_job(asked.job, dies)
    first = asked.pieces.get()
    services.make_in_job(asked.job, no_progress)
    services.make_in_job(asked.job, no_progress)  # and once more after it was done
    asked.refresh_from_db()
    assert asked.pieces.filter(pk=first.pk).exists()
    assert (asked.files, asked.digest) == (whole.files, whole.digest)


def test_a_branch_that_cannot_be_made_holds_nobody_up_and_is_named(tree, committee, meeting, book, monkeypatch):
    whole = book(tree.township, by=committee, form="pdf")
    asked = services.ask(organisation=tree.township, span="year", start=TODAY, form="pdf", by=committee, today=TODAY)
    real = books.branch_book

    def broken(book, branch):
        if branch == tree.ours:
            raise ValueError("a record nobody foresaw")
        return real(book, branch)

    monkeypatch.setattr(books, "branch_book", broken)
    with pytest.raises(DomainError, match=r"1 个党支部没有做成，做好的 1 个留着.*继续.*高家杨村党支部（出了故障，已记下）") as refusal:
        services.make_in_job(asked.job, no_progress)
    assert "袁家店村" not in refusal.value.message
    kept = asked.pieces.get()
    assert kept.branch == tree.neighbours and not Book.objects.get(pk=asked.pk).is_kept, "no half book is given out"
    monkeypatch.undo()
    services.make_in_job(asked.job, no_progress)
    asked.refresh_from_db()
    assert asked.pieces.filter(pk=kept.pk).exists() and (asked.files, asked.digest) == (whole.files, whole.digest)


def test_an_outage_in_the_middle_is_no_fault_of_a_branch(tree, committee, meeting, monkeypatch):
    asked = services.ask(organisation=tree.township, span="year", start=TODAY, form="pdf", by=committee, today=TODAY)

    def away(book, branch):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(books, "branch_book", away)
    with pytest.raises(OperationalError):
        services.make_in_job(asked.job, no_progress)


def test_thrown_away_it_is_gone_and_is_not_made_after_all(tree, secretary, meeting, book):
    made = book()
    services.throw_away(made, by=secretary)
    services.throw_away(made, by=secretary)
    made.refresh_from_db()
    assert not made.is_kept and not Piece.objects.exists()
    assert AuditEntry.objects.filter(code="documents.book.thrown_away").count() == 1
    with pytest.raises(DomainError, match="重新生成"):
        services.give_out(made, by=secretary)
    asked = services.ask(organisation=tree.ours, span="year", start=TODAY, form="pdf", by=secretary, today=TODAY)
    services.throw_away(asked, by=secretary)
    asked.job.refresh_from_db()
    assert asked.job.state == Job.State.CANCELLED
    with pytest.raises(DomainError, match="已经清掉"):
        services.make_in_job(asked.job, no_progress)


def test_past_its_days_it_is_swept_and_not_a_moment_before(meeting, book):
    made = book()
    assert services.sweep(now=made.expires_at) == 0
    assert services.sweep(now=made.expires_at + timedelta(microseconds=1)) == 1
    assert not Piece.objects.exists() and Book.objects.get().thrown_at is not None


def test_what_was_begun_and_given_up_is_swept_too(tree, secretary, meeting):
    asked = services.ask(organisation=tree.ours, span="year", start=TODAY, form="pdf", by=secretary, today=TODAY)
    Job.objects.update(state=Job.State.FAILED, finished_at=timezone.now() - timedelta(days=8))
    assert services.sweep(now=timezone.now()) == 1
    asked.refresh_from_db()
    assert asked.thrown_at is not None
