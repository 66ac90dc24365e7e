"""预约: a room for some hours of a day. Two at one time are impossible in the database itself."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from branches.access import ScopedQuerySet, paths_for
from branches.models import Organisation
from members.care.stations.models.places import Room
from members.models import Member
from partyportal.core.uid import uid_field


class BookingQuerySet(ScopedQuerySet):
    """Seen by whoever keeps or looks down on the room, by those of the organisation it is for, and by who asked."""

    organisation_path = "room__station__organisation__"

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = Q(asked_by=user) | Q(member__user=user)
        for path in paths_for(user):
            seen |= Q(room__station__organisation__path__startswith=path) | Q(organisation__path__startswith=path)
        return self.filter(seen)

    def holding(self):
        """Those that keep the room from others."""
        return self.filter(state__in=Booking.HOLDING)


class Booking(models.Model):
    """活动室预约: who, from when to when, what for, how many. One asked for holds its time until it is answered."""

    class State(models.TextChoices):
        ASKED = "asked", "等确认"
        CONFIRMED = "confirmed", "已约好"
        REFUSED = "refused", "没约成"
        CANCELLED = "cancelled", "已取消"

    HOLDING = ("asked", "confirmed")

    uid = uid_field()
    room = models.ForeignKey(Room, models.PROTECT, verbose_name="活动室", related_name="bookings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="哪个党组织用", related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="预约的党员", null=True, blank=True, related_name="room_bookings")
    starts_at = models.DateTimeField("从")
    ends_at = models.DateTimeField("到")
    purpose = models.CharField("做什么", max_length=80)
    people = models.PositiveSmallIntegerField("几个人")
    state = models.CharField("进度", max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", null=True, related_name="+")
    asked_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动室预约"
        ordering = ["starts_at", "id"]
        constraints = [
            ExclusionConstraint(
                name="room_booked_once",
                expressions=[
                    (Func(F("room"), F("room"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func(F("starts_at"), F("ends_at"), function="tstzrange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=["asked", "confirmed"]),
                violation_error_message="这个时间已经有人约了。",
            ),
            models.CheckConstraint(
                name="booking_ends_after_start", condition=Q(ends_at__gt=F("starts_at")), violation_error_message="结束要晚于开始。"
            ),
            models.CheckConstraint(name="booking_has_people", condition=Q(people__gt=0), violation_error_message="写上几个人。"),
        ]

    def __str__(self):
        return self.purpose


class BookingStepQuerySet(ScopedQuerySet):
    organisation_path = "booking__room__station__organisation__"


class BookingStep(models.Model):
    """预约经过: asked, confirmed, refused or cancelled, by whom, when and why. Append-only."""

    booking = models.ForeignKey(Booking, models.PROTECT, verbose_name="预约", related_name="steps")
    state = models.CharField("成为", max_length=10, choices=Booking.State)
    why = models.CharField("原因", max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", null=True, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = BookingStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预约经过"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="booking_step_says_why",
                condition=~Q(state__in=["refused", "cancelled"]) | ~Q(why=""),
                violation_error_message="不约、取消都要写原因。",
            )
        ]
