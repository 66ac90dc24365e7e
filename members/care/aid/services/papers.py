"""Papers and words of a case: taken in sealed, opened with an audit row, destroyed when their years are over."""

from collections.abc import Iterable
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from members.care.aid import rules
from members.care.aid.models import Case, CaseFile
from members.care.aid.services.words import opened
from partyportal.core import attachments, audit, personkeys
from partyportal.core.errors import DomainError
from partyportal.core.models import Attachment, User

MOST = 6


def add_files(case: Case, files: Iterable[UploadedFile], *, by: User, today: date) -> list[CaseFile]:
    """Seal what was handed in; inside the act that brings it."""
    stored = attachments.store(files, by=by, at_most=MOST)
    return CaseFile.objects.bulk_create(CaseFile(case=case, attachment=one, digest=one.digest, added_on=today) for one in stored)


@transaction.atomic
def open_file(file: CaseFile, *, by: User) -> Attachment:
    """The paper for whoever may see the case; every opening is an audit row."""
    if file.attachment is None:
        raise DomainError("这份材料保存期满，已经销毁。")
    audit.record("aid.file.opened", file, by=by, path=file.case.organisation.path, case=file.case.uid)
    return file.attachment


@transaction.atomic
def reveal(case: Case, *, by: User) -> dict[str, object]:
    """The words of a case (need, who asked, reasons, objections), once: every look is an audit row, but one's own."""
    if case.forgotten_at is not None:
        raise DomainError("材料保存期满，已经销毁。")
    steps, objections = list(case.steps.exclude(sealed_note=None)), list(case.objections.all())
    need, asker, *rest = opened(
        case,
        case.sealed_need,
        case.sealed_asker,
        *(step.sealed_note for step in steps),
        *(one.sealed_words for one in objections),
        *(one.sealed_answer for one in objections),
    )
    notes, words, answers = rest[: len(steps)], rest[len(steps) : len(steps) + len(objections)], rest[len(steps) + len(objections) :]
    if by.pk != case.member.user_id:
        audit.record("aid.case.revealed", case, by=by, path=case.organisation.path)
    return {
        "need": need,
        "asker": asker,
        "notes": {step.pk: note for step, note in zip(steps, notes, strict=True)},
        "objections": {one.pk: pair for one, *pair in zip(objections, words, answers, strict=True)},
    }


@transaction.atomic
def destroy_due(*, today: date) -> int:
    """Destroy the words and papers of cases whose years are over, each with an audit row; returns how many. Safe to run twice."""
    closed = Case.objects.filter(state__in=rules.OVER, forgotten_at=None).select_for_update(of=("self",), skip_locked=True)
    due = [one for one in closed.select_related("programme", "organisation") if is_due(one, today)]
    now = timezone.now()
    for case in due:
        papers = list(case.files.exclude(attachment=None).values_list("attachment", flat=True))
        case.files.exclude(attachment=None).update(attachment=None, destroyed_at=now)
        Attachment.objects.filter(pk__in=papers).delete()
        personkeys.destroy(case.uid)
        case.forgotten_at, case.sealed_need, case.sealed_asker = now, None, None
        case.save(update_fields=["forgotten_at", "sealed_need", "sealed_asker"])
        audit.record("aid.case.forgotten", case, by=None, path=case.organisation.path, files=len(papers), closed=case.closed_on)
    return len(due)


def is_due(case: Case, today: date) -> bool:
    """Whether the years of the case's papers are over."""
    return case.closed_on is not None and rules.forget_on(case.closed_on, years=case.programme.retention_years) <= today
