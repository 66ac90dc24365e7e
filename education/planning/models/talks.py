"""谈心谈话: who talked with whom, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Member
from partyportal.core.uid import uid_field


class TalkQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """What the user's grants show, and one's own talks."""
        if not user.is_authenticated:
            return self.none()
        seen = super().visible_to(user).order_by().values("pk")
        return self.filter(Q(pk__in=seen) | Q(first__user=user) | Q(second__user=user))

    def standing(self):
        return self.filter(voided_at=None)


class Talk(models.Model):
    """谈心谈话: two members of a branch, a day, and a sentence. Recorded once, it counts for both."""

    class Direction(models.TextChoices):
        COMMITTEE = "committee", "支委之间"
        ACROSS = "across", "支委和党员"
        MEMBERS = "members", "党员之间"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="talks")
    first = models.ForeignKey(Member, models.PROTECT, verbose_name="谈话人", related_name="+")
    second = models.ForeignKey(Member, models.PROTECT, verbose_name="谈话对象", related_name="+")
    direction = models.CharField("哪一种", max_length=10, choices=Direction, help_text="按那天的班子")
    held_on = models.DateField("日期")
    outcome = models.CharField("谈了什么、有什么结果", max_length=200)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="作废人", null=True, related_name="+")
    voided_at = models.DateTimeField("作废时间", null=True)
    why = models.CharField("作废原因", max_length=120, blank=True)

    objects = TalkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "谈心谈话"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(name="talk_of_two", condition=~Q(first=F("second")), violation_error_message="谈心谈话是两个人。"),
            models.UniqueConstraint(
                fields=["first", "second", "held_on"],
                condition=Q(voided_at=None),
                name="talk_once_a_day",
                violation_error_message="这两个人这一天的谈话已经记过。",
            ),
            models.CheckConstraint(
                name="talk_voided_by_somebody",
                condition=Q(voided_at=None) | Q(voided_by__isnull=False),
                violation_error_message="作废要有人。",
            ),
        ]

    def __str__(self):
        return f"{self.held_on:%Y-%m-%d} {self.get_direction_display()}"
