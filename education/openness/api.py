"""API of what is open to the people: 党务公开, 先进事迹, 承诺 as their readers see them, and saying a word."""

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.api import OrganisationFilter, PlaceSerializer
from education.openness.models import Answer, Comment, Deed, Piece, Pledge, Verdict
from education.openness.models.comments import LONGEST
from education.openness.services import comments as services
from members.api.people import MemberFilter, PersonSerializer
from partyportal.core.errors import DomainError
from partyportal.core.rest.filters import year_filter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet


class PieceSerializer(serializers.ModelSerializer):
    """The edition that stands; a draft is nobody's business here."""

    organisation = PlaceSerializer(label="党组织", read_only=True)
    member = PersonSerializer(label="写的是谁", read_only=True, allow_null=True)
    title = serializers.CharField(label="题目", source="edition.title", read_only=True)
    text = serializers.CharField(label="正文", source="edition.text", read_only=True)
    video_url = serializers.CharField(label="视频地址", source="edition.video_url", read_only=True)
    reach = serializers.ChoiceField(Piece.Reach.choices, label="范围", source="edition.reach", read_only=True)
    until = serializers.DateField(label="公开到", source="edition.until", read_only=True, allow_null=True)
    edition = serializers.IntegerField(label="第几版", source="edition.number", read_only=True)
    correction = serializers.CharField(label="更正了什么", source="edition.reason", read_only=True)
    topic = serializers.CharField(label="目录里的哪一项", source="topic.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Piece
        fields = [
            *("uid", "organisation", "member", "title", "text", "video_url", "reach", "topic", "period_on"),
            *("published_on", "until", "edition", "correction"),
        ]
        read_only_fields = fields


class PieceFilters(filters.FilterSet):
    organisation = OrganisationFilter()

    class Meta:
        model = Piece
        fields = []


class _Pieces(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    model = Piece
    serializer_class = PieceSerializer
    filterset_class = PieceFilters
    sort = ""

    def rows(self, seen):
        related = ("organisation", "member", "topic", "edition")
        return (
            seen.standing()
            .filter(sort=self.sort)
            .select_related(*related)
            .defer("member__id_number", "text")
            .order_by("-published_on", "-id")
        )


class DisclosureViewSet(_Pieces):
    """党务公开, latest first."""

    sort = Piece.Sort.DISCLOSURE


class ExemplarViewSet(_Pieces):
    """先进事迹, latest first: by day and by nothing else."""

    sort = Piece.Sort.EXEMPLAR


class DeedSerializer(serializers.ModelSerializer):
    fact = serializers.UUIDField(label="对应的记实", source="fact.uid", allow_null=True, read_only=True, default=None)

    class Meta:
        model = Deed
        fields = ["day", "what", "fact", "evidence"]
        read_only_fields = fields


class VerdictSerializer(serializers.ModelSerializer):
    meeting = serializers.UUIDField(label="会议的公开编号", source="meeting.uid", read_only=True)

    class Meta:
        model = Verdict
        fields = ["meeting", "outcome", "word", "on"]
        read_only_fields = fields


class PledgeSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党支部", read_only=True)
    member = PersonSerializer(label="党员", read_only=True)
    deeds = DeedSerializer(label="践诺", many=True, read_only=True)
    verdicts = VerdictSerializer(label="评诺", many=True, read_only=True)

    class Meta:
        model = Pledge
        fields = ["uid", "organisation", "member", "year", "text", "state", "written_on", "confirmed_on", "deeds", "verdicts"]
        read_only_fields = fields


class PledgeFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    year = year_filter()

    class Meta:
        model = Pledge
        fields = ["state"]


class PledgeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """承诺 with what was done about each and how it was judged."""

    model = Pledge
    serializer_class = PledgeSerializer
    filterset_class = PledgeFilters

    def rows(self, seen):
        related = seen.select_related("organisation", "member").defer("member__id_number")
        return related.prefetch_related("deeds__fact", "verdicts__meeting").order_by("-year", "organisation__code", "id")


class AnswerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Answer
        fields = ["text", "on"]
        read_only_fields = fields


class CommentSerializer(serializers.ModelSerializer):
    piece = serializers.UUIDField(label="稿件的公开编号", source="piece.uid", read_only=True)
    signed = serializers.CharField(label="署名", read_only=True)
    is_own = serializers.SerializerMethodField(label="自己的")
    answers = AnswerSerializer(label="答复", many=True, read_only=True)

    class Meta:
        model = Comment
        fields = ["uid", "piece", "kind", "text", "signed", "is_own", "on", "state", "answer_by", "answers"]
        read_only_fields = fields

    @extend_schema_field(serializers.BooleanField())
    def get_is_own(self, row):
        return row.by_id == self.context["request"].user.pk


class SayingSerializer(serializers.Serializer):
    piece = serializers.UUIDField(label="稿件的公开编号")
    kind = serializers.ChoiceField(Comment.Kind.choices, label="留言还是提问", default=Comment.Kind.COMMENT)
    text = serializers.CharField(label="要说的话", max_length=LONGEST)
    is_named = serializers.BooleanField(label="显示姓名", default=True)


class CommentFilters(filters.FilterSet):
    piece = filters.UUIDFilter(field_name="piece__uid", label="稿件的公开编号")

    class Meta:
        model = Comment
        fields = ["kind", "state"]


class CommentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """留言 and 提问: the passed ones under what one reads, and one's own."""

    model = Comment
    serializer_class = CommentSerializer
    filterset_class = CommentFilters

    def rows(self, seen):
        return seen.select_related("piece", "by").defer("piece__text").prefetch_related("answers").order_by("-id")

    @extend_schema(request=SayingSerializer, responses={201: CommentSerializer})
    @change
    def create(self, request):
        """留言或者提问，审核以后公开。"""
        asked = SayingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        piece = Piece.objects.visible_to(request.user).standing().filter(uid=said.pop("piece")).select_related("organisation").first()
        if piece is None:
            raise DomainError("没有这一篇。", field="piece")
        made = services.say(piece, by=request.user, today=timezone.localdate(), **said)
        where = {"Location": reverse("api:openness-comment-detail", args=[made.uid], request=request)}
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED, headers=where)
