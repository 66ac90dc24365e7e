"""会议计数: how many confirmed meetings each branch held of each kind in each month of a year, kept by triggers beside the meetings themselves."""

from django.db import models
from django.db.models import F, Func

from branches.access import ScopedQuerySet
from branches.models import Organisation
from education.models.meetings import Meeting

BITS = 5  # of a month's count: a kind is held once a day at most, so 31 fit


class MeetingTally(models.Model):
    """会议计数: a projection of the confirmed meetings that do not make up for another month; moved by trigger, rebuilt by `rebuild_tallies`."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="+")
    group = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党小组", null=True, related_name="+", db_index=False)
    kind = models.CharField("种类", max_length=16, choices=Meeting.Kind)
    year = models.PositiveSmallIntegerField("年度")
    counts = models.BigIntegerField("各月次数", help_text="每月 5 位，一月在最低")
    months = models.GeneratedField(
        verbose_name="开了的月",
        expression=Func(F("counts"), function="education_months_held"),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议计数"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "group", "kind", "year"],
                nulls_distinct=False,
                name="tally_once",
                violation_error_message="这一年的计数已经有了。",
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.get_kind_display()}"
