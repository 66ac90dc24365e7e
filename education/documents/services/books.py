"""Every write of 台账: asking for a book, making it piece by piece in a job, giving it out, throwing its files away."""

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from branches.access import can
from branches.models import Organisation
from education.documents import tasks  # tasks name this module in turn; each uses the other only when called
from education.documents.models import Book, Piece
from education.documents.parameters import KEEP_DAYS
from education.documents.resources import archive, fonts
from education.documents.resources.excel import as_xlsx
from education.documents.resources.pages import paper_of
from education.documents.resources.pdf import as_pdf
from education.documents.resources.summary import Line, summary_paper, summary_xlsx
from education.documents.resources.word import as_docx
from education.documents.rules import check_list, file_safe
from education.documents.selectors.content import BranchBook
from education.documents.selectors.records import branch_book, branches_of
from education.models import Meeting
from partyportal.core import audit, crypto, jobs
from partyportal.core.errors import DomainError
from partyportal.core.models import Job, User
from partyportal.core.outages import outage_of
from partyportal.core.parameters import value_on

Form, Span = Book.Form, Book.Span
_SUMMARY = "00 汇总"
NAMED = 5  # branches a refusal names

log = logging.getLogger(__name__)


@transaction.atomic
def ask(*, organisation: Organisation, span: str, start: date, form: str, by: User, today: date, meeting: Meeting | None = None) -> Book:
    """Write down what is wanted and have it made. The same, asked again while it is being made, is refused."""
    # Two clicks at once: the second waits here and then sees the first.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    fonts.require()
    start = _start(span, start)
    if meeting is not None:
        organisation, start = meeting.organisation, meeting.held_on
        if meeting.state != Meeting.State.CONFIRMED:
            raise DomainError("这次会议还没有确认，不能出台账。确认以后再生成。", field="meeting")
    if start > today:
        raise DomainError("还没有到的时间没有台账。选今天以前的。", field="month" if span == Span.MONTH else "year")
    if organisation.kind == Organisation.Kind.GROUP:
        raise DomainError("党小组的会记在党支部的台账里。选党支部。", field="organisation")
    wanted = {"organisation": organisation, "span": span, "start": start, "meeting": meeting, "form": form}
    if Book.objects.filter(asked_by=by, job__in=Job.objects.under_way(), **wanted).exists():
        raise DomainError("同样的台账正在生成，不用再点。做好后就在下面。")
    book = Book(**wanted, as_of=today, asked_by=by)
    book.save()
    title = f"生成{organisation.short_name}{book.span_words}台账"[:120]
    book.job = jobs.start(tasks.make_book, title=title, by=by, book=str(book.uid))
    book.save(update_fields=["job"])
    _record("asked", book, by=by)
    return book


def _start(span: str, day: date) -> date:
    return day.replace(month=1, day=1) if span == Span.YEAR else day.replace(day=1) if span == Span.MONTH else day


def make_in_job(job: Job, progress: jobs.Progress) -> dict:
    """Make what is not yet made, one branch a transaction. Run again after a kill or a cancel, it goes on where it stood.

    A branch that cannot be made does not keep the others waiting: it is named at the end, and only such are made by a 继续.
    """
    book = Book.objects.select_related("organisation", "meeting__organisation").get(uid=job.params["book"])
    if book.made_at is not None:
        return _result(book)
    if book.thrown_at is not None:
        raise DomainError("这份台账已经清掉了，要的话重新生成一份。")
    if not can(job.created_by, "education.book", book.organisation):
        raise DomainError("你在这个范围里已经没有出台账的权限，没有生成。")
    fonts.require()
    branches = branches_of(book)
    if not branches:
        raise DomainError("这段时间这里没有党支部，没有台账可出。")
    of_many = not book.organisation.is_branch
    made = set(book.pieces.exclude(branch=None).values_list("branch", flat=True))
    lacking = {}
    for at, branch in enumerate(branches):
        progress(done=at, total=len(branches), step=branch.short_name)
        if branch.pk in made:
            continue
        try:
            _make_branch(book, branch, folder=f"{branch.code} {file_safe(branch.short_name)}/" if of_many else "")
        except Exception as fault:
            if not of_many or outage_of(fault):
                raise
            log.warning("book %s: branch %s not made: %s", book.uid, branch.code, type(fault).__name__)
            lacking[branch] = fault.message if isinstance(fault, DomainError) else "出了故障，已记下"
    if lacking:
        raise DomainError(_told_of(lacking, made=len(branches) - len(lacking)))
    progress(done=len(branches), step="汇总和校验")
    if of_many:
        _make_summary(book)
    _finish(book)
    return _result(book)


def _told_of(lacking: dict[Organisation, str], *, made: int) -> str:
    """Which branches have no book and why, as many as fit; the others' are kept."""
    named = "；".join(f"{branch.short_name}（{why.rstrip('。')}）" for branch, why in list(lacking.items())[:NAMED])
    more = " 等" if len(lacking) > NAMED else ""
    return f"{len(lacking)} 个党支部没有做成，做好的 {made} 个留着。处理好再点“继续”，只补没做成的：{named}{more}。"


@transaction.atomic
def _make_branch(book: Book, branch: Organisation, *, folder: str) -> None:
    told = branch_book(book, branch)
    if told.is_one_meeting and not told.records:
        raise DomainError("这次会议刚才退回或作废了，没有生成。")
    records = [{"uid": one.uid, "version": one.version, "kind": one.kind, "day": one.day, "sha256": one.digest} for one in told.records]
    line = Line.of(told)
    for form in _forms(book):
        name = f"{folder}{_name(book, branch)}.{form}"
        _keep(book, branch, name, form, _set(told, form), records=[*records, {"line": line._asdict()}] if folder else records)


def _forms(book: Book) -> list[str]:
    return [Form.PDF, Form.DOCX, Form.XLSX] if book.form == Form.ALL else [Form(book.form)]


def _name(book: Book, branch: Organisation) -> str:
    what = "记录" if book.span == Span.MEETING else "组织生活台账"
    return file_safe(f"{branch.short_name}{book.span_words}{what}")


def _set(told: BranchBook, form: str) -> bytes:
    if form == Form.XLSX:
        return as_xlsx(told)
    return as_pdf(paper_of(told)) if form == Form.PDF else as_docx(paper_of(told))


def _make_summary(book: Book) -> None:
    """The whole subtree at a glance, from what each branch's book said: run again it is made anew."""
    first = _forms(book)[0]
    rows = book.pieces.exclude(branch=None).filter(form=first).order_by("name").values_list("records", flat=True)
    lines = [Line(**records[-1]["line"]) for records in rows]
    told = (book.organisation.name, book.organisation.short_name, book.span_words, book.as_of, lines)
    with transaction.atomic():
        book.pieces.filter(branch=None).delete()
        for form in _forms(book):
            if form == Form.XLSX:
                content = summary_xlsx(*told)
            else:
                content = (as_pdf if form == Form.PDF else as_docx)(summary_paper(*told))
            _keep(book, None, f"{_SUMMARY}.{form}", form, content, records=[])


def _keep(book: Book, branch: Organisation | None, name: str, form: str, content: bytes, *, records: list) -> None:
    Piece.objects.create(
        book=book,
        branch=branch,
        name=name,
        form=form,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        records=records,
        sealed=crypto.encrypt(content, context=book.uid.bytes),
    )


def _finish(book: Book) -> None:
    """Sum up what will be given out, and say until when."""
    digest, size = hashlib.sha256(), 0
    for part in contents(book):
        digest.update(part)
        size += len(part)
    with transaction.atomic():
        held = Book.objects.select_for_update(of=("self",)).get(pk=book.pk)
        if held.thrown_at is not None:
            raise DomainError("这份台账刚才清掉了，要的话重新生成一份。")
        now = timezone.now()
        book.made_at = held.made_at = now
        held.expires_at = now + timedelta(days=value_on(timezone.localdate(), KEEP_DAYS))
        held.files, held.size, held.digest = held.pieces.count(), size, digest.hexdigest()
        held.save(update_fields=["made_at", "expires_at", "files", "size", "digest"])
        _record("made", held, by=held.asked_by, files=held.files, bytes=size)


def _result(book: Book) -> dict:
    return {"book": str(book.uid)}


def is_one_file(book: Book) -> bool:
    """Whether the book is given out as the file itself; several go into a zip with their list of checks."""
    return book.organisation.is_branch and book.form != Form.ALL


def file_name(book: Book) -> str:
    ending = book.form if is_one_file(book) else "zip"
    return f"{_name(book, book.organisation)}.{ending}"


def contents(book: Book) -> Iterator[bytes]:
    """What is downloaded, opened piece by piece: at no moment is more than one file of it in memory, or any on a disk."""
    if is_one_file(book):
        yield _opened(book, book.pieces.get())
    else:
        yield from archive.streamed(_files(book))


def _files(book: Book) -> Iterator[tuple[str, bytes]]:
    pieces = list(book.pieces.order_by("name").values("pk", "name", "size", "digest", "records", "branch__code"))
    for piece in pieces:
        yield piece["name"], _opened(book, Piece.objects.only("sealed").get(pk=piece["pk"]))
    yield "校验清单.txt", check_list((piece["name"], piece["digest"]) for piece in pieces).encode()
    yield "校验清单.json", _manifest(book, pieces)


def _manifest(book: Book, pieces: list[dict]) -> bytes:
    files = [{"name": piece["name"], "size": piece["size"], "sha256": piece["digest"]} for piece in pieces]
    records = {one["uid"]: one | {"organisation": piece["branch__code"]} for piece in pieces for one in piece["records"] if "uid" in one}
    told = {
        "organisation": book.organisation.code,
        "span": book.span,
        "start": book.start.isoformat(),
        "as_of": book.as_of.isoformat(),
        "files": files,
        "records": sorted(records.values(), key=lambda one: (one["organisation"], one["day"], one["uid"])),
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _opened(book: Book, piece: Piece) -> bytes:
    return crypto.decrypt(bytes(piece.sealed), context=book.uid.bytes)


@transaction.atomic
def give_out(book: Book, *, by: User) -> Iterator[bytes]:
    """The book's bytes, and an audit row that they were given out."""
    if not book.is_kept:
        raise DomainError("这份台账还没有做好，或者已经清掉了。重新生成一份。")
    _record("given_out", book, by=by, bytes=book.size)
    return contents(book)


@transaction.atomic
def throw_away(book: Book, *, by: User | None) -> Book:
    """Drop the files of a book that is no longer wanted. Thrown away twice, it is thrown away once."""
    held = Book.objects.select_for_update(of=("self",)).select_related("organisation", "job").get(pk=book.pk)
    if held.thrown_at is not None:
        return held
    if held.job and not held.job.is_over:
        jobs.cancel(held.job)
    held.thrown_at = timezone.now()
    held.save(update_fields=["thrown_at"])
    held.pieces.all().delete()
    _record("thrown_away", held, by=by)
    return held


def sweep(*, now: datetime) -> int:
    """Throw away what is past its days, and what was begun and never finished; returns how many."""
    old = Book.objects.filter(thrown_at=None, expires_at__lt=now)
    begun = Book.objects.filter(thrown_at=None, made_at=None, job__state__in=[Job.State.FAILED, Job.State.CANCELLED])
    begun = begun.filter(job__finished_at__lt=now - timedelta(days=KEEP_DAYS.default))
    gone = [*old, *begun]
    for book in gone:
        throw_away(book, by=None)
    return len(gone)


def _record(act: str, book: Book, *, by: User | None, **data) -> None:
    audit.record(
        f"documents.book.{act}",
        book,
        by=by,
        path=book.organisation.path,
        organisation=book.organisation.code,
        span=book.span,
        start=book.start,
        form=book.form,
        **data,
    )
