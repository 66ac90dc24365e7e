"""What was said: the agenda, each text the minutes ever had, who approved it, and what was photographed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet
from education.models.meetings import Meeting
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class OfMeetingQuerySet(ScopedQuerySet):
    """Rows that are part of a meeting, for whoever keeps or oversees the record."""

    organisation_path = "meeting__organisation__"


class AgendaItem(models.Model):
    """议题: one item of a meeting, in its order. Rewritten as a whole; every text it had stays in MinutesRevision."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name="会议", related_name="agenda")
    position = models.PositiveSmallIntegerField("第几项")
    title = models.CharField("议题", max_length=120)
    # Words, not a member: a township cadre or a technician of the village reports as well.
    reporter = models.CharField("汇报人", max_length=40, blank=True)
    said = models.TextField("讨论情况", blank=True)
    decided = models.TextField("议定", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "议题"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="agenda_item_once"),
            models.CheckConstraint(name="agenda_item_titled", condition=~Q(title=""), violation_error_message="每个议题要有题目。"),
        ]

    def __str__(self):
        return self.title


class MinutesRevision(models.Model):
    """纪要的一稿: the whole text as it stood after one save. Never changed (trigger)."""

    uid = uid_field()
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="会议", related_name="revisions")
    number = models.PositiveSmallIntegerField("第几稿")
    text = models.TextField("全文")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="写的人", related_name="+")
    written_at = models.DateTimeField("写于", auto_now_add=True)

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "纪要的一稿"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="minutes_revision_once")]

    def __str__(self):
        return f"第 {self.number} 稿"


class MinutesApproval(models.Model):
    """纪要审定: somebody who was neither the scribe nor the writer read one text and stands for it. Never changed (trigger)."""

    revision = models.OneToOneField(MinutesRevision, models.PROTECT, verbose_name="哪一稿", related_name="approval")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="审定人", related_name="+")
    approved_at = models.DateTimeField("审定时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "纪要审定"


class MeetingFile(models.Model):
    """会议照片和文件: optional, each content once in a meeting. Its digest is here too, so that the same file elsewhere is found without opening one."""

    uid = uid_field()
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="会议", related_name="files")
    attachment = models.OneToOneField(Attachment, models.PROTECT, verbose_name="附件", related_name="+")
    digest = models.CharField("摘要", max_length=64, db_collation="C")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+")
    added_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议照片和文件"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "digest"], name="meeting_file_once", violation_error_message="这个文件已经传过。")
        ]
        indexes = [models.Index(fields=["digest"], name="meeting_file_by_digest")]
