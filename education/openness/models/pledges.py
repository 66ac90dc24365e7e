"""亮身份: what a member pledges for a year, what was done about it, how a meeting judged it, and the posts that show who is a member."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import DatedQuerySet, Organisation
from education.models import Meeting
from education.openness import rules
from members.models import Fact, Member
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class PledgeQuerySet(ScopedQuerySet):
    """One's own; those of whoever a post shows; and what was confirmed in the branch one is at home in."""

    owner_path = "member__user"

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = super().visible_to(user).order_by().values("pk")
        at_home = Member.objects.filter(user=user, left_on=None).values("branch")
        return self.filter(Q(pk__in=seen) | Q(state=rules.CONFIRMED, organisation__in=at_home))

    def confirmed(self):
        return self.filter(state=rules.CONFIRMED)


class Pledge(models.Model):
    """承诺: one thing a member promises for a year, in the own words; the branch confirms it, and then its words stay (trigger)."""

    class State(models.TextChoices):
        WRITTEN = rules.WRITTEN, "等支部确认"
        CONFIRMED = rules.CONFIRMED, "已确认"
        SENT_BACK = rules.SENT_BACK, "退回改"
        DROPPED = rules.DROPPED, "不再承诺"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="pledges")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="当时所在党支部", related_name="pledges")
    year = models.PositiveSmallIntegerField("年度")
    text = models.CharField("承诺", max_length=200)
    state = models.CharField("进度", max_length=10, choices=State, default=State.WRITTEN)
    written_on = models.DateField("写的日子")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    confirmed_on = models.DateField("确认日期", null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="确认人", null=True, related_name="+")
    reason = models.CharField("退回或撤销的原因", max_length=200, blank=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "承诺"
        ordering = ["-year", "id"]
        constraints = [
            models.CheckConstraint(
                name="pledge_confirmed_by_somebody",
                condition=~Q(state="confirmed") | Q(confirmed_on__isnull=False, confirmed_by__isnull=False),
                violation_error_message="确认了的承诺要有确认人。",
            ),
            models.CheckConstraint(name="pledge_says_something", condition=~Q(text=""), violation_error_message="写上承诺做什么。"),
            models.UniqueConstraint(
                fields=["member", "year", "text"],
                condition=~Q(state="dropped"),
                name="pledge_once",
                violation_error_message="这一年已经有同样的承诺。",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "year"], name="pledge_by_branch")]

    def __str__(self):
        return self.text


class OfPledgeQuerySet(ScopedQuerySet):
    """Rows that are part of a pledge: seen by whoever sees the pledge."""

    organisation_path = "pledge__organisation__"

    def visible_to(self, user):
        return self.filter(pledge__in=Pledge.objects.visible_to(user).order_by().values("pk"))


class Deed(models.Model):
    """践诺: something done about a pledge: a recorded fact, or a sentence with its evidence. Never changed (trigger)."""

    uid = uid_field()
    pledge = models.ForeignKey(Pledge, models.PROTECT, verbose_name="承诺", related_name="deeds")
    day = models.DateField("日期")
    what = models.CharField("做了什么", max_length=200)
    fact = models.ForeignKey(Fact, models.PROTECT, verbose_name="对应的记实", null=True, blank=True, related_name="+")
    evidence = models.CharField("依据", max_length=120, blank=True)
    files = models.ManyToManyField(Attachment, verbose_name="照片和文件", blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfPledgeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "践诺"
        ordering = ["day", "id"]
        constraints = [
            models.CheckConstraint(
                name="deed_rests_on_something",
                condition=Q(fact__isnull=False) | ~Q(evidence=""),
                violation_error_message="选一条记实，或者写上依据。",
            )
        ]

    def __str__(self):
        return self.what


class Verdict(models.Model):
    """评诺: how a meeting of the branch judged a pledge. Never changed (trigger); a later meeting's stands in its place."""

    class Outcome(models.TextChoices):
        KEPT = "kept", "做到"
        PARTLY = "partly", "部分做到"
        BROKEN = "broken", "没做到"

    uid = uid_field()
    pledge = models.ForeignKey(Pledge, models.PROTECT, verbose_name="承诺", related_name="verdicts")
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="在哪次会上", related_name="verdicts")
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    word = models.CharField("一句话", max_length=120, blank=True)
    on = models.DateField("登记日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")

    objects = OfPledgeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评诺"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pledge", "meeting"], name="verdict_once_a_meeting", violation_error_message="这次会上已经评过。"
            ),
            models.CheckConstraint(
                name="verdict_not_kept_says_why",
                condition=Q(outcome="kept") | ~Q(word=""),
                violation_error_message="没有做到的写一句为什么。",
            ),
        ]


class VanguardPostQuerySet(DatedQuerySet):
    """Whoever is at home in the branch sees who holds its posts."""

    owner_path = "member__user"

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = super().visible_to(user).order_by().values("pk")
        at_home = Member.objects.filter(user=user, left_on=None).values("branch")
        return self.filter(Q(pk__in=seen) | Q(organisation__in=at_home))


class VanguardPost(models.Model):
    """先锋岗: a place of work where a member is known as one. What an office answers for is its 岗位责任卡 (outreach), not this."""

    class Kind(models.TextChoices):
        VANGUARD = "vanguard", "党员先锋岗"
        DUTY = "duty", "党员责任岗"
        HOUSEHOLD = "household", "党员示范户"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="vanguard_posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="vanguard_posts")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    title = models.CharField("岗位", max_length=60, help_text="如：村便民服务窗口")
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    end_reason = models.CharField("为什么不再设", max_length=120, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")

    objects = VanguardPostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "先锋岗"
        ordering = ["-start", "-id"]
        constraints = [
            models.CheckConstraint(
                name="vanguard_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="止日须晚于起日。",
            ),
            models.CheckConstraint(
                name="vanguard_end_says_why", condition=Q(end=None) | ~Q(end_reason=""), violation_error_message="写上为什么不再设。"
            ),
            models.UniqueConstraint(
                fields=["member", "kind", "title"],
                condition=Q(end=None),
                name="vanguard_open_once",
                violation_error_message="这位党员已经有这个岗。",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.title}"
