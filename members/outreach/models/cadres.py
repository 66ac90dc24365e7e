"""后备干部 and 双向培养: who is being brought up for what, by whom, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, Organisation
from members.models import Member
from partyportal.core.uid import uid_field


class CultivationQuerySet(DatedQuerySet):
    owner_path = "member__user"


class Cultivation(models.Model):
    """培养对象: somebody a branch brings up: a member, or by name somebody who is not one yet."""

    class Direction(models.TextChoices):
        ABLE = "able", "把党员培养成致富能手"
        MEMBER = "member", "把致富能手培养成党员"
        CADRE = "cadre", "把党员能手培养成村干部"
        RESERVE = "reserve", "后备干部"

    class Source(models.TextChoices):
        SKILLED = "skilled", "致富能手"
        RETURNED = "returned", "返乡创业人员"
        VETERAN = "veteran", "退役军人"
        GRADUATE = "graduate", "高校毕业生"
        PROFESSIONAL = "professional", "专业技术人员"
        OTHER = "other", "其他"

    class Outcome(models.TextChoices):
        ABLE = "able", "成为致富能手"
        MEMBER = "member", "加入党组织"
        CADRE = "cadre", "担任村干部"
        APPOINTED = "appointed", "提拔使用"
        STOPPED = "stopped", "不再培养"

    uid = uid_field()
    direction = models.CharField("培养方向", max_length=10, choices=Direction)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="cultivations")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", null=True, blank=True, related_name="cultivations")
    person_name = models.CharField("姓名", max_length=60, blank=True, help_text="还不是党员的写姓名")
    source = models.CharField("来源", max_length=14, choices=Source)
    plan = models.CharField("学习培养计划", max_length=600)
    mentor = models.ForeignKey(Member, models.PROTECT, verbose_name="帮带人", related_name="mentored")
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    outcome_note = models.CharField("结果说明", max_length=200, blank=True)

    objects = CultivationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培养对象"
        constraints = [
            models.CheckConstraint(
                name="cultivation_of_one_person",
                condition=Q(member__isnull=False, person_name="") | (Q(member=None) & ~Q(person_name="")),
                violation_error_message="选一位党员，或写还不是党员的人的姓名，只填一样。",
            ),
            models.CheckConstraint(
                name="cultivation_not_by_oneself",
                condition=Q(member=None) | ~Q(member=F("mentor")),
                violation_error_message="帮带人不能是本人。",
            ),
            models.CheckConstraint(
                name="cultivation_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="止日须晚于起日。",
            ),
            models.CheckConstraint(
                name="cultivation_end_has_outcome",
                condition=Q(end=None, outcome="") | (Q(end__isnull=False) & ~Q(outcome="")),
                violation_error_message="培养结束要写结果。",
            ),
            models.UniqueConstraint(
                fields=["member", "direction"],
                condition=Q(end=None),
                name="cultivation_open_once",
                violation_error_message="这位党员已经在这个方向培养。",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        return self.member.name if self.member_id else self.person_name


class CultivationNoteQuerySet(DatedQuerySet):
    organisation_path = "cultivation__organisation__"
    owner_path = "cultivation__member__user"


class CultivationNote(models.Model):
    """培养情况: what was learnt and done since the last note."""

    cultivation = models.ForeignKey(Cultivation, models.PROTECT, verbose_name="培养对象", related_name="notes")
    day = models.DateField("日期")
    content = models.CharField("情况", max_length=300)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = CultivationNoteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培养情况"
        ordering = ["-day", "-id"]
