"""公开目录 in the back office: reference data, put in force and changed by whoever manages the settings, with an audit row."""

from django.contrib import admin

from branches.back_office import ReferenceAdmin
from education.openness.models import Topic


@admin.register(Topic)
class TopicAdmin(ReferenceAdmin):
    """A change of the rules is a new row from its day on, so that past periods keep what was asked of them."""

    list_display = ["name", "organisation_kind", "often", "days", "is_ahead", "start", "end", "source"]
    list_filter = ["organisation_kind", "often"]
    ordering = ["organisation_kind", "id"]
    audit_code = "openness.topic"
    audited = ("code", "often", "days", "start", "end")
