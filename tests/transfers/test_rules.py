"""The rules of a transfer against their worked examples (docs/rules.md), on the day before, on and after."""

from datetime import date, timedelta

import pytest

from members.transfers import rules
from members.transfers.models import Step, Transfer

DAY = timedelta(days=1)
KINDS, STATES = Transfer.Kind.values, Transfer.State.values


def test_civil_code_art201_the_day_of_issue_is_not_counted_and_the_last_day_is():
    until = rules.last_day(date(2026, 11, 22), 10)
    assert until == date(2026, 12, 2)
    assert [rules.has_expired(until, until + n * DAY) for n in (-1, 0, 1)] == [False, False, True]


@pytest.mark.parametrize("days", [0, -1, 91])
def test_a_letter_is_never_good_for_over_90_days(days):
    assert rules.last_day(date(2026, 11, 22), 90) == date(2027, 2, 20)
    with pytest.raises(ValueError, match="1 to 90"):
        rules.last_day(date(2026, 11, 22), days)


def test_both_sides_are_warned_from_five_days_before_to_the_last_day():
    until = date(2026, 12, 2)
    near = [rules.is_near_expiry(until, until - n * DAY, warning_days=5) for n in (6, 5, 4, 0, -1)]
    assert near == [False, True, True, True, False]


def test_the_stub_is_kept_to_the_end_of_its_tenth_year():
    assert rules.kept_until(date(2026, 1, 1), 10) == rules.kept_until(date(2026, 12, 31), 10) == date(2036, 12, 31)


def test_a_case_asks_for_one_act_at_a_time_until_it_is_over():
    for kind in KINDS:
        assert rules.next_act(kind, "done") is None and rules.next_act(kind, "withdrawn") is None
    way = ["applied", "agreed", "travelling", "received", "placed"]
    assert [rules.next_act("county", state)[0] for state in way] == ["agree", "approve", "receive", "place", "archive"]
    assert rules.next_act("internal", "travelling") is None and rules.next_act("out", "received") is None
    acts = {
        found[0] for kind in KINDS for state in STATES for late in (False, True) if (found := rules.next_act(kind, state, expired=late))
    }
    assert acts <= set(Step.Act.values)


def test_art25_whoever_is_asked_may_refuse_and_nobody_else():
    assert [state for state in STATES if rules.may_refuse("county", state)] == ["applied", "agreed", "travelling", "received"]
    assert [state for state in STATES if rules.may_refuse("out", state)] == ["applied", "agreed"], "another county's refusal is their own"
    assert not rules.may_refuse("county", "travelling", expired=True)


def test_the_out_side_takes_it_back_until_it_is_received():
    assert {state for state in STATES if rules.may_withdraw("county", state)} == {"applied", "agreed", "travelling", "returned"}
    assert {state for state in STATES if rules.may_withdraw("in", state)} == {"received", "returned"}


def test_a_branch_certifies_only_for_a_letter_that_ran_out_on_the_way():
    proved = {(kind, state) for kind in KINDS for state in STATES if rules.may_prove(kind, state, expired=True)}
    assert proved == {("county", "travelling"), ("out", "travelling")}
    assert not any(rules.may_prove(kind, state, expired=False) for kind in KINDS for state in STATES)


def test_codes_have_no_sign_that_is_read_as_another_and_are_found_however_they_are_typed():
    code = rules.code_of(range(0, 248, 31))
    assert len(code) == 8 and not set("01ILO") & set(rules.code_of(range(256)))
    assert rules.tidy_code(f" {rules.shown_code(code).lower()} ") == code
    assert rules.letter_number("清源", 2026, 17) == "清源组转〔2026〕17 号"
