"""岗位责任制: what whoever holds a post in a branch answers for."""

from django.db import models
from django.db.models import F, Q

from branches.models import DatedQuerySet, Organisation
from members.models import Member
from partyportal.core.uid import uid_field


class DutyCardQuerySet(DatedQuerySet):
    owner_path = "member__user"


class DutyCard(models.Model):
    """岗位责任卡: a post, its holder and its duties, one a line; a new year or holder is a new card."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="duty_cards")
    title = models.CharField("岗位", max_length=40)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="责任人", related_name="duty_cards")
    duties = models.TextField("职责", max_length=1200, help_text="一行一条")
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)

    objects = DutyCardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位责任卡"
        constraints = [
            models.CheckConstraint(
                name="duty_card_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.UniqueConstraint(
                fields=["organisation", "title", "member"],
                condition=Q(end=None),
                name="duty_card_open_once",
                violation_error_message="这个岗位已经有他的责任卡，先换下旧的。",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.duties.splitlines() if line.strip()]
