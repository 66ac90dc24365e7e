"""API of the ledger: entries and a member's whole account, each line with its explanation, and the standings."""

from datetime import date

from django.db.models import Max, Sum
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from branches.api import OrganisationFilter, PlaceSerializer
from members.api.people import MemberFilter, PersonSerializer
from members.models import Member
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter, year_filter
from partyportal.core.rest.pagination import Keyset
from partyportal.core.rest.viewsets import ScopedViewSet
from points.models import Entry, Item, Standing
from points.selectors.accounts import ZERO, account_of
from points.selectors.explanations import Line, background_of, explained_one_by_one


class SaidSerializer(serializers.Serializer):
    label = serializers.CharField(label="名称")
    value = serializers.CharField(label="内容")


class ExplanationSerializer(serializers.Serializer):
    """The same words as on the member's page."""

    title = serializers.CharField(label="标题")
    note = serializers.CharField(label="补充", help_text="更正写明原记多少、哪天更正、为什么。")
    lost = serializers.CharField(label="超出上限的部分", allow_blank=True)
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


ENTRY_KINDS = {kind: kind.name.lower() for kind in Entry.Kind}


class EntrySerializer(serializers.ModelSerializer):
    kind = serializers.SerializerMethodField(label="种类", help_text="，".join(f"{kind.name.lower()} {kind.label}" for kind in Entry.Kind))
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

    @extend_schema_field(ExplanationSerializer)
    def get_explanation(self, entry):
        return _told(self.context["lines"][entry.pk])


def _told(line: Line) -> dict:
    return {
        "title": line.title,
        "note": line.note,
        "lost": line.lost,
        "sums": [{"label": label, "value": value} for label, value in line.sums],
        "sources": [{"label": label, "value": value} for label, value, _ in line.sources],
    }


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
        listed = getattr(self, "listed", None) or []
        lines = explained_one_by_one(listed, background_of(listed, listed[0].day.year, with_history=True)) if listed else {}
        return super().get_serializer_context() | {"lines": lines}


# ── A member's account ──────────────────────────────────────────────────────
class AccountLineSerializer(serializers.Serializer):
    """One line: a fact, a correction of one, or what stands of an adjustment."""

    uid = serializers.CharField(label="编号")
    kind = serializers.SerializerMethodField(label="种类", help_text="，".join(f"{kind.name.lower()} {kind.label}" for kind in Entry.Kind))
    day = serializers.DateField(label="日期")
    category = serializers.CharField(label="类别代码", allow_blank=True)
    points = serializers.DecimalField(9, 2, label="分值")
    item = EntryItemSerializer(label="项目", allow_null=True)
    fact = EntryFactSerializer(label="记实", allow_null=True)
    explanation = serializers.SerializerMethodField(label="为什么是这个分值")

    def get_kind(self, line) -> str:
        return ENTRY_KINDS[line.kind]

    @extend_schema_field(ExplanationSerializer)
    def get_explanation(self, line):
        return _told(line)


class CategoryAccountSerializer(serializers.Serializer):
    code = serializers.CharField(label="类别代码", allow_blank=True, help_text="空为不分类别的总分调整。")
    name = serializers.CharField(label="名称")
    points = serializers.DecimalField(9, 2, label="分值")
    cap = serializers.DecimalField(8, 2, label="全年上限", allow_null=True)
    note = serializers.CharField(label="说明", allow_blank=True)


class GradeSerializer(serializers.Serializer):
    """What the total comes to under the version that rules at the year's end."""

    name = serializers.CharField(label="等次", source="label", allow_blank=True)
    stars = serializers.IntegerField(label="星级")
    on_list = serializers.CharField(label="榜单", allow_blank=True, help_text="red 红榜，yellow 黄榜。")
    next = serializers.CharField(label="上一等", source="above.name", default=None, allow_null=True)
    short_of = serializers.DecimalField(9, 2, label="还差多少分", allow_null=True)


class PublishedReasonSerializer(serializers.Serializer):
    day = serializers.DateField(label="日期")
    title = serializers.CharField(label="什么变了")
    points = serializers.DecimalField(9, 2, label="分值")
    posted_at = serializers.DateTimeField(label="记账时间")


class PublishedQuarterSerializer(serializers.Serializer):
    """公示 85，现为 83，因为…"""

    quarter = serializers.IntegerField(label="季度")
    published = serializers.DecimalField(9, 2, label="公示时")
    now = serializers.DecimalField(9, 2, label="现为")
    reasons = PublishedReasonSerializer(label="公示以后记的", many=True)


class PointsAccountSerializer(serializers.Serializer):
    member = PersonSerializer(label="党员")
    year = serializers.IntegerField(label="年度")
    total = serializers.DecimalField(9, 2, label="合计")
    as_of = serializers.DateTimeField(label="截至", allow_null=True)
    scheme = serializers.UUIDField(label="办法的公开编号", source="scheme.uid", default=None, allow_null=True)
    grade = GradeSerializer(label="等次", allow_null=True)
    categories = CategoryAccountSerializer(label="各类", many=True)
    published = PublishedQuarterSerializer(label="公示过的季度", many=True)
    lines = AccountLineSerializer(label="每一笔", many=True)


class YearTotalSerializer(serializers.ModelSerializer):
    """A member and the total of a year, as the member's page says it."""

    branch = PlaceSerializer(label="所在党支部", read_only=True)
    year = serializers.IntegerField(label="年度", read_only=True)
    total = serializers.DecimalField(9, 2, label="合计", read_only=True)
    as_of = serializers.DateTimeField(label="截至", allow_null=True, read_only=True)

    class Meta:
        model = Member
        fields = ["uid", "name", "branch", "year", "total", "as_of"]
        read_only_fields = fields


class YearTotalFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    year = NumberFilter(method="of_year", label="年度；不写为今年", min_value=FIRST_YEAR, max_value=LAST_YEAR)

    class Meta:
        model = Member
        fields = []

    def of_year(self, queryset, name, value):
        return queryset  # which year is told, not which members


class AccountViewSet(mixins.ListModelMixin, ScopedViewSet):
    """Who is at home, by name, each with a year's total; and a member's year in full: every line of it with its reasons."""

    model = Member
    serializer_class = YearTotalSerializer
    filterset_class = YearTotalFilters

    def rows(self, seen):
        rows = seen.select_related("branch").defer("id_number")
        return rows if self.detail else rows.at_home().order_by("pinyin", "id")

    def paginate_queryset(self, queryset):
        """The year's totals of a page: one statement, whatever its length."""
        members, year = super().paginate_queryset(queryset), self._year()
        rows = Standing.objects.filter(member__in=members, year=year).values("member").order_by()
        told = {row["member"]: row for row in rows.annotate(total=Sum("points"), until=Max("as_of"))}
        for member in members:
            row = told.get(member.pk, {"total": ZERO, "until": None})
            member.year, member.total, member.as_of = year, row["total"], row["until"]
        return members

    def _year(self) -> int:
        asked = _Year(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.validated_data.get("year", timezone.localdate().year)

    @extend_schema(
        parameters=[OpenApiParameter("year", OpenApiTypes.INT, description="年度；不写为今年")],
        responses=PointsAccountSerializer,
    )
    @action(detail=True, methods=["get"], serializer_class=PointsAccountSerializer, pagination_class=None, filterset_class=None)
    def explanation(self, request, uid):
        """为什么是这个分：这一年的每一笔和来由。"""
        account = account_of(self.get_object(), self._year(), today=timezone.localdate())
        return Response(self.get_serializer(account).data)


class _Year(serializers.Serializer):
    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)


# ── Standings ───────────────────────────────────────────────────────────────
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
