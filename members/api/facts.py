"""API of 记实: what members did, as the ledger reads it."""

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from branches.api import OrganisationFilter, PlaceSerializer
from members.api.people import MemberFilter, PersonSerializer
from members.models import Fact
from partyportal.core.rest.pagination import Keyset
from partyportal.core.rest.viewsets import ScopedViewSet


class FactSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    organisation = PlaceSerializer(label="当时所在党支部", read_only=True)

    class Meta:
        model = Fact
        fields = [
            *("uid", "kind", "key", "revision", "member", "organisation", "member_class", "day", "units", "title", "evidence"),
            *("is_void", "recorded_at", "superseded_at"),
        ]
        read_only_fields = fields


class FactFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    since = filters.DateFilter(field_name="day", lookup_expr="gte", label="从这天起")
    until = filters.DateFilter(field_name="day", lookup_expr="lte", label="到这天止")
    kind = filters.CharFilter(label="种类", max_length=40)
    revisions = filters.BooleanFilter(method="all_revisions", label="连同被修订的和作废的")

    class Meta:
        model = Fact
        fields = []

    def all_revisions(self, queryset, name, value):
        return queryset if value else queryset.standing()

    def filter_queryset(self, queryset):
        # What holds now, unless the whole history is asked for.
        queryset = super().filter_queryset(queryset)
        return queryset.standing() if self.form.cleaned_data["revisions"] is None else queryset


class FactViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """记实: what points are made of, latest day first."""

    model = Fact
    serializer_class = FactSerializer
    filterset_class = FactFilters
    pagination_class = Keyset

    def rows(self, seen):
        return seen.select_related("member", "organisation").defer("member__id_number")
