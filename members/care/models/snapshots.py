"""定下的名单: who was due for a benefit on a day, and why. What changes later does not rewrite it: append-only by trigger, sealed with the ledgers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.models import Organisation
from members.care.models.conditions import SensitiveQuerySet
from members.care.models.criteria import CriterionVersion
from members.models import Member
from partyportal.core.uid import uid_field


class ListSnapshotQuerySet(SensitiveQuerySet):
    organisation_path = "organisation__"


class ListSnapshot(models.Model):
    """定名单: a criterion's list of an organisation and all below it, fixed for a day and a benefit."""

    uid = uid_field()
    version = models.ForeignKey(CriterionVersion, models.PROTECT, verbose_name="名单条件", related_name="snapshots")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="范围", related_name="+")
    on = models.DateField("按哪天定")
    purpose = models.CharField("用途", max_length=80, help_text="如 2027 年光荣在党50年纪念章")
    people = models.PositiveIntegerField("人数")
    fixed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="定名单的人", null=True, related_name="+")
    fixed_at = models.DateTimeField("定的时间", auto_now_add=True)

    objects = ListSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "定下的名单"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organisation", "on"],
                name="list_fixed_once",
                violation_error_message="这个范围按这一天已经定过名单。",
            ),
            models.CheckConstraint(name="list_has_purpose", condition=~Q(purpose=""), violation_error_message="写明名单用来做什么。"),
        ]

    def __str__(self):
        return self.purpose


class ListEntryQuerySet(SensitiveQuerySet):
    organisation_path = "organisation__"
    owner_path = "member__user"

    def due(self):
        """Those who are on the list, without those left out of it with a reason; who had it before has had it."""
        return self.filter(left_out="")


class ListEntry(models.Model):
    """名单上的一人: the branch and the reasons of that day, as codes and days; or why somebody who fits was left out."""

    class LeftOut(models.TextChoices):
        RECEIVED = "received", "以前已经领过"
        DECLINED = "declined", "本人不要"
        CONDUCT = "conduct", "表现不符合"
        CHECKING = "checking", "情况要再核实"

    snapshot = models.ForeignKey(ListSnapshot, models.PROTECT, verbose_name="名单", related_name="entries")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="list_entries")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="当时所在党支部", related_name="+")
    reasons = models.JSONField("缘由", help_text="代码和日子，不写姓名")
    left_out = models.CharField("没有列入的缘由", max_length=10, choices=LeftOut, blank=True)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名单上的一人"
        constraints = [models.UniqueConstraint(fields=["snapshot", "member"], name="list_entry_once")]
