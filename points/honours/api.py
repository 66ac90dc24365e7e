"""API of 评比表彰, read-only: calls with their places, and the honours conferred."""

from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from branches.api import OrganisationFilter, PlaceSerializer
from members.api.people import MemberFilter, PersonSerializer
from partyportal.core.rest.filters import year_filter
from partyportal.core.rest.viewsets import ScopedViewSet
from points.honours.models import Call, Honour, Share
from points.honours.selectors.calls import STAGES


class ShareSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="分到名额的党组织", read_only=True)

    class Meta:
        model = Share
        fields = ["organisation", "places", "taken"]
        read_only_fields = fields


class CallLineSerializer(serializers.ModelSerializer):
    organiser = PlaceSerializer(label="组织评选的党组织", read_only=True)
    stage = serializers.SerializerMethodField(label="进度", help_text="；".join(f"{key} {label}" for key, (label, _) in STAGES.items()))
    left = serializers.IntegerField(label="名额还剩", read_only=True)

    class Meta:
        model = Call
        fields = [
            *("uid", "organiser", "kind", "level", "title", "year", "document_number", "issued_on", "opens_on", "closes_on"),
            *("quota", "left", "stage", "public_from", "public_until", "decided_on", "decision_number"),
        ]
        read_only_fields = fields

    def get_stage(self, call) -> str:
        return call.stage(timezone.localdate())


class CallSerializer(CallLineSerializer):
    shares = ShareSerializer(label="名额分配", many=True, read_only=True)

    class Meta(CallLineSerializer.Meta):
        fields = [
            *CallLineSerializer.Meta.fields,
            *("words", "needs_full", "needs_unpunished", "needs_years", "points_year", "points_floor", "public_at", "shares"),
        ]
        read_only_fields = fields


class CallFilters(filters.FilterSet):
    year = year_filter()
    open = filters.BooleanFilter(method="under_way", label="进行中的")

    class Meta:
        model = Call
        fields = ["kind", "level", "state"]

    def under_way(self, queryset, name, value):
        over = [Call.State.DECIDED, Call.State.CANCELLED]
        return queryset.exclude(state__in=over) if value else queryset.filter(state__in=over)


class CallViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """评选通知 in sight, newest first: of the organisations over one, and of those one oversees."""

    model = Call
    serializer_class = CallSerializer
    filterset_class = CallFilters

    def rows(self, seen):
        rows = seen.select_related("organiser").order_by("-issued_on", "-id")
        return rows if self.action == "list" else rows.prefetch_related("shares__organisation")

    def get_serializer_class(self):
        return CallLineSerializer if self.action == "list" else CallSerializer


class HonourSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", allow_null=True, read_only=True)
    organisation = PlaceSerializer(label="党组织", help_text="受表彰的党组织；党员的，是当时所在党支部。", read_only=True)
    conferred_by = PlaceSerializer(label="表彰的党组织", read_only=True)
    call = serializers.UUIDField(label="评选通知的公开编号", source="call.uid", read_only=True)

    class Meta:
        model = Honour
        fields = [
            *(
                "uid",
                "kind",
                "level",
                "title",
                "is_posthumous",
                "year",
                "member",
                "organisation",
                "conferred_by",
                "call",
                "document_number",
            ),
            *("start", "end", "withdrawal_number", "withdrawal_reason"),
        ]
        read_only_fields = fields


class HonourFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    year = year_filter()
    standing = filters.BooleanFilter(field_name="end", lookup_expr="isnull", label="没有撤销的")

    class Meta:
        model = Honour
        fields = ["kind", "level", "is_posthumous"]


class HonourViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """荣誉 in sight, latest first; withdrawn ones stay, with the paper that ended them."""

    model = Honour
    serializer_class = HonourSerializer
    filterset_class = HonourFilters

    def rows(self, seen):
        return seen.select_related("member", "organisation", "conferred_by", "call").defer("member__id_number").order_by("-start", "-id")
