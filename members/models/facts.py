"""记实: the only thing that can be worth points, and what is still owed to the ledger."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models.people import Member, MemberClass
from partyportal.core.uid import uid_field


class FactQuerySet(ScopedQuerySet):
    organisation_path = "organisation__"
    owner_path = "member__user"

    def standing(self):
        """The revision that holds now, unless it is a void."""
        return self.filter(superseded_at=None, is_void=False)


class Fact(models.Model):
    """记实: what a member did or received on a day. Revised by a new row, never overwritten; a void is a revision too.

    `key` names the source (`education.attendance:<uid>`). Branch and class are those of the day, so a later
    transfer leaves last year's points where they were earned. The database's trigger notes (member, year) in
    Owed at every change, so no writer can forget to have it settled.
    """

    uid = uid_field()
    kind = models.CharField("种类", max_length=40, db_collation="C")
    key = models.CharField("来源", max_length=80, db_collation="C")
    revision = models.PositiveSmallIntegerField("修订", default=1)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="facts", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="当时所在党支部", related_name="facts", db_index=False)
    member_class = models.CharField("当时分类", max_length=12, choices=MemberClass.Name)
    day = models.DateField("日期")
    units = models.DecimalField("数量", max_digits=12, decimal_places=2, default=1)
    grade = models.CharField("档次", max_length=20, blank=True, default="", db_default="", db_collation="C")
    title = models.CharField("事由", max_length=120)
    evidence = models.CharField("依据", max_length=300, blank=True)
    is_void = models.BooleanField("作废", default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+", db_index=False
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="确认人", null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField("登记时间")
    superseded_at = models.DateTimeField("被修订时间", null=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "记实"
        constraints = [
            models.UniqueConstraint(fields=["key", "revision"], name="fact_revision_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(superseded_at=None), name="fact_one_open_revision"),
        ]
        indexes = [
            models.Index(fields=["member", "day"], name="fact_by_member"),
            models.Index(fields=["organisation", "day"], name="fact_by_organisation"),
        ]

    def __str__(self):
        return f"{self.title} {self.day:%Y-%m-%d}"


class Owed(models.Model):
    """待结算: members whose facts of a year changed since the ledger last looked; appended by trigger, removed by `settle`."""

    member = models.ForeignKey(Member, models.CASCADE, verbose_name="党员", related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    since = models.DateTimeField("起")

    class Meta:
        verbose_name = verbose_name_plural = "待结算"
        indexes = [models.Index(fields=["year", "member"], name="owed_by_year")]
