"""The floor's rows: accounts, the audit log, long jobs, the inbox, personal keys."""

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.db import models
from django.db.models import Q

from partyportal.core.fields import PathField
from partyportal.core.masks import mask_phone
from partyportal.core.sealed import Seal
from partyportal.core.seals.models import LedgerSeal, LedgerSlip, SealBlock, Verification
from partyportal.core.uid import uid_field

__all__ = [
    "AuditEntry",
    "CalendarDay",
    "IdempotencyKey",
    "Job",
    "LedgerSeal",
    "LedgerSlip",
    "Notice",
    "PersonKey",
    "SealBlock",
    "Setting",
    "User",
    "Verification",
]


class User(AbstractBaseUser, PermissionsMixin):
    """账号: one person's login, by user name or by phone; a family may share a phone."""

    uid = uid_field()
    username = models.CharField("用户名", max_length=64, unique=True, error_messages={"unique": "这个用户名已经有人用了。"})
    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("手机号码", max_length=20, blank=True, db_index=True)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_staff = models.BooleanField("可进后台", default=False)
    must_change_password = models.BooleanField("须改初始密码", default=False)
    large_text = models.BooleanField("长者模式", default=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self):
        return self.name or self.username

    @property
    def phone_masked(self) -> str:
        return mask_phone(self.phone)

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name


class PersonKey(models.Model):
    """个人密钥: seals one person's before/after values; destroying it makes them unreadable for good (PIPL Art47)."""

    subject = models.UUIDField("本人编号", primary_key=True)
    wrapped = models.BinaryField("封存的密钥")

    seals = (Seal("wrapped", bound_to="subject"),)

    class Meta:
        verbose_name = verbose_name_plural = "个人密钥"


class AuditEntry(models.Model):
    """审计记录: who did what to which row, append-only; it holds uids, codes, days and amounts, never names or free text."""

    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, verbose_name="操作人", null=True, related_name="+", db_index=True)
    code = models.CharField("动作", max_length=80)
    # The floor knows no organisation: the path of that time as text keeps scope answerable for good.
    organisation_path = PathField("当时的组织路径", blank=True, default="")
    target_kind = models.CharField("对象种类", max_length=60, blank=True)
    target_uid = models.UUIDField("对象编号", null=True)
    subject = models.UUIDField("本人编号", null=True, help_text="其个人密钥封存前后值的人")
    data = models.JSONField("编号与数值", default=dict)
    sealed = models.BinaryField("前后值（封存）", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        indexes = [
            models.Index(fields=["code"], name="audit_by_code"),  # whole codes are asked for, never their beginnings
            models.Index(fields=["target_uid", "at"], name="audit_by_target"),
            models.Index(fields=["organisation_path", "at"], name="audit_by_path"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.code}"


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A job is seen by whoever started it."""
        return self.filter(created_by=user)

    def under_way(self):
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])


class Job(models.Model):
    """任务: long work with progress that survives a closed page, a cancelled wish and a killed worker."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "出错，已停"
        CANCELLED = "cancelled", "已取消"

    uid = uid_field()
    kind = models.CharField("种类", max_length=60)
    title = models.CharField("标题", max_length=120)
    state = models.CharField("状态", max_length=12, choices=State, default=State.QUEUED)
    params = models.JSONField("参数", default=dict)
    result = models.JSONField("结果", null=True)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    step = models.CharField("正在做", max_length=120, blank=True)
    error = models.CharField("出错说明", max_length=400, blank=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    cancel_asked = models.BooleanField("要求取消", default=False)
    lease_token = models.UUIDField("租约", null=True)
    lease_until = models.DateTimeField("租约到期", null=True)
    created_by = models.ForeignKey(User, models.PROTECT, verbose_name="发起人", related_name="jobs")
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_by_state", condition=Q(state__in=["queued", "running"]))]

    def __str__(self):
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user)


class Notice(models.Model):
    """提醒: one line in a person's inbox; the key keeps a reminder from being written twice."""

    uid = uid_field()
    user = models.ForeignKey(User, models.CASCADE, verbose_name="收件人", related_name="notices")
    key = models.CharField("来源", max_length=160)
    title = models.CharField("标题", max_length=160)
    reason = models.CharField("缘由", max_length=300, blank=True)
    url = models.CharField("办理页面", max_length=300, blank=True)
    due_on = models.DateField("到期日", null=True)
    created_at = models.DateTimeField("写入时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_written_once")]

    def __str__(self):
        return self.title


class IdempotencyKey(models.Model):
    """重复提交的钥匙: the answer an API change gave, given again to the same key."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="账号")
    key = models.CharField("键", max_length=100)
    digest = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("状态码", null=True)
    body = models.JSONField("回答", null=True)
    created_at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "重复提交的钥匙"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]


class Setting(models.Model):
    """设定值: what a county set a parameter to, from a day on; earlier days keep what held then."""

    uid = uid_field()
    key = models.CharField("参数", max_length=60, db_collation="C")
    value = models.JSONField("值")
    start = models.DateField("起")
    set_by = models.ForeignKey(User, models.PROTECT, verbose_name="设定人", null=True, related_name="+")
    set_at = models.DateTimeField("设定时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "设定值"
        constraints = [models.UniqueConstraint(fields=["key", "start"], name="setting_once_a_day")]

    def __str__(self):
        return self.key


class CalendarDay(models.Model):
    """法定节假日与调休: a day that is not what its weekday says; all other days follow the week."""

    day = models.DateField("日期", primary_key=True)
    is_working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=20)
    source = models.CharField("依据", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "法定节假日与调休"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day} {self.name}"


class Attachment(models.Model):
    """附件: a photo, a PDF or a document handed in, sealed. Its own name is not kept: phones and people write names into it.

    It hangs on nothing itself: the app whose row it proves keeps the link, and gives it out to whoever sees that row.
    """

    class Kind(models.TextChoices):
        JPEG = "image/jpeg", "照片"
        PNG = "image/png", "图片"
        PDF = "application/pdf", "PDF"
        DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word 文档"
        XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 表格"
        PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint 演示"

    uid = uid_field()
    kind = models.CharField("格式", max_length=80, choices=Kind, db_collation="C")
    size = models.PositiveIntegerField("字节数")
    digest = models.CharField("摘要", max_length=64, db_collation="C", help_text="原文件的 SHA-256")
    sealed = models.BinaryField("文件（封存）")
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    seals = (Seal("sealed", bound_to="uid", at_once=1),)

    class Meta:
        verbose_name = verbose_name_plural = "附件"

    def __str__(self):
        return self.get_kind_display()


class MediaFile(models.Model):
    """音像文件: a film on disk, by its uid (core.media). Not sealed: courses and exemplars are made to be shown, and a film must be sent in parts.

    As with an attachment, the app whose row shows it keeps the link and says who sees it.
    """

    class Kind(models.TextChoices):
        MP4 = "video/mp4", "MP4 视频"
        WEBM = "video/webm", "WebM 视频"

    uid = uid_field()
    kind = models.CharField("格式", max_length=20, choices=Kind, db_collation="C")
    size = models.PositiveBigIntegerField("字节数")
    digest = models.CharField("摘要", max_length=64, db_collation="C", help_text="文件的 SHA-256")
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "音像文件"

    def __str__(self):
        return self.get_kind_display()
