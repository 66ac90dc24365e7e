"""台账: a book somebody asked for, and the sealed files it is made of."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from education.models import Meeting
from partyportal.core.days import chinese_day
from partyportal.core.models import Job
from partyportal.core.sealed import Seal
from partyportal.core.uid import uid_field


class BookQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own books, of what one may still see."""
        return super().visible_to(user).filter(asked_by=user) if user.is_authenticated else self.none()


class Book(models.Model):
    """台账: what somebody asked to have printed of a meeting, a month or a year. Its files are kept for some days; the row stays."""

    class Span(models.TextChoices):
        MEETING = "meeting", "一次会议"
        MONTH = "month", "一个月"
        YEAR = "year", "一年"

    class Form(models.TextChoices):
        PDF = "pdf", "PDF（打印、存档）"
        DOCX = "docx", "Word（还要改）"
        XLSX = "xlsx", "Excel（登记表）"
        ALL = "all", "三种都要"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="books")
    span = models.CharField("范围", max_length=8, choices=Span)
    start = models.DateField("起", help_text="一个月、一年的第一天；一次会议的那天")
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="会议", null=True, related_name="books")
    form = models.CharField("格式", max_length=4, choices=Form)
    as_of = models.DateField("截至", help_text="缺漏按这一天判断")
    job = models.OneToOneField(Job, models.PROTECT, verbose_name="任务", null=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="谁要的", related_name="+")
    asked_at = models.DateTimeField("什么时候要的", auto_now_add=True)
    made_at = models.DateTimeField("做好时间", null=True)
    expires_at = models.DateTimeField("保存到", null=True)
    files = models.PositiveIntegerField("文件数", default=0)
    size = models.PositiveBigIntegerField("字节数", default=0)
    digest = models.CharField("文件摘要", max_length=64, blank=True, db_collation="C", help_text="下载的那个文件的 SHA-256")
    thrown_at = models.DateTimeField("清掉时间", null=True)

    objects = BookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账"
        ordering = ["-id"]
        indexes = [models.Index(fields=["asked_by", "-id"], name="book_by_asker")]
        constraints = [
            models.CheckConstraint(
                name="book_of_a_meeting",
                condition=Q(span="meeting", meeting__isnull=False) | Q(~Q(span="meeting"), meeting__isnull=True),
                violation_error_message="一次会议的台账要写明是哪次会议。",
            ),
            models.CheckConstraint(
                name="book_made_is_whole",
                condition=Q(made_at=None) | Q(expires_at__isnull=False, files__gt=0) & ~Q(digest=""),
                violation_error_message="做好的台账要有文件、摘要和保存期限。",
            ),
        ]

    def __str__(self):
        return f"{self.organisation}{self.span_words}组织生活台账"

    @property
    def span_words(self) -> str:
        if self.span == self.Span.MEETING:
            return f"{chinese_day(self.start, year=True)}{self.meeting.get_kind_display()}"
        return f"{self.start.year}年{self.start.month}月" if self.span == self.Span.MONTH else f"{self.start.year}年"

    @property
    def is_kept(self) -> bool:
        """Made, and its files are still here."""
        return self.made_at is not None and self.thrown_at is None


class PieceQuerySet(ScopedQuerySet):
    organisation_path = "book__organisation__"


class Piece(models.Model):
    """台账文件: one file of a book, sealed. A book is made piece by piece, so a killed job goes on where it stood."""

    book = models.ForeignKey(Book, models.CASCADE, verbose_name="台账", related_name="pieces")
    branch = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", null=True, related_name="+", help_text="空的是汇总")
    name = models.CharField("文件名", max_length=300)
    form = models.CharField("格式", max_length=4, choices=Book.Form)
    size = models.PositiveIntegerField("字节数")
    digest = models.CharField("摘要", max_length=64, db_collation="C", help_text="SHA-256")
    records = models.JSONField("所载记录的摘要", default=list)
    sealed = models.BinaryField("文件（封存）")

    objects = PieceQuerySet.as_manager()
    seals = (Seal("sealed", bound_to="book__uid", at_once=1),)

    class Meta:
        verbose_name = verbose_name_plural = "台账文件"
        constraints = [
            models.UniqueConstraint(fields=["book", "name"], name="piece_once", violation_error_message="这个文件已经做好了。"),
        ]

    def __str__(self):
        return self.name
