"""API of 服务阵地: stations with their hours, bookings asked and answered, requests taken and finished."""

from django.db.models import Prefetch
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import can, require
from branches.api import OrganisationFilter, PlaceSerializer
from branches.models import Organisation
from members.care.stations.models import Booking, OpeningSpan, RequestKind, Room, ServiceRequest, Station, StationKind
from members.care.stations.services import bookings, requests
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet

KEEP = "station.keep"


class StationRoomSerializer(serializers.ModelSerializer):
    class Meta:
        model = Room
        fields = ["uid", "name", "seats"]
        read_only_fields = fields


class OpeningSpanSerializer(serializers.ModelSerializer):
    weekday = serializers.IntegerField(label="星期，0 是星期一", read_only=True)

    class Meta:
        model = OpeningSpan
        fields = ["weekday", "opens", "closes"]
        read_only_fields = fields


class StationSerializer(serializers.ModelSerializer):
    kind = serializers.CharField(label="类别代码", source="kind.code", read_only=True)
    organisation = PlaceSerializer(label="哪个党组织的", read_only=True)
    rooms = StationRoomSerializer(label="活动室", many=True, source="running_rooms", read_only=True)
    hours = OpeningSpanSerializer(label="每周开放时间", many=True, source="week", read_only=True)

    class Meta:
        model = Station
        fields = ["uid", "kind", "organisation", "name", "address", "phone", "serves", "rests_on_holidays", "opened_on", "rooms", "hours"]
        read_only_fields = fields


class StationFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    kind = filters.ModelChoiceFilter(label="类别代码", queryset=StationKind.objects.all(), to_field_name="code")

    class Meta:
        model = Station
        fields = []


class StationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """服务阵地 in use: those under one's posts, and those one belongs under, by organisation code."""

    model = Station
    serializer_class = StationSerializer
    filterset_class = StationFilters

    def rows(self, seen):
        rooms = Prefetch("rooms", Room.objects.filter(end=None).order_by("id"), to_attr="running_rooms")
        return seen.open().select_related("kind", "organisation").prefetch_related(rooms).order_by("organisation__code", "id")

    def paginate_queryset(self, queryset):
        return self._with_week(super().paginate_queryset(queryset))

    def get_object(self):
        return self._with_week([super().get_object()])[0]

    def _with_week(self, stations: list[Station]) -> list[Station]:
        """The week that holds today: one statement for all of them."""
        today, weeks = timezone.localdate(), {}
        spans = OpeningSpan.objects.filter(hours__station__in=[one.pk for one in stations], hours__start__lte=today)
        for span in spans.exclude(hours__end__lte=today).select_related("hours").order_by("weekday", "opens"):
            weeks.setdefault(span.hours.station_id, []).append(span)
        for one in stations:
            one.week = weeks.get(one.pk, [])
        return stations


# ── Bookings ────────────────────────────────────────────────────────────────
class BookingSerializer(serializers.ModelSerializer):
    station = serializers.UUIDField(label="阵地的公开编号", source="room.station.uid", read_only=True)
    room = serializers.UUIDField(label="活动室的公开编号", source="room.uid", read_only=True)
    organisation = PlaceSerializer(label="哪个党组织用", read_only=True)

    class Meta:
        model = Booking
        fields = ["uid", "station", "room", "organisation", "starts_at", "ends_at", "purpose", "people", "state"]
        read_only_fields = fields


class BookingAskedSerializer(serializers.Serializer):
    room = serializers.UUIDField(label="活动室的公开编号")
    organisation = serializers.CharField(label="哪个党组织用", max_length=40, allow_null=True, default=None, help_text="党员自己约的不写。")
    day = serializers.DateField(label="哪天")
    begins = serializers.TimeField(label="从几点")
    ends = serializers.TimeField(label="到几点")
    purpose = serializers.CharField(label="做什么", max_length=80)
    people = serializers.IntegerField(label="几个人", min_value=1, max_value=2000)


class BookingWhySerializer(serializers.Serializer):
    why = serializers.CharField(label="原因", max_length=120, allow_blank=True, default="", help_text="约不成、取消要写。")


class BookingFilters(filters.FilterSet):
    organisation = OrganisationFilter(label="在哪个党组织的阵地，连同下级")
    since = filters.DateFilter(field_name="starts_at", lookup_expr="date__gte", label="从这天起")
    until = filters.DateFilter(field_name="starts_at", lookup_expr="date__lte", label="到这天止")

    class Meta:
        model = Booking
        fields = ["state"]


class BookingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """活动室预约 at stations one looks down on, of one's own organisations, and one's own; by time."""

    model = Booking
    serializer_class = BookingSerializer
    filterset_class = BookingFilters

    def rows(self, seen):
        return seen.select_related("room__station", "organisation").order_by("starts_at", "id")

    @extend_schema(request=BookingAskedSerializer, responses={201: BookingSerializer})
    @change
    def create(self, request):
        """约活动室；党员约的等阵地答复，阵地自己约的马上算数。"""
        asked = BookingAskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        seen = Station.objects.visible_to(request.user).open()
        room = Room.objects.filter(uid=said.pop("room"), end=None, station__in=seen.order_by().values("pk")).first()
        if room is None:
            raise DomainError("没有这间活动室，或者不在你能约的范围里。", field="room")
        member, organisation = None, None
        if code := said.pop("organisation"):
            organisation = Organisation.objects.where(request.user, KEEP).existing().filter(code=code).first()
        else:
            member = Member.objects.filter(user=request.user, left_on=None).select_related("branch").defer("id_number").first()
            organisation = member.branch if member else None
        if organisation is None:
            raise DomainError("没有这个党组织，或者不归你预约。", field="organisation")
        made = bookings.book(room, organisation=organisation, member=member, by=request.user, now=timezone.now(), **said)
        where = {"Location": reverse("api:booking-detail", args=[made.uid], request=request)}
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=BookingWhySerializer, responses={200: BookingSerializer})
    @action(detail=True, methods=["post"])
    @change
    def confirm(self, request, uid):
        """约好。"""
        return self._answered(request, bookings.confirm)

    @extend_schema(request=BookingWhySerializer, responses={200: BookingSerializer})
    @action(detail=True, methods=["post"])
    @change
    def refuse(self, request, uid):
        """约不成，写原因。"""
        return self._answered(request, bookings.refuse)

    @extend_schema(request=BookingWhySerializer, responses={200: BookingSerializer})
    @action(detail=True, methods=["post"])
    @change
    def cancel(self, request, uid):
        """取消，写原因：约的人自己或者管阵地的。"""
        return self._answered(request, bookings.cancel, own=True, now=timezone.now())

    def _answered(self, request, service, *, own: bool = False, **more):
        held = self.get_object()
        mine = own and held.asked_by_id == request.user.pk
        if not mine and not can(request.user, KEEP, held.room.station.organisation):
            raise PermissionDenied
        asked = BookingWhySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        service(held, by=request.user, **asked.validated_data, **more)
        return Response(self.get_serializer(self.get_object()).data)


# ── Requests ────────────────────────────────────────────────────────────────
class ServiceRequestSerializer(serializers.ModelSerializer):
    """办事; a villager's name and phone are masked, here as on the pages."""

    station = serializers.UUIDField(label="阵地的公开编号", source="station.uid", read_only=True)
    kind = serializers.CharField(label="事项代码", source="kind.code", read_only=True)
    asker = serializers.CharField(label="谁来办", source="asker_masked", read_only=True)
    phone = serializers.CharField(label="电话", source="phone_masked", read_only=True)
    matter = serializers.CharField(label="办什么", read_only=True)

    class Meta:
        model = ServiceRequest
        fields = ["uid", "station", "kind", "asker", "phone", "matter", "taken_on", "due_on", "state", "finished_on"]
        read_only_fields = fields


class RequestTakenSerializer(serializers.Serializer):
    station = serializers.UUIDField(label="阵地的公开编号")
    kind = serializers.SlugRelatedField(label="事项代码", slug_field="code", queryset=RequestKind.objects.filter(ended_on=None))
    member = serializers.UUIDField(label="党员的公开编号", allow_null=True, default=None)
    asker = serializers.CharField(label="群众姓名", max_length=40, allow_blank=True, default="")
    asker_phone = serializers.CharField(label="群众电话", max_length=20, allow_blank=True, default="")
    matter = serializers.CharField(label="办什么", max_length=300)
    taken_on = serializers.DateField(label="受理日期")


class RequestFinishedSerializer(serializers.Serializer):
    words = serializers.CharField(label="办的结果", max_length=300)
    on = serializers.DateField(label="办结日期")


class RequestFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    kind = filters.ModelChoiceFilter(label="事项代码", queryset=RequestKind.objects.all(), to_field_name="code")

    class Meta:
        model = ServiceRequest
        fields = ["state"]


class RequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """办事登记 of the stations one keeps, and one's own, latest first."""

    model = ServiceRequest
    serializer_class = ServiceRequestSerializer
    filterset_class = RequestFilters

    def rows(self, seen):
        return seen.select_related("station", "kind", "member").defer("member__id_number").order_by("-taken_on", "-id")

    @extend_schema(request=RequestTakenSerializer, responses={201: ServiceRequestSerializer})
    @change
    def create(self, request):
        """受理：党员或群众来办一件事。"""
        require(request.user, KEEP)
        asked = RequestTakenSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        station = Station.objects.where(request.user, KEEP).filter(uid=said.pop("station")).first()
        if station is None:
            raise DomainError("没有这个阵地，或者不是你管的。", field="station")
        member = None
        if uid := said.pop("member"):
            member = Member.objects.where(request.user, KEEP).at_home().defer("id_number").filter(uid=uid).first()
            if member is None:
                raise DomainError("没有这位党员，或者不在你的范围里。", field="member")
        made = requests.take(station, member=member, by=request.user, today=timezone.localdate(), **said)
        where = {"Location": reverse("api:service-request-detail", args=[made.uid], request=request)}
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=RequestFinishedSerializer, responses={200: ServiceRequestSerializer})
    @action(detail=True, methods=["post"])
    @change
    def finish(self, request, uid):
        """办结，写结果。"""
        held = self.get_object()
        require(request.user, KEEP, held.station.organisation)
        asked = RequestFinishedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        requests.finish(held, by=request.user, today=timezone.localdate(), **asked.validated_data)
        return Response(self.get_serializer(self.get_object()).data)
