"""名册导入: a batch, what of it is staged until somebody decides, and what it wrote."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.models.people import Member, MemberClass
from partyportal.core.sealed import Seal
from partyportal.core.uid import uid_field


class ImportBatchQuerySet(ScopedQuerySet):
    organisation_path = "organisation__"
    owner_path = "created_by"


class ImportBatch(models.Model):
    """名册导入批次: one uploaded file, from reading to writing; its counts are those of the comparison that stands."""

    class State(models.TextChoices):
        READING = "reading", "正在读取"
        READY = "ready", "待核对"
        COMMITTED = "committed", "已写入"
        UNDONE = "undone", "已撤销"
        DISCARDED = "discarded", "已放弃"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="导入范围", null=True, related_name="+")
    file_name = models.CharField("文件名", max_length=160)
    day = models.DateField("移动日期", help_text="换了支部的人从这天起算在新支部")
    state = models.CharField("状态", max_length=12, choices=State, default=State.READING)
    fault = models.CharField("文件不能用的原因", max_length=300, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("变更", default=0)
    moved = models.PositiveIntegerField("移动", default=0)
    unchanged = models.PositiveIntegerField("未变", default=0)
    missing = models.PositiveIntegerField("缺失", default=0)
    refused = models.PositiveIntegerField("拒收", default=0)
    left = models.PositiveIntegerField("未选", default=0, help_text="核对时没有勾选、因此没有写入的行")
    notes = ArrayField(models.TextField(), verbose_name="没有读的", default=list, db_default=[], help_text="文件里没有读的列和工作表")
    tally = models.JSONField("核对小计", default=dict, help_text="每类结果有几处不同，勾选了几行；每改一次选择重数")
    job = models.UUIDField("任务", null=True, help_text="正在读取、写入或撤销它的任务")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", null=True, related_name="+")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="写入人", null=True, related_name="+")
    committed_at = models.DateTimeField("写入时间", null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名册导入批次"
        ordering = ["-id"]

    def __str__(self):
        return self.file_name

    @property
    def writes(self) -> int:
        """How many people a commit writes."""
        return self.new + self.changed + self.moved


class ImportFile(models.Model):
    """导入的原文件: sealed, kept only until the batch is written or given up, for the copy with its faults marked."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, verbose_name="批次", primary_key=True, related_name="file")
    sealed = models.BinaryField("文件（封存）")

    seals = (Seal("sealed", bound_to="batch__uid", at_once=1),)

    class Meta:
        verbose_name = verbose_name_plural = "导入的原文件"


class Outcome(models.TextChoices):
    NEW = "new", "新增"
    CHANGED = "changed", "变更"
    MOVED = "moved", "移动"
    UNCHANGED = "unchanged", "未变"
    REFUSED = "refused", "拒收"
    LEFT = "left", "未选"


class StagedRow(models.Model):
    """暂存行: one row of a file, read and checked, until its batch is written or given up.

    Empty means "the file does not say". What identifies is sealed here as it is on the member; a new member's
    `uid`, row id and key are taken ahead, so that a commit is inserts from this table and nothing else.
    What the reviewer chose stands here too: `is_ticked` the row, `kept` the fields whose 原值 stays.
    """

    # A batch is never removed, so that its twenty thousand rows need no check of their own (ADR 11).
    batch = models.ForeignKey(ImportBatch, models.CASCADE, verbose_name="批次", related_name="staged", db_index=False, db_constraint=False)
    row = models.PositiveIntegerField("行")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    fields = ArrayField(models.CharField(max_length=20), verbose_name="不同的字段", default=list)
    faults = models.JSONField("错处", null=True)
    is_ticked = models.BooleanField("写入", default=True, db_default=True)
    kept = ArrayField(models.CharField(max_length=20), verbose_name="用原值的字段", default=list, db_default=[])
    seen = models.CharField("核对时的版本", max_length=60, blank=True, default="", db_default="")
    # Held members have theirs, new ones what they will have; no constraint, because those are not there yet.
    member = models.ForeignKey(
        Member, models.DO_NOTHING, verbose_name="党员", null=True, related_name="+", db_constraint=False, db_index=False
    )
    uid = models.UUIDField("公开编号", null=True)
    branch = models.ForeignKey(
        Organisation, models.DO_NOTHING, verbose_name="所在党支部", null=True, related_name="+", db_constraint=False, db_index=False
    )
    name = models.CharField("姓名", max_length=60, blank=True)
    pinyin = models.CharField("拼音", max_length=200, blank=True, db_collation="C")
    initials = models.CharField("拼音首字母", max_length=60, blank=True, db_collation="C")
    id_number = models.BinaryField("公民身份号码（封存）", null=True)
    id_masked = models.CharField("公民身份号码（遮盖）", max_length=18, blank=True)
    id_index = models.BinaryField("身份号码检索值", null=True)
    id_tail_index = models.BinaryField("身份号码后四位检索值", null=True)
    sex = models.CharField("性别", max_length=1, null=True)
    ethnicity = models.CharField("民族", max_length=2, null=True)
    birth_on = models.DateField("出生日期", null=True)
    education = models.CharField("学历", max_length=2, null=True)
    category = models.CharField("人员类别", max_length=12, null=True)
    joined_on = models.DateField("加入党组织日期", null=True)
    full_on = models.DateField("转为正式党员日期", null=True)
    post = models.CharField("工作岗位", max_length=80, null=True)
    mobile_phone = models.CharField("手机号码", max_length=20, null=True)
    landline = models.CharField("固定电话", max_length=24, null=True)
    address = models.CharField("家庭住址", max_length=200, null=True)
    standing = models.CharField("党籍状态", max_length=10, null=True)
    is_lost = models.BooleanField("是否为失联党员", null=True)
    lost_on = models.DateField("失去联系日期", null=True)
    is_mobile = models.BooleanField("是否为流动党员", null=True)
    destination = models.CharField("外出流向", max_length=120, null=True)
    member_class = models.CharField("分类", max_length=12, choices=MemberClass.Name, blank=True)
    wrapped_key = models.BinaryField("封存的密钥", null=True)
    sealed = models.BinaryField("前后值（封存）", null=True)
    dated = models.JSONField("移动前的归属", null=True)

    seals = (Seal("id_number"), Seal("wrapped_key", bound_to="uid"))
    look_ups = Member.look_ups

    class Meta:
        verbose_name = verbose_name_plural = "暂存行"
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="staged_row_once")]
        indexes = [models.Index(fields=["batch", "outcome", "row"], name="staged_by_outcome")]


class ImportedRowQuerySet(ScopedQuerySet):
    organisation_path = "member__branch__"


class ImportedRow(models.Model):
    """写入行: what a batch did to one member, with the values before and after under that person's own key.

    `version` is the member's at which the batch's values stand: a later one says that somebody changed the person
    since. `dated` holds the dated rows (affiliations, groups, classes) before and after, where the batch touched them.
    """

    class Undone(models.TextChoices):
        RESTORED = "restored", "已恢复"
        ENDED = "ended", "已终止"
        CONFLICT = "conflict", "没有撤销"

    batch = models.ForeignKey(ImportBatch, models.PROTECT, verbose_name="批次", related_name="written", db_index=False, db_constraint=False)
    row = models.PositiveIntegerField("行")
    member = models.ForeignKey(Member, models.CASCADE, verbose_name="党员", related_name="import_rows")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    fields = ArrayField(models.CharField(max_length=20), verbose_name="不同的字段", default=list)
    sealed = models.BinaryField("前后值（封存）")
    # Organisations are never removed (ADR 11), so twenty thousand rows need not ask each for itself.
    branch = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="写入时所在党支部", null=True, related_name="+", db_index=False, db_constraint=False
    )
    version_before = models.PositiveIntegerField("写入前的版本", default=0)
    version = models.PositiveIntegerField("写入后的版本", default=0)
    dated = models.JSONField("归属前后", null=True)
    undone = models.CharField("撤销结果", max_length=10, choices=Undone, blank=True, default="", db_default="")
    why = ArrayField(models.CharField(max_length=60), verbose_name="为什么", default=list, db_default=[])

    objects = ImportedRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "写入行"
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="imported_row_once")]


class ImportUndoQuerySet(ScopedQuerySet):
    organisation_path = "batch__organisation__"
    owner_path = "by"


class ImportUndo(models.Model):
    """撤销导入: a written batch taken back, once; its counts say what that did."""

    uid = uid_field()
    batch = models.OneToOneField(ImportBatch, models.PROTECT, verbose_name="批次", related_name="undo")
    day = models.DateField("撤销日期", help_text="不能删除的人，组织关系止于这天")
    removed = models.PositiveIntegerField("移除新增", default=0)
    ended = models.PositiveIntegerField("终止新增", default=0)
    restored = models.PositiveIntegerField("恢复原值", default=0)
    returned = models.PositiveIntegerField("退回原支部", default=0, help_text="恢复的人里，换过支部又退回去的")
    conflicts = models.PositiveIntegerField("没有撤销", default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="撤销人", null=True, related_name="+")
    at = models.DateTimeField("撤销时间", auto_now_add=True)

    objects = ImportUndoQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "撤销导入"
        ordering = ["-id"]

    def __str__(self):
        return f"撤销 {self.batch}"
