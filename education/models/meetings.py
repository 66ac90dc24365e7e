"""组织生活: the meeting, and who was at it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation
from members.models import Member
from partyportal.core.uid import uid_field


class MeetingQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """What the user's grants show, and the confirmed meetings on whose roll they stood themselves."""
        if not user.is_authenticated:
            return self.none()
        own = Q(state=Meeting.State.CONFIRMED, pk__in=Attendance.objects.filter(member__user=user).values("meeting"))
        for path in paths_for(user):
            own |= Q(organisation__path__startswith=path)
        return self.filter(own)

    def confirmed(self):
        return self.filter(state=Meeting.State.CONFIRMED)


class Meeting(models.Model):
    """会议活动: a 三会一课 or 主题党日 that a branch recorded. Confirming it is what makes facts."""

    class Kind(models.TextChoices):
        ASSEMBLY = "assembly", "党员大会"
        COMMITTEE = "committee", "支委会"
        GROUP = "group", "党小组会"
        LECTURE = "lecture", "党课"
        THEME_DAY = "theme_day", "主题党日"
        LIFE_MEETING = "life_meeting", "组织生活会"
        APPRAISAL = "appraisal", "民主评议党员"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        CONFIRMED = "confirmed", "已确认"
        RETURNED = "returned", "退回更正"
        VOID = "void", "作废"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="meetings")
    group = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党小组", null=True, blank=True, related_name="group_meetings")
    kind = models.CharField("种类", max_length=16, choices=Kind)
    held_on = models.DateField("日期")
    starts_at = models.TimeField("开始", null=True, blank=True)
    ends_at = models.TimeField("结束", null=True, blank=True)
    place = models.CharField("地点", max_length=80, blank=True)
    host = models.ForeignKey(Member, models.PROTECT, verbose_name="主持", null=True, blank=True, related_name="+")
    scribe = models.ForeignKey(Member, models.PROTECT, verbose_name="记录", null=True, blank=True, related_name="+")
    topic = models.CharField("主题", max_length=120)
    minutes = models.TextField("主要内容", blank=True)
    decisions = models.TextField("议定事项", blank=True)
    study_hours = models.DecimalField("学时", max_digits=4, decimal_places=1, default=0)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    return_reason = models.CharField("退回原因", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="确认人", null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议活动"
        ordering = ["-held_on", "-id"]
        indexes = [
            models.Index(fields=["organisation", "held_on"], name="meeting_by_organisation"),
            models.Index(fields=["-held_on", "-id"], name="meeting_newest_first"),
            # Compliance of a county-year reads this index alone, never the minutes.
            models.Index(
                fields=["kind", "held_on"], include=["id", "organisation", "group"], name="meeting_by_kind", condition=Q(state="confirmed")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "group", "kind", "held_on"],
                condition=~Q(state="void"),
                nulls_distinct=False,
                name="meeting_once_a_day",
                violation_error_message="这一天已经有同一种会议的记录。",
            ),
            models.CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                violation_error_message="结束时间须晚于开始时间。",
            ),
            models.CheckConstraint(
                name="meeting_confirmed_by_somebody",
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                violation_error_message="已确认的会议要有确认人。",
            ),
        ]

    def __str__(self):
        return f"{self.held_on:%Y-%m-%d} {self.get_kind_display()}"


class AttendanceQuerySet(ScopedQuerySet):
    organisation_path = "meeting__organisation__"
    owner_path = "member__user"


class Attendance(models.Model):
    """到会: one member's line on the roll. Everybody of that day starts as present; only the others are touched."""

    class State(models.TextChoices):
        PRESENT = "present", "到"
        LEAVE = "leave", "请假"
        ABSENT = "absent", "缺席"
        EXCUSED = "excused", "不计应到"

    class Reason(models.TextChoices):
        ILL = "ill", "生病"
        AWAY = "away", "外出"
        DUTY = "duty", "公务"
        OTHER = "other", "其他"
        UNEXPLAINED = "unexplained", "没有说明"
        MOBILE = "mobile", "流动党员"
        AGED = "aged", "年老体弱，支部同意免会"
        GRAVE = "grave", "重病，支部同意不计应到"
        SENTENCE = "sentence", "服刑，不计应到"
        ABROAD = "abroad", "长期出国（境），支部同意不计应到"

    uid = uid_field()
    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name="会议", related_name="attendances")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="attendances")
    state = models.CharField("到会情况", max_length=8, choices=State, default=State.PRESENT)
    reason = models.CharField("原因", max_length=12, choices=Reason, blank=True)
    note = models.CharField("说明", max_length=120, blank=True)
    # 双重管理: of another branch, taken on here; outside 应到 and 实到, and what is attended counts at home.
    is_guest = models.BooleanField("就近参加", default=False, db_default=False)
    # 迟到 is a way of being present: whoever counts 实到 need not know of it.
    is_late = models.BooleanField("迟到", default=False, db_default=False)
    late_minutes = models.PositiveSmallIntegerField("迟到分钟", null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "到会"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="attendance_once"),
            models.CheckConstraint(
                name="attendance_reason_given",
                condition=Q(state="present") | ~Q(reason=""),
                violation_error_message="没有到会的要写原因。",
            ),
            models.CheckConstraint(
                name="attendance_guest_came",
                condition=Q(is_guest=False) | Q(state="present"),
                violation_error_message="就近参加的，来了才记。",
            ),
            models.CheckConstraint(
                name="attendance_late_came",
                condition=Q(is_late=False, late_minutes=None) | Q(is_late=True, state="present"),
                violation_error_message="迟到的是来了的人；没有迟到不写分钟。",
            ),
        ]

    def __str__(self):
        return self.get_state_display()
