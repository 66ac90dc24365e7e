"""What was done when, decided by whom: the steps of a case and the ballots among them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import Organisation
from members.development.models.cases import Case, OfCaseQuerySet
from members.development.rules.procedure import STEP_NAMES
from members.models import Member
from partyportal.core.uid import uid_field


class StepRecordQuerySet(OfCaseQuerySet):
    def standing(self):
        """Those that hold: neither taken back nor refused."""
        return self.filter(voided_at=None, outcome=StepRecord.Outcome.PASSED)


class StepRecord(models.Model):
    """步骤记录: one of the twenty-five steps as it was done. A wrong one is taken back with a reason and written anew."""

    class Outcome(models.TextChoices):
        PASSED = "passed", "通过"
        REFUSED = "refused", "没有通过"

    class Verdict(models.TextChoices):
        FULL = "full", "按期转为正式党员"
        EXTENDED = "extended", "延长预备期"
        CANCELLED = "cancelled", "取消预备党员资格"

    uid = uid_field()
    case = models.ForeignKey(Case, models.CASCADE, verbose_name="档案", related_name="records")
    step = models.CharField("步骤", max_length=20, choices=list(STEP_NAMES.items()))
    round = models.PositiveSmallIntegerField("第几次", default=1, help_text="延长预备期后再讨论一次")
    day = models.DateField("日期")
    outcome = models.CharField("结果", max_length=8, choices=Outcome, default=Outcome.PASSED)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="决定的党组织", related_name="+")
    by_whom = models.CharField("经办人", max_length=60, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    days = models.PositiveSmallIntegerField("天数", null=True, blank=True)
    hours = models.PositiveSmallIntegerField("学时", null=True, blank=True)
    leaving_on = models.DateField("预计离开", null=True, blank=True)
    verdict = models.CharField("决议", max_length=12, choices=Verdict, blank=True)
    months = models.PositiveSmallIntegerField("延长月数", null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="撤回人", null=True, related_name="+")
    voided_at = models.DateTimeField("撤回时间", null=True)
    void_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects = StepRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "步骤记录"
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step", "round"],
                condition=Q(voided_at=None, outcome="passed"),
                name="step_done_once",
                violation_error_message="这一步已经办过。",
            ),
            models.CheckConstraint(
                name="step_void_has_reason",
                condition=Q(voided_at=None, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                violation_error_message="撤回要写明原因。",
            ),
            models.CheckConstraint(
                name="step_extension_has_months",
                condition=~Q(verdict="extended") | Q(months__isnull=False),
                violation_error_message="延长要写几个月。",
            ),
        ]

    def __str__(self):
        return f"{self.get_step_display()} {self.day:%Y-%m-%d}"


class BallotQuerySet(OfCaseQuerySet):
    def visible_to(self, user):
        return self.filter(record__case__in=Case.objects.visible_to(user))


class Ballot(models.Model):
    """表决情况: the secret ballot of a 支部大会 on one person (2026 Art19–20); 应到会 is worked out from the rolls of that day."""

    record = models.OneToOneField(StepRecord, models.CASCADE, verbose_name="步骤", related_name="ballot")
    entitled = models.PositiveSmallIntegerField("应到会有表决权")
    present = models.PositiveSmallIntegerField("到会有表决权")
    written = models.PositiveSmallIntegerField("会前书面意见")
    in_favour = models.PositiveSmallIntegerField("赞成")
    against = models.PositiveSmallIntegerField("反对")
    abstained = models.PositiveSmallIntegerField("弃权")

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "表决情况"
        constraints = [
            models.CheckConstraint(
                name="ballot_counts_agree",
                condition=Q(in_favour=F("present") + F("written") - F("against") - F("abstained")),
                violation_error_message="赞成、反对、弃权加起来要等于到会和书面意见。",
            ),
            models.CheckConstraint(
                name="ballot_no_more_than_entitled",
                condition=Q(entitled__gte=F("present") + F("written")),
                violation_error_message="票数不能多于应到会的人。",
            ),
            models.CheckConstraint(
                name="ballot_has_quorum",
                condition=Q(entitled__lt=F("present") * 2),
                violation_error_message="到会要超过应到会有表决权人数的半数。",
            ),
        ]


class BallotExclusionQuerySet(OfCaseQuerySet):
    def visible_to(self, user):
        return self.filter(ballot__record__case__in=Case.objects.visible_to(user))


class BallotExclusion(models.Model):
    """不计应到会: a member with a vote who does not count among 应到会, with the branch's reason and the superior's record."""

    class Reason(models.TextChoices):
        ILL = "ill", "患重病"
        ABROAD = "abroad", "在国（境）外长期不归"
        IMPRISONED = "imprisoned", "服刑"
        AWAY = "away", "外出流动，参加流入地组织生活"
        OTHER = "other", "其他"

    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="表决", related_name="exclusions")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+")
    reason = models.CharField("缘由", max_length=12, choices=Reason)

    objects = BallotExclusionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "不计应到会"
        constraints = [models.UniqueConstraint(fields=["ballot", "member"], name="ballot_exclusion_once")]
