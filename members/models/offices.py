"""党内职务: who holds which post of which organisation, from day to day."""

from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, Grant, Organisation
from members.models.people import Member
from partyportal.core.uid import uid_field


class OfficeQuerySet(DatedQuerySet):
    owner_path = "member__user"


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

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="offices")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="offices")
    position = models.CharField("职务", max_length=16, choices=Position)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
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
            models.UniqueConstraint(fields=["organisation"], condition=Q(position="secretary", end=None), name="office_one_secretary"),
            models.UniqueConstraint(fields=["member", "organisation", "position"], condition=Q(end=None), name="office_open_once"),
        ]

    def __str__(self):
        return f"{self.organisation}{self.get_position_display()}"
