"""When a station is open and who is on duty, all of it dated."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, no_overlap
from members.care.stations.models.places import OfStationQuerySet, Station
from members.models import Member
from partyportal.core.uid import uid_field

WEEKDAYS = ((0, "星期一"), (1, "星期二"), (2, "星期三"), (3, "星期四"), (4, "星期五"), (5, "星期六"), (6, "星期日"))


class OfStationDatedQuerySet(DatedQuerySet):
    organisation_path = "station__organisation__"

    def visible_to(self, user):
        return self.filter(station__in=Station.objects.visible_to(user).order_by().values("pk"))


class OpeningHours(models.Model):
    """开放时间: the week as it holds from a day until the next is set."""

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="阵地", related_name="hours")
    start = models.DateField("起")
    end = models.DateField("止", null=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")

    objects = OfStationDatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "开放时间"
        ordering = ["start"]
        constraints = [
            no_overlap("station", name="hours_one_week_a_day", message="这段日子已经有开放时间。"),
            models.CheckConstraint(
                name="hours_end_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
        ]


class OpeningSpan(models.Model):
    """开放时段: from when to when on one day of the week."""

    hours = models.ForeignKey(OpeningHours, models.CASCADE, verbose_name="开放时间", related_name="spans")
    weekday = models.PositiveSmallIntegerField("星期", choices=WEEKDAYS)
    opens = models.TimeField("开")
    closes = models.TimeField("关")

    class Meta:
        verbose_name = verbose_name_plural = "开放时段"
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                name="opening_span_forward", condition=Q(closes__gt=F("opens")), violation_error_message="关门要晚于开门。"
            ),
            models.CheckConstraint(name="opening_span_weekday", condition=Q(weekday__lte=6), violation_error_message="一周只有七天。"),
            models.UniqueConstraint(fields=["hours", "weekday", "opens"], name="opening_span_once", violation_error_message="时段重复。"),
        ]


class HoursException(models.Model):
    """开放例外: one day that is not as its weekday says: closed, or open from when to when. Taken back, it stays as a row."""

    uid = uid_field()
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="阵地", related_name="exceptions")
    day = models.DateField("日期")
    opens = models.TimeField("开", null=True, blank=True)
    closes = models.TimeField("关", null=True, blank=True)
    why = models.CharField("为什么", max_length=60)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    set_at = models.DateTimeField("登记时间", auto_now_add=True)
    dropped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="取消人", null=True, blank=True, related_name="+")
    dropped_at = models.DateTimeField("取消时间", null=True, blank=True)

    objects = OfStationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "开放例外"
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(
                name="exception_closed_or_forward",
                condition=Q(opens=None, closes=None) | Q(opens__isnull=False, closes__gt=F("opens")),
                violation_error_message="开放就写上从几点到几点，不开放两个都空着。",
            ),
            models.UniqueConstraint(
                fields=["station", "day"],
                condition=Q(dropped_at=None),
                name="exception_once_a_day",
                violation_error_message="这一天已经登记过，先取消原来的。",
            ),
        ]


class DutySpell(models.Model):
    """值班: a member on duty, every day or on one weekday, from day to day."""

    uid = uid_field()
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="阵地", related_name="spells")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="值班的党员", related_name="duty_spells")
    weekday = models.PositiveSmallIntegerField("星期", choices=WEEKDAYS, null=True, blank=True)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")

    objects = OfStationDatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "值班"
        ordering = ["weekday", "start", "id"]
        constraints = [
            models.CheckConstraint(
                name="spell_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.UniqueConstraint(
                fields=["station", "member", "weekday"],
                condition=Q(end=None),
                nulls_distinct=False,
                name="spell_open_once",
                violation_error_message="这位党员这一天已经排了班。",
            ),
        ]
