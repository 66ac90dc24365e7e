"""走访: an outing somebody made, and each member who was called on; taken back by a void with its reason, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.models import Organisation
from members.care.models.conditions import SensitiveQuerySet
from members.care.visits.models.occasions import Round, VisitDue
from members.care.visits.models.pairs import Pair
from members.models import Member
from partyportal.core.fields import EncryptedTextField
from partyportal.core.uid import uid_field


class OutingQuerySet(SensitiveQuerySet):
    pass


class Outing(models.Model):
    """一次走访: who went out on a day for what, and what was brought; one outing may call on several members."""

    class Kind(models.TextChoices):
        CALL = "call", "走访慰问"
        ILLNESS = "illness", "探望病人"
        BEREAVED = "bereaved", "看望家属"
        TALK = "talk", "家访谈心"
        PAIR = "pair", "结对联系"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="哪个党组织去的", related_name="outings")
    kind = models.CharField("为了什么", max_length=10, choices=Kind)
    round = models.ForeignKey(Round, models.PROTECT, verbose_name="哪一轮", null=True, blank=True, related_name="outings")
    day = models.DateField("日期")
    companions = models.CharField("还有谁去", max_length=120, blank=True, help_text="不是本支部党员的写名字、单位")
    brought = models.CharField("带了什么", max_length=120, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OutingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "一次走访"
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(
                name="outing_round_is_a_call",
                condition=Q(round=None) | Q(kind="call"),
                violation_error_message="只有走访慰问算在一轮走访里。",
            ),
        ]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}"


class GoerQuerySet(SensitiveQuerySet):
    organisation_path = "outing__organisation__"
    owner_path = "member__user"


class Goer(models.Model):
    """去走访的党员: a member who went; what it may be worth is a fact of theirs."""

    outing = models.ForeignKey(Outing, models.CASCADE, verbose_name="一次走访", related_name="goers", db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="outings")

    objects = GoerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "去走访的党员"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["outing", "member"], name="goer_once")]

    def __str__(self):
        return str(self.member)


class VisitQuerySet(SensitiveQuerySet):
    owner_path = "member__user"

    def standing(self):
        """Those not taken back."""
        return self.filter(voided_at=None)


class Visit(models.Model):
    """走访一位党员: what was found (sealed: it tells of illness and income), and whether there is a need to follow."""

    uid = uid_field()
    outing = models.ForeignKey(Outing, models.PROTECT, verbose_name="一次走访", related_name="visits", db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="走访的党员", related_name="calls")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="那天所在党支部", related_name="visits")
    due = models.ForeignKey(VisitDue, models.PROTECT, verbose_name="应走访的一项", null=True, blank=True, related_name="visits")
    pair = models.ForeignKey(Pair, models.PROTECT, verbose_name="结对", null=True, blank=True, related_name="contacts")
    found = EncryptedTextField("看到、听到的情况", null=True, editable=False)
    needs = models.BooleanField("有难处要帮", default=False)
    signed = models.BooleanField("本人或家属签收", default=False)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="作废人", null=True, blank=True, related_name="+")
    void_reason = models.CharField("为什么作废", max_length=120, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访一位党员"
        constraints = [
            models.UniqueConstraint(fields=["outing", "member"], name="visit_once_an_outing"),
            models.UniqueConstraint(
                fields=["due"],
                condition=Q(voided_at=None, due__isnull=False),
                name="visit_due_done_once",
                violation_error_message="这一轮已经走访过这位党员。",
            ),
            models.CheckConstraint(
                name="visit_voided_with_reason",
                condition=Q(voided_at=None, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                violation_error_message="作废要写明为什么。",
            ),
        ]

    def __str__(self):
        return f"走访{self.member}"
