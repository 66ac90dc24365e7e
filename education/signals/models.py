"""请核实: what looked alike or late in the records, what was asked about it, and how it was laid aside. Nothing here is worth points."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation
from education.models import Meeting
from education.signals import rules
from partyportal.core.days import quarter_of, quarter_words
from partyportal.core.uid import uid_field


class Print(models.Model):
    """纪要指纹: what of a meeting's text is compared with others. Derived: made anew when the text has changed, and can be dropped."""

    meeting = models.OneToOneField(Meeting, models.CASCADE, verbose_name="会议", related_name="+", primary_key=True)
    version = models.PositiveIntegerField("会议版本")
    length = models.PositiveIntegerField("比对的字数")
    digest = models.CharField("摘要", max_length=32, db_collation="C")
    sketch = ArrayField(models.IntegerField(), verbose_name="片段", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "纪要指纹"


class QuestionQuerySet(ScopedQuerySet):
    """Hangs at the branch it is about."""

    def open_to(self, user):
        """For whoever oversees, all of theirs; for the branch itself, what it was asked."""
        seen = Q(pk__in=[])
        for path in paths_for(user, "education.question"):
            seen |= Q(organisation__path__startswith=path)
        for path in paths_for(user, "education.record"):
            seen |= Q(organisation__path__startswith=path, asked_on__isnull=False)
        return self.visible_to(user).filter(seen)

    def waiting(self):
        return self.filter(state__in=rules.WAITING)


class Question(models.Model):
    """请核实: one thing the records show that is worth asking about. Found once under its key; its state is that of its latest step."""

    class Kind(models.TextChoices):
        ALIKE = "alike", "纪要相似"
        BURST = "burst", "集中补记"
        PHOTO = "photo", "照片重复"
        ROLL = "roll", "名单不变"

    class State(models.TextChoices):
        OPEN = rules.OPEN, "待看"
        ASKED = rules.ASKED, "等支部答复"
        ANSWERED = rules.ANSWERED, "已答复"
        DISMISSED = rules.DISMISSED, "看过了"
        GONE = rules.GONE, "情况已变"

    uid = uid_field()
    kind = models.CharField("提示", max_length=8, choices=Kind)
    key = models.CharField("事由", max_length=120, unique=True, db_collation="C", help_text="同一件事只提示一次")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="questions")
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="这次会议", null=True, blank=True, related_name="+")
    other = models.ForeignKey(Meeting, models.PROTECT, verbose_name="另一次会议", null=True, blank=True, related_name="+")
    since = models.DateField("从")
    until = models.DateField("到")
    digest = models.CharField("依据摘要", max_length=64, db_collation="C", help_text="依据变了才再次提示")
    numbers = models.JSONField("数字", default=dict, help_text="比例、次数、天数，没有姓名")
    state = models.CharField("进度", max_length=10, choices=State, default=State.OPEN)
    found_on = models.DateField("提示日期")
    acted_on = models.DateField("上一步的日子")
    asked_on = models.DateField("请支部核实的日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请核实"
        ordering = ["-found_on", "-id"]
        indexes = [
            models.Index(fields=["state", "acted_on"], name="question_by_state"),
            models.Index(fields=["organisation", "state"], name="question_by_organisation"),
        ]
        constraints = [
            models.CheckConstraint(name="question_span", condition=Q(until__gte=F("since")), violation_error_message="止日不能早于起日。"),
            models.CheckConstraint(
                name="question_names_meetings",
                condition=~Q(kind__in=["alike", "photo"]) | Q(meeting__isnull=False, other__isnull=False),
                violation_error_message="雷同和重复的要指明是哪两次会议。",
            ),
            models.CheckConstraint(
                name="question_asked_has_day",
                condition=~Q(state__in=["asked", "answered"]) | Q(asked_on__isnull=False),
                violation_error_message="请支部核实的要有日期。",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def quarter(self) -> str:
        return f"{self.since.year} 年{quarter_words(quarter_of(self.since))}"


class QuestionStepQuerySet(ScopedQuerySet):
    organisation_path = "question__organisation__"


class QuestionStep(models.Model):
    """核实的一步: what happened on which day, by whom, in whose words. Never changed (trigger)."""

    class Act(models.TextChoices):
        FIND = rules.FIND, "提示"
        ASK = rules.ASK, "请支部核实"
        ANSWER = rules.ANSWER, "支部答复"
        DISMISS = rules.DISMISS, "看过了，不再提示"
        REOPEN = rules.REOPEN, "依据有变，再次提示"
        CLEAR = rules.CLEAR, "情况已变"

    uid = uid_field()
    question = models.ForeignKey(Question, models.PROTECT, verbose_name="请核实", related_name="steps")
    act = models.CharField("步骤", max_length=8, choices=Act)
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", null=True, related_name="+", help_text="空为系统"
    )
    note = models.CharField("说明", max_length=300, blank=True)

    objects = QuestionStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "核实的一步"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="question_step_says_why",
                condition=Q(act__in=["find", "reopen", "clear"]) | (Q(by__isnull=False) & ~Q(note="")),
                violation_error_message="写上说明。",
            )
        ]
