"""Every address of the portal, app by app."""

from django.contrib import admin
from django.urls import include, path

from members import urls as members
from partyportal import health
from partyportal.dashboard.workflows import urls as workflows

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("partyportal.dashboard.urls")),
    path("", include("partyportal.core.urls")),
    path("organisations/", include("branches.urls")),
    path("members/transfers/", include("members.transfers.urls")),
    path("members/mobility/", include("members.mobility.urls")),
    path("members/development/", include("members.development.urls")),
    path("dues/", include("members.dues.urls")),
    path("members/outreach/", include("members.outreach.urls")),
    # Pages about members that need what stands right of them are the roof's, under the same names and addresses.
    path("members/", include(([*members.urlpatterns, *workflows.of_members], members.app_name))),
    path("care/visits/", include("members.care.visits.urls")),
    path("care/fund/", include("members.care.fund.urls")),
    path("care/stations/", include("members.care.stations.urls")),
    path("care/aid/", include("members.care.aid.urls")),
    path("care/", include("members.care.urls")),
    path("points/honours/", include("points.honours.urls")),
    path("points/publications/", include("points.publicity.urls")),
    path("points/", include("points.urls")),
    path("education/plan/", include("education.planning.urls")),
    path("education/motions/", include("education.motions.urls")),
    path("education/study/", include("education.study.urls")),
    path("education/open/", include("education.openness.urls")),
    path("education/books/", include("education.documents.urls")),
    path("education/questions/", include("education.signals.urls")),
    path("education/", include("education.urls")),
    path("assessments/", include("assessments.urls")),
    path("api/", include("partyportal.api.urls")),
    path("admin/", admin.site.urls),
]

# Under /api/ a problem detail, elsewhere the pages for people.
handler400 = "partyportal.api.problems.bad_request"
handler403 = "partyportal.api.problems.refused"
handler404 = "partyportal.api.problems.not_found"
handler500 = "partyportal.api.problems.fault"
