"""推荐: one candidate of a call, from the branch's vote to the honour, with its dated steps and the objections heard."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Affiliation, Member
from partyportal.core.fields import EncryptedTextField
from partyportal.core.uid import uid_field
from points.honours.models.calls import Call, Share


class NominationQuerySet(ScopedQuerySet):
    """Seen where the candidate belongs, and by the candidate. What is in 公示 is read on its notice, by all the call is addressed to."""

    owner_path = "member__user"

    def standing(self):
        """Those neither taken back, refused nor dropped."""
        return self.filter(state__in=Nomination.STANDING)

    def holding(self):
        """Those that hold one of the places."""
        return self.filter(state__in=Nomination.HOLDING)

    def with_deaths(self):
        """With the first day away of a candidate who died as a member here (`died_away`): what such a one is given is given posthumously."""
        died = Affiliation.objects.filter(member=OuterRef("member"), end=OuterRef("member__left_on"), end_reason=Affiliation.EndReason.DIED)
        return self.annotate(died_away=Subquery(died.values("end")[:1]))


class Nomination(models.Model):
    """推荐: a member, or an organisation, put forward by its branch or itself, with the vote that carried it."""

    class State(models.TextChoices):
        NOMINATED = "nominated", "等审核"
        APPROVED = "approved", "审核通过"
        REFUSED = "refused", "没有通过"
        WITHDRAWN = "withdrawn", "已撤回"
        DROPPED = "dropped", "已取消"
        HONOURED = "honoured", "已表彰"

    class Meeting(models.TextChoices):
        ASSEMBLY = "assembly", "党员大会"
        COMMITTEE = "committee", "支委会（党委会）"

    HOLDING = (State.APPROVED, State.HONOURED)
    STANDING = (State.NOMINATED, *HOLDING)

    uid = uid_field()
    call = models.ForeignKey(Call, models.PROTECT, verbose_name="评选通知", related_name="nominations")
    share = models.ForeignKey(Share, models.PROTECT, verbose_name="占哪里的名额", null=True, related_name="nominations")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", null=True, related_name="nominations")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name="推荐的党组织",
        related_name="nominations",
        help_text="党员当时的党支部；推荐党组织的，就是它自己",
    )
    deeds = models.TextField("主要事迹", max_length=2000)
    materials = models.CharField("附件材料", max_length=200, blank=True)
    meeting = models.CharField("在哪个会上推荐", max_length=10, choices=Meeting)
    met_on = models.DateField("会议日期")
    entitled = models.PositiveSmallIntegerField("应到会")
    present = models.PositiveSmallIntegerField("实到会")
    in_favour = models.PositiveSmallIntegerField("赞成")
    state = models.CharField("状态", max_length=10, choices=State, default=State.NOMINATED)
    nominated_on = models.DateField("推荐日期")
    nominated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="审核人", null=True, related_name="+")

    objects = NominationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评选推荐"
        ordering = ["organisation__code", "id"]
        indexes = [models.Index(fields=["call", "state"], name="nomination_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "member"],
                condition=Q(member__isnull=False, state__in=["nominated", "approved", "honoured"]),
                name="nomination_once_each",
                violation_error_message="这位党员已经推荐过了。",
            ),
            models.UniqueConstraint(
                fields=["call", "organisation"],
                condition=Q(member=None, state__in=["nominated", "approved", "honoured"]),
                name="nomination_of_organisation_once",
                violation_error_message="这个党组织已经推荐过了。",
            ),
            models.CheckConstraint(
                name="nomination_carried_by_vote",
                condition=Q(
                    present__lte=F("entitled"),
                    in_favour__lte=F("present"),
                    present__gt=F("entitled") / 2,
                    in_favour__gt=F("entitled") / 2,
                ),
                violation_error_message="到会和赞成都要超过应到会的半数。",
            ),
            models.CheckConstraint(
                name="nomination_needs_a_second_person",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("nominated_by")),
                violation_error_message="要由另一个人审核。",
            ),
            models.CheckConstraint(
                name="nomination_reviewed_before_place",
                condition=Q(reviewed_by__isnull=False) | Q(state__in=["nominated", "withdrawn"]),
                violation_error_message="没有审核，不能占名额。",
            ),
        ]

    def __str__(self):
        return self.candidate

    @property
    def candidate(self) -> str:
        """Whom it is about, as everybody says it."""
        return self.member.name if self.member_id else self.organisation.short_name

    @property
    def is_posthumous(self) -> bool:
        """追授, of a row read `with_deaths`: dead by the day of the decision, or by now while there is none."""
        if self.died_away is None:
            return False
        return self.call.decided_on is None or self.died_away - timedelta(days=1) <= self.call.decided_on

    @property
    def is_standing(self) -> bool:
        return self.state in self.STANDING


class StepQuerySet(ScopedQuerySet):
    """Seen by whoever sees the call; a step of one nomination, by whoever sees that one."""

    def visible_to(self, user):
        own = Q(nomination__in=Nomination.objects.visible_to(user))
        return self.filter(Q(nomination=None, call__in=Call.objects.visible_to(user)) | own)


class Step(models.Model):
    """评选步骤: who did what on which day, and why; of the whole call, or of one nomination. Added, never changed."""

    class Act(models.TextChoices):
        ISSUE = "issue", "印发通知"
        EXTEND = "extend", "延长推荐"
        NOMINATE = "nominate", "推荐"
        APPROVE = "approve", "审核通过"
        REFUSE = "refuse", "没有通过"
        WITHDRAW = "withdraw", "撤回推荐"
        DROP = "drop", "取消资格"
        PUBLICISE = "publicise", "公示"
        DECIDE = "decide", "表彰决定"
        CANCEL = "cancel", "取消评选"

    call = models.ForeignKey(Call, models.PROTECT, verbose_name="评选通知", related_name="steps")
    nomination = models.ForeignKey(Nomination, models.PROTECT, verbose_name="推荐", null=True, related_name="steps")
    act = models.CharField("步骤", max_length=10, choices=Act)
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", related_name="+")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评选步骤"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="honour_step_has_reason",
                condition=~Q(act__in=["refuse", "withdraw", "drop", "cancel", "extend"]) | ~Q(note=""),
                violation_error_message="写明原因。",
            ),
        ]

    def __str__(self):
        return self.get_act_display()


class ObjectionQuerySet(ScopedQuerySet):
    """Heard by the organiser: what somebody reported is not shown to whom it is about."""

    organisation_path = "nomination__call__organiser__"

    def open(self):
        return self.filter(closed_on=None)


class Objection(models.Model):
    """公示异议: what somebody reported in the 公示 (sealed), what was found, and whether it stands. Another person closes it."""

    uid = uid_field()
    nomination = models.ForeignKey(Nomination, models.PROTECT, verbose_name="推荐", related_name="objections")
    received_on = models.DateField("反映日期")
    is_named = models.BooleanField("实名反映", default=True)
    content = EncryptedTextField("反映的问题")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    finding = models.CharField("核实情况", max_length=300, blank=True)
    is_upheld = models.BooleanField("反映属实", null=True)
    closed_on = models.DateField("核实日期", null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="核实人", null=True, related_name="+")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ["received_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="objection_closed_whole",
                condition=Q(closed_on=None, closed_by=None, is_upheld=None, finding="")
                | (Q(closed_on__gte=F("received_on"), closed_by__isnull=False, is_upheld__isnull=False) & ~Q(finding="")),
                violation_error_message="核实要写明日期、情况和结论。",
            ),
            models.CheckConstraint(
                name="objection_needs_a_second_person",
                condition=Q(closed_by=None) | ~Q(closed_by=F("recorded_by")),
                violation_error_message="要由另一个人核实。",
            ),
        ]

    def __str__(self):
        return f"{self.received_on:%Y-%m-%d}"
