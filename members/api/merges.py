"""API of merged files: which were made one, when, what went over, and whether it was taken back. The acts are pages: each shows first."""

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from members.api.people import PersonSerializer
from members.models import Merge
from partyportal.core.rest.viewsets import ScopedViewSet


class MergeSerializer(serializers.ModelSerializer):
    kept = PersonSerializer(label="保留的档案", read_only=True)
    gone = PersonSerializer(label="并入的档案", read_only=True)
    moved = serializers.DictField(label="移了什么", child=serializers.IntegerField(), help_text="每种记录的条数")
    left = serializers.DictField(label="撤销时没有动的", child=serializers.IntegerField())

    class Meta:
        model = Merge
        fields = ["uid", "kept", "gone", "day", "moved", "merged_at", "reversed_at", "left"]
        read_only_fields = fields


class MergeFilters(filters.FilterSet):
    standing = filters.BooleanFilter(field_name="reversed_at", lookup_expr="isnull", label="没有撤销的")

    class Meta:
        model = Merge
        fields = ["day"]


class MergeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """档案合并 of people whose files the user may merge, latest first."""

    model = Merge
    serializer_class = MergeSerializer
    filterset_class = MergeFilters
    http_method_names = ["get", "head", "options"]

    def rows(self, seen):
        held = seen.where(self.request.user, "member.merge").select_related("kept__branch", "gone__branch")
        return held.defer("kept__id_number", "gone__id_number", "sealed").order_by("-merged_at", "-id")
