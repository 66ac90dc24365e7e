"""流出: who is away, where, and when the branch last reached them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet
from branches.models import DatedQuerySet, no_overlap
from members.mobility.rules.places import PROVINCES, destination_words, province_short
from members.models import Member
from partyportal.core.uid import uid_field


class OutflowQuerySet(DatedQuerySet):
    organisation_path = "member__branch__"
    owner_path = "member__user"

    def open(self):
        """Those who are away now and whose 组织关系 is still here."""
        return self.filter(end=None, member__left_on=None)


class Outflow(models.Model):
    """流出登记: a member away from the home branch, from the day of leaving until the day of the return (exclusive).

    The open row leads: `Member.is_mobile` and `destination` follow it, written by the services of this app.
    """

    class Reason(models.TextChoices):
        WORK = "work", "务工"
        BUSINESS = "business", "经商"
        STUDY = "study", "就学"
        FAMILY = "family", "随家人居住"
        ABROAD_STUDY = "abroad_study", "出国（境）学习"
        OTHER = "other", "其他"

    class EndReason(models.TextChoices):
        RETURNED = "returned", "返乡"
        TRANSFERRED = "transferred", "转出组织关系"
        MOVED_ON = "moved_on", "换了地方"
        LOST = "lost", "失联"
        LEFT = "left", "组织关系终止"
        MISTAKEN = "mistaken", "登记有误"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="outflows")
    start = models.DateField("外出之日")
    end = models.DateField("结束之日", null=True, blank=True)
    expected_return = models.DateField("预计返回", null=True, blank=True)
    province = models.CharField("外出省份", max_length=2, choices=list(PROVINCES.items()), help_text="GB/T 2260 代码")
    city = models.CharField("市", max_length=50, blank=True)
    county = models.CharField("县（市、区）", max_length=50, blank=True)
    place_fixed = models.BooleanField("地点相对固定", default=False)
    reason = models.CharField("外出原因", max_length=12, choices=Reason)
    host_name = models.CharField("流入地党组织（县外）", max_length=120, blank=True)
    reported_on = models.DateField("到流入地报到之日", null=True, blank=True)
    contact = models.ForeignKey(Member, models.PROTECT, verbose_name="支部联系人", null=True, related_name="+")
    phone_checked_on = models.DateField("核对手机号之日", null=True, blank=True)
    end_reason = models.CharField("结束缘由", max_length=12, choices=EndReason, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    registered_at = models.DateTimeField("登记时间", auto_now_add=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="了结人", null=True, related_name="+")

    objects = OutflowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "流出登记"
        ordering = ["-start", "-id"]
        indexes = [models.Index(fields=["province"], name="outflow_by_province", condition=Q(end=None))]
        constraints = [
            no_overlap("member", name="outflow_one_a_day", message="这段时间已经有一条流出登记。"),
            models.CheckConstraint(
                name="outflow_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="结束的日子要晚于外出的日子。",
            ),
            models.CheckConstraint(
                name="outflow_end_has_reason",
                condition=Q(end=None, end_reason="") | (Q(end__isnull=False) & ~Q(end_reason="")),
                violation_error_message="流出登记了结要写明缘由。",
            ),
            models.CheckConstraint(
                name="outflow_expected_after_start",
                condition=Q(expected_return=None) | Q(expected_return__gt=F("start")),
                violation_error_message="预计返回的日子要晚于外出的日子。",
            ),
            models.CheckConstraint(
                name="outflow_written_to_the_county",
                condition=~Q(city="", county=""),
                violation_error_message="外出流向要写到县，至少写一个市或县。",
            ),
            models.CheckConstraint(
                name="outflow_contact_is_another",
                condition=Q(contact=None) | ~Q(contact=F("member")),
                violation_error_message="联系人要另选一位，不能是本人。",
            ),
        ]

    def __str__(self):
        return f"{self.destination} {self.start:%Y-%m-%d}"

    @property
    def destination(self) -> str:
        return destination_words(self.province, self.city, self.county)

    @property
    def everyday_place(self) -> str:
        """As people say it: 西安, 东莞, 北京朝阳区."""
        return self.city.removesuffix("市") or f"{province_short(self.province)}{self.county}"


class ContactQuerySet(ScopedQuerySet):
    organisation_path = "member__branch__"
    owner_path = "member__user"

    def reached(self):
        return self.filter(outcome=Contact.Outcome.REACHED)


class Contact(models.Model):
    """联系记录: one try to reach a member, by whom, how, and what came of it. A line is never changed."""

    class Way(models.TextChoices):
        PHONE = "phone", "电话"
        MESSAGE = "message", "微信、短信"
        VIDEO = "video", "视频"
        VISIT = "visit", "上门"
        KIN = "kin", "托亲属"
        RETURN = "return", "返乡时见面"

    class Outcome(models.TextChoices):
        REACHED = "reached", "联系上了"
        UNREACHED = "unreached", "没联系上"

    uid = uid_field()
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="contacts", db_index=False)
    day = models.DateField("联系之日")
    way = models.CharField("方式", max_length=8, choices=Way)
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    note = models.CharField("说了什么", max_length=300, blank=True)
    made_by = models.ForeignKey(Member, models.PROTECT, verbose_name="联系人", null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系记录"
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["member", "outcome", "-day"], name="contact_by_member")]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.get_way_display()}"
