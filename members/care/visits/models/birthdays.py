"""政治生日: that a member's anniversary of joining was kept. No hardship: whoever sees the member may see it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet
from members.models import Member
from partyportal.core.uid import uid_field


class BirthdayQuerySet(ScopedQuerySet):
    organisation_path = "member__branch__"
    owner_path = "member__user"

    def standing(self):
        return self.filter(voided_at=None)


class Birthday(models.Model):
    """过了政治生日: how and when the branch kept a member's anniversary of a year; taken back by a void with its reason."""

    class Way(models.TextChoices):
        CARD = "card", "送贺卡"
        MEETING = "meeting", "主题党日上集体过"
        TALK = "talk", "谈心谈话"
        CALL = "call", "上门看望"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="birthdays")
    year = models.PositiveSmallIntegerField("年度")
    held_on = models.DateField("日期")
    way = models.CharField("怎样过的", max_length=10, choices=Way)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="作废人", null=True, blank=True, related_name="+")
    void_reason = models.CharField("为什么作废", max_length=120, blank=True)

    objects = BirthdayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "过了政治生日"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "year"],
                condition=Q(voided_at=None),
                name="birthday_once_a_year",
                violation_error_message="这一年的政治生日已经登记过。",
            ),
            models.CheckConstraint(
                name="birthday_voided_with_reason",
                condition=Q(voided_at=None, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                violation_error_message="作废要写明为什么。",
            ),
        ]

    def __str__(self):
        return f"{self.member} {self.year} 年政治生日"
