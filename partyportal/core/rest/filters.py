"""Filters of lists; one that cannot be understood is a 400 that says so, never ignored."""

from django import forms
from django_filters import rest_framework as filters
from drf_spectacular.drainage import set_override

from partyportal.core.days import FIRST_YEAR, LAST_YEAR


class NumberFilter(filters.Filter):
    """A whole number between bounds: beyond them PostgreSQL or the calendar would break."""

    field_class = forms.IntegerField

    def __init__(self, *, min_value: int, max_value: int, **kwargs):
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)
        set_override(self, "field", {"type": "integer", "minimum": min_value, "maximum": max_value})


def year_filter(field_name: str = "year", **kwargs) -> NumberFilter:
    return NumberFilter(field_name=field_name, label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)
