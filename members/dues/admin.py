"""党费标准 in the back office: reference data, changed by whoever manages the settings, with an audit row."""

from django.contrib import admin

from branches.back_office import ReferenceAdmin
from members.dues.models import RateBand


@admin.register(RateBand)
class RateBandAdmin(ReferenceAdmin):
    """New rates are new rows from their day on; bases set before keep what they cost until they are set again."""

    list_display = ["kind", "above", "up_to", "rate", "lowest", "highest", "start", "end", "source"]
    list_filter = ["kind"]
    audit_code = "dues.rate_band"
    audited = ("kind", "above", "rate", "start", "end")
