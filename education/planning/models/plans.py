"""年度计划: what a branch means to hold in a year, on which days. The plan reminds; the record of the meeting is what counts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from education.models import Meeting
from partyportal.core.uid import uid_field


class YearPlanQuerySet(ScopedQuerySet):
    pass


class YearPlan(models.Model):
    """年度计划: a branch's plan of a year; its days are the entries."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="year_plans")
    year = models.PositiveSmallIntegerField("年度")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="制定人", related_name="+")
    made_at = models.DateTimeField("制定时间", auto_now_add=True)

    objects = YearPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度计划"
        ordering = ["-year", "organisation"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year"], name="year_plan_once", violation_error_message="这一年已经有计划。"),
        ]

    def __str__(self):
        return f"{self.year} 年计划"


class PlanEntryQuerySet(ScopedQuerySet):
    organisation_path = "plan__organisation__"

    def standing(self):
        return self.filter(ended_at=None)


class PlanEntry(models.Model):
    """计划项: one meeting meant for a day. Changed, a new row replaces it; taken out, it ends; neither is overwritten."""

    uid = uid_field()
    plan = models.ForeignKey(YearPlan, models.PROTECT, verbose_name="计划", related_name="entries")
    kind = models.CharField("种类", max_length=16, choices=Meeting.Kind)
    group = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党小组", null=True, blank=True, related_name="+")
    planned_on = models.DateField("日期")
    topic = models.CharField("主题", max_length=120, blank=True)
    place = models.CharField("地点", max_length=80, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, verbose_name="改自", null=True, blank=True, related_name="replaced_by")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="计划人", related_name="+")
    planned_at = models.DateTimeField("计划时间", auto_now_add=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="改动人", null=True, related_name="+")
    ended_at = models.DateTimeField("改动时间", null=True)
    why = models.CharField("为什么改", max_length=120, blank=True)

    objects = PlanEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "计划项"
        ordering = ["planned_on", "id"]
        indexes = [models.Index(fields=["planned_on"], name="plan_entry_by_day", condition=Q(ended_at=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "kind", "group", "planned_on"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="plan_entry_once_a_day",
                violation_error_message="这一天已经计划了同一种会。",
            ),
            models.CheckConstraint(
                name="plan_entry_of_group",
                condition=Q(kind="group", group__isnull=False) | (~Q(kind="group") & Q(group=None)),
                violation_error_message="党小组会要选党小组，别的会不选。",
            ),
            models.CheckConstraint(
                name="plan_entry_ended_by_somebody",
                condition=Q(ended_at=None) | Q(ended_by__isnull=False),
                violation_error_message="改动要有人。",
            ),
            models.CheckConstraint(
                name="plan_entry_replaces_another",
                condition=Q(replaces=None) | ~Q(replaces=F("id")),
                violation_error_message="不能改自它自己。",
            ),
        ]

    def __str__(self):
        return f"{self.planned_on:%Y-%m-%d} {self.get_kind_display()}"
