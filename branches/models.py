"""党组织: the tree, its dated past, its powers, its 届次, and who holds which grant over it."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from branches.access import Role, ScopedQuerySet
from partyportal.core.fields import PathField
from partyportal.core.uid import uid_field


def no_overlap(field: str, *, name: str, message: str, condition: Q | None = None) -> ExclusionConstraint:
    """At most one dated row per `field` a day (of those that meet the condition). Both sides are native ranges, so no extension is needed."""
    owner = Func(F(field), F(field), Value("[]"), function="int8range")
    days = Func(F("start"), F("end"), function="daterange")
    return ExclusionConstraint(
        name=name,
        expressions=[(owner, RangeOperators.OVERLAPS), (days, RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=message,
    )


class DatedQuerySet(ScopedQuerySet):
    """Rows true from `start` until the day before `end`."""

    def on(self, day: date):
        return self.filter(Q(end=None) | Q(end__gt=day), start__lte=day)


class OrganisationQuerySet(ScopedQuerySet):
    organisation_path = ""

    def branches(self):
        return self.filter(kind=Organisation.Kind.BRANCH)

    def existing(self):
        return self.filter(dissolved_on=None)


class Organisation(models.Model):
    """党组织: a node of the county's tree. Its past names and places are in OrganisationSpan."""

    class Kind(models.TextChoices):
        COUNTY = "county", "县委"
        WORK_COMMITTEE = "work_committee", "党工委"
        COMMITTEE = "committee", "基层党委"
        GENERAL_BRANCH = "general_branch", "党总支"
        BRANCH = "branch", "党支部"
        GROUP = "group", "党小组"

    class UnitType(models.TextChoices):
        VILLAGE = "village", "村"
        COMMUNITY = "community", "社区"
        TOWNSHIP = "township", "乡镇"
        OFFICE = "office", "机关"
        SCHOOL = "school", "学校"
        INSTITUTION = "institution", "事业单位"
        NEW_SECTOR = "new_sector", "两新"
        RETIRED = "retired", "离退休"
        MOBILE = "mobile", "流动"
        OTHER = "other", "其他"

    uid = uid_field()
    code = models.CharField(
        "党组织代码", max_length=40, unique=True, db_collation="C", error_messages={"unique": "这个党组织代码已经有了。"}
    )
    name = models.CharField("党组织全称", max_length=120)
    short_name = models.CharField("简称", max_length=60)
    pinyin = models.CharField("拼音", max_length=400, blank=True, db_collation="C")
    kind = models.CharField("党组织类别", max_length=20, choices=Kind)
    unit_type = models.CharField("单位类别", max_length=20, choices=UnitType, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, verbose_name="上级党组织", null=True, blank=True, related_name="children")
    path = PathField("路径", unique=True, editable=False)
    founded_on = models.DateField("成立日期")
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党组织"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="organisation_path_ends_in_slash",
                condition=Q(path__startswith="/", path__endswith="/"),
                violation_error_message="路径不对。",
            ),
            models.CheckConstraint(
                name="organisation_dissolved_after_founded",
                condition=Q(dissolved_on=None) | Q(dissolved_on__gte=F("founded_on")),
                violation_error_message="撤销日期不得早于成立日期。",
            ),
        ]

    def __str__(self):
        return self.short_name or self.name

    @property
    def is_branch(self) -> bool:
        return self.kind == self.Kind.BRANCH


class OrganisationSpanQuerySet(DatedQuerySet):
    pass


class OrganisationSpan(models.Model):
    """党组织沿革: where an organisation hung and what it was called, from day to day; past reports join this."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, verbose_name="党组织", related_name="spans")
    parent = models.ForeignKey(Organisation, models.PROTECT, verbose_name="上级党组织", null=True, related_name="+")
    path = PathField("路径")
    name = models.CharField("党组织全称", max_length=120)
    kind = models.CharField("党组织类别", max_length=20, choices=Organisation.Kind)
    start = models.DateField("起")
    end = models.DateField("止", null=True)

    objects = OrganisationSpanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党组织沿革"
        indexes = [models.Index(fields=["path"], name="span_by_path")]
        constraints = [
            no_overlap("organisation", name="span_one_a_day", message="这段沿革与已有的重叠。"),
            models.CheckConstraint(
                name="span_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
        ]


class OrganisationPower(models.Model):
    """党组织权限: a power an organisation holds for a time, such as approving admissions (2026 细则 Art22: not a 党总支)."""

    class Power(models.TextChoices):
        APPROVES_ADMISSION = "approves_admission", "审批预备党员"
        OWN_SCHEME = "own_scheme", "自订积分办法"

    organisation = models.ForeignKey(Organisation, models.CASCADE, verbose_name="党组织", related_name="powers")
    power = models.CharField("权限", max_length=30, choices=Power)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党组织权限"
        constraints = [models.UniqueConstraint(fields=["organisation", "power", "start"], name="power_once_a_day")]


class TermLength(models.Model):
    """任期: how many years a kind of organisation is elected for, from a day on, with its source. No row: it is not elected."""

    organisation_kind = models.CharField("党组织类别", max_length=20, choices=Organisation.Kind)
    unit_type = models.CharField("单位类别", max_length=20, choices=Organisation.UnitType, blank=True, help_text="空着的是其余各类")
    years = models.PositiveSmallIntegerField("年")
    source = models.CharField("依据", max_length=120)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任期"
        constraints = [models.UniqueConstraint(fields=["organisation_kind", "unit_type", "start"], name="term_length_once")]

    def __str__(self):
        return f"{self.get_organisation_kind_display()}{self.get_unit_type_display()} {self.years} 年"


class TermQuerySet(DatedQuerySet):
    def open(self):
        return self.filter(end=None)

    def with_due(self):
        """Each term with `expires_on`, the day it is to be over: as the last approved change says, else as it began."""
        last = TermChange.objects.filter(term=OuterRef("pk")).order_by("-pk").values("until")[:1]
        return self.annotate(expires_on=Coalesce(Subquery(last), F("due_on")))


class Term(models.Model):
    """届次: an organisation's elected term. `due_on` is the day it was to be over when it began; what was approved since is a TermChange."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="terms")
    number = models.PositiveSmallIntegerField("第几届")
    start = models.DateField("当选之日")
    due_on = models.DateField("届满之日")
    end = models.DateField("换届之日", null=True, blank=True)
    basis = models.CharField("批复文号", max_length=120)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "届次"
        constraints = [
            no_overlap("organisation", name="term_one_a_day", message="这段时间已经有一届。"),
            models.UniqueConstraint(
                fields=["organisation", "number"], name="term_number_once", violation_error_message="这一届已经登记过。"
            ),
            models.CheckConstraint(
                name="term_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="换届之日须晚于当选之日。",
            ),
            models.CheckConstraint(
                name="term_due_after_start", condition=Q(due_on__gt=F("start")), violation_error_message="届满之日须晚于当选之日。"
            ),
        ]

    def __str__(self):
        return f"{self.organisation}第{self.number}届"


class TermChangeQuerySet(ScopedQuerySet):
    organisation_path = "term__organisation__"


class TermChange(models.Model):
    """延期或提前换届: what a superior approved of a term's last day, with the number of its document."""

    class Kind(models.TextChoices):
        EXTENDED = "extended", "延期换届"
        ADVANCED = "advanced", "提前换届"

    uid = uid_field()
    term = models.ForeignKey(Term, models.PROTECT, verbose_name="届次", related_name="changes")
    kind = models.CharField("变动", max_length=10, choices=Kind)
    until = models.DateField("改为届满于")
    reason = models.CharField("缘由", max_length=120)
    basis = models.CharField("批准文号", max_length=120)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = TermChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期或提前换届"
        constraints = [
            models.CheckConstraint(
                name="term_change_has_basis", condition=~Q(basis=""), violation_error_message="延期、提前换届要写上级批准的文号。"
            )
        ]

    def __str__(self):
        return f"{self.term}{self.get_kind_display()}"


class GrantQuerySet(DatedQuerySet):
    owner_path = "user"

    def in_force(self, day: date):
        return self.on(day).exclude(confirmed_by=None, operator=False)


class Grant(models.Model):
    """授权: a user's role over an organisation's subtree, from day to day; it counts once a second person confirmed it."""

    uid = uid_field()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="账号", related_name="grants")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="grants")
    role = models.CharField("角色", max_length=20, choices=Role)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="授权人", null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="确认人", null=True, related_name="+")
    # The command line is the operator's own door: whoever reaches it holds the machine.
    operator = models.BooleanField("由运维授予", default=False, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        constraints = [
            models.CheckConstraint(
                name="grant_needs_a_second_person",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("granted_by")),
                violation_error_message="授权要由另一个人确认。",
            ),
            models.CheckConstraint(
                name="grant_not_confirmed_by_its_holder",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("user")),
                violation_error_message="不能确认给自己的授权。",
            ),
            models.CheckConstraint(
                name="grant_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.UniqueConstraint(fields=["user", "organisation", "role"], condition=Q(end=None), name="grant_open_once"),
        ]
