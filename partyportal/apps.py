"""The back office runs on the portal's own grants, not on is_superuser."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "partyportal.admin.PortalAdminSite"
