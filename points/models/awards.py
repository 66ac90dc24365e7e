"""人工认定: deeds filed by one and confirmed by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models import Member
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class AwardQuerySet(ScopedQuerySet):
    owner_path = "member__user"


class Award(models.Model):
    """人工认定: a deed filed with evidence; a second person's confirmation makes it a fact."""

    class State(models.TextChoices):
        FILED = "filed", "待确认"
        CONFIRMED = "confirmed", "已确认"
        REFUSED = "refused", "未认定"
        REVOKED = "revoked", "已撤销"

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
    again_of = models.OneToOneField(
        "self", models.PROTECT, verbose_name="由哪一笔改好再报", null=True, blank=True, editable=False, related_name="again"
    )
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="撤销人", null=True, related_name="+")
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revocation = models.CharField("撤销原因", max_length=200, blank=True, default="", db_default="")
    files = models.ManyToManyField(Attachment, verbose_name="照片和文件", blank=True, related_name="+")

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人工认定"
        ordering = ["-filed_at"]
        constraints = [
            models.CheckConstraint(
                name="award_needs_a_second_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")),
                violation_error_message="要由另一个人确认。",
            ),
            models.CheckConstraint(
                name="award_veto_has_its_document",
                condition=Q(expires_on=None) | (Q(expires_on__gte=F("day")) & ~Q(document_number="")),
                violation_error_message="一票否决要有批准文号，影响期不能早于发生的日子。",
            ),
            models.CheckConstraint(
                name="award_revoked_for_a_reason",
                condition=Q(state="revoked", revoked_by__isnull=False, revoked_at__isnull=False) & ~Q(revocation="")
                | (~Q(state="revoked") & Q(revoked_by=None, revoked_at=None, revocation="")),
                violation_error_message="撤销要有人、有时间、有原因。",
            ),
            models.CheckConstraint(
                name="award_revoked_by_another",
                condition=Q(revoked_by=None) | ~Q(revoked_by=F("filed_by")),
                violation_error_message="撤销要由登记人以外的人办。",
            ),
        ]
        indexes = [models.Index(fields=["state", "-filed_at", "-id"], name="award_by_state")]

    def __str__(self):
        return self.title

    @property
    def is_veto(self) -> bool:
        """Whether it puts years at zero: only such a deed has a day until which it does."""
        return self.expires_on is not None
