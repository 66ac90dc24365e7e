"""网格责任区 and 中心户: a branch's ground, and the members answerable for each part of it."""

from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, Organisation
from members.models import Member
from partyportal.core.uid import uid_field


class Area(models.Model):
    """责任区: a grid of households, or a household at which the members of a hamlet meet, from day to day."""

    class Kind(models.TextChoices):
        GRID = "grid", "网格责任区"
        CENTRE = "centre", "中心户"

    uid = uid_field()
    kind = models.CharField("类别", max_length=8, choices=Kind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="areas")
    name = models.CharField("名称", max_length=60)
    extent = models.CharField("范围", max_length=200, blank=True)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "责任区"
        constraints = [
            models.CheckConstraint(
                name="area_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "name"],
                condition=Q(end=None),
                name="area_named_once",
                violation_error_message="这个名称已经有了。",
            ),
        ]

    def __str__(self):
        return self.name


class AreaDutyQuerySet(DatedQuerySet):
    organisation_path = "area__organisation__"
    owner_path = "member__user"


class AreaDuty(models.Model):
    """责任党员: a member answerable for an area, from day to day; one of them leads it (网格长, 中心户户主)."""

    class Part(models.TextChoices):
        LEAD = "lead", "牵头"
        RESPONSIBLE = "responsible", "责任党员"

    area = models.ForeignKey(Area, models.CASCADE, verbose_name="责任区", related_name="duties")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="area_duties")
    role = models.CharField("角色", max_length=12, choices=Part)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)

    objects = AreaDutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "责任党员"
        constraints = [
            models.CheckConstraint(
                name="area_duty_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.UniqueConstraint(
                fields=["area", "member"],
                condition=Q(end=None),
                name="area_duty_open_once",
                violation_error_message="这位党员已经在这个责任区。",
            ),
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(end=None, role="lead"),
                name="area_one_lead",
                violation_error_message="牵头的人只能有一个，先换下原来的。",
            ),
        ]
