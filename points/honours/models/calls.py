"""评选通知: who may be put forward for what, until when, and how many places there are."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation
from members.models import Member
from partyportal.core.uid import uid_field
from points.honours import rules


def above(paths) -> set[str]:
    """The paths themselves and every path they hang under: /1/4/17/ hangs under /1/ and /1/4/."""
    found = set()
    for path in paths:
        steps = path.strip("/").split("/")
        found |= {f"/{'/'.join(steps[: at + 1])}/" for at in range(len(steps))}
    return found


class CallQuerySet(ScopedQuerySet):
    organisation_path = "organiser__"

    def visible_to(self, user):
        """A call is to be read by all it is addressed to: from the organiser down, and by whoever oversees the organiser."""
        if not user.is_authenticated:
            return self.none()
        paths = paths_for(user)
        homes = Member.objects.filter(user=user, left_on=None).values_list("branch__path", flat=True)
        seen = Q(organiser__path__in=above([*paths, *(path for path in homes if path)]))
        for path in paths:
            seen |= Q(organiser__path__startswith=path)
        return self.filter(seen)

    def open(self):
        return self.filter(state__in=[Call.State.OPEN, Call.State.PUBLIC])


class Call(models.Model):
    """评选通知: one honour that an organisation calls its members or organisations to be nominated for.

    `taken` counts the nominations that hold a place, `free_taken` those of organisations that were given no share: these have
    the `free` places alone, so that nobody takes what is another's. A trigger on nominations keeps both, whoever writes, and
    a check refuses one more than there are: twenty approvals at once on five places give five.
    """

    class Kind(models.TextChoices):
        MEMBER = "outstanding_member", "优秀共产党员"
        WORKER = "outstanding_worker", "优秀党务工作者"
        OTHER_MEMBER = "other_member", "其他表彰（党员）"
        ORGANISATION = "advanced_organisation", "先进基层党组织"
        OTHER_ORGANISATION = "other_organisation", "其他表彰（党组织）"

    class State(models.TextChoices):
        OPEN = "open", "推荐审核"
        PUBLIC = rules.PUBLIC, "公示"
        DECIDED = rules.DECIDED, "已表彰"
        CANCELLED = rules.CANCELLED, "已取消"

    class Level(models.TextChoices):
        COUNTY = rules.COUNTY, "县级"
        COMMITTEE = rules.COMMITTEE, "党委（党工委）级"
        BRANCH = rules.BRANCH, "总支、支部级"

    OF_MEMBERS = (Kind.MEMBER, Kind.WORKER, Kind.OTHER_MEMBER)

    uid = uid_field()
    organiser = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织评选的党组织", related_name="honour_calls")
    kind = models.CharField("种类", max_length=24, choices=Kind)
    level = models.CharField("级别", max_length=12, choices=Level)
    title = models.CharField("称号", max_length=60, help_text="写在证书上的称号，如 全县优秀共产党员")
    year = models.PositiveSmallIntegerField("年度")
    document_number = models.CharField("通知文号", max_length=60)
    issued_on = models.DateField("印发日期")
    words = models.TextField("评选条件", max_length=2000)
    needs_full = models.BooleanField("要正式党员", default=True)
    needs_unpunished = models.BooleanField("处分影响期内不推荐", default=True)
    needs_years = models.PositiveSmallIntegerField("党龄至少（年）", null=True, blank=True)
    points_year = models.PositiveSmallIntegerField("看哪一年的积分", null=True, blank=True)
    points_floor = models.DecimalField("积分至少", max_digits=8, decimal_places=2, null=True, blank=True)
    opens_on = models.DateField("推荐开始")
    closes_on = models.DateField("推荐截止")
    quota = models.PositiveSmallIntegerField("名额")
    taken = models.PositiveSmallIntegerField("已用名额", default=0, editable=False)
    free = models.PositiveSmallIntegerField("没有分出去的名额", editable=False)
    free_taken = models.PositiveSmallIntegerField("没有分出去的已用", default=0, editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    public_from = models.DateField("公示开始", null=True)
    public_until = models.DateField("公示最后一天", null=True)
    public_at = models.CharField("公示在哪里、找谁反映", max_length=120, blank=True)
    decided_on = models.DateField("表彰日期", null=True)
    decision_number = models.CharField("表彰决定文号", max_length=60, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评选通知"
        ordering = ["-issued_on", "-id"]
        indexes = [models.Index(fields=["closes_on"], name="call_open", condition=Q(state__in=["open", "public"]))]
        constraints = [
            models.UniqueConstraint(
                fields=["organiser", "document_number", "title"],
                name="call_number_once",
                violation_error_message="这个文号的这个称号已经登记过。",
            ),
            models.CheckConstraint(
                name="call_window_in_order",
                condition=Q(opens_on__gte=F("issued_on"), closes_on__gte=F("opens_on")),
                violation_error_message="推荐不能早于印发，截止不能早于开始。",
            ),
            models.CheckConstraint(
                name="call_within_quota",
                condition=Q(quota__gte=1, taken__lte=F("quota"), free__lte=F("quota"), free_taken__lte=F("free")),
                violation_error_message="名额已经用完。",
            ),
            models.CheckConstraint(
                name="call_points_have_year",
                condition=Q(points_floor=None) | Q(points_year__isnull=False),
                violation_error_message="写了积分要求，要写看哪一年的。",
            ),
            models.CheckConstraint(
                name="call_publicity_whole",
                condition=Q(state__in=["open", "cancelled"])
                | (Q(public_from__gt=F("closes_on"), public_until__gte=F("public_from")) & ~Q(public_at="")),
                violation_error_message="公示要在推荐截止以后，有起止日子，写明在哪里公示、找谁反映。",
            ),
            models.CheckConstraint(
                name="call_decided_after_publicity",
                condition=Q(state="decided", decided_on__gt=F("public_until")) & ~Q(decision_number="")
                | (~Q(state="decided") & Q(decided_on=None, decision_number="")),
                violation_error_message="公示期满才能作出表彰决定，要有日期和文号。",
            ),
        ]

    def __str__(self):
        return f"{self.year} 年{self.title}"

    @property
    def is_of_members(self) -> bool:
        return self.kind in self.OF_MEMBERS

    @property
    def left(self) -> int:
        """Places nobody holds yet."""
        return self.quota - self.taken

    @property
    def conditions(self) -> rules.Conditions:
        return rules.Conditions(
            full=self.needs_full,
            unpunished=self.needs_unpunished,
            years=self.needs_years,
            points=self.points_floor,
            points_year=self.points_year,
        )

    def stage(self, today) -> str:
        return rules.stage(state=self.state, opens_on=self.opens_on, closes_on=self.closes_on, public_until=self.public_until, today=today)


class ShareQuerySet(ScopedQuerySet):
    """Seen by whoever sees the call."""

    def visible_to(self, user):
        return self.filter(call__in=Call.objects.visible_to(user))


class Share(models.Model):
    """名额分配: how many of a call's places an organisation and all below it may take; `taken` as on the call."""

    call = models.ForeignKey(Call, models.CASCADE, verbose_name="评选通知", related_name="shares")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="分到名额的党组织", related_name="+")
    places = models.PositiveSmallIntegerField("名额")
    taken = models.PositiveSmallIntegerField("已用名额", default=0, editable=False)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名额分配"
        ordering = ["organisation__code"]
        constraints = [
            models.UniqueConstraint(fields=["call", "organisation"], name="share_once", violation_error_message="这个单位已经分过名额。"),
            models.CheckConstraint(
                name="share_within_places",
                condition=Q(places__gte=1, taken__lte=F("places")),
                violation_error_message="这个单位的名额已经用完。",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} {self.places}"

    @property
    def left(self) -> int:
        return self.places - self.taken
