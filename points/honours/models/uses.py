"""结果运用: what a result was used for. A register: entered, voided with a reason, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Member
from partyportal.core.uid import uid_field
from points.honours.models.honours import Honour


class UseQuerySet(ScopedQuerySet):
    owner_path = "member__user"

    def standing(self):
        return self.filter(voided_on=None)


class Use(models.Model):
    """结果运用: which result of a year (等次, 星级, 红黄榜, 荣誉) was used for what, on which day, by which paper."""

    class Result(models.TextChoices):
        GRADE = "grade", "积分等次"
        STAR = "star", "星级"
        RED = "red", "红榜"
        YELLOW = "yellow", "黄榜"
        APPRAISAL = "appraisal", "民主评议等次"
        HONOUR = "honour", "荣誉"

    class Purpose(models.TextChoices):
        HONOUR = "honour", "评先评优"
        PROMOTION = "promotion", "提拔使用"
        PAY = "pay", "绩效报酬"
        TALK = "talk", "谈话提醒"
        HELP = "help", "结对帮教"
        RECTIFY = "rectify", "限期整改"
        SUPPORT = "support", "扶持政策"
        OTHER = "other", "其他"

    uid = uid_field()
    year = models.PositiveSmallIntegerField("年度", help_text="结果是哪一年的")
    result = models.CharField("哪种结果", max_length=10, choices=Result)
    outcome = models.CharField("结果", max_length=30, help_text="如 优秀、三星、黄榜")
    purpose = models.CharField("用在哪里", max_length=10, choices=Purpose)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", null=True, related_name="result_uses")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name="党组织",
        related_name="result_uses",
        help_text="党员那天所在的党支部；党组织的，就是它自己",
    )
    honour = models.ForeignKey(Honour, models.PROTECT, verbose_name="荣誉", null=True, related_name="uses")
    day = models.DateField("日期")
    document_number = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    voided_on = models.DateField("作废日期", null=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="作废人", null=True, related_name="+")
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    objects = UseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结果运用"
        ordering = ["-day", "-id"]
        indexes = [
            models.Index(fields=["-day", "-id"], name="use_newest_first"),
            models.Index(fields=["year", "result", "purpose"], name="use_by_year"),
        ]
        constraints = [
            # What changes somebody's post, pay or standing rests on a paper; a talk or a helping hand does not need one.
            models.CheckConstraint(
                name="use_has_paper",
                condition=Q(purpose__in=["talk", "help", "other"]) | ~Q(document_number=""),
                violation_error_message="评先评优、提拔使用、绩效、整改、扶持要写文号。",
            ),
            models.CheckConstraint(
                name="use_honour_named",
                condition=(Q(result="honour") & Q(honour__isnull=False)) | (~Q(result="honour") & Q(honour=None)),
                violation_error_message="运用荣誉的，选是哪一项荣誉。",
            ),
            models.CheckConstraint(
                name="use_voided_whole",
                condition=Q(voided_on=None, voided_by=None, void_reason="")
                | (Q(voided_on__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
                violation_error_message="作废要写原因。",
            ),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()} {self.day:%Y-%m-%d}"

    @property
    def words(self) -> str:
        """2025 年星级：二星; a list says its name once."""
        label = self.get_result_display()
        return f"{self.year} 年{label}" + ("" if self.outcome == label else f"：{self.outcome}")

    @property
    def holder(self) -> str:
        return self.member.name if self.member_id else self.organisation.short_name
