"""党费标准 in the back office: reference data, changed by whoever manages the settings, with an audit row."""

from django.contrib import admin

from branches.access import can
from members.dues.models import RateBand
from partyportal.core import audit


@admin.register(RateBand)
class RateBandAdmin(admin.ModelAdmin):
    """New rates are new rows from their day on; bases set before keep what they cost until they are set again."""

    list_display = ["kind", "above", "up_to", "rate", "lowest", "highest", "start", "end", "source"]
    list_filter = ["kind"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        told = {"kind": obj.kind, "above": obj.above, "rate": obj.rate, "start": obj.start, "end": obj.end}
        audit.record(f"dues.rate_band.{'changed' if change else 'added'}", by=request.user, row=obj.pk, **told)

    def has_module_permission(self, request, obj=None):
        return can(request.user, "setting.manage")

    has_view_permission = has_add_permission = has_change_permission = has_module_permission

    def has_delete_permission(self, request, obj=None):
        return False
