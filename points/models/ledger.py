"""The ledger, and its two disposable projections."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation
from members.models import Fact, Member
from points.models.schemes import Item


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
        MULTIPLIER = 4, "系数"
        FLOOR = 5, "下限"
        VETO = 6, "一票否决"

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
    points = models.DecimalField("分值", max_digits=12, decimal_places=2)
    posted_at = models.DateTimeField("记账时间")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分流水"
        constraints = [models.UniqueConstraint(fields=["line", "posting"], name="entry_posted_once")]
        indexes = [
            models.Index(fields=["member", "day"], name="entry_by_member"),
            models.Index(fields=["organisation", "day"], name="entry_by_organisation"),
            # The county's list, latest first, and a year out of many: without it each sorts or reads the whole ledger.
            models.Index(fields=["day", "id"], name="entry_by_day"),
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
    points = models.DecimalField("分值", max_digits=12, decimal_places=2)
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
    points = models.DecimalField("分值", max_digits=14, decimal_places=2)
    as_of = models.DateTimeField("截至")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党组织月积分"
        constraints = [models.UniqueConstraint(fields=["organisation", "month", "category"], name="organisation_month_once")]
        indexes = [models.Index(fields=["month"], name="organisation_month_by_month")]


class OrganisationYear(models.Model):
    """党组织年积分: organisation × year × category, the sum of its months; a county's year is then ten thousand rows and not a hundred."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="point_years", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    category = models.CharField("类别代码", max_length=20, db_collation="C")
    points = models.DecimalField("分值", max_digits=14, decimal_places=2)
    as_of = models.DateTimeField("截至")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党组织年积分"
        constraints = [models.UniqueConstraint(fields=["organisation", "year", "category"], name="organisation_year_once")]
        indexes = [models.Index(fields=["year"], name="organisation_year_by_year")]
