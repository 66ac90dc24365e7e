"""API of plans and campaigns: planned days in sight, adding one, and campaigns with how far they are."""

from django.db.models import Count, Q
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from branches.models import Organisation
from education.models import Meeting
from education.planning import services
from education.planning.models import Campaign, CampaignStep, PlanEntry
from partyportal.core.errors import DomainError
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class PlanEntrySerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党支部", source="plan.organisation", read_only=True)
    group = PlaceSerializer(label="党小组", allow_null=True, read_only=True)

    class Meta:
        model = PlanEntry
        fields = ["uid", "organisation", "group", "kind", "planned_on", "topic", "place"]
        read_only_fields = fields


class PlanningSerializer(serializers.Serializer):
    organisation = serializers.CharField(label="党支部代码", max_length=40)
    group = serializers.CharField(label="党小组代码", max_length=40, allow_null=True, default=None, help_text="党小组会才写。")
    kind = serializers.ChoiceField(label="种类", choices=Meeting.Kind.choices)
    planned_on = serializers.DateField(label="日期")
    topic = serializers.CharField(label="主题", max_length=120, allow_blank=True, default="")
    place = serializers.CharField(label="地点", max_length=80, allow_blank=True, default="")


class PlanEntryFilters(filters.FilterSet):
    organisation = OrganisationFilter(field_name="plan__organisation")
    year = NumberFilter(field_name="plan__year", label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    since = filters.DateFilter(field_name="planned_on", lookup_expr="gte", label="从这天起")
    until = filters.DateFilter(field_name="planned_on", lookup_expr="lte", label="到这天止")

    class Meta:
        model = PlanEntry
        fields = ["kind"]


class PlanEntryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The planned days in sight as they stand, by day."""

    model = PlanEntry
    serializer_class = PlanEntrySerializer
    filterset_class = PlanEntryFilters

    def rows(self, seen):
        return seen.standing().select_related("plan__organisation", "group").order_by("planned_on", "id")

    @extend_schema(request=PlanningSerializer, responses={201: PlanEntrySerializer})
    @change
    def create(self, request):
        """在年度计划里加一天；这一年还没有计划的同时建立。"""
        require(request.user, "education.record")
        asked = PlanningSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        branch = Organisation.objects.where(request.user, "education.record").branches().filter(code=said.pop("organisation")).first()
        if branch is None:
            raise DomainError("没有这个党支部，或者不是你记录的。", field="organisation")
        group, code = None, said.pop("group")
        if code:
            group = Organisation.objects.filter(parent=branch, kind=Organisation.Kind.GROUP, code=code).first()
            if group is None:
                raise DomainError("这个党小组不在本支部。", field="group")
        entry = services.add_entry(
            organisation=branch, year=said["planned_on"].year, group=group, by=request.user, today=timezone.localdate(), **said
        )
        where = {"Location": reverse("api:plan-entry-detail", args=[entry.uid], request=request)}
        told = PlanEntrySerializer(entry, context=self.get_serializer_context())
        return Response(told.data, status=status.HTTP_201_CREATED, headers=where)


class CampaignStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = CampaignStep
        fields = ["title", "due_on", "done_on"]
        read_only_fields = fields


class CampaignSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党支部", read_only=True)
    steps = CampaignStepSerializer(label="步骤", many=True, read_only=True)
    results = serializers.IntegerField(label="成效条数", source="result_count", read_only=True)
    steps_done = serializers.IntegerField(label="做完的步骤", read_only=True)

    class Meta:
        model = Campaign
        fields = ["uid", "organisation", "theme", "name", "goal", "starts_on", "ends_on", "state", "steps", "steps_done", "results"]
        read_only_fields = fields


class CampaignFilters(filters.FilterSet):
    organisation = OrganisationFilter()

    class Meta:
        model = Campaign
        fields = ["theme", "state"]


class CampaignViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The campaigns in sight, latest first."""

    model = Campaign
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilters

    def rows(self, seen):
        counted = seen.annotate(
            result_count=Count("results", distinct=True), steps_done=Count("steps", filter=Q(steps__done_on__isnull=False), distinct=True)
        )
        return counted.select_related("organisation").prefetch_related("steps").order_by("-starts_on", "-id")
