"""Calls brought as far as a test needs them, always through the services."""

from datetime import date

import pytest
from django.db import transaction

from partyportal.core.errors import DomainError
from points.honours import services
from points.honours.models import Call, Nomination

ISSUED, OPENS, CLOSES = date(2026, 5, 6), date(2026, 5, 8), date(2026, 5, 29)
NOMINATED, REVIEWED = date(2026, 5, 20), date(2026, 6, 1)
PUBLIC_FROM, PUBLIC_UNTIL = date(2026, 6, 3), date(2026, 6, 9)  # a Wednesday, and the Tuesday on which five working days are full
DECIDED = date(2026, 6, 26)
VOTE = {"meeting": "assembly", "met_on": date(2026, 5, 18), "entitled": 20, "present": 15, "in_favour": 14}


def issued(organiser, *, by, shares=(), today=ISSUED, **fields) -> Call:
    said = {
        "kind": "outstanding_member",
        "title": "全县优秀共产党员",
        "year": 2026,
        "document_number": "清组通〔2026〕18号",
        "issued_on": ISSUED,
        "words": "模范履行党员义务，在生产、工作、学习和社会生活中起先锋模范作用。",
        "opens_on": OPENS,
        "closes_on": CLOSES,
        "quota": 5,
    } | fields
    return services.issue(organiser=organiser, shares=shares, by=by, today=today, **said)


def nominated(call, member=None, *, by, organisation=None, today=NOMINATED, **fields) -> Nomination:
    said = {"deeds": "带领八户群众种植花椒，户均增收六千元。"} | VOTE | fields
    return services.nominate(call, member=member, organisation=organisation, by=by, today=today, **said)


def approved(call, member=None, *, by, reviewer, organisation=None, today=REVIEWED, **fields) -> Nomination:
    row = nominated(call, member, organisation=organisation, by=by, **fields)
    return services.approve(row, by=reviewer, today=today)


def public(call, *, by, today=PUBLIC_FROM, **fields) -> Call:
    said = {"start": PUBLIC_FROM, "workdays": 5, "public_at": "各支部公开栏；县委组织部组织股，电话 0938-1234567"} | fields
    return services.publicise(call, by=by, today=today, **said)


def decided(call, *, by, day=DECIDED, **fields):
    said = {"decision_number": "清委〔2026〕12号"} | fields
    return services.decide(call, day=day, by=by, today=day, **said)


def honoured(call, member=None, *, by, reviewer, decider, organisation=None):
    """The whole way of one candidate."""
    approved(call, member, organisation=organisation, by=by, reviewer=reviewer)
    public(call, by=decider)
    (honour,) = decided(call, by=decider)
    return honour


def refused(act, words: str, field: str | None = None) -> None:
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        act()
    assert words in refusal.value.message, refusal.value.message
    if field:
        assert refusal.value.field == field
