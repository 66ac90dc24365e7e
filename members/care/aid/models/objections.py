"""What is objected to a notice: received by one, answered by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.care.aid.models.cases import Case, OfCaseQuerySet
from partyportal.core.uid import uid_field


class ObjectionQuerySet(OfCaseQuerySet):
    def open(self):
        return self.filter(answered_on=None)


class Objection(models.Model):
    """公示意见: somebody doubts a case while its notice hangs. What is said is sealed with the case; who said it is not asked for."""

    uid = uid_field()
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="救助事项", related_name="objections")
    received_on = models.DateField("收到日期")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    sealed_words = models.BinaryField("意见（封存）")
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="答复人", null=True, blank=True, related_name="+"
    )
    is_upheld = models.BooleanField("意见成立", null=True, blank=True)
    sealed_answer = models.BinaryField("答复（封存）", null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示意见"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="aid_objection_answered_whole",
                condition=Q(answered_on=None, answered_by=None, is_upheld=None, sealed_answer=None)
                | Q(answered_on__isnull=False, answered_by__isnull=False, is_upheld__isnull=False, sealed_answer__isnull=False),
                violation_error_message="答复要写明成立不成立和理由。",
            ),
            models.CheckConstraint(
                name="aid_objection_answered_by_another",
                condition=Q(answered_by=None) | ~Q(answered_by=F("received_by")),
                violation_error_message="登记意见的人不能答复。",
            ),
        ]

    def __str__(self):
        return f"{self.received_on:%Y-%m-%d} 的意见"
