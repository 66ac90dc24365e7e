"""上墙: what hangs on a station's walls, since when, and when it is to be changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.care.stations.models.places import OfStationQuerySet, Station
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class Display(models.Model):
    """上墙内容: a rule, a list, a notice on the wall, with the day it is to be changed. Changed, it comes down and another goes up."""

    uid = uid_field()
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="阵地", related_name="displays")
    title = models.CharField("内容", max_length=60)
    spot = models.CharField("在哪面墙", max_length=40, blank=True)
    since = models.DateField("上墙日期")
    until = models.DateField("到哪天该换")
    photos = models.ManyToManyField(Attachment, verbose_name="照片", blank=True, related_name="+")
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    down_on = models.DateField("取下日期", null=True, blank=True)
    down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="取下登记人", null=True, blank=True, related_name="+"
    )
    replaces = models.OneToOneField("self", models.PROTECT, verbose_name="换下的", null=True, blank=True, related_name="replaced_by")

    objects = OfStationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "上墙内容"
        ordering = ["until", "id"]
        constraints = [
            models.CheckConstraint(
                name="display_until_after_since", condition=Q(until__gt=F("since")), violation_error_message="该换的日子要晚于上墙的日子。"
            ),
            models.CheckConstraint(
                name="display_down_after_since",
                condition=Q(down_on=None) | Q(down_on__gte=F("since")),
                violation_error_message="取下的日子不能早于上墙的日子。",
            ),
            models.UniqueConstraint(
                fields=["station", "title"],
                condition=Q(down_on=None),
                name="display_up_once",
                violation_error_message="这一项已经在墙上。",
            ),
        ]

    def __str__(self):
        return self.title
