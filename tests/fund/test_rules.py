"""The rules of the fund, at their boundaries."""

from datetime import date
from decimal import Decimal as D

import pytest

from members.care.fund.rules import OTHERS, Movement, agrees, gets_certificate, join_small, match


@pytest.mark.parametrize(("amount", "gets"), [("4999.99", False), ("5000.00", False), ("5000.01", True)])
def test_s17_certificate_above_5000(amount, gets):
    assert gets_certificate(D(amount), above=5000) is gets


def test_what_few_share_is_told_together():
    rows = [("生活困难", D("6000"), 6), ("大病", D("4000"), 2), ("走访", D("900"), 9)]
    assert join_small(rows, least=3) == [("走访", D("900"), 9), (OTHERS, D("10000"), 8)], "two alone could be had by subtraction"
    assert join_small(rows, least=2) == rows
    assert join_small([("大病", D("4000"), 2)], least=3) == [(OTHERS, D("4000"), 2)]
    assert join_small([("大病", D("1"), 2), ("丧葬", D("2"), 1), ("走访", D("9"), 3)], least=3) == [
        ("走访", D("9"), 3),
        (OTHERS, D("3"), 3),
    ]
    assert join_small([("大病", D("0"), 0), ("走访", D("9"), 3)], least=3) == [("走访", D("9"), 3)]


def test_a_bank_line_answers_by_number_then_by_nearest_day():
    ours = [
        Movement(1, date(2026, 5, 29), D("1000")),
        Movement(2, date(2026, 6, 2), D("1000")),
        Movement(3, date(2026, 6, 2), D("-50"), "N7"),
    ]
    assert match([Movement(9, date(2026, 6, 3), D("1000"))], ours, within=5) == {9: 2}
    assert match([Movement(9, date(2026, 6, 3), D("1000")), Movement(8, date(2026, 6, 3), D("1000"))], ours, within=5) == {8: 2, 9: 1}
    assert match([Movement(9, date(2026, 6, 30), D("-50"), "N7")], ours, within=5) == {9: 3}, "the number counts, however late"
    assert match([Movement(9, date(2026, 6, 2), D("-50.01"), "N7")], ours, within=5) == {}, "another amount never"
    for day, answered in ((date(2026, 6, 7), {9: 2}), (date(2026, 6, 8), {})):
        assert match([Movement(9, day, D("1000"))], ours, within=5) == answered


def test_both_sides_corrected_are_equal():
    said = {"bank_closing": D("985"), "book_closing": D("1000"), "ours_only": D(0)}
    assert agrees(bank_only=D("-15"), **said)
    assert not agrees(bank_only=D("-14.99"), **said)
    assert agrees(bank_closing=D("1200"), book_closing=D("1000"), bank_only=D("0"), ours_only=D("-200"))
