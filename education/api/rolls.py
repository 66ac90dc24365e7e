"""What is known of a roll before the meeting: leave, and who is not counted."""

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from education import services
from education.models import Leave, Meeting, RollExclusion
from members.api.people import PersonSerializer
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class LeaveSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党支部", read_only=True)
    member = PersonSerializer(label="党员", read_only=True)
    answered_by = serializers.CharField(label="答复人", source="answered_by.name", allow_null=True, read_only=True)

    class Meta:
        model = Leave
        fields = [
            "uid",
            "organisation",
            "member",
            "day",
            "kind",
            "reason",
            "note",
            "state",
            "answer",
            "asked_at",
            "answered_by",
            "answered_at",
        ]
        read_only_fields = fields


class AskingSerializer(serializers.Serializer):
    day = serializers.DateField(label="哪一天")
    kind = serializers.ChoiceField(
        label="哪种会", choices=Meeting.Kind.choices, allow_blank=True, default="", help_text="空为这一天的会都请假。"
    )
    reason = serializers.ChoiceField(label="原因", choices=Leave.Why.choices)
    note = serializers.CharField(label="说明", max_length=120, allow_blank=True, default="")


class LeaveAnswerSerializer(serializers.Serializer):
    grant = serializers.BooleanField(label="准假")
    answer = serializers.CharField(label="不准假的原因", max_length=120, allow_blank=True, default="")


class LeaveFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    day = filters.DateFilter(label="哪一天")

    class Meta:
        model = Leave
        fields = ["state"]


class LeaveViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """请假, latest day first: those of one's branches, and one's own."""

    model = Leave
    serializer_class = LeaveSerializer
    filterset_class = LeaveFilters

    def rows(self, seen):
        return seen.select_related("organisation", "member", "answered_by").defer("member__id_number").order_by("-day", "-id")

    @extend_schema(request=AskingSerializer, responses={201: LeaveSerializer})
    @change
    def create(self, request):
        """本人请假，会前提。"""
        asked = AskingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        own = Member.objects.filter(user=request.user).first()
        if own is None:
            raise DomainError("这个账号没有对应的党员，不能请假。")
        leave = services.ask_leave(member=own, by=request.user, today=timezone.localdate(), **asked.validated_data)
        where = {"Location": reverse("api:leave-detail", args=[leave.uid], request=request)}
        return Response(self.get_serializer(leave).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=LeaveAnswerSerializer, responses=LeaveSerializer)
    @action(detail=True, methods=["post"])
    @change
    def answer(self, request, uid):
        """准假，或者不准并写原因；由另一个人答复。"""
        leave = self.get_object()
        require(request.user, "education.record", leave.organisation)
        asked = LeaveAnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.answer_leave(leave, by=request.user, today=timezone.localdate(), **asked.validated_data)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=LeaveSerializer)
    @action(detail=True, methods=["post"])
    @change
    def withdraw(self, request, uid):
        """本人收回，能来。"""
        services.withdraw_leave(self.get_object(), by=request.user, today=timezone.localdate())
        return Response(self.get_serializer(self.get_object()).data)


class ExclusionSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党支部", read_only=True)
    member = PersonSerializer(label="党员", read_only=True)
    agreed_at = serializers.UUIDField(label="同意的会议", source="agreed_at.uid", read_only=True)

    class Meta:
        model = RollExclusion
        fields = [
            "uid",
            "organisation",
            "member",
            "reason",
            "start",
            "end",
            "agreed_at",
            "state",
            "superior_number",
            "answer",
            "end_reason",
        ]
        read_only_fields = fields


class ExclusionProposalSerializer(serializers.Serializer):
    member = serializers.UUIDField(label="党员的公开编号")
    agreed_at = serializers.UUIDField(label="同意的会议", help_text="支部在哪次已确认的会上同意的。")
    reason = serializers.ChoiceField(label="原因", choices=RollExclusion.Why.choices)
    note = serializers.CharField(label="说明", max_length=120, allow_blank=True, default="", help_text="其他原因的要写。")
    start = serializers.DateField(label="起")
    end = serializers.DateField(label="止", allow_null=True, default=None, help_text="不写就到最长期限。")


class ExclusionAnswerSerializer(serializers.Serializer):
    number = serializers.CharField(label="备案号", max_length=60, allow_blank=True, default="", help_text="同意的写。")
    refusal = serializers.CharField(label="不同意的原因", max_length=120, allow_blank=True, default="")


class ExclusionFilters(filters.FilterSet):
    organisation = OrganisationFilter()

    class Meta:
        model = RollExclusion
        fields = ["state"]


class ExclusionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """不计应到, latest first: who is not counted, agreed at which meeting, under which number of the superior."""

    model = RollExclusion
    serializer_class = ExclusionSerializer
    filterset_class = ExclusionFilters

    def rows(self, seen):
        return seen.select_related("organisation", "member", "agreed_at").defer("member__id_number").order_by("-start", "-id")

    @extend_schema(request=ExclusionProposalSerializer, responses={201: ExclusionSerializer})
    @change
    def create(self, request):
        """支部在会上同意以后报上级备案；备案以前仍计应到。"""
        require(request.user, "education.record")
        asked = ExclusionProposalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        mine = Meeting.objects.where(request.user, "education.record").select_related("organisation")
        if (agreed_at := mine.filter(uid=said.pop("agreed_at")).first()) is None:
            raise DomainError("没有这次会议，或者不是你记录的。", field="agreed_at")
        member = Member.objects.at_home().filter(branch=agreed_at.organisation_id, uid=said.pop("member")).first()
        if member is None:
            raise DomainError("这个人不在开会的支部。", field="member")
        row = services.propose_exclusion(member=member, agreed_at=agreed_at, by=request.user, **said)
        where = {"Location": reverse("api:exclusion-detail", args=[row.uid], request=request)}
        self.kwargs["uid"] = row.uid
        return Response(self.get_serializer(self.get_object()).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=ExclusionAnswerSerializer, responses=ExclusionSerializer)
    @action(detail=True, methods=["post"])
    @change
    def answer(self, request, uid):
        """上级备案，写备案号；不同意的写原因。"""
        row = self.get_object()
        require(request.user, "education.return", row.organisation)
        asked = ExclusionAnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.answer_exclusion(row, by=request.user, **asked.validated_data)
        return Response(self.get_serializer(self.get_object()).data)
