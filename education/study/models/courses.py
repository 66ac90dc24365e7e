"""课程: lessons, of whom they are required, how far each member has come, and what counts."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q, Sum

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation
from members.models import Member, MemberClass
from partyportal.core.models import Attachment, MediaFile
from partyportal.core.uid import uid_field


def outward(path: str) -> list[str]:
    """A path and those above it: /1/4/ → /1/, /1/4/."""
    steps = path.strip("/").split("/")
    return [f"/{'/'.join(steps[:at])}/" for at in range(1, len(steps) + 1)]


class CourseQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Those of one's own tree, and the open ones of whoever stands above: a course is made for everybody below."""
        if not user.is_authenticated:
            return self.none()
        paths = paths_for(user)
        at_home = Member.objects.filter(user=user).values_list("branch__path", flat=True)
        above = {step for path in [*paths, *(path for path in at_home if path)] for step in outward(path)}
        seen = Q(organisation__path__in=above, opened_on__isnull=False)
        for path in paths:
            seen |= Q(organisation__path__startswith=path)
        return self.filter(seen)

    def open(self):
        return self.filter(opened_on__isnull=False, closed_on=None)

    def with_counts(self):
        """How many lessons and hours each has."""
        return self.annotate(lesson_count=Count("lessons"), hour_count=Sum("lessons__hours"))


class Course(models.Model):
    """课程: what an organisation teaches, lesson by lesson. Drafted, opened, closed; opened, its lessons no longer change."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="主办党组织", related_name="courses")
    title = models.CharField("课程名称", max_length=60)
    about = models.TextField("简介", max_length=1000, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="建课的人", related_name="+")
    created_at = models.DateTimeField("建课时间", auto_now_add=True)
    opened_on = models.DateField("开放日期", null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="开放的人", null=True, related_name="+")
    closed_on = models.DateField("结束日期", null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="结束的人", null=True, related_name="+")
    closed_because = models.CharField("结束原因", max_length=120, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "课程"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="course_closed_after_opening",
                condition=Q(closed_on=None) | Q(opened_on__isnull=False, closed_on__gte=F("opened_on")),
                violation_error_message="课程开放以后才能结束。",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        return self.opened_on is not None and self.closed_on is None


class Lesson(models.Model):
    """课: text, a document or a film. Its 学时 come from its minutes by the table of the day it was added."""

    class Kind(models.TextChoices):
        TEXT = "text", "文字"
        FILE = "file", "文档"
        FILM = "film", "视频"

    uid = uid_field()
    course = models.ForeignKey(Course, models.CASCADE, verbose_name="课程", related_name="lessons")
    number = models.PositiveSmallIntegerField("第几课")
    kind = models.CharField("形式", max_length=8, choices=Kind)
    title = models.CharField("题目", max_length=60)
    body = models.TextField("文字", max_length=50_000, blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, verbose_name="文档", null=True, blank=True, related_name="+")
    film = models.ForeignKey(MediaFile, models.PROTECT, verbose_name="视频", null=True, blank=True, related_name="+")
    minutes = models.PositiveSmallIntegerField("时长", help_text="分钟")
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)

    class Meta:
        verbose_name = verbose_name_plural = "课"
        ordering = ["course", "number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="lesson_number_once"),
            models.CheckConstraint(
                name="lesson_has_its_content",
                condition=(Q(kind="text") & ~Q(body="")) | Q(kind="file", file__isnull=False) | Q(kind="film", film__isnull=False),
                violation_error_message="文字、文档、视频，选哪样就要有哪样。",
            ),
        ]

    def __str__(self):
        return f"第 {self.number} 课 {self.title}"


class AssignmentQuerySet(ScopedQuerySet):
    def standing(self):
        return self.filter(ended_on=None)


class Assignment(models.Model):
    """必修要求: who has to finish a course by which day. Nobody enrols: whoever the words fit, has to."""

    class Audience(models.TextChoices):
        ALL = "all", "全体党员"
        LEADERS = "leaders", "书记和班子成员"
        SECRETARIES = "secretaries", "书记"

    uid = uid_field()
    course = models.ForeignKey(Course, models.PROTECT, verbose_name="课程", related_name="assignments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="study_assignments")
    audience = models.CharField("对象", max_length=12, choices=Audience, default=Audience.ALL)
    member_class = models.CharField("分类", max_length=12, choices=MemberClass.Name, blank=True, help_text="不选就不分类")
    due_on = models.DateField("学完期限")
    set_on = models.DateField("布置日期")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="布置的人", related_name="+")
    ended_on = models.DateField("撤销日期", null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="撤销的人", null=True, related_name="+")
    ended_because = models.CharField("撤销原因", max_length=120, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "必修要求"
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "organisation", "audience", "member_class"],
                condition=Q(ended_on=None),
                name="assignment_once",
                violation_error_message="这门课对同样的人已经布置过。",
            ),
            models.CheckConstraint(
                name="assignment_due_after_set", condition=Q(due_on__gte=F("set_on")), violation_error_message="期限不能早于布置的日子。"
            ),
        ]

    def __str__(self):
        who = self.get_audience_display()
        return f"{self.get_member_class_display()}{who}" if self.member_class else who


class OfMemberQuerySet(ScopedQuerySet):
    """Rows of a member's own study: theirs, and of whoever sees their branch of today."""

    organisation_path = "member__branch__"
    owner_path = "member__user"


class Progress(models.Model):
    """学习进度: where a member stopped in a lesson, and when they said they were through. Worth nothing by itself (DOMAIN §0.2)."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, verbose_name="课", related_name="progress")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="study_progress")
    position = models.PositiveIntegerField("看到第几秒", default=0)
    opened_at = models.DateTimeField("打开时间")
    finished_at = models.DateTimeField("学完时间", null=True, blank=True)

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学习进度"
        constraints = [models.UniqueConstraint(fields=["member", "lesson"], name="progress_once")]


class CreditQuerySet(ScopedQuerySet):
    owner_path = "member__user"

    def standing(self):
        return self.filter(withdrawn_on=None)


class Credit(models.Model):
    """学分: a lesson that counts for a member, by its test or by the branch's confirmation. Branch is that of the day."""

    class Way(models.TextChoices):
        TEST = "test", "考试通过"
        CONFIRMED = "confirmed", "支部确认"

    uid = uid_field()
    lesson = models.ForeignKey(Lesson, models.PROTECT, verbose_name="课", related_name="credits")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="study_credits")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="当时所在党支部", related_name="+")
    day = models.DateField("日期")
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)
    way = models.CharField("怎样算的", max_length=10, choices=Way)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="记下的人", related_name="+")
    given_at = models.DateTimeField("记下时间", auto_now_add=True)
    withdrawn_on = models.DateField("取消日期", null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="取消的人", null=True, related_name="+")
    withdrawn_because = models.CharField("取消原因", max_length=120, blank=True)

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学分"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "lesson"],
                condition=Q(withdrawn_on=None),
                name="credit_once",
                violation_error_message="这一课已经记过学时。",
            ),
            models.CheckConstraint(
                name="credit_withdrawn_with_reason",
                condition=Q(withdrawn_on=None) | (Q(withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                violation_error_message="取消要写原因。",
            ),
        ]
