"""集中学习: 培训班 and days at a 远程教育站点, each with its roll, recorded by one and confirmed by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Member
from partyportal.core.uid import uid_field


class SiteQuerySet(ScopedQuerySet):
    def standing(self):
        return self.filter(closed_on=None)


class Site(models.Model):
    """远程教育站点: a room of an organisation where members study together over the network."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="所属党组织", related_name="sites")
    name = models.CharField("站点名称", max_length=40)
    place = models.CharField("地点", max_length=80)
    opened_on = models.DateField("设立日期")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记设立的人", related_name="+")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记撤销的人", null=True, related_name="+")

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "远程教育站点"
        ordering = ["organisation", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(closed_on=None),
                name="site_name_once",
                violation_error_message="这个党组织已经有同名的站点。",
            ),
            models.CheckConstraint(
                name="site_closed_after_opening",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message="撤销不能早于设立。",
            ),
        ]

    def __str__(self):
        return self.name


class SessionQuerySet(ScopedQuerySet):
    def confirmed(self):
        return self.filter(state=Session.State.CONFIRMED)


class Session(models.Model):
    """集中学习: a 培训班 of a committee, or a day at a 站点. Its 学时 are what the table gave on its first day."""

    class Kind(models.TextChoices):
        TRAINING = "training", "培训班"
        SITE = "site", "站点学习"

    class State(models.TextChoices):
        RECORDED = "recorded", "待确认"
        CONFIRMED = "confirmed", "已确认"
        VOID = "void", "作废"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="举办党组织", related_name="study_sessions")
    kind = models.CharField("种类", max_length=8, choices=Kind)
    site = models.ForeignKey(Site, models.PROTECT, verbose_name="站点", null=True, blank=True, related_name="sessions")
    title = models.CharField("主题", max_length=80)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    half_days = models.PositiveSmallIntegerField("半天数", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("学习时长", null=True, blank=True, help_text="分钟")
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)
    basis = models.CharField("依据", max_length=120, blank=True, help_text="通知的文号")
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECORDED)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="确认人", null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="作废人", null=True, related_name="+")
    voided_on = models.DateField("作废日期", null=True, blank=True)
    void_reason = models.CharField("作废原因", max_length=120, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "集中学习"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="session_ends_after_start", condition=Q(ends_on__gte=F("starts_on")), violation_error_message="结束不能早于开始。"
            ),
            models.CheckConstraint(
                name="session_measured",
                condition=Q(kind="training", half_days__gte=1, site=None) | Q(kind="site", minutes__gte=1, site__isnull=False),
                violation_error_message="培训班写半天数，站点学习写站点和分钟数。",
            ),
            models.CheckConstraint(
                name="session_confirmed_by_another",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")),
                violation_error_message="登记的人不能自己确认。",
            ),
            models.CheckConstraint(
                name="session_void_with_reason",
                condition=~Q(state="void") | (Q(voided_by__isnull=False) & ~Q(void_reason="")),
                violation_error_message="作废要写原因。",
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "site", "starts_on", "title"],
                condition=~Q(state="void"),
                nulls_distinct=False,
                name="session_once",
                violation_error_message="这一次已经登记过。",
            ),
        ]

    def __str__(self):
        return self.title


class SessionLineQuerySet(ScopedQuerySet):
    organisation_path = "member__branch__"
    owner_path = "member__user"


class SessionLine(models.Model):
    """学员: one member who was there; counts at home, in the branch of that day."""

    uid = uid_field()
    session = models.ForeignKey(Session, models.CASCADE, verbose_name="集中学习", related_name="lines")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="study_sessions")

    objects = SessionLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学员"
        constraints = [models.UniqueConstraint(fields=["session", "member"], name="session_line_once")]
