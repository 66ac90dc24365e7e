"""党组织 in the back office: looked at, never changed there. The tree is written by import, founding and re-hanging."""

from django.contrib import admin

from branches.access import paths_for
from branches.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """The organisations in one's own sight, by code."""

    list_display = ["code", "short_name", "kind", "unit_type", "parent", "founded_on", "dissolved_on"]
    list_filter = ["kind", "unit_type"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "pinyin"]
    fields = readonly_fields = ["code", "name", "short_name", "kind", "unit_type", "parent", "founded_on", "dissolved_on"]

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def has_module_permission(self, request):
        return bool(paths_for(request.user))

    def has_view_permission(self, request, obj=None):
        return bool(paths_for(request.user))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
