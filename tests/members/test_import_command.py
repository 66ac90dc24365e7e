"""`import_roster` as scripts run it: one JSON object alone on stdout, an exit code, and one sentence when the file is of no use."""

import json

import pytest
from django.core.management import call_command

from members.models import ImportBatch, Member
from members.rules.roster import HEADING, HEADINGS
from partyportal.core.sheets import write_xlsx
from tests.factories import make_member
from tests.members.test_import_roster import row, sheet

KEYS = ["rows", "new", "changed", "moved", "unchanged", "missing", "refused", "batch", "seconds", "errors"]


@pytest.fixture
def run(capsys, tmp_path):
    """Exit code, stdout and stderr of one run over a file."""

    def ran(content: bytes, *options: str, name="名册.xlsx"):
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(SystemExit) as ended:
            call_command("import_roster", str(file), *options)
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return ran


def test_a_dry_run_answers_and_writes_nothing(run, tree):
    code, out, err = run(sheet(row()), "--json")
    answer = json.loads(out)
    assert (code, list(answer), err) == (0, KEYS, "")
    assert (answer["rows"], answer["new"], answer["batch"], answer["errors"]) == (1, 1, None, [])
    assert not Member.objects.exists()


def test_a_commit_names_its_batch_and_refused_rows_make_it_one(run, tree):
    code, out, _ = run(sheet(row(), row(branch="没有的支部", full_on="")), "--json", "--commit")
    answer = json.loads(out)
    assert (code, answer["new"], answer["refused"]) == (1, 1, 1)
    assert answer["batch"] == str(ImportBatch.objects.get().uid)
    assert [(e["row"], e["column"], e["code"], sorted(e)) for e in answer["errors"]] == [
        (3, "所在党支部", "unknown_branch", ["code", "column", "message", "row"]),
        (3, "转为正式党员日期", "full_without_date", ["code", "column", "message", "row"]),
    ]


def test_without_json_it_speaks_to_people(run, tree):
    code, out, _ = run(sheet(row(), row(category="群众")))
    assert code == 1
    assert "第 3 行 人员类别：" in out and "新增 1" in out and "没有写入" in out


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (b"", (), "空"),
        (b"\x00\x01\x02", (), ""),
        (sheet(), (), "一个人也没有"),
        (sheet(row(id_number="62992319850730538X")), ("--organisation", "999"), "没有代码为 999 的党组织"),
        (sheet(row(id_number="62992319850730538X")), ("--on", "2026-13-01"), "日期 2026-13-01 不对"),
        (sheet(row(id_number="62992319850730538X")), ("--on", "2999-01-01"), "还没有到"),
    ],
)
def test_a_file_or_an_option_of_no_use_is_said_in_one_sentence(run, tree, content, options, sentence):
    code, out, err = run(content, "--json", "--commit", *options)
    assert (code, out) == (2, "")
    assert err.strip().count("\n") == 0 and sentence in err
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_not_there_is_said(capsys, tree):
    with pytest.raises(SystemExit) as ended:
        call_command("import_roster", "没有这个文件.xlsx", "--json")
    assert ended.value.code == 2
    assert "文件打不开" in capsys.readouterr().err


def test_the_organisation_bounds_what_is_missing(run, tree):
    make_member(tree.ours, "甲一"), make_member(tree.far, "乙二")
    for options, missing in (((), 2), (("--organisation", tree.township.code), 1), (("--organisation", tree.neighbours.code), 0)):
        assert json.loads(run(sheet(row()), "--json", *options)[1])["missing"] == missing


def test_what_was_not_read_is_told_beside_the_answer(run, tree):
    person = row()
    with write_xlsx([*HEADINGS, "备注"], [[person.get(field, "") for field in HEADING] + ["困难"]]) as file:
        code, out, err = run(file.read(), "--json")
    assert (code, json.loads(out)["new"], err.strip()) == (0, 1, "这些列不在采集表里，没有读：备注。")


@pytest.mark.parametrize("name", ["名" * 80 + ".xlsx", "n" * 250 + ".xlsx", "\udcc3\udcfb\udcb2\udce1.xlsx"])
def test_a_file_of_any_name_is_taken(run, tree, name):
    assert run(sheet(row()), "--commit", name=name)[0] == 0
    assert ImportBatch.objects.get().file_name in (name[:160], ".xlsx")


def test_a_name_of_fifty_signs_is_taken_whole(run, tree):
    assert run(sheet(row(name="庄" * 50)), "--commit")[0] == 0
    assert Member.objects.get().name == "庄" * 50
