"""书面意见 of those who will be absent: taken before the vote opens, kept with its words or paper."""

from collections.abc import Iterable
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from education.motions import rules
from education.motions.models import Motion, Opinion
from education.motions.selectors.rolls import roll_now
from members.models import Member
from partyportal.core import attachments, audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def take_opinion(
    motion: Motion,
    *,
    member: Member,
    choice: str,
    received_on: date,
    by: User,
    today: date,
    text: str = "",
    files: Iterable[UploadedFile] = (),
) -> Opinion:
    """登记书面意见: from somebody with a vote, once, before the vote. Where the rule does not count it, it is kept and read out."""
    held = Motion.objects.select_for_update(of=("self",)).select_related("organisation", "meeting").get(pk=motion.pk)
    if held.state != Motion.State.DRAFT:
        raise DomainError("表决已经开始，书面意见要在表决前交。")
    if held.kind == Motion.Kind.ELECTION:
        raise DomainError("选举不收书面意见，也不能委托别人投票；不能到会的照规定请假。")
    if choice not in rules.CHOICES:
        raise DomainError("选赞成、反对或者弃权。", field="choice")
    if received_on > min(today, held.held_on):
        raise DomainError("书面意见要在开会以前收到。", field="received_on")
    line = next((line for line in roll_now(held).lines if line.member_id == member.pk), None)
    if line is None or not line.counts:
        why = line.why_not if line else "不在这次表决的名单上"
        raise DomainError(f"{member.name}这次没有表决权：{why}。", field="member")
    files = list(files)
    if not text.strip() and not files:
        raise DomainError("写上原文，或者拍一张原件。", field="text")
    if held.opinions.filter(member=member).exists():
        raise DomainError(f"{member.name}的书面意见已经登记了。", field="member")
    opinion = Opinion.objects.create(motion=held, member=member, choice=choice, text=text.strip(), received_on=received_on, recorded_by=by)
    opinion.files.set(attachments.store(files, by=by))
    audit.record("motions.opinion.taken", opinion, by=by, path=held.organisation.path, subject=member.uid, received_on=received_on)
    return opinion
