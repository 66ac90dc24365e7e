"""党组织 in the back office: looked at, never changed there. The tree is written by import, founding and re-hanging."""

from django.contrib import admin

from branches.back_office import LookedAtAdmin
from branches.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(LookedAtAdmin):
    """The organisations in one's own sight, by code."""

    list_display = ["code", "short_name", "kind", "unit_type", "parent", "founded_on", "dissolved_on"]
    list_filter = ["kind", "unit_type"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "pinyin"]
    fields = readonly_fields = ["code", "name", "short_name", "kind", "unit_type", "parent", "founded_on", "dissolved_on"]
