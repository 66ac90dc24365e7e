"""流入: members of elsewhere who stay here; and the party organisations founded for those away."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, Organisation
from members.mobility.rules.places import PROVINCES
from partyportal.core.fields import EncryptedTextField
from partyportal.core.uid import uid_field


class InflowQuerySet(DatedQuerySet):
    organisation_path = "branch__"

    def open(self):
        return self.filter(end=None)


class Inflow(models.Model):
    """流入登记: a member of a branch outside the county who stays here; no member of ours, so the phone alone is kept, sealed."""

    class EndReason(models.TextChoices):
        LEFT = "left", "已离开"
        TRANSFERRED = "transferred", "组织关系已转来"
        MISTAKEN = "mistaken", "登记有误"

    uid = uid_field()
    name = models.CharField("姓名", max_length=60)
    pinyin = models.CharField("拼音", max_length=200, db_collation="C")
    phone = EncryptedTextField("手机号码（封存）", null=True)
    phone_masked = models.CharField("手机号码（遮盖）", max_length=20, blank=True)
    province = models.CharField("来自省份", max_length=2, choices=list(PROVINCES.items()), help_text="GB/T 2260 代码")
    home = models.CharField("组织关系所在党支部", max_length=120)
    branch = models.ForeignKey(Organisation, models.PROTECT, verbose_name="接收的党支部", related_name="inflows")
    start = models.DateField("流入之日")
    end = models.DateField("结束之日", null=True, blank=True)
    end_reason = models.CharField("结束缘由", max_length=12, choices=EndReason, blank=True)
    reported_on = models.DateField("本人报到之日", null=True, blank=True)
    told_home_on = models.DateField("告知原支部之日", null=True, blank=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    registered_at = models.DateTimeField("登记时间", auto_now_add=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="了结人", null=True, related_name="+")

    objects = InflowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "流入登记"
        ordering = ["-start", "-id"]
        constraints = [
            models.CheckConstraint(
                name="inflow_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="结束的日子要晚于流入的日子。",
            ),
            models.CheckConstraint(
                name="inflow_end_has_reason",
                condition=Q(end=None, end_reason="") | (Q(end__isnull=False) & ~Q(end_reason="")),
                violation_error_message="流入登记了结要写明缘由。",
            ),
        ]

    def __str__(self):
        return self.name


class MobileFoundingQuerySet(DatedQuerySet):
    organisation_path = "organisation__"


class MobileFounding(models.Model):
    """流动党员党组织的批准: by a county committee or above (中办 2024 意见 by S13), with the number of its paper."""

    uid = uid_field()
    organisation = models.OneToOneField(Organisation, models.PROTECT, verbose_name="流动党员党组织", related_name="mobile_founding")
    province = models.CharField("设在哪里", max_length=2, choices=list(PROVINCES.items()), help_text="GB/T 2260 代码")
    place = models.CharField("具体地点", max_length=80)
    approved_by = models.ForeignKey(Organisation, models.PROTECT, verbose_name="批准的党委", related_name="+")
    approved_on = models.DateField("批准之日")
    document = models.CharField("批复文号", max_length=80)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = MobileFoundingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "流动党员党组织的批准"
        ordering = ["-approved_on", "-id"]

    def __str__(self):
        return self.document
