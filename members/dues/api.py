"""API of dues: payments, recorded and taken back, and each member's year. Incomes are nowhere in it."""

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
from members.dues import services
from members.dues.models import Collection, DueMonth, PaidMonth, Payment
from members.dues.selectors.accounts import through_of
from members.dues.selectors.months import Sums
from members.models import Member
from partyportal.core.days import month_of, year_named
from partyportal.core.errors import DomainError
from partyportal.core.rest.filters import FIRST_YEAR, LAST_YEAR, NumberFilter
from partyportal.core.rest.idempotency import change
from partyportal.core.rest.viewsets import ScopedViewSet

COLLECT = "dues.collect"


# ── Payments ────────────────────────────────────────────────────────────────
class PaidMonthSerializer(serializers.ModelSerializer):
    organisation = PlaceSerializer(label="应交的党支部", read_only=True)

    class Meta:
        model = PaidMonth
        fields = ["month", "organisation", "amount"]
        read_only_fields = fields


class PaymentSerializer(serializers.ModelSerializer):
    member = PersonSerializer(label="党员", read_only=True)
    organisation = PlaceSerializer(label="收款的党支部", read_only=True)
    state = serializers.ChoiceField(label="核对状态", source="collection.state", choices=Collection.State.choices, read_only=True)
    method = serializers.ChoiceField(label="方式", source="collection.method", choices=Collection.Method.choices, read_only=True)
    reverses = serializers.UUIDField(label="冲正哪一笔", source="reverses.uid", allow_null=True, read_only=True)
    recorded_by = serializers.CharField(label="登记人", source="recorded_by.name", read_only=True)
    months = PaidMonthSerializer(label="交的月份", many=True, read_only=True)

    class Meta:
        model = Payment
        fields = [
            *("uid", "member", "organisation", "day", "method", "amount", "voluntary", "to_centre", "receipt", "state"),
            *("months", "reverses", "reason", "recorded_by", "recorded_at"),
        ]
        read_only_fields = fields


class PayingSerializer(serializers.Serializer):
    member = serializers.UUIDField(label="党员的公开编号")
    until = serializers.DateField(label="交到哪个月", help_text="这个月里的任何一天，如 2026-11-01。")
    amount = serializers.DecimalField(12, 2, label="收到的金额", help_text="不少于到这个月应交的数；多出来的算自愿多交。")
    day = serializers.DateField(label="收款日")
    method = serializers.ChoiceField(label="方式", choices=Collection.Method.choices, default=Collection.Method.CASH)


class ReversingSerializer(serializers.Serializer):
    reason = serializers.CharField(label="冲正原因", max_length=200)


class PaymentFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    member = MemberFilter()
    year = NumberFilter(field_name="day__year", label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    state = filters.ChoiceFilter(field_name="collection__state", label="核对状态", choices=Collection.State.choices)

    class Meta:
        model = Payment
        fields = []


class PaymentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """交纳党费, latest first, reversals among them: for whoever collects there, and one's own."""

    model = Payment
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilters

    def rows(self, seen):
        payments = Payment.objects.where(self.request.user, COLLECT) | Payment.objects.filter(member__user=self.request.user)
        months = Prefetch("months", PaidMonth.objects.select_related("organisation").order_by("month"))
        return (
            seen.filter(pk__in=payments.values("pk"))
            .select_related("member", "organisation", "collection", "reverses", "recorded_by")
            .defer("member__id_number")
            .prefetch_related(months)
            .order_by("-day", "-id")
        )

    @extend_schema(request=PayingSerializer, responses={201: PaymentSerializer})
    @change
    def create(self, request):
        """登记一位党员交的一笔；另一个人核对以后才算数。"""
        require(request.user, COLLECT)
        asked = PayingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        members = Member.objects.where(request.user, COLLECT).at_home().select_related("branch").defer("id_number")
        member = members.filter(uid=said.pop("member")).first()
        if member is None:
            raise DomainError("没有这位党员，或者不是你收党费的支部的。", field="member")
        until = month_of(said.pop("until"))
        collection = services.pay(member, until=until, by=request.user, today=timezone.localdate(), **said)
        payment = self.get_queryset().get(collection=collection)
        where = {"Location": reverse("api:payment-detail", args=[payment.uid], request=request)}
        return Response(self.get_serializer(payment).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(request=ReversingSerializer, responses={201: PaymentSerializer})
    @action(detail=True, methods=["post"])
    @change
    def reverse(self, request, uid):
        """冲正：整笔取回，记成另一行；核对过的要由登记人以外的人冲正。"""
        payment = self.get_object()
        require(request.user, COLLECT, payment.organisation)
        asked = ReversingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = services.reverse(payment, by=request.user, **asked.validated_data)
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data, status=status.HTTP_201_CREATED)


# ── Accounts ────────────────────────────────────────────────────────────────
class AccountSerializer(serializers.ModelSerializer):
    """A member's year in sums: months and money due to the year's end, paid, and owing."""

    branch = PlaceSerializer(label="所在党支部", read_only=True)
    months = serializers.IntegerField(label="应交的月数", source="account.months", read_only=True)
    due = serializers.DecimalField(12, 2, label="应交", source="account.due_total", read_only=True)
    paid_months = serializers.IntegerField(label="已交的月数", source="account.paid_months", read_only=True)
    paid = serializers.DecimalField(12, 2, label="已交", source="account.paid_total", read_only=True)
    owing_months = serializers.IntegerField(label="未交的月数", source="account.owing_months", read_only=True)
    owing = serializers.DecimalField(12, 2, label="未交", source="account.owing_total", read_only=True)
    paid_through = serializers.SerializerMethodField(label="党费交至")

    class Meta:
        model = Member
        fields = ["uid", "name", "branch", "months", "due", "paid_months", "paid", "owing_months", "owing", "paid_through"]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "date", "nullable": True})
    def get_paid_through(self, member):
        return member.paid_through


class AccountFilters(filters.FilterSet):
    organisation = OrganisationFilter()
    year = NumberFilter(method="of_year", label="年度，不写是今年", min_value=FIRST_YEAR, max_value=LAST_YEAR)

    class Meta:
        model = Member
        fields = []

    def of_year(self, queryset, name, value):
        return queryset  # which year is told, not which members


class AccountViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """党费账户 of a year, by name: for whoever collects there, and one's own."""

    model = Member
    serializer_class = AccountSerializer
    filterset_class = AccountFilters

    def rows(self, seen):
        members = Member.objects.where(self.request.user, COLLECT) | Member.objects.filter(user=self.request.user)
        rows = seen.filter(pk__in=members.values("pk")).at_home().select_related("branch").defer("id_number")
        return rows.order_by("pinyin", "id")

    def paginate_queryset(self, queryset):
        return self._with_sums(super().paginate_queryset(queryset))

    def get_object(self):
        return self._with_sums([super().get_object()])[0]

    def _with_sums(self, members: list[Member]) -> list[Member]:
        """The year's sums of these members: two statements, whatever their number."""
        today = timezone.localdate()
        year = year_named(self.request.query_params.get("year")) or today.year
        due = DueMonth.objects.of_year(year).filter(member__in=members).values("member").annotate(**DueMonth.objects.sums()).order_by()
        sums = {row.pop("member"): Sums(**row) for row in due}
        through = through_of([member.pk for member in members], today=today)
        for member in members:
            member.account, member.paid_through = sums.get(member.pk, Sums()), through.get(member.pk)
        return members
