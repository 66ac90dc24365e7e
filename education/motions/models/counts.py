"""计票: what teller and counter each found, and the result. None of it is ever changed (triggers)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from education.motions import rules
from education.motions.models.motions import Candidate, Motion, OfMotionQuerySet


class Count(models.Model):
    """点票: one person's figures of one round. Two that differ make a next round; what each found first stays. Never changed (trigger)."""

    class Watcher(models.TextChoices):
        TELLER = "teller", "监票人"
        COUNTER = "counter", "计票人"

    motion = models.ForeignKey(Motion, models.PROTECT, verbose_name="议题", related_name="counts")
    role = models.CharField("谁的数", max_length=8, choices=Watcher)
    round = models.PositiveSmallIntegerField("第几次点票", default=1)
    issued = models.PositiveSmallIntegerField("发出")
    returned = models.PositiveSmallIntegerField("收回")
    invalid = models.PositiveSmallIntegerField("废票")
    entered_on = models.DateField("录入日期")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="录入人", related_name="+")

    objects = OfMotionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "点票"
        ordering = ["round", "role"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "round", "role"], name="count_once_each"),
            models.UniqueConstraint(
                fields=["motion", "round", "entered_by"],
                name="count_by_two_people",
                violation_error_message="监票人和计票人的数要由两个人各自录入。",
            ),
            models.CheckConstraint(
                name="count_agrees",
                condition=Q(returned__lte=F("issued"), invalid__lte=F("returned")),
                violation_error_message="收回不能多于发出，废票不能多于收回。",
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()}第 {self.round} 次"


class CountLine(models.Model):
    """点票的一行: the figures of the motion, or of one candidate. Never changed (trigger)."""

    count = models.ForeignKey(Count, models.PROTECT, verbose_name="点票", related_name="lines")
    candidate = models.ForeignKey(Candidate, models.PROTECT, verbose_name="候选人", null=True, blank=True, related_name="+")
    in_favour = models.PositiveSmallIntegerField("赞成")
    against = models.PositiveSmallIntegerField("反对")
    abstained = models.PositiveSmallIntegerField("弃权")

    class Meta:
        verbose_name = verbose_name_plural = "点票的一行"
        ordering = ["candidate__ordinal"]
        constraints = [models.UniqueConstraint(fields=["count", "candidate"], nulls_distinct=False, name="count_line_once")]

    def __str__(self):
        return f"{self.in_favour}/{self.against}/{self.abstained}"


class Result(models.Model):
    """表决结果: figures and sentence of the day it was worked out. Never changed (trigger): a wrong one is voided and voted again."""

    class Outcome(models.TextChoices):
        PASSED = rules.PASSED, "通过"
        FAILED = rules.FAILED, "没有通过"
        ELECTED = rules.ELECTED, "选出"
        PARTLY = rules.PARTLY, "没有选满"

    motion = models.OneToOneField(Motion, models.PROTECT, verbose_name="议题", related_name="result")
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    entitled = models.PositiveSmallIntegerField("应到会有表决权")
    present = models.PositiveSmallIntegerField("实到有表决权")
    issued = models.PositiveSmallIntegerField("发出", default=0)
    returned = models.PositiveSmallIntegerField("收回", default=0)
    invalid = models.PositiveSmallIntegerField("废票", default=0)
    written = models.PositiveSmallIntegerField("计入的书面意见", default=0)
    sentence = models.CharField("结果和理由", max_length=600)
    decided_on = models.DateField("日期")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="录入人", related_name="+")

    objects = OfMotionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "表决结果"
        constraints = [
            models.CheckConstraint(
                name="result_fits_the_roll", condition=Q(entitled__gte=F("present")), violation_error_message="实到不能多于应到会。"
            )
        ]

    def __str__(self):
        return self.get_outcome_display()


class ResultLine(models.Model):
    """结果的一行: the motion's figures, written opinions among them, or one candidate's. Never changed (trigger)."""

    result = models.ForeignKey(Result, models.PROTECT, verbose_name="结果", related_name="lines")
    candidate = models.ForeignKey(Candidate, models.PROTECT, verbose_name="候选人", null=True, blank=True, related_name="+")
    in_favour = models.PositiveSmallIntegerField("赞成")
    against = models.PositiveSmallIntegerField("反对")
    abstained = models.PositiveSmallIntegerField("弃权")
    is_elected = models.BooleanField("当选", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "结果的一行"
        ordering = ["candidate__ordinal"]
        constraints = [models.UniqueConstraint(fields=["result", "candidate"], nulls_distinct=False, name="result_line_once")]

    def __str__(self):
        return f"{self.in_favour}/{self.against}/{self.abstained}"
