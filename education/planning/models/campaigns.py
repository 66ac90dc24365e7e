"""主题活动: what a superior offers as a pattern, and what a branch makes of it in its own words."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from education.models import Meeting
from members.models import Member
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class Theme(models.TextChoices):
    VANGUARD = "vanguard", "创先争优"
    INTEGRITY = "integrity", "廉洁教育"
    VOLUNTEER = "volunteer", "志愿服务"
    WALL = "wall", "文化墙和阵地"
    HERITAGE = "heritage", "红色传承"
    OTHER = "other", "其他"


class CampaignTemplateQuerySet(ScopedQuerySet):
    def offered_to(self, organisation: Organisation):
        """What the superiors of an organisation, and it itself, offer now."""
        above = [organisation.path[: at + 1] for at, sign in enumerate(organisation.path) if sign == "/" and at]
        return self.filter(organisation__path__in=above, ended_at=None)


class CampaignTemplate(models.Model):
    """活动模板: a theme, what it is for, and its usual steps, each some days after the start. Offered until it is ended."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="提供的党组织", related_name="campaign_templates")
    theme = models.CharField("类别", max_length=12, choices=Theme)
    name = models.CharField("名称", max_length=60)
    purpose = models.CharField("做什么、为什么", max_length=300)
    steps = models.JSONField("步骤", help_text="[第几天, 做什么]，开始那天是第 0 天")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提供人", related_name="+")
    offered_at = models.DateTimeField("提供时间", auto_now_add=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="停用人", null=True, related_name="+")
    ended_at = models.DateTimeField("停用时间", null=True)

    objects = CampaignTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动模板"
        ordering = ["organisation__code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(ended_at=None),
                name="template_named_once",
                violation_error_message="这个名称已经有了。",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def uid_text(self) -> str:
        """As a template puts it into an address."""
        return str(self.uid)


class CampaignQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(state=Campaign.State.OPEN)


class Campaign(models.Model):
    """主题活动: a branch's own, from a template or from nothing: a goal, steps with days, what came of it."""

    class State(models.TextChoices):
        OPEN = "open", "进行中"
        CLOSED = "closed", "已办结"
        DROPPED = "dropped", "没有办"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="campaigns")
    template = models.ForeignKey(CampaignTemplate, models.PROTECT, verbose_name="模板", null=True, blank=True, related_name="campaigns")
    theme = models.CharField("类别", max_length=12, choices=Theme)
    name = models.CharField("名称", max_length=60)
    goal = models.CharField("目标", max_length=300)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("到哪天")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "主题活动"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_start", condition=Q(ends_on__gte=F("starts_on")), violation_error_message="结束不能早于开始。"
            ),
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(state="open"),
                name="campaign_named_once",
                violation_error_message="同名的活动正在进行。",
            ),
        ]

    def __str__(self):
        return self.name


class OfCampaignQuerySet(ScopedQuerySet):
    organisation_path = "campaign__organisation__"


class CampaignStep(models.Model):
    """活动步骤: what, by when, by whom; done on a day."""

    uid = uid_field()
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="steps")
    title = models.CharField("做什么", max_length=80)
    due_on = models.DateField("哪天前")
    charge = models.ForeignKey(Member, models.PROTECT, verbose_name="负责", null=True, blank=True, related_name="+")
    done_on = models.DateField("做完日期", null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动步骤"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="step_done_by_somebody",
                condition=Q(done_on=None) | Q(done_by__isnull=False),
                violation_error_message="做完要有登记人。",
            ),
        ]

    def __str__(self):
        return self.title


class CampaignResult(models.Model):
    """活动成效: what came of it on a day, in numbers and words, with a few photos or the meeting that shows it."""

    uid = uid_field()
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="results")
    day = models.DateField("日期")
    words = models.CharField("做成了什么", max_length=200)
    people = models.PositiveIntegerField("参加人次", null=True, blank=True)
    pieces = models.PositiveIntegerField("件数或场次", null=True, blank=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="哪次会", null=True, blank=True, related_name="+")
    files = models.ManyToManyField(Attachment, verbose_name="照片和文件", blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动成效"
        ordering = ["day", "id"]

    def __str__(self):
        return f"{self.day:%Y-%m-%d}"


class CampaignAct(models.Model):
    """活动经过: who did what to a campaign, when and why."""

    class Act(models.TextChoices):
        PLAN = "plan", "制定"
        CLOSE = "close", "办结"
        DROP = "drop", "不办了"
        REOPEN = "reopen", "重新打开"
        CHARGE = "charge", "定人"

    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="acts")
    act = models.CharField("经过", max_length=8, choices=Act)
    words = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动经过"
        ordering = ["at", "id"]

    def __str__(self):
        return self.get_act_display()
