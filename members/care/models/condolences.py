"""去世慰问: what a branch and its committee owe the family of a member who died."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Member
from partyportal.core.uid import uid_field


class CondolenceQuerySet(ScopedQuerySet):
    def standing(self):
        """Those not taken back as recorded by mistake."""
        return self.filter(withdrawn_at=None)


class Condolence(models.Model):
    """去世慰问: opened by the record of a death, one for a member; a mistaken record is withdrawn, not removed."""

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="condolences")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="生前所在党支部", related_name="condolences")
    died_on = models.DateField("去世日期")
    login_closed = models.BooleanField("账号随之停用", default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("更正时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="更正人", null=True, blank=True, related_name="+"
    )
    withdraw_reason = models.CharField("误登的缘由", max_length=120, blank=True)

    objects = CondolenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "去世慰问"
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(withdrawn_at=None),
                name="condolence_once",
                violation_error_message="这位党员已经登记去世。",
            ),
            models.CheckConstraint(
                name="condolence_withdrawn_with_reason",
                condition=Q(withdrawn_at=None, withdraw_reason="") | (Q(withdrawn_at__isnull=False) & ~Q(withdraw_reason="")),
                violation_error_message="更正要写明误登的缘由。",
            ),
        ]

    def __str__(self):
        return f"{self.member}去世慰问"


class CondolenceStepQuerySet(ScopedQuerySet):
    organisation_path = "condolence__organisation__"

    def waiting(self):
        return self.filter(outcome="", condolence__withdrawn_at=None)


class CondolenceStep(models.Model):
    """慰问的一步: who owes it, until when, and who did it or that the family declined."""

    class Kind(models.TextChoices):
        WREATH = "wreath", "送花圈"
        DELEGATE = "delegate", "派员参加悼念"
        VISIT = "visit", "走访家属"

    class Outcome(models.TextChoices):
        DONE = "done", "已办"
        DECLINED = "declined", "家属婉辞"

    uid = uid_field()
    condolence = models.ForeignKey(Condolence, models.CASCADE, verbose_name="去世慰问", related_name="steps")
    kind = models.CharField("事项", max_length=10, choices=Kind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="由谁办", related_name="+")
    due_on = models.DateField("应办日期")
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    done_on = models.DateField("办的日期", null=True, blank=True)
    who = models.CharField("去的人", max_length=60, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)

    objects = CondolenceStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "慰问事项"
        constraints = [
            models.UniqueConstraint(fields=["condolence", "kind"], name="condolence_step_once"),
            models.CheckConstraint(
                name="condolence_step_whole",
                condition=Q(outcome="", done_on=None, recorded_at=None)
                | (~Q(outcome="") & Q(done_on__isnull=False, recorded_at__isnull=False)),
                violation_error_message="办的日期和结果要一起填。",
            ),
        ]

    def __str__(self):
        return f"{self.condolence}{self.get_kind_display()}"
