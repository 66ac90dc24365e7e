"""届次: how long, when it is over, what a superior must approve. 支部工作条例（试行）ch.6, 机关条例, the rules of 1990."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from branches.models import Term, TermChange
from branches.parameters import TERM_EXTENSION_MONTHS
from branches.rules import Length, may_expire_on, term_state, term_years
from branches.selectors import lengths_on
from branches.services.organisations import dissolve
from branches.services.terms import change_term, open_term
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from partyportal.core.parameters import set_value
from tests.at_once import at_once
from tests.factories import make_grant, make_member, make_organisation, make_user

TODAY = date(2026, 11, 22)


def opened(organisation, *, by=None, number=1, start=date(2024, 3, 1), basis="山委〔2024〕3号"):
    return open_term(organisation, number=number, start=start, basis=basis, by=by, today=TODAY)


# ── Rules ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("kind", "unit_type", "years"),
    [
        ("branch", "village", 5),
        ("branch", "community", 5),
        ("branch", "office", 3),
        ("branch", "new_sector", 3),
        ("branch", "", 3),
        ("general_branch", "office", 3),
        ("general_branch", "village", 5),
        ("committee", "township", 5),
        ("committee", "office", 5),
        ("work_committee", "office", None),
        ("group", "", None),
        ("county", "", None),
    ],
)
def test_chapter_6_village_and_community_five_years_other_branches_three(db, kind, unit_type, years):
    assert term_years(lengths_on(TODAY), kind=kind, unit_type=unit_type) == years


def test_the_unit_s_own_length_goes_before_the_general_one():
    lengths = [Length("branch", "", 3), Length("branch", "village", 5)]
    assert term_years(lengths, kind="branch", unit_type="village") == 5
    assert term_years(reversed(lengths), kind="branch", unit_type="village") == 5


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2028, 8, 31), "running"),
        (date(2028, 9, 1), "near"),  # six months ahead of 2029-03-01
        (date(2029, 2, 28), "near"),
        (date(2029, 3, 1), "over"),
        (date(2029, 3, 2), "over"),
    ],
)
def test_an_election_is_warned_of_six_months_ahead_and_overdue_from_the_day(today, state):
    assert term_state(date(2029, 3, 1), today=today, warning_months=6) == state


@pytest.mark.parametrize(
    ("kind", "until", "fault"),
    [
        ("extended", date(2027, 3, 1), "延期要晚于届满之日"),
        ("extended", date(2027, 3, 2), ""),
        ("extended", date(2028, 3, 1), ""),
        ("extended", date(2028, 3, 2), "延期不超过 12 个月，最迟到 2028-03-01"),
        ("advanced", date(2027, 2, 28), ""),
        ("advanced", date(2027, 3, 1), "提前换届要早于届满之日"),
        ("advanced", date(2024, 3, 1), "要晚于当选之日"),
    ],
)
def test_rules_of_1990_an_extension_is_at_most_a_year(kind, until, fault):
    said = may_expire_on(until, kind=kind, started_on=date(2024, 3, 1), due_on=date(2027, 3, 1), extension_months=12)
    assert said == "" if not fault else said.startswith(fault)


# ── Services ────────────────────────────────────────────────────────────────
def test_a_village_branch_elected_for_five_years(tree, committee):
    term = opened(tree.ours, by=committee)
    assert (term.due_on, term.end) == (date(2029, 3, 1), None)
    entry = AuditEntry.objects.get(code="branches.term.opened")
    assert entry.actor == committee and entry.data["number"] == 1
    assert "山委" not in str(entry.data), "a document's number is in the row, not in the log"


def test_the_next_term_ends_the_one_before_on_its_day(tree, committee):
    first = opened(tree.ours, by=committee)
    second = opened(tree.ours, by=committee, number=2, start=date(2026, 11, 20))
    first.refresh_from_db()
    assert first.end == second.start
    assert Term.objects.on(date(2026, 11, 19)).get() == first
    assert Term.objects.on(date(2026, 11, 20)).get() == second


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"start": date(2026, 11, 23)}, "start", "还没有到"),
        ({"start": date(1999, 12, 31)}, "start", "才成立"),
        ({"start": date(2017, 1, 1)}, "start", "没有登记在册"),
        ({"basis": "  "}, "basis", "批复"),
    ],
)
def test_a_wrong_term_is_refused_and_nothing_is_written(tree, committee, said, field, words):
    with pytest.raises(DomainError) as refusal:
        opened(tree.ours, by=committee, **said)
    assert refusal.value.field == field and words in refusal.value.message
    assert not Term.objects.exists() and not AuditEntry.objects.filter(code__startswith="branches.term").exists()


def test_out_of_order_is_refused(tree, committee):
    opened(tree.ours, by=committee, number=3)
    with pytest.raises(DomainError, match="上一届是第 3 届"):
        opened(tree.ours, by=committee, number=3, start=date(2026, 1, 1))
    with pytest.raises(DomainError, match="才当选"):
        opened(tree.ours, by=committee, number=4, start=date(2024, 3, 1))
    assert Term.objects.get().end is None


def test_who_is_not_elected_has_no_term(tree, department):
    works = make_organisation("中共清源县直属机关工作委员会", "work_committee", tree.county)
    with pytest.raises(DomainError, match="不实行任期"):
        opened(works, by=department)


def test_an_extension_is_a_row_of_its_own_with_the_superior_s_document(tree, committee):
    term = opened(tree.ours, by=committee, start=date(2021, 11, 1))
    assert Term.objects.with_due().get().expires_on == date(2026, 11, 1)
    change = {"kind": "extended", "until": date(2027, 5, 1), "reason": "村改居", "by": committee, "today": TODAY}
    with pytest.raises(DomainError, match="文号"):
        change_term(term, basis="", **change)
    change_term(term, basis="县组发〔2026〕7号", **change)
    term.refresh_from_db()
    assert term.due_on == date(2026, 11, 1), "what it was to be stays"
    assert Term.objects.with_due().get().expires_on == date(2027, 5, 1)
    with pytest.raises(DomainError, match="已经登记为"):
        change_term(term, basis="县组发〔2026〕8号", **change)
    with pytest.raises(DomainError, match="最迟到 2027-11-01"):
        change_term(term, basis="县组发〔2026〕9号", **(change | {"until": date(2027, 11, 2)}))
    assert TermChange.objects.count() == 1


def test_a_county_may_allow_shorter_extensions(tree, committee, system_admin):
    set_value(TERM_EXTENSION_MONTHS, value=6, start=date(2026, 1, 1), by=system_admin)
    term = opened(tree.ours, by=committee, start=date(2021, 11, 1))
    with pytest.raises(DomainError, match="最迟到 2027-05-01"):
        change_term(term, kind="extended", until=date(2027, 5, 2), reason="村改居", basis="县组发〔2026〕7号", by=committee, today=TODAY)


def test_a_term_that_is_over_cannot_be_extended(tree, committee):
    first = opened(tree.ours, by=committee)
    opened(tree.ours, by=committee, number=2, start=date(2026, 1, 1))
    with pytest.raises(DomainError, match="已经换届"):
        change_term(first, kind="extended", until=date(2029, 9, 1), reason="村改居", basis="〔1〕", by=committee, today=TODAY)


def test_the_database_keeps_one_term_a_day(tree):
    Term.objects.create(organisation=tree.ours, number=1, start=date(2021, 1, 1), due_on=date(2026, 1, 1), basis="〔1〕")
    with pytest.raises(IntegrityError, match="term_one_a_day"), transaction.atomic():
        Term.objects.create(organisation=tree.ours, number=2, start=date(2024, 1, 1), due_on=date(2029, 1, 1), basis="〔2〕")


@pytest.mark.django_db(transaction=True)
def test_two_who_open_the_same_term_at_once_open_one(tree, committee, department):
    told = at_once(*(lambda by=by: opened(tree.ours, by=by) for by in (committee, department)))
    assert {type(one) for one in told} == {Term, DomainError}
    assert Term.objects.count() == 1


# ── Dissolving ──────────────────────────────────────────────────────────────
def gone(organisation, by, *, on=date(2026, 11, 20), basis="县组发〔2026〕9号"):
    return dissolve(organisation, on=on, basis=basis, by=by, today=TODAY)


def test_a_branch_with_members_is_not_dissolved_and_says_how_many(tree, department):
    for _ in range(3):
        make_member(tree.ours)
    with pytest.raises(DomainError, match="还有 3 名党员的组织关系在这里"):
        gone(tree.ours, department)
    tree.ours.refresh_from_db()
    assert tree.ours.dissolved_on is None


def test_an_organisation_with_others_below_is_not_dissolved(tree, department):
    with pytest.raises(DomainError, match="还有 2 个下级党组织"):
        gone(tree.township, department)


def test_an_empty_branch_is_dissolved_with_its_span_term_and_grants(tree, department):
    opened(tree.ours)
    user = make_user("老书记")
    grant = make_grant(user, tree.ours, "secretary")
    gone(tree.ours, department)
    tree.ours.refresh_from_db()
    grant.refresh_from_db()
    assert tree.ours.dissolved_on == date(2026, 11, 20)
    assert tree.ours.spans.get().end == tree.ours.terms.get().end == grant.end == date(2026, 11, 20)
    with pytest.raises(DomainError, match="已经撤销"):
        gone(tree.ours, department)
    with pytest.raises(DomainError, match="已经撤销"):
        opened(tree.ours, number=2, start=date(2026, 11, 21))


@pytest.mark.parametrize(
    ("said", "words"),
    [({"on": date(2026, 11, 23)}, "还没有到"), ({"on": date(2000, 1, 1)}, "要晚于那天"), ({"basis": ""}, "文号")],
)
def test_a_wrong_dissolution_is_refused(tree, department, said, words):
    with pytest.raises(DomainError, match=words):
        gone(tree.ours, department, **said)
