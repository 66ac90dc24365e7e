"""应开次数: what is due of an organisation."""

from django.db import models

from branches.models import Organisation
from education.models.meetings import Meeting


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

    class Meta:
        verbose_name = verbose_name_plural = "应开次数"
        constraints = [models.UniqueConstraint(fields=["kind", "organisation_kind", "start"], name="requirement_once")]

    def __str__(self):
        return f"{self.get_kind_display()}{self.get_period_display()} {self.times} 次"
