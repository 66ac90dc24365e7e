"""Two files of one person: that they were merged, and how to take it back; or that they are two persons."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from members.models.people import Member
from partyportal.core.uid import uid_field


class PairQuerySet(ScopedQuerySet):
    """A pair is seen by whoever sees both its members."""

    ends: tuple[str, str]

    def visible_to(self, user):
        seen = Member.objects.visible_to(user).values("pk")
        return self.filter(**{f"{end}__in": seen for end in self.ends})

    def where(self, user, verb: str):
        allowed = Member.objects.where(user, verb).values("pk")
        return self.filter(**{f"{end}__in": allowed for end in self.ends})


class NotSameQuerySet(PairQuerySet):
    ends = ("first", "second")

    def standing(self):
        return self.filter(withdrawn_at=None)


class NotSame(models.Model):
    """不是同一人: somebody looked at two files that look alike and said whose they are not; the pair is not asked about again."""

    uid = uid_field()
    first = models.ForeignKey(Member, models.PROTECT, verbose_name="一份档案", related_name="+")
    second = models.ForeignKey(Member, models.PROTECT, verbose_name="另一份档案", related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="判定人", null=True, related_name="+")
    decided_at = models.DateTimeField("判定时间", auto_now_add=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="撤回人", null=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    objects = NotSameQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "不是同一人"
        constraints = [
            models.CheckConstraint(name="not_same_in_order", condition=Q(first__lt=F("second")), violation_error_message="要有两份档案。"),
            models.UniqueConstraint(
                fields=["first", "second"],
                condition=Q(withdrawn_at=None),
                name="not_same_said_once",
                violation_error_message="这两份档案已经判定过。",
            ),
        ]


class MergeQuerySet(PairQuerySet):
    ends = ("kept", "gone")

    def standing(self):
        return self.filter(reversed_at=None)


class Merge(models.Model):
    """档案合并: two files of one person made one. What it changed is sealed under the person's own key, so that it can be taken back."""

    uid = uid_field()
    kept = models.ForeignKey(Member, models.PROTECT, verbose_name="保留的档案", related_name="merges")
    gone = models.ForeignKey(Member, models.PROTECT, verbose_name="并入的档案", related_name="+")
    day = models.DateField("合并日期")
    moved = models.JSONField("移了什么", default=dict, help_text="每种记录的条数")
    sealed = models.BinaryField("改动（封存）")
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="合并人", null=True, related_name="+")
    merged_at = models.DateTimeField("合并时间", auto_now_add=True)
    reversed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="撤销人", null=True, related_name="+")
    reversed_at = models.DateTimeField("撤销时间", null=True)
    left = models.JSONField("撤销时没有动的", default=dict, help_text="合并以后又改过的记录，每种的条数")

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "档案合并"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=F("gone")), violation_error_message="要有两份档案。"),
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(reversed_at=None),
                name="merge_once",
                violation_error_message="这份档案已经并入另一份。",
            ),
        ]

    def __str__(self):
        return f"{self.kept} {self.day:%Y-%m-%d}"
