"""应开次数 in the back office: reference data, changed by whoever manages the settings, with an audit row."""

from django.contrib import admin

from branches.access import can
from education.models import Requirement
from partyportal.core import audit


@admin.register(Requirement)
class RequirementAdmin(admin.ModelAdmin):
    """A change of the rules is a new row from its day on, so that past months keep what was due of them."""

    list_display = ["kind", "period", "times", "minimum_full_members", "needs_groups", "start", "end", "source"]
    list_filter = ["kind"]
    ordering = ["kind", "start"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        told = {"kind": obj.kind, "period": obj.period, "times": obj.times, "start": obj.start, "end": obj.end}
        audit.record(f"education.requirement.{'changed' if change else 'added'}", by=request.user, row=obj.pk, **told)

    def has_module_permission(self, request, obj=None):
        return can(request.user, "setting.manage")

    has_view_permission = has_add_permission = has_change_permission = has_module_permission

    def has_delete_permission(self, request, obj=None):
        return False
