"""未开说明, 补课: why a meeting that was due was not held, and which later one was held in its place. What was missed stays missed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from education.models.meetings import Meeting
from partyportal.core.uid import uid_field


class MissQuerySet(ScopedQuerySet):
    def standing(self):
        return self.filter(ended_at=None)


class Miss(models.Model):
    """未开说明: why what fell due in a month was not held, and when it is to be made up. Said anew, the words before stay as a row that has ended."""

    class Reason(models.TextChoices):
        EMERGENCY = "emergency", "防汛抗旱等急难任务"
        DISEASE = "disease", "疫情等不宜集中"
        FARMING = "farming", "农忙"
        AWAY = "away", "党员多数外出"
        CHANGE = "change", "换届或机构调整"
        FORGOTTEN = "forgotten", "安排疏漏"
        OTHER = "other", "其他"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="misses")
    group = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党小组", null=True, blank=True, related_name="+")
    kind = models.CharField("会议种类", max_length=16, choices=Meeting.Kind)
    month = models.DateField("到期的月", help_text="月的第一天；每季一次的是季末月，每年一次的是 12 月")
    reason = models.CharField("原因", max_length=12, choices=Reason)
    words = models.CharField("说明", max_length=200)
    make_up_on = models.DateField("计划哪天补", null=True, blank=True)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="说明人", related_name="+")
    said_at = models.DateTimeField("说明时间", auto_now_add=True)
    ended_at = models.DateTimeField("被新的说明代替", null=True)

    objects = MissQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "未开说明"
        ordering = ["-month", "organisation", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "group", "kind", "month"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="miss_said_once",
                violation_error_message="这一项已经有说明。",
            ),
            models.CheckConstraint(name="miss_month", condition=Q(month__day=1), violation_error_message="月写成它的第一天。"),
            models.CheckConstraint(
                name="miss_made_up_later",
                condition=Q(make_up_on=None) | Q(make_up_on__gt=F("month")),
                violation_error_message="补课要在那个月以后。",
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.get_kind_display()}"


class MakeUpQuerySet(ScopedQuerySet):
    organisation_path = "meeting__organisation__"

    def standing(self):
        return self.filter(ended_at=None)


class MakeUp(models.Model):
    """补课: a later meeting that makes up for a missed month. It counts for that month as made up and for its own not at all."""

    uid = uid_field()
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="会议", related_name="make_ups")
    month = models.DateField("补哪个月的")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    made_at = models.DateTimeField("登记时间", auto_now_add=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="取消人", null=True, related_name="+")
    ended_at = models.DateTimeField("取消时间", null=True)

    objects = MakeUpQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补课"
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(ended_at=None),
                name="make_up_once",
                violation_error_message="这次会已经算作补课。",
            ),
            models.CheckConstraint(name="make_up_month", condition=Q(month__day=1), violation_error_message="月写成它的第一天。"),
            models.CheckConstraint(
                name="make_up_ended_by_somebody",
                condition=Q(ended_at=None) | Q(ended_by__isnull=False),
                violation_error_message="取消要有人。",
            ),
        ]

    def __str__(self):
        return f"补 {self.month:%Y-%m}"
