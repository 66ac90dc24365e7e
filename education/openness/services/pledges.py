"""承诺, 践诺, 评诺, 先锋岗: written by the member, confirmed by somebody else, judged at a meeting. What was confirmed keeps its words."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from branches.access import can
from branches.models import Organisation
from education.models import Meeting
from education.openness import rules
from education.openness.models import Deed, Pledge, VanguardPost, Verdict
from education.openness.parameters import JUDGED_UNTIL, PLEDGES_A_YEAR
from members.models import Fact, Member
from partyportal.core import attachments, audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on

State = Pledge.State


@transaction.atomic
def pledge(member: Member, *, year: int, text: str, by: User, today: date) -> Pledge:
    """写承诺: by the member; by the branch for a member who cannot."""
    member = Member.objects.select_for_update(of=("self",)).select_related("branch").defer("id_number").get(pk=member.pk)
    if member.left_on or member.branch_id is None:
        raise DomainError("这位党员不在支部了。")
    _own_or_branch(member, by)
    if not rules.may_pledge(year, today):
        raise DomainError(f"{year} 年的承诺从上年 12 月起写，到当年年底。", field="year")
    standing = Pledge.objects.filter(member=member, year=year).exclude(state=State.DROPPED)
    at_most = value_on(today, PLEDGES_A_YEAR)
    if standing.count() >= at_most:
        raise DomainError(f"一年最多 {at_most} 条承诺，少而能做到。", field="text")
    text = _said(text, "承诺做什么", "text")
    if standing.filter(text=text).exists():
        raise DomainError("这一年已经有同样的承诺。", field="text")
    made = Pledge.objects.create(member=member, organisation=member.branch, year=year, text=text, written_on=today, written_by=by)
    _tell("written", made, by=by, on=today, year=year)
    return made


@transaction.atomic
def rewrite(one: Pledge, *, text: str, by: User, today: date) -> Pledge:
    """改承诺: until it is confirmed."""
    held = _held(one, {State.WRITTEN, State.SENT_BACK}, "确认了的承诺不能改。做不了的，写明原因撤销。")
    _own_or_branch(held.member, by)
    held.text, held.state, held.reason = _said(text, "承诺做什么", "text"), State.WRITTEN, ""
    held.written_on, held.written_by = today, by
    try:
        with transaction.atomic():
            held.save(update_fields=["text", "state", "reason", "written_on", "written_by"])
    except IntegrityError as refused:
        if "pledge_once" not in str(refused):
            raise
        raise DomainError("这一年已经有同样的承诺。", field="text") from None
    _tell("rewritten", held, by=by, on=today)
    return held


@transaction.atomic
def confirm(one: Pledge, *, by: User, today: date) -> Pledge:
    """支部确认: by another than the member and than who wrote it down."""
    held = _held(one, {State.WRITTEN}, "这条承诺刚才有人办过。")
    _branch(held, by)
    if why := barred(held, by):
        raise DomainError(why)
    held.state, held.confirmed_on, held.confirmed_by = State.CONFIRMED, today, by
    held.save(update_fields=["state", "confirmed_on", "confirmed_by"])
    _tell("confirmed", held, by=by, on=today)
    return held


def barred(one: Pledge, user: User) -> str:
    """Why this user may not confirm it although the verb is theirs."""
    if one.member.user_id == user.pk:
        return "自己的承诺由支部里别人确认。"
    return "自己代写的承诺由别人确认。" if one.written_by_id == user.pk else ""


@transaction.atomic
def send_back(one: Pledge, *, note: str, by: User, today: date) -> Pledge:
    """退回: too vague, too much; with what to change."""
    held = _held(one, {State.WRITTEN}, "这条承诺刚才有人办过。")
    _branch(held, by)
    held.state, held.reason = State.SENT_BACK, _said(note, "退回的原因", "note")[:200]
    held.save(update_fields=["state", "reason"])
    _tell("sent_back", held, by=by, on=today)
    return held


@transaction.atomic
def drop(one: Pledge, *, note: str, by: User, today: date) -> Pledge:
    """不再承诺: with the reason; what was judged stays judged."""
    held = _held(one, {State.WRITTEN, State.SENT_BACK, State.CONFIRMED}, "这条承诺已经撤销了。")
    if held.state == State.CONFIRMED:
        _branch(held, by)
    else:
        _own_or_branch(held.member, by)
    if held.verdicts.exists():
        raise DomainError("评过的承诺不能撤销。")
    held.state, held.reason = State.DROPPED, _said(note, "原因", "note")[:200]
    held.save(update_fields=["state", "reason"])
    _tell("dropped", held, by=by, on=today)
    return held


@transaction.atomic
def record_deed(
    one: Pledge,
    *,
    day: date,
    what: str,
    by: User,
    today: date,
    fact: Fact | None = None,
    evidence: str = "",
    files: Iterable[UploadedFile] = (),
) -> Deed:
    """记践诺: of the pledge's year, not of tomorrow, resting on a fact of the same member or on evidence in words."""
    held = _held(one, {State.CONFIRMED}, "支部确认了的承诺才记践诺。")
    _own_or_branch(held.member, by)
    if day > today:
        raise DomainError("日期不能晚于今天。", field="day")
    if day.year != held.year:
        raise DomainError(f"这是 {held.year} 年的承诺，日期写 {held.year} 年的。", field="day")
    if fact is not None and (fact.member_id != held.member_id or fact.is_void):
        raise DomainError("选这位党员自己的记实。", field="fact")
    if fact is None and not evidence.strip():
        raise DomainError("选一条记实，或者写上依据。", field="evidence")
    files = attachments.store(files, by=by)
    made = Deed.objects.create(
        pledge=held, day=day, what=_said(what, "做了什么", "what"), fact=fact, evidence=evidence.strip(), recorded_by=by
    )
    made.files.set(files)
    _tell("deed", held, by=by, on=day)
    return made


@transaction.atomic
def judge(organisation: Organisation, *, meeting: Meeting, verdicts: Mapping[int, tuple[str, str]], by: User, today: date) -> int:
    """评诺: what a confirmed meeting of the branch said of its members' pledges (pledge id → outcome, word); returns how many."""
    if not can(by, "openness.disclose", organisation):
        raise DomainError(f"由{organisation}的书记或上级党委登记。")
    held = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if held.organisation_id != organisation.pk or held.state != Meeting.State.CONFIRMED:
        raise DomainError("选本支部确认了的会议。", field="meeting")
    pledges = {
        one.pk: one
        for one in Pledge.objects.select_for_update(of=("self",)).filter(pk__in=verdicts).select_related("member").order_by("pk")
    }
    months = value_on(today, JUDGED_UNTIL)
    rows = []
    for pk, (outcome, word) in verdicts.items():
        one = pledges.get(pk)
        if one is None or one.organisation_id != organisation.pk or one.state != State.CONFIRMED:
            raise DomainError("只能评本支部确认了的承诺，刷新再看。")
        if not rules.may_judge(one.year, one.confirmed_on, held.held_on, months=months):
            raise DomainError(f"{one.year} 年的承诺，确认以后到次年 {months} 月底的会上评。", field="meeting")
        if outcome not in Verdict.Outcome.values:
            raise DomainError("选做到、部分做到或没做到。")
        if outcome != Verdict.Outcome.KEPT and not word.strip():
            raise DomainError(f"{one.member}的承诺没有全做到，写一句为什么。")
        rows.append(Verdict(pledge=one, meeting=held, outcome=outcome, word=word.strip()[:120], on=today, by=by))
    if not rows:
        raise DomainError("还没有评任何一条。")
    if Verdict.objects.filter(meeting=held, pledge__in=pledges).exists():
        raise DomainError("有的承诺在这次会上已经评过，刷新再看。")
    Verdict.objects.bulk_create(rows)
    audit.record("openness.pledges.judged", held, by=by, path=organisation.path, on=today, rows=len(rows))
    return len(rows)


@transaction.atomic
def give_post(member: Member, *, kind: str, title: str, start: date, by: User, today: date) -> VanguardPost:
    """设岗: for a member of the branch."""
    member = Member.objects.select_for_update(of=("self",)).select_related("branch").defer("id_number").get(pk=member.pk)
    if member.left_on or member.branch_id is None:
        raise DomainError("这位党员不在支部了。")
    if not can(by, "openness.disclose", member.branch):
        raise DomainError(f"由{member.branch}的书记或上级党委办。")
    if start > today:
        raise DomainError("起日不能晚于今天。", field="start")
    title = _said(title, "岗位", "title")
    if VanguardPost.objects.filter(member=member, kind=kind, title=title, end=None).exists():
        raise DomainError("这位党员已经有这个岗。", field="title")
    made = VanguardPost.objects.create(member=member, organisation=member.branch, kind=kind, title=title, start=start, given_by=by)
    audit.record("openness.post.given", made, by=by, path=member.branch.path, subject=member.uid, kind=kind, start=start)
    return made


@transaction.atomic
def end_post(post: VanguardPost, *, on: date, note: str, by: User, today: date) -> VanguardPost:
    """撤岗: with the day and the reason; the row stays."""
    held = VanguardPost.objects.select_for_update(of=("self",)).select_related("organisation", "member").get(pk=post.pk)
    if held.end is not None:
        raise DomainError("这个岗已经撤了。")
    if not can(by, "openness.disclose", held.organisation):
        raise DomainError(f"由{held.organisation}的书记或上级党委办。")
    if not held.start < on <= today:
        raise DomainError("止日要晚于起日，不晚于今天。", field="on")
    held.end, held.end_reason = on, _said(note, "原因", "note")[:120]
    held.save(update_fields=["end", "end_reason"])
    audit.record("openness.post.ended", held, by=by, path=held.organisation.path, subject=held.member.uid, end=on)
    return held


def _held(one: Pledge, states: set[str], refused: str) -> Pledge:
    held = Pledge.objects.select_for_update(of=("self",)).select_related("member__branch", "organisation").get(pk=one.pk)
    if held.state not in states:
        raise DomainError(refused)
    return held


def _own_or_branch(member: Member, by: User) -> None:
    if member.user_id != by.pk and not can(by, "openness.disclose", member.branch):
        raise DomainError("承诺由本人写，或者由支部代写。")


def _branch(held: Pledge, by: User) -> None:
    if not can(by, "openness.disclose", held.organisation):
        raise DomainError(f"由{held.organisation}的书记或上级党委办。")


def _said(text: str, what: str, field: str) -> str:
    if not text.strip():
        raise DomainError(f"写上{what}。", field=field)
    return text.strip()


def _tell(act: str, held: Pledge, *, by: User, **data) -> None:
    audit.record(f"openness.pledge.{act}", held, by=by, path=held.organisation.path, subject=held.member.uid, **data)
