"""What a case rests on: the people beside it, the inspections, the 公示 and the papers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from members.development.models.cases import Case, OfCaseQuerySet
from members.development.rules.steps import MATERIALS
from members.models import Member
from partyportal.core.uid import uid_field


class Companion(models.Model):
    """培养联系人和入党介绍人: a full member beside an applicant, from day to day (2026 Art9, Art14)."""

    class Kind(models.TextChoices):
        CONTACT = "contact", "培养联系人"
        INTRODUCER = "introducer", "入党介绍人"

    uid = uid_field()
    case = models.ForeignKey(Case, models.CASCADE, verbose_name="档案", related_name="companions")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="+")
    kind = models.CharField("身份", max_length=12, choices=Kind)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    end_reason = models.CharField("更换原因", max_length=120, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培养联系人和入党介绍人"
        constraints = [
            models.UniqueConstraint(fields=["case", "member", "kind"], condition=Q(end=None), name="companion_open_once"),
            models.CheckConstraint(
                name="companion_ends_after_start",
                condition=Q(end=None) | Q(end__gte=F("start")),
                violation_error_message="止日不得早于起日。",
            ),
        ]

    def __str__(self):
        return self.get_role_display()


class Inspection(models.Model):
    """考察: the branch's half-yearly look at an activist, and that during probation (2026 Art11, Art30)."""

    class Kind(models.TextChoices):
        HALF_YEAR = "half_year", "积极分子半年考察"
        PROBATION = "probation", "预备期考察"

    uid = uid_field()
    case = models.ForeignKey(Case, models.CASCADE, verbose_name="档案", related_name="inspections")
    kind = models.CharField("种类", max_length=12, choices=Kind)
    day = models.DateField("日期")
    by_whom = models.CharField("考察人", max_length=60)
    conclusion = models.CharField("考察意见", max_length=500)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考察"
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "day"], name="inspection_once_a_day", violation_error_message="这一天已经有考察记录。"
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.day:%Y-%m-%d}"


class Publicity(models.Model):
    """公示: where and from when to when a 发展对象 was made known, and what was objected (2026 Art13)."""

    class Place(models.TextChoices):
        HOME = "home", "本地（流出地）"
        HOST = "host", "流入地"

    uid = uid_field()
    case = models.ForeignKey(Case, models.CASCADE, verbose_name="档案", related_name="publicities")
    place = models.CharField("地方", max_length=8, choices=Place, default=Place.HOME)
    where = models.CharField("公示地点", max_length=80)
    start = models.DateField("起")
    end = models.DateField("止")
    objections = models.CharField("反映的问题", max_length=500, blank=True)
    is_upheld = models.BooleanField("问题属实，影响发展", default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(
                name="publicity_ends_after_start", condition=Q(end__gte=F("start")), violation_error_message="止日不得早于起日。"
            ),
            models.CheckConstraint(
                name="publicity_upheld_has_words",
                condition=Q(is_upheld=False) | ~Q(objections=""),
                violation_error_message="写上反映的问题。",
            ),
            models.UniqueConstraint(
                fields=["case", "place", "start"], name="publicity_once", violation_error_message="这次公示已经登记过。"
            ),
        ]

    def __str__(self):
        return f"{self.get_place_display()} {self.start:%Y-%m-%d}"

    @property
    def words(self) -> str:
        """From when to when, as a line says it."""
        return f"{self.start:%Y-%m-%d} 至 {self.end:%Y-%m-%d}"


class Material(models.Model):
    """材料: a paper of the file, since when and where it is kept, and who saw it there (2026 Art36)."""

    uid = uid_field()
    case = models.ForeignKey(Case, models.CASCADE, verbose_name="档案", related_name="papers")
    kind = models.CharField("材料", max_length=20, choices=list(MATERIALS.items()))
    held_on = models.DateField("日期")
    place = models.CharField("存放处", max_length=60, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="查验人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "发展材料"
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="material_once", violation_error_message="这份材料已经登记过。")
        ]

    def __str__(self):
        return self.get_kind_display()


class AnalysisQuerySet(ScopedQuerySet):
    organisation_path = "organisation__"


class Analysis(models.Model):
    """年度分析: a committee's yearly look at its activists as a body, with how many there were that day (2026 Art11)."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党委", related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    day = models.DateField("分析日期")
    applicants = models.PositiveIntegerField("申请人")
    activists = models.PositiveIntegerField("积极分子")
    candidates = models.PositiveIntegerField("发展对象")
    findings = models.CharField("分析意见", max_length=1000)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积极分子年度分析"
        ordering = ["-year", "organisation__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year"], name="analysis_once_a_year", violation_error_message="这个党委这一年已经分析过。"
            )
        ]

    def __str__(self):
        return f"{self.year} 年"
