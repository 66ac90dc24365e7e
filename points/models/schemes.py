"""积分办法: the rules as data, a version at a time; a published version is frozen by trigger."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import MemberClass
from partyportal.core.uid import uid_field
from points.rules import kinds


class Period(models.TextChoices):
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季"
    HALF_YEAR = "half", "每半年"
    YEAR = "year", "全年"


class QuarterCounts(models.TextChoices):
    QUARTER = "quarter", "本季度得分"
    TO_DATE = "to_date", "当年累计"


class SchemeQuerySet(ScopedQuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def drafts(self):
        return self.filter(published_at=None)


class Scheme(models.Model):
    """积分办法: one version of the rules of an organisation and all below it that have none of their own.

    A published version is frozen by trigger; the next one takes over from its `start`.
    """

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="制定的党组织", related_name="schemes")
    name = models.CharField("名称", max_length=80)
    version = models.PositiveSmallIntegerField("版次")
    start = models.DateField("施行日期")
    document_number = models.CharField("文号", max_length=60, blank=True)
    cap = models.DecimalField("总分上限", max_digits=8, decimal_places=2, null=True, blank=True)
    cap_period = models.CharField("总分上限周期", max_length=8, choices=Period, blank=True)
    floor = models.DecimalField("全年总分下限", max_digits=8, decimal_places=2, null=True, blank=True, help_text="扣到这里为止")
    quarter_counts = models.CharField(
        "季度定级按", max_length=8, choices=QuarterCounts, default=QuarterCounts.QUARTER, help_text="本季度得分，或当年累计到季末"
    )
    source = models.CharField("依据", max_length=200, blank=True, help_text="照哪份文件、哪里的办法")
    revision = models.PositiveIntegerField("改动次数", default=1, editable=False, help_text="起草时两人同时改，后存的照此认出")
    based_on = models.ForeignKey(
        "self", models.PROTECT, verbose_name="由哪一版改来", null=True, blank=True, related_name="+", editable=False
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="起草人", null=True, editable=False, related_name="+"
    )
    consent_asked_at = models.DateTimeField("请人同意的时间", null=True, editable=False)
    consent_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="请人同意的人", null=True, editable=False, related_name="+"
    )
    consented_at = models.DateTimeField("同意时间", null=True, editable=False)
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="同意人", null=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField("发布时间", null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="发布人", null=True, editable=False, related_name="+"
    )

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分办法"
        ordering = ["organisation", "version"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="scheme_version_once"),
            models.UniqueConstraint(
                fields=["organisation", "start"], condition=Q(published_at__isnull=False), name="scheme_one_published_a_day"
            ),
            models.CheckConstraint(
                name="scheme_cap_has_period",
                condition=Q(cap=None, cap_period="") | (Q(cap__gte=0) & ~Q(cap_period="")),
                violation_error_message="上限要写周期。",
            ),
            models.CheckConstraint(
                name="scheme_consent_of_another",
                condition=Q(consented_by=None, consented_at=None) | (~Q(consented_by=F("drafted_by")) & Q(consented_at__isnull=False)),
                violation_error_message="要由起草人以外的人同意。",
            ),
        ]

    def __str__(self):
        return f"{self.name}（第 {self.version} 版）"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class Category(models.Model):
    """积分类别 of a version, with the cap of what its items may bring together in a period, and the floor below which a year does not fall."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, verbose_name="办法", related_name="categories")
    code = models.CharField("代码", max_length=20, db_collation="C")
    name = models.CharField("名称", max_length=30)
    position = models.PositiveSmallIntegerField("次序", default=0)
    cap = models.DecimalField("上限", max_digits=8, decimal_places=2, null=True, blank=True)
    cap_period = models.CharField("上限周期", max_length=8, choices=Period, blank=True)
    floor = models.DecimalField("全年下限", max_digits=8, decimal_places=2, null=True, blank=True, help_text="扣到这里为止")

    class Meta:
        verbose_name = verbose_name_plural = "积分类别"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="category_once"),
            models.CheckConstraint(
                name="category_cap_has_period",
                condition=Q(cap=None, cap_period="") | (Q(cap__gte=0) & ~Q(cap_period="")),
                violation_error_message="上限要写周期。",
            ),
        ]

    def __str__(self):
        return self.name


class Item(models.Model):
    """积分项目 of a version: which facts it counts, what a unit is worth, and how much a period may bring.

    The cap of a deducting item bounds the deduction. `code` stays the same over the versions: caps belong to it.
    An item all of whose grades and value are of one sign; a trigger refuses another at publication. A veto is worth
    nothing itself: a fact of its kind puts the member's year at zero.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, verbose_name="办法", related_name="items")
    category = models.ForeignKey(Category, models.PROTECT, verbose_name="类别", related_name="items")
    code = models.CharField("代码", max_length=20, db_collation="C")
    name = models.CharField("名称", max_length=60)
    article = models.CharField("条款", max_length=30, blank=True)
    fact_kind = models.CharField("记实种类", max_length=40, db_collation="C")
    value = models.DecimalField("每单位分值", max_digits=8, decimal_places=2)
    unit = models.CharField("单位", max_length=10, default="次")
    cap = models.DecimalField("上限", max_digits=8, decimal_places=2, null=True, blank=True)
    cap_period = models.CharField("上限周期", max_length=8, choices=Period, blank=True)
    classes = ArrayField(
        models.CharField(max_length=12, choices=MemberClass.Name), verbose_name="适用分类", default=list, blank=True, help_text="空为全部"
    )
    manual = models.BooleanField("人工认定", default=False, help_text="由支部登记、另一人确认")
    is_veto = models.BooleanField("一票否决", default=False, help_text="出现一次，全年记 0 分")
    shares_fact = models.BooleanField("与别的项目同计", default=False, help_text="一件事在两项里各计一次，是有意的")
    note = models.CharField("说明", max_length=120, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "积分项目"
        ordering = ["category__position", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="item_once"),
            models.CheckConstraint(
                name="item_cap_has_period",
                condition=Q(cap=None, cap_period="") | (Q(cap__gte=0) & ~Q(cap_period="")),
                violation_error_message="上限要写周期。",
            ),
            models.CheckConstraint(
                name="item_veto_is_worth_nothing",
                condition=Q(is_veto=False) | Q(value=0, cap=None),
                violation_error_message="一票否决项不记分，也没有上限。",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def levels(self) -> dict[str, str]:
        """档次 a deed of this item names, code → name: those its kind is known to carry, its own, and those a ratio of the version asks for.

        An item worth nothing itself, such as the result of 民主评议, is filed with the grade that picks the ratio.
        """
        told = kinds.grades_of(self.fact_kind) | {grade.code: grade.name for grade in self.grades.all()}
        for multiplier in self.scheme.multipliers.all():
            if multiplier.fact_kind == self.fact_kind:
                told |= {grade.code: grade.name for grade in multiplier.grades.all()}
        return told

    @property
    def tells_ratio(self) -> bool:
        """Whether the units of a deed of this item are a ratio of the version: one without grades of its own."""
        return any(one.fact_kind == self.fact_kind and not one.grades.all() for one in self.scheme.multipliers.all())


class ItemGrade(models.Model):
    """项目档次: what a unit is worth when the fact names this grade, such as 县级 or 市级; a fact without a known grade takes the item's value."""

    item = models.ForeignKey(Item, models.CASCADE, verbose_name="项目", related_name="grades")
    code = models.CharField("代码", max_length=20, db_collation="C")
    name = models.CharField("名称", max_length=30)
    position = models.PositiveSmallIntegerField("次序", default=0)
    value = models.DecimalField("每单位分值", max_digits=8, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "项目档次"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["item", "code"], name="item_grade_once"),
            models.CheckConstraint(name="item_grade_has_code", condition=~Q(code=""), violation_error_message="档次要有代码。"),
        ]

    def __str__(self):
        return self.name


class Multiplier(models.Model):
    """系数: the year's sum, of a category or in total, times a ratio told by the latest fact of a kind, such as the result of 民主评议.

    With grades, the fact's grade picks the ratio; without, the fact's units are the ratio. Without a fact nothing is multiplied.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, verbose_name="办法", related_name="multipliers")
    category = models.ForeignKey(
        Category, models.PROTECT, verbose_name="类别", null=True, blank=True, related_name="multipliers", help_text="空为总分"
    )
    name = models.CharField("名称", max_length=60)
    article = models.CharField("条款", max_length=30, blank=True)
    fact_kind = models.CharField("记实种类", max_length=40, db_collation="C")

    class Meta:
        verbose_name = verbose_name_plural = "系数"
        ordering = ["category__position"]
        constraints = [models.UniqueConstraint(fields=["scheme", "category"], name="multiplier_once", nulls_distinct=False)]

    def __str__(self):
        return self.name


class MultiplierGrade(models.Model):
    """系数档次: the ratio of a grade."""

    multiplier = models.ForeignKey(Multiplier, models.CASCADE, verbose_name="系数", related_name="grades")
    code = models.CharField("代码", max_length=20, db_collation="C")
    name = models.CharField("名称", max_length=30)
    position = models.PositiveSmallIntegerField("次序", default=0)
    ratio = models.DecimalField("系数", max_digits=4, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "系数档次"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["multiplier", "code"], name="multiplier_grade_once"),
            models.CheckConstraint(
                name="multiplier_grade_is_a_ratio", condition=Q(ratio__gte=0) & ~Q(code=""), violation_error_message="系数不能小于 0。"
            ),
        ]

    def __str__(self):
        return self.name


class Threshold(models.Model):
    """等次: from how many points of a quarter or a year a member has this grade or these stars; the highest reached holds.

    A grade may put its holders on the red or the yellow list, and says what then follows.
    """

    class List(models.TextChoices):
        RED = "red", "红榜"
        YELLOW = "yellow", "黄榜"

    class Of(models.TextChoices):
        ALL = "all", "全体党员"
        FULL = "full", "正式党员"
        PROBATIONARY = "probationary", "预备党员"

    scheme = models.ForeignKey(Scheme, models.CASCADE, verbose_name="办法", related_name="thresholds")
    period = models.CharField("周期", max_length=8, choices=[(Period.QUARTER, "每季"), (Period.YEAR, "全年")], default=Period.YEAR)
    of = models.CharField("适用", max_length=12, choices=Of, default=Of.ALL)
    name = models.CharField("等次", max_length=20)
    at_least = models.DecimalField("满多少分", max_digits=8, decimal_places=2)
    stars = models.PositiveSmallIntegerField("星级", default=0)
    on_list = models.CharField("榜单", max_length=8, choices=List, blank=True)
    consequence = models.CharField("随之而来", max_length=120, blank=True, help_text="如“列入整改帮教”“民主评议不得评为优秀”")

    class Meta:
        verbose_name = verbose_name_plural = "等次"
        ordering = ["period", "of", "-at_least"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "period", "of", "at_least"], name="threshold_once", violation_error_message="同一分数只能定一个等次。"
            ),
            models.CheckConstraint(name="threshold_five_stars", condition=Q(stars__lte=5), violation_error_message="最多五星。"),
        ]

    def __str__(self):
        return self.name
