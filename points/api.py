"""API of points: the ledger line by line with its explanation, the standings, the rules, and awards."""

from datetime import date

from django.db.models import Prefetch
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from members.api.people import MemberFilter, PersonSerializer
from members.models import Member
from partyportal.core.errors import DomainError
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter, year_filter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.pagination import Keyset
from partyportal.core.rest.viewsets import PublicRulesViewSet, ScopedViewSet
from points import services
from points.models import Award, Category, Entry, Item, Scheme, Standing
from points.selectors.accounts import Line, explained
from points.selectors.caps import categories_behind
from points.selectors.schemes import manual_items


# ── The rules ───────────────────────────────────────────────────────────────
class CategorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ["code", "name", "cap", "cap_period"]
        read_only_fields = fields


class ItemSerializer(serializers.ModelSerializer):
    category = serializers.CharField(label="类别代码", source="category.code", read_only=True)

    class Meta:
        model = Item
        fields = ["code", "category", "name", "article", "fact_kind", "value", "unit", "cap", "cap_period", "classes", "manual"]
        read_only_fields = fields


class SchemeLineSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="制定的党组织", read_only=True)

    class Meta:
        model = Scheme
        fields = ["uid", "organisation", "name", "version", "start", "document_number", "cap", "cap_period", "published_at"]
        read_only_fields = fields


class SchemeSerializer(SchemeLineSerializer):
    categories = CategorySerializer(label="类别", many=True, read_only=True)
    items = ItemSerializer(label="项目", many=True, read_only=True)

    class Meta(SchemeLineSerializer.Meta):
        fields = [*SchemeLineSerializer.Meta.fields, "categories", "items"]
        read_only_fields = fields


class SchemeFilters(filters.FilterSet):
    organisation = filters.CharFilter(field_name="organisation__code", label="制定的党组织代码", max_length=40)

    class Meta:
        model = Scheme
        fields = []


class SchemeViewSet(mixins.RetrieveModelMixin, PublicRulesViewSet):
    """Every published version: the rules are everybody's to read. A draft is nobody's yet."""

    model = Scheme
    serializer_class = SchemeSerializer
    filterset_class = SchemeFilters

    def rows(self, seen):
        rows = seen.published().select_related("organisation").order_by("organisation__code", "-version")
        return (
            rows
            if self.action == "list"
            else rows.prefetch_related("categories", Prefetch("items", Item.objects.select_related("category")))
        )

    def get_serializer_class(self):
        return SchemeLineSerializer if self.action == "list" else SchemeSerializer


# ── The ledger ──────────────────────────────────────────────────────────────
class SaidSerializer(serializers.Serializer):
    label = serializers.CharField(label="名称")
    value = serializers.CharField(label="内容")


class ExplanationSerializer(serializers.Serializer):
    """The same words as on the member's page."""

    title = serializers.CharField(label="标题")
    note = serializers.CharField(label="补充")
    sums = SaidSerializer(label="算法", many=True)
    sources = SaidSerializer(label="来由", many=True, help_text="事实、规则、登记、确认。")


class EntryFactSerializer(serializers.Serializer):
    uid = serializers.UUIDField(label="记实的公开编号")
    revision = serializers.IntegerField(label="修订")
    day = serializers.DateField(label="日期")
    title = serializers.CharField(label="事由")
    units = serializers.DecimalField(8, 2, label="数量")
    evidence = serializers.CharField(label="依据")


class EntryItemSerializer(serializers.ModelSerializer):
    scheme = serializers.UUIDField(label="办法的公开编号", source="scheme.uid", read_only=True)
    version = serializers.IntegerField(label="办法版次", source="scheme.version", read_only=True)

    class Meta:
        model = Item
        fields = ["code", "name", "article", "value", "unit", "cap", "cap_period", "scheme", "version"]
        read_only_fields = fields


ENTRY_KINDS = {
    Entry.Kind.FACT: "fact",
    Entry.Kind.ITEM_CAP: "item_cap",
    Entry.Kind.CATEGORY_CAP: "category_cap",
    Entry.Kind.TOTAL_CAP: "total_cap",
}


class EntrySerializer(serializers.ModelSerializer):
    kind = serializers.SerializerMethodField(
        label="种类", help_text="fact 记实，item_cap 项目封顶，category_cap 类别封顶，total_cap 总分封顶。"
    )
    member = PersonSerializer(label="党员", read_only=True)
    organisation = PlaceSerializer(label="当时所在党支部", read_only=True)
    item = EntryItemSerializer(label="项目", allow_null=True, read_only=True)
    fact = EntryFactSerializer(label="记实", allow_null=True, read_only=True)
    explanation = serializers.SerializerMethodField(label="为什么是这个分值")

    class Meta:
        model = Entry
        fields = [
            "line",
            "posting",
            "kind",
            "member",
            "organisation",
            "category",
            "period_start",
            "day",
            "points",
            "posted_at",
            "item",
            "fact",
            "explanation",
        ]
        read_only_fields = fields

    def get_kind(self, entry) -> str:
        return ENTRY_KINDS[entry.kind]

    @extend_schema_field(ExplanationSerializer(allow_null=True))
    def get_explanation(self, entry):
        lines = explained([entry], self.context["categories"].get(entry.pk, {}), entry.day.year)
        return _told(lines[0]) if lines else None


def _told(line: Line) -> dict:
    pairs = {name: [{"label": label, "value": value} for label, value in getattr(line, name)] for name in ("sums", "sources")}
    return {"title": line.title, "note": line.note} | pairs


class EntryFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    year = NumberFilter(method="in_year", label="年度；不写为今年", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    month = NumberFilter(field_name="day__month", label="月份", min_value=1, max_value=12)
    category = filters.CharFilter(label="类别代码", max_length=20)

    class Meta:
        model = Entry
        fields = []

    def in_year(self, queryset, name, value):
        return queryset.filter(day__range=(date(value, 1, 1), date(value, 12, 31)))

    def filter_queryset(self, queryset):
        # A ledger is read year by year: all years at once would be a sort of millions.
        if self.form.cleaned_data["year"] is None:
            self.form.cleaned_data["year"] = timezone.localdate().year
        return super().filter_queryset(queryset)


class EntryPages(Keyset):
    columns = ("-day", "line", "-posting")


class EntryViewSet(mixins.ListModelMixin, ScopedViewSet):
    """The ledger of a year, latest day first: each line with its fact, item, version and cap."""

    model = Entry
    serializer_class = EntrySerializer
    filterset_class = EntryFilters
    pagination_class = EntryPages

    def rows(self, seen):
        related = ("member", "organisation", "item__scheme", "item__category", "fact__recorded_by", "fact__confirmed_by")
        return seen.select_related(*related).defer("member__id_number")

    def paginate_queryset(self, queryset):
        self.listed = super().paginate_queryset(queryset)
        return self.listed

    def get_serializer_context(self):
        return super().get_serializer_context() | {"categories": categories_behind(getattr(self, "listed", None) or [])}


class StandingSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)

    class Meta:
        model = Standing
        fields = ["member", "year", "quarter", "category", "points", "as_of"]
        read_only_fields = fields


class StandingFilters(filters.FilterSet):
    organisation = OrganisationFilter(label="党员现在的党组织代码，连同下级")
    member = MemberFilter()
    year = year_filter()
    quarter = NumberFilter(label="季度", min_value=1, max_value=4)
    category = filters.CharFilter(label="类别代码", max_length=20)

    class Meta:
        model = Standing
        fields = []


class StandingViewSet(mixins.ListModelMixin, ScopedViewSet):
    """Member × quarter × category, by name. There is no order by points: this is no league table."""

    model = Standing
    serializer_class = StandingSerializer
    filterset_class = StandingFilters

    def rows(self, seen):
        return (
            seen.select_related("member")
            .defer("member__id_number")
            .order_by("member__pinyin", "member_id", "-year", "-quarter", "category")
        )


# ── Awards ──────────────────────────────────────────────────────────────────
class AwardSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    organisation = PlaceSerializer(label="当时所在党支部", read_only=True)
    filed_by = serializers.CharField(label="登记人", source="filed_by.name", read_only=True)
    decided_by = serializers.CharField(label="确认人", source="decided_by.name", allow_null=True, read_only=True)

    class Meta:
        model = Award
        fields = [
            *("uid", "member", "organisation", "item_code", "day", "units", "title", "evidence", "state"),
            *("filed_by", "filed_at", "decided_by", "decided_at", "refusal"),
        ]
        read_only_fields = fields


class FilingSerializer(serializers.Serializer):
    member = serializers.UUIDField(label="党员的公开编号")
    item = serializers.CharField(label="项目代码", max_length=20)
    day = serializers.DateField(label="日期")
    units = serializers.DecimalField(6, 2, label="数量", default=1, min_value=0)
    title = serializers.CharField(label="做了什么", max_length=120)
    evidence = serializers.CharField(label="依据", max_length=300)


class DecisionSerializer(serializers.Serializer):
    decision = serializers.ChoiceField(label="决定", choices=[("confirm", "认定"), ("refuse", "不认定")])
    reason = serializers.CharField(label="不认定的原因", max_length=200, allow_blank=True, default="")


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
        require(request.user, "points.award")
        asked = FilingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        members = Member.objects.where(request.user, "points.award").at_home().select_related("branch").defer("id_number")
        member = members.filter(uid=said.pop("member")).first()
        if member is None:
            raise DomainError("没有这位党员，或者不在您能登记的范围内。", field="member")
        item = manual_items(member.branch, said["day"]).filter(code=said.pop("item")).first()
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
        if asked.validated_data["decision"] == "confirm":
            services.confirm_award(award, by=request.user)
        else:
            services.refuse_award(award, reason=asked.validated_data["reason"], by=request.user)
        return Response(self.get_serializer(self.get_object()).data)
