"""救助 cases: what is asked for whom, where it stands, each step, and the papers. Hardship is seen by `care.see` and by whom it is about."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation
from members.care.aid import rules
from members.care.aid.models.programmes import Programme
from members.models import Member
from partyportal.core.models import Attachment
from partyportal.core.uid import uid_field


class CaseQuerySet(ScopedQuerySet):
    """Being allowed to look around the tree is not enough: `visible_to` itself asks for `care.see`, so no page can forget it."""

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = Q(member__user=user)
        for path in paths_for(user, "care.see"):
            seen |= Q(organisation__path__startswith=path)
        return self.filter(seen)

    def open(self):
        return self.filter(state__in=rules.OPEN)


def _by(label: str):
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=label, null=True, blank=True, related_name="+")


class Case(models.Model):
    """救助事项: one person's need under one programme and year. It stays with the branch that applied, wherever the member goes.

    Its words (need, who asked, reasons) are sealed under a key of its own, `core.personkeys` of `uid`: destroying that key forgets them.
    The columns `…_by` are those of the standing round; the steps keep everybody.
    """

    class State(models.TextChoices):
        VOTING = rules.VOTING, "等党员大会评议"
        REVIEWING = rules.REVIEWING, "等党委审核"
        APPROVING = rules.APPROVING, "等组织部审批"
        PUBLICITY = rules.PUBLICITY, "公示中"
        PAYING = rules.PAYING, "等开付款单"
        CONFIRMING = rules.CONFIRMING, "等确认付款"
        SIGNING = rules.SIGNING, "等签收"
        FOLLOWING = rules.FOLLOWING, "等回访"
        DONE = rules.DONE, "办结"
        RETURNED = rules.RETURNED, "退回补材料"
        REFUSED = rules.REFUSED, "不予救助"
        WITHDRAWN = rules.WITHDRAWN, "已撤回"

    class AskedBy(models.TextChoices):
        MEMBER = "member", "本人"
        FAMILY = "family", "家属"
        BRANCH = "branch", "党支部"

    class Relation(models.TextChoices):
        SPOUSE = "spouse", "配偶"
        CHILD = "child", "子女"
        PARENT = "parent", "父母"
        SIBLING = "sibling", "兄弟姐妹"
        OTHER = "other", "其他亲属"

    uid = uid_field()
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name="救助项目", related_name="cases")
    programme_code = models.SlugField("项目代码", max_length=40, db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="aid_cases")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="申请时所在党支部", related_name="aid_cases")
    year = models.PositiveSmallIntegerField("年度")
    asked_by = models.CharField("谁提出", max_length=8, choices=AskedBy)
    relation = models.CharField("与本人关系", max_length=8, choices=Relation, blank=True)
    amount_asked = models.DecimalField("申请金额", max_digits=12, decimal_places=2)
    amount = models.DecimalField("批准金额", max_digits=12, decimal_places=2, null=True, blank=True)
    state = models.CharField("进度", max_length=10, choices=State)
    applied_on = models.DateField("申请日期")
    acted_on = models.DateField("上一步的日子")
    notice_from = models.DateField("公示从", null=True, blank=True)
    notice_until = models.DateField("公示到", null=True, blank=True, help_text="这天也可以提意见")
    paid_on = models.DateField("付款日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    reviewed_by = _by("审核人")
    approved_by = _by("审批人")
    prepared_by = _by("开付款单的人")
    confirmed_by = _by("确认付款的人")
    recused = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="要回避的人", blank=True, related_name="+", help_text="与本人有亲属关系的经办人"
    )
    claim = models.OneToOneField("fund.Claim", models.PROTECT, verbose_name="列支事项", null=True, blank=True, related_name="aid_case")
    payment = models.OneToOneField("fund.Payment", models.PROTECT, verbose_name="付款单", null=True, blank=True, related_name="aid_case")
    sealed_need = models.BinaryField("困难情况（封存）", null=True, blank=True)
    sealed_asker = models.BinaryField("提出的家属（封存）", null=True, blank=True)
    forgotten_at = models.DateTimeField("材料销毁时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "救助事项"
        ordering = ["acted_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "programme_code", "year"],
                condition=~Q(state__in=[rules.REFUSED, rules.WITHDRAWN]),
                name="aid_case_once_a_year",
                violation_error_message="这位党员今年已经有一件这个项目的救助。",
            ),
            models.CheckConstraint(
                name="aid_case_asks_for_money", condition=Q(amount_asked__gt=0), violation_error_message="申请金额要大于 0。"
            ),
            models.CheckConstraint(
                name="aid_case_granted_has_amount",
                condition=Q(state__in=rules.GRANTED, amount__gt=0, approved_by__isnull=False) | ~Q(state__in=rules.GRANTED),
                violation_error_message="批准的要写明金额和审批人。",
            ),
            models.CheckConstraint(
                name="aid_case_family_says_who",
                condition=Q(asked_by="family") & ~Q(relation="") | (~Q(asked_by="family") & Q(relation="")),
                violation_error_message="家属提出的要写明与本人的关系。",
            ),
            models.CheckConstraint(
                name="aid_case_reviewed_by_another",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("recorded_by")),
                violation_error_message="登记的人不能审核。",
            ),
            models.CheckConstraint(
                name="aid_case_approved_by_another",
                condition=Q(approved_by=None) | ~Q(approved_by=F("recorded_by")),
                violation_error_message="登记的人不能审批。",
            ),
            models.CheckConstraint(
                name="aid_case_approved_by_a_third",
                condition=Q(approved_by=None) | Q(reviewed_by=None) | ~Q(approved_by=F("reviewed_by")),
                violation_error_message="审核的人不能审批。",
            ),
            models.CheckConstraint(
                name="aid_case_prepared_by_another",
                condition=Q(prepared_by=None) | ~Q(prepared_by=F("approved_by")),
                violation_error_message="审批的人不能开付款单。",
            ),
            models.CheckConstraint(
                name="aid_case_confirmed_by_another",
                condition=Q(confirmed_by=None) | (~Q(confirmed_by=F("prepared_by")) & ~Q(confirmed_by=F("approved_by"))),
                violation_error_message="审批和开付款单的人不能确认付款。",
            ),
            models.CheckConstraint(
                name="aid_case_notice_whole",
                condition=Q(notice_from=None, notice_until=None) | Q(notice_from__isnull=False, notice_until__gte=F("notice_from")),
                violation_error_message="公示的起止日期要一起写。",
            ),
            models.CheckConstraint(
                name="aid_case_over_has_day",
                condition=Q(state__in=rules.OVER, closed_on__isnull=False) | (~Q(state__in=rules.OVER) & Q(closed_on=None)),
                violation_error_message="办结的要有办结日期。",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "acted_on"], name="aid_case_by_state"),
            models.Index(fields=["organisation", "state"], name="aid_case_by_branch"),
        ]

    def __str__(self):
        return f"{self.programme}"


class OfCaseQuerySet(ScopedQuerySet):
    """What is part of a case: seen by whoever sees the case."""

    organisation_path = "case__organisation__"

    def visible_to(self, user):
        return self.filter(case__in=Case.objects.visible_to(user).order_by().values("pk"))


class Step(models.Model):
    """经办的一步: who did what on which day, with what result and why. Never changed (trigger); its words end with the case's key."""

    class Act(models.TextChoices):
        APPLY = rules.APPLY, "申请"
        RESUBMIT = rules.RESUBMIT, "补齐再报"
        VOTE = rules.VOTE, "党员大会评议通过"
        VOTE_DOWN = rules.VOTE_DOWN, "党员大会评议未通过"
        REVIEW = rules.REVIEW, "审核同意"
        APPROVE = rules.APPROVE, "审批同意"
        NOTICE_OVER = rules.NOTICE_OVER, "公示期满"
        PREPARE = rules.PREPARE, "开付款单"
        PAY = rules.PAY, "确认付款"
        SIGN = rules.SIGN, "签收"
        FOLLOW_UP = rules.FOLLOW_UP, "回访"
        REFUSE = rules.REFUSE, "不同意"
        RETURN = rules.RETURN, "退回补材料"
        WITHDRAW = rules.WITHDRAW, "撤回"
        REVOKE = rules.REVOKE, "撤销审批"
        UNPAY = rules.UNPAY, "付款冲正"

    uid = uid_field()
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="救助事项", related_name="steps")
    act = models.CharField("步骤", max_length=12, choices=Act)
    day = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    by = _by("经办人")
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2, null=True, blank=True)
    entitled = models.PositiveSmallIntegerField("应到", null=True, blank=True)
    present = models.PositiveSmallIntegerField("实到", null=True, blank=True)
    in_favour = models.PositiveSmallIntegerField("赞成", null=True, blank=True)
    against = models.PositiveSmallIntegerField("不赞成", null=True, blank=True)
    relation = models.CharField("代签的人与本人关系", max_length=8, choices=Case.Relation, blank=True)
    sealed_note = models.BinaryField("说明（封存）", null=True, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "救助经办"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="aid_step_vote_has_counts",
                condition=Q(act__in=["vote", "vote_down"], entitled__gt=0, present__gt=0, in_favour__isnull=False, against__isnull=False)
                | (~Q(act__in=["vote", "vote_down"]) & Q(entitled=None, present=None, in_favour=None, against=None)),
                violation_error_message="评议要有应到、实到、赞成和不赞成的人数。",
            ),
            models.CheckConstraint(
                name="aid_step_says_why",
                condition=~Q(act__in=["refuse", "return", "revoke", "withdraw", "unpay"]) | Q(sealed_note__isnull=False),
                violation_error_message="写明理由。",
            ),
            models.CheckConstraint(
                name="aid_step_has_amount",
                condition=~Q(act__in=["apply", "resubmit", "approve", "prepare", "pay", "sign"]) | Q(amount__gt=0),
                violation_error_message="这一步要有金额。",
            ),
        ]

    def __str__(self):
        return self.get_act_display()

    @property
    def hand(self) -> str:
        """Who did it, as the timeline says it; what the days themselves bring about has no person."""
        return self.by.name if self.by else "自动"

    @property
    def counts(self) -> str:
        """What a vote came to, in words."""
        return f"应到 {self.entitled} 人，实到 {self.present} 人，赞成 {self.in_favour}，不赞成 {self.against}"


class CaseFile(models.Model):
    """救助材料: a sealed paper of a case. Every opening is an audit row; when its years are over the file goes and this line stays."""

    uid = uid_field()
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="救助事项", related_name="files")
    attachment = models.OneToOneField(
        Attachment, models.SET_NULL, verbose_name="文件", null=True, blank=True, related_name="+", help_text="销毁后为空"
    )
    digest = models.CharField("摘要", max_length=64, db_collation="C", help_text="原文件的 SHA-256")
    added_on = models.DateField("交来日期")
    destroyed_at = models.DateTimeField("销毁时间", null=True, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "救助材料"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="aid_case_file_there_or_destroyed",
                condition=Q(attachment__isnull=False, destroyed_at=None) | Q(attachment=None, destroyed_at__isnull=False),
                violation_error_message="材料在，或者写明何时销毁。",
            )
        ]

    def __str__(self):
        return f"材料 {self.digest[:8]}"
