"""The kinds of stations and of matters in the back office: reference data, kept by whoever manages the settings, with an audit row."""

from django.contrib import admin

from branches.back_office import ReferenceAdmin
from members.care.stations.models import RequestKind, StationKind


@admin.register(StationKind)
class StationKindAdmin(ReferenceAdmin):
    list_display = ["name", "code", "order", "source"]
    ordering = ["order"]
    audit_code = "stations.kind"
    audited = ("code",)


@admin.register(RequestKind)
class RequestKindAdmin(ReferenceAdmin):
    list_display = ["name", "code", "days", "url_name", "ended_on", "source"]
    ordering = ["order"]
    audit_code = "stations.kind"
    audited = ("code",)
