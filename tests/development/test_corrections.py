"""A step taken back, a case moved, stopped or edited: with a reason, and the records stay."""

from datetime import date

import pytest

from members.development import duties
from members.development.models import Case
from members.development.services import cases, evidence
from members.development.services.steps import Said, record_step, void_step
from partyportal.core.errors import Stale
from partyportal.core.models import AuditEntry
from tests.development.makers import DAYS, TODAY, do, make_case, refused, walk
from tests.factories import id_number


def test_the_last_step_is_taken_back_with_a_reason_and_stays_readable(tree, secretary, committee, people, case):
    walk(case, people, by=secretary, to="contacts")
    with refused("写上哪里记错了", field="reason"):
        void_step(case, reason=" ", by=secretary, today=TODAY)
    gone = void_step(case, reason="日期错了", by=secretary, today=TODAY)
    case.refresh_from_db()
    assert (gone.step, case.next_step, case.companions.filter(end=None).count()) == ("contacts", "contacts", 0)
    do(case, "contacts", people, secretary, day=date(2023, 6, 25))
    assert case.records.filter(step="contacts").count() == 2
    walk(case, people, by=committee, to="approval")
    with refused("已经写进党员名册"):
        void_step(case, reason="错了", by=committee, today=TODAY)


def test_asked_twice_one_step_goes_back_not_two(secretary, people, case):
    walk(case, people, by=secretary, to="contacts")
    shown = case.records.get(step="contacts").pk
    void_step(case, reason="日期错了", by=secretary, today=TODAY, shown=shown)
    with refused("最后一步刚才变了"):
        void_step(case, reason="日期错了", by=secretary, today=TODAY, shown=shown)


def test_the_application_itself_is_not_taken_back(secretary, case):
    with refused("没有可以撤回的步骤"):
        void_step(case, reason="错了", by=secretary, today=TODAY)


def test_article_12_the_time_counts_on_after_a_move(tree, secretary, people, case):
    walk(case, people, by=secretary, to="contacts")
    with refused("要晚于那天", field="on"):
        cases.move_case(case, to=tree.far, on=DAYS["apply"], note="", by=secretary, today=TODAY)
    with refused("已经由这个党支部培养", field="to"):
        cases.move_case(case, to=tree.ours, on=date(2024, 1, 1), note="", by=secretary, today=TODAY)
    cases.move_case(case, to=tree.far, on=date(2024, 1, 1), note="到新单位工作", by=secretary, today=TODAY)
    case.refresh_from_db()
    assert case.organisation == tree.far and not case.companions.filter(end=None).exists()
    assert [(p.organisation, p.start, p.end) for p in case.places.order_by("start")] == [
        (tree.ours, DAYS["apply"], date(2024, 1, 1)),
        (tree.far, date(2024, 1, 1), None),
    ]
    evidence.record_inspection(case, day=date(2024, 5, 1), by_whom="支委会", conclusion="好", by=secretary, today=TODAY)
    assert do(case, "cultivate", people, secretary, day=date(2024, 6, 1)), "a year since the first branch named the activist"


def test_a_case_is_stopped_with_a_reason_but_not_past_the_admission(tree, secretary, committee, people, case):
    with refused("选一个终止的缘由", field="reason"):
        cases.stop_case(case, reason="", note="", on=TODAY, by=secretary, today=TODAY)
    walk(case, people, by=committee, to="approval")
    with refused("要由支部大会讨论、党委审批", field="reason"):
        cases.stop_case(case, reason="unfit", note="", on=TODAY, by=secretary, today=TODAY)


def test_two_edits_of_one_version(tree, secretary, case):
    version = case.version
    changed = cases.edit_case(case, version=version, by=secretary, today=TODAY, post="教师")
    assert (changed.post, changed.version) == ("教师", version + 1)
    with pytest.raises(Stale):
        cases.edit_case(case, version=version, by=secretary, today=TODAY, post="医生")
    entry = AuditEntry.objects.get(code="development.case.edited")
    assert entry.data["fields"] == ["post"] and "教师" not in str(entry.data)


def test_an_edited_number_takes_its_look_ups_along(tree, secretary, case):
    number = id_number(case.birth_on, "1")
    cases.edit_case(case, version=case.version, by=secretary, today=TODAY, id_number=number)
    assert Case.objects.with_id_number(number).get() == case
    other = make_case(tree.far, secretary, name="另一人")
    with refused("已经有正在发展的档案", field="id_number"):
        cases.edit_case(other, version=other.version, by=secretary, today=TODAY, id_number=number)


def test_an_unknown_step_is_refused(secretary, case):
    with refused("没有这一步"):
        record_step(case, step="fly", said=Said(day=TODAY), by=secretary, today=TODAY)


def test_article_11_a_committee_looks_at_its_activists_once_a_year(tree, secretary, committee, department, case):
    said = {"year": 2026, "day": TODAY, "findings": "青年少", "by": committee, "today": TODAY}
    row = evidence.analyse(organisation=tree.township, **said)
    assert (row.applicants, row.activists, row.candidates) == (1, 0, 0), "counted, not typed"
    with refused("这一年已经分析过", field="year"):
        evidence.analyse(organisation=tree.township, **said)
    with refused("党总支、党支部不用", field="organisation"):
        evidence.analyse(organisation=tree.ours, **said)
    with refused("写在当年或者下一年初", field="day"):
        evidence.analyse(organisation=tree.county, **(said | {"year": 2024}))
    december = date(2026, 12, 1)
    assert [duty.organisation_code for duty in duties.due_for_committees([tree.township, tree.county], december)] == [tree.county.code]
    assert duties.due_for_committees([tree.county], date(2026, 11, 30)) == []
