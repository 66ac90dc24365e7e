"""名册导入 on pages: who may, what a preview shows, and that nothing is written before somebody says so."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from python_calamine import CalamineWorkbook

from branches.models import Grant
from members.models import ImportBatch, ImportedRow, ImportFile, Member, StagedRow
from members.rules.roster import HEADING, HEADINGS
from members.services import imports as services
from partyportal.core import jobs
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, Job
from partyportal.core.sheets import write_xlsx
from tests.budgets import fits_budget
from tests.factories import id_number, make_member
from tests.members.test_import_roster import NEIGHBOURS, row, sheet


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """A test inside one transaction has no second connection to show progress on; test_import_jobs.py has."""
    monkeypatch.setattr(jobs, "_progress_of", lambda *_: services.no_progress)


@pytest.fixture
def run_on_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def upload(client, committee, tree, run_on_commit):
    """彭海燕 of 山门镇 uploads a roster of the township; the job has read it when this returns."""

    def uploaded(*rows, content=None, name="山门镇名册202611.xlsx", by=committee, organisation=tree.township):
        client.force_login(by)
        file = SimpleUploadedFile(name, sheet(*rows) if content is None else content)
        with run_on_commit():
            response = client.post(
                reverse("members:import_upload"), {"file": file, "organisation": organisation.code, "day": timezone.localdate().isoformat()}
            )
        if response.status_code != 302:
            return response
        return ImportBatch.objects.get(uid=response.url.rstrip("/").rsplit("/", 1)[1])

    return uploaded


@pytest.fixture
def commit(client, run_on_commit):
    def committed(batch):
        with run_on_commit():
            response = client.post(reverse("members:import_commit", args=[batch.uid]))
        batch.refresh_from_db()
        return response

    return committed


def cells_of(response) -> list[list]:
    """The first sheet of a download."""
    return CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()


def text_of(client, batch, **query) -> str:
    return strip_tags(client.get(reverse("members:import_batch", args=[batch.uid]), query).content.decode())


def test_what_of_the_file_was_not_read_stands_above_the_rows(client, tree, upload):
    person = row()
    with write_xlsx([*HEADINGS, "备注"], [[person.get(field, "") for field in HEADING] + ["困难"]]) as file:
        batch = upload(content=file.read())
    assert "这些列不在采集表里，没有读：备注。" in text_of(client, batch)


def test_an_upload_is_read_and_compared_and_nothing_is_written(client, tree, upload):
    held = make_member(tree.ours, "程勇庆", mobile_phone="15111117101", post="农民")
    make_member(tree.ours, "缺席人")
    batch = upload(
        row(name="莫萍"),
        row(name="程勇庆", id_number=held.id_number, mobile_phone="15422222260"),
        row(name="坏行", id_number=id_number()[:-1]),
    )
    assert (batch.state, batch.new, batch.changed, batch.missing, batch.refused) == ("ready", 1, 1, 1, 1)
    assert Member.objects.count() == 2
    assert Job.objects.get(uid=batch.job).state == "done"
    changed = text_of(client, batch)
    assert "写入 2 人：新增 1，变更 1，移动 0" in changed
    assert "151****7101" in changed and "154****2260" in changed
    assert "15422222260" not in changed
    assert "莫萍" in text_of(client, batch, tab="new")
    assert "缺席人" in text_of(client, batch, tab="missing")
    refused = text_of(client, batch, tab="refused")
    assert "应为 18 位，现在 17 位" in refused
    assert held.id_number not in changed + refused


def test_a_commit_writes_and_leaves_the_batch_page(client, tree, upload, commit):
    held = make_member(tree.ours, "程勇庆")
    batch = upload(row(name="莫萍"), row(name="程勇庆", id_number=held.id_number, branch=NEIGHBOURS))
    commit(batch)
    assert (batch.state, batch.new, batch.moved) == ("committed", 1, 1)
    held.refresh_from_db()
    assert held.branch == tree.neighbours
    assert not StagedRow.objects.exists()
    assert not ImportFile.objects.exists()
    assert "莫萍" in text_of(client, batch, tab="new")
    assert "写入 2 人" in text_of(client, batch)


def test_a_batch_is_written_once(client, upload, commit):
    batch = upload(row())
    commit(batch)
    assert commit(batch).status_code == 409
    assert ImportedRow.objects.count() == Member.objects.count() == 1
    services.commit_in_job(Job.objects.filter(kind="members.tasks.commit_import").get(), services.no_progress)
    assert ImportedRow.objects.count() == 1


def test_what_was_changed_after_the_preview_is_compared_again(tree, upload, commit):
    held = make_member(tree.ours, "程勇庆", post="农民")
    person = row(name="程勇庆", id_number=held.id_number, post="教师")
    fresh = row(name="莫萍")
    batch = upload(person, fresh)
    assert (batch.new, batch.changed) == (1, 1)
    Member.objects.filter(pk=held.pk).update(post="教师", joined_on=date(2005, 7, 1), full_on=date(2006, 7, 1))
    make_member(tree.ours, "莫萍", id_number=fresh["id_number"], post="", mobile_phone="")
    commit(batch)
    assert (batch.state, batch.new, batch.changed, batch.unchanged) == ("committed", 0, 0, 2)


def test_permission_is_asked_again_at_the_commit(committee, upload, run_on_commit):
    batch = upload(row())
    job = services.start_commit(batch, by=committee)
    Grant.objects.filter(user=committee).update(end=timezone.localdate())
    job.created_by = type(committee).objects.get(pk=committee.pk)
    with pytest.raises(DomainError, match="没有导入的权限"):
        services.commit_in_job(job, services.no_progress)
    assert not Member.objects.exists()


def test_a_member_held_outside_the_scope_is_refused_without_saying_where(client, tree, upload):
    elsewhere = make_member(tree.far, "石海燕")
    batch = upload(row(name="石海燕", id_number=elsewhere.id_number))
    assert (batch.refused, batch.moved) == (1, 0)
    told = text_of(client, batch, tab="refused")
    assert "不在你可以导入的范围内" in told
    assert "石柳" not in told and "白驼" not in told


def test_a_branch_outside_the_scope_is_not_known(client, tree, upload):
    batch = upload(row(branch=tree.far.code))
    assert batch.refused == 1
    assert "白驼" not in text_of(client, batch, tab="refused")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "空"),
        (b"PK\x03\x04 broken", "文件已损坏"),
        ("姓名,电话\n张三,1".encode(), "没有找到名册"),
        (sheet(), "一个人也没有"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_at_its_field(upload, content, sentence):
    response = upload(content=content)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "file" in response.context["form"].errors
    assert not ImportBatch.objects.exists()


def test_discarding_throws_the_staged_rows_and_the_file_away(client, upload):
    batch = upload(row())
    assert StagedRow.objects.exists() and ImportFile.objects.exists()
    client.post(reverse("members:import_discard", args=[batch.uid]))
    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert not StagedRow.objects.exists() and not ImportFile.objects.exists()
    assert "已放弃" in text_of(client, batch)


def test_what_nobody_decided_on_for_a_day_is_swept(upload, commit):
    forgotten, written = upload(row()), upload(row(), row(branch="没有"))
    commit(written)
    assert StagedRow.objects.filter(batch=written).count() == 1  # the refused row, to be mended
    assert services.sweep_stale(now=timezone.now()) == 0
    assert services.sweep_stale(now=timezone.now() + timedelta(days=2)) == 1
    forgotten.refresh_from_db(), written.refresh_from_db()
    assert (forgotten.state, written.state) == ("discarded", "committed")
    assert not StagedRow.objects.exists() and not ImportFile.objects.exists()


def test_the_file_comes_back_with_its_faults_marked(client, upload):
    batch = upload(row(name="好人"), row(name="坏人", branch="没有的支部"))
    response = client.get(reverse("members:import_faults", args=[batch.uid]))
    rows = cells_of(response)
    assert rows[0][-1] == "问题"
    assert rows[1][-1] == "" and "没有这个党支部" in rows[2][-1]
    only = client.get(reverse("members:import_faults", args=[batch.uid]), {"only": "refused"})
    assert [r[0] for r in cells_of(only)] == ["姓名", "坏人"]
    assert AuditEntry.objects.filter(code="members.roster.given_back", target_uid=batch.uid).count() == 2


def test_the_template_imports_as_an_empty_roster(client, committee):
    client.force_login(committee)
    response = client.get(reverse("members:import_template"))
    heading = cells_of(response)[0]
    assert len(heading) == 19 and heading[3] == "公民身份号码"


def test_only_who_may_import_there_sees_a_batch(client, upload, secretary, neighbour, reader, auditor, department, system_admin):
    batch = upload(row())
    url = reverse("members:import_batch", args=[batch.uid])
    for user, status in ((secretary, 404), (neighbour, 404), (auditor, 404), (reader, 403), (department, 200), (system_admin, 200)):
        client.force_login(user)
        assert client.get(url).status_code == status, user.username
        assert client.get(reverse("members:batches")).status_code == (200 if status == 200 else 403), user.username
        for name in ("import_commit", "import_discard"):
            if status != 200:
                assert client.post(reverse(f"members:{name}", args=[batch.uid])).status_code == status
    assert not Member.objects.exists()


def test_filters_find_rows_by_name_sound_number_branch_and_field(client, tree, upload):
    batch = upload(row(name="莫萍"), row(name="廖山明", branch=NEIGHBOURS))
    for query, found in (
        ({"q": "莫"}, "莫萍"),
        ({"q": "lsm"}, "廖山明"),
        ({"q": "2"}, "莫萍"),
        ({"branch": tree.neighbours.code}, "廖山明"),
    ):
        told = text_of(client, batch, tab="new", **query)
        assert found in told
        assert ({"莫萍", "廖山明"} - {found}).pop() not in told
    assert "没有符合这些条件的行" in text_of(client, batch, tab="new", q="查无此人")


@pytest.mark.parametrize("people", [1, 50])
def test_a_preview_costs_the_same_at_one_row_and_at_fifty(client, tree, upload, people):
    rows = []
    for _ in range(people):
        held = make_member(tree.ours, "程勇庆", post="农民")
        rows.append(row(name="程勇庆", id_number=held.id_number, post="教师"))
    batch = upload(*rows)
    with fits_budget("members:import_batch"):
        assert client.get(reverse("members:import_batch", args=[batch.uid]), {"tab": "changed"}).status_code == 200
