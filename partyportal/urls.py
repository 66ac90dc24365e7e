"""Every address of the portal, app by app."""

from django.contrib import admin
from django.urls import include, path

from partyportal import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("partyportal.dashboard.urls")),
    path("", include("partyportal.core.urls")),
    path("organisations/", include("branches.urls")),
    path("members/", include("members.urls")),
    path("points/", include("points.urls")),
    path("education/", include("education.urls")),
    path("assessments/", include("assessments.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "partyportal.core.views.fault"
