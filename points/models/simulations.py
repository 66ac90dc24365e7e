"""试算: what a draft would change for whom. Disposable: made anew at will, gone with its draft, never read by the ledger."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Member, MemberClass
from partyportal.core.uid import uid_field
from points.models.schemes import Scheme, Threshold


class Simulation(models.Model):
    """试算: one draft under one year's facts. It speaks of the draft whose fingerprint it carries, and of no later edit."""

    uid = uid_field()
    scheme = models.ForeignKey(Scheme, models.CASCADE, verbose_name="草案", related_name="simulations")
    year = models.PositiveSmallIntegerField("用哪一年的记实")
    start = models.DateField("自哪天起按草案")
    fingerprint = models.CharField("草案指纹", max_length=64)
    members = models.PositiveIntegerField("人数", default=0)
    gains = models.PositiveIntegerField("多得的", default=0)
    losses = models.PositiveIntegerField("少得的", default=0)
    regraded = models.PositiveIntegerField("等次有变的", default=0)
    falls = models.PositiveIntegerField("会吃亏的", default=0, help_text="少得分、等次降低或新上黄榜")
    before = models.DecimalField("现行合计", max_digits=14, decimal_places=2, default=0)
    after = models.DecimalField("草案合计", max_digits=14, decimal_places=2, default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="试算人", related_name="+")
    made_at = models.DateTimeField("试算时间", auto_now_add=True)
    consented_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="同意人", null=True, related_name="+")
    consented_at = models.DateTimeField("同意时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分试算"
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "year"], name="simulation_once_a_year"),
            models.CheckConstraint(
                name="simulation_consent_of_another",
                condition=Q(consented_by=None) | ~Q(consented_by=F("made_by")),
                violation_error_message="要由试算人以外的人同意。",
            ),
        ]

    def __str__(self):
        return f"{self.scheme}按 {self.year} 年记实试算"


class SimulatedMemberQuerySet(ScopedQuerySet):
    def gaining(self):
        return self.filter(after__gt=F("before"))

    def losing(self):
        return self.filter(after__lt=F("before"))

    def regraded(self):
        return self.filter(is_regraded=True)


class SimulatedMember(models.Model):
    """试算到人: what one member has and would have."""

    simulation = models.ForeignKey(Simulation, models.CASCADE, verbose_name="试算", related_name="rows")
    member = models.ForeignKey(Member, models.CASCADE, verbose_name="党员", related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, verbose_name="党支部", related_name="+")
    member_class = models.CharField("分类", max_length=12, choices=MemberClass.Name, blank=True)
    before = models.DecimalField("现行", max_digits=12, decimal_places=2)
    after = models.DecimalField("草案", max_digits=12, decimal_places=2)
    grade_before = models.ForeignKey(Threshold, models.SET_NULL, verbose_name="现行等次", null=True, related_name="+")
    grade_after = models.ForeignKey(Threshold, models.SET_NULL, verbose_name="草案等次", null=True, related_name="+")
    is_regraded = models.BooleanField("等次有变", default=False)
    falls = models.BooleanField("会吃亏", default=False)

    objects = SimulatedMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "试算到人"
        constraints = [models.UniqueConstraint(fields=["simulation", "member"], name="simulated_once")]

    def __str__(self):
        return f"{self.member} {self.before} → {self.after}"

    @property
    def change(self):
        return self.after - self.before
