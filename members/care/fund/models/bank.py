"""The bank's own list of a month, laid beside the journal."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.care.fund.models.books import OfBookQuerySet
from members.care.fund.models.journal import Account, VoucherLine
from partyportal.core.fields import EncryptedTextField
from partyportal.core.uid import uid_field


class BankStatement(models.Model):
    """银行对账单: one account's month as the bank tells it; matched by one, confirmed by another."""

    uid = uid_field()
    account = models.ForeignKey(Account, models.PROTECT, verbose_name="账户", related_name="statements")
    month = models.DateField("月份")
    closing = models.DecimalField("银行月末余额", max_digits=12, decimal_places=2)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="复核人", null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField("复核时间", null=True, blank=True)

    class Rows(OfBookQuerySet):
        organisation_path = "account__book__organisation__"

    objects = Rows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "银行对账单"
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month"], name="bank_statement_once_a_month", violation_error_message="这个月的对账单已经传过。"
            ),
            models.CheckConstraint(name="bank_statement_by_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="bank_statement_confirmed_by_a_second_person",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("uploaded_by")),
                violation_error_message="对账要由上传人以外的人复核。",
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m}"


class BankLine(models.Model):
    """对账单的一行: what the bank says came in (above zero) or went out, and the journal line it answers, if one does."""

    uid = uid_field()
    statement = models.ForeignKey(BankStatement, models.CASCADE, verbose_name="对账单", related_name="lines")
    row = models.PositiveIntegerField("文件里的行")
    day = models.DateField("日期")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2, help_text="收为正，付为负")
    reference = models.CharField("流水号", max_length=60, blank=True)
    note = EncryptedTextField("摘要", null=True)
    answers = models.OneToOneField(
        VoucherLine, models.PROTECT, verbose_name="对上账里哪一笔", null=True, blank=True, related_name="bank_line"
    )

    class Rows(OfBookQuerySet):
        organisation_path = "statement__account__book__organisation__"

    objects = Rows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对账单的一行"
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "row"], name="bank_line_once"),
            models.CheckConstraint(name="bank_line_not_zero", condition=~Q(amount=0)),
        ]
