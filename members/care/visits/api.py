"""API of 走访帮扶: calls, recorded for several at once, and pairs. What was found is nowhere in it."""

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.response import Response

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from branches.models import Organisation
from members.api.people import MemberFilter, PersonSerializer
from members.care.visits.models import Outing, Pair, Round, Visit
from members.care.visits.selectors.pairs import with_contact
from members.care.visits.selectors.visits import may_go, who, whole
from members.care.visits.services.outings import record_outing
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet

SEE, RECORD = "care.see", "care.record"


# ── Calls ───────────────────────────────────────────────────────────────────
class CareVisitSerializer(serializers.ModelSerializer):
    outing = serializers.UUIDField(label="一次走访的公开编号", source="outing.uid", read_only=True)
    member = PersonSerializer(label="走访的党员", read_only=True)
    organisation = PlaceSerializer(label="那天所在党支部", read_only=True)
    by = PlaceSerializer(label="哪个党组织去的", source="outing.organisation", read_only=True)
    kind = serializers.ChoiceField(label="为了什么", source="outing.kind", choices=Outing.Kind.choices, read_only=True)
    round = serializers.UUIDField(label="哪一轮", source="outing.round.uid", default=None, read_only=True)
    day = serializers.DateField(label="日期", source="outing.day", read_only=True)
    goers = serializers.SerializerMethodField(label="谁去的")
    brought = serializers.CharField(label="带了什么", source="outing.brought", read_only=True)

    class Meta:
        model = Visit
        fields = [
            "uid",
            "outing",
            "member",
            "organisation",
            "by",
            "kind",
            "round",
            "day",
            "goers",
            "brought",
            "needs",
            "signed",
            "voided_at",
        ]
        read_only_fields = fields

    def get_goers(self, visit) -> str:
        return who(visit.outing)


class CallSerializer(serializers.Serializer):
    """One outing: several members called on by one organisation on one day."""

    organisation = serializers.CharField(label="哪个党组织去的，代码", max_length=40)
    kind = serializers.ChoiceField(label="为了什么", choices=Outing.Kind.choices, default=Outing.Kind.CALL)
    round = serializers.UUIDField(label="哪一轮的公开编号", required=False, allow_null=True)
    day = serializers.DateField(label="日期")
    members = serializers.ListField(label="走访的党员的公开编号", child=serializers.UUIDField(), min_length=1, max_length=30)
    goers = serializers.ListField(label="去的党员的公开编号", child=serializers.UUIDField(), required=False, max_length=30)
    companions = serializers.CharField(label="还有谁去", max_length=120, required=False, allow_blank=True)
    brought = serializers.CharField(label="带了什么", max_length=120, required=False, allow_blank=True)
    signed = serializers.BooleanField(label="由本人或家属签收", required=False)


class VisitFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    kind = filters.ChoiceFilter(field_name="outing__kind", label="为了什么", choices=Outing.Kind.choices)
    year = NumberFilter(field_name="outing__day__year", label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    standing = filters.BooleanFilter(field_name="voided_at", lookup_expr="isnull", label="没有作废的")

    class Meta:
        model = Visit
        fields = []


class VisitViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """走访记录, latest first: for whoever may see who is cared for there, and the calls on oneself."""

    model = Visit
    serializer_class = CareVisitSerializer
    filterset_class = VisitFilters

    def rows(self, seen) -> QuerySet:
        return whole(seen).order_by("-outing__day", "-id")

    @extend_schema(request=CallSerializer, responses={201: CareVisitSerializer(many=True)})
    @change
    def create(self, request):
        """登记一次走访，可以一次走访几个人。看到的情况在网页上写，不走接口。"""
        require(request.user, RECORD)
        asked = CallSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        here = Organisation.objects.where(request.user, RECORD).filter(code=said.pop("organisation")).first()
        if here is None:
            raise DomainError("没有这个党组织，或者不是你登记走访的。", field="organisation")
        mine = Member.objects.where(request.user, RECORD).within(here).at_home().select_related("branch").defer("id_number")
        said["members"] = _named(mine, said["members"], "members")
        said["goers"] = _named(may_go(here), said.get("goers", []), "goers")
        said["round"] = _round(said.get("round"))
        made = record_outing(organisation=here, today=timezone.localdate(), by=request.user, **said)
        rows = self.get_queryset().filter(outing=made)
        return Response(self.get_serializer(rows, many=True).data, status=status.HTTP_201_CREATED)


def _named(people: QuerySet, uids: list, field: str) -> list[Member]:
    found = list(people.filter(uid__in=uids))
    if len(found) != len(set(uids)):
        raise DomainError("名单里有不是这个党组织的人。核对公开编号。", field=field)
    return found


def _round(uid) -> Round | None:
    if uid is None:
        return None
    found = Round.objects.filter(uid=uid).select_related("occasion").first()
    if found is None:
        raise DomainError("没有这一轮走访。", field="round")
    return found


# ── Pairs ───────────────────────────────────────────────────────────────────
class PairSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="帮扶对象", read_only=True)
    branch = PlaceSerializer(label="帮扶对象所在党支部", source="member.branch", read_only=True)
    helper = PersonSerializer(label="帮扶的党员", read_only=True, allow_null=True)
    helping = PlaceSerializer(label="帮扶的党组织", read_only=True, allow_null=True)
    last = serializers.DateField(label="上次联系", read_only=True, allow_null=True)
    next_on = serializers.DateField(label="下次该联系", read_only=True)

    class Meta:
        model = Pair
        fields = [
            *("uid", "member", "branch", "helper", "helping", "purpose", "every_months", "start", "end", "end_reason", "last", "next_on"),
        ]
        read_only_fields = fields


class PairFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    running = filters.BooleanFilter(field_name="end", lookup_expr="isnull", label="还在帮扶")

    class Meta:
        model = Pair
        fields = []


class PairViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """结对帮扶 with its last and next contact: for whoever may see who is cared for there, and one's own on either side."""

    model = Pair
    serializer_class = PairSerializer
    filterset_class = PairFilters

    def rows(self, seen) -> QuerySet:
        related = ("member__branch", "helper__branch", "helping")
        return with_contact(seen).select_related(*related).defer("member__id_number", "helper__id_number").order_by("next_on", "id")
