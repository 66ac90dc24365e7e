"""The audit log's page: the auditor's alone, found by code, person, day and place, never a name or a number of anybody."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from branches.selectors import act_words, acts
from branches.services import exports
from members.services import people
from partyportal.core import audit
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member, make_user


def page_of(client, **asked):
    return client.get(reverse("branches:audit"), asked).content.decode()


def test_an_act_is_told_in_words_with_who_when_and_where(client, tree, auditor, secretary):
    member = make_member(tree.ours, "潘山洋")
    people.edit(member, version=1, by=secretary, on=timezone.localdate(), address="高家杨村 36 号")
    client.force_login(auditor)
    page = page_of(client, code="members.member.edited")
    assert "党员改动" in page and "secretary" in page and "高家杨村党支部" in page and str(member.uid) in page
    assert "潘山洋" not in page and "36 号" not in page and member.id_number not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"code": "members."}, True),
        ({"code": "points."}, False),
        ({"actor": "secretary"}, True),
        ({"actor": "neighbour"}, False),
        ({"organisation": "001003"}, True),
        ({"organisation": "001004"}, False),
    ],
)
def test_the_log_is_narrowed_by_code_person_and_place(client, tree, auditor, secretary, asked, found):
    people.reveal_id_number(make_member(tree.ours), by=secretary)
    client.force_login(auditor)
    assert ("身份号码看全号" in page_of(client, **asked)) is found


def test_the_log_is_narrowed_by_day(client, auditor):
    audit.record("core.user.entered", auditor, by=auditor)
    client.force_login(auditor)
    today = timezone.localdate()
    assert "账号登录" in page_of(client, start=today.isoformat(), end=today.isoformat())
    assert "账号登录" not in page_of(client, end=(today - timedelta(days=1)).isoformat())


def test_a_day_that_is_none_is_refused_and_everything_is_shown(client, auditor):
    client.force_login(auditor)
    assert "条件不对" in page_of(client, start="2026-13-40")


def test_a_townships_auditor_reads_its_own_acts_alone(client, tree):
    local = make_user("乡审计员", username="local")
    make_grant(local, tree.township, "auditor")
    audit.record("core.user.entered", local, by=local)
    audit.record("branches.organisation.founded", tree.far, by=None, path=tree.far.path, organisation=tree.far.code)
    client.force_login(local)
    page = page_of(client)
    assert "001004001" not in page and "账号登录" not in page
    assert "001003001" in page


def test_older_acts_follow_by_number(client, tree, auditor):
    AuditEntry.objects.bulk_create(AuditEntry(at=timezone.now(), code=f"core.user.entered{n}", data={"n": n}) for n in range(60))
    client.force_login(auditor)
    first = client.get(reverse("branches:audit"))
    older = client.get(reverse("branches:audit") + first.context["older"])
    numbers = [act.number for act in first.context["acts"]] + [act.number for act in older.context["acts"]]
    assert numbers == sorted(set(numbers), reverse=True)
    assert len(first.context["acts"]) == 50
    assert numbers[50] == numbers[49] - 1


def test_a_code_without_words_stays_itself():
    assert act_words("points.entry.frobnicated") == "points.entry.frobnicated"


def test_the_page_costs_the_same_at_one_act_and_at_fifty(client, auditor):
    client.force_login(auditor)
    for many in (1, 49):
        for _ in range(many):
            audit.record("core.user.entered", auditor, by=auditor)
        with fits_budget("branches:audit"):
            page_of(client)


def test_the_log_is_exported_as_it_is_narrowed_and_the_file_is_audited(client, tree, auditor, secretary):
    people.reveal_id_number(make_member(tree.ours, "潘山洋"), by=secretary)
    client.force_login(auditor)
    response = client.post(reverse("branches:audit_export") + "?code=members.id_number")
    heads, *rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()
    assert heads[:3] == ["序号", "时间", "操作人"]
    assert [(row[2], row[4]) for row in rows] == [("secretary", "members.id_number.revealed")]
    assert "潘山洋" not in str(rows)
    assert AuditEntry.objects.filter(code="branches.audit.exported", actor=auditor).count() == 1


def test_a_long_log_is_exported_whole(client, auditor, monkeypatch):
    monkeypatch.setattr(exports, "_AT_ONCE", 7)
    AuditEntry.objects.bulk_create(AuditEntry(at=timezone.now(), code="core.user.entered", data={"n": n}) for n in range(30))
    client.force_login(auditor)
    response = client.post(reverse("branches:audit_export") + "?code=core.user.entered")
    _, *rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()
    assert [row[7] for row in rows] == [f"n {n}" for n in reversed(range(30))]


def written_codes() -> list[str]:
    """Every code that stands whole in our sources behind `audit.record`."""
    asked = re.compile(r"\baudit\.record\w*\(\s*\"([a-z_]+(?:\.[a-z_]+)+)\"")
    folders = {app.path for app in apps.get_app_configs() if (settings.BASE_DIR / app.name.replace(".", "/")).is_dir()}
    return sorted({code for folder in folders for file in Path(folder).rglob("*.py") for code in asked.findall(file.read_text())})


def test_every_act_is_told_in_words():
    codes = written_codes()
    assert len(codes) > 100 and "members.member.edited" in codes
    untold = [code for code in codes if code.rpartition(".")[2] in act_words(code)]
    assert not untold, f"give their verbs words in branches/selectors.py: {untold}"


@pytest.mark.parametrize(
    ("code", "target", "words"),
    [
        ("aid.case.vote_down", "aid.case", "党员大会评议未通过"),  # the step's own label
        ("fund.voucher.payment", "fund.voucher", "凭证支付"),
        ("signals.looked", "", "查了一遍记录"),
    ],
)
def test_a_step_kept_as_a_row_brings_its_words_along(code, target, words):
    assert words in act_words(code, target)


def test_the_acts_of_one_room_are_chosen_by_its_name(client, tree, auditor, secretary):
    people.reveal_id_number(make_member(tree.ours), by=secretary)
    audit.record("core.user.entered", auditor, by=auditor)
    client.force_login(auditor)
    whole = page_of(client)
    assert '<option value="members.">党员</option>' in whole and "身份号码看全号" in whole and "账号登录" in whole
    assert "账号登录" not in page_of(client, code="members.")
    one = page_of(client, code="core.user.entered")
    assert '<option value="core.user.entered" selected>账号登录</option>' in one and "看全号" not in one


def test_what_an_act_was_about_is_told_in_words(client, tree, auditor):
    audit.record("mobility.lost.opened", by=auditor, path=tree.ours.path, state="searching", rows=3)
    client.force_login(auditor)
    page = page_of(client, code="mobility.")
    assert "行数 3，状态 正在查找" in page


def test_a_uid_is_shown_by_its_last_digits_and_exported_whole(client, tree, auditor):
    uid = "01a206d2-8933-7378-a53d-ff54b1bde62c"
    audit.record("members.member.edited", by=auditor, path=tree.ours.path, batch=uid)
    client.force_login(auditor)
    assert "批次 ff54b1bde62c" in page_of(client) and uid not in page_of(client)
    assert acts([AuditEntry.objects.latest("pk")])[0].details == f"批次 {uid}"
