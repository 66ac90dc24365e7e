"""党员: the person, and the dated rows that say where and as what."""

import re
from datetime import date

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Reverse

from branches.access import ScopedQuerySet
from branches.models import DatedQuerySet, Organisation, no_overlap
from members.rules.ages import NO_PROBATION, party_since, years_before
from partyportal.core import crypto
from partyportal.core.fields import EncryptedTextField
from partyportal.core.masks import mask_phone
from partyportal.core.sealed import LookUp, last_four
from partyportal.core.uid import uid_field


def years_since(field: str, *, on: date, at_least: int | None = None, at_most: int | None = None) -> Q:
    """Whole years since the day in a column, as `rules.ages.whole_years` counts them; never so of an empty column or a day to come."""
    found = Q(**{f"{field}__lte": on if at_least is None else years_before(on, at_least)})
    return found if at_most is None else found & Q(**{f"{field}__gt": years_before(on, at_most + 1)})


def with_party_age(*, on: date, at_least: int | None = None, at_most: int | None = None, no_probation=NO_PROBATION) -> Q:
    """党龄 in whole years, as `rules.ages.party_since` and `party_age` have it. Who has none yet has no 党龄, not one of 0 years."""
    asked = {"on": on, "at_least": at_least, "at_most": at_most}
    from_full = Q(full_on__isnull=False) & years_since("full_on", **asked)
    if no_probation is None:
        return from_full
    then = Q(joined_on__range=no_probation)
    return (then & years_since("joined_on", **asked)) | (~then & from_full)


class MemberQuerySet(ScopedQuerySet):
    organisation_path = "branch__"
    owner_path = "user"

    def at_home(self):
        """Those whose 组织关系 is here today."""
        return self.filter(left_on=None)

    def with_id_number(self, number: str):
        """The member of an ID number, found by its HMAC; the number of a file merged into another leads to the one kept."""
        held = Member.objects.filter(id_index=crypto.look_up(number, purpose="id_number"))
        return self.filter(pk__in=held.values(kept=Coalesce("merged_into", "pk")))

    def matching(self, text: str):
        """Found by name, pinyin, its initials, a whole ID number or its last four signs, or the last four or more digits of a phone.

        An encrypted number knows its last four only as an HMAC of exactly four, so more digits ask for a phone or the whole number.
        """
        text = re.sub(r"\s+", "", text)
        if re.fullmatch(r"\d{17}[\dXx]", text):
            return self.with_id_number(text.upper())
        if re.fullmatch(r"\d{3}[\dXx]", text):
            tail = crypto.look_up(text.upper(), purpose="id_tail")
            return self.alias(phone_back=Reverse("mobile_phone")).filter(Q(id_tail_index=tail) | Q(phone_back__startswith=text[::-1]))
        if text.isdecimal():
            reversed_phone = self.alias(phone_back=Reverse("mobile_phone"))
            return reversed_phone.filter(phone_back__startswith=text[::-1]) if len(text) > 4 else self.none()
        if text.isascii():
            return self.filter(Q(initials__startswith=text.lower()) | Q(pinyin__startswith=text.lower()))
        return self.filter(name__contains=text)

    def aged(self, low: int | None, high: int | None, *, on: date):
        """Those who are at least `low` and at most `high` years old on a day."""
        return self.filter(years_since("birth_on", on=on, at_least=low, at_most=high))


class Member(models.Model):
    """党员: the national form's fields (党员基本信息采集表). Branch and class of a day are in the dated rows below."""

    class Sex(models.TextChoices):
        MALE = "1", "男"
        FEMALE = "2", "女"

    class Category(models.TextChoices):
        FULL = "full", "正式党员"
        PROBATIONARY = "probationary", "预备党员"

    class Standing(models.TextChoices):
        NORMAL = "normal", "正常"
        SUSPENDED = "suspended", "停止党籍"

    uid = uid_field()
    name = models.CharField("姓名", max_length=60)
    pinyin = models.CharField("拼音", max_length=200, db_collation="C")
    initials = models.CharField("拼音首字母", max_length=60, db_collation="C")
    sex = models.CharField("性别", max_length=1, choices=Sex)
    ethnicity = models.CharField("民族", max_length=2, default="01", help_text="GB/T 3304 代码")
    id_number = EncryptedTextField("公民身份号码")
    id_masked = models.CharField("公民身份号码（遮盖）", max_length=18)
    id_index = models.BinaryField("身份号码检索值", unique=True, max_length=16)
    id_tail_index = models.BinaryField("身份号码后四位检索值", max_length=16)
    birth_on = models.DateField("出生日期")
    education = models.CharField("学历", max_length=2, blank=True, help_text="GB/T 4658 代码")
    category = models.CharField("人员类别", max_length=12, choices=Category)
    joined_on = models.DateField("加入党组织日期")
    full_on = models.DateField("转为正式党员日期", null=True, blank=True)
    probation_until = models.DateField(
        "讨论转正的日子",
        null=True,
        blank=True,
        editable=False,
        help_text="延长、推迟，或者支部大会讨论以后等审批的；空着就是预备期满的那天",
    )
    post = models.CharField("工作岗位", max_length=80, blank=True)
    mobile_phone = models.CharField("手机号码", max_length=20, blank=True)
    landline = models.CharField("固定电话", max_length=24, blank=True)
    address = models.CharField("家庭住址", max_length=200, blank=True)
    standing = models.CharField("党籍状态", max_length=10, choices=Standing, default=Standing.NORMAL)
    is_lost = models.BooleanField("是否为失联党员", default=False)
    lost_on = models.DateField("失去联系日期", null=True, blank=True)
    is_mobile = models.BooleanField("是否为流动党员", default=False)
    destination = models.CharField("外出流向", max_length=120, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name="账号", null=True, blank=True, related_name="member"
    )
    # Where the affiliations lead today; a trigger on Affiliation keeps both, so no service can forget.
    # Organisations are never removed and the trigger takes the branch from a checked row, so neither column pays for a check of its own.
    branch = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="所在党支部", null=True, editable=False, related_name="members", db_constraint=False
    )
    left_on = models.DateField("组织关系转出日期", null=True, editable=False)
    # Always the file that is kept in the end: merging that one too leads this one on.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="已并入", null=True, editable=False, related_name="merged_files", db_index=False
    )
    version = models.PositiveIntegerField("版本", default=1, help_text="每改一次加一；旧版本的修改被拒")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = MemberQuerySet.as_manager()
    look_ups = (LookUp("id_index", "id_number", "id_number"), LookUp("id_tail_index", "id_number", "id_tail", of=last_four))

    class Meta:
        verbose_name = verbose_name_plural = "党员"
        indexes = [
            # Without the id, though lists are ordered by both: a planner that believes the roster empty would look ids up in here.
            models.Index(fields=["pinyin"], name="member_by_pinyin"),
            models.Index(OpClass(F("initials"), name="text_pattern_ops"), name="member_by_initials"),
            models.Index(OpClass(F("name"), name="varchar_pattern_ops"), name="member_by_name"),
            models.Index(OpClass(Reverse("mobile_phone"), name="text_pattern_ops"), name="member_by_phone_tail"),
            models.Index(fields=["id_tail_index"], name="member_by_id_tail"),
            models.Index(fields=["merged_into"], name="member_by_kept_file", condition=Q(merged_into__isnull=False)),
        ]
        constraints = [
            # 1969-04 to 1977-08 had no 预备期: the two days may be equal.
            models.CheckConstraint(
                name="full_not_before_joined",
                condition=Q(full_on=None) | Q(full_on__gte=F("joined_on")),
                violation_error_message="转正日期不得早于入党日期。",
            ),
            models.CheckConstraint(
                name="full_member_has_day",
                condition=~Q(category="full") | Q(full_on__isnull=False),
                violation_error_message="正式党员要填转为正式党员日期。",
            ),
            models.CheckConstraint(
                name="lost_has_day",
                condition=Q(is_lost=False) | Q(lost_on__isnull=False),
                violation_error_message="失联党员要填失去联系日期。",
            ),
            models.CheckConstraint(
                name="mobile_has_destination",
                condition=Q(is_mobile=False) | ~Q(destination=""),
                violation_error_message="流动党员要填外出流向，写到县。",
            ),
            # What an import, a return or any other writer might open again is refused here.
            models.CheckConstraint(
                name="merged_is_not_at_home",
                condition=Q(merged_into=None) | Q(left_on__isnull=False),
                violation_error_message="这份档案已并入另一份，不能再编入支部。",
            ),
            models.CheckConstraint(name="merged_into_another", condition=~Q(merged_into=F("id")), violation_error_message="不能并入自己。"),
            models.CheckConstraint(
                name="joined_after_birth", condition=Q(joined_on__gt=F("birth_on")), violation_error_message="入党日期须晚于出生日期。"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def party_since(self) -> date | None:
        """The day 党龄 counts from."""
        return party_since(self.joined_on, self.full_on)

    @property
    def phone_masked(self) -> str:
        """前3后4, or nothing when none is known."""
        return mask_phone(self.mobile_phone)


class Affiliation(models.Model):
    """组织关系: the one 党支部 a member belongs to, from day to day."""

    class Reason(models.TextChoices):
        OPENING = "opening", "首次导入"
        ADMITTED = "admitted", "发展入党"
        MOVED = "moved", "转接"
        TRANSFERRED_IN = "transferred_in", "由县外转入"
        REORGANISED = "reorganised", "组织调整"
        RESTORED = "restored", "恢复党籍"
        CORRECTED = "corrected", "更正误登"

    class EndReason(models.TextChoices):
        MOVED = "moved", "转到县内别的支部"
        TRANSFERRED_OUT = "transferred_out", "转往县外"
        DIED = "died", "去世"
        CANCELLED = "cancelled", "取消预备党员资格"
        WITHDREW = "withdrew", "退党"
        REMOVED = "removed", "除名"
        EXPELLED = "expelled", "开除党籍"
        MERGED = "merged", "并入同一人的另一份档案"
        UNDONE = "undone", "撤销导入"

    # `affiliation_starts_once` begins with the member: an index of its own would be a second one.
    member = models.ForeignKey(Member, models.CASCADE, verbose_name="党员", related_name="affiliations", db_index=False)
    # `members_follow_affiliation` looks up all the branches of a statement at once.
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="affiliations", db_constraint=False)
    start = models.DateField("起")
    end = models.DateField("止", null=True)
    reason = models.CharField("由来", max_length=16, choices=Reason)
    end_reason = models.CharField("止的缘由", max_length=16, choices=EndReason, blank=True, db_default="")
    basis = models.CharField("依据", max_length=120, blank=True, db_default="", help_text="介绍信、决定或批复的编号")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织关系"
        constraints = [
            # One branch a day is kept by the trigger `members_one_a_day`: a GiST exclusion cost an import twice its whole time.
            models.UniqueConstraint(fields=["member", "start"], name="affiliation_starts_once"),
            models.CheckConstraint(
                name="affiliation_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="止日须晚于起日。",
            ),
            # A member belongs to one branch a day, or to none with a reason.
            models.CheckConstraint(
                name="affiliation_end_has_reason",
                condition=Q(end=None, end_reason="") | (Q(end__isnull=False) & ~Q(end_reason="")),
                violation_error_message="组织关系终止要写明缘由。",
            ),
        ]


class GroupMembership(models.Model):
    """党小组归属: which 党小组 of the branch a member belongs to, from day to day."""

    member = models.ForeignKey(Member, models.CASCADE, verbose_name="党员", related_name="group_memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党小组", related_name="group_memberships")
    start = models.DateField("起")
    end = models.DateField("止", null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党小组归属"
        constraints = [
            no_overlap("member", name="group_membership_one_a_day", message="同一天只能属于一个党小组。"),
            models.CheckConstraint(
                name="group_membership_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="止日须晚于起日。",
            ),
        ]


class MemberClassQuerySet(DatedQuerySet):
    organisation_path = "member__branch__"
    owner_path = "member__user"


class MemberClass(models.Model):
    """党员分类: as what a member is scored, from day to day (骨干/普通/流动/特殊 in some counties, these in ours)."""

    class Name(models.TextChoices):
        VILLAGE = "village", "农村"
        OFFICE = "office", "机关事业"
        ENTERPRISE = "enterprise", "两新组织"
        MOBILE = "mobile", "流动"
        RETIRED = "retired", "离退休"
        EXEMPT = "exempt", "年老体弱"

    member = models.ForeignKey(  # found by `member_class_starts_once`
        Member, models.CASCADE, verbose_name="党员", related_name="classes", db_index=False
    )
    name = models.CharField("分类", max_length=12, choices=Name)
    start = models.DateField("起")
    end = models.DateField("止", null=True)

    objects = MemberClassQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党员分类"
        constraints = [
            # One class a day is kept by the trigger `members_one_a_day`, as for affiliations.
            models.UniqueConstraint(fields=["member", "start"], name="member_class_starts_once"),
            models.CheckConstraint(
                name="member_class_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="止日须晚于起日。",
            ),
        ]
