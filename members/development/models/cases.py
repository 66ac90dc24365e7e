"""发展档案: one person's way from application to 转正, and where it was kept."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation, no_overlap
from members.development.rules.procedure import STAGES, STEP_NAMES, VERSIONS, Procedure
from members.development.rules.steps import Step
from members.models import Member
from partyportal.core import crypto
from partyportal.core.fields import EncryptedTextField
from partyportal.core.masks import mask_phone
from partyportal.core.sealed import LookUp, last_four
from partyportal.core.uid import uid_field


class CaseQuerySet(ScopedQuerySet):
    """A case hangs where the applicant belongs; once admitted it follows the member. No applicant has a login."""

    def visible_to(self, user):
        return self._under(paths_for(user)) if user.is_authenticated else self.none()

    def where(self, user, verb: str):
        return self._under(paths_for(user, verb))

    def within(self, organisation):
        return self._under([organisation.path])

    def _under(self, paths: list[str]):
        inside = Q()
        for path in paths:
            inside |= Q(member=None, organisation__path__startswith=path) | Q(member__branch__path__startswith=path)
        return self.filter(inside) if inside else self.none()

    def open(self):
        return self.filter(state=Case.State.OPEN)

    def with_id_number(self, number: str):
        return self.filter(id_index=crypto.look_up(number, purpose="id_number"))

    def matching(self, text: str):
        """Found by name, pinyin or its initials, a whole ID number or its last four."""
        text = text.strip()
        if len(text) == 18 and text[:17].isdecimal():
            return self.with_id_number(text.upper())
        if len(text) == 4 and text[:3].isdecimal():
            return self.filter(id_tail_index=crypto.look_up(text.upper(), purpose="id_tail"))
        if text.isascii():
            return self.filter(Q(initials__startswith=text.lower()) | Q(pinyin__startswith=text.lower()))
        return self.filter(name__contains=text)


class Case(models.Model):
    """发展档案: a person on the way into the Party, who is no member before the 支部大会 and the committee have admitted them.

    Stage, next step and its days are a projection of the dated rows below, kept at every act so that the county can
    sort and filter by them; `services.cases.refresh` works them out anew.
    """

    class State(models.TextChoices):
        OPEN = "open", "正在发展"
        DONE = "done", "已转正归档"
        STOPPED = "stopped", "已终止"

    class StopReason(models.TextChoices):
        WITHDREW = "withdrew", "本人撤回申请"
        UNFIT = "unfit", "政治审查不合格或者不具备党员条件"
        CANCELLED = "cancelled", "取消预备党员资格"
        LEFT = "left", "离开本县"
        DIED = "died", "去世"
        MISTAKEN = "mistaken", "登记错了"

    uid = uid_field()
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="培养的党支部", related_name="development_cases")
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name="党员", null=True, blank=True, related_name="development_cases", help_text="接收以后才有"
    )
    name = models.CharField("姓名", max_length=60)
    pinyin = models.CharField("拼音", max_length=200, db_collation="C")
    initials = models.CharField("拼音首字母", max_length=60, db_collation="C")
    sex = models.CharField("性别", max_length=1, choices=Member.Sex)
    ethnicity = models.CharField("民族", max_length=2, default="01", help_text="GB/T 3304 代码")
    birth_on = models.DateField("出生日期")
    id_number = EncryptedTextField("公民身份号码")
    id_masked = models.CharField("公民身份号码（遮盖）", max_length=18)
    id_index = models.BinaryField("身份号码检索值", max_length=16)
    id_tail_index = models.BinaryField("身份号码后四位检索值", max_length=16)
    education = models.CharField("学历", max_length=2, blank=True, help_text="GB/T 4658 代码")
    unit = models.CharField("工作或者学习单位", max_length=80, blank=True)
    post = models.CharField("工作岗位", max_length=80, blank=True)
    mobile_phone = models.CharField("手机号码", max_length=20, blank=True)
    address = models.CharField("家庭住址", max_length=200, blank=True)
    is_mobile = models.BooleanField("流动人员", default=False, help_text="流出地、流入地都要公示")
    procedure = models.CharField(
        "适用的细则", max_length=8, choices=[(code, version.name) for code, version in VERSIONS.items()], help_text="申请时施行的"
    )
    applied_on = models.DateField("申请日期", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    stage = models.PositiveSmallIntegerField("阶段", choices=list(STAGES.items()), default=1)
    next_step = models.CharField("下一步", max_length=20, choices=list(STEP_NAMES.items()), blank=True)
    not_before = models.DateField("最早", null=True, blank=True)
    due_on = models.DateField("最晚", null=True, blank=True)
    is_limit = models.BooleanField("细则写明的期限", default=False)
    begins_at = models.PositiveSmallIntegerField("从第几步起", default=1, help_text="名册里原有的预备党员从第 21 步起")
    round = models.PositiveSmallIntegerField("第几次讨论转正", default=1)
    probation_until = models.DateField("预备期满", null=True, blank=True)
    extension = models.PositiveSmallIntegerField("延长月数", default=0)
    postponed_until = models.DateField("推迟讨论到", null=True, blank=True)
    closed_on = models.DateField("结束日期", null=True, blank=True)
    stop_reason = models.CharField("终止缘由", max_length=12, choices=StopReason, blank=True)
    stop_note = models.CharField("终止说明", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = CaseQuerySet.as_manager()
    look_ups = (LookUp("id_index", "id_number", "id_number"), LookUp("id_tail_index", "id_number", "id_tail", of=last_four))

    class Meta:
        verbose_name = verbose_name_plural = "发展档案"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "state"], name="case_by_organisation"),
            models.Index(fields=["state", "due_on"], name="case_by_due"),
            models.Index(fields=["id_tail_index"], name="case_by_id_tail"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"],
                condition=Q(state="open"),
                name="case_open_once",
                violation_error_message="这个公民身份号码已经有正在发展的档案。",
            ),
            models.UniqueConstraint(
                fields=["member"], condition=Q(state="open"), name="case_one_per_member", violation_error_message="这位党员已经有发展档案。"
            ),
            models.CheckConstraint(
                name="case_closed_has_day",
                condition=Q(state="open", closed_on=None) | (~Q(state="open") & Q(closed_on__isnull=False)),
                violation_error_message="结束的档案要有结束日期。",
            ),
            models.CheckConstraint(
                name="case_stopped_has_reason",
                condition=(Q(state="stopped") & ~Q(stop_reason="")) | (~Q(state="stopped") & Q(stop_reason="")),
                violation_error_message="终止要写明缘由。",
            ),
            models.CheckConstraint(
                name="case_last_stage_has_member",
                condition=~Q(stage=5) | Q(member__isnull=False),
                violation_error_message="到了第五阶段就是预备党员。",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def rules(self) -> Procedure:
        """The version of the 细则 the case runs under."""
        return VERSIONS[self.procedure]

    @property
    def step(self) -> Step | None:
        return self.rules.by_code.get(self.next_step)

    @property
    def branch(self) -> Organisation:
        """Where the case hangs today."""
        return self.member.branch if self.member_id else self.organisation

    @property
    def phone_masked(self) -> str:
        return mask_phone(self.mobile_phone)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class OfCaseQuerySet(ScopedQuerySet):
    """Rows of a case are seen by whoever sees the case."""

    def visible_to(self, user):
        return self.filter(case__in=Case.objects.visible_to(user))


class CasePlace(models.Model):
    """培养单位: which branch cultivated the applicant, from day to day; the time counts on after a move (2026 Art12)."""

    case = models.ForeignKey(Case, models.CASCADE, verbose_name="档案", related_name="places")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="党支部", related_name="+")
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)
    note = models.CharField("缘由", max_length=120, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培养单位"
        constraints = [
            no_overlap("case", name="case_place_one_a_day", message="同一天只能由一个党支部培养。"),
            models.CheckConstraint(
                name="case_place_ends_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="止日须晚于起日。",
            ),
        ]
