"""阵地: what kind, whose, where; and its rooms."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches.access import ScopedQuerySet, paths_for
from branches.models import DatedQuerySet, Organisation
from members.models import Member
from partyportal.core.uid import uid_field


def above(user) -> set[str]:
    """The paths of the organisations one's posts and one's own branch hang under, these included."""
    if not hasattr(user, "_home_paths"):  # one query a request, kept on the user object, as the grants are
        home = Member.objects.filter(user=user, left_on=None).exclude(branch=None)
        user._home_paths = list(home.values_list("branch__path", flat=True))
    return {path[: at + 1] for path in [*paths_for(user), *user._home_paths] for at, sign in enumerate(path) if sign == "/" and at}


class StationKind(models.Model):
    """阵地类别: reference data; a county keeps its own list in the back office."""

    code = models.CharField("代码", max_length=20, unique=True, db_collation="C")
    name = models.CharField("名称", max_length=30, unique=True)
    order = models.PositiveSmallIntegerField("顺序")
    source = models.CharField("依据", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "阵地类别"
        ordering = ["order"]

    def __str__(self):
        return self.name


class StationQuerySet(ScopedQuerySet):
    """A station serves whoever belongs under its organisation: they see it as well as those who look down on it."""

    organisation_path = "organisation__"

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = Q(organisation__path__in=above(user))
        for path in paths_for(user):
            seen |= Q(organisation__path__startswith=path)
        return self.filter(seen)

    def open(self):
        return self.filter(closed_on=None)


class Station(models.Model):
    """服务阵地: a place kept by an organisation where members are served and meet."""

    uid = uid_field()
    kind = models.ForeignKey(StationKind, models.PROTECT, verbose_name="类别", related_name="stations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="哪个党组织的", related_name="stations")
    name = models.CharField("名称", max_length=60)
    address = models.CharField("地址", max_length=120)
    phone = models.CharField("电话", max_length=20, blank=True, help_text="值班电话，公开的")
    serves = models.CharField("办些什么", max_length=200, blank=True)
    rests_on_holidays = models.BooleanField("法定节假日休息", default=True, help_text="调休上班的周末照星期一开")
    opened_on = models.DateField("启用日期")
    closed_on = models.DateField("停用日期", null=True, blank=True)
    version = models.PositiveIntegerField("第几次改", default=1)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "服务阵地"
        constraints = [
            models.CheckConstraint(
                name="station_closed_after_opened",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message="停用日期不得早于启用日期。",
            ),
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(closed_on=None),
                name="station_named_once",
                violation_error_message="这个党组织已经有同名的阵地。",
            ),
        ]

    def __str__(self):
        return self.name

    def answers_to(self, member: Member) -> bool:
        """Whether a member may ask from home here: their branch hangs under the station's organisation."""
        return member.left_on is None and member.branch is not None and member.branch.path.startswith(self.organisation.path)


class OfStationQuerySet(ScopedQuerySet):
    """Rows that are part of a station: seen with it."""

    organisation_path = "station__organisation__"

    def visible_to(self, user):
        return self.filter(station__in=Station.objects.visible_to(user).order_by().values("pk"))


class StationChange(models.Model):
    """阵地变动: what was registered, changed or closed, what it said before, by whom and why. Append-only."""

    class Act(models.TextChoices):
        OPEN = "open", "启用"
        CHANGE = "change", "改登记"
        CLOSE = "close", "停用"

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="阵地", related_name="changes")
    act = models.CharField("变动", max_length=8, choices=Act)
    day = models.DateField("日期")
    before = models.JSONField("原来的", default=dict)
    why = models.CharField("说明", max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfStationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "阵地变动"
        ordering = ["id"]

    def __str__(self):
        return self.get_act_display()


class RoomQuerySet(DatedQuerySet):
    organisation_path = "station__organisation__"

    def visible_to(self, user):
        return self.filter(station__in=Station.objects.visible_to(user).order_by().values("pk"))


class Room(models.Model):
    """活动室: a room of a station that can be booked, from day to day."""

    uid = uid_field()
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="阵地", related_name="rooms")
    name = models.CharField("名称", max_length=40)
    seats = models.PositiveSmallIntegerField("坐得下")
    start = models.DateField("起")
    end = models.DateField("止", null=True, blank=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动室"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="room_ends_after_start", condition=Q(end=None) | Q(end__gt=F("start")), violation_error_message="止日须晚于起日。"
            ),
            models.CheckConstraint(name="room_has_seats", condition=Q(seats__gt=0), violation_error_message="坐得下的人数要大于 0。"),
            models.UniqueConstraint(
                fields=["station", "name"], condition=Q(end=None), name="room_named_once", violation_error_message="这间活动室已经登记。"
            ),
        ]

    def __str__(self):
        return self.name
