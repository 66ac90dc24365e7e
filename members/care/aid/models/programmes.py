"""救助项目 as data: a county writes what it gives, to whom, how much and by which steps; once a case rests on it, it stays."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from members.care.aid import rules
from partyportal.core.uid import uid_field


class ProgrammeQuerySet(models.QuerySet):
    def on(self, day):
        """Those in force on a day."""
        return self.filter(Q(end=None) | Q(end__gt=day), start__lte=day)


class Programme(models.Model):
    """救助项目: one version. A change is a new version under the same code; the trigger `frozen` keeps a used one, but for its end."""

    uid = uid_field()
    code = models.SlugField("代码", max_length=40, help_text="改版时不变，如 hardship")
    name = models.CharField("名称", max_length=40)
    source = models.CharField("依据", max_length=200, help_text="文件名称和文号")
    criterion = models.ForeignKey(
        "care.Criterion", models.PROTECT, verbose_name="面向哪个名单", null=True, blank=True, related_name="+", help_text="按名单开的用它"
    )
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2, help_text="定额就是每人多少，限额就是一年最多多少")
    is_fixed = models.BooleanField("定额", default=False, help_text="每人一样多；不勾就是在限额以内按情况定")
    needs_vote = models.BooleanField("要党员大会评议", default=True)
    needs_review = models.BooleanField("要党总支、党委审核", default=True)
    needs_notice = models.BooleanField("要公示", default=True)
    needs_follow_up = models.BooleanField("要回访", default=True)
    bars_unqualified = models.BooleanField("评议不合格的不给", default=True, help_text="地方性待遇通行的规定")
    notice_days = models.PositiveSmallIntegerField(
        "公示几个工作日", default=5, validators=[MinValueValidator(1), MaxValueValidator(30)], help_text="公示期内都可以提意见"
    )
    follow_up_days = models.PositiveSmallIntegerField(
        "签收后几天内回访", default=60, validators=[MinValueValidator(7), MaxValueValidator(365)]
    )
    retention_years = models.PositiveSmallIntegerField(
        "材料保存几年", default=10, validators=[MinValueValidator(1), MaxValueValidator(30)], help_text="到期销毁，只留金额和日期"
    )
    start = models.DateField("从哪天起")
    end = models.DateField("到哪天止", null=True, blank=True, help_text="这天起不再受理")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="设立人", null=True, related_name="+")
    set_at = models.DateTimeField("设立时间", auto_now_add=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "救助项目"
        ordering = ["code", "-start"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "start"], name="programme_version_once", violation_error_message="这个项目这一天已经有一版了。"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(end=None), name="programme_one_open", violation_error_message="这个项目已有一版在用。"
            ),
            models.CheckConstraint(name="programme_amount", condition=Q(amount__gt=0), violation_error_message="金额要大于 0。"),
            models.CheckConstraint(
                name="programme_span", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止的日期要晚于起的日期。"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def needs(self) -> frozenset[str]:
        """The steps this programme asks for beside approval, payment and signature."""
        asked = {
            rules.NEEDS_VOTE: self.needs_vote,
            rules.NEEDS_REVIEW: self.needs_review,
            rules.NEEDS_NOTICE: self.needs_notice,
            rules.NEEDS_FOLLOW_UP: self.needs_follow_up,
        }
        return frozenset(step for step, needed in asked.items() if needed)
