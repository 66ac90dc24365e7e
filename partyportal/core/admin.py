"""The calendar in the back office: next year's notice is entered day by day, with an audit row for each."""

from django.conf import settings
from django.contrib import admin
from django.utils.module_loading import import_string

from partyportal.core import audit
from partyportal.core.models import CalendarDay


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    """Only days that are not what their weekday says; the week needs no row."""

    list_display = ["day", "name", "is_working", "source"]
    date_hierarchy = "day"
    list_filter = ["is_working"]
    search_fields = ["name", "source"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        act = "changed" if change else "added"
        audit.record(f"core.calendar_day.{act}", by=request.user, day=obj.day, is_working=obj.is_working)

    def has_module_permission(self, request, obj=None):
        # The floor knows no posts: settings.WHO_MAY names who is asked, as for the navigation.
        return "setting.manage" in import_string(settings.WHO_MAY)(request.user)

    has_view_permission = has_add_permission = has_change_permission = has_module_permission

    def has_delete_permission(self, request, obj=None):
        return False
