"""党内职务: who holds which post of which organisation, from day to day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, Grant, Organisation, Term
from members.models.people import Member
from partyportal.core.uid import uid_field


class OfficeQuerySet(DatedQuerySet):
    owner_path = "member__user"

    def open(self):
        return self.filter(end=None)


class Office(models.Model):
    """党内职务: a member's post in an organisation's committee. Its holders are the roll of a 支委会."""

    class Position(models.TextChoices):
        SECRETARY = "secretary", "书记"
        DEPUTY = "deputy", "副书记"
        ORGANISATION = "organisation", "组织委员"
        PUBLICITY = "publicity", "宣传委员"
        DISCIPLINE = "discipline", "纪检委员"
        MEMBER = "member", "委员"
        GROUP_LEADER = "group_leader", "党小组组长"

    class Way(models.TextChoices):
        ELECTED = "elected", "选举产生"
        APPOINTED = "appointed", "上级任命"
        OPENING = "opening", "补登记：早已任职"

    class EndReason(models.TextChoices):
        TERM_OVER = "term_over", "届满换届"
        REASSIGNED = "reassigned", "工作调整"
        RESIGNED = "resigned", "辞职"
        REMOVED = "removed", "免职、撤职"
        MOVED = "moved", "组织关系转出"
        LEFT = "left", "组织关系终止"
        SUSPENDED = "suspended", "停止党籍"
        DIED = "died", "去世"
        DISSOLVED = "dissolved", "党组织撤销"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="offices")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="offices")
    position = models.CharField("职务", max_length=16, choices=Position)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    term = models.ForeignKey(Term, models.PROTECT, verbose_name="届次", null=True, blank=True, related_name="offices")
    full_time = models.BooleanField("专职", default=False, help_text="专岗：只做党务，不兼行政、业务")
    way = models.CharField("产生方式", max_length=10, choices=Way, default=Way.ELECTED)
    # The ballot, where there was one and it was written down: entitled to vote, there, in favour.
    entitled = models.PositiveSmallIntegerField("应到会", null=True, blank=True)
    present = models.PositiveSmallIntegerField("实到会", null=True, blank=True)
    votes = models.PositiveSmallIntegerField("得票", null=True, blank=True)
    basis = models.CharField("任职依据", max_length=120, blank=True, help_text="批复或任命的文号")
    appointed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记任职的人", null=True, related_name="+")
    end_reason = models.CharField("止的缘由", max_length=12, choices=EndReason, blank=True)
    end_basis = models.CharField("免职依据", max_length=120, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记免职的人", null=True, related_name="+")
    grant = models.OneToOneField(
        Grant,
        models.SET_NULL,
        verbose_name="随职务的授权",
        null=True,
        blank=True,
        related_name="office",
        help_text="职务终止，授权随之终止",
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党内职务"
        constraints = [
            models.CheckConstraint(
                name="office_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(position="secretary", end=None),
                name="office_one_secretary",
                violation_error_message="这个党组织已经有书记。",
            ),
            models.UniqueConstraint(
                fields=["member", "organisation", "position"],
                condition=Q(end=None),
                name="office_open_once",
                violation_error_message="这位党员已经任这个职务。",
            ),
            models.CheckConstraint(
                name="office_end_has_reason",
                condition=Q(end=None, end_reason="") | (Q(end__isnull=False) & ~Q(end_reason="")),
                violation_error_message="职务终止要写明缘由。",
            ),
            models.CheckConstraint(
                name="office_ballot_whole",
                condition=Q(entitled=None, present=None, votes=None)
                | Q(
                    entitled__isnull=False, present__isnull=False, votes__isnull=False, present__lte=F("entitled"), votes__lte=F("present")
                ),
                violation_error_message="应到会、实到会、得票要填全，得票不多于实到会，实到会不多于应到会。",
            ),
        ]

    def __str__(self):
        return f"{self.organisation}{self.get_position_display()}"
