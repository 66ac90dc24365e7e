"""应开次数: what is due of an organisation."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import Organisation
from education.models.meetings import Meeting


class RequirementQuerySet(models.QuerySet):
    def on(self, day: date):
        """What is required on a day: of each kind the latest that has begun and not ended."""
        begun = self.filter(start__lte=day).order_by("kind", "organisation_kind", "-start").distinct("kind", "organisation_kind")
        return self.filter(Q(end=None) | Q(end__gt=day), pk__in=begun.values("pk"))


class Requirement(models.Model):
    """应开次数: how often a kind of meeting is due of a kind of organisation, from a day on, with its source."""

    kind = models.CharField("会议种类", max_length=16, choices=Meeting.Kind)
    organisation_kind = models.CharField("党组织类别", max_length=20, choices=Organisation.Kind, default=Organisation.Kind.BRANCH)
    period = models.CharField("周期", max_length=8, choices=[("month", "每月"), ("quarter", "每季"), ("year", "每年")])
    times = models.PositiveSmallIntegerField("次数", default=1)
    minimum_full_members = models.PositiveSmallIntegerField("正式党员不少于", default=0, help_text="如支委会：不足 7 名正式党员不设支委会")
    needs_groups = models.BooleanField("有党小组才要求", default=False)
    source = models.CharField("依据", max_length=120)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="定的人", null=True, blank=True, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="停的人", null=True, blank=True, related_name="+")

    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应开次数"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organisation_kind", "start"], name="requirement_once", violation_error_message="这一天已经定过一条。"
            ),
            models.CheckConstraint(
                name="requirement_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="停的日期要在起的日期以后。",
            ),
            models.CheckConstraint(
                name="requirement_times", condition=Q(times__gte=1, times__lte=12), violation_error_message="次数是 1 到 12。"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}{self.get_period_display()} {self.times} 次"
