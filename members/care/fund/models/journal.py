"""The journal: accounts, vouchers and their two lines. Its promises are triggers (migration 0002_journal); a test holds it under 300 lines."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.care.fund.models.books import Book, OfBookQuerySet
from partyportal.core.uid import uid_field


class Account(models.Model):
    """账户: where money is (银行、现金), or what it is for: free, or approved and not yet paid. So cash = free + reserved, always.

    The trigger on the lines keeps `balance`; the check on it is what makes the second of two payers wait, and then refuses.
    """

    class Kind(models.TextChoices):
        CASH = "cash", "资金"
        FREE = "free", "可用资金"
        RESERVED = "reserved", "已批未付"

    uid = uid_field()
    book = models.ForeignKey(Book, models.PROTECT, verbose_name="账本", related_name="accounts")
    code = models.CharField("代码", max_length=12, db_collation="C")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    name = models.CharField("名称", max_length=60)
    is_bank = models.BooleanField("是银行账户", default=False, help_text="要按月和银行对账")
    balance = models.DecimalField("余额", max_digits=12, decimal_places=2, default=0, editable=False)

    objects = OfBookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账户"
        ordering = ["book", "code"]
        constraints = [
            models.UniqueConstraint(fields=["book", "code"], name="account_once", violation_error_message="已经有这个代码的账户。"),
            models.UniqueConstraint(fields=["book", "kind"], condition=~Q(kind="cash"), name="account_one_free_one_reserved"),
            models.CheckConstraint(name="account_never_below_zero", condition=Q(balance__gte=0), violation_error_message="余额不够。"),
        ]

    def __str__(self):
        return self.name

    @property
    def side(self) -> int:
        """What a debit does to the balance."""
        return 1 if self.kind == self.Kind.CASH else -1


class Voucher(models.Model):
    """凭证: one movement of money and what it rests on, a Source or a Claim, exactly one. Never changed (trigger).

    `number` runs without gaps in its book and year; `turn` is the how-manieth voucher of its basis. The database gives both.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "收入"
        RESERVE = "reserve", "批准列支"
        RELEASE = "release", "撤销列支"
        PAYMENT = "payment", "支付"
        REVERSAL = "reversal", "冲正"

    uid = uid_field()
    book = models.ForeignKey(Book, models.PROTECT, verbose_name="账本", related_name="vouchers")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("凭证号", default=0)
    day = models.DateField("日期")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    source = models.ForeignKey("fund.Source", models.PROTECT, verbose_name="收入来源", null=True, related_name="vouchers")
    claim = models.ForeignKey("fund.Claim", models.PROTECT, verbose_name="列支事项", null=True, related_name="vouchers")
    turn = models.PositiveSmallIntegerField("第几张", default=0)
    payment = models.OneToOneField("fund.Payment", models.PROTECT, verbose_name="付款单", null=True, related_name="voucher")
    reverses = models.OneToOneField("self", models.PROTECT, verbose_name="冲正哪一张", null=True, related_name="reversal")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="经办人", null=True, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="复核人", null=True, related_name="+")
    posted_at = models.DateTimeField("记账时间", auto_now_add=True)
    reason = models.CharField("缘由", max_length=120, blank=True)

    objects = OfBookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "凭证"
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["book", "day"], name="voucher_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["book", "year", "number"], name="voucher_number_once"),
            models.UniqueConstraint(fields=["claim", "turn"], name="voucher_claim_in_turn"),
            models.UniqueConstraint(fields=["source", "turn"], name="voucher_source_in_turn"),
            models.CheckConstraint(name="voucher_amount_above_zero", condition=Q(amount__gt=0), violation_error_message="金额要大于 0。"),
            models.CheckConstraint(name="voucher_in_its_year", condition=Q(day__year=F("year"))),
            models.CheckConstraint(
                name="voucher_has_one_basis",
                condition=Q(source=None, claim__isnull=False) | Q(source__isnull=False, claim=None),
                violation_error_message="每张凭证要有一个来源，或者一个列支事项。",
            ),
            models.CheckConstraint(
                name="voucher_checked_by_a_second_person",
                condition=Q(kind__in=["receipt", "payment"], made_by__isnull=False, checked_by__isnull=False) & ~Q(made_by=F("checked_by"))
                | Q(kind__in=["reserve", "release", "reversal"], checked_by=None),
                violation_error_message="收入和支付要由另一个人复核。",
            ),
            models.CheckConstraint(
                name="voucher_of_its_kind",
                condition=Q(kind="receipt", source__isnull=False, payment=None, reverses=None)
                | Q(kind="payment", claim__isnull=False, payment__isnull=False, reverses=None)
                | Q(kind="reserve", claim__isnull=False, payment=None, reverses=None)
                | Q(kind="release", claim__isnull=False, payment=None, reverses=None) & ~Q(reason="")
                | Q(kind="reversal", payment=None, reverses__isnull=False) & ~Q(reason=""),
                violation_error_message="撤销和冲正要写缘由。",
            ),
        ]

    def __str__(self):
        return f"{self.year}-{self.number:04d}"

    @property
    def about(self) -> str:
        """What it is about; of a donation not who gave."""
        return self.claim.title if self.claim_id else self.source.get_kind_display()


class VoucherLine(models.Model):
    """凭证的一行: above zero 借, below 贷. Of every voucher two, which add to zero (deferred trigger). Never changed (trigger)."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, verbose_name="凭证", related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, verbose_name="账户", related_name="lines")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2, help_text="借为正，贷为负")

    class Meta:
        verbose_name = verbose_name_plural = "凭证的一行"
        constraints = [
            models.UniqueConstraint(fields=["voucher", "account"], name="voucher_line_once"),
            models.CheckConstraint(name="voucher_line_not_zero", condition=~Q(amount=0), violation_error_message="金额不能是 0。"),
        ]

    @property
    def adds(self) -> bool:
        """Whether the account holds more by it."""
        return self.amount * self.account.side > 0
