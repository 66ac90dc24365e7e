"""双重管理: taking part with a host branch of the county, and papers from hosts outside it. Each attended thing counts at home once."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Organisation
from members.mobility.models import Attestation, Hosting, Outflow, Report
from members.mobility.services.outflows import open_row as open_outflow
from members.models import Fact
from members.selectors.days import Place, places_on
from members.services import facts
from members.services.membership import locked
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

State = Hosting.State


@transaction.atomic
def ask_hosting(outflow: Outflow, *, host: Organisation, start: date, today: date, by: User) -> Hosting:
    """Ask a branch of the county to take a mobile member on; on its rolls from `start` once it has said yes."""
    held = open_outflow(outflow)
    member = held.member
    if host.kind != Organisation.Kind.BRANCH or host.dissolved_on is not None:
        raise DomainError("就近参加要选一个还在的党支部。", field="host")
    if host.pk == member.branch_id:
        raise DomainError(f"{member.name}本来就是这个支部的，不用登记就近参加。", field="host")
    if not held.start <= start <= today:
        raise DomainError(f"开始的日子要在外出（{held.start:%Y-%m-%d}）以后、今天以前。", field="start")
    standing = Hosting.objects.filter(member=member).exclude(state=State.DECLINED).order_by("-start").first()
    if standing is not None and standing.end is None:
        word = "已经在" if standing.state == State.ACCEPTED else "已经请"
        tail = "就近参加" if standing.state == State.ACCEPTED else "接收，等他们答复"
        raise DomainError(f"{member.name}{word}{standing.host}{tail}。要换，先终止那一条。", field="host")
    if standing is not None and start < standing.end:
        raise DomainError(f"{member.name}在{standing.host}到 {standing.end:%Y-%m-%d} 才结束，开始的日子不能更早。", field="start")
    hosting = Hosting.objects.create(outflow=held, member=member, host=host, start=start, asked_by=by, asked_on=today)
    _record("asked", hosting, by=by, start=start)
    return hosting


@transaction.atomic
def accept(hosting: Hosting, *, today: date, by: User) -> Hosting:
    """The host takes the member on."""
    held = _locked(hosting)
    _refuse_not_waiting(held)
    held.state, held.answered_by, held.answered_on = State.ACCEPTED, by, today
    held.save(update_fields=["state", "answered_by", "answered_on"])
    _record("accepted", held, by=by, day=today)
    return held


@transaction.atomic
def decline(hosting: Hosting, *, answer: str, today: date, by: User) -> Hosting:
    """The host does not take the member on, and says why."""
    held = _locked(hosting)
    _refuse_not_waiting(held)
    if not answer.strip():
        raise DomainError("写上不接收的原因，原支部才好另找。", field="answer")
    held.state, held.answered_by, held.answered_on, held.answer = State.DECLINED, by, today, answer.strip()
    held.save(update_fields=["state", "answered_by", "answered_on", "answer"])
    _record("declined", held, by=by, day=today)
    return held


@transaction.atomic
def end_hosting(hosting: Hosting, *, on: date, reason: str, today: date, by: User) -> Hosting:
    """Either side ends it; `on` is the first day the member is no longer on the host's rolls."""
    held = _locked(hosting)
    if held.end is not None:
        raise DomainError(f"已经在 {held.end:%Y-%m-%d} 终止。")
    if held.state == State.DECLINED:
        raise DomainError("这一条没有接收，不用终止。")
    if reason not in Hosting.EndReason.values:
        raise DomainError("选一个终止的缘由。", field="reason")
    if on <= held.start or on > today + timedelta(days=1):
        raise DomainError(f"终止的日子要晚于 {held.start:%Y-%m-%d}，最晚是明天。", field="on")
    held.end, held.end_reason, held.ended_by = on, reason, by
    held.save(update_fields=["end", "end_reason", "ended_by"])
    _record("ended", held, by=by, end=on)
    return held


@transaction.atomic
def report_home(hosting: Hosting, *, kind: str, grade: str = "", text: str, today: date, by: User) -> Report:
    """The host tells the home branch how the member did. The same sent twice is one."""
    held = _locked(hosting)
    if held.state != State.ACCEPTED:
        raise DomainError("还没有接收这位党员，没有可反馈的。")
    if kind not in Report.Kind.values:
        raise DomainError("选反馈日常表现还是民主评议。", field="kind")
    if (kind == Report.Kind.APPRAISAL) != bool(grade):
        raise DomainError("民主评议要选等次，日常表现不选。", field="grade")
    if not text.strip():
        raise DomainError("写一两句表现。", field="text")
    said = {"hosting": held, "kind": kind, "grade": grade, "text": text.strip(), "day": today, "written_by": by}
    if sent := Report.objects.filter(**said).first():
        return sent
    report = Report.objects.create(**said)
    _record("reported", held, by=by, day=today, kind=kind)
    return report


@transaction.atomic
def attest(
    outflow: Outflow,
    *,
    day: date,
    kind: str,
    study_hours: Decimal = Decimal(0),
    host_name: str,
    topic: str,
    evidence: str,
    today: date,
    by: User,
    uid: UUID | None = None,
) -> Attestation:
    """Enter what a member attended with a host outside the county, by its paper. The facts are the home branch's, of that day."""
    member = locked(outflow.member)
    held = Outflow.objects.get(pk=outflow.pk)
    if uid and (written := Attestation.objects.filter(uid=uid, outflow=held).first()):
        return written
    if day > today or day < held.start or (held.end is not None and day >= held.end):
        raise DomainError("参加的日子要在外出期间，不能在今天以后。", field="day")
    place = places_on([member.pk], day).get(member.pk)
    if place is None:
        raise DomainError(f"{member.name}那天的组织关系不在本县，记不到支部名下。", field="day")
    if kind not in Attestation.Kind.values:
        raise DomainError("选参加了什么。", field="kind")
    if not evidence.strip():
        raise DomainError("写上证明是什么，谁出的。", field="evidence")
    label = Attestation.Kind(kind).label
    if Fact.objects.standing().filter(member=member, kind=f"meeting.{kind}", day=day).exists():
        raise DomainError(f"{member.name}这一天的{label}已经记过了，一次活动只记一次。", field="day")
    row = Attestation(
        outflow=held, member=member, day=day, kind=kind, study_hours=study_hours or Decimal(0), host_name=host_name.strip(),
        topic=topic.strip(), evidence=evidence.strip(), recorded_by=by, **({"uid": uid} if uid else {}),
    )  # fmt: skip
    row.full_clean(exclude=["outflow", "member", "recorded_by", "voided_by", "voided_at"], validate_constraints=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise DomainError(f"{member.name}这一天的{label}已经登记过证明。", field="day") from None
    facts.record(_lines_of(row, place), by=by)
    _record_attestation("recorded", row, by=by)
    return row


def _lines_of(row: Attestation, place: Place) -> list[facts.FactLine]:
    """What a paper is worth at home: being there, and the hours if it says any; of the branch and class of the day."""
    attended, studied = attestation_keys(row.uid)
    told = [(attended, f"meeting.{row.kind}", Decimal(1))] + ([(studied, "study.hours", row.study_hours)] if row.study_hours else [])
    return [
        facts.FactLine(
            key=key,
            kind=kind,
            member_id=row.member_id,
            organisation_id=place.organisation_id,
            member_class=place.member_class,
            day=row.day,
            units=units,
            title=f"{row.get_kind_display()}：{row.topic}（在{row.host_name}参加）"[:120],
            evidence=f"参加证明：{row.evidence}"[:300],
        )
        for key, kind, units in told
    ]


@transaction.atomic
def void_attestation(attestation: Attestation, *, by: User) -> Attestation:
    """Take a paper entered by mistake out of account: its row stays, its facts are voided."""
    locked(attestation.member)
    held = Attestation.objects.select_for_update(of=("self",)).select_related("member__branch").get(pk=attestation.pk)
    if held.voided_at is not None:
        raise DomainError("这张证明已经作废。")
    held.voided_by, held.voided_at = by, timezone.now()
    held.save(update_fields=["voided_by", "voided_at"])
    facts.void(attestation_keys(held.uid), by=by)
    _record_attestation("voided", held, by=by)
    return held


def attestation_keys(uid: UUID) -> tuple[str, str]:
    """The keys under which a paper leaves facts: being there, and the hours."""
    return f"mobility.attendance:{uid}", f"mobility.hours:{uid}"


def _locked(hosting: Hosting) -> Hosting:
    locked(hosting.member)
    return Hosting.objects.select_for_update(of=("self",)).select_related("member__branch", "host").get(pk=hosting.pk)


def _refuse_not_waiting(hosting: Hosting) -> None:
    if hosting.state != State.ASKED:
        raise DomainError(f"这一条已经是“{hosting.get_state_display()}”，不用再答复。")
    if hosting.end is not None:
        raise DomainError("这位党员的外出登记已经了结，不用再接收。")


def _record(act: str, hosting: Hosting, *, by: User | None, **data) -> None:
    audit.record(
        f"mobility.hosting.{act}",
        hosting,
        by=by,
        path=hosting.host.path,
        subject=hosting.member.uid,
        organisation=hosting.host.code,
        **data,
    )


def _record_attestation(act: str, row: Attestation, *, by: User) -> None:
    path = row.member.branch.path if row.member.branch else ""
    audit.record(f"mobility.attestation.{act}", row, by=by, path=path, subject=row.member.uid, day=row.day, kind=row.kind)
