"""What is known of a roll before the meeting: who is not counted, and who asked for leave."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from education.models.meetings import Attendance, Meeting
from members.models import Member
from partyportal.core.uid import uid_field

Reason = Attendance.Reason


class OfMemberQuerySet(ScopedQuerySet):
    """A branch's rows about a member, who sees their own."""

    owner_path = "member__user"


class RollExclusionQuerySet(OfMemberQuerySet):
    def on(self, day):
        """What holds on a day: approved, begun, and not over."""
        return self.filter(Q(end=None) | Q(end__gt=day), state=RollExclusion.State.APPROVED, start__lte=day)


class RollExclusion(models.Model):
    """不计应到: the branch agreed, and its superior has on record, that a member is not counted from a day on."""

    class Why(models.TextChoices):
        GRAVE = Reason.GRAVE.value, "重病"
        SENTENCE = Reason.SENTENCE.value, "服刑"
        ABROAD = Reason.ABROAD.value, "长期出国（境）"
        AGED = Reason.AGED.value, "年老体弱"
        OTHER = Reason.OTHER.value, "其他"

    class State(models.TextChoices):
        PROPOSED = "proposed", "等上级备案"
        APPROVED = "approved", "已备案"
        REFUSED = "refused", "不同意"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="roll_exclusions")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="roll_exclusions")
    reason = models.CharField("原因", max_length=12, choices=Why)
    note = models.CharField("说明", max_length=120, blank=True)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True, help_text="这天起又计入应到")
    agreed_at = models.ForeignKey(Meeting, models.PROTECT, verbose_name="在哪次会上同意", related_name="exclusions_agreed")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="报送人", related_name="+")
    proposed_at = models.DateTimeField("报送时间", auto_now_add=True)
    state = models.CharField("进度", max_length=8, choices=State, default=State.PROPOSED)
    superior_number = models.CharField("上级备案号", max_length=60, blank=True)
    answer = models.CharField("不同意的原因", max_length=120, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="备案人", null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提前结束的人", null=True, related_name="+")
    end_reason = models.CharField("提前结束的原因", max_length=120, blank=True)

    objects = RollExclusionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "不计应到"
        ordering = ["-start", "-id"]
        constraints = [
            models.CheckConstraint(
                name="exclusion_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="止日要晚于起日。",
            ),
            models.CheckConstraint(
                name="exclusion_needs_second_person",
                condition=Q(answered_by=None) | ~Q(answered_by=F("proposed_by")),
                violation_error_message="报送的人不能自己备案。",
            ),
            models.CheckConstraint(
                name="exclusion_approved_on_record",
                condition=~Q(state="approved") | Q(answered_by__isnull=False) & ~Q(superior_number=""),
                violation_error_message="同意的要写上级备案号。",
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(state="proposed"),
                name="exclusion_one_waiting",
                violation_error_message="这名党员已经有一件等着备案。",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="exclusion_by_organisation")]

    def __str__(self):
        return self.get_reason_display()


class LeaveQuerySet(OfMemberQuerySet):
    def waiting(self):
        return self.filter(state=Leave.State.ASKED)

    def granted(self, *, day, kind: str):
        """What the roll of a day and kind starts with."""
        return self.filter(Q(kind="") | Q(kind=kind), state=Leave.State.GRANTED, day=day)


class Leave(models.Model):
    """请假: asked before a meeting day by the member, answered by another person of the branch."""

    class Why(models.TextChoices):
        ILL = Reason.ILL.value, "生病"
        AWAY = Reason.AWAY.value, "外出"
        DUTY = Reason.DUTY.value, "公务"
        OTHER = Reason.OTHER.value, "其他"

    class State(models.TextChoices):
        ASKED = "asked", "等答复"
        GRANTED = "granted", "已准假"
        REFUSED = "refused", "没有准"
        WITHDRAWN = "withdrawn", "已收回"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="leaves")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="leaves")
    day = models.DateField("哪一天")
    kind = models.CharField("哪种会", max_length=16, choices=Meeting.Kind, blank=True, help_text="空为这一天的会都请假")
    reason = models.CharField("原因", max_length=12, choices=Why)
    note = models.CharField("说明", max_length=120, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="请假的人", related_name="+")
    asked_at = models.DateTimeField("请假时间", auto_now_add=True)
    state = models.CharField("进度", max_length=10, choices=State, default=State.ASKED)
    answer = models.CharField("没有准的原因", max_length=120, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="答复人", null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请假"
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "day", "kind"],
                condition=Q(state__in=["asked", "granted"]),
                name="leave_once",
                violation_error_message="这一天已经请过假。",
            ),
            models.CheckConstraint(
                name="leave_needs_second_person",
                condition=Q(state__in=["asked", "withdrawn"]) | Q(answered_by__isnull=False) & ~Q(answered_by=F("asked_by")),
                violation_error_message="自己请的假由另一个人答复。",
            ),
            models.CheckConstraint(
                name="leave_refused_with_reason", condition=~Q(state="refused") | ~Q(answer=""), violation_error_message="不准假要写原因。"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "day"], name="leave_by_organisation")]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.get_reason_display()}"
