"""党籍: what stands beside a membership from day to day, and what a member's row said before it was changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, no_overlap
from members.models.people import Member
from partyportal.core.uid import uid_field


class OfMemberQuerySet(DatedQuerySet):
    """Dated rows about a person: seen by whoever sees the person today, and by the person."""

    organisation_path = "member__branch__"
    owner_path = "member__user"


class Suspension(models.Model):
    """停止党籍: from the day of the decision until it is restored or the member removed (教育管理条例 Art24).

    A roster that says so without a decision leaves a `recorded` row from the day it was said; the decision takes its place.
    """

    class Reason(models.TextChoices):
        LOST_CONTACT = "lost_contact", "失去联系六个月以上"
        ABROAD = "abroad", "出国学习研究超过五年"
        SETTLED_ABROAD = "settled_abroad", "在国（境）外定居"
        RECORDED = "recorded", "名册登记，决定待补"

    class Outcome(models.TextChoices):
        RESTORED = "restored", "恢复党籍"
        REMOVED = "removed", "除名"
        LEFT = "left", "组织关系终止"
        DECIDED = "decided", "补登了党委决定"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="suspensions")
    start = models.DateField("停止之日")
    end = models.DateField("结束之日", null=True)
    reason = models.CharField("缘由", max_length=16, choices=Reason)
    outcome = models.CharField("结果", max_length=12, choices=Outcome, blank=True)
    basis = models.CharField("依据", max_length=120, help_text="党委决定的文号")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "停止党籍"
        constraints = [
            no_overlap("member", name="suspension_one_a_day", message="这段时间已经停止党籍。"),
            models.CheckConstraint(
                name="suspension_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="止日须晚于起日。",
            ),
            models.CheckConstraint(
                name="suspension_end_has_outcome",
                condition=Q(end=None, outcome="") | (Q(end__isnull=False) & ~Q(outcome="")),
                violation_error_message="停止党籍结束要写明结果。",
            ),
        ]


class Sanction(models.Model):
    """党纪处分: its 影响期 bars from introducing applicants (2026 细则 Art14); 留党察看 also from voting."""

    class Kind(models.TextChoices):
        WARNING = "warning", "警告"
        SERIOUS_WARNING = "serious_warning", "严重警告"
        POSTS_REMOVED = "posts_removed", "撤销党内职务"
        PROBATION = "probation", "留党察看"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="sanctions")
    kind = models.CharField("处分", max_length=16, choices=Kind)
    start = models.DateField("起")
    end = models.DateField("影响期止", null=True)
    basis = models.CharField("依据", max_length=120)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党纪处分"
        constraints = [
            models.CheckConstraint(
                name="sanction_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
        ]


class MemberPast(models.Model):
    """党员往况: what a member's row said until the day before `end`; a trigger on members writes it at every change.

    A past day reads the row with the first `end` after it, and without one the member's own: statistics of last year
    stay what they were. Category, joining and suspension are not kept here: they have days of their own.
    """

    member = models.ForeignKey(Member, models.CASCADE, verbose_name="党员", related_name="past", db_index=False)
    end = models.DateField("止")
    sex = models.CharField("性别", max_length=1)
    ethnicity = models.CharField("民族", max_length=2)
    birth_on = models.DateField("出生日期")
    education = models.CharField("学历", max_length=2, blank=True)
    post = models.CharField("工作岗位", max_length=80, blank=True)
    is_mobile = models.BooleanField("是否为流动党员")
    is_lost = models.BooleanField("是否为失联党员")

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党员往况"
        constraints = [models.UniqueConstraint(fields=["member", "end"], name="member_past_once_a_day")]
