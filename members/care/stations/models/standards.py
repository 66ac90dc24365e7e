"""标准: what a kind of station should have, version by version, and how each station stood when its branch looked."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import DatedQuerySet, no_overlap
from members.care.stations.models.places import OfStationQuerySet, Station, StationKind
from partyportal.core.uid import uid_field


class ChecklistQuerySet(DatedQuerySet):
    """A standard names nobody: whoever comes to its page reads it."""


class Checklist(models.Model):
    """标准清单: what one kind of station should have from a day on. A change is a new version; checks keep theirs."""

    class Every(models.IntegerChoices):
        HALF = 6, "半年"
        YEAR = 12, "一年"

    kind = models.ForeignKey(StationKind, models.PROTECT, verbose_name="阵地类别", related_name="checklists")
    number = models.PositiveSmallIntegerField("第几版")
    every = models.PositiveSmallIntegerField("多久自查一次", choices=Every)
    source = models.CharField("依据", max_length=120)
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="发布人", null=True, related_name="+")

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "标准清单"
        ordering = ["kind__order", "-number"]
        constraints = [
            no_overlap("kind", name="checklist_one_a_day", message="这段日子已经有一版标准。"),
            models.CheckConstraint(
                name="checklist_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.CheckConstraint(
                name="checklist_every_known", condition=Q(every__in=[6, 12]), violation_error_message="自查是半年一次或一年一次。"
            ),
            models.UniqueConstraint(fields=["kind", "number"], name="checklist_number_once", violation_error_message="这一版已经有了。"),
        ]

    def __str__(self):
        return f"{self.kind}标准第 {self.number} 版"


class ChecklistItem(models.Model):
    """标准项: one thing to have. Without a required one a station does not meet the standard. No service changes it: a change is a new version."""

    checklist = models.ForeignKey(Checklist, models.CASCADE, verbose_name="标准清单", related_name="items")
    order = models.PositiveSmallIntegerField("顺序")
    text = models.CharField("内容", max_length=80)
    is_required = models.BooleanField("必备")

    class Meta:
        verbose_name = verbose_name_plural = "标准项"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["checklist", "order"], name="checklist_item_order_once")]

    def __str__(self):
        return self.text


class SelfCheckQuerySet(OfStationQuerySet):
    def counting(self):
        return self.exclude(state=SelfCheck.State.RETURNED)


class SelfCheck(models.Model):
    """自查: how a station stood by its standard on a day, as its branch found it; a superior accepts it or sends it back."""

    class State(models.TextChoices):
        WAITING = "waiting", "等审核"
        ACCEPTED = "accepted", "已审核"
        RETURNED = "returned", "退回重查"

    uid = uid_field()
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="阵地", related_name="checks")
    checklist = models.ForeignKey(Checklist, models.PROTECT, verbose_name="按哪版标准", related_name="checks")
    day = models.DateField("自查日期")
    period_end = models.DateField("算哪一期", help_text="这一期的最后一天")
    state = models.CharField("进度", max_length=10, choices=State, default=State.WAITING)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="自查人", related_name="+")
    checked_at = models.DateTimeField("登记时间", auto_now_add=True)
    reviewed_on = models.DateField("审核日期", null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="审核人", null=True, related_name="+")
    review_note = models.CharField("审核意见", max_length=200, blank=True)

    objects = SelfCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自查"
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "period_end"],
                condition=~Q(state="returned"),
                name="check_once_a_period",
                violation_error_message="这一期已经自查过。",
            ),
            models.CheckConstraint(
                name="check_reviewed_by_somebody",
                condition=Q(state="waiting", reviewed_by=None)
                | (~Q(state="waiting") & Q(reviewed_by__isnull=False, reviewed_on__isnull=False)),
                violation_error_message="审核要有审核人和日期。",
            ),
            models.CheckConstraint(
                name="check_not_reviewed_by_its_maker",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("checked_by")),
                violation_error_message="自查的人不能自己审核。",
            ),
            models.CheckConstraint(
                name="check_returned_says_why",
                condition=~Q(state="returned") | ~Q(review_note=""),
                violation_error_message="退回要写哪里要重查。",
            ),
        ]


class CheckLineQuerySet(ScopedQuerySet):
    organisation_path = "self_check__station__organisation__"


class CheckLine(models.Model):
    """自查项: one item met or missing; what is missing is to be mended by a day."""

    uid = uid_field()
    self_check = models.ForeignKey(SelfCheck, models.CASCADE, verbose_name="自查", related_name="lines")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, verbose_name="标准项", related_name="+")
    is_met = models.BooleanField("有")
    note = models.CharField("缺什么", max_length=120, blank=True)
    mend_by = models.DateField("哪天前补上", null=True, blank=True)
    mended_on = models.DateField("补上的日子", null=True)
    mended_how = models.CharField("怎么补的", max_length=120, blank=True)
    mended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")

    objects = CheckLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自查项"
        ordering = ["item__order"]
        constraints = [
            models.UniqueConstraint(fields=["self_check", "item"], name="check_line_once"),
            models.CheckConstraint(
                name="missing_has_its_day",
                condition=Q(is_met=True) | (~Q(note="") & Q(mend_by__isnull=False)),
                violation_error_message="没有的要写缺什么、哪天前补上。",
            ),
            models.CheckConstraint(
                name="mended_by_somebody",
                condition=Q(mended_on=None) | (Q(mended_by__isnull=False, is_met=False) & ~Q(mended_how="")),
                violation_error_message="补上了要写怎么补的、谁登记。",
            ),
        ]
