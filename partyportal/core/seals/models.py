"""封账: the seals, what each holds, the slips of rows not yet sealed, and the outcome of each verification."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from partyportal.core.seals import rules
from partyportal.core.uid import uid_field


class LedgerSeal(models.Model):
    """封账: a link of the one chain over all ledgers. It holds the rows of one ledger up to `last_id` and names the head before it.

    The database refuses to change or remove it. `head` is what is printed; `mac` proves that a holder of SEAL_KEY sealed.
    """

    number = models.PositiveIntegerField("封号", unique=True)
    ledger = models.CharField("账本", max_length=63, db_collation="C")
    columns = ArrayField(models.CharField(max_length=63), verbose_name="所封的列")
    after_id = models.BigIntegerField("上次封到")
    first_id = models.BigIntegerField("首行")
    last_id = models.BigIntegerField("末行")
    rows = models.PositiveIntegerField("行数")
    digest = models.CharField("摘要", max_length=64, db_collation="C")
    previous = models.CharField("上一封印", max_length=64, db_collation="C", unique=True)
    head = models.CharField("封印", max_length=64, db_collation="C", unique=True)
    mac = models.CharField("密钥签章", max_length=64, db_collation="C")
    key = models.CharField("密钥指纹", max_length=16, db_collation="C")
    sealed_at = models.DateTimeField("封账时间")

    class Meta:
        verbose_name = verbose_name_plural = "封账"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["ledger", "after_id"], name="seal_follows_one_seal"),
            models.UniqueConstraint(fields=["ledger", "last_id"], name="seal_ends_once"),
            models.CheckConstraint(
                name="seal_holds_rows",
                condition=Q(rows__gt=0, first_id__gt=F("after_id"), last_id__gte=F("first_id")),
                violation_error_message="一次封账至少封一行。",
            ),
        ]

    def __str__(self):
        return f"第 {self.number} 封"

    @property
    def link(self) -> rules.Link:
        """The seal as it is hashed."""
        fields = {name: getattr(self, name) for name in rules.Link.__dataclass_fields__}
        return rules.Link(**fields | {"columns": tuple(self.columns)})

    @property
    def printed_head(self) -> str:
        return rules.printed(self.head)


class SealBlock(models.Model):
    """封账的一段: up to a thousand rows of a seal, with a mark of each, so that the one which disagrees can be named."""

    seal = models.ForeignKey(LedgerSeal, models.CASCADE, verbose_name="封账", related_name="blocks")
    position = models.PositiveIntegerField("第几段")
    after_id = models.BigIntegerField("上一段到")
    last_id = models.BigIntegerField("末行")
    ids = models.TextField("行号", db_collation="C")
    marks = models.BinaryField("行标")
    rows_digest = models.BinaryField("行摘要")

    class Meta:
        verbose_name = verbose_name_plural = "封账的一段"
        constraints = [models.UniqueConstraint(fields=["seal", "position"], name="seal_block_once")]


class LedgerSlip(models.Model):
    """记账底联: what one statement wrote into a ledger, left by the ledger's own trigger and thrown away once sealed.

    It names a row that was touched in the minutes before its seal. Its marks are quick hashes, good for that and no more.
    """

    ledger = models.CharField("账本", max_length=63, db_collation="C")
    width = models.PositiveSmallIntegerField("列数")
    last_id = models.BigIntegerField("末行")
    ids = ArrayField(models.BigIntegerField(), verbose_name="行号")
    marks = ArrayField(models.BigIntegerField(), verbose_name="行标")

    class Meta:
        verbose_name = verbose_name_plural = "记账底联"


class Verification(models.Model):
    """核验: what a verification of the ledgers found, and the head it was made under."""

    uid = uid_field()
    at = models.DateTimeField("核验时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="核验人", null=True, related_name="+")
    number = models.PositiveIntegerField("封到第几封")
    head = models.CharField("封印", max_length=64, db_collation="C", blank=True)
    rows = models.PositiveBigIntegerField("已封行数")
    unsealed = models.PositiveBigIntegerField("未封行数")
    seconds = models.FloatField("用时（秒）")
    fault = models.CharField("不符之处", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "账本核验"
        ordering = ["-at"]
        indexes = [models.Index(fields=["-at"], name="verification_by_time")]

    @property
    def is_sound(self) -> bool:
        return not self.fault
