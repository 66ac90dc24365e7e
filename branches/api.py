"""API of the tree, and the two filters by place that every app to the right uses."""

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from branches.models import Organisation
from branches.selectors import search
from partyportal.core.rest.viewsets import ScopedViewSet


class PlaceSerializer(serializers.ModelSerializer):
    """A 党组织 as other rows name it."""

    class Meta:
        model = Organisation
        fields = ["code", "short_name", "kind"]
        read_only_fields = fields


class OrganisationFilter(filters.CharFilter):
    """An organisation's subtree; one out of sight is not found."""

    def __init__(self, **kwargs):
        super().__init__(**{"label": "党组织代码，连同下级", "max_length": 40} | kwargs)

    def filter(self, queryset, value):
        if not value:
            return queryset
        seen = Organisation.objects.visible_to(self.parent.request.user)
        return queryset.within(get_object_or_404(seen, code=value))


class OrganisationSerializer(serializers.ModelSerializer):
    parent = serializers.CharField(label="上级党组织代码", source="parent.code", allow_null=True, read_only=True)

    class Meta:
        model = Organisation
        fields = ["uid", "code", "name", "short_name", "kind", "unit_type", "parent", "founded_on", "dissolved_on"]
        read_only_fields = fields


class OrganisationFilters(filters.FilterSet):
    parent = filters.CharFilter(field_name="parent__code", label="直接上级的代码", max_length=40)
    under = OrganisationFilter()
    existing = filters.BooleanFilter(field_name="dissolved_on", lookup_expr="isnull", label="只要没有撤销的")
    q = filters.CharFilter(method="found", label="名称、拼音或代码的开头", max_length=60)

    class Meta:
        model = Organisation
        fields = ["kind", "unit_type"]

    def found(self, queryset, name, value):
        return search(queryset, value)


class OrganisationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The tree in sight, by code. `parent` walks it down, `under` takes a whole subtree."""

    model = Organisation
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilters
    lookup_field = "code"
    lookup_value_converter = "str"

    def rows(self, seen):
        return seen.select_related("parent").order_by("code")
