"""名册核对: a branch's word that its roster is right, once in a period."""

from django.conf import settings
from django.db import models

from branches.access import ScopedQuerySet
from branches.models import Organisation
from partyportal.core.uid import uid_field


class RosterCheckQuerySet(ScopedQuerySet):
    pass


class RosterCheck(models.Model):
    """名册核对: somebody looked a branch's roster through and found nothing wrong; what was blank then is counted beside it."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="roster_checks")
    start = models.DateField("核对期起", help_text="这一期的第一天，一般是季度的第一天")
    checked_on = models.DateField("核对日期", db_index=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="核对人", related_name="+")
    members = models.PositiveIntegerField("当时党员数")
    incomplete = models.PositiveIntegerField("当时不完整的人数")

    objects = RosterCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名册核对"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "start"], name="roster_checked_once_a_period", violation_error_message="这一期已经核对过。"
            ),
            models.CheckConstraint(
                name="roster_checked_in_its_period",
                condition=models.Q(checked_on__gte=models.F("start")),
                violation_error_message="核对日期不得早于这一期的第一天。",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} {self.checked_on}"
