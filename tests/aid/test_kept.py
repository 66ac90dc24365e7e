"""What a case leaves: words opened with a trace and gone when their years are over, rows that never change."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from members.care.aid import rules, services
from members.care.aid.models import CaseFile, Programme, Step
from partyportal.core.errors import DomainError
from partyportal.core.models import Attachment, AuditEntry, PersonKey
from tests.aid.makers import TODAY, D, make_case

LATER = date(2026, 11, 27)  # the notice hangs to the 26th
JPEG = b"\xff\xd8\xff\xe0 a bill"


def test_words_and_papers_are_opened_with_a_trace_and_go_when_their_years_are_over(programme, member, assembly, secretary, committee, go):
    case = make_case(programme, member, by=secretary, files=[SimpleUploadedFile("1.jpg", JPEG)])
    services.reveal(case, by=committee)
    paper = services.open_file(CaseFile.objects.get(), by=committee)
    assert paper.kind == "image/jpeg"
    assert AuditEntry.objects.filter(code="aid.case.revealed", actor=committee).count() == 1
    assert AuditEntry.objects.filter(code="aid.file.opened", actor=committee).count() == 1
    services.reveal(case, by=member.user)
    assert not AuditEntry.objects.filter(code="aid.case.revealed", actor=member.user).exists()

    case = go(case, rules.DONE, later=LATER)
    assert services.destroy_due(today=date(2036, 11, 26)) == 0
    assert (services.destroy_due(today=date(2036, 11, 27)), services.destroy_due(today=date(2036, 11, 28))) == (1, 0)
    case.refresh_from_db()
    assert (case.sealed_need, case.amount) == (None, D(2000))
    assert not Attachment.objects.exists() and not PersonKey.objects.filter(subject=case.uid).exists()
    assert CaseFile.objects.get().destroyed_at is not None
    assert AuditEntry.objects.filter(code="aid.case.forgotten").count() == 1
    with pytest.raises(DomainError, match="已经销毁"):
        services.reveal(case, by=committee)


def test_a_programme_is_frozen_once_used_and_changes_by_a_new_version(case, department, programme):
    with pytest.raises(DatabaseError, match="不能改"), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(amount=D(9999))
    later = services.set_programme(
        code="illness", name="大病救助", source="清组发〔2026〕30号", amount=D(5000), start=LATER, by=department, today=TODAY
    )
    programme.refresh_from_db()
    assert (programme.end, later.start) == (LATER, LATER)
    assert list(Programme.objects.on(TODAY)) == [programme] and list(Programme.objects.on(LATER)) == [later]
    with pytest.raises(DomainError, match="最早从今天起"):
        services.set_programme(code="x", name="x", source="x", amount=D(1), start=TODAY - timedelta(days=1), by=department, today=TODAY)


def test_a_step_is_never_changed(case):
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.filter(case=case).update(amount=D(1))
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.filter(case=case).delete()
