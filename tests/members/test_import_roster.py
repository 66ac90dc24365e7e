"""The roster import through its one door: what a file makes of the roster, and what it must leave alone."""

import json
import time
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from branches.models import Organisation
from members.models import Affiliation, ImportBatch, ImportedRow, Member, MemberClass, StagedRow
from members.rules.roster import HEADING, HEADINGS
from members.services.imports import write_file
from members.services.people import derived
from partyportal.core import crypto, personkeys
from partyportal.core.models import AuditEntry, PersonKey
from partyportal.core.sheets import write_xlsx
from tests.factories import id_number, make_member

TODAY = date(2026, 11, 22)
OURS, NEIGHBOURS = "中共清源县山门镇高家杨村支部委员会", "中共清源县山门镇袁家店村支部委员会"


def row(**said) -> dict:
    """A person as the national form has one; what is not said is a full member of our branch."""
    usual = {"name": "吴山军", "category": "正式党员", "branch": OURS, "joined_on": "2005-07-01", "full_on": "2006-07-01"}
    return usual | {"id_number": id_number()} | said


def sheet(*rows: dict) -> bytes:
    names = {heading: name for name, heading in HEADING.items()}
    with write_xlsx(HEADINGS, [[one.get(names[heading], "") for heading in HEADINGS] for one in rows]) as file:
        return file.read()


def imported(*rows: dict, commit=True, on=TODAY, organisation=None):
    return write_file(sheet(*rows), "名册.xlsx", organisation=organisation, day=on, commit=commit, today=TODAY)


def counts(answer) -> dict:
    said = answer.as_json()
    return {key: said[key] for key in ("new", "changed", "moved", "unchanged", "missing", "refused") if said[key]}


def held(number: str) -> Member:
    return Member.objects.with_id_number(number).get()


def changes_of(imported_row: ImportedRow) -> dict:
    return json.loads(crypto.decrypt_with(personkeys.key_of(imported_row.member.uid), bytes(imported_row.sealed)))


def snapshot() -> dict[str, list]:
    """Every row a re-import must leave as it is, with the database's own row versions."""
    tables = ("members_member", "members_affiliation", "members_memberclass", "members_importedrow", "core_personkey")
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT xmin::text, ctid::text, t.* FROM {table} t ORDER BY 3")
            found[table] = cursor.fetchall()
        return found


def test_a_new_member_gets_the_dated_rows_and_the_derived_columns(tree):
    person = row(name="曾国柱", education="本科", mobile_phone="15412345678")
    answer = imported(person)
    assert counts(answer) == {"new": 1}
    member = held(person["id_number"])
    assert (member.name, member.pinyin, member.initials, member.education) == ("曾国柱", "zengguozhu", "zgz", "20")
    assert (member.id_number, member.id_masked) == (person["id_number"], f"{person['id_number'][:6]}********{person['id_number'][-4:]}")
    assert (member.sex, member.birth_on, member.ethnicity, member.standing) == ("1", date(1980, 1, 1), "01", "normal")
    assert (member.is_lost, member.is_mobile, member.branch, member.version) == (False, False, tree.ours, 1)
    affiliation, one_class = member.affiliations.get(), member.classes.get()
    assert (affiliation.organisation, affiliation.start, affiliation.end, affiliation.reason) == (
        tree.ours,
        date(2005, 7, 1),
        None,
        "opening",
    )
    assert (one_class.name, one_class.start, one_class.end) == ("village", date(2005, 7, 1), None)


def test_the_opening_is_not_before_the_branch_was_founded(tree):
    person = row(joined_on="1998-07-01", full_on="1999-07-01")  # the branch is of 2000
    imported(person)
    assert held(person["id_number"]).affiliations.get().start == date(2000, 1, 1)


def test_a_dry_run_leaves_nothing(tree):
    answer = imported(row(), commit=False)
    assert counts(answer) == {"new": 1}
    assert answer.as_json()["batch"] is None
    for model in (Member, ImportBatch, StagedRow, ImportedRow):
        assert not model.objects.exists()


def test_the_same_file_again_writes_nothing_at_all(tree):
    people = [row(is_mobile="是", destination="浙江省杭州市"), row(name="袁强明", branch=NEIGHBOURS), row(is_lost="是", lost_on="2026-01")]
    assert counts(imported(*people)) == {"new": 3}
    before, acts = snapshot(), AuditEntry.objects.exclude(code="members.roster.committed").count()
    assert counts(imported(*people)) == {"unchanged": 3}
    assert snapshot() == before
    assert AuditEntry.objects.exclude(code="members.roster.committed").count() == acts
    assert not StagedRow.objects.exists()


def test_a_change_writes_the_fields_that_differ_and_seals_both_values(tree):
    person = row(post="农民")
    imported(person)
    answer = imported(person | {"post": "专业技术人员", "name": "吴珊军"})
    assert counts(answer) == {"changed": 1}
    member = held(person["id_number"])
    assert (member.post, member.name, member.pinyin, member.version) == ("专业技术人员", "吴珊军", "wushanjun", 2)
    written = ImportedRow.objects.get(batch=answer.batch)
    assert (written.outcome, sorted(written.fields)) == ("changed", ["name", "post"])
    assert changes_of(written) == {"post": ["农民", "专业技术人员"], "name": ["吴山军", "吴珊军"]}
    assert member.affiliations.count() == 1


def test_no_blank_overwrites(tree):
    person = row(
        post="农民",
        mobile_phone="15412345678",
        address="高家杨村3号",
        education="本科",
        is_mobile="是",
        destination="浙江省杭州市",
        standing="停止党籍",
    )
    imported(person)
    bare = {key: person[key] for key in ("name", "category", "branch", "joined_on", "full_on", "id_number")}
    assert counts(imported(bare)) == {"unchanged": 1}
    assert held(person["id_number"]).is_mobile is True


def test_a_no_ends_what_belonged_to_the_yes(tree):
    person = row(is_mobile="是", destination="浙江省杭州市", is_lost="是", lost_on="2026-01-05")
    imported(person)
    answer = imported(person | {"is_mobile": "否", "destination": "", "is_lost": "否", "lost_on": ""})
    assert counts(answer) == {"changed": 1}
    member = held(person["id_number"])
    assert (member.is_mobile, member.destination, member.is_lost, member.lost_on) == (False, "", False, None)
    assert [c.name for c in member.classes.order_by("start")] == ["mobile", "village"]


def test_another_branch_is_a_move_on_the_day_asked(tree):
    person = row()
    imported(person)
    answer = imported(person | {"branch": NEIGHBOURS, "post": "农民"}, on=date(2026, 11, 1))
    assert counts(answer) == {"moved": 1}
    member = held(person["id_number"])
    assert (member.branch, member.left_on, member.post) == (tree.neighbours, None, "农民")
    old, new = member.affiliations.order_by("start")
    assert (old.end, new.start, new.organisation, new.reason) == (date(2026, 11, 1), date(2026, 11, 1), tree.neighbours, "moved")
    assert changes_of(ImportedRow.objects.get(batch=answer.batch))["branch"] == [tree.ours.code, tree.neighbours.code]


def test_moved_twice_on_one_day_is_where_the_second_says(tree):
    person = row()
    imported(person)
    imported(person | {"branch": NEIGHBOURS})
    assert counts(imported(person | {"branch": tree.far.code})) == {"moved": 1}
    member = held(person["id_number"])
    assert member.branch == tree.far
    assert [(a.organisation, a.start) for a in member.affiliations.order_by("start")] == [(tree.ours, date(2005, 7, 1)), (tree.far, TODAY)]


def test_a_move_before_the_present_affiliation_began_is_refused(tree):
    person = row()
    imported(person)
    imported(person | {"branch": NEIGHBOURS}, on=date(2026, 11, 1))
    answer = imported(person, on=date(2026, 10, 1))
    assert counts(answer) == {"refused": 1}
    assert answer.errors[0]["code"] == "date_order"
    assert held(person["id_number"]).branch == tree.neighbours


def test_whoever_left_and_comes_back_is_moved(tree):
    member = make_member(tree.ours, "刘明")
    Affiliation.objects.filter(member=member).update(end=date(2026, 5, 1), end_reason="moved")
    answer = imported(row(name="刘明", id_number=member.id_number))
    assert counts(answer) == {"moved": 1}
    member.refresh_from_db()
    assert (member.branch, member.left_on) == (tree.ours, None)
    assert [(a.start, a.end) for a in member.affiliations.order_by("start")] == [(date(2010, 7, 1), date(2026, 5, 1)), (TODAY, None)]


def test_a_class_somebody_exempted_stays(tree):
    member = make_member(tree.ours, "刘明")
    MemberClass.objects.filter(member=member).update(name="exempt")
    imported(row(name="刘明", id_number=member.id_number, post="离退休人员"))
    assert member.classes.get().name == "exempt"


def test_missing_are_those_at_home_whose_number_is_not_in_the_file(tree):
    make_member(tree.ours, "甲一")
    make_member(tree.far, "乙二")
    refused = make_member(tree.ours, "丙三")
    rows = [row(), row(id_number=refused.id_number, category="群众")]
    assert counts(imported(*rows, commit=False)) == {"new": 1, "missing": 2, "refused": 1}
    assert counts(imported(*rows, commit=False, organisation=tree.township)) == {"new": 1, "missing": 1, "refused": 1}


def test_good_rows_are_written_and_refused_rows_told(tree):
    good, double = row(), row()
    answer = imported(good, row(branch="没有的支部"), double, double | {"name": "吴山水"}, row(full_on=""))
    assert counts(answer) == {"new": 1, "refused": 4}
    assert [(e["row"], e["column"], e["code"]) for e in answer.errors] == [
        (3, "所在党支部", "unknown_branch"),
        (4, "公民身份号码", "duplicate_in_file"),
        (5, "公民身份号码", "duplicate_in_file"),
        (6, "转为正式党员日期", "full_without_date"),
    ]
    assert Member.objects.count() == 1


def test_a_file_that_contradicts_what_is_held_is_refused_and_not_a_crash(tree):
    person = row(category="预备党员", joined_on="2010-01-01", full_on="2011-01-01")
    imported(person)
    answer = imported(person | {"joined_on": "2012-01-01", "full_on": ""})
    assert [(e["column"], e["code"]) for e in answer.errors] == [("加入党组织日期", "date_order")]


def test_names_beyond_the_basic_plane_survive(tree):
    person = row(name="𠮷䶮𬎆", address="𫠆村1号")
    imported(person)
    assert (held(person["id_number"]).name, held(person["id_number"]).address) == ("𠮷䶮𬎆", "𫠆村1号")
    assert counts(imported(person)) == {"unchanged": 1}


def test_a_file_taken_in_by_many_parts_is_the_same_as_by_one(tree, monkeypatch):
    """New, held, refused and doubled people across the borders of the parts."""
    people = [row(name=f"吴山{sign}") for sign in "军民水木火土金石田"]
    imported(*people[:3])
    people[1] |= {"post": "教师"}
    people += [row(branch="没有"), people[7], people[2] | {"branch": NEIGHBOURS}]

    def left() -> tuple:
        with transaction.atomic():
            answer = imported(*people)
            found = (
                counts(answer),
                [(error["row"], error["code"], error["message"]) for error in answer.errors],
                sorted(Member.objects.values_list("name", "id_masked", "post", "branch__code", "version"), key=str),
                sorted(Affiliation.objects.values_list("member__name", "organisation__code", "start", "end"), key=str),
                sorted(MemberClass.objects.values_list("member__name", "name", "start"), key=str),
                sorted(ImportedRow.objects.values_list("row", "outcome", "member__name", "fields"), key=str),
                PersonKey.objects.count(),
                AuditEntry.objects.filter(code__startswith="members.").count(),
            )
            transaction.set_rollback(True)
        return found

    at_once = left()
    assert at_once[0] == {"new": 5, "changed": 1, "unchanged": 1, "refused": 5}
    for part in (1, 2, 5):
        monkeypatch.setattr("members.roster.staging._PARTS", (part,))
        assert left() == at_once


def test_signs_that_would_break_a_copy_are_kept_out_of_it(tree):
    person = row(address='一行\\N "二"\t三\n四')
    imported(person)
    assert held(person["id_number"]).address == '一行\\N "二" 三 四'
    assert counts(imported(person)) == {"unchanged": 1}


def test_the_log_and_the_staging_hold_no_number_and_no_name(tree):
    person = row(name="吴山军")
    answer = imported(person)
    entry = AuditEntry.objects.get(code="members.member.registered")
    assert entry.data == {"batch": str(answer.batch.uid), "row": 2, "organisation": tree.ours.code, "fields": []}
    assert entry.subject == entry.target_uid == held(person["id_number"]).uid
    told = json.dumps([e.data for e in AuditEntry.objects.all()], ensure_ascii=False)
    assert person["name"] not in told
    assert person["id_number"] not in told
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM members_importedrow t UNION ALL SELECT t::text FROM core_auditentry t")
        stored = "\n".join(line for (line,) in cursor.fetchall())
    assert "吴山军" not in stored
    assert person["id_number"].encode().hex() not in stored


def test_the_bulk_way_and_the_single_way_register_alike(tree):
    """`register` writes one member, the import twenty thousand: the same columns and dated rows."""
    number = id_number()
    single = make_member(tree.ours, "吴山军", post="农民", mobile_phone="15412345678", id_number=number)
    twin = row(post="农民", mobile_phone="15412345678")
    imported(twin)
    other = held(twin["id_number"])
    own = {"id", "uid", "id_number", "id_masked", "id_index", "id_tail_index", "created_at", "updated_at"}
    for field in Member._meta.concrete_fields:
        if field.name not in own:
            assert getattr(single, field.attname) == getattr(other, field.attname), field.name
    assert [c.name for c in single.classes.all()] == [c.name for c in other.classes.all()]
    for column, value in derived(name="吴山军", id_number=twin["id_number"]).items():
        held_value = getattr(other, column)
        assert (bytes(held_value) if isinstance(value, bytes) else held_value) == value, column


def test_the_sample_county_comes_in_whole_and_again_unchanged(db, tree_of_samples, sample):
    answer = write_file(sample("roster.xlsx"), "roster.xlsx", organisation=None, day=TODAY, commit=True, today=TODAY)
    assert counts(answer) == {"new": 6569}
    before = snapshot()
    again = write_file(sample("roster.xlsx"), "roster.xlsx", organisation=None, day=TODAY, commit=True, today=TODAY)
    assert counts(again) == {"unchanged": 6569}
    assert snapshot() == before
    assert Affiliation.objects.filter(end=None).count() == MemberClass.objects.filter(end=None).count() == 6569
    assert Organisation.objects.get(code="001") == answer.batch.organisation


def test_the_messy_sample_equals_its_key(db, tree_of_samples, sample):
    expected = json.loads(sample("roster-messy-expected.json"))
    answer = write_file(
        sample("roster-messy.xlsx"), "roster-messy.xlsx", organisation=None, day=TODAY, commit=True, today=timezone.localdate()
    )
    told = {}
    for error in answer.errors:
        told.setdefault(error["row"], []).append(error["code"])
    assert told == {one["row"]: told[one["row"]] for one in expected if one["outcome"] == "error"}
    for one in expected:
        assert sorted(told.get(one["row"], [])) == sorted(one["codes"]), one
    assert counts(answer) == {"new": 138, "refused": 22}


@pytest.mark.parametrize("address", ["高家杨村3号", '“高家”"杨"村\\3号', ""])
def test_a_registration_keeps_its_values_for_the_one_who_holds_the_key(tree, address):
    answer = imported(row(name="曾国柱", address=address, is_mobile="否"))
    changes = changes_of(ImportedRow.objects.get(batch=answer.batch))
    assert changes.get("address", [None, ""]) == [None, address]
    assert (changes["name"], changes["joined_on"], changes["branch"]) == ([None, "曾国柱"], [None, "2005-07-01"], [None, tree.ours.code])
    assert changes["is_mobile"] == [None, False]
    assert "is_lost" not in changes and "id_number" not in changes


def test_a_session_that_knew_the_tables_nearly_empty_still_imports_a_county_quickly(db, tree_of_samples, sample):
    """Plans kept from single registrations must not be used for thousands of rows: it took minutes, it takes seconds."""
    branch = Organisation.objects.branches().first()
    for number in range(8):
        make_member(branch, f"党员{number}")
    started = time.monotonic()
    answer = write_file(sample("roster.xlsx"), "roster.xlsx", organisation=None, day=TODAY, commit=True, today=TODAY)
    assert counts(answer)["new"] == 6569
    assert time.monotonic() - started < 60
