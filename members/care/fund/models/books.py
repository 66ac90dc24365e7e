"""A book of money, its years, and what each year may be spent on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from partyportal.core.uid import uid_field


class Book(models.Model):
    """账本: the money of one organisation kept together: its assistance fund, or its 党建经费. Locking this row is how its writers queue."""

    class Kind(models.TextChoices):
        AID = "aid", "帮扶救助基金"
        OPERATING = "operating", "党建经费"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="fund_books")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    name = models.CharField("名称", max_length=60)
    opened_on = models.DateField("启用日期")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="启用人", null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账本"
        ordering = ["kind", "organisation__path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "name"], name="book_once", violation_error_message="这个党组织已经有同名的账本。"
            ),
            models.CheckConstraint(name="book_has_name", condition=~Q(name=""), violation_error_message="写上账本的名称。"),
        ]

    def __str__(self):
        return self.name


class OfBookQuerySet(ScopedQuerySet):
    """Rows of a book hang where the book hangs."""

    organisation_path = "book__organisation__"


class BookYear(models.Model):
    """账本的年度: where its vouchers get their numbers without gaps. Closed, it takes no more, and is not opened again (trigger)."""

    uid = uid_field()
    book = models.ForeignKey(Book, models.PROTECT, verbose_name="账本", related_name="years")
    year = models.PositiveSmallIntegerField("年度")
    last_number = models.PositiveIntegerField("最后一张凭证号", default=0, editable=False)
    closed_at = models.DateTimeField("结账时间", null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="结账人", null=True, blank=True, related_name="+")

    objects = OfBookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账本的年度"
        ordering = ["book", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["book", "year"], name="book_year_once", violation_error_message="这个年度已经启用。"),
            models.CheckConstraint(
                name="book_year_closed_by_somebody",
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                violation_error_message="结账要有结账人和时间。",
            ),
        ]

    def __str__(self):
        return f"{self.year} 年"


class YearEnd(models.Model):
    """年末余额: what an account held when its year was closed, which is what the next year begins with. Never changed (trigger)."""

    book_year = models.ForeignKey(BookYear, models.PROTECT, verbose_name="年度", related_name="ends")
    account = models.ForeignKey("fund.Account", models.PROTECT, verbose_name="账户", related_name="+")
    balance = models.DecimalField("年末余额", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "年末余额"
        constraints = [models.UniqueConstraint(fields=["book_year", "account"], name="year_end_once")]


class BudgetLine(models.Model):
    """预算项目: what a book may spend on one thing in one year. `used` (approved and paid) is kept by the journal's trigger, never above `amount`."""

    uid = uid_field()
    book = models.ForeignKey(Book, models.PROTECT, verbose_name="账本", related_name="lines")
    year = models.PositiveSmallIntegerField("年度")
    code = models.CharField("代码", max_length=12, db_collation="C")
    name = models.CharField("项目", max_length=40)
    amount = models.DecimalField("预算数", max_digits=12, decimal_places=2)
    used = models.DecimalField("已用（含已批未付）", max_digits=12, decimal_places=2, default=0, editable=False)

    objects = OfBookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预算项目"
        ordering = ["book", "-year", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["book", "year", "code"], name="budget_line_once", violation_error_message="这一年已经有这个代码的项目。"
            ),
            models.CheckConstraint(
                name="budget_line_not_overspent",
                condition=Q(used__gte=0, used__lte=F("amount")),
                violation_error_message="已用的不能超过预算数。",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def left(self):
        return self.amount - self.used


class LineChange(models.Model):
    """预算调整: what a line was and became, who and why. Never changed (trigger)."""

    uid = uid_field()
    line = models.ForeignKey(BudgetLine, models.PROTECT, verbose_name="预算项目", related_name="changes")
    before = models.DecimalField("原预算数", max_digits=12, decimal_places=2)
    after = models.DecimalField("现预算数", max_digits=12, decimal_places=2)
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="经办人", null=True, related_name="+")
    reason = models.CharField("缘由", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "预算调整"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="line_change_says_why", condition=~Q(reason=""), violation_error_message="写上为什么调整。")
        ]
