"""考核: indicators as data, and each organisation's yearly card worked out from the rows."""

from django.db import models
from django.db.models import Q

from branches.access import ScopedQuerySet
from branches.models import Organisation
from partyportal.core.uid import uid_field


class Indicator(models.Model):
    """考核指标: one thing the card measures, with its weight from a year on."""

    class Code(models.TextChoices):
        MEETINGS = "meetings", "三会一课"
        ROSTER = "roster", "名册完整"
        COVERAGE = "coverage", "积分覆盖"

    code = models.CharField("代码", max_length=20, choices=Code)
    name = models.CharField("名称", max_length=30)
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2, help_text="百分数；一年各项合计 100")
    definition = models.CharField("算法", max_length=200)
    first_year = models.PositiveSmallIntegerField("起用年度")

    class Meta:
        verbose_name = verbose_name_plural = "考核指标"
        ordering = ["-weight", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "first_year"], name="indicator_once_a_year"),
            models.CheckConstraint(
                name="indicator_weight_in_percent",
                condition=Q(weight__gte=0, weight__lte=100),
                violation_error_message="权重在 0 到 100 之间。",
            ),
        ]

    def __str__(self):
        return self.name


class CardQuerySet(ScopedQuerySet):
    pass


class Card(models.Model):
    """考核卡: an organisation's year in one row, recomputed from its evidence."""

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党组织", related_name="cards")
    year = models.PositiveSmallIntegerField("年度")
    score = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True)
    as_of = models.DateTimeField("截至")

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核卡"
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="card_once_a_year")]

    def __str__(self):
        return f"{self.organisation} {self.year} 年度"


class CardLine(models.Model):
    """考核卡指标: done of due; a value of None says nothing was due."""

    card = models.ForeignKey(Card, models.CASCADE, verbose_name="考核卡", related_name="lines")
    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="指标", related_name="+")
    done = models.PositiveIntegerField("已达")
    due = models.PositiveIntegerField("应达")

    class Meta:
        verbose_name = verbose_name_plural = "考核卡指标"
        constraints = [models.UniqueConstraint(fields=["card", "indicator"], name="card_line_once")]

    def __str__(self):
        return f"{self.indicator} {self.done}/{self.due}"

    @property
    def percent(self) -> float | None:
        """To one place, cut: never 100 while one is missing."""
        return min(self.done, self.due) * 1000 // self.due / 10 if self.due else None
