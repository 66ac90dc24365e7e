"""API of 请核实: what is open to the caller, read."""

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from branches.api import OrganisationFilter, PlaceSerializer
from education.signals.models import Question, QuestionStep
from partyportal.core.rest.viewsets import ScopedViewSet


class QuestionStepSerializer(serializers.ModelSerializer):
    by = serializers.CharField(label="办理人", source="by.name", allow_null=True, default=None, read_only=True)

    class Meta:
        model = QuestionStep
        fields = ["act", "on", "by", "note"]
        read_only_fields = fields


class QuestionSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党支部", read_only=True)
    meeting = serializers.UUIDField(label="这次会议", source="meeting.uid", allow_null=True, default=None, read_only=True)
    steps = QuestionStepSerializer(label="经过", many=True, read_only=True)

    class Meta:
        model = Question
        fields = [
            "uid",
            "organisation",
            "kind",
            "meeting",
            "since",
            "until",
            "state",
            "found_on",
            "acted_on",
            "asked_on",
            "version",
            "steps",
        ]
        read_only_fields = fields


class QuestionFilters(filters.FilterSet):
    organisation = OrganisationFilter()

    class Meta:
        model = Question
        fields = ["kind", "state"]


class QuestionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """请核实, newest first: what a committee has found under it; to a branch, what it was asked."""

    model = Question
    serializer_class = QuestionSerializer
    filterset_class = QuestionFilters

    def rows(self, seen):
        rows = seen.open_to(self.request.user).select_related("organisation", "meeting").defer("meeting__minutes")
        return rows.prefetch_related("steps__by").order_by("-found_on", "-id")
