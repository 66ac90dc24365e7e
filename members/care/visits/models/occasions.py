"""走访时机: on which occasions whom to visit, its days, a round as it was opened, and who was due in it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import Organisation
from members.care.models.conditions import SensitiveQuerySet
from members.models import Member
from partyportal.core.uid import uid_field


class Occasion(models.Model):
    """走访时机: a season at which those on certain lists are visited. Data of the county with its source; it names no person."""

    class OwedBy(models.TextChoices):
        BRANCH = "branch", "所在党支部"
        COMMITTEE = "committee", "上级党委（党工委）"

    uid = uid_field()
    code = models.CharField("代码", max_length=20, unique=True, db_collation="C", error_messages={"unique": "这个代码已经有了。"})
    name = models.CharField("名称", max_length=40)
    source = models.CharField("依据", max_length=200)
    criteria = models.JSONField("走访哪些名单上的人", default=list, help_text="应关怀名单的代码")
    owed_by = models.CharField("由谁走访", max_length=10, choices=OwedBy, default=OwedBy.BRANCH)
    days = models.PositiveSmallIntegerField("提前几天开始")
    before = models.BooleanField("要在节前走访完", default=False, help_text="勾上：最后一天是节日的前一天；不勾：节日当天也算")
    month = models.PositiveSmallIntegerField("月", null=True, blank=True, help_text="每年同一天的写月、日；春节这样的一年一年另写")
    day = models.PositiveSmallIntegerField("日", null=True, blank=True)
    is_open = models.BooleanField("还在用", default=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="最后改的人", null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "走访时机"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="occasion_fixed_day_whole",
                condition=Q(month=None, day=None) | Q(month__gte=1, month__lte=12, day__gte=1, day__lte=31),
                violation_error_message="每年同一天的，月和日都要写。",
            ),
            models.CheckConstraint(
                name="occasion_days", condition=Q(days__gte=1, days__lte=180), violation_error_message="提前的天数在 1 到 180 之间。"
            ),
        ]

    def __str__(self):
        return self.name


class OccasionDay(models.Model):
    """时机的日子: the festival's own day in a year, where it is not the same each year (春节 follows the lunar calendar)."""

    occasion = models.ForeignKey(Occasion, models.CASCADE, verbose_name="走访时机", related_name="festivals")
    on = models.DateField("日子")
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "时机的日子"
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["occasion", "on"], name="occasion_day_once", violation_error_message="这一天已经有了。"),
        ]

    def __str__(self):
        return f"{self.occasion} {self.on:%Y-%m-%d}"


class Round(models.Model):
    """一轮走访: an occasion opened for a year. From its first day it is fixed who is due; it names no person itself."""

    uid = uid_field()
    occasion = models.ForeignKey(Occasion, models.PROTECT, verbose_name="走访时机", related_name="rounds")
    year = models.PositiveSmallIntegerField("年度")
    start = models.DateField("名单按哪一天", help_text="也是开始走访的第一天")
    due_on = models.DateField("最后一天")
    criteria = models.JSONField("走访的名单", default=list, help_text="开始时的代码")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="开始的人", null=True, related_name="+")
    opened_at = models.DateTimeField("开始时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "一轮走访"
        ordering = ["-due_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "year"], name="round_once_a_year", violation_error_message="这一年的这一轮已经开始了。"
            ),
            models.CheckConstraint(
                name="round_ends_after_start", condition=Q(due_on__gte=F("start")), violation_error_message="最后一天不能早于开始的一天。"
            ),
        ]

    def __str__(self):
        return f"{self.year} 年{self.occasion.name}"


class VisitDueQuerySet(SensitiveQuerySet):
    owner_path = "member__user"

    def visited(self):
        return self.filter(visits__voided_at=None, visits__isnull=False)

    def waiting(self):
        """Owed still: nobody has been there, it was not dispensed with, and the member belongs here."""
        done = self.model.objects.visited().order_by().values("pk")
        return self.filter(waived_on=None, member__left_on=None).exclude(pk__in=done)

    def owed(self):
        """What a coverage counts against: visited, or still to be."""
        return self.filter(
            Q(pk__in=self.model.objects.visited().order_by().values("pk")) | Q(pk__in=self.model.objects.waiting().values("pk"))
        )


class VisitDue(models.Model):
    """应走访: one member due in a round, why, and by whom. Fixed when the round was opened; late joiners are added."""

    uid = uid_field()
    round = models.ForeignKey(Round, models.PROTECT, verbose_name="哪一轮", related_name="dues", db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="visit_dues")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="所在党支部", related_name="visit_dues")
    owed_by = models.ForeignKey(Organisation, models.PROTECT, verbose_name="由谁走访", related_name="+")
    why = models.JSONField("在哪些名单上", default=list, help_text="名单的代码")
    since = models.DateField("列入的日子")
    waived_on = models.DateField("不用走访的日子", null=True, blank=True)
    waive_reason = models.CharField("为什么不用走访", max_length=120, blank=True)
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, blank=True, related_name="+")

    objects = VisitDueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应走访"
        constraints = [
            models.UniqueConstraint(fields=["round", "member"], name="visit_due_once_a_round"),
            models.CheckConstraint(
                name="visit_due_waived_with_reason",
                condition=Q(waived_on=None, waive_reason="") | (Q(waived_on__isnull=False) & ~Q(waive_reason="")),
                violation_error_message="不用走访的要写明为什么。",
            ),
        ]

    def __str__(self):
        return f"{self.member}：{self.round}"
