"""Powers of an organisation: whose they may be, given and ended on a day."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from branches.rules import may_approve_admission
from branches.services.powers import end_power, give_power
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.factories import make_organisation

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("kind", "above", "may"),
    [
        ("committee", "county", True),
        ("committee", "work_committee", True),
        ("committee", "committee", False),
        ("general_branch", "committee", False),
        ("branch", "committee", False),
    ],
)
def test_admission_is_approved_by_a_committee_that_is_under_no_other(kind, above, may):
    assert may_approve_admission(kind=kind, above=above) is may


def test_a_general_branch_may_not_approve_admissions(tree, department):
    general = make_organisation("中共清源县山门镇卫生院总支部委员会", "general_branch", tree.township)
    with pytest.raises(DomainError, match="只有基层党委"):
        give_power(general, power="approves_admission", start=DAY, by=department)


def test_a_power_is_given_once_ended_once_and_given_again(tree, department):
    given = give_power(tree.ours, power="own_scheme", start=DAY, by=department)
    with pytest.raises(DomainError, match="已经有这项权限"):
        give_power(tree.ours, power="own_scheme", start=DAY, by=department)
    end_power(given, on=date(2026, 6, 1), by=department)
    with pytest.raises(DomainError, match="已经终止"):
        end_power(given, on=date(2026, 7, 1), by=department)
    give_power(tree.ours, power="own_scheme", start=date(2026, 6, 1), by=department)
    assert [row.code for row in AuditEntry.objects.filter(target_uid=tree.ours.uid, code__startswith="branches.power").order_by("id")] == [
        "branches.power.granted",
        "branches.power.ended",
        "branches.power.granted",
    ]


def test_the_page_gives_and_ends(client, tree, department):
    client.force_login(department)
    url = reverse("branches:power", args=[tree.ours.code])
    client.post(url, {"act": "give", "power": "own_scheme"})
    assert tree.ours.powers.get().start == timezone.localdate()
    assert "只有基层党委" in client.post(url, {"act": "give", "power": "approves_admission"}, follow=True).content.decode()
    assert "没有这项权限" in client.post(url, {"act": "give", "power": "to_fly"}, follow=True).content.decode()
    tree.ours.powers.update(start=DAY)
    assert "终止" in client.get(reverse("branches:organisation", args=[tree.ours.code])).content.decode()
    client.post(url, {"act": "end", "power": "own_scheme"})
    assert tree.ours.powers.get().end == timezone.localdate()
    assert client.post(url, {"act": "end", "power": "own_scheme"}).status_code == 404
