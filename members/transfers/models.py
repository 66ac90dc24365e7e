"""组织关系转接: one case from application to receipt, its dated steps, and the letters that travelled."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, OuterRef, Q, Subquery, Value

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation, OrganisationPower
from members.models import Member
from members.transfers import rules
from partyportal.core.fields import EncryptedTextField, PathField
from partyportal.core.sealed import LookUp
from partyportal.core.uid import uid_field


class TransferQuerySet(ScopedQuerySet):
    organisation_path = "from_branch__"

    def visible_to(self, user):
        """The side it leaves from the beginning, the side it comes to once the letter is out, and one's own."""
        if not user.is_authenticated:
            return self.none()
        seen = Q(member__user=user)
        for path in paths_for(user):
            seen |= Q(from_branch__path__startswith=path) | Q(to_branch__path__startswith=path, approved_on__isnull=False)
        return self.filter(seen)

    def open(self):
        return self.exclude(state__in=Transfer.OVER)

    def with_handlers(self, today: date):
        """Each with the organisation that issues for the branch it leaves and receives for the one it comes to."""
        return self.annotate(out_handler=_handler_of("from_branch__path", today), in_handler=_handler_of("to_branch__path", today))

    def within(self, organisation):
        return self.filter(Q(from_branch__path__startswith=organisation.path) | Q(to_branch__path__startswith=organisation.path))


def handlers(below, today: date):
    """Nearest first: the organisations over a branch's path that may issue and receive directly on a day.

    党员教育管理工作条例 Art25: 具有审批预备党员权限的基层党委，可以在全国范围直接相互转移和接收党员组织关系. A branch without
    such a committee over it is the county's own (组织部). A dated power is read as of the day, so a lost one counts at once.
    """
    powers = OrganisationPower.objects.on(today).filter(power=OrganisationPower.Power.APPROVES_ADMISSION).values("organisation")
    above = Organisation.objects.filter(_StandsOver(F("pk"), below), Q(pk__in=powers) | Q(parent=None))
    return above.annotate(below=below).exclude(path=F("below")).order_by("-path")


class _StandsOver(Func):
    """Whether a row id is a step of a materialised path: four rows by their key, where a prefix test would read the whole tree."""

    template = "%(expressions)s), '/')::bigint[])"
    arg_joiner = " = ANY (string_to_array(trim(both '/' from "
    output_field = models.BooleanField()


def _handler_of(path: str, today: date) -> Subquery:
    return Subquery(handlers(ExpressionWrapper(OuterRef(path), output_field=PathField()), today).values("path")[:1])


def _last_allowed() -> ExpressionWrapper:
    return ExpressionWrapper(F("issued_on") + Value(rules.LONGEST), output_field=models.DateField())


class Transfer(models.Model):
    """组织关系转接: one member's way from one branch to another. Until the day of 编入 the old branch stays responsible (条例 Art25)."""

    class Kind(models.TextChoices):
        COUNTY = rules.COUNTY, "县内转接"
        INTERNAL = rules.INTERNAL, "党委内部调整"
        OUT = rules.OUT, "转往县外"
        IN = rules.IN, "县外转入"

    class State(models.TextChoices):
        APPLIED = rules.APPLIED, "等支部同意"
        AGREED = rules.AGREED, "等党委审批"
        TRAVELLING = rules.TRAVELLING, "在途"
        RECEIVED = rules.RECEIVED, "等编入支部"
        PLACED = rules.PLACED, "等回执归档"
        DONE = rules.DONE, "已办结"
        RETURNED = rules.RETURNED, "已退回"
        WITHDRAWN = rules.WITHDRAWN, "已撤销"

    class Reason(models.TextChoices):
        WORK = "work", "工作调动"
        RESIDENCE = "residence", "居住地变动"
        STUDY = "study", "升学或毕业"
        DISCHARGED = "discharged", "退役"
        RETIRED = "retired", "离退休"
        REORGANISED = "reorganised", "组织调整"
        OTHER = "other", "其他"

    class Reach(models.TextChoices):
        CITY = "city", "市内"
        BEYOND = "beyond", "市外"

    OVER = (State.DONE, State.WITHDRAWN)

    uid = uid_field()
    kind = models.CharField("种类", max_length=10, choices=Kind)
    state = models.CharField("进度", max_length=12, choices=State)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", null=True, related_name="transfers")
    from_branch = models.ForeignKey(Organisation, models.PROTECT, verbose_name="转出党支部", null=True, related_name="transfers_out")
    to_branch = models.ForeignKey(Organisation, models.PROTECT, verbose_name="转入党支部", null=True, related_name="transfers_in")
    elsewhere = models.CharField("县外党组织", max_length=120, blank=True, help_text="对方党委全称，介绍信的抬头")
    elsewhere_branch = models.CharField("县外党支部", max_length=120, blank=True)
    reach = models.CharField("转接范围", max_length=8, choices=Reach, default=Reach.CITY)
    reason = models.CharField("转接原因", max_length=12, choices=Reason)
    note = models.CharField("说明", max_length=200, blank=True)
    dues_until = models.DateField("党费交至", null=True, help_text="交至那个月的 1 日")
    applied_on = models.DateField("申请日期")
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="申请人", related_name="+")
    approved_on = models.DateField("转出审批日期", null=True, help_text="从这天起转入一方看得到")
    placed_on = models.DateField("编入日期", null=True)
    acted_on = models.DateField("上一步的日子")
    version = models.PositiveIntegerField("版本", default=1)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织关系转接"
        ordering = ["-applied_on", "-id"]
        indexes = [
            models.Index(fields=["-applied_on", "-id"], name="transfer_newest_first"),
            models.Index(fields=["acted_on"], name="transfer_open", condition=~Q(state__in=["done", "withdrawn"])),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=~Q(state__in=["done", "withdrawn"]),
                name="transfer_one_open_each",
                violation_error_message="这位党员有一次转接还没有办完。",
            ),
            models.CheckConstraint(
                name="transfer_has_its_sides",
                condition=Q(kind__in=["county", "internal"], from_branch__isnull=False, to_branch__isnull=False, elsewhere="")
                | (Q(kind="out", from_branch__isnull=False, to_branch=None) & ~Q(elsewhere=""))
                | (Q(kind="in", from_branch=None, to_branch__isnull=False) & ~Q(elsewhere="")),
                violation_error_message="县内转接要有转出、转入两个支部，县外的写明对方党组织。",
            ),
            models.CheckConstraint(
                name="transfer_moves_somebody",
                condition=Q(member__isnull=False) | Q(kind="in"),
                violation_error_message="要写明转接哪位党员。",
            ),
            models.CheckConstraint(
                name="transfer_goes_elsewhere",
                condition=Q(from_branch=None) | Q(to_branch=None) | ~Q(from_branch=F("to_branch")),
                violation_error_message="转入的支部就是现在的支部。",
            ),
            models.CheckConstraint(
                name="transfer_travels_with_dues_paid",
                condition=Q(state__in=["applied", "returned", "withdrawn"]) | Q(dues_until__isnull=False),
                violation_error_message="写明党费交至哪个月。",
            ),
            models.CheckConstraint(
                name="transfer_placed_has_day",
                condition=Q(placed_on__isnull=False) | ~Q(state__in=["placed", "done"]),
                violation_error_message="编入或转出要有日期。",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.applied_on}"

    @property
    def is_over(self) -> bool:
        return self.state in self.OVER

    @property
    def person_name(self) -> str:
        """The member's name; of somebody from outside not yet placed, as the letter has it."""
        return self.member.name if self.member is not None else self.arrival.name

    @property
    def leaves(self) -> str:
        """Where from, as everybody says it."""
        return self.from_branch.short_name if self.from_branch else self.elsewhere

    @property
    def goes_to(self) -> str:
        return self.to_branch.short_name if self.to_branch else self.elsewhere


class OfTransferQuerySet(ScopedQuerySet):
    """Rows that are part of a transfer: seen by whoever sees it."""

    organisation_path = "transfer__from_branch__"

    def visible_to(self, user):
        return self.filter(transfer__in=Transfer.objects.visible_to(user))


class Step(models.Model):
    """转接步骤: who did what on which day, why, and where it then stood. Never changed, only added."""

    class Act(models.TextChoices):
        APPLY = "apply", "申请转接"
        AGREE = "agree", "支部同意"
        APPROVE = "approve", "党委审批"
        RECEIVE = "receive", "接收党委审核"
        PLACE = "place", "编入支部"
        ARCHIVE = "archive", "回执归档"
        PROVE = "prove", "逾期，支部证明后重办"
        REFUSE = "refuse", "退回"
        RESUBMIT = "resubmit", "改好再报"
        WITHDRAW = "withdraw", "撤销"

    class Refusal(models.TextChoices):
        DUES = "dues", "党费没有交清"
        PAPERS = "papers", "材料不全或与档案不符"
        WRONG_PLACE = "wrong_place", "不归这里管，转错了地方"
        NOT_MOVED = "not_moved", "工作和居住没有变动"
        NOT_REPORTED = "not_reported", "本人没有来报到"
        INQUIRY = "inquiry", "正在接受审查，结论前不转"
        OTHER = "other", "其他"

    uid = uid_field()
    transfer = models.ForeignKey(Transfer, models.CASCADE, verbose_name="转接", related_name="steps")
    act = models.CharField("步骤", max_length=10, choices=Act)
    state = models.CharField("之后的进度", max_length=12, choices=Transfer.State)
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="办理的党组织", null=True, related_name="+")
    refusal = models.CharField("退回的缘由", max_length=14, choices=Refusal, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = OfTransferQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "转接步骤"
        ordering = ["id"]
        constraints = [
            # 条例 Art25: 不得无故拒转拒接.
            models.CheckConstraint(
                name="transfer_refusal_has_reason",
                condition=Q(act="refuse") & ~Q(refusal="") & ~Q(note="") | (~Q(act="refuse") & Q(refusal="")),
                violation_error_message="退回要有缘由和说明，不得无故拒转拒接。",
            ),
        ]

    def __str__(self):
        return self.get_act_display()


class LetterBook(models.Model):
    """介绍信编号簿: the last serial number of a year; whoever takes the next one holds this row until it is written."""

    year = models.PositiveSmallIntegerField("年度", primary_key=True)
    last = models.PositiveIntegerField("用到第几号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "介绍信编号簿"

    def __str__(self):
        return f"{self.year}：{self.last}"


class Letter(models.Model):
    """组织关系介绍信: one number, three parts (存根, 正联, 回执), good until its last day. A second letter of a transfer voids the first."""

    uid = uid_field()
    transfer = models.ForeignKey(Transfer, models.PROTECT, verbose_name="转接", related_name="letters")
    issuer = models.ForeignKey(Organisation, models.PROTECT, verbose_name="开具党委", related_name="+")
    prefix = models.CharField("字头", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("第几号")
    code = models.CharField("校验码", max_length=12, unique=True, db_collation="C")
    addressee = models.CharField("抬头", max_length=120)
    leaves = models.CharField("从哪里来", max_length=120)
    goes_to = models.CharField("到哪里去", max_length=120)
    dues_until = models.DateField("党费交至")
    issued_on = models.DateField("开具日期")
    days = models.PositiveSmallIntegerField("有效期（天）")
    valid_until = models.DateField("有效期至")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="开具人", related_name="+")
    used_on = models.DateField("接收日期", null=True)
    voided_on = models.DateField("作废日期", null=True)

    objects = OfTransferQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织关系介绍信"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="letter_number_once", violation_error_message="这个编号已经用过。"),
            models.UniqueConstraint(
                fields=["transfer"],
                condition=Q(used_on=None, voided_on=None),
                name="letter_one_good_each",
                violation_error_message="上一封介绍信还有效。",
            ),
            models.CheckConstraint(
                name="letter_at_most_90_days",
                condition=Q(days__gte=1, days__lte=rules.LONGEST) & Q(valid_until__gt=F("issued_on")) & Q(valid_until__lte=_last_allowed()),
                violation_error_message="介绍信有效期最长 90 天。",
            ),
            models.CheckConstraint(
                name="letter_used_or_void",
                condition=Q(used_on=None) | Q(voided_on=None),
                violation_error_message="已经接收的介绍信不能作废。",
            ),
            models.CheckConstraint(
                name="letter_used_while_good",
                condition=Q(used_on=None) | Q(used_on__lte=F("valid_until")),
                violation_error_message="过期的介绍信不能接收。",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def number(self) -> str:
        return rules.letter_number(self.prefix, self.year, self.serial)

    @property
    def shown_code(self) -> str:
        return rules.shown_code(self.code)


class Arrival(models.Model):
    """县外转入登记: what the letter from outside says of somebody the roster does not know yet. Emptied once they are placed."""

    transfer = models.OneToOneField(Transfer, models.CASCADE, verbose_name="转接", primary_key=True, related_name="arrival")
    name = models.CharField("姓名", max_length=60)
    id_number = EncryptedTextField("公民身份号码", null=True)
    id_masked = models.CharField("公民身份号码（遮盖）", max_length=18)
    # Unique while the case is open, empty afterwards: one person cannot arrive twice at once.
    id_index = models.BinaryField("身份号码检索值", max_length=16, null=True, unique=True)
    details = EncryptedTextField("采集表各项", null=True, help_text="JSON；编入后清空，从此以名册为准")
    letter_number = models.CharField("介绍信编号", max_length=60)
    issued_on = models.DateField("开具日期")
    valid_until = models.DateField("有效期至")

    objects = OfTransferQuerySet.as_manager()
    look_ups = (LookUp("id_index", "id_number", "id_number"),)

    class Meta:
        verbose_name = verbose_name_plural = "县外转入登记"
        constraints = [
            models.CheckConstraint(
                name="arrival_letter_in_order",
                condition=Q(valid_until__gt=F("issued_on")) & Q(valid_until__lte=_last_allowed()),
                violation_error_message="介绍信有效期最长 90 天，核对开具日期和有效期。",
            )
        ]

    def __str__(self):
        return self.letter_number
