"""Where money comes from: recorded by one, confirmed by another, then a receipt in the journal."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.care.fund.models.books import Book, OfBookQuerySet
from members.care.fund.models.journal import Account
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class Source(models.Model):
    """收入来源: 财政、党费划拨、捐赠或利息 of one day, with its paper. A donation above the county's limit gets a certificate number."""

    class Kind(models.TextChoices):
        FISCAL = "fiscal", "财政拨款"
        DUES = "dues", "党费划拨"
        DONATION = "donation", "捐赠"
        INTEREST = "interest", "利息"

    class State(models.TextChoices):
        RECORDED = "recorded", "待复核"
        CONFIRMED = "confirmed", "已入账"
        RETURNED = "returned", "退回"

    uid = uid_field()
    book = models.ForeignKey(Book, models.PROTECT, verbose_name="账本", related_name="sources")
    account = models.ForeignKey(Account, models.PROTECT, verbose_name="进到哪个账户", related_name="+")
    kind = models.CharField("来源", max_length=10, choices=Kind)
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    day = models.DateField("到账日")
    reference = models.CharField("文号或银行流水号", max_length=60, blank=True)
    donor = models.CharField("捐赠人", max_length=60, blank=True, help_text="单位或个人的名称")
    anonymous = models.BooleanField("捐赠人不愿公开姓名", default=False)
    certificate = models.PositiveIntegerField("捐赠证书号", null=True, blank=True, editable=False)
    document = models.ForeignKey(Attachment, models.PROTECT, verbose_name="凭据", null=True, blank=True, related_name="+")
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECORDED)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="复核人", null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("复核时间", null=True, blank=True)
    return_reason = models.CharField("退回的缘由", max_length=120, blank=True)

    objects = OfBookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "收入来源"
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(name="source_above_zero", condition=Q(amount__gt=0), violation_error_message="金额要大于 0。"),
            models.CheckConstraint(
                name="source_donor_of_a_donation",
                condition=Q(kind="donation") & ~Q(donor="") | ~Q(kind="donation") & Q(donor="", certificate=None, anonymous=False),
                violation_error_message="捐赠要写捐赠人；别的来源不写。",
            ),
            models.CheckConstraint(
                name="source_has_its_paper",
                condition=~Q(reference="") | Q(document__isnull=False) | Q(kind="donation"),
                violation_error_message="写文号或银行流水号，或者传凭据。",
            ),
            models.CheckConstraint(
                name="source_decided_by_a_second_person",
                condition=Q(state="recorded", decided_by=None, decided_at=None, return_reason="")
                | (
                    Q(state="confirmed", decided_by__isnull=False, decided_at__isnull=False, return_reason="")
                    & ~Q(decided_by=F("recorded_by"))
                )
                | (Q(state="returned", decided_by__isnull=False, decided_at__isnull=False) & ~Q(return_reason="")),
                violation_error_message="收入要由登记人以外的人复核；退回写缘由。",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount} 元"

    @property
    def certificate_number(self) -> str:
        return f"捐〔{self.day.year}〕{self.certificate:03d}号" if self.certificate else ""

    @property
    def donor_told(self) -> str:
        """The name that may be told: who would not be named is not."""
        return "爱心人士（不愿公开姓名）" if self.anonymous else self.donor
