"""API of the yearly cards and what they measure."""

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from assessments.models import Card, CardLine, Indicator
from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from branches.models import Organisation
from partyportal.core.rest.filters import NumberFilter, year_filter
from partyportal.core.rest.viewsets import PublicRulesViewSet, ScopedViewSet


class IndicatorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Indicator
        fields = ["code", "name", "weight", "definition", "first_year"]
        read_only_fields = fields


class CardLineSerializer(serializers.ModelSerializer):
    indicator = serializers.CharField(label="指标代码", source="indicator.code", read_only=True)
    name = serializers.CharField(label="指标", source="indicator.name", read_only=True)
    weight = serializers.DecimalField(5, 2, label="权重", source="indicator.weight", read_only=True)
    percent = serializers.FloatField(label="百分比", allow_null=True, read_only=True, help_text="没有应达的为 null。")

    class Meta:
        model = CardLine
        fields = ["indicator", "name", "weight", "done", "due", "percent"]
        read_only_fields = fields


class CardSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党组织", read_only=True)
    lines = CardLineSerializer(label="指标", many=True, read_only=True)

    class Meta:
        model = Card
        fields = ["uid", "organisation", "year", "score", "as_of", "lines"]
        read_only_fields = fields


class CardFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    kind = filters.ChoiceFilter(field_name="organisation__kind", label="党组织类别", choices=Organisation.Kind.choices)
    year = year_filter()

    class Meta:
        model = Card
        fields = []


class CardViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The cards where one may see assessments, by code; never by score."""

    model = Card
    serializer_class = CardSerializer
    filterset_class = CardFilters

    def rows(self, seen) -> QuerySet:
        if self.action == "list":
            require(self.request.user, "assessment.see")
            seen = seen.where(self.request.user, "assessment.see")
        lines = CardLine.objects.select_related("indicator").order_by("-indicator__weight", "indicator__code")
        return seen.select_related("organisation").prefetch_related(Prefetch("lines", lines)).order_by("organisation__code", "-year")

    def get_object(self):
        card = super().get_object()
        require(self.request.user, "assessment.see", card.organisation)
        return card


class IndicatorFilters(filters.FilterSet):
    first_year = NumberFilter(label="起用年度", min_value=1921, max_value=2200)

    class Meta:
        model = Indicator
        fields = []


class IndicatorViewSet(PublicRulesViewSet):
    """What the cards measure and what each weighs, for those who may see assessments."""

    model = Indicator
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilters

    def rows(self, seen):
        require(self.request.user, "assessment.see")
        return seen.order_by("-first_year", "-weight", "code")
