"""A superior offers a pattern; a branch plans a campaign from it in its own words, does its steps, records what came of it, closes it."""

from collections.abc import Iterable
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Organisation
from education.models import Meeting
from education.planning.models import Campaign, CampaignAct, CampaignResult, CampaignStep, CampaignTemplate
from members.models import Member
from partyportal.core import attachments, audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

Act, State = CampaignAct.Act, Campaign.State


@transaction.atomic
def offer_template(
    *, organisation: Organisation, theme: str, name: str, purpose: str, steps: list[tuple[int, str]], by: User
) -> CampaignTemplate:
    """Offer a pattern to every branch below."""
    if not steps:
        raise DomainError("至少写一步：第几天，做什么。", field="steps")
    try:
        with transaction.atomic():
            template = CampaignTemplate.objects.create(
                organisation=organisation, theme=theme, name=name.strip(), purpose=purpose.strip(), steps=sorted(steps), offered_by=by
            )
    except IntegrityError as refusal:
        if "template_named_once" not in str(refusal):
            raise
        raise DomainError("这个名称已经有了。换个名称，或者先停用那一个。", field="name") from None
    _record("template_offered", template, organisation, by=by, theme=theme)
    return template


@transaction.atomic
def end_template(template: CampaignTemplate, *, by: User) -> CampaignTemplate:
    """Offer it no more; campaigns planned from it go on."""
    held = CampaignTemplate.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=template.pk)
    if held.ended_at is None:
        held.ended_at, held.ended_by = timezone.now(), by
        held.save(update_fields=["ended_at", "ended_by"])
        _record("template_ended", held, held.organisation, by=by)
    return held


@transaction.atomic
def plan_campaign(
    *,
    organisation: Organisation,
    theme: str,
    name: str,
    goal: str,
    starts_on: date,
    ends_on: date,
    steps: list[tuple[date, str]],
    by: User,
    template: CampaignTemplate | None = None,
) -> Campaign:
    """A branch's own campaign: its goal, its steps with their days."""
    if not organisation.is_branch:
        raise DomainError("主题活动由党支部来办。", field="organisation")
    if template and not CampaignTemplate.objects.offered_to(organisation).filter(pk=template.pk).exists():
        raise DomainError("这个模板不再提供。换一个，或者自己拟。", field="name")
    if ends_on < starts_on:
        raise DomainError("结束不能早于开始。", field="ends_on")
    if not steps:
        raise DomainError("至少写一步：哪天前，做什么。", field="steps")
    if any(not starts_on <= day <= ends_on for day, _ in steps):
        raise DomainError("每一步的日期要在活动开始和结束之间。", field="steps")
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(
                organisation=organisation,
                template=template,
                theme=theme,
                name=name.strip(),
                goal=goal.strip(),
                starts_on=starts_on,
                ends_on=ends_on,
            )
    except IntegrityError as refusal:
        if "campaign_named_once" not in str(refusal):
            raise
        raise DomainError("同名的活动正在进行。换个名称。", field="name") from None
    CampaignStep.objects.bulk_create(CampaignStep(campaign=campaign, due_on=day, title=title) for day, title in sorted(steps))
    _act(campaign, Act.PLAN, by=by)
    return campaign


@transaction.atomic
def do_step(step: CampaignStep, *, done_on: date, by: User, today: date) -> CampaignStep:
    """A step is done on a day."""
    campaign = _open(step.campaign)
    held = CampaignStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
    if held.done_on:
        raise DomainError("这一步已经记过做完。", field="done_on")
    if not campaign.starts_on <= done_on <= today:
        raise DomainError("做完的日期要在活动开始以后、今天以前。", field="done_on")
    held.done_on, held.done_by = done_on, by
    held.save(update_fields=["done_on", "done_by"])
    _record("step_done", held, campaign.organisation, by=by, day=done_on)
    return held


@transaction.atomic
def put_in_charge(step: CampaignStep, *, charge: Member | None, by: User) -> CampaignStep:
    """定人: who answers for a step, or nobody any more; who it was before stays in what happened."""
    campaign = _open(step.campaign)
    held = CampaignStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
    if held.done_on:
        raise DomainError("这一步已经做完，不用再定人。", field="charge")
    if charge is not None and (charge.left_on is not None or charge.branch_id != campaign.organisation_id):
        raise DomainError(f"{charge.name}不在本支部，选本支部的党员。", field="charge")
    if held.charge_id == (charge.pk if charge else None):
        raise DomainError("没有改动。", field="charge")
    held.charge = charge
    held.save(update_fields=["charge"])
    words = f"{held.title}：{charge.name if charge else '不定人了'}"
    CampaignAct.objects.create(campaign=campaign, act=Act.CHARGE, by=by, words=words[:200])
    audit.record(
        "planning.campaign.step_given", held, by=by, path=campaign.organisation.path, subject=charge.uid if charge else None,
        organisation=campaign.organisation.code,
    )  # fmt: skip
    return held


@transaction.atomic
def record_result(
    campaign: Campaign,
    *,
    day: date,
    words: str,
    by: User,
    today: date,
    people: int | None = None,
    pieces: int | None = None,
    meeting: Meeting | None = None,
    files: Iterable[UploadedFile] = (),
) -> CampaignResult:
    """What came of it on a day: words, numbers, a few photos or the meeting that shows it."""
    held = _open(campaign)
    if not held.starts_on <= day <= today:
        raise DomainError("日期要在活动开始以后、今天以前。", field="day")
    if not words.strip():
        raise DomainError("写一句做成了什么。", field="words")
    if meeting and meeting.organisation_id != held.organisation_id:
        raise DomainError("只能连本支部的会。", field="meeting")
    result = CampaignResult.objects.create(
        campaign=held, day=day, words=words.strip(), people=people, pieces=pieces, meeting=meeting, recorded_by=by
    )
    result.files.set(attachments.store(files, by=by))
    _record("result_recorded", result, held.organisation, by=by, day=day, people=people, pieces=pieces)
    return result


@transaction.atomic
def close_campaign(campaign: Campaign, *, words: str, by: User, drop: bool = False) -> Campaign:
    """It is over: with what came of it, or not held after all with the reason."""
    held = _open(campaign)
    if not words.strip():
        raise DomainError("写上为什么不办了。" if drop else "写一句总结：目标做到了没有。", field="words")
    if not drop and not held.results.exists():
        raise DomainError("还没有记成效。先记做成了什么，再办结。", field="words")
    held.state = State.DROPPED if drop else State.CLOSED
    held.save(update_fields=["state"])
    _act(held, Act.DROP if drop else Act.CLOSE, by=by, words=words)
    return held


@transaction.atomic
def reopen_campaign(campaign: Campaign, *, words: str, by: User) -> Campaign:
    """Closed too early."""
    held = Campaign.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=campaign.pk)
    if held.state == State.OPEN:
        raise DomainError("这个活动正在进行，不用重新打开。")
    if not words.strip():
        raise DomainError("写上为什么重新打开。", field="words")
    held.state = State.OPEN
    held.save(update_fields=["state"])
    _act(held, Act.REOPEN, by=by, words=words)
    return held


def _open(campaign: Campaign) -> Campaign:
    held = Campaign.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=campaign.pk)
    if held.state != State.OPEN:
        raise DomainError("这个活动已经结束。要改，先重新打开。")
    return held


def _act(campaign: Campaign, act: str, *, by: User, words: str = "") -> None:
    CampaignAct.objects.create(campaign=campaign, act=act, by=by, words=words.strip())
    _record({"plan": "planned", "close": "closed", "drop": "dropped", "reopen": "reopened"}[act], campaign, campaign.organisation, by=by)


def _record(act: str, row, organisation: Organisation, *, by: User, **data) -> None:
    audit.record(f"planning.campaign.{act}", row, by=by, path=organisation.path, organisation=organisation.code, **data)
