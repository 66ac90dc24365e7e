"""公开目录 in the back office: reference data, put in force and changed by whoever manages the settings, with an audit row."""

from django.contrib import admin

from branches.access import can
from education.openness.models import Topic
from partyportal.core import audit


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    """A change of the rules is a new row from its day on, so that past periods keep what was asked of them."""

    list_display = ["name", "organisation_kind", "often", "days", "is_ahead", "start", "end", "source"]
    list_filter = ["organisation_kind", "often"]
    ordering = ["organisation_kind", "id"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        told = {"code": obj.code, "often": obj.often, "days": obj.days, "start": obj.start, "end": obj.end}
        audit.record(f"openness.topic.{'changed' if change else 'added'}", by=request.user, row=obj.pk, **told)

    def has_module_permission(self, request, obj=None):
        return can(request.user, "setting.manage")

    has_view_permission = has_add_permission = has_change_permission = has_module_permission

    def has_delete_permission(self, request, obj=None):
        return False
