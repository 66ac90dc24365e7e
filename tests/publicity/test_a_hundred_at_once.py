"""A hundred people at once over the same members: confirmations, objections, closings, seals and settles, each on a connection of its own."""

from datetime import date
from decimal import Decimal

import pytest

from members.models import Fact
from members.services.facts import record
from partyportal.core.seals.services import seal_ledgers
from partyportal.core.seals.verify import verify
from points.models import Award, Entry, Standing
from points.publicity import services
from points.publicity.models import Closing, Objection
from points.services import confirm_award, confirm_awards, file_award, settle_owed
from points.settlement import Scope, settle
from tests.factories import make_member
from tests.points.makers import deed
from tests.points.oracle import Deed, Rule, Version, score
from tests.points.test_concurrency import at_once
from tests.points.test_oracle import places_of
from tests.publicity.conftest import TODAY
from tests.publicity.test_concurrency import AFTER, Tried, agrees

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_hundred_acts_at_once(publication, quarter, scheme, tree, secretary, deputy, third, committee):
    volunteer = scheme.items.get(code="volunteer")
    late = [make_member(tree.ours, f"后来{n}") for n in range(3)]
    people = [quarter.member, quarter.other, *late]

    def filed(person, n, units="1"):
        asked = {"title": f"清扫 {n}", "evidence": "照片", "by": secretary, "today": TODAY}
        return file_award(member=person, item=volunteer, day=date(2026, 6, 10 + n), units=Decimal(units), **asked)

    awards = [filed(person, n) for person in people for n in range(6)]
    disputed = [filed(quarter.other, 10 + n, "2") for n in range(4)]
    confirm_awards(disputed, by=deputy, today=TODAY)
    settle_owed()
    wrong = [Fact.objects.get(key=f"points.award:{award.uid}") for award in disputed]

    def objected(fact):
        by = quarter.other.user or secretary
        return services.object_to(publication, member=quarter.other, fact=fact, what="错了", by=by, today=TODAY)

    def decide(objection, remedy, **change):
        heard = services.hear(objection, note="问过了", by=third, today=TODAY)
        services.accept(heard, remedy=remedy, note="成立", by=committee, today=TODAY, **change)

    in_dispute = [objected(fact) for fact in wrong[:3]]  # these keep the quarter open until they are decided
    tried = Tried()
    acts = [
        *(lambda award=award: confirm_award(award, by=deputy, today=TODAY) for award in awards),
        *(lambda at=at: confirm_awards(awards[at::5], by=deputy, today=TODAY) for at in range(5)),
        *(lambda o=o: decide(o, "revise", units=Decimal("2.5")) for o in in_dispute[:2]),
        lambda: decide(in_dispute[2], "void"),
        tried(lambda: decide(objected(wrong[3]), "void")),
        *(tried(lambda: services.close(publication, by=secretary, today=AFTER)) for _ in range(3)),
        *(lambda: services.close_due(today=AFTER) for _ in range(3)),
        *(lambda p=p, n=n: record([deed(p, date(2026, 6, 1 + n), key=f"late:{p.pk}:{n}")], by=secretary) for p in people for n in range(3)),
        *(lambda: seal_ledgers(patience=5) for _ in range(8)),
        *(lambda p=p: settle(Scope.of([p.pk, quarter.member.pk], 2026)) for p in people for _ in range(4)),
        *(lambda: settle(Scope(2026)) for _ in range(4)),
        *(lambda: settle_owed() for _ in range(6)),
    ]
    acts += [lambda: settle(Scope.of([p.pk for p in people], 2026))] * (100 - len(acts))
    assert len(acts) == 100
    at_once(*acts, patience=240)

    agrees()
    assert {award.state for award in Award.objects.all()} <= {Award.State.CONFIRMED, Award.State.REVOKED}
    assert all(words.startswith(("公示到", "还有", "这个季度已经关闭")) for words in tried.refused), tried.refused
    assert Objection.objects.filter(state="accepted").count() >= 3
    assert Closing.objects.count() <= 1
    if Closing.objects.exists():
        assert not Objection.objects.open(AFTER).exists(), "nothing is left in dispute in a closed quarter"
    assert standings() == worked_out(tree)
    seal_ledgers(patience=5)
    assert verify().fault is None


def standings() -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for entry in Entry.objects.all():
        found[entry.member_id] = found.get(entry.member_id, Decimal(0)) + entry.points
    projected: dict[int, Decimal] = {}
    for standing in Standing.objects.all():
        projected[standing.member_id] = projected.get(standing.member_id, Decimal(0)) + standing.points
    assert projected == found
    return {member: points for member, points in found.items() if points}


def worked_out(tree) -> dict[int, Decimal]:
    """What the slow oracle makes of the facts that stand in the end."""
    rules = (
        Rule("theme_day", "life", "meeting.theme_day", Decimal(2)),
        Rule("volunteer", "service", "manual.volunteer", Decimal(1)),
    )
    version = Version(tree.county.pk, date(2026, 1, 1), rules, (("service", Decimal(20), "year"),))
    told = [
        Deed(f.key, f.kind, f.member_id, f.organisation_id, f.member_class, f.day, f.units, f.grade)
        for f in Fact.objects.filter(superseded_at=None, is_void=False)
    ]
    found: dict[int, Decimal] = {}
    for row in score(told, [version], places_of(tree), 2026):
        found[row.member] = found.get(row.member, Decimal(0)) + row.points
    return {member: points for member, points in found.items() if points}
