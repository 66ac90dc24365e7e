"""API of organisation life: meetings with their rolls, and what is required."""

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import require, sees
from branches.api import OrganisationFilter, PlaceSerializer
from branches.models import Organisation
from education import services
from education.models import AgendaItem, Attendance, Meeting, Requirement
from education.rules import Item
from education.selectors.rolls import standing_roll
from members.api.people import PersonSerializer
from partyportal.core.errors import DomainError
from partyportal.core.rest.etags import needs_version, version_asked, versioned
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import PublicRulesViewSet, ScopedViewSet

State = Attendance.State


class AttendanceSerializer(serializers.ModelSerializer):
    """One line of the roll. Why somebody was not there is told only to those who keep or oversee the record."""

    member = PersonSerializer(label="党员", read_only=True)

    class Meta:
        model = Attendance
        fields = ["member", "state", "reason", "note", "is_guest", "is_late", "late_minutes"]
        read_only_fields = fields

    def to_representation(self, row):
        told = super().to_representation(row)
        return told if self.context["with_reasons"] else told | {"reason": "", "note": "", "is_late": False, "late_minutes": None}


class AgendaItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = AgendaItem
        fields = ["title", "reporter", "said", "decided"]
        extra_kwargs = {"said": {"max_length": 20_000}, "decided": {"max_length": 4_000}}


class MeetingLineSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党支部", read_only=True)
    group = PlaceSerializer(label="党小组", allow_null=True, read_only=True)
    expected = serializers.IntegerField(label="应到", read_only=True)
    present = serializers.IntegerField(label="实到", read_only=True)

    class Meta:
        model = Meeting
        fields = [
            *("uid", "organisation", "group", "kind", "held_on", "starts_at", "ends_at", "place", "topic", "study_hours"),
            *("state", "expected", "present", "version"),
        ]
        read_only_fields = fields


class MeetingSerializer(MeetingLineSerializer):
    host = PersonSerializer(label="主持", allow_null=True, read_only=True)
    scribe = PersonSerializer(label="记录", allow_null=True, read_only=True)
    recorded_by = serializers.CharField(label="登记人", source="recorded_by.name", read_only=True)
    confirmed_by = serializers.CharField(label="确认人", source="confirmed_by.name", allow_null=True, read_only=True)
    agenda = AgendaItemSerializer(label="议题", many=True, read_only=True)
    attendances = AttendanceSerializer(label="到会", many=True, read_only=True)

    class Meta(MeetingLineSerializer.Meta):
        fields = [
            *MeetingLineSerializer.Meta.fields,
            *(
                "host",
                "scribe",
                "minutes",
                "decisions",
                "agenda",
                "return_reason",
                "recorded_by",
                "recorded_at",
                "confirmed_by",
                "confirmed_at",
                "attendances",
            ),
        ]
        read_only_fields = fields


class RollLineSerializer(serializers.Serializer):
    member = serializers.UUIDField(label="党员的公开编号")
    state = serializers.ChoiceField(label="到会情况", choices=State.choices)
    reason = serializers.ChoiceField(
        label="原因", choices=Attendance.Reason.choices, allow_blank=True, default="", help_text="没有到会的要写。"
    )
    note = serializers.CharField(label="说明", max_length=120, allow_blank=True, default="")
    is_late = serializers.BooleanField(label="迟到", default=False, help_text="迟到的是到了的人。")
    late_minutes = serializers.IntegerField(label="迟到分钟", min_value=1, max_value=600, allow_null=True, default=None)


class MeetingFieldsSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(label="种类", choices=Meeting.Kind.choices)
    group = serializers.CharField(label="党小组代码", max_length=40, allow_null=True, default=None, help_text="党小组会才写。")
    held_on = serializers.DateField(label="日期")
    starts_at = serializers.TimeField(label="开始", allow_null=True, default=None)
    ends_at = serializers.TimeField(label="结束", allow_null=True, default=None)
    place = serializers.CharField(label="地点", max_length=80, allow_blank=True, default="")
    host = serializers.UUIDField(label="主持", allow_null=True, default=None, help_text="到会名单上党员的公开编号。")
    scribe = serializers.UUIDField(label="记录", allow_null=True, default=None, help_text="到会名单上党员的公开编号。")
    topic = serializers.CharField(label="主题", max_length=120)
    minutes = serializers.CharField(label="主要内容", max_length=20_000, allow_blank=True, default="")
    decisions = serializers.CharField(label="议定事项", max_length=4_000, allow_blank=True, default="")
    agenda = AgendaItemSerializer(label="议题", many=True, allow_null=True, default=None, help_text="不写则不变。")
    study_hours = serializers.DecimalField(4, 1, label="学时", min_value=0, max_value=16, default=0)
    roll = RollLineSerializer(label="到会", many=True, default=list, help_text="只写与“应到的都到了”不同的人。")
    confirm = serializers.BooleanField(label="同时确认", default=False)


class RecordingSerializer(MeetingFieldsSerializer):
    organisation = serializers.CharField(label="党支部代码", max_length=40)


class ReturnSerializer(serializers.Serializer):
    reason = serializers.CharField(label="退回原因", max_length=200)


class MeetingFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    year = NumberFilter(field_name="held_on__year", label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    since = filters.DateFilter(field_name="held_on", lookup_expr="gte", label="从这天起")
    until = filters.DateFilter(field_name="held_on", lookup_expr="lte", label="到这天止")
    q = filters.CharFilter(field_name="topic", lookup_expr="icontains", label="主题里的字", max_length=60)

    class Meta:
        model = Meeting
        fields = ["kind", "state"]


def _count(**asked) -> Coalesce:
    """How many lines of a meeting's roll; worked out for the rows of the page alone."""
    rows = (
        Attendance.objects.filter(Q(**asked), meeting=OuterRef("pk"))
        .order_by()
        .values("meeting")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


class MeetingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Meetings in sight, latest first; a member without a grant sees the confirmed ones of whose roll they stood."""

    model = Meeting
    serializer_class = MeetingSerializer
    filterset_class = MeetingFilters

    def rows(self, seen):
        expected = [state for state in State.values if state != State.EXCUSED]
        rows = seen.select_related("organisation", "group").annotate(
            expected=_count(state__in=expected, is_guest=False), present=_count(state=State.PRESENT, is_guest=False)
        )
        if self.action == "list":
            return rows.defer("minutes", "decisions").order_by("-held_on", "-id")
        roll = Attendance.objects.select_related("member").defer("member__id_number").order_by("member__pinyin", "member_id")
        return (
            rows.select_related("host", "scribe", "recorded_by", "confirmed_by")
            .defer("host__id_number", "scribe__id_number")
            .prefetch_related(Prefetch("attendances", roll), "agenda")
        )

    def get_serializer_class(self):
        return MeetingLineSerializer if self.action == "list" else MeetingSerializer

    def retrieve(self, request, uid):
        return self._answer(self.get_object())

    @extend_schema(request=RecordingSerializer, responses={201: MeetingSerializer})
    @change
    def create(self, request):
        """记录一次会议；名单从那天的名册来，只写不同的人。带 confirm 的同时确认。"""
        require(request.user, "education.record")
        asked = RecordingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        mine = Organisation.objects.where(request.user, "education.record").branches()
        branch = mine.filter(code=said.pop("organisation")).first()
        if branch is None:
            raise DomainError("没有这个党支部，或者不是你记录的。", field="organisation")
        meeting = services.record_meeting(organisation=branch, by=request.user, today=timezone.localdate(), **_content(branch, said))
        where = {"Location": reverse("api:meeting-detail", args=[meeting.uid], request=request)}
        return self._answer(self._again(meeting), status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=MeetingFieldsSerializer(partial=True), responses=MeetingSerializer)
    @needs_version
    @change
    def partial_update(self, request, uid):
        """更正；没有写的项不变，写了 roll 就照它重排名单。已确认的仍然是已确认的，学时和积分跟着变。"""
        meeting = self.get_object()
        require(request.user, "education.record", meeting.organisation)
        version = version_asked(request)
        asked = MeetingFieldsSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        said = _standing(meeting) | asked.validated_data
        services.revise_meeting(
            meeting, version=version, by=request.user, today=timezone.localdate(), **_content(meeting.organisation, said)
        )
        return self._answer(self.get_object())

    @extend_schema(request=None, responses=MeetingSerializer)
    @action(detail=True, methods=["post"])
    @needs_version
    @change
    def confirm(self, request, uid):
        """照名单确认：学时、积分从这里来。"""
        meeting = self.get_object()
        require(request.user, "education.record", meeting.organisation)
        services.confirm_meeting(meeting, by=request.user, today=timezone.localdate(), version=version_asked(request))
        return self._answer(self.get_object())

    @extend_schema(request=ReturnSerializer, responses=MeetingSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    @needs_version
    @change
    def send_back(self, request, uid):
        """上级抽查后退回更正；再确认以前不算学时和积分。"""
        meeting = self.get_object()
        require(request.user, "education.return", meeting.organisation)
        version = version_asked(request)
        asked = ReturnSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.return_meeting(meeting, version=version, by=request.user, **asked.validated_data)
        return self._answer(self.get_object())

    def _again(self, meeting: Meeting) -> Meeting:
        self.kwargs["uid"] = meeting.uid
        return self.get_object()

    def _answer(self, meeting: Meeting, **kwargs) -> Response:
        seen = sees(self.request.user, meeting.organisation)
        context = self.get_serializer_context() | {"with_reasons": seen}
        return versioned(MeetingSerializer(meeting, context=context).data, meeting.version, **kwargs)


def _content(branch: Organisation, said: dict) -> dict:
    """What the services take: uids of people on the roll of that day become the members they are."""
    group = None
    if code := said.pop("group", None):
        group = Organisation.objects.filter(parent=branch, kind=Organisation.Kind.GROUP, code=code).first()
        if group is None:
            raise DomainError("这个党小组不在本支部。", field="group")
    on_roll = {
        line.uid: line.member_id for line in standing_roll(organisation=branch, group=group, held_on=said["held_on"], kind=said["kind"])
    }

    def member_id(uid, field: str) -> int | None:
        if uid is not None and str(uid) not in on_roll:
            raise DomainError("这个人那天不在这里，名单从那天的名册来。", field=field)
        return on_roll.get(str(uid))

    roll = {
        member_id(line["member"], "roll"): services.RollLine(
            **{name: line[name] for name in ("state", "reason", "note", "is_late", "late_minutes")}
        )
        for line in said.pop("roll")
    }
    host_id, scribe_id = member_id(said.pop("host"), "host"), member_id(said.pop("scribe"), "scribe")
    agenda = said.pop("agenda", None)
    items = None if agenda is None else [Item(**{"reporter": "", "said": "", "decided": ""} | one) for one in agenda]
    return said | {"group": group, "roll": roll, "host_id": host_id, "scribe_id": scribe_id, "agenda": items}


def _standing(meeting: Meeting) -> dict:
    """A meeting as it stands, in the words of a request."""
    same = ("kind", "held_on", "starts_at", "ends_at", "place", "topic", "minutes", "decisions", "study_hours")
    told = ("state", "reason", "note", "is_late", "late_minutes")
    roll = [{"member": row.member.uid, **{name: getattr(row, name) for name in told}} for row in meeting.attendances.all()]
    return {name: getattr(meeting, name) for name in same} | {
        "group": meeting.group.code if meeting.group else None,
        "host": meeting.host.uid if meeting.host else None,
        "scribe": meeting.scribe.uid if meeting.scribe else None,
        "roll": roll,
    }


class RequirementSerializer(serializers.ModelSerializer):
    class Meta:
        model = Requirement
        fields = ["kind", "organisation_kind", "period", "times", "minimum_full_members", "needs_groups", "source", "start", "end"]
        read_only_fields = fields


class RequirementViewSet(PublicRulesViewSet):
    """How often each kind of meeting is due, with its source: reference that names nobody."""

    model = Requirement
    serializer_class = RequirementSerializer
    filterset_fields = ["kind", "organisation_kind"]

    def rows(self, seen):
        return seen.order_by("organisation_kind", "kind", "start")
