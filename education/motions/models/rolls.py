"""表决名单: who was on the roll when the vote opened, what the absent wrote before, and who said what by name."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from education.motions import rules
from education.motions.models.motions import Motion, OfMotionQuerySet
from members.models import Member
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field

CHOICES = list(rules.CHOICES.items())


class Voter(models.Model):
    """表决名单的一行: a member as the roll stood when the vote opened; `why_not` is empty for whoever counts among 应到会."""

    motion = models.ForeignKey(Motion, models.PROTECT, verbose_name="议题", related_name="voters")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+")
    why_not = models.CharField("没有表决权的缘由", max_length=60, blank=True)
    approval = models.CharField("不计应到会的依据", max_length=200, blank=True)
    is_present = models.BooleanField("到会", default=False)

    objects = OfMotionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "表决名单"
        constraints = [
            models.UniqueConstraint(fields=["motion", "member"], name="voter_once"),
            models.CheckConstraint(
                name="voter_excluded_with_approval",
                condition=~Q(why_not=rules.EXCLUDED) | ~Q(approval=""),
                violation_error_message="不计应到会的要写依据。",
            ),
        ]

    def __str__(self):
        return self.member.name


class Opinion(models.Model):
    """书面意见: what a member who will be absent wrote before the meeting; a vote where the rule counts it, kept in any case."""

    uid = uid_field()
    motion = models.ForeignKey(Motion, models.PROTECT, verbose_name="议题", related_name="opinions")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+")
    choice = models.CharField("意见", max_length=8, choices=CHOICES)
    text = models.CharField("原文", max_length=300, blank=True)
    files = models.ManyToManyField(Attachment, verbose_name="原件", blank=True)
    received_on = models.DateField("收到日期")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")

    objects = OfMotionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "书面意见"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["motion", "member"], name="opinion_once", violation_error_message="这个人的书面意见已经登记了。"
            )
        ]

    def __str__(self):
        return self.get_choice_display()


class NamedVote(models.Model):
    """记名表决: what one voter said in the open."""

    voter = models.OneToOneField(Voter, models.PROTECT, verbose_name="表决人", related_name="named")
    choice = models.CharField("意见", max_length=8, choices=CHOICES)

    class Meta:
        verbose_name = verbose_name_plural = "记名表决"

    def __str__(self):
        return self.get_choice_display()
