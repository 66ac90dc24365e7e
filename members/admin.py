"""党员 in the back office: looked at, masked, and changed only through a sheet that goes the services' way."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from import_export.admin import ImportExportMixin

from branches.access import can, paths_for
from branches.back_office import LookedAtAdmin
from members.models import Member
from members.resources import MemberResource, PortalSheet, SealedFolder
from partyportal.core import audit
from partyportal.core.errors import DomainError


@admin.register(Member)
class MemberAdmin(ImportExportMixin, LookedAtAdmin):
    """Read-only rows in one's own scope; what identifies is masked."""

    resource_classes = [MemberResource]
    formats = import_formats = export_formats = [PortalSheet]
    tmp_storage_class = SealedFolder
    skip_admin_log = True  # the log would hold names; the services leave their own audit rows
    list_display = ["name", "id_masked", "branch", "category", "joined_on", "phone"]
    list_filter = ["category", "is_mobile", "is_lost"]
    list_select_related = ["branch"]
    search_fields = ["name", "pinyin", "initials"]
    ordering = ["pinyin", "id"]
    fields = readonly_fields = [
        *("name", "sex", "ethnicity", "id_masked", "birth_on", "education", "category", "branch", "joined_on", "full_on", "post", "phone"),
        *("standing", "is_lost", "lost_on", "is_mobile", "destination", "version", "updated_at"),
    ]

    @admin.display(description="手机号码")
    def phone(self, member):
        return member.phone_masked

    def has_import_permission(self, request):
        return can(request.user, "member.import")

    def has_export_permission(self, request):
        return can(request.user, "member.import")

    def add_data_read_fail_error_to_form(self, form, e):
        if not isinstance(e, DomainError):
            raise e
        form.add_error("import_file", e.message)

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect("admin:members_member_import")

    def get_import_resource_kwargs(self, request, **kwargs):
        return {"user": request.user}

    def get_export_resource_kwargs(self, request, **kwargs):
        return {"user": request.user}

    def get_export_data(self, file_format, request, queryset, **kwargs):
        path = paths_for(request.user)[0]
        audit.record("members.roster.exported", by=request.user, path=path, members=queryset.count(), whole_numbers=False)
        return super().get_export_data(file_format, request, queryset, **kwargs)
