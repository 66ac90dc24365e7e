"""What a book tells of a branch, and what it keeps to itself."""

from datetime import date
from decimal import Decimal

import pytest

from education.documents.models import Book
from education.documents.rules import digest_of, is_judged, last_of, printable, told_reason
from education.documents.selectors.records import branch_book, branches_of
from tests.documents.conftest import TODAY, held


def wish(tree, **fields):
    return Book(**{"organisation": tree.ours, "span": "year", "start": date(2026, 1, 1), "as_of": TODAY} | fields)


def test_who_was_ill_is_on_leave_and_no_more_is_said(tree, meeting):
    record = branch_book(wish(tree), tree.ours).records[0]
    assert record.leave == ("龙䶮",) and record.absent == ("薛永云",)
    assert (record.expected, record.present, record.ordinal) == (6, 4, 1)
    assert "病" not in repr(branch_book(wish(tree), tree.ours))


@pytest.mark.parametrize(("reason", "told"), [("ill", ""), ("other", ""), ("unexplained", ""), ("away", "外出"), ("aged", "支部同意免会")])
def test_art_23_and_the_law_on_personal_data_name_no_illness(reason, told):
    assert told_reason(reason) == told


def test_meetings_stand_by_kind_and_then_by_day(tree, secretary, people, meeting):
    for kind, day in (("lecture", date(2026, 3, 1)), ("theme_day", date(2026, 2, 20)), ("assembly", date(2026, 5, 5))):
        held(tree.ours, secretary, people, kind=kind, day=day)
    told = branch_book(wish(tree), tree.ours)
    assert [(record.kind, record.held_on.month) for record in told.records] == [
        ("assembly", 5),
        ("lecture", 3),
        ("theme_day", 2),
        ("theme_day", 10),
    ]
    assert [record.ordinal for record in told.records] == [1, 1, 1, 2]


def test_a_gap_is_told_once_its_month_is_over(tree, secretary, people, meeting):
    def missing(as_of):
        return [gap.what for gap in branch_book(wish(tree, span="month", start=date(2026, 11, 1), as_of=as_of), tree.ours).gaps]

    assert missing(date(2026, 11, 29)) == missing(date(2026, 11, 30)) == []
    assert missing(date(2026, 12, 1)) == ["主题党日"]
    assert [is_judged(date(2026, 11, 1), day) for day in (date(2026, 11, 30), date(2026, 12, 1))] == [False, True]


def test_what_was_written_and_does_not_count_is_told_as_such(tree, secretary, people):
    held(tree.ours, secretary, people, confirm=False)
    told = branch_book(wish(tree, span="month", start=date(2026, 10, 1)), tree.ours)
    assert told.records == ()
    assert [(gap.when, gap.state) for gap in told.gaps] == [("10 月", "没有记录"), ("10月20日", "有草稿，还没有确认")]


def test_hours_are_those_of_the_span_and_a_month_asks_for_no_year_s_hours(tree, secretary, people, meeting):
    held(tree.ours, secretary, people, kind="lecture", day=date(2026, 3, 1), study_hours=Decimal("1.5"))
    year = {line.name: line for line in branch_book(wish(tree), tree.ours).study}
    assert (year["程勇庆"].times, year["程勇庆"].hours, year["程勇庆"].note) == (2, Decimal("3.5"), "还差 28.5 学时")
    assert (year["龙䶮"].hours, year["龙䶮"].due) == (Decimal("1.5"), 32)
    month = {line.name: line for line in branch_book(wish(tree, span="month", start=date(2026, 3, 1)), tree.ours).study}
    assert (month["程勇庆"].hours, month["程勇庆"].due, month["程勇庆"].note) == (Decimal("1.5"), None, "")


def test_a_subtree_s_branches_are_those_that_existed_within_the_span(tree):
    def found(start):
        return [branch.code for branch in branches_of(wish(tree, organisation=tree.county, start=start))]

    tree.neighbours.dissolved_on = date(2026, 1, 1)
    tree.neighbours.save()
    tree.far.founded_on = date(2026, 12, 31)
    tree.far.save()
    assert found(date(2025, 1, 1)) == ["001003001", "001003002"]
    assert found(date(2026, 1, 1)) == ["001003001", "001004001"]


def test_the_cost_of_a_branch_does_not_grow_with_its_meetings(tree, secretary, people, meeting, django_assert_num_queries):
    def cost():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            branch_book(wish(tree), tree.ours)
        return len(asked)

    first = cost()
    for month in range(1, 10):
        held(tree.ours, secretary, people, day=date(2026, month, 20))
    assert cost() == first


def test_a_span_ends_with_its_month_and_its_year():
    assert (last_of("month", date(2028, 2, 1)), last_of("year", date(2026, 1, 1))) == (date(2028, 2, 29), date(2026, 12, 31))
    assert last_of("meeting", date(2026, 5, 5)) == date(2026, 5, 5)


def test_a_digest_is_the_sha256_of_the_record_s_json():
    assert digest_of({"topic": "防火", "day": "2026-10-20"}) == digest_of({"day": "2026-10-20", "topic": "防火"})
    assert digest_of({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_what_no_document_takes_is_left_out():
    assert printable("甲\x00乙\x0b丙\ud800丁\ufffe戊\n己") == "甲乙丙丁戊\n己"
