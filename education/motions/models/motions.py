"""议题: what a meeting votes on, whom it may elect, and its way from being moved to its result."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from education.models import Meeting
from education.motions import rules
from members.development.models import Case
from members.models import Member
from partyportal.core.uid import uid_field


class MotionQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """What the user's grants show, and the votes on whose roll they stand: a roll is there once the vote has opened."""
        if not user.is_authenticated:
            return self.none()
        seen = super().visible_to(user).order_by().values("pk")
        own = Motion.objects.filter(voters__member__user=user).values("pk")
        return self.filter(Q(pk__in=seen) | Q(pk__in=own))


class Motion(models.Model):
    """议题: one question put to a vote of a 党员大会 or 支委会. Its roll is frozen when the vote opens, its result is never changed."""

    class Kind(models.TextChoices):
        DECISION = rules.DECISION, "党员大会决议"
        COMMITTEE = rules.COMMITTEE, "支委会决议"
        DEVELOPMENT = rules.DEVELOPMENT, "发展党员表决"
        ELECTION = rules.ELECTION, "选举"

    class Method(models.TextChoices):
        HANDS = rules.HANDS, "举手"
        NAMED = rules.NAMED, "记名"
        PAPER = rules.PAPER, "无记名纸票"
        ONLINE = rules.ONLINE, "网上无记名投票"

    class State(models.TextChoices):
        DRAFT = "draft", "还没表决"
        OPEN = "open", "正在表决"
        DECIDED = "decided", "已有结果"
        VOID = "void", "作废"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="motions")
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="会议", null=True, blank=True, related_name="motions")
    kind = models.CharField("表决种类", max_length=12, choices=Kind)
    method = models.CharField("表决方式", max_length=8, choices=Method)
    title = models.CharField("议题", max_length=120)
    text = models.TextField("内容", blank=True)
    seats = models.PositiveSmallIntegerField("应选人数", default=0, help_text="选举才有")
    held_on = models.DateField("表决日期")
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    host = models.ForeignKey(Member, models.PROTECT, verbose_name="主持", null=True, blank=True, related_name="+")
    teller = models.ForeignKey(Member, models.PROTECT, verbose_name="监票人", null=True, blank=True, related_name="+")
    counter = models.ForeignKey(Member, models.PROTECT, verbose_name="计票人", null=True, blank=True, related_name="+")
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="发展谁", null=True, blank=True, related_name="motions", help_text="发展党员表决才有"
    )
    again_of = models.OneToOneField(
        "self", models.PROTECT, verbose_name="重新表决自", null=True, blank=True, related_name="again", help_text="作废以后重新表决"
    )
    version = models.PositiveIntegerField("版本", default=1)

    objects = MotionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "议题"
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["organisation", "state", "held_on"], name="motion_by_organisation")]
        constraints = [
            models.CheckConstraint(
                name="motion_secret_where_asked",
                condition=~Q(kind__in=[rules.DEVELOPMENT, rules.ELECTION]) | Q(method__in=sorted(rules.SECRET)),
                violation_error_message="发展党员和选举要无记名投票。",
            ),
            models.CheckConstraint(
                name="motion_seats_of_election",
                condition=Q(kind=rules.ELECTION, seats__gte=1) | (~Q(kind=rules.ELECTION) & Q(seats=0)),
                violation_error_message="选举要写应选几人，别的表决不写。",
            ),
            models.CheckConstraint(
                name="motion_case_of_development",
                condition=Q(case=None) | Q(kind=rules.DEVELOPMENT),
                violation_error_message="发展党员的表决才写发展谁。",
            ),
            models.CheckConstraint(
                name="motion_at_a_meeting",
                condition=Q(meeting__isnull=False) | Q(kind=rules.COMMITTEE),
                violation_error_message="只有支委会的表决可以不挂会议。",
            ),
            models.CheckConstraint(
                name="motion_two_watchers",
                condition=Q(teller=None) | Q(counter=None) | ~Q(teller=F("counter")),
                violation_error_message="监票人和计票人要是两个人。",
            ),
            models.CheckConstraint(
                name="motion_host_does_not_count",
                condition=Q(host=None) | ((Q(teller=None) | ~Q(teller=F("host"))) & (Q(counter=None) | ~Q(counter=F("host")))),
                violation_error_message="主持人不能监票、计票。",
            ),
            models.CheckConstraint(
                name="motion_paper_is_watched",
                condition=~Q(method=rules.PAPER) | ~Q(state__in=["open", "decided"]) | Q(teller__isnull=False, counter__isnull=False),
                violation_error_message="无记名纸票要有监票人和计票人。",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_secret(self) -> bool:
        return self.method in rules.SECRET


class OfMotionQuerySet(ScopedQuerySet):
    """Rows that are part of a motion: seen by whoever sees the motion."""

    organisation_path = "motion__organisation__"

    def visible_to(self, user):
        return self.filter(motion__in=Motion.objects.visible_to(user).order_by().values("pk"))


class CandidateQuerySet(OfMotionQuerySet):
    def printed(self):
        """Those on the paper, in its order; the others were written in by voters."""
        return self.filter(is_written_in=False).order_by("ordinal")


class Candidate(models.Model):
    """候选人: somebody an election may choose, in the order of the ballot; or whom voters named instead (另选他人)."""

    motion = models.ForeignKey(Motion, models.CASCADE, verbose_name="议题", related_name="candidates")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+")
    ordinal = models.PositiveSmallIntegerField("次序")
    is_written_in = models.BooleanField("另选", default=False, help_text="选票上没有，投票时另选的")

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "候选人"
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "member"], name="candidate_once", violation_error_message="候选人写了两次。"),
            models.UniqueConstraint(fields=["motion", "ordinal"], name="candidate_in_order"),
        ]

    def __str__(self):
        return self.member.name


class Step(models.Model):
    """议题的经过: what was done with a motion when, by whom and why. Never changed (trigger)."""

    class Act(models.TextChoices):
        MOVED = "moved", "提出"
        OPENED = "opened", "开始表决"
        RECOUNT = "recount", "两人的数不一样，重新点票"
        DECIDED = "decided", "有了结果"
        VOIDED = "voided", "作废"

    motion = models.ForeignKey(Motion, models.PROTECT, verbose_name="议题", related_name="steps")
    act = models.CharField("事项", max_length=8, choices=Act)
    on = models.DateField("日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", related_name="+")
    note = models.CharField("说明", max_length=300, blank=True)

    objects = OfMotionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "议题的经过"
        ordering = ["pk"]

    def __str__(self):
        return self.get_act_display()
