"""荣誉: what was conferred on a member or an organisation, from its day; withdrawn, it ends and stays readable."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, Organisation
from members.models import Member
from partyportal.core.uid import uid_field
from points.honours.models.calls import Call
from points.honours.models.nominations import Nomination


class HonourQuerySet(DatedQuerySet):
    owner_path = "member__user"

    def visible_to(self, user):
        """Where it was won, where the member is today, and one's own."""
        if not user.is_authenticated:
            return self.none()
        members = Member.objects.visible_to(user).values("pk")
        organisations = Organisation.objects.visible_to(user).values("pk")
        return self.filter(Q(member__in=members) | Q(organisation__in=organisations))


class Honour(models.Model):
    """荣誉: one title of one member or organisation. `organisation` is the honoured one, or the member's branch of that day."""

    uid = uid_field()
    call = models.ForeignKey(Call, models.PROTECT, verbose_name="评选通知", related_name="honours")
    nomination = models.OneToOneField(Nomination, models.PROTECT, verbose_name="推荐", related_name="honour")
    kind = models.CharField("种类", max_length=24, choices=Call.Kind)
    level = models.CharField("级别", max_length=12, choices=Call.Level)
    title = models.CharField("称号", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    conferred_by = models.ForeignKey(Organisation, models.PROTECT, verbose_name="表彰的党组织", related_name="conferred_honours")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", null=True, related_name="honours")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="honours")
    document_number = models.CharField("表彰决定文号", max_length=60)
    is_posthumous = models.BooleanField("追授", default=False, editable=False, help_text="表彰时已经去世")
    start = models.DateField("表彰日期")
    end = models.DateField("撤销日期", null=True)
    withdrawal_number = models.CharField("撤销文号", max_length=60, blank=True)
    withdrawal_reason = models.CharField("撤销原因", max_length=200, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="撤销登记人", null=True, related_name="+")

    objects = HonourQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "荣誉"
        ordering = ["-start", "id"]
        indexes = [
            models.Index(fields=["year", "kind"], name="honour_by_year"),
            models.Index(fields=["-start", "id"], name="honour_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="honour_withdrawn_whole",
                condition=Q(end=None, withdrawn_by=None, withdrawal_number="", withdrawal_reason="")
                | (Q(end__gte=F("start"), withdrawn_by__isnull=False) & ~Q(withdrawal_number="") & ~Q(withdrawal_reason="")),
                violation_error_message="撤销要有日期、文号和原因。",
            ),
            models.CheckConstraint(
                name="honour_posthumous_is_of_a_member",
                condition=Q(is_posthumous=False) | Q(member__isnull=False),
                violation_error_message="追授的是党员，党组织没有追授。",
            ),
        ]

    def __str__(self):
        return f"{self.year} 年{'追授' if self.is_posthumous else ''}{self.title}"

    @property
    def holder(self) -> str:
        return self.member.name if self.member_id else self.organisation.short_name

    @property
    def fact_key(self) -> str:
        return f"honours.honour:{self.uid}"
