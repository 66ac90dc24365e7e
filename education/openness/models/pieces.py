"""稿件: 先进事迹 and 党务公开 on one way from a draft to its editions, and the catalogue of what must be disclosed how often."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, grants_of, paths_for
from branches.models import Organisation
from education.openness import rules
from members.models import Member
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class Topic(models.Model):
    """公开目录的一项: what organisations of a kind disclose, and how often. Without `start` the county has not yet put it in force."""

    class Often(models.TextChoices):
        MONTH = "month", "每月"
        QUARTER = "quarter", "每季度"
        HALF = "half", "每半年"
        YEAR = "year", "每年"
        EVENT = rules.EVENT, "有事及时"

    code = models.CharField("代码", max_length=30, db_collation="C")
    name = models.CharField("公开什么", max_length=60)
    organisation_kind = models.CharField("哪种党组织", max_length=20, choices=Organisation.Kind)
    often = models.CharField("多久一次", max_length=8, choices=Often)
    days = models.PositiveSmallIntegerField("几天内公开", default=30, help_text="从期满后第一天起算；期初公开的从期初第一天起算")
    is_ahead = models.BooleanField("期初公开", default=False, help_text="年度计划一类，期初就要公开")
    source = models.CharField("依据", max_length=200)
    start = models.DateField("起", null=True, blank=True, help_text="县里核定从哪天起按目录公开；空着就不提醒")
    end = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公开目录"
        ordering = ["organisation_kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "organisation_kind", "start"],
                nulls_distinct=False,
                name="topic_once",
                violation_error_message="目录里已经有这一项。",
            ),
            models.CheckConstraint(
                name="topic_ends_after_start",
                condition=Q(end=None) | Q(start__isnull=False, end__gt=F("start")),
                violation_error_message="止日须晚于起日。",
            ),
            models.CheckConstraint(
                name="topic_days", condition=Q(days__gte=1, days__lte=366), violation_error_message="天数在 1 到 366 之间。"
            ),
        ]

    def __str__(self):
        return self.name

    def period_of(self, day) -> rules.Period | None:
        return None if self.often == self.Often.EVENT else rules.period_of(self.often, day, days=self.days, is_ahead=self.is_ahead)


def places_of(user) -> set[int]:
    """Every organisation above and at the user's posts and home: what is told to any of these is told to them. One query."""
    paths = [held.path for held in grants_of(user)]
    paths += Member.objects.filter(user=user, left_on=None).values_list("branch__path", flat=True)
    return {int(part) for path in paths if path for part in path.strip("/").split("/")}


class PieceQuerySet(ScopedQuerySet):
    """Published: read by whoever it is told to, and by the posts above. Unpublished: by who writes and reviews, and by whom it is about."""

    owner_path = "member__user"

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        told = Q(audience__in=places_of(user))
        for path in paths_for(user):
            told |= Q(organisation__path__startswith=path)
        seen = self.standing_condition() & told | Q(member__user=user)
        for path in paths_for(user, "openness.disclose"):
            seen |= Q(organisation__path__startswith=path)
        return self.filter(seen)

    @staticmethod
    def standing_condition() -> Q:
        return Q(edition__isnull=False) & ~Q(state=rules.WITHDRAWN)

    def standing(self):
        """Published and not withdrawn; one under correction is read as it was."""
        return self.filter(self.standing_condition())

    def open_to_all(self):
        """What a county may let everybody read without login: its own range of 党务公开, and nothing about persons."""
        return self.standing().filter(sort=Piece.Sort.DISCLOSURE, audience__kind=Organisation.Kind.COUNTY)


class Piece(models.Model):
    """稿件: what an organisation tells its people. The words here are the draft; readers read the latest edition."""

    class Sort(models.TextChoices):
        EXEMPLAR = "exemplar", "先进事迹"
        DISCLOSURE = "disclosure", "党务公开"

    class Reach(models.TextChoices):
        BRANCH = "branch", "本支部"
        TOWNSHIP = "township", "本乡镇（机关）党委"
        COUNTY = "county", "全县"

    class State(models.TextChoices):
        DRAFT = rules.DRAFT, "草稿"
        SUBMITTED = rules.SUBMITTED, "等审核"
        RETURNED = rules.RETURNED, "退回修改"
        PUBLISHED = rules.PUBLISHED, "已公开"
        WITHDRAWN = rules.WITHDRAWN, "已撤下"

    uid = uid_field()
    sort = models.CharField("种类", max_length=12, choices=Sort)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="pieces")
    reach = models.CharField("范围", max_length=10, choices=Reach)
    audience = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name="向谁公开",
        related_name="told",
        help_text="这个党组织和它下面的都能看；更正时在新的一版公开前不变",
    )
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name="写的是谁", null=True, blank=True, related_name="exemplars", help_text="空为党组织的事迹"
    )
    topic = models.ForeignKey(Topic, models.PROTECT, verbose_name="目录里的哪一项", null=True, blank=True, related_name="pieces")
    period_on = models.DateField("哪一期", null=True, blank=True, help_text="这一期的第一天")
    title = models.CharField("题目", max_length=80)
    text = models.TextField("正文", max_length=8000)
    video_url = models.URLField("视频地址", max_length=300, blank=True)
    files = models.ManyToManyField(Attachment, verbose_name="照片和文件", blank=True, related_name="+")
    until = models.DateField("公开到", null=True, blank=True, help_text="空为一直公开")
    state = models.CharField("进度", max_length=10, choices=State, default=State.DRAFT)
    acted_on = models.DateField("上一步的日子")
    edition = models.ForeignKey(
        "Edition", models.PROTECT, verbose_name="现在公开的一版", null=True, blank=True, related_name="+", db_index=False
    )
    published_on = models.DateField("首次公开", null=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="写稿人", related_name="+")
    version = models.PositiveIntegerField("版本", default=1)

    objects = PieceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "稿件"
        ordering = ["-published_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "topic", "period_on"],
                condition=Q(period_on__isnull=False) & ~Q(state="withdrawn"),
                name="piece_once_a_period",
                violation_error_message="这一项这一期已经有一篇，打开那一篇更正。",
            ),
            models.CheckConstraint(
                name="piece_of_its_sort",
                condition=Q(sort="exemplar", topic=None, period_on=None, until=None) | Q(sort="disclosure", member=None),
                violation_error_message="先进事迹不选目录，党务公开不写个人。",
            ),
            models.CheckConstraint(
                name="piece_published_has_edition",
                condition=~Q(state="published") | Q(edition__isnull=False, published_on__isnull=False),
                violation_error_message="已公开的稿件要有公开的一版。",
            ),
            models.CheckConstraint(
                name="piece_says_something", condition=~Q(title="") & ~Q(text=""), violation_error_message="题目和正文都要写。"
            ),
        ]
        indexes = [
            models.Index(fields=["sort", "-published_on", "-id"], name="piece_newest_first", condition=Q(edition__isnull=False)),
            models.Index(fields=["state", "acted_on"], name="piece_waiting", condition=Q(state__in=["submitted", "returned"])),
        ]

    def __str__(self):
        return self.title

    @property
    def is_standing(self) -> bool:
        return self.edition_id is not None and self.state != self.State.WITHDRAWN

    @property
    def period_words(self) -> str:
        return rules.period_words(self.topic.often, self.period_on) if self.topic_id and self.period_on else ""


class OfPieceQuerySet(ScopedQuerySet):
    """Rows that are part of a piece: seen by whoever sees the piece."""

    organisation_path = "piece__organisation__"

    def visible_to(self, user):
        return self.filter(piece__in=Piece.objects.visible_to(user).order_by().values("pk"))


class Edition(models.Model):
    """稿件的一版: the words as they were published on a day. Never changed (trigger); a correction is the next edition, with its reason."""

    uid = uid_field()
    piece = models.ForeignKey(Piece, models.PROTECT, verbose_name="稿件", related_name="editions")
    number = models.PositiveSmallIntegerField("第几版")
    title = models.CharField("题目", max_length=80)
    text = models.TextField("正文")
    video_url = models.CharField("视频地址", max_length=300, blank=True)
    files = models.ManyToManyField(Attachment, verbose_name="照片和文件", blank=True, related_name="+")
    reach = models.CharField("范围", max_length=10, choices=Piece.Reach)
    until = models.DateField("公开到", null=True)
    reason = models.CharField("更正了什么", max_length=200, blank=True)
    published_on = models.DateField("公开日期")
    published_at = models.DateTimeField("公开时间", auto_now_add=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="写稿人", related_name="+")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="审核人", related_name="+")

    objects = OfPieceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "稿件的一版"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["piece", "number"], name="edition_numbered_once"),
            models.CheckConstraint(
                name="edition_by_two", condition=~Q(written_by=F("reviewed_by")), violation_error_message="写稿和审核要两个人。"
            ),
            models.CheckConstraint(
                name="edition_correction_says_what", condition=Q(number=1) | ~Q(reason=""), violation_error_message="写明更正了什么。"
            ),
        ]

    def __str__(self):
        return self.title


class Consent(models.Model):
    """本人同意: the person a piece is about agrees to these very words in this range (`digest`); other words need another consent."""

    class Way(models.TextChoices):
        SELF = "self", "本人登录同意"
        PAPER = "paper", "书面同意"

    uid = uid_field()
    piece = models.ForeignKey(Piece, models.PROTECT, verbose_name="稿件", related_name="consents")
    digest = models.CharField("文字的摘要", max_length=64, db_collation="C")
    way = models.CharField("怎样同意", max_length=6, choices=Way)
    on = models.DateField("日期")
    note = models.CharField("书面同意存在哪里", max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")

    objects = OfPieceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "本人同意"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="consent_paper_is_somewhere", condition=Q(way="self") | ~Q(note=""), violation_error_message="写明书面同意存在哪里。"
            )
        ]


class PieceStep(models.Model):
    """稿件的一步: who did what on which day, and why. Never changed (trigger)."""

    class Act(models.TextChoices):
        WRITE = "write", "写稿"
        REVISE = rules.REVISE, "修改"
        CONSENT = rules.CONSENT, "本人同意"
        SUBMIT = rules.SUBMIT, "送审"
        SEND_BACK = rules.SEND_BACK, "退回"
        PUBLISH = rules.PUBLISH, "审核公开"
        CORRECT = rules.CORRECT, "更正"
        DROP = rules.DROP, "放弃更正"
        WITHDRAW = rules.WITHDRAW, "撤下"

    piece = models.ForeignKey(Piece, models.PROTECT, verbose_name="稿件", related_name="steps")
    act = models.CharField("步骤", max_length=10, choices=Act)
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", related_name="+")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "稿件的一步"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="piece_step_says_why",
                condition=~Q(act__in=["send_back", "correct", "withdraw"]) | ~Q(note=""),
                violation_error_message="写上原因。",
            )
        ]
