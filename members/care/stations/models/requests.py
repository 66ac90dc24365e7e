"""办事登记: who came for what, who took it, what came of it. Who came and why is for those who keep the station."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, paths_for
from members.care.stations.models.places import Station
from members.models import Member
from partyportal.core.fields import EncryptedTextField
from partyportal.core.masks import mask_name, mask_phone
from partyportal.core.uid import uid_field


class RequestKind(models.Model):
    """办事事项: reference data, with the working days it should take and the page where it is done."""

    code = models.CharField("代码", max_length=20, unique=True, db_collation="C")
    name = models.CharField("名称", max_length=30, unique=True)
    order = models.PositiveSmallIntegerField("顺序")
    days = models.PositiveSmallIntegerField("几个工作日办结")
    url_name = models.CharField("在哪一页办", max_length=40, blank=True, db_collation="C")
    source = models.CharField("依据", max_length=120)
    ended_on = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办事事项"
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(name="request_kind_days", condition=Q(days__gte=1), violation_error_message="至少一个工作日。")
        ]

    def __str__(self):
        return self.name


class ServiceRequestQuerySet(ScopedQuerySet):
    """Being allowed to look around the tree is not enough: one may have come because of hardship."""

    organisation_path = "station__organisation__"

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = Q(member__user=user)
        for path in paths_for(user, "station.keep"):
            seen |= Q(station__organisation__path__startswith=path)
        return self.filter(seen)

    def open(self):
        return self.filter(state=ServiceRequest.State.OPEN)


class ServiceRequest(models.Model):
    """办事: a member or a villager asked a station for something on a day. Name, phone, matter and result are sealed at rest.

    What a member asked from home has nobody who took it (`taken_by`); its days run from that day all the same.
    """

    class State(models.TextChoices):
        OPEN = "open", "在办"
        DONE = "done", "办结"
        WITHDRAWN = "withdrawn", "不办了"

    uid = uid_field()
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="在哪个阵地", related_name="requests")
    kind = models.ForeignKey(RequestKind, models.PROTECT, verbose_name="事项", related_name="requests")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="来办的党员", null=True, blank=True, related_name="service_requests")
    asker = EncryptedTextField("来办的群众", null=True, blank=True)
    asker_phone = EncryptedTextField("联系电话", null=True, blank=True)
    matter = EncryptedTextField("办什么")
    taken_on = models.DateField("受理日期")
    due_on = models.DateField("哪天前办结")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="受理人", null=True, related_name="+")
    state = models.CharField("进度", max_length=10, choices=State, default=State.OPEN)
    finished_on = models.DateField("办结日期", null=True)

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办事"
        ordering = ["-taken_on", "-id"]
        indexes = [models.Index(fields=["due_on"], name="request_open_by_day", condition=Q(state="open"))]
        constraints = [
            models.CheckConstraint(
                name="request_of_one",
                condition=Q(member__isnull=False, asker__isnull=True) | Q(member=None, asker__isnull=False),
                violation_error_message="党员选姓名，群众写姓名，只填一个。",
            ),
            models.CheckConstraint(
                name="request_due_after_taken", condition=Q(due_on__gte=F("taken_on")), violation_error_message="办结的日子不能早于受理。"
            ),
            models.CheckConstraint(
                name="request_finished_with_its_day",
                condition=Q(state="open", finished_on=None) | (~Q(state="open") & Q(finished_on__gte=F("taken_on"))),
                violation_error_message="办结、不办了要有日子，不早于受理。",
            ),
        ]

    def __str__(self):
        return f"{self.kind}"

    @property
    def asker_masked(self) -> str:
        """A member by name, as the roster has it; a villager by the first sign."""
        return self.member.name if self.member_id else mask_name(self.asker or "")

    @property
    def phone_masked(self) -> str:
        return mask_phone(self.member.mobile_phone if self.member_id else self.asker_phone or "")


class RequestStepQuerySet(ScopedQuerySet):
    organisation_path = "request__station__organisation__"


class RequestStep(models.Model):
    """办事经过: asked from home or taken, noted, done or given up, by whom, on which day, with what words. Append-only."""

    class Act(models.TextChoices):
        ASK = "ask", "网上申请"
        TAKE = "take", "受理"
        NOTE = "note", "补记"
        FINISH = "finish", "办结"
        WITHDRAW = "withdraw", "不办了"

    request = models.ForeignKey(ServiceRequest, models.PROTECT, verbose_name="办事", related_name="steps")
    act = models.CharField("经过", max_length=8, choices=Act)
    day = models.DateField("日期")
    words = EncryptedTextField("说明", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", null=True, related_name="+")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = RequestStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办事经过"
        ordering = ["id"]
