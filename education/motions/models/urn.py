"""网上票箱 (ADR 26): who has voted, and what was voted, in tables that know nothing of each other.

No moment, no sequence, no key between them: names are random (v4), for those of `core.uid` grow with time. While the vote is
open a ballot lies sealed; at the close all are opened at once and written anew in random order.
"""

import uuid

from django.db import models

from education.motions.models.motions import Motion
from education.motions.models.rolls import Voter
from partyportal.core.sealed import Seal


class Voted(models.Model):
    """已投: that somebody has voted, and nothing of what."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    voter = models.OneToOneField(
        Voter, models.PROTECT, verbose_name="投票人", related_name="voted", error_messages={"unique": "你已经投过票了。"}
    )

    class Meta:
        verbose_name = verbose_name_plural = "已投"

    def __str__(self):
        return "已投"


class SealedBallot(models.Model):
    """未开的票: what somebody voted, sealed and all of one length; gone when the vote closes."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, verbose_name="议题", related_name="sealed_ballots")
    sealed = models.BinaryField("密文")

    seals = (Seal("sealed", bound_to="id"),)

    class Meta:
        verbose_name = verbose_name_plural = "未开的票"

    def __str__(self):
        return "未开的票"


class OpenedBallot(models.Model):
    """开出的票: one ballot of a closed vote, kept so that anybody may count again."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, verbose_name="议题", related_name="ballots")
    choices = models.JSONField("所选", help_text="议题或候选人的次序 → 赞成、反对、弃权")

    class Meta:
        verbose_name = verbose_name_plural = "开出的票"

    def __str__(self):
        return "开出的票"
