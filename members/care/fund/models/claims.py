"""What may be paid, and the payment of it: one prepares, another confirms."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import Organisation
from members.care.fund.models.books import Book, BudgetLine, OfBookQuerySet
from members.care.fund.models.journal import Account
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class Claim(models.Model):
    """列支事项: a sum that may be paid once: of an approved case, or an expense with its document. Never changed (trigger).

    Its money is set aside from the moment it stands. Where it stands is its last voucher (`selectors.claims.state_of`).
    The title names no person: who was helped is in the case alone.
    """

    uid = uid_field()
    book = models.ForeignKey(Book, models.PROTECT, verbose_name="账本", related_name="claims")
    line = models.ForeignKey(BudgetLine, models.PROTECT, verbose_name="预算项目", related_name="claims")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="哪个党组织的", related_name="+")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    title = models.CharField("事由", max_length=80, help_text="不写姓名")
    document = models.ForeignKey(Attachment, models.PROTECT, verbose_name="发票或单据", null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="经办人", related_name="+")
    recorded_on = models.DateField("日期")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfBookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "列支事项"
        ordering = ["-recorded_on", "-id"]
        constraints = [
            models.CheckConstraint(name="claim_above_zero", condition=Q(amount__gt=0), violation_error_message="金额要大于 0。"),
            models.CheckConstraint(name="claim_has_title", condition=~Q(title=""), violation_error_message="写上事由。"),
        ]

    def __str__(self):
        return self.title


class Payment(models.Model):
    """付款单: a claim about to be paid from an account; decided once, by another than who prepared it (check, trigger)."""

    class Method(models.TextChoices):
        TRANSFER = "transfer", "转账"
        CASH = "cash", "现金"

    class State(models.TextChoices):
        PREPARED = "prepared", "待复核"
        CONFIRMED = "confirmed", "已付"
        RETURNED = "returned", "退回"

    uid = uid_field()
    claim = models.ForeignKey(Claim, models.PROTECT, verbose_name="列支事项", related_name="payments")
    account = models.ForeignKey(Account, models.PROTECT, verbose_name="从哪个账户付", related_name="+")
    method = models.CharField("方式", max_length=10, choices=Method)
    reference = models.CharField("银行流水号", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREPARED)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="制单人", related_name="+")
    prepared_at = models.DateTimeField("制单时间", auto_now_add=True)
    prepared_on = models.DateField("制单日期")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="复核人", null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField("复核时间", null=True, blank=True)
    return_reason = models.CharField("退回的缘由", max_length=120, blank=True)

    class Rows(OfBookQuerySet):
        organisation_path = "claim__book__organisation__"

    objects = Rows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "付款单"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state="prepared"),
                name="payment_one_open_a_claim",
                violation_error_message="这一笔已经制了付款单。",
            ),
            models.CheckConstraint(
                name="fund_payment_confirmed_by_a_second_person",
                condition=Q(state="prepared", confirmed_by=None, confirmed_at=None, return_reason="")
                | (
                    Q(state="confirmed", confirmed_by__isnull=False, confirmed_at__isnull=False, return_reason="")
                    & ~Q(confirmed_by=F("prepared_by"))
                )
                | (Q(state="returned", confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(return_reason="")),
                violation_error_message="付款要由制单人以外的人复核；退回写缘由。",
            ),
        ]

    def __str__(self):
        return f"{self.claim}（{self.get_state_display()}）"

    @property
    def hands(self) -> str:
        """Who prepared it, who decided, and why it was sent back."""
        decided = f"，{self.get_state_display()}：{self.confirmed_by}" if self.confirmed_by else "，等另一个人复核"
        return f"制单：{self.prepared_by}{decided}" + (f"，{self.return_reason}" if self.return_reason else "")
