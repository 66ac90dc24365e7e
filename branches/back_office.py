"""What pages of the back office share: rows that are only looked at, and reference data that is never removed."""

from django.contrib import admin

from branches.access import can, paths_for
from partyportal.core import audit


class LookedAtAdmin(admin.ModelAdmin):
    """Rows in one's own sight. They are written by services, never here."""

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


class ReferenceAdmin(admin.ModelAdmin):
    """Rows added and changed by whoever manages the settings, with an audit row; never removed: what points to them stays told."""

    audit_code = ""  # app.noun
    audited: tuple[str, ...] = ()  # the fields the audit row tells

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        told = {name: getattr(obj, name) for name in self.audited}
        audit.record(f"{self.audit_code}.{'changed' if change else 'added'}", by=request.user, row=obj.pk, **told)

    def has_module_permission(self, request, obj=None):
        return can(request.user, "setting.manage")

    has_view_permission = has_add_permission = has_change_permission = has_module_permission

    def has_delete_permission(self, request, obj=None):
        return False
