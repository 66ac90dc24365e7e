"""失联: one case a person, its clock, and a dated step for everything that was done about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet
from members.models import Fact, Member, Suspension
from partyportal.core.uid import uid_field


class LostCaseQuerySet(ScopedQuerySet):
    organisation_path = "member__branch__"

    def open(self):
        return self.exclude(state=LostCase.State.ENDED)


class LostCase(models.Model):
    """失联台账: from the last sign of a member until found again or removed (教育管理条例 Art24)."""

    class Why(models.TextChoices):
        """The reason codes ①–⑦ of the national statistics' instructions (S21)."""

        WORK = "1", "外出务工经商"
        CLOSED = "2", "单位改制破产"
        GRADUATE = "3", "毕业后去向不明"
        UNIT = "4", "工作单位变动"
        ABROAD = "5", "出国（境）"
        ADDRESS = "6", "住址变动"
        OTHER = "7", "其他"

    class State(models.TextChoices):
        SEARCHING = "searching", "正在查找"
        REPORTED = "reported", "已报党委"
        SUSPENDED = "suspended", "已停止党籍"
        RESURFACED = "resurfaced", "找到了，待恢复党籍"
        ENDED = "ended", "已了结"

    class Outcome(models.TextChoices):
        FOUND = "found", "联系上了"
        RESTORED = "restored", "恢复党籍"
        REMOVED = "removed", "自行脱党除名"
        LEFT = "left", "组织关系终止"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="lost_cases")
    why = models.CharField("失联原因", max_length=1, choices=Why)
    clock = models.DateField("失联起算之日", help_text="最后一次参加组织生活或交党费的日子")
    last_fact = models.ForeignKey(Fact, models.PROTECT, verbose_name="最后一次的记实", null=True, related_name="+", db_index=False)
    state = models.CharField("进展", max_length=12, choices=State, default=State.SEARCHING)
    suspension = models.OneToOneField(Suspension, models.PROTECT, verbose_name="停止党籍", null=True, related_name="lost_case")
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    ended_on = models.DateField("了结之日", null=True)

    objects = LostCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "失联台账"
        ordering = ["clock", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=~Q(state="ended"), name="lost_case_one_open", violation_error_message="已经在查找这位党员。"
            ),
            models.CheckConstraint(
                name="lost_case_end_has_outcome",
                condition=(~Q(state="ended") & Q(outcome="", ended_on=None)) | (Q(state="ended", ended_on__isnull=False) & ~Q(outcome="")),
                violation_error_message="失联台账了结要写明结果和日子。",
            ),
            models.CheckConstraint(
                name="lost_case_suspended_has_row",
                condition=~Q(state__in=["suspended", "resurfaced"]) | Q(suspension__isnull=False),
                violation_error_message="停止党籍要有决定。",
            ),
        ]

    def __str__(self):
        return f"{self.get_state_display()} {self.clock:%Y-%m-%d}"


class LostStepQuerySet(ScopedQuerySet):
    organisation_path = "case__member__branch__"


class LostStep(models.Model):
    """失联处置: one dated step of a case, who took it and why."""

    class Kind(models.TextChoices):
        OPENED = "opened", "立失联台账"
        REPORTED = "reported", "报党委停止党籍"
        RETURNED = "returned", "党委退回，继续查找"
        SUSPENDED = "suspended", "停止党籍"
        FOUND = "found", "联系上了"
        RESTORED = "restored", "恢复党籍"
        REMOVED = "removed", "按自行脱党除名"
        CLOSED = "closed", "组织关系终止，随之了结"

    uid = uid_field()
    case = models.ForeignKey(LostCase, models.PROTECT, verbose_name="失联台账", related_name="steps")
    kind = models.CharField("做了什么", max_length=12, choices=Kind)
    day = models.DateField("日期")
    basis = models.CharField("依据", max_length=120, blank=True, help_text="会议或决定的文号")
    note = models.CharField("说明", max_length=300, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    taken_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = LostStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "失联处置"
        ordering = ["day", "id"]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}"
