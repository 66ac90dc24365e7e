"""API of members who are away: registrations and the contacts with them. Numbers are masked as everywhere."""

from django.core.exceptions import ValidationError
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
from members.api.people import MemberFilter, PersonSerializer
from members.mobility.models import Contact, Outflow
from members.mobility.rules.places import PROVINCES
from members.mobility.selectors.outflows import clock_on, overdue, with_last_contact
from members.mobility.services import contacts
from members.mobility.services import outflows as services
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.etags import needs_version, version_asked, versioned
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class OutflowSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    branch = PlaceSerializer(label="党支部", source="member.branch", read_only=True)
    contact = PersonSerializer(label="支部联系人", allow_null=True, read_only=True)
    destination = serializers.CharField(label="外出流向", read_only=True)
    reached = serializers.DateField(label="上次联系上之日", allow_null=True, read_only=True)

    class Meta:
        model = Outflow
        fields = [
            *("uid", "member", "branch", "start", "end", "expected_return", "province", "city", "county", "destination", "place_fixed"),
            *("reason", "host_name", "reported_on", "contact", "phone_checked_on", "reached", "end_reason", "version"),
        ]
        read_only_fields = fields


class OutflowRegistrationSerializer(serializers.Serializer):
    member = serializers.UUIDField(label="党员的公开编号")
    start = serializers.DateField(label="外出之日")
    province = serializers.ChoiceField(
        label="外出省份", choices=list(PROVINCES.items()), help_text="GB/T 2260 代码前两位，00 为国（境）外。"
    )
    city = serializers.CharField(label="市", max_length=50, allow_blank=True, default="")
    county = serializers.CharField(label="县（市、区）", max_length=50, allow_blank=True, default="")
    place_fixed = serializers.BooleanField(label="地点相对固定", default=False)
    reason = serializers.ChoiceField(label="外出原因", choices=Outflow.Reason.choices)
    expected_return = serializers.DateField(label="预计返回", allow_null=True, default=None)
    contact = serializers.UUIDField(label="支部联系人的公开编号")
    phone_checked_on = serializers.DateField(label="核对手机号之日", allow_null=True, default=None)
    host_name = serializers.CharField(label="流入地党组织（县外）", max_length=120, allow_blank=True, default="")


class OutflowEndingSerializer(serializers.Serializer):
    on = serializers.DateField(label="从哪天起")
    reason = serializers.ChoiceField(
        label="结束缘由", choices=[("returned", "返乡"), ("transferred", "转出组织关系"), ("mistaken", "登记有误")]
    )


class OutflowFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    open = filters.BooleanFilter(field_name="end", lookup_expr="isnull", label="只要还在外的")
    overdue = filters.BooleanFilter(method="late", label="只要该联系没联系的")

    class Meta:
        model = Outflow
        fields = ["province", "reason"]

    def late(self, queryset, name, value):
        return queryset.filter(overdue(clock_on(timezone.localdate())), end=None) if value else queryset


class OutflowViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Registrations of going away in sight, latest first; a member sees their own."""

    model = Outflow
    serializer_class = OutflowSerializer
    filterset_class = OutflowFilters

    def rows(self, seen):
        rows = with_last_contact(seen).select_related("member__branch", "contact")
        return rows.defer("member__id_number", "contact__id_number").order_by("-start", "-id")

    def retrieve(self, request, uid):
        return self._answer(self.get_object())

    @extend_schema(request=OutflowRegistrationSerializer, responses={201: OutflowSerializer})
    @change
    def create(self, request):
        """登记外出；名册上的流动和流向随之改好。"""
        require(request.user, "mobility.record")
        asked = OutflowRegistrationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        person = _held(request.user, said.pop("member"))
        contact = Member.objects.visible_to(request.user).filter(uid=said.pop("contact")).first()
        outflow = _done(services.register_outflow, person, today=timezone.localdate(), by=request.user, contact=contact, **said)
        self.kwargs["uid"] = outflow.uid
        where = {"Location": reverse("api:outflow-detail", args=[outflow.uid], request=request)}
        return self._answer(self.get_object(), status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=OutflowEndingSerializer, responses=OutflowSerializer)
    @action(detail=True, methods=["post"])
    @needs_version
    @change
    def end(self, request, uid):
        """了结外出：返乡、转出组织关系，或登记有误。"""
        held = self.get_object()
        require(request.user, "mobility.record", held.member.branch)
        version = version_asked(request)
        asked = OutflowEndingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.end_outflow(held, version=version, today=timezone.localdate(), by=request.user, **asked.validated_data)
        return self._answer(self.get_object())

    def _answer(self, outflow: Outflow, **kwargs):
        return versioned(OutflowSerializer(outflow, context=self.get_serializer_context()).data, outflow.version, **kwargs)


class ContactSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    made_by = PersonSerializer(label="联系人", allow_null=True, read_only=True)

    class Meta:
        model = Contact
        fields = ["uid", "member", "day", "way", "outcome", "note", "made_by", "recorded_at"]
        read_only_fields = fields


class ContactLoggingSerializer(serializers.Serializer):
    member = serializers.UUIDField(label="党员的公开编号")
    day = serializers.DateField(label="联系之日")
    way = serializers.ChoiceField(label="方式", choices=Contact.Way.choices)
    outcome = serializers.ChoiceField(label="结果", choices=Contact.Outcome.choices)
    note = serializers.CharField(label="说了什么", max_length=300, allow_blank=True, default="")


class ContactFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    since = filters.DateFilter(field_name="day", lookup_expr="gte", label="从这天起")
    until = filters.DateFilter(field_name="day", lookup_expr="lte", label="到这天止")

    class Meta:
        model = Contact
        fields = ["way", "outcome"]


class ContactViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Tries to reach members away or lost, latest first. A line is never changed."""

    model = Contact
    serializer_class = ContactSerializer
    filterset_class = ContactFilters

    def rows(self, seen):
        return seen.select_related("member", "made_by").defer("member__id_number", "made_by__id_number").order_by("-day", "-id")

    @extend_schema(request=ContactLoggingSerializer, responses={201: ContactSerializer})
    @change
    def create(self, request):
        """登记一次联系；没联系上也记。联系上了正在查找的人，查找随之了结。"""
        require(request.user, "mobility.record")
        asked = ContactLoggingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        person = _held(request.user, said.pop("member"))
        contact = _done(contacts.log_contact, person, today=timezone.localdate(), by=request.user, **said)
        self.kwargs["uid"] = contact.uid
        told = ContactSerializer(self.get_object(), context=self.get_serializer_context()).data
        where = {"Location": reverse("api:contact-detail", args=[contact.uid], request=request)}
        return Response(told, status=status.HTTP_201_CREATED, headers=where)


def _held(user, uid) -> Member:
    """The member in sight and at home where the user records."""
    person = get_object_or_404(Member.objects.visible_to(user).at_home().select_related("branch"), uid=uid)
    require(user, "mobility.record", person.branch)
    return person


def _done(act, *args, **kwargs):
    """A service's answer; what the model itself refuses becomes a refusal at its field."""
    try:
        return act(*args, **kwargs)
    except ValidationError as fault:
        field, messages = next(iter(fault.message_dict.items()))
        raise DomainError(messages[0], field=field) from None
