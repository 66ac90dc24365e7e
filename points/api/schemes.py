"""API of the rules: every published version, and the drafts of those who write them."""

from django.db.models import Prefetch
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers

from branches.api import PlaceSerializer
from partyportal.core.rest.viewsets import PublicRulesViewSet
from points.models import Category, Item, ItemGrade, Multiplier, MultiplierGrade, Scheme, Simulation, Threshold
from points.selectors import drafts
from points.selectors.schemes import drafting_places
from points.services.simulations import fingerprint


class CategorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ["code", "name", "cap", "cap_period"]
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
            *("classes", "manual", "is_veto", "grades"),
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
_PARTS = (
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
        return rows if self.action == "list" else rows.prefetch_related(*_PARTS)

    def get_serializer_class(self):
        return SchemeLineSerializer if self.action == "list" else SchemeSerializer


# ── Drafts ──────────────────────────────────────────────────────────────────
class SimulationSerializer(serializers.ModelSerializer):
    """What a draft did to a year's facts, in sums; who it moves is read on the page."""

    is_current = serializers.SerializerMethodField(label="是现在这一稿", help_text="试算以后改过的为假，要重新试算。")

    class Meta:
        model = Simulation
        fields = [
            "year",
            "start",
            "members",
            "gains",
            "losses",
            "regraded",
            "falls",
            "before",
            "after",
            "made_at",
            "consented_at",
            "is_current",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.BooleanField())
    def get_is_current(self, simulation):
        return simulation.fingerprint == self.context["fingerprint"]


class DraftFindingSerializer(serializers.Serializer):
    code = serializers.CharField(label="代码")
    stops = serializers.BooleanField(label="拦住发布")
    sentence = serializers.CharField(label="哪里不对，怎么改")


class DraftLineSerializer(SchemeLineSerializer):
    class Meta(SchemeLineSerializer.Meta):
        fields = [*SchemeLineSerializer.Meta.fields, "revision", "consent_asked_at"]
        read_only_fields = fields


class DraftSerializer(SchemeSerializer):
    findings = serializers.SerializerMethodField(label="查出的问题")
    simulations = serializers.SerializerMethodField(label="试算")

    class Meta(SchemeSerializer.Meta):
        fields = [*SchemeSerializer.Meta.fields, "revision", "consent_asked_at", "findings", "simulations"]
        read_only_fields = fields

    @extend_schema_field(DraftFindingSerializer(many=True))
    def get_findings(self, draft):
        found = drafts.findings_of(draft, drafts.content_of(draft), timezone.localdate())
        return DraftFindingSerializer(found, many=True).data

    @extend_schema_field(SimulationSerializer(many=True))
    def get_simulations(self, draft):
        tried = draft.simulations.order_by("-year")
        return SimulationSerializer(tried, many=True, context=self.context | {"fingerprint": fingerprint(draft)}).data


class DraftViewSet(mixins.RetrieveModelMixin, PublicRulesViewSet):
    """Drafts of the organisations whose rules the user writes; of everybody else's there is none."""

    model = Scheme
    noun = "积分办法草稿"
    serializer_class = DraftSerializer
    filterset_class = SchemeFilters

    def rows(self, seen):
        places = drafting_places(self.request.user, timezone.localdate())
        rows = seen.drafts().filter(organisation__in=places.values("pk"))
        rows = rows.select_related("organisation").order_by("organisation__code", "-version")
        return rows if self.action == "list" else rows.prefetch_related(*_PARTS)

    def get_serializer_class(self):
        return DraftLineSerializer if self.action == "list" else DraftSerializer
