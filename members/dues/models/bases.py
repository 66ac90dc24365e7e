"""What a month costs a member: the rates, the member's base, and what the committee took off."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Member
from partyportal.core.days import months_after
from partyportal.core.fields import EncryptedTextField
from partyportal.core.uid import uid_field


class PayerKind(models.TextChoices):
    SALARIED = "salaried", "在职月薪"
    ANNUAL = "annual", "年薪制"
    SELF_EMPLOYED = "self_employed", "个体经营"
    RETIRED = "retired", "离退休"
    FARMER = "farmer", "农民"
    MINIMAL = "minimal", "学生、下岗、抚恤、低保"


# Whose dues are a sum fixed by the month instead of a share of an income.
FIXED_KINDS = frozenset({PayerKind.FARMER, PayerKind.MINIMAL})


class RateBandQuerySet(models.QuerySet):
    def on(self, day: date):
        return self.filter(Q(end=None) | Q(end__gt=day), start__lte=day)


class RateBand(models.Model):
    """党费标准: one line of the rates from a day on, with its source; a new rule is new rows from its day on."""

    kind = models.CharField("党员类别", max_length=16, choices=PayerKind)
    above = models.DecimalField("基数超过（不含）", max_digits=12, decimal_places=2, null=True, blank=True)
    up_to = models.DecimalField("基数至（含）", max_digits=12, decimal_places=2, null=True, blank=True)
    rate = models.DecimalField("比例", max_digits=6, decimal_places=5, null=True, blank=True, help_text="0.005 是 0.5%，乘整个基数")
    lowest = models.DecimalField("每月最低", max_digits=12, decimal_places=2, null=True, blank=True)
    highest = models.DecimalField("每月最高", max_digits=12, decimal_places=2, null=True, blank=True)
    source = models.CharField("依据", max_length=160)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)

    objects = RateBandQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党费标准"
        ordering = ["kind", "start", F("above").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(fields=["kind", "above", "start"], nulls_distinct=False, name="rate_band_once"),
            models.CheckConstraint(
                name="rate_band_is_share_or_sum",
                condition=Q(rate__isnull=False, lowest=None, highest=None)
                | Q(rate=None, lowest__isnull=False, highest__gte=F("lowest"), above=None, up_to=None),
                violation_error_message="填比例，或者填每月最低和最高，两样里一样。",
            ),
            models.CheckConstraint(
                name="rate_band_bounds_in_order",
                condition=Q(above=None) | Q(up_to=None) | Q(up_to__gt=F("above")),
                violation_error_message="基数的上限要大于下限。",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.rate_words}"

    @property
    def rate_words(self) -> str:
        if self.rate is None:
            same = self.lowest == self.highest
            return f"每月 {self.lowest:.2f} 元" if same else f"每月 {self.lowest:.2f}–{self.highest:.2f} 元"
        return f"{(self.rate * 100).normalize():f}%"


class OfDuesPayer(ScopedQuerySet):
    """Rows about a payer: seen by whoever sees the person today, and by the person."""

    organisation_path = "member__branch__"
    owner_path = "member__user"


class BaseQuerySet(OfDuesPayer):
    def in_force(self):
        return self.filter(superseded_at=None)

    def of_month(self, month: date):
        return self.in_force().filter(Q(end=None) | Q(end__gt=month), year=month.year, start__lte=month)


class Base(models.Model):
    """党费基数: what a member's month is reckoned from, from a month on until another is set or the year ends.

    The income is sealed. The month's due is worked out once, by the rates of the first month, and stored, so that one
    SQL definition (`DueMonth`) can add it up without knowing anybody's income.
    """

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="dues_bases", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    start = models.DateField("从哪个月起")
    end = models.DateField("到哪个月（不含）", null=True)
    kind = models.CharField("党员类别", max_length=16, choices=PayerKind)
    amount = EncryptedTextField("交纳基数", null=True)
    band = models.ForeignKey(RateBand, models.PROTECT, verbose_name="党费标准", related_name="+", db_index=False)
    monthly = models.DecimalField("每月应交", max_digits=12, decimal_places=2)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="核定人", null=True, related_name="+", db_index=False)
    set_at = models.DateTimeField("核定时间")
    superseded_at = models.DateTimeField("被改正时间", null=True)

    objects = BaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党费基数"
        constraints = [
            models.UniqueConstraint(fields=["member", "start"], condition=Q(superseded_at=None), name="dues_base_starts_once"),
            models.UniqueConstraint(fields=["member", "year"], condition=Q(superseded_at=None, end=None), name="dues_base_one_open"),
            models.CheckConstraint(
                name="dues_base_by_whole_months",
                condition=Q(start__day=1, start__year=F("year")) & (Q(end=None) | Q(end__day=1, end__gt=F("start"))),
                violation_error_message="基数按整月算，不跨年度。",
            ),
            models.CheckConstraint(name="dues_base_positive", condition=Q(monthly__gt=0), violation_error_message="每月应交要大于 0。"),
        ]
        # The unique ones hold only what stands: a member removed with an import is looked up among all bases.
        indexes = [models.Index(fields=["member", "year"], name="dues_base_by_member")]

    def __str__(self):
        return f"{self.start:%Y-%m} 起每月 {self.monthly} 元"

    @property
    def income(self) -> Decimal | None:
        """The sealed base as a number; asked for only by the pages that may show it."""
        return None if self.amount is None else Decimal(self.amount)


class Exemption(models.Model):
    """党费减免: asked for by the branch, decided by the committee above (支部 → 上一级党委); for whole months."""

    class State(models.TextChoices):
        FILED = "filed", "待审批"
        APPROVED = "approved", "已同意"
        REFUSED = "refused", "未同意"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="dues_exemptions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="报批的党支部", related_name="+")
    start = models.DateField("从哪个月起")
    end = models.DateField("到哪个月（不含）")
    monthly = models.DecimalField("减免后每月交", max_digits=12, decimal_places=2, default=0, help_text="0 是免交")
    reason = models.CharField("理由", max_length=200)
    state = models.CharField("状态", max_length=12, choices=State, default=State.FILED)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="报批人", related_name="+")
    filed_at = models.DateTimeField("报批时间")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="审批人", null=True, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True)
    refusal = models.CharField("不同意的原因", max_length=200, blank=True)

    objects = OfDuesPayer.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党费减免"
        constraints = [
            models.CheckConstraint(
                name="exemption_by_whole_months",
                condition=Q(start__day=1, end__day=1, end__gt=F("start")),
                violation_error_message="减免按整月算，止的月份不能早于起的月份。",
            ),
            models.CheckConstraint(
                name="exemption_not_negative", condition=Q(monthly__gte=0), violation_error_message="减免后每月交的不能是负数。"
            ),
            models.CheckConstraint(
                name="exemption_decided_by_a_second_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")),
                violation_error_message="减免要由另一个人审批。",
            ),
            models.CheckConstraint(
                name="exemption_decision_is_whole",
                condition=Q(state="filed", decided_by=None, decided_at=None)
                | Q(state="approved", decided_by__isnull=False, decided_at__isnull=False)
                | (Q(state="refused", decided_by__isnull=False, decided_at__isnull=False) & ~Q(refusal="")),
                violation_error_message="审批要写明审批人、时间，不同意的写原因。",
            ),
            ExclusionConstraint(
                name="exemption_one_a_month",
                expressions=[
                    (Func(F("member"), F("member"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func(F("start"), F("end"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="approved"),
                violation_error_message="这几个月已经有减免。",
            ),
        ]

    def __str__(self):
        return f"{self.start:%Y-%m} 起{'减交' if self.monthly else '免交'}"

    @property
    def until(self) -> date:
        """The last month it covers, as people say it."""
        return months_after(self.end, -1)
