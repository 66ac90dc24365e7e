"""Cards, recomputed from the rows, against a plain reading of the same rows."""

from datetime import date
from decimal import Decimal

import pytest

from assessments import services
from assessments.models import Card, CardLine, Indicator
from assessments.rules import Share, card_score
from branches.models import Organisation, OrganisationSpan
from members.models import Affiliation, Member
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.factories import make_member, make_organisation

TODAY = date(2026, 4, 15)  # three months of the year are over


def lines_of(organisation, year=2026) -> dict[str, Share]:
    rows = CardLine.objects.filter(card__organisation=organisation, card__year=year).select_related("indicator")
    return {line.indicator.code: Share(line.done, line.due) for line in rows}


def test_a_branch_is_measured_by_its_meetings_its_roster_and_its_points(tree, hold, stand):
    whole = make_member(tree.ours, "甲", education="21", address="高家杨村 1 号")
    make_member(tree.ours, "乙", education="", address="高家杨村 2 号")
    stand(whole, 3)
    hold(tree.ours, date(2026, 1, 20))
    hold(tree.ours, date(2026, 2, 20))
    hold(tree.ours, date(2026, 2, 26), kind="assembly")
    services.recompute(year=2026, today=TODAY)
    # due by the end of March: three 主题党日 and the quarter's 党员大会; held: two and one
    assert lines_of(tree.ours) == {"meetings": Share(3, 4), "roster": Share(1, 2), "coverage": Share(1, 2)}
    assert Card.objects.get(organisation=tree.ours, year=2026).score == Decimal("62.50")


def test_base_points_and_deductions_cover_nobody(tree, stand):
    stand(make_member(tree.ours, "甲"), 60, category="base")
    stand(make_member(tree.ours, "乙"), -2)
    stand(make_member(tree.ours, "丙"), 5, year=2025)
    services.recompute(year=2026, today=TODAY)
    assert lines_of(tree.ours)["coverage"] == Share(0, 3)


def test_a_committee_has_what_its_branches_have_together(tree, hold, stand):
    for branch in (tree.ours, tree.neighbours, tree.far):
        stand(make_member(branch, education="21", address="某村"), 1)
    hold(tree.ours, date(2026, 1, 20))
    services.recompute(year=2026, today=TODAY)
    assert lines_of(tree.township) == {"meetings": Share(1, 8), "roster": Share(2, 2), "coverage": Share(2, 2)}
    assert lines_of(tree.county) == {"meetings": Share(1, 12), "roster": Share(3, 3), "coverage": Share(3, 3)}


def test_every_sum_agrees_with_a_plain_walk_of_the_tree(tree, hold, stand):
    for at, branch in enumerate((tree.ours, tree.neighbours, tree.far)):
        for number in range(at + 2):
            person = make_member(branch, education="21" if number else "", address="某村")
            if number % 2:
                stand(person, number)
        hold(branch, date(2026, 1 + at, 9))
    services.recompute(year=2026, today=TODAY)
    for organisation in (tree.county, tree.township, tree.other_township):
        below = [lines_of(branch) for branch in Organisation.objects.branches() if branch.path.startswith(organisation.path)]
        for code in Indicator.Code.values:
            plain = sum((lines[code] for lines in below), Share(0, 0))
            assert lines_of(organisation)[code] == plain, (organisation, code)
    card = Card.objects.get(organisation=tree.county, year=2026)
    weights = dict(Indicator.objects.values_list("code", "weight"))
    assert card.score == card_score((weights[code], share) for code, share in lines_of(tree.county).items())


def test_last_year_stays_where_it_happened(tree, hold):
    """A branch re-hung this year still counts to its former committee last year."""
    OrganisationSpan.objects.filter(organisation=tree.ours).update(end=date(2026, 2, 1))
    Organisation.objects.filter(pk=tree.ours.pk).update(parent=tree.other_township, path=f"{tree.other_township.path}{tree.ours.pk}/")
    moved = Organisation.objects.get(pk=tree.ours.pk)
    OrganisationSpan.objects.create(
        organisation=moved, parent=tree.other_township, path=moved.path, name=moved.name, kind=moved.kind, start=date(2026, 2, 1)
    )
    make_member(moved)
    hold(moved, date(2025, 6, 20))
    services.recompute(year=2025, today=TODAY)
    services.recompute(year=2026, today=TODAY)
    assert lines_of(tree.township, 2025)["meetings"].done == 1
    assert lines_of(tree.other_township, 2025)["meetings"].done == 0
    assert (lines_of(tree.township, 2025)["roster"].due, lines_of(tree.township)["roster"].due) == (1, 0)
    assert lines_of(tree.other_township)["roster"].due == 1


def test_a_member_who_left_counts_where_he_was_at_the_year_s_end(tree):
    person = make_member(tree.ours)
    Affiliation.objects.filter(member=person).update(end=date(2026, 3, 1), end_reason="moved")
    Affiliation.objects.create(member=person, organisation=tree.far, start=date(2026, 3, 1), reason="moved")
    services.recompute(year=2025, today=TODAY)
    services.recompute(year=2026, today=TODAY)
    assert (lines_of(tree.ours, 2025)["roster"].due, lines_of(tree.far, 2025)["roster"].due) == (1, 0)
    assert (lines_of(tree.ours)["roster"].due, lines_of(tree.far)["roster"].due) == (0, 1)


def test_twice_is_once(tree, hold):
    hold(tree.ours, date(2026, 1, 20))
    first = services.recompute(year=2026, today=TODAY)
    before = list(Card.objects.order_by("pk").values_list("pk", "uid", "score"))
    assert services.recompute(year=2026, today=TODAY) == first == 6
    assert list(Card.objects.order_by("pk").values_list("pk", "uid", "score")) == before
    assert CardLine.objects.count() == 6 * 3


def test_some_organisations_can_be_recomputed_alone(tree, hold):
    services.recompute(year=2026, today=TODAY)
    hold(tree.ours, date(2026, 1, 20))
    assert services.recompute(year=2026, today=TODAY, organisations=[tree.ours]) == 1
    assert lines_of(tree.ours)["meetings"].done == 1
    assert lines_of(tree.township)["meetings"].done == 0


def test_a_branch_with_nothing_due_has_a_card_without_a_score(tree):
    fresh = make_organisation("中共清源县山门镇新建村支部委员会", "branch", tree.township, founded_on=date(2026, 4, 2))
    services.recompute(year=2026, today=TODAY)
    assert Card.objects.get(organisation=fresh).score is None
    assert [line.percent for line in CardLine.objects.filter(card__organisation=fresh)] == [None] * 3


def test_in_january_last_year_is_judged_once_more(tree):
    services.recompute_running(today=date(2026, 1, 5))
    assert set(Card.objects.values_list("year", flat=True)) == {2025, 2026}
    services.recompute_running(today=date(2027, 6, 5))
    assert set(Card.objects.values_list("year", flat=True)) == {2025, 2026, 2027}


def test_the_evidence_is_read_in_as_many_statements_at_one_branch_and_at_fifty(tree, django_assert_num_queries):
    from assessments.selectors import measured

    for many in (0, 50):
        for _ in range(many):
            make_member(make_organisation("中共清源县山门镇新村支部委员会", "branch", tree.township))
        with django_assert_num_queries(5):  # cells; counts and paths of the roster, of the points
            measured(2026, today=TODAY)


def test_weights_are_set_from_a_year_on_and_make_a_hundred(tree, department):
    weights = {"meetings": Decimal(40), "roster": Decimal(30), "coverage": Decimal(30)}
    services.set_weights(year=2027, weights=weights, today=TODAY, by=department)
    services.recompute(year=2026, today=date(2027, 3, 1))
    services.recompute(year=2027, today=date(2027, 3, 1))
    used = {card.year: {line.indicator.weight for line in card.lines.all()} for card in Card.objects.filter(organisation=tree.ours)}
    assert used == {2026: {Decimal(50), Decimal(25)}, 2027: {Decimal(40), Decimal(30)}}
    assert AuditEntry.objects.filter(code="assessments.weights.set", actor=department).count() == 1


def test_new_weights_of_the_running_year_replace_the_old_lines(tree, department):
    services.recompute(year=2026, today=TODAY)
    weights = {"meetings": Decimal(40), "roster": Decimal(30), "coverage": Decimal(30)}
    services.set_weights(year=2026, weights=weights, today=TODAY, by=department)
    services.recompute(year=2026, today=TODAY)
    card = Card.objects.get(organisation=tree.ours)
    assert sorted(line.indicator.weight for line in card.lines.all()) == [30, 30, 40]


@pytest.mark.parametrize(
    ("year", "weights", "words"),
    [
        (2026, {"meetings": 50, "roster": 25, "coverage": 20}, "合计要是 100"),
        (2025, {"meetings": 50, "roster": 25, "coverage": 25}, "过去年度"),
        (2026, {"meetings": 100}, "每项指标"),
    ],
)
def test_weights_that_make_no_card_are_refused(tree, department, year, weights, words):
    with pytest.raises(DomainError, match=words):
        services.set_weights(year=year, weights={code: Decimal(w) for code, w in weights.items()}, today=TODAY, by=department)
    assert Member.objects.count() == 0 and Indicator.objects.count() == 3
