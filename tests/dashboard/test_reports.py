"""报表: every sheet that goes upward stands on one page, and leads whoever is shown it to its own page."""

import pytest
from django.urls import reverse

from partyportal.core.navigation import verbs_of
from partyportal.dashboard.reports import REPORTS, reports_for

URL = "dashboard:reports"


def shown_to(user) -> list:
    return [report for _, listed in reports_for(verbs_of(user)) for report in listed]


@pytest.mark.parametrize("role", ["department", "committee", "reader"])
def test_whoever_is_shown_a_report_may_open_it(client, request, role):
    user = request.getfixturevalue(role)
    client.force_login(user)
    page = client.get(reverse(URL)).content.decode()
    for report in shown_to(user):
        assert report.url and f'href="{report.url}"' in page, report.title
        assert client.get(report.url).status_code == 200, report.title


def test_the_department_is_shown_all_and_a_reader_nothing_of_hardship(department, reader):
    assert len(shown_to(department)) == sum(map(len, REPORTS.values()))
    assert not {"困难救助", "走访慰问", "应关怀名单", "基金与经费"} & {report.title for report in shown_to(reader)}


def test_the_department_finds_it_in_its_sections(client, department):
    client.force_login(department)
    assert f'href="{reverse(URL)}"' in client.get(reverse("dashboard:cockpit")).content.decode()
