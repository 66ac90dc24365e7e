"""API of the lists: conditions (never what proves them), criteria with who is on them and why, and lists that were fixed. All ask for `care.see`."""

from django.db.models import Prefetch
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from members.api.people import MemberFilter, PersonSerializer
from members.care.models import Condition, Criterion, CriterionVersion, ListEntry, ListSnapshot
from members.care.rules.conditions import CHOICES
from members.care.rules.reasons import described, reads
from members.care.selectors.lists import reasons, version_on
from members.care.selectors.overview import people_on
from members.care.services import conditions as services
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet

RECORD, SEE = "care.record", "care.see"


# ── Conditions ──────────────────────────────────────────────────────────────
class ConditionSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    recorded_by = serializers.CharField(label="登记人", source="recorded_by.name", default=None, read_only=True)

    class Meta:
        model = Condition
        fields = ["uid", "member", "kind", "start", "end", "end_reason", "recorded_by", "recorded_at", "withdrawn_at"]
        read_only_fields = fields


class ConditionRecordingSerializer(serializers.Serializer):
    member = serializers.UUIDField(label="党员的公开编号")
    kind = serializers.ChoiceField(label="情况", choices=CHOICES)
    start = serializers.DateField(label="从哪天起")
    proof = serializers.CharField(
        label="依据", max_length=500, required=False, default="", allow_blank=True, help_text="封存，不从接口给出"
    )


class ConditionEndingSerializer(serializers.Serializer):
    on = serializers.DateField(label="从哪天起不再算")
    reason = serializers.ChoiceField(label="缘由", choices=Condition.EndReason.choices)


class ConditionFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    kind = filters.ChoiceFilter(label="情况", choices=CHOICES)
    on = filters.DateFilter(method="held_on", label="这一天算数的")

    class Meta:
        model = Condition
        fields = []

    def held_on(self, queryset, name, value):
        return queryset.on(value)


class ConditionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """登记的情况, latest first: for whoever cares there, and one's own."""

    model = Condition
    serializer_class = ConditionSerializer
    filterset_class = ConditionFilters

    def rows(self, seen):
        return seen.select_related("member__branch", "recorded_by").defer("member__id_number", "proof").order_by("-start", "-id")

    @extend_schema(request=ConditionRecordingSerializer, responses={201: ConditionSerializer})
    @change
    def create(self, request):
        """登记一位党员的情况。"""
        require(request.user, RECORD)
        asked = ConditionRecordingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        member = Member.objects.where(request.user, RECORD).defer("id_number").filter(uid=said.pop("member")).first()
        if member is None:
            raise DomainError("没有这位党员，或者不是你管的支部的。", field="member")
        held = services.record_condition(member, by=request.user, today=timezone.localdate(), **said)
        where = {"Location": reverse("api:condition-detail", args=[held.uid], request=request)}
        return Response(self.get_serializer(self.get_queryset().get(pk=held.pk)).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=ConditionEndingSerializer, responses=ConditionSerializer)
    @action(detail=True, methods=["post"])
    @change
    def end(self, request, uid):
        """不再是这样了：从哪天起，为什么。"""
        held = self.get_object()
        require(request.user, RECORD, held.member.branch)
        asked = ConditionEndingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.end_condition(held, by=request.user, today=timezone.localdate(), **asked.validated_data)
        return Response(self.get_serializer(self.get_object()).data)


# ── Criteria ────────────────────────────────────────────────────────────────
class CriterionVersionSerializer(serializers.ModelSerializer):
    words = serializers.SerializerMethodField(label="条件的文字")

    class Meta:
        model = CriterionVersion
        fields = ["number", "tree", "words", "source", "document_number", "start", "end"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_words(self, version):
        return [f"{'　' * depth}{words}" for depth, words in described(version.node)]


class CriterionSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="谁定的，空为各级通用", read_only=True, allow_null=True)
    versions = CriterionVersionSerializer(label="施行过的各版", many=True, read_only=True)

    class Meta:
        model = Criterion
        fields = ["uid", "code", "name", "benefit", "organisation", "once", "versions"]
        read_only_fields = fields


class ListedMemberSerializer(serializers.ModelSerializer):
    branch = PlaceSerializer(label="所在党支部", read_only=True)
    is_new = serializers.BooleanField(label="一个月内新列入", read_only=True)
    reasons = serializers.ListField(label="为什么在名单上", child=serializers.CharField(), read_only=True)

    class Meta:
        model = Member
        fields = ["uid", "name", "branch", "is_new", "reasons"]
        read_only_fields = fields


class CriterionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """应关怀名单: the criteria with every version that was put in force, and who is on each today."""

    model = Criterion
    serializer_class = CriterionSerializer

    def rows(self, seen):
        enacted = CriterionVersion.objects.filter(enacted_at__isnull=False).order_by("-number")
        return seen.select_related("organisation").prefetch_related(Prefetch("versions", enacted)).order_by("position", "code")

    @extend_schema(responses=ListedMemberSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def people(self, request, uid):
        """现在在名单上的人和缘由，按支部排。"""
        today = timezone.localdate()
        version = version_on(self.get_object(), today)
        found = people_on(version, request.user, within=None, on=today) if version else Member.objects.none()
        rows = self.paginate_queryset(found)
        why = reasons(version, rows, today) if version else {}
        for member in rows:
            member.reasons = why[member.pk]
        return self.get_paginated_response(ListedMemberSerializer(rows, many=True, context=self.get_serializer_context()).data)


# ── Fixed lists ─────────────────────────────────────────────────────────────
class ListEntrySerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    organisation = PlaceSerializer(label="当时所在党支部", read_only=True)
    reasons = serializers.SerializerMethodField(label="缘由")

    class Meta:
        model = ListEntry
        fields = ["member", "organisation", "reasons", "left_out"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_reasons(self, entry):
        return reads(entry.reasons)


class ListSnapshotSerializer(serializers.ModelSerializer):
    criterion = serializers.CharField(label="名单的代码", source="version.criterion.code", read_only=True)
    organisation = PlaceSerializer(label="范围", read_only=True)
    fixed_by = serializers.CharField(label="定名单的人", source="fixed_by.name", default=None, read_only=True)

    class Meta:
        model = ListSnapshot
        fields = ["uid", "criterion", "organisation", "on", "purpose", "people", "fixed_by", "fixed_at"]
        read_only_fields = fields


class SnapshotFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    criterion = filters.CharFilter(field_name="version__criterion__code", label="名单的代码", max_length=40)

    class Meta:
        model = ListSnapshot
        fields = []


class SnapshotViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """定下的名单, latest first."""

    model = ListSnapshot
    serializer_class = ListSnapshotSerializer
    filterset_class = SnapshotFilters

    def rows(self, seen):
        return seen.select_related("version__criterion", "organisation", "fixed_by").order_by("-on", "-id")

    @extend_schema(responses=ListEntrySerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def entries(self, request, uid):
        """这份名单上的人，列入的在前。"""
        rows = self.get_object().entries.select_related("member__branch", "organisation").defer("member__id_number")
        listed = self.paginate_queryset(rows.order_by("left_out", "organisation__code", "pk"))
        return self.get_paginated_response(ListEntrySerializer(listed, many=True, context=self.get_serializer_context()).data)
