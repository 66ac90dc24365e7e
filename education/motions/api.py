"""API of votes: motions with roll and result, read in scope; and one's own ballot, which no store of the API keeps."""

from django.views.decorators.debug import sensitive_variables
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from branches.access import sees
from branches.api import OrganisationFilter, PlaceSerializer
from education.motions import rules, services
from education.motions.models import Motion, Result, ResultLine
from education.motions.selectors.motions import figured
from education.motions.selectors.rolls import candidates_of, others_of, roll_of
from members.api.people import PersonSerializer
from partyportal.core.rest.etags import versioned
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter
from partyportal.core.rest.viewsets import ScopedViewSet


class ResultLineSerializer(serializers.ModelSerializer):
    candidate = serializers.CharField(label="候选人", source="candidate.member.name", default="", read_only=True)
    is_written_in = serializers.BooleanField(label="另选", source="candidate.is_written_in", default=False, read_only=True)

    class Meta:
        model = ResultLine
        fields = ["candidate", "is_written_in", "in_favour", "against", "abstained", "is_elected"]
        read_only_fields = fields


class ResultSerializer(serializers.ModelSerializer):
    lines = ResultLineSerializer(label="票数", many=True, read_only=True)

    class Meta:
        model = Result
        fields = ["outcome", "entitled", "present", "issued", "returned", "invalid", "written", "sentence", "decided_on", "lines"]
        read_only_fields = fields


class MotionLineSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党支部", read_only=True)
    meeting = serializers.UUIDField(label="会议", source="meeting.uid", default=None, allow_null=True, read_only=True)
    result = ResultSerializer(label="结果", allow_null=True, default=None, read_only=True)

    class Meta:
        model = Motion
        fields = ["uid", "organisation", "meeting", "kind", "method", "title", "seats", "held_on", "state", "result", "version"]
        read_only_fields = fields


class RollLineSerializer(serializers.Serializer):
    name = serializers.CharField(label="姓名", read_only=True)
    counts = serializers.BooleanField(label="应到会有表决权", read_only=True)
    is_present = serializers.BooleanField(label="到会", read_only=True)
    note = serializers.CharField(label="说明", read_only=True)


class OtherSerializer(serializers.Serializer):
    uid = serializers.UUIDField(label="党员编号", read_only=True)
    name = serializers.CharField(label="姓名", read_only=True)


class MotionSerializer(MotionLineSerializer):
    candidates = serializers.SerializerMethodField(label="候选人")
    others = serializers.SerializerMethodField(label="可以另选的人", help_text="网上选举正在投票时才有。")
    entitled = serializers.SerializerMethodField(label="应到会有表决权")
    present = serializers.SerializerMethodField(label="实到")
    quorum = serializers.SerializerMethodField(label="能不能表决")
    roll = serializers.SerializerMethodField(label="名单")
    teller = PersonSerializer(label="监票人", allow_null=True, read_only=True)
    counter = PersonSerializer(label="计票人", allow_null=True, read_only=True)

    class Meta(MotionLineSerializer.Meta):
        fields = [
            *MotionLineSerializer.Meta.fields,
            *("text", "candidates", "others", "entitled", "present", "quorum", "teller", "counter", "roll"),
        ]
        read_only_fields = fields

    def get_candidates(self, motion) -> list[str]:
        return [name for _, name in candidates_of(motion)]

    @extend_schema(responses=OtherSerializer(many=True))
    def get_others(self, motion) -> list[dict]:
        asked = motion.state == Motion.State.OPEN and motion.method == Motion.Method.ONLINE
        return OtherSerializer(others_of(motion) if asked else [], many=True).data

    def get_entitled(self, motion) -> int:
        return self._roll(motion).entitled

    def get_present(self, motion) -> int:
        return self._roll(motion).present

    def get_quorum(self, motion) -> str:
        return self._roll(motion).words

    @extend_schema(responses=RollLineSerializer(many=True))
    def get_roll(self, motion) -> list[dict]:
        """Of those who keep or oversee the record; a member reads the figures alone."""
        if not sees(self.context["request"].user, motion.organisation):
            return []
        return RollLineSerializer(self._roll(motion).lines, many=True).data

    def _roll(self, motion):
        if not hasattr(self, "_worked_out"):
            self._worked_out = roll_of(motion)
        return self._worked_out


class CastSerializer(serializers.Serializer):
    choices = serializers.DictField(
        label="所选",
        child=serializers.ChoiceField(label="意见", choices=list(rules.CHOICES.items())),
        help_text='表决用 {"0": "for"}，选举用候选人的次序：{"1": "for", "2": "against"}。',
    )

    others = serializers.ListField(
        label="另选他人", child=serializers.UUIDField(label="党员编号"), default=list, help_text="选举才有：反对一人可以另选一人。"
    )

    def validate_choices(self, said):
        if not all(key.isdecimal() and len(key) < 4 for key in said):
            raise serializers.ValidationError("用 0 或候选人的次序。")
        return {int(key): value for key, value in said.items()}


class MotionFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    year = NumberFilter(field_name="held_on__year", label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    q = filters.CharFilter(field_name="title", lookup_expr="icontains", label="议题里的字", max_length=60)

    class Meta:
        model = Motion
        fields = ["kind", "method", "state"]


class MotionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Motions in sight, latest first; a member without a grant sees those on whose roll they stand."""

    model = Motion
    serializer_class = MotionSerializer
    filterset_class = MotionFilters

    def rows(self, seen):
        people = ("teller", "counter")
        return figured(seen).select_related(*people).defer(*(f"{one}__id_number" for one in people)).order_by("-held_on", "-id")

    def get_serializer_class(self):
        return MotionLineSerializer if self.action == "list" else MotionSerializer

    def retrieve(self, request, uid):
        motion = self.get_object()
        return versioned(self.get_serializer(motion).data, motion.version)

    @extend_schema(request=CastSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    @sensitive_variables()
    def vote(self, request, uid):
        """网上无记名投票，一人一票。不收 Idempotency-Key：那会留下所选内容的摘要；重复投票本来就会被拒绝。"""
        if "Idempotency-Key" in request.headers:
            raise ParseError("投票不收 Idempotency-Key：一人一票，重复的会被拒绝。")
        motion = self.get_object()
        asked = CastSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        services.cast(motion, choices=said["choices"], others=[str(uid) for uid in said["others"]], by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
