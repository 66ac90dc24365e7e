"""What was paid: a collection that two people answer for, its payments, and the months each payment covers. Nothing here is ever changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.dues.rules import month_words
from members.models import Member
from partyportal.core.uid import uid_field


class CollectionQuerySet(ScopedQuerySet):
    pass


class Collection(models.Model):
    """党费收缴: what one person recorded in one go, for one member or the whole branch, until another person confirms it."""

    class Method(models.TextChoices):
        CASH = "cash", "现金"
        TRANSFER = "transfer", "转账"
        PHONE = "phone", "手机支付"
        WITHHELD = "withheld", "单位代收"

    class State(models.TextChoices):
        RECORDED = "recorded", "待核对"
        CONFIRMED = "confirmed", "已核对"
        RETURNED = "returned", "退回"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="dues_collections")
    day = models.DateField("收款日")
    method = models.CharField("方式", max_length=12, choices=Method, default=Method.CASH)
    state = models.CharField("状态", max_length=12, choices=State, default=State.RECORDED)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="核对人", null=True, related_name="+")
    decided_at = models.DateTimeField("核对时间", null=True)
    return_reason = models.CharField("退回原因", max_length=200, blank=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党费收缴"
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["organisation"], name="collection_to_confirm", condition=Q(state="recorded"))]
        constraints = [
            models.CheckConstraint(
                name="collection_needs_a_second_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("recorded_by")),
                violation_error_message="收缴要由另一个人核对。",
            ),
            models.CheckConstraint(
                name="collection_decision_is_whole",
                condition=Q(state="recorded", decided_by=None, decided_at=None)
                | Q(state="confirmed", decided_by__isnull=False, decided_at__isnull=False)
                | (Q(state="returned", decided_by__isnull=False, decided_at__isnull=False) & ~Q(return_reason="")),
                violation_error_message="核对要写明核对人、时间，退回的写原因。",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} {self.day:%Y-%m-%d}"


class PaymentQuerySet(ScopedQuerySet):
    owner_path = "member__user"


class Payment(models.Model):
    """交纳党费: one sum from one member, append-only. A mistake is a row of its own that takes back the whole sum (冲正)."""

    uid = uid_field()
    collection = models.ForeignKey(Collection, models.PROTECT, verbose_name="收缴", related_name="payments")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="dues_payments")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="收款的党支部", related_name="dues_payments", db_index=False
    )
    day = models.DateField("交纳日")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    voluntary = models.DecimalField("其中自愿多交", max_digits=12, decimal_places=2, default=0)
    to_centre = models.BooleanField("多交部分全部上缴中央", default=False)
    receipt = models.CharField("收据号", max_length=60, db_collation="C")
    reverses = models.OneToOneField("self", models.PROTECT, verbose_name="冲正哪一笔", null=True, related_name="reversal")
    reason = models.CharField("冲正原因", max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+", db_index=False)
    recorded_at = models.DateTimeField("登记时间")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "交纳党费"
        indexes = [models.Index(fields=["organisation", "day"], name="payment_by_organisation")]
        constraints = [
            models.UniqueConstraint(fields=["receipt"], condition=Q(reverses=None), name="payment_receipt_once"),
            models.CheckConstraint(
                name="payment_or_reversal",
                condition=Q(reverses=None, amount__gt=0, voluntary__gte=0, voluntary__lte=F("amount"), reason="")
                | (Q(reverses__isnull=False, amount__lt=0, voluntary__lte=0) & ~Q(reason="")),
                violation_error_message="交纳的金额要大于 0；冲正要写原因。",
            ),
        ]

    def __str__(self):
        return self.receipt

    @property
    def covers(self) -> str:
        """The months in words; the months are prefetched."""
        return month_words([line.month for line in self.months.all()])


class PaidMonth(models.Model):
    """交纳月份: one month of one member that a payment covers, append-only. The number of the posting makes a month paid once at a time.

    Posting 1 pays the month, 2 takes it back, 3 pays it again: (member, month, posting) is unique and a trigger asks that
    each follows the one before with the other sign, so that two collectors cannot both pay a month.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name="交纳", related_name="months")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="应交的党支部", related_name="+", db_index=False)
    month = models.DateField("月份")
    posting = models.PositiveSmallIntegerField("第几次")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "交纳月份"
        constraints = [
            models.UniqueConstraint(fields=["member", "month", "posting"], name="month_posted_once"),
            models.CheckConstraint(name="paid_month_by_its_first_day", condition=Q(month__day=1)),
        ]
