"""积分: the rules as data, the ledger, and its two disposable projections."""

from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation
from members.models import Fact, Member, MemberClass
from partyportal.core.uid import uid_field


class Period(models.TextChoices):
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季"
    HALF_YEAR = "half", "每半年"
    YEAR = "year", "全年"


class SchemeQuerySet(ScopedQuerySet):
    def published(self):
        return self.exclude(published_at=None)


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
        ]

    def __str__(self):
        return f"{self.name}（第 {self.version} 版）"


class Category(models.Model):
    """积分类别 of a version, with the cap of what its items may bring together."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, verbose_name="办法", related_name="categories")
    code = models.CharField("代码", max_length=20, db_collation="C")
    name = models.CharField("名称", max_length=30)
    position = models.PositiveSmallIntegerField("次序", default=0)
    cap = models.DecimalField("上限", max_digits=8, decimal_places=2, null=True, blank=True)
    cap_period = models.CharField("上限周期", max_length=8, choices=Period, blank=True)

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

    class Meta:
        verbose_name = verbose_name_plural = "积分项目"
        ordering = ["category__position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="item_once"),
            models.CheckConstraint(
                name="item_cap_has_period",
                condition=Q(cap=None, cap_period="") | (Q(cap__gte=0) & ~Q(cap_period="")),
                violation_error_message="上限要写周期。",
            ),
        ]

    def __str__(self):
        return self.name


class EntryQuerySet(ScopedQuerySet):
    """An entry is visible to whoever may see its organisation, or its member now."""

    owner_path = "member__user"

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        # Two sets of ids, each worked out once: a join per entry costs five times as much over a million of them.
        branches, members = Organisation.objects.none(), Q(user=user)
        if paths := paths_for(user):
            branches = Organisation.objects.filter(reduce(or_, (Q(path__startswith=path) for path in paths)))
            members |= Q(branch__in=branches)
        seen = Q(member__in=Member.objects.filter(members).values("pk"))
        return self.filter(seen | Q(organisation__in=branches.values("pk")) if paths else seen)


class Entry(models.Model):
    """积分流水: one posted difference. The database refuses to change or remove it.

    A fact's line is units × value, never cut. What a period does to a sum is an adjustment line, keyed by
    (member, code, period, kind). `line` is the MD5 of that key; (line, posting) is unique, so a double posting
    is impossible. Kept lean: every index and every foreign key is paid a million times. Branch, item and fact are
    never removed from the database, so a statement trigger looks them up all at once instead (ADR 11).
    """

    class Kind(models.IntegerChoices):
        FACT = 0, "记实"
        ITEM_CAP = 1, "项目封顶"
        CATEGORY_CAP = 2, "类别封顶"
        TOTAL_CAP = 3, "总分封顶"

    line = models.UUIDField("分录编号")
    posting = models.PositiveSmallIntegerField("第几次记账")
    kind = models.PositiveSmallIntegerField("种类", choices=Kind)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="entries", db_index=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="当时所在党支部", related_name="entries", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(Item, models.PROTECT, verbose_name="项目", null=True, related_name="+", db_index=False, db_constraint=False)
    fact = models.ForeignKey(Fact, models.PROTECT, verbose_name="记实", null=True, related_name="+", db_index=False, db_constraint=False)
    category = models.CharField("类别代码", max_length=20, db_collation="C")
    period_start = models.DateField("周期首日", null=True)
    day = models.DateField("日期")
    points = models.DecimalField("分值", max_digits=8, decimal_places=2)
    posted_at = models.DateTimeField("记账时间")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分流水"
        constraints = [models.UniqueConstraint(fields=["line", "posting"], name="entry_posted_once")]
        indexes = [
            models.Index(fields=["member", "day"], name="entry_by_member"),
            models.Index(fields=["organisation", "day"], name="entry_by_organisation"),
        ]


class StandingQuerySet(ScopedQuerySet):
    organisation_path = "member__branch__"
    owner_path = "member__user"


class Standing(models.Model):
    """积分台账: member × quarter × category, made from the entries alone; can be dropped and rebuilt."""

    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="standings")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    category = models.CharField("类别代码", max_length=20, db_collation="C")
    points = models.DecimalField("分值", max_digits=9, decimal_places=2)
    as_of = models.DateTimeField("截至")

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分台账"
        constraints = [models.UniqueConstraint(fields=["member", "year", "quarter", "category"], name="standing_once")]


class OrganisationMonth(models.Model):
    """党组织月积分: organisation × month × category, of the entries' own organisations; can be dropped and rebuilt."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="point_months")
    month = models.DateField("月份", help_text="该月首日")
    category = models.CharField("类别代码", max_length=20, db_collation="C")
    points = models.DecimalField("分值", max_digits=11, decimal_places=2)
    as_of = models.DateTimeField("截至")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党组织月积分"
        constraints = [models.UniqueConstraint(fields=["organisation", "month", "category"], name="organisation_month_once")]
        indexes = [models.Index(fields=["month"], name="organisation_month_by_month")]


class AwardQuerySet(ScopedQuerySet):
    owner_path = "member__user"


class Award(models.Model):
    """人工认定: a deed filed with evidence; a second person's confirmation makes it a fact."""

    class State(models.TextChoices):
        FILED = "filed", "待确认"
        CONFIRMED = "confirmed", "已确认"
        REFUSED = "refused", "未认定"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="awards")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="当时所在党支部", related_name="+")
    item_code = models.CharField("项目代码", max_length=20, db_collation="C")
    fact_kind = models.CharField("记实种类", max_length=40, db_collation="C")
    day = models.DateField("日期")
    units = models.DecimalField("数量", max_digits=8, decimal_places=2, default=1)
    title = models.CharField("事由", max_length=120)
    evidence = models.CharField("依据", max_length=300)
    state = models.CharField("状态", max_length=12, choices=State, default=State.FILED)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    filed_at = models.DateTimeField("登记时间", auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="确认人", null=True, related_name="+")
    decided_at = models.DateTimeField("确认时间", null=True)
    refusal = models.CharField("未认定原因", max_length=200, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人工认定"
        ordering = ["-filed_at"]
        constraints = [
            models.CheckConstraint(
                name="award_needs_a_second_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")),
                violation_error_message="要由另一个人确认。",
            )
        ]
