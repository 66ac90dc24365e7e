"""API of the fund: books, what came in, what may be paid, the journal. Read with `fund.see`; recording and confirming as on the pages."""

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from branches.access import require
from branches.api import OrganisationFilter, PlaceSerializer
from members.care.fund.models import Book, Claim, Payment, Source, Voucher
from members.care.fund.selectors.books import standings
from members.care.fund.selectors.claims import state_of
from members.care.fund.services import payments, sources
from partyportal.core.errors import DomainError
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet

SEE, RECORD, CONFIRM = "fund.see", "fund.record", "fund.confirm"


def _uid(label: str, source: str, **fields):
    return serializers.UUIDField(label=label, source=source, read_only=True, **fields)


def _who(label: str, source: str):
    return serializers.CharField(label=label, source=source, read_only=True, default="")


# ── Books ───────────────────────────────────────────────────────────────────
class FundBookSerializer(serializers.ModelSerializer):
    """A book with what is there today and what moved this year."""

    organisation = PlaceSerializer(label="党组织", read_only=True)
    balance = serializers.DecimalField(12, 2, label="余额", source="standing.balance", read_only=True)
    free = serializers.DecimalField(12, 2, label="可用", source="standing.free", read_only=True)
    reserved = serializers.DecimalField(12, 2, label="已批未付", source="standing.reserved", read_only=True)
    came_in = serializers.DecimalField(12, 2, label="今年收入", source="standing.came_in", read_only=True)
    went_out = serializers.DecimalField(12, 2, label="今年支出", source="standing.went_out", read_only=True)

    class Meta:
        model = Book
        fields = ["uid", "organisation", "kind", "name", "opened_on", "balance", "free", "reserved", "came_in", "went_out"]
        read_only_fields = fields


class FundBookFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    kind = filters.ChoiceFilter(label="种类", choices=Book.Kind.choices)

    class Meta:
        model = Book
        fields = []


class FundBookViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """账本: the assistance funds and the 党建经费 one may see."""

    model = Book
    serializer_class = FundBookSerializer
    filterset_class = FundBookFilters

    def rows(self, seen):
        allowed = Book.objects.where(self.request.user, SEE).order_by().values("pk")
        return seen.filter(pk__in=allowed).select_related("organisation").order_by("kind", "organisation__path", "id")

    def paginate_queryset(self, queryset):
        return self._standing(super().paginate_queryset(queryset))

    def get_object(self):
        return self._standing([super().get_object()])[0]

    def _standing(self, books: list[Book]) -> list[Book]:
        for book, standing in zip(books, standings(books, timezone.localdate().year), strict=True):
            book.standing = standing
        return books


class OfFundBook(ScopedViewSet):
    """Rows of the books in which one may see the money."""

    model = None
    related = ()
    order = ()

    def rows(self, seen):
        allowed = self.model.objects.where(self.request.user, SEE).order_by().values("pk")
        return seen.filter(pk__in=allowed).select_related(*self.related).order_by(*self.order)


# ── Sources ─────────────────────────────────────────────────────────────────
class FundSourceSerializer(serializers.ModelSerializer):
    book = _uid("账本", "book.uid")
    recorded_by = _who("登记人", "recorded_by.name")
    decided_by = _who("复核人", "decided_by.name")

    class Meta:
        model = Source
        fields = [
            *("uid", "book", "kind", "amount", "day", "reference", "donor", "anonymous", "certificate", "state"),
            *("recorded_by", "recorded_at", "decided_by", "decided_at", "return_reason"),
        ]
        read_only_fields = fields


class IncomeSerializer(serializers.Serializer):
    book = serializers.UUIDField(label="账本的公开编号")
    kind = serializers.ChoiceField(label="来源", choices=Source.Kind.choices)
    amount = serializers.DecimalField(12, 2, label="金额")
    day = serializers.DateField(label="到账日")
    reference = serializers.CharField(label="文号或银行流水号", max_length=60, required=False, default="")
    donor = serializers.CharField(label="捐赠人", max_length=60, required=False, default="")
    anonymous = serializers.BooleanField(label="捐赠人不愿公开姓名", required=False, default=False)


class FundSourceFilters(filters.FilterSet):
    book = filters.UUIDFilter(field_name="book__uid", label="账本的公开编号")
    year = NumberFilter(field_name="day__year", label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    kind = filters.ChoiceFilter(label="来源", choices=Source.Kind.choices)
    state = filters.ChoiceFilter(label="状态", choices=Source.State.choices)

    class Meta:
        model = Source
        fields = []


class FundSourceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfFundBook):
    """收入来源, latest first."""

    model = Source
    serializer_class = FundSourceSerializer
    filterset_class = FundSourceFilters
    related = ("book", "recorded_by", "decided_by")
    order = ("-day", "-id")

    @extend_schema(request=IncomeSerializer, responses={201: FundSourceSerializer})
    @change
    def create(self, request):
        """登记收入；另一个人复核以后入账。"""
        require(request.user, RECORD)
        asked = IncomeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        book = Book.objects.where(request.user, RECORD).filter(uid=said.pop("book")).first()
        if book is None:
            raise DomainError("没有这个账本，或者不是你记账的。", field="book")
        source = sources.record(book=book, by=request.user, today=timezone.localdate(), **said)
        return Response(self.get_serializer(self.get_queryset().get(pk=source.pk)).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=FundSourceSerializer)
    @action(detail=True, methods=["post"])
    @change
    def confirm(self, request, uid):
        """复核入账：由登记人以外的人。"""
        source = self.get_object()
        require(request.user, CONFIRM, source.book.organisation)
        sources.confirm(source, by=request.user, today=timezone.localdate())
        return Response(self.get_serializer(self.get_queryset().get(pk=source.pk)).data)


# ── Claims ──────────────────────────────────────────────────────────────────
class FundClaimSerializer(serializers.ModelSerializer):
    book = _uid("账本", "book.uid")
    organisation = PlaceSerializer(label="党组织", read_only=True)
    line = serializers.CharField(label="预算项目", source="line.name", read_only=True)
    state = serializers.CharField(
        label="状态", help_text="reserved 已批未付、prepared 付款待复核、paid 已付、reversed 已冲正、released 已撤销", read_only=True
    )

    class Meta:
        model = Claim
        fields = ["uid", "book", "organisation", "line", "amount", "title", "state", "recorded_on"]
        read_only_fields = fields


class FundClaimFilters(filters.FilterSet):
    book = filters.UUIDFilter(field_name="book__uid", label="账本的公开编号")
    year = NumberFilter(field_name="line__year", label="预算年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)

    class Meta:
        model = Claim
        fields = []


class FundClaimViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfFundBook):
    """列支事项, latest first: what may be paid and where each stands. None names who is helped."""

    model = Claim
    serializer_class = FundClaimSerializer
    filterset_class = FundClaimFilters
    related = ("book__organisation", "organisation", "line")
    order = ("-recorded_on", "-id")

    def paginate_queryset(self, queryset):
        return self._stated(super().paginate_queryset(queryset))

    def get_object(self):
        return self._stated([super().get_object()])[0]

    def _stated(self, claims: list[Claim]) -> list[Claim]:
        states = state_of(claims)
        for claim in claims:
            claim.state = states[claim.pk]
        return claims

    @extend_schema(request=None, responses=FundClaimSerializer)
    @action(detail=True, methods=["post"])
    @change
    def confirm(self, request, uid):
        """复核付款：由制单人以外的人；付款单先制好。"""
        claim = self.get_object()
        require(request.user, CONFIRM, claim.book.organisation)
        payment = Payment.objects.filter(claim=claim, state=Payment.State.PREPARED).first()
        if payment is None:
            raise DomainError("这一笔没有等复核的付款单。")
        payments.confirm(payment, by=request.user, today=timezone.localdate())
        return Response(self.get_serializer(self.get_object()).data)


# ── Vouchers ────────────────────────────────────────────────────────────────
class FundVoucherSerializer(serializers.ModelSerializer):
    book = _uid("账本", "book.uid")
    source = _uid("收入来源", "source.uid", allow_null=True, default=None)
    claim = _uid("列支事项", "claim.uid", allow_null=True, default=None)
    reverses = _uid("冲正哪一张", "reverses.uid", allow_null=True, default=None)
    made_by = _who("经办人", "made_by.name")
    checked_by = _who("复核人", "checked_by.name")

    class Meta:
        model = Voucher
        fields = [
            *("uid", "book", "year", "number", "day", "kind", "amount", "source", "claim", "reverses"),
            *("made_by", "checked_by", "posted_at", "reason"),
        ]
        read_only_fields = fields


class FundVoucherFilters(filters.FilterSet):
    book = filters.UUIDFilter(field_name="book__uid", label="账本的公开编号")
    year = NumberFilter(label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    kind = filters.ChoiceFilter(label="种类", choices=Voucher.Kind.choices)

    class Meta:
        model = Voucher
        fields = []


class FundVoucherViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfFundBook):
    """凭证: the journal, latest first. Never changed; what was wrong is reversed by one of its own."""

    model = Voucher
    serializer_class = FundVoucherSerializer
    filterset_class = FundVoucherFilters
    related = ("book", "source", "claim", "reverses", "made_by", "checked_by")
    order = ("-id",)
