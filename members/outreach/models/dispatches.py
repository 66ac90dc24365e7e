"""三员: who is sent to which organisation, and what they did there."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, Organisation
from members.models import Member
from partyportal.core.uid import uid_field


class DispatchQuerySet(DatedQuerySet):
    owner_path = "member__user"


class Dispatch(models.Model):
    """派驻: a member sent to an organisation as one of the 三员 (党建辅导员, 党建服务员, 党建联络员), from day to day."""

    class Kind(models.TextChoices):
        COUNSELLOR = "counsellor", "党建辅导员"
        HELPER = "helper", "党建服务员"
        LIAISON = "liaison", "党建联络员"

    uid = uid_field()
    kind = models.CharField("类别", max_length=12, choices=Kind)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="派出的党员", related_name="dispatches")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="派到", related_name="dispatches")
    task = models.CharField("任务", max_length=300)
    basis = models.CharField("依据", max_length=120, blank=True)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    end_note = models.CharField("结束说明", max_length=200, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "派驻"
        constraints = [
            models.CheckConstraint(
                name="dispatch_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.UniqueConstraint(
                fields=["member", "organisation", "kind"],
                condition=Q(end=None),
                name="dispatch_open_once",
                violation_error_message="这个人已经派在这里。",
            ),
        ]

    def __str__(self):
        return f"{self.organisation}{self.get_kind_display()}"


class VisitQuerySet(DispatchQuerySet):
    organisation_path = "dispatch__organisation__"
    owner_path = "dispatch__member__user"


class Visit(models.Model):
    """派驻记录: one thing done on a day by somebody sent out; a fact of that member, taken back by a void."""

    class Kind(models.TextChoices):
        GUIDANCE = "guidance", "指导组织生活"
        ERRAND = "errand", "办实事"
        CALL = "call", "走访联系"
        REPORT = "report", "反映情况"

    uid = uid_field()
    dispatch = models.ForeignKey(Dispatch, models.PROTECT, verbose_name="派驻", related_name="visits")
    kind = models.CharField("做了什么", max_length=12, choices=Kind)
    day = models.DateField("日期")
    content = models.CharField("内容", max_length=300)
    outcome = models.CharField("结果", max_length=200, blank=True)
    is_void = models.BooleanField("作废", default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "派驻记录"
        ordering = ["-day", "-id"]
