"""API of 人工认定: filed by one, decided by another."""

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
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet
from points import services
from points.models import Award
from points.selectors.awards import reportable
from points.selectors.schemes import manual_items


class AwardSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    organisation = PlaceSerializer(label="当时所在党支部", read_only=True)
    filed_by = serializers.CharField(label="登记人", source="filed_by.name", read_only=True)
    decided_by = serializers.CharField(label="确认人", source="decided_by.name", allow_null=True, read_only=True)

    class Meta:
        model = Award
        fields = [
            *("uid", "member", "organisation", "item_code", "day", "units", "grade", "title", "evidence", "document_number", "expires_on"),
            *("state", "filed_by", "filed_at", "decided_by", "decided_at", "refusal", "revoked_at", "revocation"),
        ]
        read_only_fields = fields


class FilingSerializer(serializers.Serializer):
    member = serializers.UUIDField(label="党员的公开编号")
    item = serializers.CharField(label="项目代码", max_length=20)
    day = serializers.DateField(label="日期")
    units = serializers.DecimalField(6, 2, label="数量", default=1, min_value=0)
    title = serializers.CharField(label="做了什么", max_length=120)
    evidence = serializers.CharField(label="依据", max_length=300)
    grade = serializers.CharField(label="档次代码", max_length=20, allow_blank=True, default="", help_text="分档次计分的项目才写。")
    document_number = serializers.CharField(label="批准文号", max_length=60, allow_blank=True, default="", help_text="一票否决才写。")
    expires_on = serializers.DateField(label="影响到", allow_null=True, default=None, help_text="一票否决才写。")


class DecisionSerializer(serializers.Serializer):
    decision = serializers.ChoiceField(label="决定", choices=[("confirm", "认定"), ("refuse", "不认定"), ("revoke", "撤销认定")])
    reason = serializers.CharField(label="不认定或撤销的原因", max_length=200, allow_blank=True, default="")


class AwardFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()

    class Meta:
        model = Award
        fields = ["state"]


class AwardViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """人工认定, latest first: filed by one, decided by another."""

    model = Award
    serializer_class = AwardSerializer
    filterset_class = AwardFilters

    def rows(self, seen):
        return (
            seen.select_related("member", "organisation", "filed_by", "decided_by").defer("member__id_number").order_by("-filed_at", "-id")
        )

    @extend_schema(request=FilingSerializer, responses={201: AwardSerializer})
    @change
    def create(self, request):
        """登记一件事和它的依据；另一个人确认以后才计分。"""
        asked = FilingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        members = Member.objects.at_home().select_related("branch").defer("id_number")
        uid = said.pop("member")
        member = members.filter(uid=uid, user=request.user).first()
        if member is None:
            require(request.user, "points.award")
            member = members.where(request.user, "points.award").filter(uid=uid).first()
        if member is None:
            raise DomainError("没有这位党员，或者不在你能登记的范围内。", field="member")
        own = member.user_id == request.user.pk
        offered = reportable(member, said["day"]) if own else manual_items(member.branch, said["day"])
        item = offered.filter(code=said.pop("item")).first()
        if item is None:
            raise DomainError("那一天的积分办法里没有这一项。", field="item")
        award = services.file_award(member=member, item=item, by=request.user, today=timezone.localdate(), **said)
        where = {"Location": reverse("api:award-detail", args=[award.uid], request=request)}
        return Response(self.get_serializer(award).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=DecisionSerializer, responses=AwardSerializer)
    @action(detail=True, methods=["post"])
    @change
    def decide(self, request, uid):
        """第二个人的决定。"""
        award = self.get_object()
        require(request.user, "points.confirm", award.organisation)
        asked = DecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        decision, reason = asked.validated_data["decision"], asked.validated_data["reason"]
        if decision == "confirm":
            services.confirm_award(award, by=request.user)
        elif decision == "refuse":
            services.refuse_award(award, reason=reason, by=request.user)
        else:
            require(request.user, "points.review", award.organisation)
            services.revoke_award(award, reason=reason, by=request.user)
        return Response(self.get_serializer(self.get_object()).data)
