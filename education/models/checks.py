"""抽查: which meetings a committee drew by lot, and what it found."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from education.models.meetings import Meeting
from partyportal.core.uid import uid_field


class SpotCheckQuerySet(ScopedQuerySet):
    pass


class SpotCheck(models.Model):
    """抽查: a draw by lot among the confirmed meetings of a period. The seed tells how it fell, so anybody can draw it again."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="抽查的党组织", related_name="spot_checks")
    since = models.DateField("从")
    until = models.DateField("到")
    kind = models.CharField("种类", max_length=16, choices=Meeting.Kind, blank=True, help_text="空为各种会")
    seed = models.CharField("随机数", max_length=32, db_collation="C")
    population = models.PositiveIntegerField("范围内几次")
    drawn_on = models.DateField("抽取日期")
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="抽取人", related_name="+")

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽查"
        ordering = ["-drawn_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="spot_check_period", condition=Q(until__gte=F("since")), violation_error_message="止日不能早于起日。"
            )
        ]

    def __str__(self):
        return f"{self.drawn_on:%Y-%m-%d} 抽查"


class DrawnMeetingQuerySet(ScopedQuerySet):
    organisation_path = "spot_check__organisation__"


class DrawnMeeting(models.Model):
    """抽中的会议: read by the committee, which lets it pass or sends it back."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "等着看"
        PASSED = "passed", "没有问题"
        RETURNED = "returned", "退回更正"
        GONE = "gone", "已作废"

    uid = uid_field()
    spot_check = models.ForeignKey(SpotCheck, models.PROTECT, verbose_name="抽查", related_name="drawn")
    meeting = models.OneToOneField(Meeting, models.PROTECT, verbose_name="会议", related_name="drawn")
    position = models.PositiveSmallIntegerField("第几个抽中")
    outcome = models.CharField("结果", max_length=8, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField("退回原因", max_length=200, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="查看人", null=True, related_name="+")
    checked_on = models.DateField("查看日期", null=True)

    objects = DrawnMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽中的会议"
        ordering = ["spot_check", "position"]
        constraints = [
            models.UniqueConstraint(fields=["spot_check", "position"], name="drawn_in_order"),
            models.CheckConstraint(
                name="drawn_outcome_told",
                condition=Q(outcome="waiting") | Q(checked_on__isnull=False, checked_by__isnull=False),
                violation_error_message="看过的要写谁看的、哪天看的。",
            ),
            models.CheckConstraint(
                name="drawn_returned_with_reason",
                condition=~Q(outcome="returned") | ~Q(reason=""),
                violation_error_message="退回要写原因。",
            ),
        ]
