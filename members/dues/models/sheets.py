"""党费表格: a file somebody sent, kept sealed until it is written or given up."""

from django.conf import settings
from django.db import models

from branches.access import ScopedQuerySet
from branches.models import Organisation
from partyportal.core.sealed import Seal
from partyportal.core.uid import uid_field


class DuesSheetQuerySet(ScopedQuerySet):
    pass


class DuesSheet(models.Model):
    """党费表格: bases or payments of one branch from a spreadsheet. It holds incomes, so the file is sealed and kept no longer than needed."""

    class What(models.TextChoices):
        BASES = "bases", "核定基数"
        PAYMENTS = "payments", "登记交纳"

    class State(models.TextChoices):
        READY = "ready", "待核对"
        COMMITTED = "committed", "已写入"
        DISCARDED = "discarded", "已放弃"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="+")
    what = models.CharField("内容", max_length=10, choices=What)
    file_name = models.CharField("文件名", max_length=160)
    sealed = models.BinaryField("文件（封存）", null=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.READY)
    rows = models.PositiveIntegerField("写入行数", default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = DuesSheetQuerySet.as_manager()
    seals = (Seal("sealed", bound_to="uid", at_once=1),)

    class Meta:
        verbose_name = verbose_name_plural = "党费表格"
        constraints = [
            models.CheckConstraint(
                name="dues_sheet_kept_while_ready",
                condition=models.Q(state="ready", sealed__isnull=False) | (~models.Q(state="ready") & models.Q(sealed=None)),
                violation_error_message="写入或放弃以后不再留文件。",
            )
        ]

    def __str__(self):
        return self.file_name
