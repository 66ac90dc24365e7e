"""双重管理: where a mobile member takes part, what was attended outside the county, and what the host tells home."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, paths_for
from branches.models import DatedQuerySet, Organisation, no_overlap
from members.mobility.models.outflows import Outflow
from members.models import Member
from partyportal.core.uid import uid_field


class HostingQuerySet(DatedQuerySet):
    """Seen from both sides: the home branch's and the host's; `where` asks the verb over either."""

    organisation_path = "host__"
    owner_path = "member__user"

    def _on_either_side(self, paths) -> Q:
        seen = Q()
        for path in paths:
            seen |= Q(host__path__startswith=path) | Q(member__branch__path__startswith=path)
        return seen

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(self._on_either_side(paths_for(user)) | Q(member__user=user))

    def where(self, user, verb):
        seen = self._on_either_side(paths_for(user, verb))
        return self.filter(seen) if seen else self.none()

    def accepted(self):
        """Those the host has taken on: only they stand on its rolls."""
        return self.filter(state=Hosting.State.ACCEPTED)

    def waiting(self):
        return self.filter(state=Hosting.State.ASKED)


class Hosting(models.Model):
    """就近参加: a mobile member of one branch takes part in another of the county, from day to day (条例 Art32).

    What the host records is a fact of the home branch: attendance there counts at home, once.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待接收"
        ACCEPTED = "accepted", "已接收"
        DECLINED = "declined", "未接收"

    class EndReason(models.TextChoices):
        RETURNED = "returned", "返乡"
        MOVED = "moved", "离开这里"
        TRANSFERRED = "transferred", "组织关系转走"
        AGREED = "agreed", "双方商定"

    uid = uid_field()
    outflow = models.ForeignKey(Outflow, models.PROTECT, verbose_name="流出登记", related_name="hostings")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="hostings")
    host = models.ForeignKey(Organisation, models.PROTECT, verbose_name="就近参加的党支部", related_name="hostings")
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    end_reason = models.CharField("止的缘由", max_length=12, choices=EndReason, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提出人", null=True, related_name="+")
    asked_on = models.DateField("提出之日")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="答复人", null=True, related_name="+")
    answered_on = models.DateField("答复之日", null=True)
    answer = models.CharField("未接收的原因", max_length=200, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="终止人", null=True, related_name="+")

    objects = HostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "就近参加"
        ordering = ["-start", "-id"]
        constraints = [
            no_overlap("member", name="hosting_one_a_day", message="这段时间已经在别的支部就近参加。", condition=~Q(state="declined")),
            models.CheckConstraint(
                name="hosting_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.CheckConstraint(
                name="hosting_declined_has_reason",
                condition=~Q(state="declined") | ~Q(answer=""),
                violation_error_message="不接收要写原因。",
            ),
            models.CheckConstraint(
                name="hosting_answered_by_somebody",
                condition=Q(state="asked", answered_on=None) | (~Q(state="asked") & Q(answered_on__isnull=False)),
                violation_error_message="答复要有日子。",
            ),
        ]

    def __str__(self):
        return f"{self.host} {self.start:%Y-%m-%d}"


class AttestationQuerySet(ScopedQuerySet):
    organisation_path = "member__branch__"
    owner_path = "member__user"


class Attestation(models.Model):
    """参加证明: what a mobile member attended with a host outside the county, by the paper it sent; leaves the facts at home."""

    class Kind(models.TextChoices):
        ASSEMBLY = "assembly", "党员大会"
        GROUP = "group", "党小组会"
        LECTURE = "lecture", "党课"
        THEME_DAY = "theme_day", "主题党日"
        LIFE_MEETING = "life_meeting", "组织生活会"
        APPRAISAL = "appraisal", "民主评议党员"

    uid = uid_field()
    outflow = models.ForeignKey(Outflow, models.PROTECT, verbose_name="流出登记", related_name="attestations")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="attestations")
    day = models.DateField("参加之日")
    kind = models.CharField("参加了什么", max_length=16, choices=Kind)
    study_hours = models.DecimalField("学时", max_digits=4, decimal_places=1, default=0)
    host_name = models.CharField("在哪个党组织参加", max_length=120)
    topic = models.CharField("主题", max_length=80)
    evidence = models.CharField("证明", max_length=200, help_text="证明、回执或照片的说明")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="作废人", null=True, related_name="+")
    voided_at = models.DateTimeField("作废时间", null=True)

    objects = AttestationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参加证明"
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "day"],
                condition=Q(voided_at=None),
                name="attestation_once_a_day",
                violation_error_message="这一天的这种活动已经登记过。",
            ),
        ]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}"


class Report(models.Model):
    """流入地反馈: how a hosted member did, told to the home branch: 评议 and what was seen (中办 2024 意见 by S13; 条例 Art32)."""

    class Kind(models.TextChoices):
        PERFORMANCE = "performance", "日常表现"
        APPRAISAL = "appraisal", "民主评议"

    class Grade(models.TextChoices):
        EXCELLENT = "excellent", "优秀"
        GOOD = "good", "合格"
        FAIR = "fair", "基本合格"
        POOR = "poor", "不合格"

    uid = uid_field()
    hosting = models.ForeignKey(Hosting, models.PROTECT, verbose_name="就近参加", related_name="reports")
    kind = models.CharField("反馈什么", max_length=12, choices=Kind)
    day = models.DateField("反馈之日")
    grade = models.CharField("评议等次", max_length=10, choices=Grade, blank=True)
    text = models.CharField("表现", max_length=500)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="反馈人", null=True, related_name="+")
    written_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "流入地反馈"
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(
                name="report_appraisal_has_grade",
                condition=Q(kind="performance", grade="") | (Q(kind="appraisal") & ~Q(grade="")),
                violation_error_message="民主评议要写等次，日常表现不写。",
            ),
        ]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}"
