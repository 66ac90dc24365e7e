"""登记的情况: what holds of a member for a while and is a reason to care for them, and each time somebody asked whether it still does."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from branches.models import DatedQuerySet
from members.care.rules.conditions import CHOICES
from members.models import Member
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class SensitiveQuerySet(DatedQuerySet):
    """Rows that say who is in need and why: being allowed to look around the tree is not enough, `care.see` is asked for as well."""

    verb = "care.see"

    def visible_to(self, user):
        """Those where the user holds the verb, and the user's own."""
        if not user.is_authenticated:
            return self.none()
        seen = self.where(user, self.verb).order_by().values("pk")
        return self.filter(Q(pk__in=seen) | Q(**{self.owner_path: user})) if self.owner_path else self.where(user, self.verb)


class ConditionQuerySet(SensitiveQuerySet):
    organisation_path = "member__branch__"
    owner_path = "member__user"

    def standing(self):
        """Those not taken back as recorded by mistake."""
        return self.filter(withdrawn_at=None)

    def on(self, day):
        return super().on(day).filter(withdrawn_at=None)


class Condition(models.Model):
    """登记的情况: a kind, from day to day. What proves it is sealed under the person's own key (`sealed_for`), so it ends with the person."""

    class EndReason(models.TextChoices):
        BETTER = "better", "情况好转"
        SUPPORTED = "supported", "已有别的保障"
        CHANGED = "changed", "改登记为别的情况"
        OTHER = "other", "其他"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="conditions", db_index=False)
    kind = models.CharField("情况", max_length=20, choices=CHOICES, db_collation="C")
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True, help_text="这天起不再算")
    end_reason = models.CharField("止的缘由", max_length=12, choices=EndReason, blank=True)
    proof = models.BinaryField("依据（封存）", null=True, help_text="低保证、诊断、困难情况，用党员自己的密钥封存")
    sealed_for = models.UUIDField("封存用谁的密钥", null=True)
    files = models.ManyToManyField(Attachment, verbose_name="证明材料", blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记结束的人", null=True, related_name="+")
    ended_at = models.DateTimeField("登记结束的时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, help_text="登错了的，撤回，不删除")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="撤回人", null=True, related_name="+")

    objects = ConditionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登记的情况"
        ordering = ["-start", "-id"]
        indexes = [
            models.Index(fields=["member"], name="condition_by_member"),
            models.Index(fields=["kind", "start"], name="condition_by_kind", condition=Q(withdrawn_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="condition_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.CheckConstraint(
                name="condition_end_has_reason",
                condition=Q(end=None, end_reason="", ended_at=None) | (Q(end__isnull=False, ended_at__isnull=False) & ~Q(end_reason="")),
                violation_error_message="结束要写明缘由。",
            ),
            models.CheckConstraint(
                name="condition_proof_has_key",
                condition=Q(proof=None, sealed_for=None) | Q(proof__isnull=False, sealed_for__isnull=False),
                violation_error_message="依据要封存。",
            ),
            ExclusionConstraint(
                name="condition_one_of_a_kind_a_day",
                expressions=[
                    (Func(F("member"), F("member"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (
                        Func(Func(F("kind"), function="hashtext"), Func(F("kind"), function="hashtext"), Value("[]"), function="int4range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (Func(F("start"), F("end"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at=None),
                violation_error_message="这段时间已经登记过这种情况。",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.start:%Y-%m-%d}"


class ConditionReviewQuerySet(SensitiveQuerySet):
    organisation_path = "condition__member__branch__"
    owner_path = "condition__member__user"


class ConditionReview(models.Model):
    """复核: somebody asked whether a condition still holds, and it does. One that does not is ended instead."""

    uid = uid_field()
    condition = models.ForeignKey(Condition, models.PROTECT, verbose_name="登记的情况", related_name="reviews")
    day = models.DateField("复核日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="复核人", null=True, related_name="+")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = ConditionReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "情况复核"
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["condition", "day"], name="condition_reviewed_once_a_day", violation_error_message="这天已经复核过。"
            )
        ]
