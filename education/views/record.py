"""记录会议: everything proposed, only what differs is touched."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from branches.access import require
from branches.models import Organisation
from branches.views.where import choose_organisation
from education import services
from education.forms import ABSENT_REASONS, CAME, GUEST_CAME, LEAVE_REASONS, STATES, MeetingForm
from education.models import Meeting
from education.rules import plain
from education.selectors.meetings import proposal, worth, written
from partyportal.core.days import chinese_day, day_named, month_named
from partyportal.core.errors import DomainError, Stale
from partyportal.core.forms import refuse
from partyportal.core.htmx import page
from partyportal.core.uid import new_uid, uid_named

HOW_OFTEN = {
    Meeting.Kind.ASSEMBLY: "一般每季度一次",
    Meeting.Kind.COMMITTEE: "一般每月一次",
    Meeting.Kind.GROUP: "一般每月一次",
    Meeting.Kind.LECTURE: "按计划上",
    Meeting.Kind.THEME_DAY: "每月相对固定一天",
    Meeting.Kind.LIFE_MEETING: "每年至少一次，一般在第四季度",
    Meeting.Kind.APPRAISAL: "一般每年一次",
}
CHOICES = {"states": STATES, "came": CAME, "guest_came": GUEST_CAME, "leave_reasons": LEAVE_REASONS, "absent_reasons": ABSENT_REASONS}


@login_required
def record(request):
    """Record a meeting of a branch. Without a branch or a kind in the address, choose them first."""
    branch = _branch(request)
    if branch is None:
        own = Organisation.objects.where(request.user, "education.record").branches().existing()
        return choose_organisation(request, own, title="记哪个支部的会", act="记录", back=("组织生活", reverse("education:meetings")))
    require(request.user, "education.record", branch)
    kind = request.GET.get("kind")
    if kind not in Meeting.Kind.values:
        return page(request, "education/record_what.html", {"branch": branch, "kinds": _kinds(branch)})
    group = Organisation.objects.filter(parent=branch, kind=Organisation.Kind.GROUP, code=request.GET.get("group", "")).first()
    return _form_page(request, branch, kind, group=group)


@login_required
def meeting_edit(request, uid):
    """Correct a meeting; a confirmed one stays confirmed and its facts follow."""
    meeting = get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("organisation__parent", "group", "host", "scribe"), uid=uid
    )
    require(request.user, "education.record", meeting.organisation)
    if meeting.state == Meeting.State.VOID:
        messages.error(request, "这次会议已经作废，不能再改。")
        return redirect("education:meeting", uid)
    return _form_page(request, meeting.organisation, meeting.kind, meeting=meeting)


def _kinds(branch: Organisation) -> list[tuple[str, str, str]]:
    """What a branch may hold; 党小组会 only where there are groups."""
    has_groups = Organisation.objects.filter(parent=branch, kind=Organisation.Kind.GROUP).existing().exists()
    return [(k.value, k.label, HOW_OFTEN[k]) for k in Meeting.Kind if has_groups or k != Meeting.Kind.GROUP]


def _branch(request) -> Organisation | None:
    code = request.GET.get("organisation")
    if code:
        return get_object_or_404(Organisation.objects.visible_to(request.user).branches().select_related("parent"), code=code)
    require(request.user, "education.record")
    own = list(Organisation.objects.where(request.user, "education.record").branches().existing().select_related("parent")[:2])
    return own[0] if len(own) == 1 else None


def _form_page(request, branch: Organisation, kind: str, *, meeting: Meeting | None = None, group: Organisation | None = None):
    if meeting is None and (already := _sent_before(request, branch)):
        messages.info(request, "这张表已经收到过，没有再记一次。要改，从这里改。")
        return redirect("education:meeting", already.uid)
    today = timezone.localdate()
    asked = {"organisation": branch, "kind": kind, "meeting": meeting, "today": today}
    act, stale, refused = request.POST.get("act", "confirm"), [], False
    if request.method != "POST":
        initial = written(meeting) if meeting else _proposed(request, branch, kind, group, today)
        form = MeetingForm(initial=initial, **asked)
    elif act == "reread":
        form = MeetingForm(initial=request.POST.dict(), said=request.POST, **asked)
    else:
        form, refused = MeetingForm(request.POST, initial={}, confirming=act == "confirm", **asked), True
        if form.is_valid():
            try:
                kept = _keep(form, branch, meeting, by=request.user, today=today, confirm=act == "confirm")
            except Stale as refusal:
                form.add_error(None, refusal.message)
                form, stale = _beside_the_new(request, form, meeting, asked)
            except DomainError as refusal:
                refuse(form, refusal)
            else:
                _say(request, kept)
                return redirect("education:meeting", kept.uid)
    context = CHOICES | {
        "form": form,
        "branch": branch,
        "kind": Meeting.Kind(kind),
        "meeting": meeting,
        "stale": stale,
        "tally": form.tally,
        "after": _after(form, branch, Meeting.Kind(kind)),
        "may_draft": meeting is None or meeting.state != Meeting.State.CONFIRMED,
    }
    return page(request, "education/meeting_form.html", context, fragment="education/_reread.html", status=422 if refused else None)


def _proposed(request, branch: Organisation, kind: str, group: Organisation | None, today: date) -> dict:
    initial = proposal(organisation=branch, kind=kind, group=group, month=month_named(request.GET.get("month", "")), today=today)
    return initial | {"uid": new_uid(), "topic": "", "minutes": "", "decisions": ""} | _asked_for(request, today)


def _asked_for(request, today: date) -> dict:
    """What a plan says of the meeting, handed over in the address: day, topic, place."""
    asked = {name: request.GET[name][:most] for name, most in (("topic", 120), ("place", 80)) if request.GET.get(name)}
    day = day_named(request.GET.get("day", ""))
    return asked | {"held_on": min(day, today)} if day else asked


def _sent_before(request, branch: Organisation) -> Meeting | None:
    """The meeting this very form made when it was sent the first time (a double tap, a page sent again)."""
    uid = uid_named(request.POST.get("uid"))
    return Meeting.objects.filter(uid=uid, organisation=branch).first() if uid else None


def _keep(form: MeetingForm, branch: Organisation, meeting: Meeting | None, *, by, today: date, confirm: bool) -> Meeting:
    said = {"by": by, "today": today, "confirm": confirm, **form.content()}
    if meeting is None:
        return services.record_meeting(organisation=branch, uid=form.cleaned_data["uid"], **said)
    return services.revise_meeting(meeting, version=form.cleaned_data["version"] or 0, **said)


def _beside_the_new(request, form: MeetingForm, meeting: Meeting, asked: dict) -> tuple[MeetingForm, list[tuple[str, str, str]]]:
    """The same words over the newer version, and what differs: (field, what stands there now, what was typed)."""
    now = Meeting.objects.select_related("organisation", "group", "host", "scribe").get(pk=meeting.pk)
    stored = MeetingForm(initial=written(now), **(asked | {"meeting": now}))
    data = request.POST.copy()
    data["version"] = now.version
    again = MeetingForm(data, initial={}, **(asked | {"meeting": now}))
    again.is_valid()
    for message in form.non_field_errors():
        again.add_error(None, message)
    differs = []
    for name, field in again.fields.items():
        before, typed = _words(stored.initial.get(name)), _words(again.cleaned_data.get(name))
        if name not in {"uid", "version", "roll"} and before != typed:
            choices = dict(getattr(field, "choices", ()) or ()) if name in {"host", "scribe"} else {}
            differs.append((field.label, choices.get(before, before), choices.get(typed, typed)))
    theirs = {entry.line.uid: entry for entry in stored.entries}
    for entry in again.entries:
        other = theirs.get(entry.line.uid)
        if other and other.shown != entry.shown:
            words = {value: label for value, label, *_ in (STATES if entry.expected else [*CAME, *GUEST_CAME])}
            differs.append((entry.line.name, words[other.shown], words[entry.shown]))
    return again, differs


def _words(value) -> str:
    if value is None:
        return ""
    if isinstance(value, Organisation):
        return value.code
    if hasattr(value, "strftime") and not isinstance(value, date):
        return value.strftime("%H:%M")
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def _after(form: MeetingForm, branch: Organisation, kind: Meeting.Kind) -> list[str]:
    """What confirming brings. The script keeps the number of people true, as it does on the button."""
    superior = branch.parent.short_name if branch.parent else "上级党组织"
    value = worth(branch, kind, form.roll_day)
    each = f"{{present}} 人各记一次{kind.label}" + (f"，{plain(value)} 分（超出封顶的不计）" if value else "，按积分办法记分")
    return [
        format_html('<span data-pp-counting="{}">{}</span>', each, each.replace("{present}", str(form.tally.present))),
        f"{form.asked_day.month} 月{kind.label}记为已开，生成台账一页",
        f"{superior}能看到，可退回更正",
    ]


def _say(request, meeting: Meeting) -> None:
    day = f"{chinese_day(meeting.held_on)}{meeting.get_kind_display()}"
    if meeting.state == Meeting.State.CONFIRMED:
        messages.success(request, f"已确认 {day}。学时已记，积分一会儿就到。")
    else:
        messages.success(request, f"{day}已存草稿，确认后才算数。")
