"""API of the rules: every published version."""

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from branches.api import PlaceSerializer
from partyportal.core.rest.viewsets import PublicRulesViewSet
from points.models import Category, Item, Scheme


class CategorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ["code", "name", "cap", "cap_period"]
        read_only_fields = fields


class ItemSerializer(serializers.ModelSerializer):
    category = serializers.CharField(label="类别代码", source="category.code", read_only=True)

    class Meta:
        model = Item
        fields = ["code", "category", "name", "article", "fact_kind", "value", "unit", "cap", "cap_period", "classes", "manual"]
        read_only_fields = fields


class SchemeLineSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="制定的党组织", read_only=True)

    class Meta:
        model = Scheme
        fields = ["uid", "organisation", "name", "version", "start", "document_number", "cap", "cap_period", "published_at"]
        read_only_fields = fields


class SchemeSerializer(SchemeLineSerializer):
    categories = CategorySerializer(label="类别", many=True, read_only=True)
    items = ItemSerializer(label="项目", many=True, read_only=True)

    class Meta(SchemeLineSerializer.Meta):
        fields = [*SchemeLineSerializer.Meta.fields, "categories", "items"]
        read_only_fields = fields


class SchemeFilters(filters.FilterSet):
    organisation = filters.CharFilter(field_name="organisation__code", label="制定的党组织代码", max_length=40)

    class Meta:
        model = Scheme
        fields = []


class SchemeViewSet(mixins.RetrieveModelMixin, PublicRulesViewSet):
    """Every published version: the rules are everybody's to read. A draft is nobody's yet."""

    model = Scheme
    serializer_class = SchemeSerializer
    filterset_class = SchemeFilters

    def rows(self, seen):
        rows = seen.published().select_related("organisation").order_by("organisation__code", "-version")
        return (
            rows
            if self.action == "list"
            else rows.prefetch_related("categories", Prefetch("items", Item.objects.select_related("category")))
        )

    def get_serializer_class(self):
        return SchemeLineSerializer if self.action == "list" else SchemeSerializer
