"""From a fact to the page of the record that owns it: facts know only a key, the roof knows the rooms."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect

from education.models import Attendance
from members.models import Fact


@login_required
def fact_source(request, uid):
    """The record a fact was made from, where it is corrected; without one of its own, the member's points."""
    fact = get_object_or_404(Fact.objects.visible_to(request.user).select_related("member"), uid=uid)
    room, _, rest = fact.key.partition(":")
    if room.startswith("education."):
        attendance = Attendance.objects.filter(uid=rest).select_related("meeting").first()
        if attendance is not None:
            return redirect("education:meeting", attendance.meeting.uid)
    if room == "care.visit":
        return redirect("visits:visit", rest.partition(":")[0])
    if room in {"points.award", "points.veto"}:
        return redirect("points:award", rest.partition(":")[0])
    return redirect("points:member", fact.member.uid)
