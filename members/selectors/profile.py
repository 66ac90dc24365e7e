"""One member's file: what happened when, the last facts, who changed what."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from members.models import Affiliation, Fact, Member
from partyportal.core.models import AuditEntry
from partyportal.core.navigation import address

RECENT = 10


@dataclass(frozen=True)
class Event:
    """A line of the timeline: `kind` as the timeline's own (change of standing, note, must act)."""

    on: date
    title: str
    note: str = ""
    kind: str = "note"
    link: str = ""
    url: str = ""


def timeline(member: Member, *, today: date) -> list[Event]:
    """The dated rows of a member, newest first. Six queries, whatever the number of rows."""
    events = [*_standing(member), *_affiliations(member), *_classes(member), *_posts(member), *_away(member)]
    return sorted((event for event in events if event.on <= today), key=lambda event: event.on, reverse=True)


def _standing(member: Member) -> list[Event]:
    at_once = member.full_on == member.joined_on  # 1969-04 to 1977-08 had no 预备期
    events = [Event(member.joined_on, "加入党组织" if at_once else "接收为预备党员", "当时没有预备期" if at_once else "", "change")]
    if member.full_on and not at_once:
        events.append(Event(member.full_on, "转为正式党员", "党龄从这天算", "change"))
    if member.is_lost and member.lost_on:
        events.append(Event(member.lost_on, "失去联系", "至今没有联系上", "act"))
    return events


_CAME = {
    Affiliation.Reason.OPENING: ("组织关系在{}", "首次导入名册时登记"),
    Affiliation.Reason.ADMITTED: ("编入{}", "在这个支部发展入党"),
    Affiliation.Reason.MOVED: ("转入{}", "组织关系转接"),
    Affiliation.Reason.TRANSFERRED_IN: ("从县外转入{}", "组织关系转接"),
    Affiliation.Reason.REORGANISED: ("编入{}", "组织调整"),
    Affiliation.Reason.RESTORED: ("恢复党籍，编入{}", ""),
    Affiliation.Reason.CORRECTED: ("仍在{}", "误登去世，已更正"),
}
_TRANSFERRED = {Affiliation.Reason.MOVED, Affiliation.Reason.TRANSFERRED_IN}


def _affiliations(member: Member) -> list[Event]:
    """Where the member belonged, with the letter it rests on, and a way to the transfer itself."""
    rows = list(member.affiliations.select_related("organisation").order_by("start"))
    cases, events = f"{address('transfers:transfers')}?tab=done&member={member.uid}", []
    for row in rows:
        title, note = _CAME[row.reason]
        link = {"link": "转接单", "url": cases} if row.reason in _TRANSFERRED and row.basis else {}
        events.append(Event(row.start, title.format(row.organisation), row.basis or note, "change", **link))
    if rows and rows[-1].end:
        last = rows[-1]
        gone = last.end_reason == Affiliation.EndReason.TRANSFERRED_OUT
        title = f"从{last.organisation}转出" if gone else f"离开{last.organisation}：{last.get_end_reason_display()}"
        events.append(Event(last.end, title, last.basis if gone else "", "change", **({"link": "转接单", "url": cases} if gone else {})))
    return events


def _away(member: Member) -> list[Event]:
    """Being away and being searched for. The ways back are the names members.mobility gave them: this room does not know that one."""
    events = []
    for row in member.outflows.all():
        link = {"link": "外出登记", "url": reverse("mobility:outflow", args=[row.uid])}
        events.append(Event(row.start, f"外出到{row.destination}", row.get_reason_display(), "change", **link))
        if row.end and row.end_reason != "moved_on":
            events.append(Event(row.end, f"外出了结：{row.get_end_reason_display()}", "", "change"))
    for case in member.lost_cases.all():
        link = {"link": "失联台账", "url": reverse("mobility:lost", args=[case.uid])}
        if case.ended_on:
            events.append(Event(case.ended_on, f"失联了结：{case.get_outcome_display()}", "", "change", **link))
        else:
            events.append(Event(case.clock, f"失联：{case.get_state_display()}", "从这天起算", "act", **link))
    return events


def _classes(member: Member) -> list[Event]:
    return [Event(row.start, f"按“{row.get_name_display()}”一类计分") for row in member.classes.order_by("start")]


def _posts(member: Member) -> list[Event]:
    events = []
    for row in member.offices.select_related("organisation"):
        post = f"{row.organisation}{row.get_position_display()}"
        events.append(Event(row.start, f"任{post}", "", "change"))
        if row.end:
            events.append(Event(row.end, f"不再任{post}"))
    for row in member.group_memberships.select_related("organisation"):
        events.append(Event(row.start, f"编入{row.organisation}"))
    return events


def recent_facts(member: Member) -> list[Fact]:
    """The last facts that hold: what the points are made of."""
    return list(member.facts.standing().select_related("organisation").order_by("-day", "-id")[:RECENT])


@dataclass(frozen=True)
class Change:
    """A line of 变更记录: fields by their names, never their values."""

    at: date
    by: str
    what: str


_ACTS = {
    "members.member.registered": "登记",
    "members.member.imported": "导入登记",
    "members.member.edited": "改资料",
    "members.class.changed": "改分类",
    "members.member.changed": "导入改资料",
    "members.member.moved": "转接",
    "members.member.made_full": "转正",
    "members.files.merged": "并入另一份档案",
    "members.files.parted": "撤销合并",
    "members.id_number.revealed": "看身份号码全号",
    "members.phone.revealed": "看手机全号",
}


def changes(member: Member) -> list[Change]:
    """Who did what to the file lately, from the audit log."""
    rows = AuditEntry.objects.filter(target_uid=member.uid).select_related("actor").order_by("-at", "-id")[:RECENT]
    return [Change(row.at, row.actor.name if row.actor else "系统", _what(row)) for row in rows]


def _what(row: AuditEntry) -> str:
    act = _ACTS.get(row.code, row.code)
    names = [Member._meta.get_field(name).verbose_name for name in row.data.get("fields", []) if _is_field(name)]
    return f"{act}：{'、'.join(names)}" if names else act


_FIELDS = {field.name for field in Member._meta.get_fields()}


def _is_field(name: str) -> bool:
    return name in _FIELDS
