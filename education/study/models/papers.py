"""考试: a course's bank of questions, its paper, and each try."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from education.study.models.courses import Course, OfMemberQuerySet
from members.models import Member
from partyportal.core.uid import uid_field


class QuestionQuerySet(models.QuerySet):
    def at(self, moment):
        """The bank as it stood at a moment: what a try began from, and a review draws from again."""
        return self.filter(Q(retired_at=None) | Q(retired_at__gt=moment), added_at__lte=moment)


class Question(models.Model):
    """试题: never changed once it is in the bank, only retired, so that a try of the past can be judged again."""

    class Kind(models.TextChoices):
        SINGLE = "single", "单选"
        MULTIPLE = "multiple", "多选"
        JUDGEMENT = "judgement", "判断"

    uid = uid_field()
    course = models.ForeignKey(Course, models.CASCADE, verbose_name="课程", related_name="questions")
    kind = models.CharField("题型", max_length=10, choices=Kind)
    stratum = models.CharField("分类", max_length=20, default="一般", help_text="抽题时每类抽几道")
    text = models.CharField("题目", max_length=400)
    options = models.JSONField("选项", help_text="[字母, 文字]")
    answer = models.CharField("答案", max_length=8, db_collation="C", help_text="字母，按次序")
    explanation = models.CharField("解析", max_length=400, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="加题的人", related_name="+")
    added_at = models.DateTimeField("加题时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="停用的人", null=True, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "试题"
        ordering = ["course", "stratum", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "text"],
                condition=Q(retired_at=None),
                name="question_once",
                violation_error_message="题库里已经有这道题。",
            ),
            models.CheckConstraint(name="question_has_answer", condition=~Q(answer=""), violation_error_message="写上答案。"),
        ]

    def __str__(self):
        return self.text[:30]


class Paper(models.Model):
    """考试: how many questions of each kind are drawn, how often one may try, and until when. Fixed once somebody has begun."""

    course = models.OneToOneField(Course, models.CASCADE, verbose_name="课程", related_name="paper")
    pass_percent = models.PositiveSmallIntegerField("及格线", help_text="百分之几")
    attempts_allowed = models.PositiveSmallIntegerField("可考次数")
    minutes = models.PositiveSmallIntegerField("限时", null=True, blank=True, help_text="分钟；不填不限时")
    closes_on = models.DateField("考试截止", help_text="这天也可以考；过后可以看错题")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="定的人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "考试"
        constraints = [
            models.CheckConstraint(
                name="paper_pass_percent",
                condition=Q(pass_percent__gte=1, pass_percent__lte=100),
                violation_error_message="及格线在 1 到 100 之间。",
            ),
            models.CheckConstraint(
                name="paper_attempts", condition=Q(attempts_allowed__gte=1), violation_error_message="至少可以考 1 次。"
            ),
        ]

    def __str__(self):
        return f"{self.course}考试"


class PaperPart(models.Model):
    """抽题: how many questions of one 分类 a try has."""

    paper = models.ForeignKey(Paper, models.CASCADE, verbose_name="考试", related_name="parts")
    stratum = models.CharField("分类", max_length=20)
    count = models.PositiveSmallIntegerField("抽几道")

    class Meta:
        verbose_name = verbose_name_plural = "抽题"
        ordering = ["paper", "stratum"]
        constraints = [models.UniqueConstraint(fields=["paper", "stratum"], name="part_once")]


class Attempt(models.Model):
    """答卷: one try. The seed and the moment tell which questions were drawn; the same draw can be made again."""

    uid = uid_field()
    paper = models.ForeignKey(Paper, models.PROTECT, verbose_name="考试", related_name="attempts")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="study_attempts")
    number = models.PositiveSmallIntegerField("第几次")
    seed = models.BigIntegerField("抽题种子")
    questions = models.JSONField("抽到的题", help_text="试题的公开编号，按出现的次序")
    started_at = models.DateTimeField("开始时间")
    until = models.DateTimeField("交卷时限", null=True, blank=True)
    submitted_at = models.DateTimeField("交卷时间", null=True, blank=True)
    answers = models.JSONField("答案", default=dict, help_text="试题的公开编号到所选字母")
    correct = models.PositiveSmallIntegerField("答对", null=True, blank=True)
    passed = models.BooleanField("及格", default=False)

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "答卷"
        ordering = ["paper", "member", "number"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "member", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["paper", "member"],
                condition=Q(submitted_at=None),
                name="attempt_open_once",
                violation_error_message="还有一张答卷没有交。",
            ),
            models.CheckConstraint(
                name="attempt_judged_when_submitted",
                condition=Q(submitted_at=None, correct=None, passed=False) | Q(submitted_at__gte=F("started_at"), correct__isnull=False),
                violation_error_message="交了卷才有分数。",
            ),
        ]

    def __str__(self):
        return f"第 {self.number} 次"
