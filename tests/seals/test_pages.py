"""账本核验: the page, the sheet, and the jobs behind its two buttons."""

import io
import zipfile

import pytest
from django.urls import reverse

from partyportal.core.models import AuditEntry, Job, LedgerSeal, Verification
from partyportal.core.seals.services import seal_ledgers
from points.models import Entry
from points.services import verification
from tests.budgets import fits_budget
from tests.factories import make_member
from tests.points.makers import make_scheme
from tests.seals.makers import entries, live, past_the_triggers, stand_alone

pytestmark = pytest.mark.django_db
IN_A_JOB = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
PAGE = "points:seals"


@pytest.fixture
def lived(tree):
    make_scheme(tree.county, {})
    people = [make_member(tree.ours, f"党员{n}") for n in range(3)]
    live(tree, people, (1, 2))
    return people


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def test_before_the_first_seal_the_page_says_what_will_happen(client, department):
    client.force_login(department)
    page = client.get(reverse(PAGE)).content.decode()
    assert "还没有封过账" in page and "还没有核验过" in page and "打印封印" not in page
    assert "还没有封过账" in client.get(reverse("points:seals_print")).content.decode()


@IN_A_JOB
def test_the_department_asks_for_a_verification_and_reads_its_outcome(client, department, lived):
    client.force_login(department)
    client.post(reverse("points:seals_verify"))
    kept = Verification.objects.get()
    assert kept.is_sound and kept.by == department and kept.rows == Entry.objects.count() + AuditEntry.objects.count() - 1
    page = client.get(reverse(PAGE)).content.decode()
    assert "账本完好" in page and LedgerSeal.objects.order_by("number").last().printed_head in page
    assert Job.objects.get().result == {"verification": str(kept.uid), "sound": True}


def test_a_fault_stands_first_on_the_page(client, auditor, lived):
    seal_ledgers()
    row = entries()[2]
    client.force_login(auditor)
    with past_the_triggers() as cursor:
        cursor.execute("DELETE FROM points_entry WHERE id = %s", [row])
        verification.verify_ledgers(by=auditor)
        page = client.get(reverse(PAGE)).content.decode()
        assert f"第 {row} 行不见了" in page and "账本完好" not in page and "先不要改动数据库" in page


@IN_A_JOB
def test_the_auditor_fetches_a_file_that_proves_itself(client, auditor, department, lived, tmp_path):
    client.force_login(auditor)
    client.post(reverse("points:seals_export"))
    job = Job.objects.get()
    assert job.state == "done", job.error
    url = reverse("points:seals_exported", args=[job.uid])
    assert url in client.get(reverse(PAGE)).content.decode()
    content = b"".join(client.get(url).streaming_content)
    assert zipfile.is_zipfile(io.BytesIO(content))
    (tmp_path / "fetched.zip").write_bytes(content)
    assert any("都与封印相符" in line for line in stand_alone().verify(tmp_path / "fetched.zip", [job.result["head"].replace(" ", "")]))
    client.force_login(department)
    assert client.get(url).status_code == 404, "somebody else's file"
    assert AuditEntry.objects.filter(code="core.ledger.exported", actor=auditor).count() == 1


def test_exported_files_are_kept_for_a_day(settings, auditor):
    import os
    import time

    folder = settings.MEDIA_ROOT / ".ledgers"
    folder.mkdir(parents=True)
    for name, hours in (("old.zip", 25), ("new.zip", 23)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (time.time() - hours * 3600,) * 2)
    assert verification.sweep_exports() == 1
    assert [file.name for file in folder.iterdir()] == ["new.zip"]


def test_the_sheet_names_the_head_and_how_to_use_it(client, department, lived):
    seal_ledgers()
    last = LedgerSeal.objects.order_by("number").last()
    client.force_login(department)
    sheet = client.get(reverse("points:seals_print")).content.decode()
    assert last.printed_head in sheet and f"第 {last.number} 封" in sheet and "verify_ledger --head" in sheet and "保管人" in sheet


def test_the_chain_is_filtered_by_ledger_and_costs_the_same_however_long(client, department, lived, tree):
    client.force_login(department)
    seal_ledgers()
    with fits_budget(PAGE):
        client.get(reverse(PAGE))
    for month in range(3, 13):
        live(tree, lived, (month,))
        seal_ledgers()
    with fits_budget(PAGE):
        page = client.get(reverse(PAGE))
    assert page.context["page"].paginator.count == LedgerSeal.objects.count() == 22
    rows = client.get(reverse(PAGE), {"ledger": "points_entry"}).context["rows"]
    assert {title for _, title in rows} == {"积分流水"}
    assert client.get(reverse(PAGE), {"ledger": "core_user"}).context["ledger"] == ""
