"""人工认定: deeds filed by one and confirmed by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Member
from partyportal.core.uid import uid_field


class AwardQuerySet(ScopedQuerySet):
    owner_path = "member__user"


class Award(models.Model):
    """人工认定: a deed filed with evidence; a second person's confirmation makes it a fact."""

    class State(models.TextChoices):
        FILED = "filed", "待确认"
        CONFIRMED = "confirmed", "已确认"
        REFUSED = "refused", "未认定"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="awards")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="当时所在党支部", related_name="+")
    item_code = models.CharField("项目代码", max_length=20, db_collation="C")
    fact_kind = models.CharField("记实种类", max_length=40, db_collation="C")
    day = models.DateField("日期")
    units = models.DecimalField("数量", max_digits=8, decimal_places=2, default=1)
    grade = models.CharField("档次", max_length=20, blank=True, db_collation="C")
    title = models.CharField("事由", max_length=120)
    evidence = models.CharField("依据", max_length=300)
    document_number = models.CharField("批准文号", max_length=60, blank=True, help_text="一票否决要有批准文件")
    expires_on = models.DateField("影响到", null=True, blank=True, help_text="一票否决的影响期到哪一天")
    state = models.CharField("状态", max_length=12, choices=State, default=State.FILED)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    filed_at = models.DateTimeField("登记时间", auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="确认人", null=True, related_name="+")
    decided_at = models.DateTimeField("确认时间", null=True)
    refusal = models.CharField("未认定原因", max_length=200, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人工认定"
        ordering = ["-filed_at"]
        constraints = [
            models.CheckConstraint(
                name="award_needs_a_second_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")),
                violation_error_message="要由另一个人确认。",
            )
        ]
