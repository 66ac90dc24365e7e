"""季度公示: the sheet a branch published, what was objected to it, and the closing of the quarter. Sheet, steps and closing are never changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Fact, Member
from partyportal.core.days import quarter_words
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field
from points.publicity import rules


class PublicationQuerySet(ScopedQuerySet):
    """A branch's sheet is read inside the branch: by its posts, by its members, and by whoever stands on it."""

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = super().visible_to(user).order_by().values("pk")
        at_home = Member.objects.filter(user=user).values("branch")
        own = SheetLine.objects.filter(member__user=user).values("publication")
        return self.filter(Q(pk__in=seen) | Q(organisation__in=at_home) | Q(pk__in=own))


class Publication(models.Model):
    """季度公示: a branch's quarter as the ledger stood at one moment, open to objections until a day. Never changed (trigger)."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="publications")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    published_on = models.DateField("公示日期")
    until = models.DateField("公示到", help_text="这天也可以提异议")
    as_of = models.DateTimeField("积分截至", help_text="公示表按这一刻的台账")
    categories = models.JSONField("类别", help_text="[代码, 名称]，按那一天的办法")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="公示人", related_name="+")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度公示"
        ordering = ["-year", "-quarter", "organisation"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "quarter"],
                name="publication_once_a_quarter",
                violation_error_message="这个季度已经公示过了。",
            ),
            models.CheckConstraint(
                name="publication_quarter", condition=Q(quarter__gte=1, quarter__lte=4), violation_error_message="季度是 1 到 4。"
            ),
            models.CheckConstraint(
                name="publication_window", condition=Q(until__gte=F("published_on")), violation_error_message="公示不能在开始以前结束。"
            ),
        ]
        indexes = [models.Index(fields=["year", "quarter"], name="publication_by_quarter")]

    def __str__(self):
        return f"{self.year} 年{quarter_words(self.quarter)}"


class OfPublicationQuerySet(ScopedQuerySet):
    """Rows that are part of a sheet: seen by whoever sees the sheet."""

    organisation_path = "publication__organisation__"

    def visible_to(self, user):
        return self.filter(publication__in=Publication.objects.visible_to(user).order_by().values("pk"))


class SheetLine(models.Model):
    """公示表的一行: what a member had of the quarter and of the year to date. Never changed (trigger)."""

    publication = models.ForeignKey(Publication, models.PROTECT, verbose_name="公示", related_name="lines")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="sheet_lines")
    points = models.DecimalField("本季度", max_digits=12, decimal_places=2)
    to_date = models.DecimalField("当年累计", max_digits=12, decimal_places=2)
    by_category = models.JSONField("各类", default=dict, help_text="类别代码到本季度分值")

    objects = OfPublicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示表的一行"
        constraints = [models.UniqueConstraint(fields=["publication", "member"], name="sheet_line_once")]


class Closing(models.Model):
    """季度关闭: the published sheet is what was agreed; later corrections are shown beside it. Never changed (trigger)."""

    uid = uid_field()
    publication = models.OneToOneField(Publication, models.PROTECT, verbose_name="公示", related_name="closing")
    closed_on = models.DateField("关闭日期")
    closed_at = models.DateTimeField("关闭时间")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="关闭人", null=True, related_name="+", help_text="空为公示期满自动关闭"
    )

    objects = OfPublicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度关闭"


class ObjectionQuerySet(ScopedQuerySet):
    """An objection concerns its member and those who decide on it, not the whole branch."""

    organisation_path = "publication__organisation__"
    owner_path = "member__user"

    def open(self, today):
        """Those that keep a quarter from being closed."""
        return self.filter(Q(state__in=rules.OPEN) | Q(state=rules.REJECTED, appeal_until__gte=today))


class Objection(models.Model):
    """积分异议: a member says a line of the published quarter is wrong, or a deed is missing. Its state is that of its latest step."""

    class State(models.TextChoices):
        FILED = rules.FILED, "等支部听取"
        HEARD = rules.HEARD, "等决定"
        REJECTED = rules.REJECTED, "不成立"
        APPEALED = rules.APPEALED, "等上级复议"
        UPHELD = rules.UPHELD, "复议维持"
        ACCEPTED = rules.ACCEPTED, "成立"
        WITHDRAWN = rules.WITHDRAWN, "已撤回"

    class Remedy(models.TextChoices):
        REVISE = "revise", "改这一笔"
        VOID = "void", "这一笔作废"
        RECORD = "record", "补记一笔"
        ELSEWHERE = "elsewhere", "在原记录里更正"

    uid = uid_field()
    publication = models.ForeignKey(Publication, models.PROTECT, verbose_name="公示", related_name="objections")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="objections")
    fact = models.ForeignKey(
        Fact, models.PROTECT, verbose_name="对哪一笔", null=True, blank=True, related_name="+", help_text="空为少记了一件事"
    )
    what = models.CharField("错在哪里", max_length=300)
    evidence = models.CharField("依据", max_length=300, blank=True)
    files = models.ManyToManyField(Attachment, verbose_name="照片和文件", blank=True, related_name="+")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提出人", related_name="+")
    filed_on = models.DateField("提出日期")
    state = models.CharField("进度", max_length=10, choices=State, default=State.FILED)
    acted_on = models.DateField("上一步的日子")
    appeal_until = models.DateField("可以复议到", null=True)
    remedy = models.CharField("怎样更正", max_length=10, choices=Remedy, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分异议"
        ordering = ["-filed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fact"],
                condition=Q(state__in=rules.OPEN),
                name="objection_one_open_a_fact",
                violation_error_message="这一笔已经有一件异议在办。",
            ),
            models.CheckConstraint(
                name="objection_accepted_has_remedy",
                condition=Q(state="accepted") & ~Q(remedy="") | (~Q(state="accepted") & Q(remedy="")),
                violation_error_message="成立的异议要写明怎样更正。",
            ),
            models.CheckConstraint(
                name="objection_remedy_fits",
                condition=~Q(remedy__in=["revise", "void"]) | Q(fact__isnull=False),
                violation_error_message="少记的事只能补记，或者在原记录里更正。",
            ),
            models.CheckConstraint(name="objection_says_what", condition=~Q(what=""), violation_error_message="写上错在哪里。"),
        ]
        indexes = [models.Index(fields=["state", "acted_on"], name="objection_by_state")]

    def __str__(self):
        return self.what

    @property
    def fact_key(self) -> str:
        """The source of the fact in dispute, or of the one recorded for a missing deed."""
        return self.fact.key if self.fact_id else f"points.objection:{self.uid}"


class Step(models.Model):
    """异议的一步: who did what on which day, and why. Never changed (trigger)."""

    class Act(models.TextChoices):
        FILE = rules.FILE, "提出"
        HEAR = rules.HEAR, "听取情况"
        REJECT = rules.REJECT, "决定不成立"
        ACCEPT = rules.ACCEPT, "决定成立"
        APPEAL = rules.APPEAL, "申请复议"
        UPHOLD = rules.UPHOLD, "复议维持"
        WITHDRAW = rules.WITHDRAW, "撤回"

    uid = uid_field()
    objection = models.ForeignKey(Objection, models.PROTECT, verbose_name="异议", related_name="steps")
    act = models.CharField("步骤", max_length=10, choices=Act)
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", related_name="+")
    note = models.CharField("说明", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "异议的一步"
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="objection_step_says_why", condition=~Q(note=""), violation_error_message="写上说明。")]
