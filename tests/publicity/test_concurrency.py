"""Acts that meet, on connections of their own: one of two goes through, the other is told, and the ledger is that of a quiet run."""

from datetime import date
from decimal import Decimal

import pytest

from members.models import Fact, Owed
from members.services.facts import record
from partyportal.core.errors import DomainError
from points.publicity import services
from points.publicity.models import Closing, Objection, Publication, SheetLine
from points.publicity.selectors.sheets import published_and_now
from points.services import confirm_award, file_award, settle_owed
from points.settlement import Scope, settle
from points.settlement.check import ledger_drift, projection_drift
from tests.points.makers import deed, total
from tests.points.test_concurrency import at_once
from tests.publicity.conftest import TODAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
AFTER = date(2026, 7, 11)


class Tried:
    """Acts of which some are refused in a sentence; anything else fails the test."""

    def __init__(self):
        self.done, self.refused = [], []

    def __call__(self, act):
        def run():
            try:
                self.done.append(act())
            except DomainError as refusal:
                self.refused.append(refusal.message)

        return run


def agrees():
    settle_owed()
    assert not Owed.objects.exists() and projection_drift() is None and ledger_drift() is None


def test_one_objection_decided_twice(heard, quarter, third, committee):
    tried = Tried()
    at_once(
        tried(lambda: services.accept(heard, remedy="revise", units=Decimal(6), note="成立", by=third, today=TODAY)),
        tried(lambda: services.accept(heard, remedy="revise", units=Decimal(7), note="成立", by=committee, today=TODAY)),
        tried(lambda: services.reject(heard, note="不成立", by=third, today=TODAY)),
    )
    assert len(tried.done) == 1 and len(tried.refused) == 2
    assert Objection.objects.get().steps.count() == 3
    agrees()


def test_two_object_to_one_line(publication, quarter, secretary):
    tried = Tried()
    at_once(
        *(
            tried(
                lambda by=by: services.object_to(
                    publication, member=quarter.member, fact=quarter.volunteered, what="错", by=by, today=TODAY
                )
            )
            for by in (quarter.member.user, secretary, secretary)
        )
    )
    assert len(tried.done) == 1 and tried.refused == ["这一笔已经有一件异议在办，等它办完。"] * 2


def test_published_twice_at_once_is_published_once(quarter, secretary, deputy):
    tried = Tried()
    at_once(
        *(
            tried(lambda by=by: services.publish(quarter.branch, year=2026, quarter=2, by=by, today=TODAY))
            for by in (secretary, deputy, deputy)
        ),
        lambda: settle(Scope(2026)),
    )
    assert len(tried.done) == 1 and Publication.objects.count() == 1 and SheetLine.objects.count() == 2


def test_closing_meets_confirmations_settles_and_an_objection(publication, quarter, scheme, tree, secretary, deputy):
    """Whatever comes first: the sheet and the reasons since add up to what stands, and no objection is left in a closed quarter."""
    awards = [
        file_award(
            member=quarter.member,
            item=scheme.items.get(code="volunteer"),
            day=date(2026, 6, 20),
            units=Decimal(1),
            title=f"清扫 {n}",
            evidence="照片",
            by=secretary,
            today=TODAY,
        )
        for n in range(4)
    ]
    tried = Tried()

    def confirmed(award):
        confirm_award(award, by=deputy, today=TODAY)
        settle(Scope.of([quarter.member.pk], 2026))

    at_once(
        *(lambda award=award: confirmed(award) for award in awards),
        lambda: record([deed(quarter.other, date(2026, 6, 25))], by=secretary),
        lambda: settle(Scope(2026)),
        tried(lambda: services.close(publication, by=secretary, today=AFTER)),
        tried(lambda: services.close_due(today=AFTER)),
        tried(lambda: services.object_to(publication, member=quarter.member, fact=None, what="晚", by=quarter.member.user, today=TODAY)),
    )
    agrees()
    assert Closing.objects.count() + Objection.objects.count() == 1, "either it was closed, or the objection came first and keeps it open"
    assert total(quarter.member) == 12 and Fact.objects.filter(key__startswith="points.award:", is_void=False).count() == 5
    for person in (quarter.member, quarter.other):
        published, now, reasons = published_and_now(person, 2026, 2)
        assert now - published == sum(reason.points for reason in reasons)
