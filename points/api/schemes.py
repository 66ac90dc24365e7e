"""API of the rules: every published version."""

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from branches.api import PlaceSerializer
from partyportal.core.rest.viewsets import PublicRulesViewSet
from points.models import Category, Item, ItemGrade, Multiplier, MultiplierGrade, Scheme, Threshold


class CategorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ["code", "name", "cap", "cap_period", "floor"]
        read_only_fields = fields


class ItemGradeSerializer(serializers.ModelSerializer):
    class Meta:
        model = ItemGrade
        fields = ["code", "name", "value"]
        read_only_fields = fields


class ItemSerializer(serializers.ModelSerializer):
    category = serializers.CharField(label="类别代码", source="category.code", read_only=True)
    grades = ItemGradeSerializer(label="档次", many=True, read_only=True)

    class Meta:
        model = Item
        fields = [
            *("code", "category", "name", "article", "note", "fact_kind", "value", "unit", "cap", "cap_period"),
            *("classes", "manual", "is_veto", "shares_fact", "grades"),
        ]
        read_only_fields = fields


class RatioSerializer(serializers.ModelSerializer):
    class Meta:
        model = MultiplierGrade
        fields = ["code", "name", "ratio"]
        read_only_fields = fields


class MultiplierSerializer(serializers.ModelSerializer):
    category = serializers.CharField(
        label="类别代码", source="category.code", default=None, allow_null=True, read_only=True, help_text="空为总分。"
    )
    grades = RatioSerializer(label="各档系数", many=True, read_only=True)

    class Meta:
        model = Multiplier
        fields = ["category", "name", "article", "fact_kind", "grades"]
        read_only_fields = fields


class ThresholdSerializer(serializers.ModelSerializer):
    class Meta:
        model = Threshold
        fields = ["period", "of", "name", "at_least", "stars", "on_list", "consequence"]
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
    multipliers = MultiplierSerializer(label="系数", many=True, read_only=True)
    thresholds = ThresholdSerializer(label="等次", many=True, read_only=True)

    class Meta(SchemeLineSerializer.Meta):
        fields = [
            *SchemeLineSerializer.Meta.fields,
            *("floor", "quarter_counts", "source", "categories", "items", "multipliers", "thresholds"),
        ]
        read_only_fields = fields


class SchemeFilters(filters.FilterSet):
    organisation = filters.CharFilter(field_name="organisation__code", label="制定的党组织代码", max_length=40)

    class Meta:
        model = Scheme
        fields = []


# A version's parts: as many statements for one item as for fifty.
PARTS = (
    "categories",
    Prefetch("items", Item.objects.select_related("category").prefetch_related("grades")),
    Prefetch("multipliers", Multiplier.objects.select_related("category").prefetch_related("grades")),
    "thresholds",
)


class SchemeViewSet(mixins.RetrieveModelMixin, PublicRulesViewSet):
    """Every published version: the rules are everybody's to read. A draft is nobody's yet."""

    model = Scheme
    serializer_class = SchemeSerializer
    filterset_class = SchemeFilters

    def rows(self, seen):
        rows = seen.published().select_related("organisation").order_by("organisation__code", "-version")
        return rows if self.action == "list" else rows.prefetch_related(*PARTS)

    def get_serializer_class(self):
        return SchemeLineSerializer if self.action == "list" else SchemeSerializer
