"""API of 季度公示: the sheets in sight and the objections, and filing one."""

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.api import OrganisationFilter, PlaceSerializer
from members.api.people import MemberFilter, PersonSerializer
from members.models import Fact, Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.filters import NumberFilter, year_filter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet
from points.publicity import services
from points.publicity.models import Objection, Publication, SheetLine, Step


class SheetLineSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)

    class Meta:
        model = SheetLine
        fields = ["member", "points", "to_date", "by_category"]
        read_only_fields = fields


class PublicationLineSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="党支部", read_only=True)
    closed_on = serializers.SerializerMethodField(label="关闭日期", help_text="还没有关闭的为空。")

    class Meta:
        model = Publication
        fields = ["uid", "organisation", "year", "quarter", "published_on", "until", "as_of", "closed_on"]
        read_only_fields = fields

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_closed_on(self, row):
        return row.closing.closed_on if hasattr(row, "closing") else None


class PublicationSerializer(PublicationLineSerializer):
    lines = serializers.SerializerMethodField(label="各人", help_text="按姓名排列，不能按分数排。")

    class Meta(PublicationLineSerializer.Meta):
        fields = [*PublicationLineSerializer.Meta.fields, "categories", "lines"]
        read_only_fields = fields

    @extend_schema_field(SheetLineSerializer(many=True))
    def get_lines(self, row):
        lines = row.lines.select_related("member").defer("member__id_number").order_by("member__pinyin", "member_id")
        return SheetLineSerializer(lines, many=True, context=self.context).data


class PublicationFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    year = year_filter()
    quarter = NumberFilter(label="季度", min_value=1, max_value=4)

    class Meta:
        model = Publication
        fields = []


class PublicationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """季度公示, latest first."""

    model = Publication
    serializer_class = PublicationSerializer
    filterset_class = PublicationFilters

    def rows(self, seen):
        return seen.select_related("organisation", "closing").order_by("-year", "-quarter", "organisation__code")

    def get_serializer_class(self):
        return PublicationLineSerializer if self.action == "list" else PublicationSerializer


class ObjectionStepSerializer(serializers.ModelSerializer):
    by = serializers.CharField(label="办理人", source="by.name", read_only=True)

    class Meta:
        model = Step
        fields = ["act", "on", "by", "note"]
        read_only_fields = fields


class ObjectionSerializer(serializers.ModelSerializer):
    publication = serializers.UUIDField(label="公示的公开编号", source="publication.uid", read_only=True)
    member = PersonSerializer(label="党员", read_only=True)
    fact = serializers.UUIDField(label="对哪一笔记实", source="fact.uid", allow_null=True, read_only=True, help_text="少记的事为空。")
    filed_by = serializers.CharField(label="提出人", source="filed_by.name", read_only=True)
    steps = ObjectionStepSerializer(label="经过", many=True, read_only=True)

    class Meta:
        model = Objection
        fields = [
            *("uid", "publication", "member", "fact", "what", "evidence", "filed_by", "filed_on"),
            *("state", "appeal_until", "remedy", "version", "steps"),
        ]
        read_only_fields = fields


class ObjectingSerializer(serializers.Serializer):
    publication = serializers.UUIDField(label="公示的公开编号")
    member = serializers.UUIDField(label="党员的公开编号")
    fact = serializers.UUIDField(label="对哪一笔记实", allow_null=True, default=None, help_text="少记的事不写。")
    what = serializers.CharField(label="错在哪里", max_length=300)
    evidence = serializers.CharField(label="依据", max_length=300, allow_blank=True, default="")


class ObjectionFilters(filters.FilterSet):
    organisation = OrganisationFilter(field_name="publication__organisation")
    member = MemberFilter()

    class Meta:
        model = Objection
        fields = ["state"]


class ObjectionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """积分异议, latest first: one's own, and those a post decides on."""

    model = Objection
    serializer_class = ObjectionSerializer
    filterset_class = ObjectionFilters

    def rows(self, seen):
        related = ("publication__organisation", "member", "fact", "filed_by")
        return seen.select_related(*related).defer("member__id_number").prefetch_related("steps__by").order_by("-filed_on", "-id")

    @extend_schema(request=ObjectingSerializer, responses={201: ObjectionSerializer})
    @change
    def create(self, request):
        """公示期内对自己的一笔提异议，或者说少记了一件事；支部可以代提。"""
        asked = ObjectingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        publication = Publication.objects.visible_to(request.user).select_related("organisation").filter(uid=said["publication"]).first()
        if publication is None:
            raise DomainError("没有这张公示表。", field="publication")
        member = Member.objects.filter(sheet_lines__publication=publication, uid=said["member"]).defer("id_number").first()
        if member is None:
            raise DomainError("这张公示表上没有这位党员。", field="member")
        fact = Fact.objects.filter(uid=said["fact"], member=member).first() if said["fact"] else None
        if said["fact"] and fact is None:
            raise DomainError("没有这一笔。", field="fact")
        made = services.object_to(
            publication,
            member=member,
            fact=fact,
            what=said["what"],
            evidence=said["evidence"],
            by=request.user,
            today=timezone.localdate(),
        )
        where = {"Location": reverse("api:objection-detail", args=[made.uid], request=request)}
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED, headers=where)
