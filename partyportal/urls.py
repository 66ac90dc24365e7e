"""Every address of the portal, app by app."""

from django.urls import include, path

from partyportal import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("partyportal.dashboard.urls")),
    path("", include("partyportal.core.urls")),
]
