"""The kinds of stations and of matters in the back office: reference data, kept by whoever manages the settings, with an audit row."""

from django.contrib import admin

from branches.access import can
from members.care.stations.models import RequestKind, StationKind
from partyportal.core import audit


class _ReferenceAdmin(admin.ModelAdmin):
    """Rows are added and changed, never removed: what points to them stays told."""

    ordering = ["order"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record(f"stations.kind.{'changed' if change else 'added'}", by=request.user, row=obj.pk, code=obj.code)

    def has_module_permission(self, request, obj=None):
        return can(request.user, "setting.manage")

    has_view_permission = has_add_permission = has_change_permission = has_module_permission

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(StationKind)
class StationKindAdmin(_ReferenceAdmin):
    list_display = ["name", "code", "order", "source"]


@admin.register(RequestKind)
class RequestKindAdmin(_ReferenceAdmin):
    list_display = ["name", "code", "days", "url_name", "ended_on", "source"]
