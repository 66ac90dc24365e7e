"""The roster this project hands out, taken in again: whole it changes nothing, masked it is refused in one sentence."""

from datetime import date

import pytest

from branches.models import Organisation
from branches.services import organisations
from members.models import Member
from members.roster.fields import COMPARED
from members.services import membership
from members.services.exports import export_roster
from members.services.imports import write_file
from partyportal.core.models import AuditEntry
from partyportal.core.workbook import UnusableFile
from tests.factories import make_member
from tests.members.test_import_roster import TODAY, counts, imported, row, snapshot


def exported(by, *, whole_numbers=True) -> bytes:
    with export_roster(
        Member.objects.at_home().order_by("branch__code", "pinyin", "pk"), whole_numbers=whole_numbers, path="/", by=by
    ) as file:
        return file.read()


def taken_in(content: bytes, *, commit=True, organisation=None):
    return write_file(content, "党员名册.xlsx", organisation=organisation, day=TODAY, commit=commit, today=TODAY)


@pytest.fixture
def odd_people(tree, department):
    """Whatever a roster may hold that is easily written otherwise than it is read."""
    make_member(tree.ours, "买买提·艾山", ethnicity="05", education="", post="", mobile_phone="")
    make_member(tree.ours, "𠮷田", address="高家杨村 3 号，“老屋”，=1+1", landline="0938-8212345", education="20")
    make_member(tree.ours, "程勇庆", is_mobile=True, destination="浙江省杭州市萧山区")
    make_member(tree.neighbours, "郝琴", is_lost=True, lost_on=date(2025, 3, 1))
    make_member(tree.far, "刘明", category="probationary", full_on=None, joined_on=date(2026, 7, 1), start=date(2026, 7, 1))
    make_member(tree.far, "陈年", birth_on=date(1940, 1, 1), joined_on=date(1971, 7, 1), full_on=date(1971, 7, 1))
    stopped = make_member(tree.far, "停党籍人")
    membership.suspend(stopped, on=TODAY, reason="abroad", basis="清源组〔2026〕1号", by=department)
    gone = make_member(tree.far, "走了的人")
    membership.leave(gone, on=TODAY, reason="transferred_out", by=department)


def rows() -> dict:
    return {
        member.uid: [getattr(member, name) for name in (*COMPARED, "branch_id", "version", "updated_at")] for member in Member.objects.all()
    }


def test_the_whole_export_taken_in_again_writes_nothing(odd_people, tree, department):
    content, before, versions = exported(department), rows(), snapshot()
    acts = AuditEntry.objects.filter(code__startswith="members.member").count()
    answer = taken_in(content)
    assert counts(answer) == {"unchanged": 7}, answer.errors
    assert rows() == before and snapshot() == versions
    assert AuditEntry.objects.filter(code__startswith="members.member").count() == acts
    assert exported(department) == content


def test_the_whole_export_of_a_subtree_is_a_no_op_there(odd_people, tree, department):
    with export_roster(Member.objects.within(tree.township), whole_numbers=True, path=tree.township.path, by=department) as file:
        answer = taken_in(file.read(), organisation=tree.township)
    assert counts(answer) == {"unchanged": 4}


def test_branches_of_one_name_are_told_apart_on_the_way_back(odd_people, tree, department):
    twin = organisations.found_organisation(
        code="001009009", name=Organisation.objects.get(pk=tree.ours.pk).name, kind="branch", parent=tree.other_township,
        founded_on=date(2000, 1, 1), unit_type="village", by=None,
    )  # fmt: skip
    make_member(twin, "同名支部的人")
    assert counts(taken_in(exported(department))) == {"unchanged": 8}


def test_a_masked_export_is_refused_in_one_sentence_before_anything_is_read(odd_people, department):
    acts = AuditEntry.objects.count()
    with pytest.raises(UnusableFile) as refusal:
        taken_in(exported(department, whole_numbers=False))
    assert refusal.value.message == "这份名册里的公民身份号码是遮盖过的（带 * 号），认不出是谁，请换导出完整号码的名册再导入。"
    assert AuditEntry.objects.count() == acts + 1  # the export alone


def test_what_a_masked_export_hides_overwrites_nothing(tree, department):
    """Somebody types the whole number into a masked sheet: 已遮盖 in the address is no address."""
    held = make_member(tree.ours, "程勇庆", address="高家杨村3号", post="", mobile_phone="")
    answer = imported(row(name="程勇庆", id_number=held.id_number, address="已遮盖"))
    assert counts(answer) == {"unchanged": 1}
    held.refresh_from_db()
    assert held.address == "高家杨村3号"


def test_one_masked_row_among_whole_ones_is_refused_for_itself(tree):
    answer = imported(row(name="莫萍"), row(name="廖山明", id_number="629922********6939"))
    assert counts(answer) == {"new": 1, "refused": 1}
    assert answer.errors[0]["message"] == "号码是遮盖过的，认不出是谁，请填全 18 位"
