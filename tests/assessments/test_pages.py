"""The cards' pages: who sees which, and every figure opens into what it is made of."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from assessments import services
from assessments.models import Card, CardLine, Indicator
from assessments.selectors import by_month, lacking, parts, shares_of, total
from partyportal.core.models import AuditEntry
from tests.budgets import fits_budget
from tests.factories import make_member, make_organisation


@pytest.fixture
def cards(tree, hold, stand):
    """Cards of this year with something on them."""
    today = timezone.localdate()
    for branch in (tree.ours, tree.neighbours, tree.far):
        stand(make_member(branch, education="21", address="某村"), 2, year=today.year)
        make_member(branch, f"{branch.code}缺")
        hold(branch, date(today.year, 1, 20))
    services.recompute(year=today.year, today=today)
    return {card.organisation.code: card for card in Card.objects.select_related("organisation")}


def test_a_secretary_sees_the_own_card_alone(client, secretary, cards, tree):
    client.force_login(secretary)
    shown = client.get(reverse("assessments:cards")).content.decode()
    assert "高家杨村党支部" in shown and "袁家店村党支部" not in shown and "山门镇党委" not in shown
    assert client.get(reverse("assessments:card", args=[cards[tree.ours.code].uid])).status_code == 200
    for hidden in (tree.neighbours, tree.township, tree.county):
        assert client.get(reverse("assessments:card", args=[cards[hidden.code].uid])).status_code == 404
        assert client.get(reverse("assessments:evidence", args=[cards[hidden.code].uid, "roster"])).status_code == 404


def test_whoever_sees_without_the_duty_is_refused(client, reader, cards, tree):
    client.force_login(reader)
    assert client.get(reverse("assessments:cards")).status_code == 403
    assert client.get(reverse("assessments:card", args=[cards[tree.ours.code].uid])).status_code == 403
    assert client.get(reverse("assessments:indicators")).status_code == 403


def test_a_list_is_ordered_by_code_and_narrowed_by_the_url(client, department, cards):
    client.force_login(department)
    url = reverse("assessments:cards")
    codes = [row.card.organisation.code for row in client.get(url).context["rows"]]
    assert codes == sorted(codes) and len(codes) == 6
    assert len(client.get(url + "?organisation=001003").context["rows"]) == 3
    assert len(client.get(url + "?kind=branch").context["rows"]) == 3
    assert [str(row.card.organisation) for row in client.get(url + "?q=石柳").context["rows"]] == ["石柳村党支部"]
    assert client.get(url + "?year=2001").context["rows"] == []
    assert client.get(url + "?organisation=nowhere").status_code == 404


@pytest.mark.parametrize("code", Indicator.Code.values)
def test_every_figure_is_the_sum_of_what_it_opens_into(client, department, cards, tree, code):
    today, year = timezone.localdate(), timezone.localdate().year
    for organisation in (tree.county, tree.township, tree.ours):
        card = cards[organisation.code]
        line = CardLine.objects.get(card=card, indicator__code=code)
        split = parts(department, organisation, code, year, today=today)
        assert total([part.share for part in split]) == (line.done, line.due)
        if code == Indicator.Code.MEETINGS:
            assert total([row.share for row in by_month(organisation, year, today=today)]) == (line.done, line.due)
        elif organisation.is_branch:
            assert len(lacking(organisation, code, year, today=today)) == line.due - line.done
        assert total(list(shares_of(code, year, today=today, within=organisation).values())) == (line.done, line.due)
        client.force_login(department)
        assert client.get(reverse("assessments:evidence", args=[card.uid, code])).status_code == 200


def test_evidence_names_the_gaps_of_a_file(client, secretary, cards, tree):
    client.force_login(secretary)
    shown = client.get(reverse("assessments:evidence", args=[cards[tree.ours.code].uid, "roster"])).content.decode()
    assert f"{tree.ours.code}缺" in shown and "还缺学历、家庭住址" in shown


def test_evidence_says_what_has_changed_since_the_card(client, secretary, cards, tree):
    client.force_login(secretary)
    url = reverse("assessments:evidence", args=[cards[tree.ours.code].uid, "roster"])
    assert "现为" not in client.get(url).content.decode()
    make_member(tree.ours, "新来的")
    assert "现为 1/3" in client.get(url).content.decode()


def test_an_unknown_figure_is_not_found(client, secretary, cards, tree):
    client.force_login(secretary)
    assert client.get(reverse("assessments:evidence", args=[cards[tree.ours.code].uid, "nothing"])).status_code == 404


def test_the_department_sets_the_weights_and_this_year_s_cards_follow(client, department, cards, tree, django_capture_on_commit_callbacks):
    client.force_login(department)
    url = reverse("assessments:indicators")
    refused = client.post(url, {"meetings": "60", "roster": "25", "coverage": "25"})
    assert "现在是 110" in refused.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"meetings": "60", "roster": "20", "coverage": "20"}).status_code == 302
    card = Card.objects.get(pk=cards[tree.ours.code].pk)
    assert sorted(line.indicator.weight for line in card.lines.all()) == [20, 20, 60]


def test_a_secretary_reads_the_weights_and_cannot_set_them(client, secretary, cards):
    client.force_login(secretary)
    url = reverse("assessments:indicators")
    assert "改今年的权重" not in client.get(url).content.decode()
    assert client.post(url, {"meetings": "100", "roster": "0", "coverage": "0"}).status_code == 403


def test_the_pages_cost_the_same_at_one_branch_and_at_fifty(client, department, cards, tree):
    client.force_login(department)
    today = timezone.localdate()
    for many in (0, 50):
        for _ in range(many):
            make_member(make_organisation("中共清源县山门镇新村支部委员会", "branch", tree.township))
        services.recompute(year=today.year, today=today)
        with fits_budget("assessments:cards"):
            client.get(reverse("assessments:cards"))
        with fits_budget("assessments:card"):
            client.get(reverse("assessments:card", args=[cards[tree.township.code].uid]))
        with fits_budget("assessments:evidence"):
            client.get(reverse("assessments:evidence", args=[cards[tree.township.code].uid, "meetings"]))


def test_the_list_is_taken_out_as_it_is_narrowed_and_the_file_is_audited(client, department, cards):
    client.force_login(department)
    response = client.post(f"{reverse('assessments:cards')}?organisation=001003&kind=branch")
    (title, *_), heads, *rows = sheet_of(response)
    assert str(timezone.localdate().year) in title and heads[:3] == ["党组织代码", "党组织", "类别"] and heads[-1] == "得分"
    assert [row[0] for row in rows] == ["001003001", "001003002"]
    for row in rows:
        said, card = dict(zip(heads, row, strict=True)), cards[row[0]]
        for line in card.lines.select_related("indicator"):
            assert (said[f"{line.indicator.name}已达"], said[f"{line.indicator.name}应达"]) == (line.done, line.due)
        assert Decimal(str(said["得分"])) == card.score
    act = AuditEntry.objects.get(code="assessments.cards.exported")
    assert (act.actor, act.data["cards"]) == (department, 2)


def sheet_of(response) -> list[list]:
    return CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()


def test_new_weights_move_no_figure_under_another_head_before_the_cards_are_recomputed(client, department, cards):
    client.force_login(department)
    before = {row.card.pk: figures(row) for row in client.get(reverse("assessments:cards")).context["rows"]}
    services.set_weights(
        year=timezone.localdate().year,
        weights={"meetings": Decimal(10), "roster": Decimal(20), "coverage": Decimal(70)},
        today=timezone.localdate(),
        by=department,
    )
    shown = client.get(reverse("assessments:cards")).context
    heads = [indicator.code for indicator in shown["indicators"]]
    assert heads == ["coverage", "roster", "meetings"]
    for row in shown["rows"]:
        assert [line.indicator.code for line in row.lines] == heads
        assert figures(row) == before[row.card.pk]


def figures(row) -> dict:
    return {line.indicator.code: (line.done, line.due) for line in row.lines}
