"""结对帮扶: who helps whom, how often they are to be in touch, and how it ended."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import Organisation
from members.care.models.conditions import SensitiveQuerySet
from members.models import Member
from partyportal.core.uid import uid_field


class PairQuerySet(SensitiveQuerySet):
    """Where the helped member belongs today, there the pair is looked after; both people see it."""

    organisation_path = "member__branch__"
    owner_path = "member__user"

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(pk__in=super().visible_to(user).order_by().values("pk")) | Q(helper__user=user))

    def open(self):
        return self.filter(end=None)


class Pair(models.Model):
    """结对帮扶: a member or an organisation helps a member, from day to day; each contact is a visit."""

    class Every(models.IntegerChoices):
        MONTH = 1, "每月一次"
        TWO_MONTHS = 2, "两个月一次"
        QUARTER = 3, "每季度一次"
        HALF_YEAR = 6, "半年一次"

    class EndReason(models.TextChoices):
        DONE = "done", "困难解决了"
        CHANGED = "changed", "换人帮扶"
        HELPER_LEFT = "helper_left", "帮扶人离开"
        HELPED_LEFT = "helped_left", "帮扶对象离开或去世"
        MISTAKEN = "mistaken", "登记错了"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="帮扶对象", related_name="helped_by")
    helper = models.ForeignKey(Member, models.PROTECT, verbose_name="帮扶的党员", null=True, blank=True, related_name="helping")
    helping = models.ForeignKey(Organisation, models.PROTECT, verbose_name="帮扶的党组织", null=True, blank=True, related_name="helping")
    purpose = models.CharField("帮什么", max_length=120)
    every_months = models.PositiveSmallIntegerField("多久联系一次", choices=Every, default=Every.QUARTER)
    start = models.DateField("从哪天起")
    end = models.DateField("到哪天为止", null=True, blank=True)
    end_reason = models.CharField("怎样结束的", max_length=12, choices=EndReason, blank=True)
    end_note = models.CharField("结束说明", max_length=120, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    made_at = models.DateTimeField("登记时间", auto_now_add=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="结束的登记人", null=True, blank=True, related_name="+"
    )

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结对帮扶"
        constraints = [
            models.CheckConstraint(
                name="pair_one_helper",
                condition=Q(helper__isnull=False, helping=None) | Q(helper=None, helping__isnull=False),
                violation_error_message="帮扶的一方是一位党员或者一个党组织，二者选一。",
            ),
            models.CheckConstraint(
                name="pair_of_two", condition=Q(helper=None) | ~Q(helper=F("member")), violation_error_message="不能和自己结对。"
            ),
            models.UniqueConstraint(
                fields=["member", "helper"],
                condition=Q(end=None, helper__isnull=False),
                name="pair_open_once",
                violation_error_message="这两位已经结了对，还没有结束。",
            ),
            models.UniqueConstraint(
                fields=["member", "helping"],
                condition=Q(end=None, helping__isnull=False),
                name="pair_of_organisation_open_once",
                violation_error_message="这个党组织已经和这位党员结了对，还没有结束。",
            ),
            models.CheckConstraint(
                name="pair_ends_after_start",
                condition=Q(end=None) | Q(end__gte=F("start")),
                violation_error_message="结束的日子不能早于开始。",
            ),
            models.CheckConstraint(
                name="pair_end_has_reason",
                condition=Q(end=None, end_reason="") | (Q(end__isnull=False) & ~Q(end_reason="")),
                violation_error_message="结束要写明怎样结束的。",
            ),
            models.CheckConstraint(
                name="pair_often", condition=Q(every_months__gte=1, every_months__lte=12), violation_error_message="多久联系一次，选一个。"
            ),
        ]

    def __str__(self):
        return f"{self.helper or self.helping}帮扶{self.member}"
