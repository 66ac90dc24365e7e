"""应开次数 in the back office: reference data, changed by whoever manages the settings, with an audit row."""

from django.contrib import admin

from branches.back_office import ReferenceAdmin
from education.models import Requirement


@admin.register(Requirement)
class RequirementAdmin(ReferenceAdmin):
    """A change of the rules is a new row from its day on, so that past months keep what was due of them."""

    list_display = ["kind", "period", "times", "minimum_full_members", "needs_groups", "start", "end", "source"]
    list_filter = ["kind"]
    ordering = ["kind", "start"]
    audit_code = "education.requirement"
    audited = ("kind", "period", "times", "start", "end")
