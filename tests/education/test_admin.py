"""The frequencies are data: the settings' keeper changes them in the back office, nobody else does."""

from datetime import date

from django.urls import reverse

from education.models import Requirement
from partyportal.core.models import AuditEntry

ADD = "admin:education_requirement_add"


def test_the_settings_keeper_adds_a_requirement_and_leaves_an_audit_row(client, system_admin):
    client.force_login(system_admin)
    fields = {"kind": "lecture", "organisation_kind": "branch", "period": "quarter", "times": 1, "minimum_full_members": 0}
    answer = client.post(reverse(ADD), fields | {"source": "县委组织部 2026 年工作要点", "start": "2026-07-01"})
    assert answer.status_code == 302
    assert Requirement.objects.get(kind="lecture").start == date(2026, 7, 1)
    assert AuditEntry.objects.get(code="education.requirement.added").data["kind"] == "lecture"


def test_nobody_else_does_and_nothing_is_removed(client, secretary, department, system_admin):
    for user in (secretary, department):
        client.force_login(user)
        assert client.get(reverse(ADD)).status_code in {302, 403}
    client.force_login(system_admin)
    assert client.get(reverse("admin:education_requirement_delete", args=[Requirement.objects.first().pk])).status_code == 403
