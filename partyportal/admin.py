"""The back office: open to those whose grants let them manage accounts or settings."""

from django.contrib import admin

from branches.access import can


class PortalAdminSite(admin.AdminSite):
    site_header = "基层党务后台"
    site_title = "基层党务后台"
    index_title = "参考数据与小改"
    site_url = "/"

    def has_permission(self, request):
        user = request.user
        return user.is_active and user.is_authenticated and (can(user, "setting.manage") or can(user, "account.manage"))
