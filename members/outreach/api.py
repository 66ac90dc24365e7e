"""API of outreach: who is sent where, and what they did; read here, recorded on the pages."""

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from branches.api import OrganisationFilter, PlaceSerializer
from members.outreach.models import Dispatch, Visit
from partyportal.core.rest.viewsets import ScopedViewSet


class VisitSerializer(serializers.ModelSerializer):
    class Meta:
        model = Visit
        fields = ["uid", "kind", "day", "content", "outcome"]
        read_only_fields = fields


class DispatchSerializer(serializers.ModelSerializer):
    member = serializers.UUIDField(label="派出党员的公开编号", source="member.uid", read_only=True)
    name = serializers.CharField(label="姓名", source="member.name", read_only=True)
    organisation = PlaceSerializer(label="派到", read_only=True)
    visits = VisitSerializer(label="记录", many=True, read_only=True)

    class Meta:
        model = Dispatch
        fields = ["uid", "kind", "member", "name", "organisation", "task", "basis", "start", "end", "visits"]
        read_only_fields = fields


class DispatchFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    kind = filters.ChoiceFilter(label="类别", choices=Dispatch.Kind.choices)
    running = filters.BooleanFilter(label="是否还在派", field_name="end", lookup_expr="isnull")

    class Meta:
        model = Dispatch
        fields = []


class DispatchViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """三员 sent to organisations in sight, and one's own dispatches, by organisation code."""

    model = Dispatch
    serializer_class = DispatchSerializer
    filterset_class = DispatchFilters

    def rows(self, seen) -> QuerySet:
        standing = Visit.objects.filter(is_void=False).order_by("-day", "-id")
        return (
            seen.select_related("member", "organisation")
            .prefetch_related(Prefetch("visits", standing))
            .order_by("organisation__code", "start", "id")
        )
