"""名单条件: who is to be cared for and how, as dated versions of a boolean tree. In force it is frozen (trigger); a change is a new version."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation
from members.care.rules import criteria
from partyportal.core.uid import uid_field


class CriterionQuerySet(ScopedQuerySet):
    """A criterion names nobody: it is read by whoever cares under the organisation whose it is, or above it."""

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        paths = paths_for(user, "care.see")
        if not paths:
            return self.none()
        seen = Q(organisation=None)
        for path in paths:
            steps = path.strip("/").split("/")
            seen |= Q(organisation__path__startswith=path)
            seen |= Q(organisation__path__in=[f"/{'/'.join(steps[: at + 1])}/" for at in range(len(steps))])
        return self.filter(seen)


class Criterion(models.Model):
    """名单: one list of people to be cared for, for a benefit. `once`: whoever was on a fixed list of it is not on it again."""

    uid = uid_field()
    code = models.CharField("代码", max_length=40, unique=True, db_collation="C")
    name = models.CharField("名称", max_length=40)
    benefit = models.CharField("用来做什么", max_length=120, help_text="如 元旦春节走访慰问")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="谁定的", null=True, blank=True, related_name="care_criteria", help_text="空为各级通用"
    )
    once = models.BooleanField("一人一次", default=False, help_text="定过名单的人不再列入，如纪念章")
    position = models.PositiveSmallIntegerField("次序", default=100)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应关怀名单"
        ordering = ["position", "code"]

    def __str__(self):
        return self.name


class CriterionVersionQuerySet(CriterionQuerySet):
    def visible_to(self, user):
        return self.filter(criterion__in=Criterion.objects.visible_to(user).order_by().values("pk"))

    def in_force(self, day: date):
        return self.filter(Q(end=None) | Q(end__gt=day), enacted_at__isnull=False, start__lte=day)

    def drafts(self):
        return self.filter(enacted_at=None)


class CriterionVersion(models.Model):
    """名单条件的一版: a draft until it is put in force from a day on; from then on frozen, but for the day it ends."""

    uid = uid_field()
    criterion = models.ForeignKey(Criterion, models.PROTECT, verbose_name="名单", related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    tree = models.JSONField("条件")
    source = models.CharField("依据", max_length=200, help_text="哪份文件怎么说的")
    document_number = models.CharField("文号", max_length=60, blank=True)
    start = models.DateField("起", null=True, blank=True)
    end = models.DateField("止", null=True, blank=True)
    revision = models.PositiveIntegerField("改动次数", default=1)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="起草人", null=True, related_name="+")
    written_at = models.DateTimeField("起草时间", auto_now_add=True)
    enacted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="施行人", null=True, related_name="+")
    enacted_at = models.DateTimeField("施行时间", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="停用人", null=True, related_name="+")

    objects = CriterionVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名单条件"
        ordering = ["criterion", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "number"], name="criterion_version_once"),
            models.UniqueConstraint(
                fields=["criterion"],
                condition=Q(enacted_at=None),
                name="criterion_one_draft",
                violation_error_message="这个名单已经有一稿在改，接着改那一稿。",
            ),
            models.CheckConstraint(
                name="criterion_version_whole",
                condition=Q(enacted_at=None, end=None) | Q(enacted_at__isnull=False, start__isnull=False),
                violation_error_message="施行要写明从哪天起。",
            ),
            models.CheckConstraint(
                name="criterion_version_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="止日须晚于起日。",
            ),
            ExclusionConstraint(
                name="criterion_one_version_a_day",
                expressions=[
                    (Func(F("criterion"), F("criterion"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func(F("start"), F("end"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(enacted_at__isnull=False),
                violation_error_message="这段时间已经有一版在施行。",
            ),
        ]

    def __str__(self):
        return f"{self.criterion}第 {self.number} 版"

    @property
    def node(self) -> criteria.Node:
        """The tree as it is evaluated; a draft that cannot be used raises `Unfit`."""
        return criteria.read(self.tree)
