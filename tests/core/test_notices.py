"""The inbox: one's own, read once opened, never another's."""

from datetime import date

from django.urls import reverse

from partyportal.core.models import Notice
from tests.budgets import fits_budget


def make_notice(user, key="education:1", **fields):
    return Notice.objects.create(
        user=user,
        key=key,
        **{"title": "补记 10 月支委会", "reason": "10 月还没有记录", "url": "/more/", "due_on": date(2026, 10, 31)} | fields,
    )


def test_opening_a_reminder_marks_it_read_and_leads_on(client, secretary):
    notice = make_notice(secretary)
    client.force_login(secretary)
    assert "补记 10 月支委会" in client.get(reverse("core:notices")).content.decode()
    assert client.get(reverse("core:notice", args=[notice.uid])).url == "/more/"
    assert "补记 10 月支委会" not in client.get(reverse("core:notices")).content.decode()
    assert "补记 10 月支委会" in client.get(reverse("core:notices") + "?all=1").content.decode()


def test_a_reminder_leads_nowhere_outside(client, secretary):
    notice = make_notice(secretary, url="https://example.org/")
    client.force_login(secretary)
    assert client.get(reverse("core:notice", args=[notice.uid])).url == reverse("core:notices")


def test_another_s_inbox_stays_closed(client, secretary, neighbour):
    notice = make_notice(secretary)
    client.force_login(neighbour)
    assert client.get(reverse("core:notice", args=[notice.uid])).status_code == 404
    assert "补记" not in client.get(reverse("core:notices") + "?all=1").content.decode()
    client.post(reverse("core:notices"))
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_can_be_marked_read_at_once(client, secretary):
    for number in range(3):
        make_notice(secretary, key=f"education:{number}")
    client.force_login(secretary)
    client.post(reverse("core:notices"))
    assert not Notice.objects.filter(read_at=None).exists()


def test_the_inbox_costs_the_same_at_one_and_at_fifty(client, secretary):
    client.force_login(secretary)
    for many in (1, 49):
        for number in range(many):
            make_notice(secretary, key=f"{many}:{number}")
        with fits_budget("core:notices"):
            client.get(reverse("core:notices"))
