"""API of 班子: posts with their ballots, read in scope; seated and ended by the organisation above."""

from django.core.exceptions import PermissionDenied
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
from members.api.people import MemberFilter, PersonSerializer
from members.models import Member, Office
from members.rules.offices import Ballot
from members.services import offices as services
from partyportal.core.errors import DomainError
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class OfficeSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    organisation = PlaceSerializer(label="党组织", read_only=True)
    term = serializers.IntegerField(label="第几届", source="term.number", allow_null=True, default=None, read_only=True)
    granted = serializers.SerializerMethodField(label="随职务的授权已经生效")

    class Meta:
        model = Office
        fields = [
            *("uid", "member", "organisation", "position", "term", "start", "end", "full_time", "way", "entitled", "present", "votes"),
            *("basis", "end_reason", "end_basis", "granted"),
        ]
        read_only_fields = fields

    def get_granted(self, office) -> bool:
        grant = office.grant
        return grant is not None and grant.end is None and (grant.operator or grant.confirmed_by_id is not None)


class AppointmentSerializer(serializers.Serializer):
    organisation = serializers.CharField(label="党组织代码", max_length=40)
    member = serializers.UUIDField(label="党员的公开编号")
    position = serializers.ChoiceField(label="职务", choices=Office.Position.choices)
    start = serializers.DateField(label="任职日期")
    way = serializers.ChoiceField(label="产生方式", choices=Office.Way.choices, default=Office.Way.ELECTED)
    entitled = serializers.IntegerField(label="应到会", min_value=1, max_value=10_000, allow_null=True, default=None)
    present = serializers.IntegerField(label="实到会", min_value=0, max_value=10_000, allow_null=True, default=None)
    votes = serializers.IntegerField(label="得票", min_value=0, max_value=10_000, allow_null=True, default=None)
    basis = serializers.CharField(label="批复或任命文号", max_length=120, allow_blank=True, default="")
    full_time = serializers.BooleanField(label="专职", default=False)
    with_grant = serializers.BooleanField(label="同时提出授权", default=False, help_text="由安全管理员确认后生效。")

    def validate(self, said):
        counted = [said["entitled"], said["present"], said["votes"]]
        if None in counted and counted != [None] * 3:
            raise serializers.ValidationError({"entitled": ["应到会、实到会、得票要填全。"]})
        return said


class EndingSerializer(serializers.Serializer):
    on = serializers.DateField(label="从哪天起不再任职")
    reason = serializers.ChoiceField(label="缘由", choices=Office.EndReason.choices)
    basis = serializers.CharField(label="文号", max_length=120, allow_blank=True, default="")


class OfficeFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    open = filters.BooleanFilter(field_name="end", lookup_expr="isnull", label="现任")

    class Meta:
        model = Office
        fields = ["position", "full_time", "way"]


class OfficeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """党内职务 in sight, latest first; a member without a grant sees their own."""

    model = Office
    serializer_class = OfficeSerializer
    filterset_class = OfficeFilters

    def rows(self, seen):
        return seen.select_related("member", "organisation", "term", "grant").defer("member__id_number").order_by("-start", "-id")

    @extend_schema(request=AppointmentSerializer, responses={201: OfficeSerializer})
    @change
    def create(self, request):
        """登记补选或任命，由上一级党组织登记。"""
        require(request.user, "office.appoint")
        asked = AppointmentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        seen = Organisation.objects.visible_to(request.user).select_related("parent")
        organisation = seen.filter(code=said.pop("organisation")).first()
        if organisation is None or not services.may_appoint(request.user, organisation):
            raise DomainError("没有这个党组织，或者不由你任命。", field="organisation")
        member = Member.objects.at_home().visible_to(request.user).defer("id_number").filter(uid=said.pop("member")).first()
        if member is None:
            raise DomainError("没有这位党员，或者不在你能看到的范围内。", field="member")
        counted = [said.pop(name) for name in ("entitled", "present", "votes")]
        ballot = Ballot(*counted) if counted[0] is not None else None
        office = services.appoint(
            member=member, organisation=organisation, ballot=ballot, by=request.user, today=timezone.localdate(), **said
        )
        where = {"Location": reverse("api:office-detail", args=[office.uid], request=request)}
        return Response(self._told(office), status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=EndingSerializer, responses=OfficeSerializer)
    @action(detail=True, methods=["post"])
    @change
    def end(self, request, uid):
        """登记免职；随职务的授权一并终止。当天任职当天免去的，收回不留。"""
        office = self.get_object()
        if not services.may_appoint(request.user, office.organisation):
            raise PermissionDenied("office.appoint")
        asked = EndingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = self._told(office)
        services.end_post(office, by=request.user, today=timezone.localdate(), **asked.validated_data)
        held = Office.objects.filter(pk=office.pk).first()
        return Response(self._told(held) if held else told | {"end": asked.validated_data["on"]})

    def _told(self, office: Office) -> dict:
        row = get_object_or_404(self.rows(Office.objects.all()), pk=office.pk)
        return self.get_serializer(row).data
