"""留言和提问: what readers say under a piece, held until a moderator passes it, and the answers of the organisation."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet, paths_for
from education.openness import rules
from education.openness.models.pieces import Piece
from partyportal.core.uid import uid_field

LONGEST = 500


class CommentQuerySet(ScopedQuerySet):
    """Passed: read with its piece. Held, refused or taken down: by who wrote it and who moderates there, and by nobody else."""

    organisation_path = "piece__organisation__"

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = Q(by=user) | Q(state=rules.PASSED, piece__in=Piece.objects.visible_to(user).standing().order_by().values("pk"))
        for path in paths_for(user, "openness.review"):
            seen |= Q(piece__organisation__path__startswith=path)
        return self.filter(seen)

    def answerable(self, user):
        """Passed questions of the organisations the user speaks for."""
        return self.where(user, "openness.disclose").filter(kind=Comment.Kind.QUESTION, state=rules.PASSED)


class Comment(models.Model):
    """留言: one reader's words, plain text. The words and who said them never change (trigger); the state is that of the latest step."""

    class Kind(models.TextChoices):
        COMMENT = "comment", "留言"
        QUESTION = "question", "提问"

    class State(models.TextChoices):
        HELD = rules.HELD, "等审核"
        PASSED = rules.PASSED, "已公开"
        REFUSED = rules.REFUSED, "没有公开"
        TAKEN_DOWN = rules.TAKEN_DOWN, "已撤下"
        TAKEN_BACK = rules.TAKEN_BACK, "本人收回"

    uid = uid_field()
    piece = models.ForeignKey(Piece, models.PROTECT, verbose_name="稿件", related_name="comments")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    text = models.CharField("内容", max_length=LONGEST)
    is_named = models.BooleanField("显示姓名", default=True, help_text="不显示的，审核的人仍然知道是谁")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="留言人", related_name="+")
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    state = models.CharField("进度", max_length=10, choices=State, default=State.HELD)
    acted_on = models.DateField("上一步的日子")
    answer_by = models.DateField("几时以前答复", null=True, help_text="公开了的提问才有")
    answered_on = models.DateField("答复日期", null=True)
    reported_on = models.DateField("举报日期", null=True, help_text="有举报还没有处理")

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "留言"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="comment_says_something", condition=~Q(text=""), violation_error_message="写上要说的话。"),
            models.CheckConstraint(
                name="comment_question_has_day",
                condition=~Q(kind="question", state="passed") | Q(answer_by__isnull=False),
                violation_error_message="公开的提问要有答复的日子。",
            ),
            models.CheckConstraint(
                name="comment_reported_is_passed",
                condition=Q(reported_on=None) | Q(state="passed"),
                violation_error_message="只有公开了的留言可以举报。",
            ),
        ]
        indexes = [
            models.Index(fields=["acted_on"], name="comment_waiting", condition=Q(state="held") | Q(reported_on__isnull=False)),
            models.Index(fields=["answer_by"], name="comment_unanswered", condition=Q(kind="question", state="passed", answered_on=None)),
            models.Index(fields=["by", "on"], name="comment_by_day"),
        ]

    def __str__(self):
        return self.text[:40]

    @property
    def signed(self) -> str:
        """As readers who are logged in see it."""
        return self.by.name if self.is_named else "匿名"

    @property
    def signed_for_all(self) -> str:
        """As everybody sees it where a county opened its range without login."""
        return rules.reduced(self.by.name) if self.is_named else "匿名"


class OfCommentQuerySet(ScopedQuerySet):
    """Rows that are part of a comment: seen by whoever sees the comment."""

    organisation_path = "comment__piece__organisation__"

    def visible_to(self, user):
        return self.filter(comment__in=Comment.objects.visible_to(user).order_by().values("pk"))


class CommentStep(models.Model):
    """留言的处理: who passed, refused, reported or took it down, and why. Never changed (trigger)."""

    class Act(models.TextChoices):
        PASS = rules.PASS, "公开"
        REFUSE = rules.REFUSE, "不公开"
        REPORT = rules.REPORT, "举报"
        KEEP = rules.KEEP, "举报不成立"
        TAKE_DOWN = rules.TAKE_DOWN, "撤下"
        TAKE_BACK = rules.TAKE_BACK, "本人收回"

    comment = models.ForeignKey(Comment, models.PROTECT, verbose_name="留言", related_name="steps")
    act = models.CharField("步骤", max_length=10, choices=Act)
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", related_name="+")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = OfCommentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "留言的处理"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="comment_step_says_why",
                condition=~Q(act__in=["refuse", "report", "keep", "take_down"]) | ~Q(note=""),
                violation_error_message="写上原因。",
            )
        ]


class Answer(models.Model):
    """答复: what the organisation says to a question. Never changed (trigger); a second answer stands under the first."""

    comment = models.ForeignKey(Comment, models.PROTECT, verbose_name="提问", related_name="answers")
    text = models.CharField("答复", max_length=1000)
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="答复人", related_name="+")

    objects = OfCommentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "答复"
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="answer_says_something", condition=~Q(text=""), violation_error_message="写上答复。")]
