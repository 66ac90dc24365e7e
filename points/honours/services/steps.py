"""What every act begins and ends with: the call held against another act, its stage asked, a dated step and an audit row left."""

from datetime import date

from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.honours import rules
from points.honours.models import Call, Nomination, Step

Act = Step.Act

# What each stage is called where an act is refused because of it.
STANDS = {
    rules.NOT_YET: "推荐还没有开始",
    rules.NOMINATING: "还在推荐",
    rules.REVIEWING: "推荐已经截止，在审核",
    rules.PUBLIC: "正在公示",
    rules.DUE: "公示已经期满，等作出决定",
    rules.DECIDED: "已经作出表彰决定",
    rules.CANCELLED: "这次评选已经取消",
}


def held(call: Call) -> Call:
    """The call as it is now, kept until the transaction ends: whoever approves, publicises or decides comes through here."""
    return Call.objects.select_for_update(of=("self",), no_key=True).select_related("organiser").get(pk=call.pk)


def held_nomination(nomination: Nomination) -> Nomination:
    """A nomination as it is now, its call held first: so every act takes its locks in one order."""
    call = held(nomination.call)
    row = Nomination.objects.select_for_update(of=("self",), no_key=True).select_related(
        "member", "organisation__parent", "share__organisation"
    )
    row = row.defer("member__id_number").get(pk=nomination.pk)
    row.call = call
    return row


def require_stage(call: Call, *allowed: str, today: date, what: str) -> None:
    """Refuse an act whose time it is not."""
    stage = call.stage(today)
    if stage not in allowed:
        when = {rules.NOT_YET: f"，{call.opens_on:%-m月%-d日}开始", rules.NOMINATING: f"，{call.closes_on:%-m月%-d日}截止"}.get(stage, "")
        if stage == rules.PUBLIC:
            when = f"，到 {call.public_until:%-m月%-d日}为止"
        raise DomainError(f"{STANDS[stage]}{when}，现在不能{what}。")


def record(call: Call, act: str, *, by: User, on: date, nomination: Nomination | None = None, note: str = "", **data) -> None:
    """The dated step and the audit row (no names, no words)."""
    Step.objects.create(call=call, nomination=nomination, act=act, on=on, by=by, note=note.strip())
    target = nomination or call
    place = nomination.organisation if nomination else call.organiser
    subject = nomination.member.uid if nomination and nomination.member_id else None
    noun = "nomination" if nomination else "call"
    audit.record(f"honours.{noun}.{act}", target, by=by, path=place.path, subject=subject, on=on, call=call.uid, **data)


def require_reason(note: str, *, what: str) -> str:
    if not note.strip():
        raise DomainError(f"写明为什么{what}，对方才知道怎么办。", field="note")
    return note.strip()
