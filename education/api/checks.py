"""API of 抽查: a committee's draws, the meetings drawn, and what it found in them. Returning one is the meeting's own act."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from branches.models import Organisation
from education import services
from education.models import DrawnMeeting, Meeting, SpotCheck
from partyportal.core.errors import DomainError
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class DrawnMeetingSerializer(serializers.ModelSerializer):
    meeting = serializers.UUIDField(label="会议", source="meeting.uid", read_only=True)
    organisation = PlaceSerializer(label="党支部", source="meeting.organisation", read_only=True)

    class Meta:
        model = DrawnMeeting
        fields = ["position", "meeting", "organisation", "outcome", "reason", "checked_on"]
        read_only_fields = fields


class SpotCheckSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="抽查的党组织", read_only=True)
    drawn = DrawnMeetingSerializer(label="抽中的会议", many=True, read_only=True)

    class Meta:
        model = SpotCheck
        fields = ["uid", "organisation", "since", "until", "kind", "seed", "population", "drawn_on", "drawn"]
        read_only_fields = fields


class DrawingSerializer(serializers.Serializer):
    organisation = serializers.CharField(label="党组织代码", max_length=40)
    since = serializers.DateField(label="从")
    until = serializers.DateField(label="到")
    kind = serializers.ChoiceField(label="种类", choices=Meeting.Kind.choices, allow_blank=True, default="", help_text="空为各种会。")
    count = serializers.IntegerField(label="抽几次", min_value=1, max_value=50)


class PassingSerializer(serializers.Serializer):
    position = serializers.IntegerField(label="第几个抽中", min_value=1)


class SpotCheckFilters(filters.FilterSet):
    organisation = OrganisationFilter()

    class Meta:
        model = SpotCheck
        fields = ["kind"]


class SpotCheckViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """抽查, latest first, to those who check: the period, the seed by which anybody can draw again, and each meeting drawn."""

    model = SpotCheck
    serializer_class = SpotCheckSerializer
    filterset_class = SpotCheckFilters

    def rows(self, seen):
        rows = seen.where(self.request.user, "education.return").select_related("organisation")
        return rows.prefetch_related("drawn__meeting__organisation").order_by("-drawn_on", "-id")

    @extend_schema(request=DrawingSerializer, responses={201: SpotCheckSerializer})
    @change
    def create(self, request):
        """抽一回；抽中哪几次由系统的随机数定，随机数写在结果里。"""
        require(request.user, "education.return")
        asked = DrawingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        mine = Organisation.objects.existing().where(request.user, "education.return").exclude(kind=Organisation.Kind.GROUP)
        committee = mine.filter(code=said.pop("organisation")).first()
        if committee is None:
            raise DomainError("没有这个党组织，或者不归你抽查。", field="organisation")
        made = services.draw_meetings(organisation=committee, by=request.user, today=timezone.localdate(), **said)
        where = {"Location": reverse("api:spot-check-detail", args=[made.uid], request=request)}
        self.kwargs["uid"] = made.uid
        return Response(self.get_serializer(self.get_object()).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=PassingSerializer, responses=SpotCheckSerializer)
    @action(detail=True, methods=["post"], url_path="pass", url_name="pass")
    @change
    def let_pass(self, request, uid):
        """看过一次，没有问题；有问题的用会议的 return 退回。"""
        check = self.get_object()
        require(request.user, "education.return", check.organisation)
        asked = PassingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = get_object_or_404(check.drawn.select_related("meeting"), **asked.validated_data)
        services.pass_drawn(row, by=request.user, today=timezone.localdate())
        return Response(self.get_serializer(self.get_object()).data)
