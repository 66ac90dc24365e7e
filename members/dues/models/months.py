"""每月应交: the one definition of which months a member owes, to which branch, how much, and whether they are paid."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Count, DecimalField, Q, Sum, Value
from django.db.models.functions import Coalesce

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.dues.models.bases import Base, Exemption
from members.dues.models.payments import Collection, Payment
from members.models import Member


class DueMonthQuerySet(ScopedQuerySet):
    owner_path = "member__user"

    def of_year(self, year: int):
        return self.filter(year=year)

    def of_month(self, month: date):
        """The year is named too: by it the view finds its bases."""
        return self.filter(year=month.year, month=month)

    def owing(self):
        """Something is due and nobody has paid it."""
        return self.filter(payment=None, due__gt=0)

    def paid(self):
        return self.filter(payment__isnull=False)

    def sums(self) -> dict:
        """Members and money due, paid and unpaid: the one way these are added up. Keyword arguments for `aggregate` or `annotate`."""
        zero = Value(Decimal(0), output_field=DecimalField(max_digits=12, decimal_places=2))
        paid, owing, exempt = Q(payment__isnull=False), Q(payment=None, due__gt=0), Q(payment=None, due=0)
        return {
            "months": Count("month"),
            "due_total": Coalesce(Sum("due"), zero),
            "paid_months": Count("month", filter=paid),
            "paid_total": Coalesce(Sum("paid", filter=paid), zero),
            "owing_months": Count("month", filter=owing),
            "owing_total": Coalesce(Sum("due", filter=owing), zero),
            "exempt_months": Count("month", filter=exempt),
            "waiting_months": Count("month", filter=Q(collection_state=Collection.State.RECORDED)),
        }


class DueMonth(models.Model):
    """每月应交: a member × month, a view over base, affiliation, suspension, exemption and payment (migration 0002).

    A month belongs to the branch of its last day, so a transfer splits a year by whole months; whoever died, left or was
    suspended by then does not owe it, and a 预备党员 owes the month of the 支部大会. A month without a base is not in it.
    """

    pk = models.CompositePrimaryKey("member_id", "month", verbose_name="党员和月份")
    member = models.ForeignKey(Member, models.DO_NOTHING, verbose_name="党员", related_name="+")
    month = models.DateField("月份")
    year = models.PositiveSmallIntegerField("年度")
    due_on = models.DateField("到期日")
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, verbose_name="应交的党支部", related_name="+")
    base = models.ForeignKey(Base, models.DO_NOTHING, verbose_name="党费基数", related_name="+")
    exemption = models.ForeignKey(Exemption, models.DO_NOTHING, verbose_name="减免", null=True, related_name="+")
    due = models.DecimalField("应交", max_digits=12, decimal_places=2)
    payment = models.ForeignKey(Payment, models.DO_NOTHING, verbose_name="交纳", null=True, related_name="+")
    paid = models.DecimalField("已交", max_digits=12, decimal_places=2, null=True)
    collection_state = models.CharField("核对状态", max_length=12, choices=Collection.State, null=True)

    objects = DueMonthQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "dues_duemonth"
        verbose_name = verbose_name_plural = "每月应交"

    @property
    def is_exempt(self) -> bool:
        return self.due == 0
